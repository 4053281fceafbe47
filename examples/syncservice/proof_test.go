package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// proofVariable is set to "whole" for the whole proof, which takes some fifteen minutes.
const proofVariable = "SYNCSERVICE_PROOF"

// proof is the size of it.
type proof struct {
	tenants, replicas, kills int
	records, exports         int // of each tenant, at the beginning and while it grows
	every                    time.Duration
	limit                    int
	window                   time.Duration
}

// whole reports whether the whole proof is wanted, which measures and therefore has the machine to itself. The small form waits most of the time.
func whole(t *testing.T) bool {
	t.Helper()
	if os.Getenv(proofVariable) == "whole" {
		return true
	}
	t.Parallel()
	return false
}

func sized(t *testing.T) proof {
	t.Helper()
	if whole(t) {
		return proof{tenants: 40, replicas: 3, kills: 30, records: 400, exports: 40, every: 15 * time.Second, limit: 60, window: time.Minute}
	}
	return proof{tenants: 6, replicas: 2, kills: 4, records: 100, exports: 20, every: 6 * time.Second, limit: 100, window: 15 * time.Second}
}

// takenOver is how soon the jobs of a dead replica must be at work again.
const takenOver = time.Minute

// TestReplicasThatAreKilledLoseAndDoubleNothing kills replicas wherever they are, and PostgreSQL and Redis, and looks at the end whether anything
// was lost or came twice.
func TestReplicasThatAreKilledLoseAndDoubleNothing(t *testing.T) {
	size := sized(t)
	redis, database := newRedis(t), newPostgres(t)
	w := newWorld(t, size.tenants)
	for _, h := range w.tenants {
		h.seed(size.records/2, size.exports/2)
	}
	env := map[string]string{
		"TENANTS_FILE": w.file(t), "BAD_SECRET": "wrong", "DATABASE_URL": database.url(), "REDIS_URL": redis.url(),
		"HALOPSA_RATE_LIMIT": fmt.Sprintf("%d/%s", size.limit, size.window), "DESTINATION_URL": w.inbox.server.URL + "/deliveries",
		"LISTEN_ADDR": "127.0.0.1:0", "SYNC_INTERVAL": "5s", "SYNC_QUIET_INTERVAL": "10s", "DESTINATION_TOKEN": "hush",
	}
	env["GOOD_SECRET"] = halopsatest.ClientSecret
	began := time.Now()
	replicas := make([]*process, size.replicas)
	for i := range replicas {
		replicas[i] = newProcess(t, env)
	}
	pool, err := pgxpool.New(t.Context(), database.url())
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	taken := &takeovers{pool: pool}
	growing, stop := context.WithCancel(t.Context())
	var grown sync.WaitGroup
	grown.Go(func() { w.grow(growing, size) })

	for kill := range size.kills {
		pause(t, size.every/2+rand.N(size.every))
		victim := rand.IntN(len(replicas))
		dead := replicas[victim].worker()
		taken.await(dead, size.every)
		replicas[victim].kill(t)
		taken.watch(t, dead)
		switch kill {
		case size.kills / 3:
			database.crash(t)
			t.Log("PostgreSQL was restarted")
		case size.kills * 2 / 3:
			redis.crash(t)
			t.Log("Redis was restarted")
		}
		replicas[victim] = newProcess(t, env)
	}
	grown.Wait()
	stop()
	w.checkHealth(t, replicas)

	caughtUp := time.Now()
	settled := assert.Eventually(t, func() bool { return w.settled(t, pool) }, 5*time.Minute, 500*time.Millisecond)
	t.Logf("%s after the last kill everything was settled", time.Since(caughtUp).Round(time.Second))
	if !settled {
		t.Log(w.open(t, pool))
	}
	taken.wait()
	for _, p := range replicas {
		p.terminate(t)
	}
	w.check(t, pool, size)
	taken.check(t)
	w.print(t, size, time.Since(began), taken)
}

func pause(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

// grow adds the other half of each tenant's records and exports while replicas are killed.
func (w *world) grow(ctx context.Context, size proof) {
	const steps = 20
	for step := range steps {
		select {
		case <-ctx.Done():
			return
		case <-time.After(size.every * time.Duration(size.kills) / steps):
		}
		for _, h := range w.tenants {
			part := func(n int) int { return n/2*(step+1)/steps - n/2*step/steps }
			h.seed(part(size.records), part(size.exports))
		}
	}
}

// settled reports whether every well tenant is mirrored and delivered.
func (w *world) settled(t *testing.T, pool *pgxpool.Pool) bool {
	t.Helper()
	return w.open(t, pool) == ""
}

// open says what there is still to do.
func (w *world) open(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	var open []string
	for _, h := range w.well() {
		var errors, requests, sending int
		if err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM integration_errors WHERE tenant = $1),
			(SELECT count(*) FROM integration_requests WHERE tenant = $1), (SELECT count(*) FROM deliveries WHERE tenant = $1 AND state <> 'removed')`, h.name).
			Scan(&errors, &requests, &sending); err != nil {
			return err.Error()
		}
		if left := h.left(); errors != h.logged || requests != h.logged || sending > 0 || left > 0 {
			open = append(open, fmt.Sprintf("%s: %d errors and %d requests of %d, %d exports under way, %d left", h.name, errors, requests, h.logged, sending, left))
		}
	}
	return strings.Join(open, "\n")
}

// check expects that every record is mirrored once, every ready export was delivered once, and no tenant was asked too often.
func (w *world) check(t *testing.T, pool *pgxpool.Pool, size proof) {
	t.Helper()
	count := func(query string, args ...any) (n int) {
		require.NoError(t, pool.QueryRow(t.Context(), query, args...).Scan(&n))
		return n
	}
	expected := 0
	for _, h := range w.well() {
		for _, table := range []string{"integration_errors", "integration_requests"} {
			assert.Equal(t, h.logged, count(`SELECT count(*) FROM `+table+` WHERE tenant = $1`, h.name), "%s %s", h.name, table)
			assert.Equal(t, h.logged, count(`SELECT max(id) FROM `+table+` WHERE tenant = $1`, h.name), "the ids are 1, 2, 3 …")
		}
		for _, id := range h.ready {
			assert.Equal(t, 1, w.inbox.effects[h.key(id)], "%s: an export that was ready has its effect once", h.key(id))
		}
		expected += len(h.ready)
		assert.Equal(t, len(h.ready), count(`SELECT count(*) FROM deliveries WHERE tenant = $1 AND state = 'removed'`, h.name))
		assert.Empty(t, h.early, "no export is deleted before it has arrived")
		assert.Zero(t, h.left())
		assert.Len(t, h.halo.Stored("IntegrationExport"), (len(h.ready)+1)/2, "those that were not ready are still there")
	}
	assert.Len(t, w.inbox.effects, expected, "and no other has any")
	assert.Empty(t, w.inbox.overlaps, "no delivery is posted twice at the same moment")
	assert.Empty(t, w.inbox.repeats, "none is posted that has arrived")
	assert.Zero(t, w.inbox.keyless)
	for _, h := range w.tenants {
		assert.LessOrEqual(t, h.busiest(size.window), size.limit, "%s: requests in one window", h.name)
		if h.sick {
			assert.Zero(t, count(`SELECT count(*) FROM integration_errors WHERE tenant = $1`, h.name))
			assert.Equal(t, 2*h.logged, h.halo.Len("IntegrationError")+h.halo.Len("IntegrationRequest"))
		}
	}
}

// checkHealth expects a replica to know what is wrong with the tenants that fail, and to be well itself.
func (w *world) checkHealth(t *testing.T, replicas []*process) {
	t.Helper()
	for i, reason := range []string{"504", "403", "invalid_client"} {
		assert.Eventually(t, func() bool {
			status, body := fetch(t, replicas[0].address()+"/healthz/"+w.tenants[i].name)
			return status == http.StatusServiceUnavailable && strings.Contains(body, reason)
		}, deadline, time.Second, "%s must be unwell with %s", w.tenants[i].name, reason)
	}
	status, body := fetch(t, replicas[0].address()+"/healthz")
	assert.Equal(t, http.StatusOK, status, "%s", body)
	var all report
	require.NoError(t, json.Unmarshal([]byte(body), &all))
	assert.Len(t, all.Tenants, len(w.tenants))
}

// fetch returns the status and the body of a page.
func fetch(t *testing.T, address string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// takeovers is how long the jobs of dead replicas waited for another.
type takeovers struct {
	pool    *pgxpool.Pool
	watches sync.WaitGroup

	mu    sync.Mutex
	times []time.Duration
	never []int64
}

// atWork are the jobs that a replica has at work.
const atWork = `SELECT id FROM river_job WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1`

// await returns when a replica is at work, so that a kill hits it there, or when it has waited long enough.
func (o *takeovers) await(replica string, most time.Duration) {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var job int64
		if o.pool.QueryRow(context.Background(), atWork, replica).Scan(&job) == nil {
			return
		}
	}
}

// watch waits for the jobs that a dead replica had at work.
func (o *takeovers) watch(t *testing.T, dead string) {
	t.Helper()
	died := time.Now()
	var jobs []int64
	rows, err := o.pool.Query(t.Context(), atWork, dead)
	require.NoError(t, err)
	for rows.Next() {
		var id int64
		require.NoError(t, rows.Scan(&id))
		jobs = append(jobs, id)
	}
	require.NoError(t, rows.Err())
	for _, id := range jobs {
		o.watches.Go(func() {
			for time.Since(died) < 2*takenOver {
				var waiting bool
				err := o.pool.QueryRow(context.WithoutCancel(t.Context()), `SELECT count(*) > 0 FROM river_job
					WHERE id = $1 AND finalized_at IS NULL AND (state <> 'running' AND attempted_at < $3 OR attempted_by[array_upper(attempted_by, 1)] = $2)`,
					id, dead, died).Scan(&waiting)
				if err == nil && !waiting {
					o.mu.Lock()
					defer o.mu.Unlock()
					o.times = append(o.times, time.Since(died))
					return
				}
				time.Sleep(250 * time.Millisecond)
			}
			o.mu.Lock()
			defer o.mu.Unlock()
			o.never = append(o.never, id)
		})
	}
}

func (o *takeovers) wait() { o.watches.Wait() }

func (o *takeovers) longest() (longest time.Duration) {
	for _, d := range o.times {
		longest = max(longest, d)
	}
	return longest
}

func (o *takeovers) check(t *testing.T) {
	t.Helper()
	assert.Empty(t, o.never, "jobs that nobody has taken over")
	assert.LessOrEqual(t, o.longest(), takenOver, "a dead replica's jobs are taken over")
}

// print prints the numbers of the README.
func (w *world) print(t *testing.T, size proof, took time.Duration, taken *takeovers) {
	t.Helper()
	records, exports, busiest, requests := 0, 0, 0, 0
	for _, h := range w.well() {
		records += 2 * h.logged
		exports += len(h.ready)
		busiest = max(busiest, h.busiest(size.window))
		requests += len(h.arrivals)
	}
	t.Logf("%d tenants, %d replicas, %d kills in %s: %d records mirrored once, %d exports delivered once in %d posts, %d posts at the same moment, "+
		"at most %d of %d requests in a window of %s, %d requests; %d jobs of dead replicas were taken over, within %s",
		size.tenants, size.replicas, size.kills, took.Round(time.Second), records, exports, w.inbox.posts, len(w.inbox.overlaps),
		busiest, size.limit, size.window, requests, len(taken.times), taken.longest().Round(100*time.Millisecond))
}
