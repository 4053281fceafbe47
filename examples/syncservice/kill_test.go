package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKilledServiceLosesAndDoublesNothing kills the service twenty times, wherever it is, and looks after each time and at the end whether
// anything was lost or came twice.
func TestKilledServiceLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	const kills = 20
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 0))
		w := newKillWorld(t, databaseURL, seed)
		w.seed(2000, 40)
		s := newStore(t, databaseURL)
		stopGrowing := inBackground(t, w.grow)

		inMirroring, inDelivering, progressed := 0, 0, 0
		before := int64(0)
		for range kills {
			p := newProcess(t, w.environment())
			// The moment of the kill counts in requests, so that it falls into the work on a slow machine too, and is no moment of a request.
			w.await(t, random.IntN(80))
			time.Sleep(time.Duration(random.IntN(20_000)) * time.Microsecond)
			p.kill(t)
			unmirrored, sendingNow := w.check(t, s)
			if unmirrored > 0 {
				inMirroring++
			}
			if sendingNow > 0 {
				inDelivering++
			}
			after := mirrorStates(t, s)["IntegrationError"].rows
			if after > before {
				progressed++
			}
			before = after
		}
		stopGrowing()
		exports := w.left()
		t.Logf("of %d kills %d hit with records to mirror, %d with a delivery under way, %d after new records were mirrored; %d exports are left",
			kills, inMirroring, inDelivering, progressed, exports)
		assert.GreaterOrEqual(t, inMirroring, kills/2, "most kills must come while there is work")
		assert.Positive(t, inDelivering, "a kill must come while an export is on its way")
		assert.GreaterOrEqual(t, progressed, kills/4, "the service must get to work between the kills")

		p := newProcess(t, w.environment())
		require.Eventually(t, func() bool {
			states := mirrorStates(t, s)
			return states["IntegrationError"].rows == int64(w.halo.Len("IntegrationError")) &&
				states["IntegrationRequest"].rows == int64(w.halo.Len("IntegrationRequest")) && w.left() == 0 &&
				ints(t, s.db, `SELECT count(*) FROM deliveries WHERE removed_at IS NULL`)[0] == 0
		}, time.Minute, 20*time.Millisecond, "it must catch up in the end: %s", &p.log)
		p.terminate(t)
		assert.Contains(t, p.out.String(), "mirrored ")
		w.checkEnd(t, s)
	})
}

// checkEnd expects that every record is mirrored once and every ready export was delivered once.
func (w *killWorld) checkEnd(t *testing.T, s *store) {
	t.Helper()
	unmirrored, _ := w.check(t, s)
	assert.Zero(t, unmirrored)
	assert.Equal(t, upTo(int64(w.halo.Len("IntegrationError"))), ints(t, s.db, `SELECT id FROM integration_errors ORDER BY id`))
	assert.Equal(t, upTo(int64(w.halo.Len("IntegrationRequest"))), ints(t, s.db, `SELECT id FROM integration_requests ORDER BY id`))

	assert.Equal(t, w.ready, w.receiver.exports(), "each export that was ready has reached the destination once, and no other")
	assert.Equal(t, w.ready, ints(t, s.db, `SELECT export_id FROM deliveries WHERE state = 'delivered' AND removed_at IS NOT NULL ORDER BY export_id`))
	assert.Equal(t, w.ready, ints(t, s.db, `SELECT export_id FROM deliveries ORDER BY export_id`), "the ledger has one entry for each")
	for _, parcel := range w.receiver.parcels() {
		var key string
		require.NoError(t, s.db.QueryRowContext(t.Context(), `SELECT delivery_key FROM deliveries WHERE export_id = $1`, parcel.ExportID).Scan(&key))
		assert.Equal(t, parcel.Key, key)
	}
	assert.Empty(t, w.early, "no export is deleted before it has arrived")
	assert.Len(t, w.halo.Stored("IntegrationExport"), (len(w.ready)+1)/2, "those that were not ready are still there")
	t.Logf("%d records of each log, %d exports; the destination dropped %d repeats", w.halo.Len("IntegrationError"), len(w.ready), w.receiver.repeats())
}
