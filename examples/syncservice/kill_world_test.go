package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// killWorld is what outlives the service that is killed: a tenant that grows, with faults, and a destination with mishaps.
type killWorld struct {
	halo     *halopsatest.Server
	receiver *receiver
	server   *httptest.Server
	database string
	requests atomic.Int64 // that the service has made

	mu     sync.Mutex
	random *rand.Rand
	ready  []int64 // the exports that are to be delivered
	early  []int64 // those that were deleted before they had arrived
}

func newKillWorld(t *testing.T, database string, seed uint64) *killWorld {
	t.Helper()
	w := &killWorld{
		halo:     halopsatest.NewServer(halopsatest.WithRateLimit(0, 0), halopsatest.WithLatency(4*time.Millisecond)),
		receiver: &receiver{inbox: newInbox()}, database: database, random: rand.New(rand.NewPCG(seed, 1)),
	}
	t.Cleanup(w.halo.Close)
	w.receiver.fault = w.mishap
	w.server = httptest.NewServer(w.receiver)
	w.server.Config.ErrorLog = nil
	t.Cleanup(w.server.Close)
	w.halo.FaultFunc(w.fault)
	return w
}

// environment is that of the service.
func (w *killWorld) environment() map[string]string {
	return map[string]string{
		"HALOPSA_URL": w.halo.URL(), "HALOPSA_CLIENT_ID": halopsatest.ClientID, "HALOPSA_CLIENT_SECRET": halopsatest.ClientSecret,
		"HALOPSA_RATE_LIMIT": "100000", "DATABASE_URL": w.database, "DESTINATION_URL": w.server.URL + "/deliveries",
		"LISTEN_ADDR": "127.0.0.1:0", "SYNC_INTERVAL": "30ms",
	}
}

// draw is a number below n.
func (w *killWorld) draw(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

// fault strikes three of a hundred requests, and notes a delete that comes too early.
func (w *killWorld) fault(r *http.Request) *halopsatest.Fault {
	w.requests.Add(1)
	if text, isDelete := strings.CutPrefix(r.URL.Path, "/api/IntegrationExport/"); isDelete {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !slices.Contains(w.receiver.exports(), id) {
			w.mu.Lock()
			w.early = append(w.early, id)
			w.mu.Unlock()
		}
	}
	applied := w.draw(2) == 0
	switch w.draw(130) {
	case 0:
		return &halopsatest.Fault{Kind: halopsatest.HTML504, Applied: applied}
	case 1:
		return &halopsatest.Fault{Kind: halopsatest.Reset, Applied: applied}
	case 2:
		return &halopsatest.Fault{Kind: halopsatest.Truncated}
	case 3:
		return &halopsatest.Fault{Kind: halopsatest.Status, Status: http.StatusInternalServerError}
	}
	return nil
}

// mishap strikes one of eight requests to the destination, which takes its time with the others.
func (w *killWorld) mishap(*http.Request) mishap {
	w.requests.Add(1)
	switch w.draw(24) {
	case 0:
		return cutOff
	case 1:
		return mute
	case 2:
		return wrong
	}
	return none
}

// seed logs n errors and as many requests, and queues exports, of which every third is not ready.
func (w *killWorld) seed(n, exports int) {
	for range n {
		w.halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site", "date": "2026-10-02T11:22:33.457"})
		w.halo.Seed("IntegrationRequest", map[string]any{"msid": 12, "url": "https://api.example.com/v2", "resultcode": 404, "isoutgoing": true})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for range exports {
		id := int64(len(w.ready)*3/2 + 1) // 1 and 2, 4 and 5, …
		if len(w.ready)%2 == 0 {
			w.halo.Seed("IntegrationExport", map[string]any{"id": id + 2, "module_id": 12, "ready_for_import": false})
		}
		w.halo.Seed("IntegrationExport", map[string]any{"id": id, "module_id": 12, "ready_for_import": true, "export_progress": ""})
		w.ready = append(w.ready, id)
	}
}

// grow seeds a little again and again until ctx ends.
func (w *killWorld) grow(ctx context.Context) error {
	for ctx.Err() == nil {
		w.seed(4, 1)
		rest(ctx, 20*time.Millisecond)
	}
	return nil
}

// await returns when the service has made n more requests.
func (w *killWorld) await(t *testing.T, n int) {
	t.Helper()
	goal := w.requests.Load() + int64(n)
	require.Eventually(t, func() bool { return w.requests.Load() >= goal }, deadline, time.Millisecond)
}

// left is what HaloPSA still offers of the exports that were ready.
func (w *killWorld) left() int {
	n := 0
	for _, export := range w.halo.Stored("IntegrationExport") {
		if export["ready_for_import"] == true {
			n++
		}
	}
	return n
}

// mirrorState is what the database says of a log.
type mirrorState struct{ cursor, rows, largest int64 }

// mirrorStates reads both logs, each in one statement, which sees one state of the database.
func mirrorStates(t *testing.T, s *store) map[string]mirrorState {
	t.Helper()
	states := map[string]mirrorState{}
	for name, table := range map[string]string{"IntegrationError": "integration_errors", "IntegrationRequest": "integration_requests"} {
		follower := strings.TrimPrefix(table, "integration_")
		var state mirrorState
		require.NoError(t, s.db.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT
			COALESCE((SELECT last_id FROM cursors WHERE follower = '%s'), 0),
			(SELECT count(*) FROM %[2]s), COALESCE((SELECT max(id) FROM %[2]s), 0)`, follower, table)).
			Scan(&state.cursor, &state.rows, &state.largest))
		states[name] = state
	}
	return states
}

// check expects that the mirror holds just what comes up to its cursors, and tells what there was still to do.
func (w *killWorld) check(t *testing.T, s *store) (unmirrored int64, sendingNow int) {
	t.Helper()
	for resource, state := range mirrorStates(t, s) {
		assert.Equal(t, state.cursor, state.largest, "%s: the cursor is that of the last record", resource)
		assert.Equal(t, state.cursor, state.rows, "%s: the ids are 1, 2, 3 …, so that there are as many records as the cursor says", resource)
		unmirrored += int64(w.halo.Len(resource)) - state.rows
	}
	return unmirrored, int(ints(t, s.db, `SELECT count(*) FROM deliveries WHERE state = 'sending' AND next_try IS NULL`)[0])
}
