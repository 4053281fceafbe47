package main

import (
	"flag"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tenantEnvironment is the least that a tenant needs, with more on top.
func tenantEnvironment(more ...string) map[string]string {
	env := map[string]string{"HALOPSA_URL": "https://acme.halopsa.com", "HALOPSA_CLIENT_ID": "id", "HALOPSA_CLIENT_SECRET": "hush"}
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

func readTestConfig(env map[string]string, args ...string) (*config, error) {
	return readConfig(func(name string) string { return env[name] }, args, io.Discard)
}

func TestConfig(t *testing.T) {
	t.Parallel()
	single := []settings{{Name: "default", URL: "https://acme.halopsa.com", ClientID: "id", Secret: "env:HALOPSA_CLIENT_SECRET"}}
	usual := func(change func(*config)) config {
		c := config{
			listen: "127.0.0.1:9180", interval: 10 * time.Second, quietInterval: 5 * time.Minute, reload: 30 * time.Second, settle: 30 * time.Second, rate: 700, window: 5 * time.Minute, replicas: 1,
		}
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want config
	}{
		"nothing is the demonstration": {nil, nil, usual(func(c *config) { c.demo, c.listen = true, "127.0.0.1:0" })},
		"the demonstration, for a while": {map[string]string{"LISTEN_ADDR": ":9999"}, []string{"-for", "5s"},
			usual(func(c *config) { c.demo, c.listen, c.length = true, ":9999", 5*time.Second })},
		"a tenant alone":     {tenantEnvironment(), nil, usual(func(c *config) { c.single = single })},
		"tenants of a file":  {map[string]string{"TENANTS_FILE": "t.json"}, nil, usual(func(c *config) { c.tenantsFile = "t.json" })},
		"tenants of a table": {map[string]string{"DATABASE_URL": "postgres://db/x"}, nil, usual(func(c *config) { c.database = "postgres://db/x" })},
		"everything": {
			tenantEnvironment("DATABASE_URL", "postgres://u:p@db/x", "DESTINATION_URL", "https://erp.example.com/deliveries/", "DESTINATION_TOKEN", "hush\n",
				"LISTEN_ADDR", "[::1]:8080", "SYNC_INTERVAL", "1m30s", "SYNC_QUIET_INTERVAL", "10m", "HALOPSA_RATE_LIMIT", "300/1m", "LOG_LEVEL", "debug",
				"REDIS_URL", "redis://:p@cache", "REPLICAS", "3"), []string{"-ui"},
			usual(func(c *config) {
				c.single, c.database, c.destination, c.destinationToken = single, "postgres://u:p@db/x", "https://erp.example.com/deliveries", "hush"
				c.listen, c.interval, c.quietInterval, c.rate, c.window, c.level = "[::1]:8080", 90*time.Second, 10*time.Minute, 300, time.Minute, slog.LevelDebug
				c.redis, c.replicas, c.ui = "redis://:p@cache", 3, true
			}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf, err := readTestConfig(c.env, c.args...)
			require.NoError(t, err)
			conf.getenv = nil
			assert.Equal(t, c.want, *conf)
		})
	}
}

func TestConfigSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want string
	}{
		"an interval without unit":        {tenantEnvironment("SYNC_INTERVAL", "10"), nil, "SYNC_INTERVAL: "},
		"an interval of 0":                {tenantEnvironment("SYNC_QUIET_INTERVAL", "0s"), nil, "SYNC_QUIET_INTERVAL: "},
		"a limit of 0":                    {tenantEnvironment("HALOPSA_RATE_LIMIT", "0"), nil, "HALOPSA_RATE_LIMIT: "},
		"a limit in no time":              {tenantEnvironment("HALOPSA_RATE_LIMIT", "700/0s"), nil, "HALOPSA_RATE_LIMIT: "},
		"a limit that is no number":       {tenantEnvironment("HALOPSA_RATE_LIMIT", "many"), nil, "HALOPSA_RATE_LIMIT: "},
		"no replicas":                     {tenantEnvironment("REPLICAS", "0"), nil, "REPLICAS: "},
		"more replicas than requests":     {tenantEnvironment("REPLICAS", "701"), nil, "REPLICAS: "},
		"a level that is none":            {tenantEnvironment("LOG_LEVEL", "loud"), nil, "LOG_LEVEL: "},
		"an address without a port":       {tenantEnvironment("LISTEN_ADDR", "127.0.0.1"), nil, "LISTEN_ADDR: "},
		"the interface for everybody":     {tenantEnvironment("LISTEN_ADDR", ":9180"), []string{"-ui"}, "-ui: "},
		"a destination without a scheme":  {tenantEnvironment("DESTINATION_URL", "erp/hush"), nil, "DESTINATION_URL: must look like"},
		"a destination without a host":    {tenantEnvironment("DESTINATION_URL", "https:///hush"), nil, "DESTINATION_URL: must look like"},
		"a destination that is malformed": {tenantEnvironment("DESTINATION_URL", "https://u:hush@h:x/"), nil, "DESTINATION_URL: must look like"},
		"a destination with a password":   {tenantEnvironment("DESTINATION_URL", "https://u:hush@erp/"), nil, "DESTINATION_URL: must have no password"},
		"a destination in the clear":      {tenantEnvironment("DESTINATION_URL", "http://erp.example.com/d"), nil, "DESTINATION_URL: plain http"},
		"a destination with a query": {
			tenantEnvironment("DESTINATION_URL", "https://erp/?token=hush"), nil, "DESTINATION_URL: must have no password, query",
		},
		"a token of two lines": {tenantEnvironment("DESTINATION_TOKEN", "hush\nhush"), nil, "DESTINATION_TOKEN: "},
		"an argument":          {nil, []string{"now"}, "it takes no arguments"},
		"a negative time":      {nil, []string{"-for", "-5s"}, "-for: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readTestConfig(c.env, c.args...)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "hush")
		})
	}
	_, err := readTestConfig(nil, "-help")
	require.ErrorIs(t, err, flag.ErrHelp)
}

func TestSettingsOfTenants(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"https://ACME.halopsa.com":            "acme.halopsa.com",
		"https://acme.halopsa.com/auth":       "acme.halopsa.com",
		"https://acme.halopsa.com/api/":       "acme.halopsa.com",
		"https://halo.example.com:8443/psa/":  "halo.example.com_8443_psa",
		"https://halo.example.com:8443/psa 2": "halo.example.com_8443_psa_2",
	} {
		assert.Equal(t, want, settings{URL: base}.source(), base)
	}
	for _, same := range []settings{
		{URL: "https://acme.halopsa.com:443"}, {URL: "https://acme.halopsa.com./API"}, {URL: " https://acme.halopsa.com/auth/token/"},
		{URL: "https://acme.halopsa.com", Tenant: "ACME"},
	} {
		assert.Equal(t, "acme.halopsa.com", same.source(), "%s %s", same.URL, same.Tenant)
	}
	assert.Equal(t, "hosted.halopsa.com_globex", settings{URL: "https://hosted.halopsa.com", Tenant: "globex"}.source(), "a host can have several tenants")
	whole := settings{Name: "acme", URL: "https://acme.halopsa.com", ClientID: "id", Secret: "env:SECRET"}
	require.NoError(t, whole.check())
	for want, change := range map[string]func(*settings){
		"a name is of small letters":          func(s *settings) { s.Name = "Acme/1" },
		`tenant ""`:                           func(s *settings) { s.Name = "" },
		"url is missing":                      func(s *settings) { s.URL = "" },
		"client_id is missing":                func(s *settings) { s.ClientID = "" },
		"secret must say where the client se": func(s *settings) { s.Secret = "hush" },
	} {
		broken := whole
		change(&broken)
		err := broken.check()
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "hush")
	}
}

func TestTenantsFilesThatAreNone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tenants.json")
	for content, want := range map[string]string{
		"": "EOF", "{": "unexpected EOF", "{}": "must look like", `{"tenant":[]}`: "unknown field", `[]`: "cannot unmarshal", `{"tenants":null}`: "must look like",
		`{"tenants":[{"name":"acme","scpe":"all"}]}`: `unknown field "scpe"`, `{"tenants":[]} {}`: "behind the tenants", `{"tenants":[{"secret":{"hush":1}}]}`: "cannot unmarshal",
		strings.Repeat(" ", 64<<20+1): "longer than",
	} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		_, err := readTenants(file)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "TENANTS_FILE")
		assert.NotContains(t, err.Error(), "hush")
	}
	require.NoError(t, os.WriteFile(file, []byte(`{"tenants":[]}`), 0o600))
	all, err := readTenants(file)
	require.NoError(t, err)
	assert.Empty(t, all)
}

func TestSecretsOfTenants(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, empty := filepath.Join(folder, "secret"), filepath.Join(folder, "empty")
	require.NoError(t, os.WriteFile(file, []byte("hush\n"), 0o600))
	require.NoError(t, os.WriteFile(empty, []byte(" \n"), 0o600))
	getenv := func(name string) string { return map[string]string{"SECRET": "hush"}[name] }
	for where, want := range map[string]string{"env:SECRET": "", "file:" + file: "", "env:OTHER": "the variable OTHER", "file:/nowhere": "cannot be read", "file:" + empty: "is empty", "file:/dev/zero": "longer than"} {
		secret, err := settings{Name: "acme", Secret: where}.reveal(getenv)
		if want != "" {
			require.ErrorContains(t, err, want)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, "hush", secret.Reveal())
	}
}

var environment = []string{
	"HALOPSA_URL", "HALOPSA_TENANT", "HALOPSA_CLIENT_ID", "HALOPSA_CLIENT_SECRET", "HALOPSA_SCOPE", "HALOPSA_AUTH_URL", "HALOPSA_RATE_LIMIT",
	"TENANTS_FILE", "DATABASE_URL", "REDIS_URL", "REPLICAS", "DESTINATION_URL", "DESTINATION_TOKEN", "LISTEN_ADDR", "SYNC_INTERVAL", "SYNC_QUIET_INTERVAL", "LOG_LEVEL",
}

func TestReadmeNamesEveryVariableAndMetric(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	readme := string(data)
	for _, name := range environment {
		assert.Contains(t, readme, "`"+name+"`")
	}
	_, err = readConfig(func(name string) string {
		assert.Contains(t, environment, name, "a variable that the tests do not know")
		return ""
	}, nil, io.Discard)
	require.NoError(t, err)

	r := newRig(t, freshSQLite(t))
	r.seed(t, 1)
	require.NoError(t, looked(t.Context(), r.db, "acme", "errors", 0, noon, true))
	_, err = r.db.exec(t.Context(), `INSERT INTO set_aside (tenant, log, record_id, reason, raw, set_aside_at) VALUES ('acme', 'errors', '7', '', '', $1)`, moment(noon))
	require.NoError(t, err)
	_, err = r.db.exec(t.Context(), `INSERT INTO river_job (kind, max_attempts, args, metadata, priority, queue, state, tags) VALUES ('look', 1, '{}', '{}', 1, 'looks', 'available', '[]')`)
	require.NoError(t, err)
	m := newMetrics()
	m.registry.MustRegister(&state{r.db, func(string, string) bool { return true }, r.now, slog.New(slog.DiscardHandler)})
	m.requests.WithLabelValues("acme", "IntegrationError.List", "2xx")
	m.waits.WithLabelValues("acme")
	m.mirrored.WithLabelValues("acme", "errors")
	m.deliveries.WithLabelValues("acme", delivered)
	families, err := m.registry.Gather()
	require.NoError(t, err)
	own := 0
	for _, family := range families {
		if name := family.GetName(); len(name) > 12 && name[:12] == "syncservice_" {
			own++
			assert.Contains(t, readme, "`"+name)
		}
	}
	assert.Equal(t, 10, own)
	problems, err := testutil.GatherAndLint(m.registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Contains(t, readme, "\ngo run . -for 5s\n")
}
