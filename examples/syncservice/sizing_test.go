package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// crowd serves many tenants on one port, and returns the file of their settings and how many requests came.
func crowd(t *testing.T, n int) (halos []*halopsatest.Handler, file string, requests *atomic.Int64) {
	t.Helper()
	mux := http.NewServeMux()
	requests = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	all := make([]settings, n)
	for i := range n {
		name := fmt.Sprintf("tenant-%04d", i)
		halo := halopsatest.NewHandler(halopsatest.WithRateLimit(0, 0))
		halos = append(halos, halo)
		mux.Handle("/"+name+"/", http.StripPrefix("/"+name, halo))
		all[i] = settings{Name: name, URL: server.URL + "/" + name, ClientID: halopsatest.ClientID, Secret: "env:SECRET"}
	}
	data, err := json.Marshal(map[string]any{"tenants": all})
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "tenants.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return halos, file, requests
}

// TestJobsOfManyTenants measures how many jobs replicas do in a second, when all tenants are due all the time.
func TestJobsOfManyTenants(t *testing.T) {
	tenants, replicas, span := 30, 1, 5*time.Second
	if whole(t) {
		tenants, replicas, span = 1000, 3, time.Minute
	}
	database := newPostgres(t)
	halos, file, arrived := crowd(t, tenants)
	for _, halo := range halos {
		halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
	}
	destination := newFragile(t)
	db := read(t, database.url())
	run := func(replicas int) {
		processes := make([]*process, replicas)
		for i := range processes {
			processes[i] = newProcess(t, map[string]string{
				"TENANTS_FILE": file, "SECRET": halopsatest.ClientSecret, "DATABASE_URL": database.url(), "LISTEN_ADDR": "127.0.0.1:0",
				"SYNC_INTERVAL": "1s", "SYNC_QUIET_INTERVAL": "1s", "DESTINATION_URL": destination.server.URL + "/deliveries",
			})
		}
		require.Eventually(t, func() bool {
			return count(t, db, `SELECT count(*) FROM looks WHERE complete_at IS NOT NULL`) == 3*tenants
		}, 2*time.Minute, 100*time.Millisecond, "each log of each tenant must be seen once")
		from, before := time.Now(), arrived.Load()
		pause(t, span)
		took := time.Since(from)
		done := count(t, db, `SELECT count(*) FROM river_job WHERE state = 'completed' AND finalized_at > $1`, from.UTC())
		requests := arrived.Load() - before
		memory := metric(t, processes[0], "process_resident_memory_bytes")
		for _, p := range processes {
			p.terminate(t)
		}
		t.Logf("%d tenants, %d replicas: %.0f jobs and %.0f requests in a second, so that each log is looked at every %.1f s; a replica takes %.0f MiB",
			tenants, replicas, float64(done)/took.Seconds(), float64(requests)/took.Seconds(), float64(3*tenants)/(float64(done)/took.Seconds()), memory/(1<<20))
		assert.Greater(t, done, tenants/2)
		assert.Equal(t, tenants, count(t, db, `SELECT count(*) FROM integration_errors`))
	}
	run(1)
	if replicas > 1 {
		run(replicas)
	}
}

// metric returns a figure that a replica shows.
func metric(t *testing.T, p *process, name string) float64 {
	t.Helper()
	_, text := fetch(t, p.address()+"/metrics")
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(text)
	require.NotNil(t, found, name)
	value, err := strconv.ParseFloat(found[1], 64)
	require.NoError(t, err)
	return value
}

// TestSoakIsFlat has a replica work for a while, and expects it to hold no more at the end than when it was warm.
func TestSoakIsFlat(t *testing.T) {
	span, warm := 15*time.Second, 10*time.Second
	if whole(t) {
		span, warm = 10*time.Minute, 2*time.Minute
	}
	halos, file, _ := crowd(t, 40)
	destination := newInbox()
	server := httptest.NewServer(destination)
	t.Cleanup(server.Close)
	databaseURL := freshSQLite(t)
	p := newProcess(t, map[string]string{
		"TENANTS_FILE": file, "SECRET": halopsatest.ClientSecret, "DATABASE_URL": databaseURL, "LISTEN_ADDR": "127.0.0.1:0",
		"SYNC_INTERVAL": "5s", "SYNC_QUIET_INTERVAL": "5s", "DESTINATION_URL": server.URL + "/deliveries",
	})
	const step = 2 * time.Second
	logged := 0
	type figures struct{ memory, descriptors, goroutines float64 }
	look := func() figures {
		return figures{metric(t, p, "process_resident_memory_bytes") / (1 << 20), metric(t, p, "process_open_fds"), metric(t, p, "go_goroutines")}
	}
	var before figures
	began := time.Now()
	for time.Since(began) < span {
		if destination.count() == logged*len(halos) { // a machine that is slower gets less to do
			for _, halo := range halos {
				halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
				halo.Seed("IntegrationExport", map[string]any{"ready_for_import": true})
				halo.Forget()
			}
			logged++
		}
		pause(t, step)
		if before.memory == 0 && time.Since(began) > warm {
			before = look()
			t.Logf("warm, after %s: %.0f MiB, %.0f descriptors, %.0f goroutines", warm, before.memory, before.descriptors, before.goroutines)
		}
	}
	after := look()
	t.Logf("after %s: %.0f MiB, %.0f descriptors, %.0f goroutines; %.1f exports in a second",
		span, after.memory, after.descriptors, after.goroutines, float64(destination.count())/time.Since(began).Seconds())
	assert.Less(t, after.memory, before.memory*1.5+20)
	// One more connection for each tenant, with its goroutines, is no leak: those come with each look at each log.
	assert.LessOrEqual(t, after.descriptors, before.descriptors+float64(len(halos)))
	assert.LessOrEqual(t, after.goroutines, before.goroutines+3*float64(len(halos)))
	db := read(t, databaseURL)
	require.Eventually(t, func() bool {
		return count(t, db, `SELECT count(*) FROM integration_errors`) == logged*len(halos) &&
			count(t, db, `SELECT count(*) FROM deliveries WHERE state = 'removed'`) == logged*len(halos)
	}, deadline, 500*time.Millisecond)
	p.terminate(t)
	assert.Len(t, destination.exports(), logged*len(halos))
}
