package main

import (
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
