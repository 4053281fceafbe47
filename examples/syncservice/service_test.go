package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// inProcess is a service in this process.
type inProcess struct {
	out, log *logBook
	stop     context.CancelFunc
	ended    chan error
}

// start runs the service with this environment, and returns when it listens.
func start(t *testing.T, env map[string]string, args ...string) *inProcess {
	t.Helper()
	conf, err := readTestConfig(env, args...)
	require.NoError(t, err)
	conf.reload, conf.settle = 200*time.Millisecond, time.Second
	ctx, cancel := context.WithCancel(t.Context())
	s := &inProcess{out: &logBook{}, log: &logBook{}, stop: cancel, ended: make(chan error, 1)}
	go func() { s.ended <- work(ctx, conf, s.out, s.log) }()
	t.Cleanup(cancel)
	require.Eventually(t, func() bool { return s.address() != "" || len(s.ended) > 0 }, deadline, time.Millisecond)
	require.NotEmpty(t, s.address(), "%s", s.log)
	return s
}

func (s *inProcess) address() string {
	found := regexp.MustCompile(`curl (http://\S+)/metrics`).FindStringSubmatch(s.out.String())
	if found == nil {
		return ""
	}
	return found[1]
}

// end stops it and expects it to end well.
func (s *inProcess) end(t *testing.T) {
	t.Helper()
	s.stop()
	select {
	case err := <-s.ended:
		require.NoError(t, err)
	case <-time.After(deadline):
		require.Fail(t, "it does not end")
	}
}

// newTenants starts stand-ins and writes the file of their settings.
func newTenants(t *testing.T, names ...string) (halos map[string]*halopsatest.Server, file string) {
	t.Helper()
	halos, file = map[string]*halopsatest.Server{}, filepath.Join(t.TempDir(), "tenants.json")
	for _, name := range names {
		halos[name] = halopsatest.NewServer(halopsatest.WithRateLimit(0, 0))
		t.Cleanup(halos[name].Close)
	}
	writeTenants(t, file, halos)
	return halos, file
}

func writeTenants(t *testing.T, file string, halos map[string]*halopsatest.Server) {
	t.Helper()
	var all []settings
	for name, halo := range halos {
		all = append(all, settings{Name: name, URL: halo.URL(), ClientID: halopsatest.ClientID, Secret: "env:SECRET"})
	}
	data, err := json.Marshal(map[string]any{"tenants": all})
	require.NoError(t, err)
	replaceFile(t, file, data)
}

func replaceFile(t *testing.T, file string, data []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(file+".new", data, 0o600))
	require.NoError(t, os.Rename(file+".new", file))
}

func fileEnvironment(file, database string) map[string]string {
	return map[string]string{
		"TENANTS_FILE": file, "SECRET": halopsatest.ClientSecret, "DATABASE_URL": database, "LISTEN_ADDR": "127.0.0.1:0", "SYNC_INTERVAL": "1s",
		"LOG_LEVEL": "debug",
	}
}

func seedLogs(halo *halopsatest.Server, n int) {
	for range n {
		halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site", "endpoint": "/v2/x?key=hush-endpoint"})
		halo.Seed("IntegrationRequest", map[string]any{
			"url": "https://u:hush-userinfo@api.example.com/v2?key=hush-query", "request_headers": "Authorization: Bearer hush-header",
			"response_headers": "Set-Cookie: hush-cookie", "request_body": "hush-request", "response_body": "hush-response",
		})
	}
}

// TestTenantsAreWorkedForSideBySide has one tenant refuse everything, one have a row that cannot be read, and one be well, and looks at all that
// is said, served and stored.
func TestTenantsAreWorkedForSideBySide(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		databaseURL = withPassword(t, databaseURL)
		halos, file := newTenants(t, "well", "odd", "refusing")
		halos["refusing"].Fault(halopsatest.Fault{Kind: halopsatest.Status, Status: http.StatusForbidden, Body: `"a <b>right</b> is missing"`, Match: func(r *http.Request) bool {
			return strings.HasPrefix(r.URL.Path, "/api/")
		}, Times: -1})
		seedLogs(halos["well"], 1200)
		seedLogs(halos["odd"], 2)
		halos["odd"].Seed("IntegrationError", map[string]any{"id": 3, "module_id": map[string]any{"hush": 1}})
		halos["odd"].Seed("IntegrationError", map[string]any{"id": 4})
		halos["well"].Seed("IntegrationExport", map[string]any{"ready_for_import": true, "export_body": []byte("hush-body")}, map[string]any{"ready_for_import": false})
		halos["odd"].Seed("IntegrationExport", map[string]any{"ready_for_import": true, "halo_name": "a\x00b"})
		var refused atomic.Int64
		inbox := newInbox()
		destination := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && refused.Add(1) == 1 {
				http.Error(w, r.Header.Get("Authorization"), http.StatusUnauthorized) // an echo of the token
				return
			}
			inbox.ServeHTTP(w, r)
		}))
		t.Cleanup(destination.Close)
		env := fileEnvironment(file, databaseURL)
		env["DESTINATION_URL"], env["DESTINATION_TOKEN"] = destination.URL+"/deliveries", "hush-token"
		s := start(t, env, "-ui")
		db := read(t, databaseURL)
		require.Eventually(t, func() bool {
			return count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = 'well'`) == 1200 &&
				count(t, db, `SELECT count(*) FROM integration_requests WHERE tenant = 'well'`) == 1200 &&
				count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = 'odd'`) == 3 &&
				count(t, db, `SELECT count(*) FROM deliveries WHERE state = 'removed'`) == 2 &&
				count(t, db, `SELECT count(*) FROM looks WHERE tenant = 'refusing' AND failures > 2`) == 3
		}, deadline, 50*time.Millisecond, "%s", s.log)
		assert.Len(t, inbox.exports(), 2)
		assert.Equal(t, 1, halos["well"].Len("IntegrationExport"), "what is not ready stays")
		assert.Equal(t, []string{"3"}, texts(t, db, `SELECT record_id FROM set_aside WHERE tenant = 'odd' AND log = 'errors'`))
		assert.Equal(t, 4, count(t, db, `SELECT last_id FROM looks WHERE tenant = 'odd' AND log = 'errors'`), "what is behind it is mirrored")

		status, health := fetch(t, s.address()+"/healthz")
		assert.Equal(t, http.StatusOK, status, health)
		status, health = fetch(t, s.address()+"/healthz/refusing")
		assert.Equal(t, http.StatusServiceUnavailable, status)
		assert.Contains(t, health, "errors: ")
		assert.Contains(t, health, "403")
		status, _ = fetch(t, s.address()+"/healthz/well")
		assert.Equal(t, http.StatusOK, status)
		status, _ = fetch(t, s.address()+"/healthz/nobody")
		assert.Equal(t, http.StatusNotFound, status)
		_, metrics := fetch(t, s.address()+"/metrics")
		for _, line := range []string{
			`syncservice_mirrored_records_total{log="errors",tenant="well"} 1200`, `syncservice_deliveries_total{outcome="delivered",tenant="odd"} 1`,
			`syncservice_set_aside_records{log="errors",tenant="odd"} 1`, `syncservice_halopsa_requests_total{op="IntegrationError.Since",outcome="4xx",tenant="refusing"}`,
			`syncservice_lag_seconds{log="errors",tenant="well"}`, `syncservice_ledger_exports{state="removed",tenant="well"} 1`, `syncservice_failed_looks{log="errors",tenant="refusing"}`,
			`syncservice_jobs{`, `syncservice_halopsa_wait_seconds_count{tenant="well"}`,
		} {
			assert.Contains(t, metrics, line)
		}
		status, page := fetch(t, s.address()+"/tenants")
		assert.Equal(t, http.StatusOK, status)
		for _, sign := range []string{"refusing", "403", "module_id", "Read again"} {
			assert.Contains(t, page, sign)
		}
		assert.Contains(t, page, "&lt;b&gt;", "what HaloPSA sends is text")
		assert.NotContains(t, page, "<b>")
		status, _ = fetch(t, s.address()+"/ui/")
		assert.Equal(t, http.StatusOK, status)
		status, jobs := fetch(t, s.address()+"/ui/api/jobs?state=completed")
		assert.Equal(t, http.StatusOK, status, jobs)

		// the row is mended, and read again
		halos["odd"].Remove("IntegrationError", 3)
		halos["odd"].Seed("IntegrationError", map[string]any{"id": 3, "module_id": 12})
		status = post(t, s.address()+"/tenants/again", "", url.Values{"tenant": {"odd"}, "log": {"errors"}, "id": {"3"}})
		assert.Equal(t, http.StatusSeeOther, status)
		require.Eventually(t, func() bool { return count(t, db, `SELECT count(*) FROM set_aside`) == 0 }, deadline, 50*time.Millisecond)
		assert.Equal(t, 4, count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = 'odd'`))
		for name, refusal := range map[string]struct{ path, site, tenant string }{
			"another site's page": {"/tenants/again", "https://evil.example.com", "odd"}, "and for jobs": {"/ui/api/jobs/cancel", "https://evil.example.com", "odd"},
		} {
			assert.Equal(t, http.StatusForbidden, post(t, s.address()+refusal.path, refusal.site, url.Values{"tenant": {refusal.tenant}, "id": {"3"}}), name)
		}
		assert.Equal(t, http.StatusNotFound, post(t, s.address()+"/tenants/again", "", url.Values{"tenant": {"nobody"}, "id": {"3"}}))
		s.end(t)

		said := strings.Join([]string{health, metrics, page, s.out.String(), s.log.String()}, "\n")
		stored := strings.Join(append(texts(t, db, `SELECT endpoint || error || entity_name FROM integration_errors`),
			append(texts(t, db, `SELECT url || operation || type || module_name FROM integration_requests`),
				append(texts(t, db, `SELECT delivery_key || last_error FROM deliveries`), texts(t, db, `SELECT last_error FROM looks`)...)...)...), "\n")
		for _, sign := range []string{"halopsa: attempt", "the destination responded 401", `"tenant":"well"`} {
			assert.Contains(t, said, sign, "the test has not seen what it should")
		}
		secrets := []string{"hush", halopsatest.ClientSecret}
		for _, r := range halos["well"].Requests() {
			if token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
				secrets = append(secrets, token)
			}
		}
		require.Greater(t, len(secrets), 2)
		for _, secret := range secrets {
			assert.NotContains(t, said, secret)
			assert.NotContains(t, stored, secret)
		}
	})
}

// post sends a form and returns the status.
func post(t *testing.T, address, site string, form url.Values) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if site != "" {
		req.Header.Set("Origin", site)
		req.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	return resp.StatusCode
}

// withPassword puts a password into the URL of a PostgreSQL server, which trusts everybody here.
func withPassword(t *testing.T, databaseURL string) string {
	t.Helper()
	if strings.HasPrefix(databaseURL, "sqlite:") {
		return databaseURL
	}
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	if _, given := u.User.Password(); !given {
		u.User = url.UserPassword(u.User.Username(), "hush-password")
	}
	return u.String()
}

func TestTenantsComeAndGoWithoutARestart(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		halos, file := newTenants(t, "first")
		seedLogs(halos["first"], 1)
		s := start(t, fileEnvironment(file, databaseURL))
		db := read(t, databaseURL)
		mirrored := func(name string, n int) func() bool {
			return func() bool {
				return count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = $1`, name) == n
			}
		}
		require.Eventually(t, mirrored("first", 1), deadline, 20*time.Millisecond)

		more, _ := newTenants(t, "second", "third")
		seedLogs(more["second"], 2)
		seedLogs(more["third"], 3)
		halos["second"] = more["second"]
		writeTenants(t, file, halos)
		require.Eventually(t, mirrored("second", 2), deadline, 20*time.Millisecond, "a tenant of the file")
		_, err := db.exec(t.Context(), `INSERT INTO tenant_settings (name, url, client_id, secret) VALUES ('third', $1, $2, 'env:SECRET')`,
			more["third"].URL(), halopsatest.ClientID)
		require.NoError(t, err)
		require.Eventually(t, mirrored("third", 3), deadline, 20*time.Millisecond, "a tenant of the table")

		// another HaloPSA comes under the name of the first
		halos["first"], halos["second"] = halos["second"], halos["first"]
		writeTenants(t, file, halos)
		require.Eventually(t, func() bool {
			_, health := fetch(t, s.address()+"/healthz/first")
			return strings.Contains(health, "this database has served")
		}, deadline, 20*time.Millisecond)
		s.end(t)
		assert.Equal(t, 1, count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = 'first'`))

		err = work(t.Context(), configOf(t, fileEnvironment(file, databaseURL)), io.Discard, io.Discard)
		require.ErrorContains(t, err, "tenant first: this database has served", "at the start it is refused")
	})
}

func configOf(t *testing.T, env map[string]string) *config {
	t.Helper()
	conf, err := readTestConfig(env)
	require.NoError(t, err)
	return conf
}

// TestQuietTenantCostsOneRequestALook waits for a few looks at a tenant where nothing is.
func TestQuietTenantCostsOneRequestALook(t *testing.T) {
	t.Parallel()
	halos, file := newTenants(t, "quiet")
	databaseURL := freshSQLite(t)
	s := start(t, fileEnvironment(file, databaseURL))
	db := read(t, databaseURL)
	require.Eventually(t, func() bool {
		return count(t, db, `SELECT count(*) FROM looks WHERE log = 'errors' AND quiet >= 3`) == 1
	}, deadline, 100*time.Millisecond)
	s.end(t)
	looked := count(t, db, `SELECT quiet FROM looks WHERE log = 'errors'`)
	assert.Equal(t, looked, halos["quiet"].Count(http.MethodGet, "IntegrationError"))
	assert.Zero(t, halos["quiet"].Count("", "IntegrationExport"), "without a destination the queue is left alone")
}

// TestLimitIsNotSleptOutByWorkers has a tenant be at its limit, and another be mirrored meanwhile.
func TestLimitIsNotSleptOutByWorkers(t *testing.T) {
	t.Parallel()
	halos, file := newTenants(t, "busy", "free")
	databaseURL := freshSQLite(t)
	seedLogs(halos["free"], 1)
	seedLogs(halos["busy"], 1)
	halos["busy"].Fault(halopsatest.Fault{
		Method: "GET", Kind: halopsatest.Status, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"240"}}, Times: -1,
	})
	s := start(t, fileEnvironment(file, databaseURL))
	db := read(t, databaseURL)
	require.Eventually(t, func() bool {
		return count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = 'free'`) == 1 &&
			count(t, db, `SELECT count(*) FROM river_job WHERE kind = 'look' AND state = 'scheduled' AND args ->> 'tenant' = 'busy' AND metadata ->> 'snoozes' IS NOT NULL`) == 2
	}, deadline, 100*time.Millisecond, "%s", s.log)
	assert.Zero(t, count(t, db, `SELECT count(*) FROM looks WHERE failures > 0`), "a wait for the limit is no failure")
	s.end(t)
	assert.LessOrEqual(t, halos["busy"].Count(http.MethodGet, ""), 2)
}
