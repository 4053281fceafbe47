package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var summary = regexp.MustCompile(`(?m)^mirrored [1-9]\d* errors and [1-9]\d* requests, delivered [1-9]\d* exports$`)

func TestDemonstrationShowsThreeTenants(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	require.Eventually(t, func() bool {
		status, _ := fetch(t, s.address()+"/healthz")
		_, metrics := fetch(t, s.address()+"/metrics")
		for _, name := range demoTenants {
			for _, line := range []string{`syncservice_mirrored_records_total\{log="errors",tenant="%s"\} [1-9]\d{2,}`, `syncservice_deliveries_total\{outcome="delivered",tenant="%s"\} [1-9]`} {
				if !regexp.MustCompile(fmt.Sprintf(line, name)).MatchString(metrics) {
					return false
				}
			}
		}
		return status == http.StatusOK && regexp.MustCompile(`syncservice_deliveries_total\{outcome="failed",tenant="\w+"\} [1-9]`).MatchString(metrics)
	}, deadline, 50*time.Millisecond, "%s", s.log)
	s.end(t)
	assert.Regexp(t, summary, s.out.String())
	for line := range strings.Lines(s.log.String()) {
		assert.True(t, json.Valid([]byte(line)), line)
	}
	assert.Contains(t, s.log.String(), `"msg":"stopped"`)
}

func TestForEndsIt(t *testing.T) {
	t.Parallel()
	var out logBook
	require.NoError(t, run(t.Context(), func(string) string { return "" }, []string{"-for", "2s"}, &out, io.Discard))
	assert.Regexp(t, `(?m)^mirrored \d+ errors and \d+ requests, delivered \d+ exports$`, out.String()) // how many depends on the machine
}

func TestMistakesEndIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"half a tenant":   {map[string]string{"HALOPSA_URL": "https://acme.halopsa.com"}, "client_id is missing"},
		"no secret":       {map[string]string{"HALOPSA_URL": "https://acme.halopsa.com", "HALOPSA_CLIENT_ID": "id"}, "HALOPSA_CLIENT_SECRET"},
		"plain http":      {tenantEnvironment("HALOPSA_URL", "http://acme.halopsa.com"), "http"},
		"no such file":    {map[string]string{"TENANTS_FILE": "/nowhere/tenants.json"}, "TENANTS_FILE"},
		"another engine":  {tenantEnvironment("DATABASE_URL", "mysql://u:hush@db"), "DATABASE_URL"},
		"another cache":   {tenantEnvironment("REDIS_URL", "http://u:hush@cache"), "REDIS_URL"},
		"no such address": {tenantEnvironment("LISTEN_ADDR", "256.0.0.1:1"), "256.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.env["DATABASE_URL"] == "" {
				c.env["DATABASE_URL"] = freshSQLite(t)
			}
			err := run(t.Context(), func(name string) string { return c.env[name] }, nil, io.Discard, io.Discard)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "hush")
		})
	}
}

func TestSignalsEndItCleanly(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, nil)
			require.Eventually(t, func() bool { return strings.Contains(p.log.String(), `"msg":"delivered"`) }, deadline, 10*time.Millisecond)
			require.NoError(t, p.command.Process.Signal(signal))
			require.NoError(t, p.command.Wait(), "%s", &p.log)
			assert.Regexp(t, `mirrored \d+ errors and \d+ requests, delivered [1-9]\d* exports`, p.out.String())
			left, err := filepath.Glob(filepath.Join(p.command.Dir, "*"))
			require.NoError(t, err)
			assert.Empty(t, left, "the demonstration leaves nothing behind")
		})
	}
}
