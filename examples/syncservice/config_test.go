package main

import (
	"flag"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tenant is the least that a tenant needs, with more on top.
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
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want config
	}{
		"nothing is the demonstration": {nil, nil, config{demo: true, listen: "127.0.0.1:0", interval: 10 * time.Second, rate: 700, tell: time.Minute}},
		"the demonstration, for a while": {map[string]string{"LISTEN_ADDR": ":9999"}, []string{"-for", "5s"},
			config{demo: true, listen: ":9999", interval: 10 * time.Second, rate: 700, tell: time.Minute, length: 5 * time.Second}},
		"a tenant alone": {tenantEnvironment(), nil,
			config{source: "acme.halopsa.com", listen: "127.0.0.1:9180", interval: 10 * time.Second, rate: 700, tell: time.Minute}},
		"everything": {
			tenantEnvironment("DATABASE_URL", "postgres://u:p@db/x", "DESTINATION_URL", "https://erp.example.com/deliveries/", "DESTINATION_TOKEN", "hush",
				"LISTEN_ADDR", ":8080", "SYNC_INTERVAL", "1m30s", "HALOPSA_RATE_LIMIT", "300", "LOG_LEVEL", "debug"), nil,
			config{source: "acme.halopsa.com", database: "postgres://u:p@db/x", destination: "https://erp.example.com/deliveries", destinationToken: "hush",
				listen: ":8080", interval: 90 * time.Second, rate: 300, level: slog.LevelDebug, tell: time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf, err := readTestConfig(c.env, c.args...)
			require.NoError(t, err)
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
		"half a tenant": {
			map[string]string{"HALOPSA_CLIENT_SECRET": "hush", "DATABASE_URL": "hush"}, nil,
			"HALOPSA_URL is not set, but HALOPSA_CLIENT_SECRET, DATABASE_URL is",
		},
		"an interval without unit":        {tenantEnvironment("SYNC_INTERVAL", "10"), nil, "SYNC_INTERVAL: "},
		"an interval of 0":                {tenantEnvironment("SYNC_INTERVAL", "0s"), nil, "SYNC_INTERVAL: "},
		"a limit of 0":                    {tenantEnvironment("HALOPSA_RATE_LIMIT", "0"), nil, "HALOPSA_RATE_LIMIT: "},
		"a limit that is no number":       {tenantEnvironment("HALOPSA_RATE_LIMIT", "700/5m"), nil, "HALOPSA_RATE_LIMIT: "},
		"a level that is none":            {tenantEnvironment("LOG_LEVEL", "loud"), nil, "LOG_LEVEL: "},
		"a destination without a scheme":  {tenantEnvironment("DESTINATION_URL", "erp/hush"), nil, "DESTINATION_URL: must look like"},
		"a destination without a host":    {tenantEnvironment("DESTINATION_URL", "https:///hush"), nil, "DESTINATION_URL: must look like"},
		"a destination that is malformed": {tenantEnvironment("DESTINATION_URL", "https://u:hush@h:x/"), nil, "DESTINATION_URL: must look like"},
		"a destination with a password":   {tenantEnvironment("DESTINATION_URL", "https://u:hush@erp/"), nil, "DESTINATION_URL: must have no password"},
		"a destination with a query": {
			tenantEnvironment("DESTINATION_URL", "https://erp/?token=hush"), nil, "DESTINATION_URL: must have no password, query",
		},
		"an argument":     {nil, []string{"now"}, "it takes no arguments"},
		"a negative time": {nil, []string{"-for", "-5s"}, "-for: "},
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
