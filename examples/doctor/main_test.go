package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// The tests that set the environment of the process cannot run beside each other.
func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{"URL", "TENANT", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUTH_URL"} {
		t.Setenv("HALOPSA_"+name, "")
	}
}

// tenantOf sets the environment to a stand-in, as an operator sets it to a tenant.
func tenantOf(t *testing.T) *halopsatest.Server {
	t.Helper()
	clearEnvironment(t)
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	t.Setenv("HALOPSA_URL", server.URL())
	t.Setenv("HALOPSA_CLIENT_ID", halopsatest.ClientID)
	t.Setenv("HALOPSA_CLIENT_SECRET", halopsatest.ClientSecret)
	return server
}

func TestDoctorOnTheStandIn(t *testing.T) {
	clearEnvironment(t)
	t.Chdir(t.TempDir())
	var out, terminal bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &out, &terminal))
	for _, want := range []string{"stand-in: ", "400 errors, 400 requests", "Datto RMM (12)", "WITH WHAT", "SCHEDULE", "nothing was written"} {
		assert.Contains(t, out.String(), want)
	}
	assert.Equal(t, "No HALOPSA_URL is set: reading from a stand-in server in this process.\n", terminal.String(), "no progress where there is no terminal")
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	assert.Empty(t, entries, "it writes no file that was not asked for")
}

func TestDoctorOnlyReadsATenant(t *testing.T) {
	server := tenantOf(t)
	halopsatest.SeedDemo(server.Handler, 120)
	file := filepath.Join(t.TempDir(), "report.html")
	var out, terminal bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-json", "-html", file, "-since", "24h"}, &out, &terminal))

	var r struct {
		Tenant   string    `json:"tenant"`
		Requests int       `json:"api_requests"`
		Errors   int       `json:"errors"`
		From, To time.Time `json:",omitempty"`
		Periods  []time.Time
		Quiet    string
		Problems []struct{ Text string }
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &r), "nothing but JSON is printed")
	assert.Equal(t, server.URL(), "http://"+r.Tenant)
	assert.Equal(t, server.Count("", ""), r.Requests)
	assert.Equal(t, server.Count("GET", ""), r.Requests, "it only reads")
	assert.InDelta(t, 24*60/17, r.Errors, 2, "those of a day, one in 17 minutes")
	assert.Equal(t, 24*time.Hour, r.To.Sub(r.From))
	assert.Equal(t, "6h0m0s", r.Quiet)
	assert.NotEmpty(t, r.Problems)

	page, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(page), "Integration doctor")
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it names customers")
	assert.Equal(t, "wrote "+file+"\n", terminal.String())
}

func TestDoctorShowsNoCredentialOfATenant(t *testing.T) {
	server := tenantOf(t)
	now := time.Now().UTC().Format(time.RFC3339)
	server.Seed("IntegrationError", map[string]any{
		"module_id": 12, "module_name": "Datto RMM", "date": now, "endpoint": "/v2/x?sig=kanarienvogel",
		"error": `401 from https://joe:kanarienvogel@x.example.com/a?token=kanarienvogel: {"headers":{"Authorization":"Bearer kanarienvogel"}}`,
	})
	server.Seed("IntegrationRequest", map[string]any{
		"msid": 12, "module_name": "Datto RMM", "datelogged": now, "resultcode": 500, "duration": 2, "operation": "GET",
		"url": "https://x.example.com/v2/x?api_key=kanarienvogel", "request_body": "kanarienvogel", "response_body": "kanarienvogel",
		"request_headers": "Authorization: Bearer kanarienvogel", "response_headers": "Set-Cookie: kanarienvogel",
	})
	server.Seed("IntegratorLog", map[string]any{"module_id": 12, "date": now, "message": "login with password 'kanarienvogel' failed"})
	server.Seed("IntegratorSchedule", map[string]any{"importnames": "secret=kanarienvogel", "connection": "kanarienvogel"})

	file := filepath.Join(t.TempDir(), "report.html")
	var table, data, terminal bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &table, &terminal))
	require.NoError(t, run(t.Context(), []string{"-json", "-html", file}, &data, &terminal))
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, shown := range map[string]string{"table": table.String(), "JSON": data.String(), "HTML": string(page), "terminal": terminal.String()} {
		assert.NotContains(t, shown, canary, name)
		assert.NotContains(t, shown, halopsatest.ClientSecret, name)
	}
	assert.Contains(t, table.String(), "401 from https://[redacted]@x.example.com/a?[redacted]")
	assert.Contains(t, string(page), "GET x.example.com/v2/x")
}

func TestCheckEndsWithTwoWhenSomethingFailsForLong(t *testing.T) {
	tests := map[string]struct {
		args     []string
		minutes  []int // ago, of the errors
		wantCode int
	}{
		"not asked":            {nil, []int{0, 30, 90}, 0},
		"switched off":         {[]string{"-check=false"}, []int{0, 30, 90}, 0},
		"for an hour":          {[]string{"-check"}, []int{0, 30, 90}, 2},
		"for less than that":   {[]string{"-check"}, []int{0, 30, 50}, 0},
		"for half an hour":     {[]string{"-check=30m"}, []int{0, 30, 50}, 2},
		"quiet since":          {[]string{"-check", "-quiet", "20m"}, []int{30, 50, 90}, 0},
		"nothing failed":       {[]string{"-check"}, nil, 0},
		"with JSON on the way": {[]string{"-check", "-json"}, []int{0, 90}, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := tenantOf(t)
			for _, ago := range test.minutes {
				server.Seed("IntegrationError", map[string]any{
					"module_id": 12, "module_name": "Datto RMM", "error": "x", "date": time.Now().Add(-time.Duration(ago) * time.Minute).UTC().Format(time.RFC3339),
				})
			}
			var out, terminal bytes.Buffer
			err := run(t.Context(), test.args, &out, &terminal)
			terminal.Reset()
			assert.Equal(t, test.wantCode, exitCode(err, &terminal), "%v", err)
			assert.NotEmpty(t, out.String(), "it reports all the same")
			if test.wantCode == 2 {
				assert.Regexp(t, `^doctor: failing for \d+ min and longer: Datto RMM \(12\)\n$`, terminal.String())
			}
		})
	}
}

func TestDoctorRefusesWhatItCannotDo(t *testing.T) {
	clearEnvironment(t)
	for _, args := range [][]string{
		{"-since", "0s"}, {"-since", "-1h"}, {"-quiet", "1s"}, {"-module", "-1"}, {"-max", "-1"}, {"-nonsense"}, {"report.html"}, {"-check=soon"},
		{"-check=-1h"}, {"-html", filepath.Join(t.TempDir(), "none", "x.html")},
	} {
		var out, terminal bytes.Buffer
		err := run(t.Context(), args, &out, &terminal)
		require.Error(t, err, args)
		assert.Equal(t, 1, exitCode(err, &terminal))
		assert.NotEmpty(t, terminal.String(), args)
		assert.Empty(t, out.String(), args)
	}
	var out, terminal bytes.Buffer
	err := run(t.Context(), []string{"-h"}, &out, &terminal)
	require.ErrorIs(t, err, flag.ErrHelp)
	assert.Equal(t, 0, exitCode(err, &terminal))
	assert.Contains(t, terminal.String(), "-html file")

	t.Setenv("HALOPSA_CLIENT_ID", "someone")
	require.ErrorContains(t, run(t.Context(), nil, &out, &terminal), "HALOPSA_URL", "a tenant half configured is no stand-in")
}

func TestDoctorSaysWhyATenantCannotBeRead(t *testing.T) {
	server := tenantOf(t)
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", Times: -1, Status: 403, Body: `{"Message":"no role; token=kanarienvogel"}`})
	var out, terminal bytes.Buffer
	err := run(t.Context(), []string{"-html", filepath.Join(t.TempDir(), "x.html")}, &out, &terminal)
	require.Error(t, err)
	assert.Equal(t, 1, exitCode(err, &terminal))
	assert.Contains(t, terminal.String(), "doctor: reading integration errors: ")
	assert.Contains(t, terminal.String(), "no role")
	assert.NotContains(t, terminal.String(), canary)
	assert.Empty(t, out.String())
}

func TestDoctorStops(t *testing.T) {
	clearEnvironment(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, terminal bytes.Buffer
	err := run(ctx, nil, &out, &terminal)
	require.ErrorIs(t, err, context.Canceled)
	terminal.Reset()
	assert.Equal(t, 130, exitCode(err, &terminal))
	assert.Equal(t, "stopped\n", terminal.String())
	assert.Empty(t, out.String())
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	var terminal bytes.Buffer
	assert.Equal(t, 0, exitCode(nil, &terminal))
	assert.Equal(t, 1, exitCode(errors.New("something else"), &terminal))
	assert.Equal(t, 2, exitCode(fmt.Errorf("%w for long", errFailing), &terminal))
	assert.Equal(t, "doctor: something else\ndoctor: failing for long\n", terminal.String())
}

func TestOnlyTheHostOfATenantIsShown(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "acme.halopsa.com", hostOf("https://joe:kanarienvogel@acme.halopsa.com/api?x=y"))
	assert.Equal(t, "tenant", hostOf("acme.halopsa.com"))
}
