package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// onWrites has a function of PostgreSQL run before each write to a table.
func onWrites(t *testing.T, db querier, body string, tables ...string) {
	t.Helper()
	_, err := db.exec(t.Context(), `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN `+body+` RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END $$`)
	require.NoError(t, err)
	for _, table := range tables {
		_, err := db.exec(t.Context(), `CREATE TRIGGER refused BEFORE INSERT OR UPDATE OR DELETE ON `+table+` FOR EACH ROW EXECUTE FUNCTION refuse()`)
		require.NoError(t, err)
	}
}

// TestMirrorThatCannotBeWrittenIsUnwell has the disk be full below one table.
func TestMirrorThatCannotBeWrittenIsUnwell(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		halos, file := newTenants(t, "full", "other")
		db := read(t, databaseURL)
		require.NoError(t, db.migrate(t.Context()))
		mend := func() {
			_, err := db.exec(t.Context(), `DROP TRIGGER refused`)
			require.NoError(t, err)
		}
		if strings.HasPrefix(databaseURL, "sqlite:") {
			_, err := db.exec(t.Context(), `CREATE TRIGGER refused BEFORE INSERT ON integration_errors WHEN NEW.tenant = 'full' BEGIN SELECT RAISE(ABORT, 'no space left'); END`)
			require.NoError(t, err)
		} else {
			onWrites(t, db, `IF NEW.tenant = 'full' THEN RAISE 'no space left' USING ERRCODE = 'disk_full'; END IF;`, "integration_errors")
			mend = func() {
				_, err := db.exec(t.Context(), `DROP TRIGGER refused ON integration_errors`)
				require.NoError(t, err)
			}
		}
		for _, halo := range halos {
			seedLogs(halo, 3)
		}
		s := start(t, fileEnvironment(file, databaseURL))
		mirrored := func(name string) func() bool {
			return func() bool {
				return count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = $1`, name) == 3 &&
					count(t, db, `SELECT count(*) FROM integration_requests WHERE tenant = $1`, name) == 3
			}
		}
		require.Eventually(t, mirrored("other"), deadline, 50*time.Millisecond, "%s", s.log)
		require.Eventually(t, func() bool {
			status, health := fetch(t, s.address()+"/healthz/full")
			return status == http.StatusServiceUnavailable && strings.Contains(health, "errors: ") && strings.Contains(health, "no space left")
		}, deadline, 50*time.Millisecond, "%s", s.log)
		mend()
		require.Eventually(t, mirrored("full"), deadline, 50*time.Millisecond, "%s", s.log)
		require.Eventually(t, func() bool {
			status, _ := fetch(t, s.address()+"/healthz/full")
			return status == http.StatusOK
		}, deadline, 50*time.Millisecond)
		s.end(t)
	})
}

// TestWritesThatFailLoseAndDoubleNothing has one in 43 writes fail, of this service's tables and of River's: of looks, of what is set aside and read
// again, and of deliveries.
func TestWritesThatFailLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	halos, file := newTenants(t, "first", "second")
	receiver := newReceiver(t)
	databaseURL := freshPostgres(t)
	env := fileEnvironment(file, databaseURL)
	env["DESTINATION_URL"], env["SYNC_QUIET_INTERVAL"] = receiver.to.url, "1s"
	s := start(t, env, "-ui")
	db := read(t, databaseURL)
	_, err := db.exec(t.Context(), `CREATE SEQUENCE writes`) // it counts what is rolled back too
	require.NoError(t, err)
	onWrites(t, db, `IF nextval('writes') % 43 = 0 THEN RAISE 'no space left' USING ERRCODE = 'disk_full'; END IF;`,
		"integration_errors", "integration_requests", "looks", "deliveries", "attempts", "set_aside", "river_job")
	const rounds, logged = 2, 5
	exports := 0
	for round := range rounds {
		for _, halo := range halos {
			seedLogs(halo, logged)
			halo.Seed("IntegrationError", map[string]any{"id": 1000*(round+1) + 1, "module_id": map[string]any{"odd": 1}})
			halo.Seed("IntegrationExport", map[string]any{"ready_for_import": true}, map[string]any{"ready_for_import": true})
		}
		exports += 2 * len(halos)
		require.Eventually(t, func() bool {
			return count(t, db, `SELECT count(*) FROM integration_errors`) == (round+1)*logged*len(halos) &&
				count(t, db, `SELECT count(*) FROM integration_requests`) == (round+1)*logged*len(halos) &&
				count(t, db, `SELECT count(*) FROM set_aside`) == (round+1)*len(halos) &&
				count(t, db, `SELECT count(*) FROM deliveries WHERE state = 'removed'`) == exports
		}, deadline, 50*time.Millisecond, "%s", s.log)
	}
	for name, halo := range halos { // what was set aside is mended
		for round := range rounds {
			halo.Remove("IntegrationError", int64(1000*(round+1)+1))
			halo.Seed("IntegrationError", map[string]any{"id": 1000*(round+1) + 1, "module_id": 12})
			require.Eventually(t, func() bool {
				post(t, s.address()+"/tenants/again", "", url.Values{"tenant": {name}, "log": {"errors"}, "id": {fmt.Sprint(1000*(round+1) + 1)}})
				return count(t, db, `SELECT count(*) FROM set_aside WHERE tenant = $1`, name) == rounds-1-round
			}, deadline, 200*time.Millisecond, "%s", s.log)
		}
	}
	assert.Equal(t, rounds*(logged+1)*len(halos), count(t, db, `SELECT count(*) FROM integration_errors`))
	assert.Contains(t, s.log.String(), "no space left")
	s.end(t)
	assert.Len(t, receiver.exports(), exports)
	assert.Zero(t, receiver.repeats())
	assert.NotContains(t, receiver.asked(), "POST ", "nothing is sent under an empty key")
	for _, halo := range halos {
		assert.Zero(t, halo.Len("IntegrationExport"))
	}
}

// TestRowWithALongIDIsSetAside has an id that PostgreSQL takes into no index.
func TestRowWithALongIDIsSetAside(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		db := read(t, databaseURL)
		require.NoError(t, db.migrate(t.Context()))
		var id strings.Builder
		for range 2000 { // what can be compressed is taken
			fmt.Fprintf(&id, "%x", rand.Uint64())
		}
		rows := []halopsa.BadRow{{ID: id.String(), Raw: []byte(`{}`)}, {ID: "7", Raw: []byte(`{}`)}}
		for _, want := range []int{2, 0} {
			added, err := aside(t.Context(), db, &tenant{settings: settings{Name: "acme"}}, "errors", rows, noon)
			require.NoError(t, err)
			assert.Len(t, added, want)
		}
		assert.Equal(t, 2, count(t, db, `SELECT count(*) FROM set_aside`))
	})
}

// TestDestinationThatRespondsOddly gives statuses that are no response to a delivery.
func TestDestinationThatRespondsOddly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler func(http.ResponseWriter, *http.Request)
		want    string
		final   bool
	}{
		"redirects": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "302 Found", true},
		"hints": {func(w http.ResponseWriter, _ *http.Request) {
			for range 200 {
				w.WriteHeader(http.StatusEarlyHints)
			}
			w.WriteHeader(http.StatusBadRequest)
		}, "400 Bad Request", true},
		"another protocol": {func(w http.ResponseWriter, _ *http.Request) {
			conn, buffer, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = buffer.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
				_ = buffer.Flush()
				time.AfterFunc(time.Second, func() { _ = conn.Close() })
			}
		}, "101 Switching Protocols", false},
		"trickles": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("x"))
				_ = http.NewResponseController(w).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(c.handler))
			t.Cleanup(server.Close)
			d := newDestination(server.URL, "")
			d.client.Timeout = time.Second
			err := d.send(t.Context(), "key", []byte(`{}`))
			if c.want == "" {
				require.NoError(t, err, "the status has come")
				return
			}
			var answer *reply
			require.ErrorAs(t, err, &answer)
			require.ErrorContains(t, err, c.want)
			assert.Equal(t, c.final, answer.final())
		})
	}
}

// TestSecondProcessOnOneFileDoublesNothing has two processes share a file of SQLite, as one that is restarted before the other has ended.
func TestSecondProcessOnOneFileDoublesNothing(t *testing.T) {
	t.Parallel()
	halos, file, _ := crowd(t, 4)
	receiver := newReceiver(t)
	env := fileEnvironment(file, freshSQLite(t))
	env["DESTINATION_URL"], env["SYNC_QUIET_INTERVAL"] = receiver.to.url, "1s"
	first, second := newProcess(t, env), newProcess(t, env)
	const rounds = 5
	for range rounds {
		for _, halo := range halos {
			halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
			halo.Seed("IntegrationExport", map[string]any{"ready_for_import": true})
		}
		pause(t, time.Second)
	}
	db := read(t, env["DATABASE_URL"])
	require.Eventually(t, func() bool {
		return count(t, db, `SELECT count(*) FROM integration_errors`) == rounds*len(halos) &&
			count(t, db, `SELECT count(*) FROM deliveries WHERE state = 'removed'`) == rounds*len(halos)
	}, deadline, 100*time.Millisecond)
	first.terminate(t)
	second.terminate(t)
	assert.Len(t, receiver.exports(), rounds*len(halos))
	assert.Zero(t, receiver.repeats())
}

// TestDatabaseThatCannotBeWrittenIsWaitedFor has PostgreSQL take no writes for a while, as one whose disk is full or which has become a replica.
func TestDatabaseThatCannotBeWrittenIsWaitedFor(t *testing.T) {
	t.Parallel()
	server := newPostgres(t)
	halos, file := newTenants(t, "acme")
	receiver := newReceiver(t)
	env := fileEnvironment(file, server.url())
	env["DESTINATION_URL"], env["SYNC_QUIET_INTERVAL"] = receiver.to.url, "1s"
	s := start(t, env, "-ui")
	db := read(t, server.url())
	readOnly := func(value string) {
		t.Helper()
		_, err := db.exec(t.Context(), `BEGIN READ WRITE; ALTER DATABASE postgres SET default_transaction_read_only = `+value+`; COMMIT`)
		require.NoError(t, err)
		_, err = db.exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`)
		require.NoError(t, err)
	}
	grow := func() {
		seedLogs(halos["acme"], 1)
		halos["acme"].Seed("IntegrationExport", map[string]any{"ready_for_import": true})
	}
	settled := func(n int) func() bool {
		return func() bool {
			return count(t, db, `SELECT count(*) FROM integration_errors`) == n && count(t, db, `SELECT count(*) FROM deliveries WHERE state = 'removed'`) == n
		}
	}
	grow()
	require.Eventually(t, settled(1), deadline, 50*time.Millisecond, "%s", s.log)
	readOnly("on")
	grow()
	require.Eventually(t, func() bool { return strings.Contains(s.log.String(), "read-only transaction") }, deadline, 50*time.Millisecond, "%s", s.log)
	pause(t, 2*time.Second)
	assert.Len(t, receiver.asked(), 1, "nothing is sent that could not be noted")
	status, metrics := fetch(t, s.address()+"/metrics")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, metrics, "syncservice_lag_seconds{")
	status, _ = fetch(t, s.address()+"/tenants")
	assert.Equal(t, http.StatusOK, status)
	readOnly("off")
	require.Eventually(t, settled(2), deadline, 50*time.Millisecond, "%s", s.log)
	s.end(t)
	assert.Equal(t, []int64{1, 2}, receiver.exports())
	assert.Zero(t, receiver.repeats())
}

// TestClockThatIsNotTheDatabases has the database's clock be an hour ahead of this machine's.
func TestClockThatIsNotTheDatabases(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		at, err := read(t, databaseURL).clock(t.Context())
		require.NoError(t, err)
		assert.WithinDuration(t, time.Now(), at, 10*time.Second)
	})
	db, err := openSQLite(freshSQLite(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.close()) })
	ahead := time.Hour
	db.clock = func(context.Context) (time.Time, error) { return time.Now().Add(ahead), nil }
	log := &logBook{}
	f := &fleet[liteDriver, liteTx]{db: db, logger: newLogger(log, 0)}
	for range 2 {
		require.NoError(t, f.readClock(t.Context()))
		assert.WithinDuration(t, time.Now().Add(ahead), f.time(), 10*time.Second)
	}
	assert.Equal(t, 1, strings.Count(log.String(), `"level":"ERROR"`), "%s", log)
	ahead = time.Millisecond
	require.NoError(t, f.readClock(t.Context()))
	assert.WithinDuration(t, time.Now(), f.time(), 10*time.Second)
}

// TestHealthIsSeenWhileAllLooksWrite has PostgreSQL be so slow that each look writes for four seconds.
func TestHealthIsSeenWhileAllLooksWrite(t *testing.T) {
	t.Parallel()
	halos, file, _ := crowd(t, 60)
	databaseURL := freshPostgres(t)
	db := read(t, databaseURL)
	require.NoError(t, db.migrate(t.Context()))
	onWrites(t, db, `PERFORM pg_sleep(1);`, "integration_errors")
	for _, halo := range halos {
		for range 4 {
			halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site"})
		}
	}
	s := start(t, fileEnvironment(file, databaseURL))
	require.Eventually(t, func() bool {
		return count(t, db, `SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`) >= 8
	}, deadline, 10*time.Millisecond, "%s", s.log)
	for range 10 {
		_, health := fetch(t, s.address()+"/healthz")
		assert.NotContains(t, health, "the database does not respond")
		pause(t, 200*time.Millisecond)
	}
	s.end(t)
}
