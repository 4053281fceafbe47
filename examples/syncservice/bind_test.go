package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestNameThatHasServedNothingCanBeTiedAnew(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		db := read(t, databaseURL)
		require.NoError(t, db.migrate(t.Context()))
		wrong, right := settings{Name: "acme", URL: "https://amce.halopsa.com"}, settings{Name: "acme", URL: "https://acme.halopsa.com/api"}
		require.NoError(t, bind(t.Context(), db, wrong))
		stale := &tenant{settings: wrong}
		before, err := placeOf(t.Context(), db, stale, "errors")
		require.NoError(t, err)
		require.NoError(t, bind(t.Context(), db, right))

		// a process that has not read the settings again can neither end its look nor begin another
		var ended *rivertype.JobCancelError
		require.ErrorAs(t, tie(t.Context(), db, stale, before), &ended)
		_, err = placeOf(t.Context(), db, stale, "errors")
		require.ErrorAs(t, err, &ended)

		first := &tenant{settings: right}
		at, err := placeOf(t.Context(), db, first, "errors")
		require.NoError(t, err)
		assert.Equal(t, place{}, at)
		require.NoError(t, tie(t.Context(), db, first, at))
		require.NoError(t, looked(t.Context(), db, "acme", "errors", 3, noon, true))
		require.NoError(t, bind(t.Context(), db, right))
		at, err = placeOf(t.Context(), db, first, "errors")
		require.NoError(t, err)
		assert.Equal(t, place{quiet: 3, served: true}, at)
		var bound *boundError
		require.ErrorAs(t, bind(t.Context(), db, wrong), &bound)
		require.EqualError(t, bind(t.Context(), db, settings{Name: "other", URL: right.URL}),
			"tenant other: this database has served acme.halopsa.com under the name acme; give it that name")
	})
}

// TestTenantsFileThatIsSpoiledChangesNothing has mistakes come into the file while the service runs.
func TestTenantsFileThatIsSpoiledChangesNothing(t *testing.T) {
	t.Parallel()
	halos, file := newTenants(t, "first")
	databaseURL := freshSQLite(t)
	s := start(t, fileEnvironment(file, databaseURL))
	db := read(t, databaseURL)
	mirrored := func(n int) {
		t.Helper()
		seedLogs(halos["first"], 1)
		require.Eventually(t, func() bool {
			return count(t, db, `SELECT count(*) FROM integration_errors WHERE tenant = 'first'`) == n
		}, deadline, 20*time.Millisecond, "%s", s.log)
	}
	mirrored(1)
	for i, spoiled := range []string{`{"tenant":[]}`, `{"tenants":[`} {
		replaceFile(t, file, []byte(spoiled))
		require.Eventually(t, func() bool { return strings.Count(s.log.String(), "not all tenants are worked for") == i+1 }, deadline, 20*time.Millisecond)
		mirrored(i + 2)
	}
	// another name for the same HaloPSA
	halos["second"] = halos["first"]
	writeTenants(t, file, halos)
	require.Eventually(t, func() bool {
		_, health := fetch(t, s.address()+"/healthz")
		return strings.Contains(health, "its HaloPSA is that of tenant") || strings.Contains(health, "under the name first") // whichever comes first
	}, deadline, 20*time.Millisecond)
	s.end(t)
	assert.LessOrEqual(t, count(t, db, `SELECT count(*) FROM tenants`), 1)
}

// TestWhatIsNoLongerLookedAtIsNobodysConcern has a tenant go, and the destination of another.
func TestWhatIsNoLongerLookedAtIsNobodysConcern(t *testing.T) {
	t.Parallel()
	halos, file := newTenants(t, "first", "second")
	databaseURL := freshSQLite(t)
	env := fileEnvironment(file, databaseURL)
	env["DESTINATION_URL"] = "http://127.0.0.1:1/deliveries"
	s := start(t, env)
	db := read(t, databaseURL)
	require.Eventually(t, func() bool { return count(t, db, `SELECT count(*) FROM looks WHERE complete_at IS NOT NULL`) == 6 }, deadline, 20*time.Millisecond)
	delete(halos, "second")
	writeTenants(t, file, halos)
	require.Eventually(t, func() bool {
		_, metrics := fetch(t, s.address()+"/metrics")
		return !strings.Contains(metrics, `syncservice_lag_seconds{log="errors",tenant="second"}`)
	}, deadline, 20*time.Millisecond)
	s.end(t)

	_, err := db.exec(t.Context(), `UPDATE looks SET looked_at = $1, complete_at = $1 WHERE log = 'exports'`, moment(noon.AddDate(-1, 0, 0)))
	require.NoError(t, err)
	delete(env, "DESTINATION_URL")
	s = start(t, env)
	status, health := fetch(t, s.address()+"/healthz/first")
	assert.Equal(t, http.StatusOK, status, health)
	_, metrics := fetch(t, s.address()+"/metrics")
	assert.NotContains(t, metrics, `log="exports"`)
	s.end(t)
}

// TestSecretIsRotatedWithoutAnotherClient has the secret of a tenant change, which must not begin the count of its requests anew.
func TestSecretIsRotatedWithoutAnotherClient(t *testing.T) {
	t.Parallel()
	halo := halopsatest.NewServer(halopsatest.WithRateLimit(0, 0))
	t.Cleanup(halo.Close)
	db := read(t, freshSQLite(t))
	require.NoError(t, db.migrate(t.Context()))
	secret := "old"
	conf := &config{getenv: func(string) string { return secret }, rate: 5, window: time.Hour, replicas: 1}
	logger := newLogger(&logBook{}, 0)
	connect, err := connector(conf, newMetrics(), logger)
	require.NoError(t, err)
	r := &roster{connect: connect, getenv: conf.getenv}
	all := []settings{{Name: "acme", URL: halo.URL(), ClientID: halopsatest.ClientID, Secret: "env:SECRET"}}
	require.NoError(t, r.set(t.Context(), db, all))
	before := r.get("acme")
	_, err = before.client.IntegrationError.List(t.Context(), nil)
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	for _, secret = range []string{halopsatest.ClientSecret, ""} { // it is rotated, and for a moment is not there
		require.NoError(t, r.set(t.Context(), db, all))
		require.Same(t, before, r.get("acme"))
		_, err = before.client.IntegrationError.List(t.Context(), nil)
		require.NoError(t, err, fmt.Sprint(secret == ""))
	}
}
