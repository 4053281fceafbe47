package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestTurnsOfSlowTenants(t *testing.T) {
	t.Parallel()
	slow, other, quick := &tenant{}, &tenant{}, &tenant{}
	for _, one := range []*tenant{slow, other} {
		one.observe(t.Context(), halopsa.Attempt{Wait: slowAfter, Duration: time.Millisecond})
	}
	quick.observe(t.Context(), halopsa.Attempt{Duration: slowAfter})
	l := make(lane, 1)
	done, err := l.turn(slow)
	require.NoError(t, err)
	_, err = l.turn(other)
	var later *rivertype.JobSnoozeError
	require.ErrorAs(t, err, &later)
	assert.GreaterOrEqual(t, later.Duration, 10*time.Second, "those that wait must not ask all the time")
	for range 3 {
		_, err = l.turn(quick)
		require.NoError(t, err)
	}
	done()
	_, err = l.turn(other)
	require.NoError(t, err)
	slow.observe(t.Context(), halopsa.Attempt{Duration: time.Second})
	_, err = l.turn(slow)
	require.NoError(t, err, "it responds again")
}

// TestSlowTenantsHoldUpNoOther has more tenants not respond than there are workers, and new records come to the others: those are mirrored before any
// request to a slow one has ended.
func TestSlowTenantsHoldUpNoOther(t *testing.T) {
	t.Parallel()
	const slow, well = 60, 10
	halos, file, _ := crowd(t, slow+well)
	var hanging, ended atomic.Int64
	hang := make(chan struct{})
	for _, halo := range halos[:slow] {
		halo.FaultFunc(func(r *http.Request) *halopsatest.Fault {
			if !strings.Contains(r.URL.Path, "/api/") {
				return nil
			}
			select {
			case <-hang:
				hanging.Add(1)
				<-r.Context().Done()
				hanging.Add(-1)
				ended.Add(1)
			case <-time.After(slowAfter + 100*time.Millisecond): // slow at first, so that it is known of all
			}
			return nil
		})
	}
	databaseURL := freshPostgres(t)
	env := fileEnvironment(file, databaseURL)
	env["SYNC_QUIET_INTERVAL"], env["LOG_LEVEL"] = "1s", "error"
	s := start(t, env)
	db := read(t, databaseURL)
	require.Eventually(t, func() bool {
		return count(t, db, `SELECT count(*) FROM looks WHERE complete_at IS NOT NULL`) == 2*len(halos)
	}, deadline, 50*time.Millisecond, "%s", s.log)
	close(hang)
	held := 0 // on a loaded machine a request can end between the two counts: then it is tried again
	for n := 1; n <= 5; n++ {
		require.Eventually(t, func() bool { return hanging.Load() >= slowLooks }, deadline, 10*time.Millisecond)
		for _, halo := range halos[slow:] {
			halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
		}
		before, began := ended.Load(), time.Now()
		require.Eventually(t, func() bool { return count(t, db, `SELECT count(*) FROM integration_errors`) == n*well }, deadline, 10*time.Millisecond)
		t.Logf("%d requests hang, and the others are mirrored after %s", hanging.Load(), time.Since(began).Round(time.Millisecond))
		if held = int(ended.Load() - before); held == 0 {
			break
		}
	}
	assert.Zero(t, held, "nobody waits for a slow tenant's request to end")
	s.end(t)
}
