package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

const canary = "kanarienvogel"

func TestDoctorOnTheStandIn(t *testing.T) {
	t.Parallel()
	r := environment{}.halopsa(t, "doctor")
	require.Equal(t, 0, r.code, r.err)
	for _, want := range []string{"stand-in: ", "400 errors, 400 requests", "Datto RMM (12)", "WITH WHAT", "SCHEDULE", "nothing was written"} {
		assert.Contains(t, r.out, want)
	}
	assert.Equal(t, standin, r.err, "no progress where there is no terminal")
}

func TestDoctorOnlyReadsATenant(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	halopsatest.SeedDemo(server.Handler, 120)
	file := filepath.Join(t.TempDir(), "report.html")
	ran := of(server).halopsa(t, "doctor", "-json", "-html", file, "-since", "24h")
	require.Equal(t, 0, ran.code, ran.err)

	var r struct {
		Tenant   string    `json:"tenant"`
		Requests int       `json:"api_requests"`
		Errors   int       `json:"errors"`
		From, To time.Time `json:",omitempty"`
		Periods  []time.Time
		Quiet    string
		Problems []struct{ Text string }
	}
	require.NoError(t, json.Unmarshal([]byte(ran.out), &r), "nothing but JSON is printed")
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
	assert.Equal(t, "wrote "+file+"\n", ran.err)
}

func TestDoctorShowsNoCredentialOfATenant(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
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
	table, data := of(server).halopsa(t, "doctor"), of(server).halopsa(t, "doctor", "-json", "-html", file)
	require.Zero(t, table.code+data.code)
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, shown := range map[string]string{"table": table.out, "JSON": data.out, "HTML": string(page), "terminal": table.err + data.err} {
		assert.NotContains(t, shown, canary, name)
		assert.NotContains(t, shown, halopsatest.ClientSecret, name)
	}
	assert.Contains(t, table.out, "401 from https://[redacted]@x.example.com/a?[redacted]")
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
			server := halopsatest.NewServer()
			t.Cleanup(server.Close)
			for _, ago := range test.minutes {
				server.Seed("IntegrationError", map[string]any{
					"module_id": 12, "module_name": "Datto RMM", "error": "x", "date": time.Now().Add(-time.Duration(ago) * time.Minute).UTC().Format(time.RFC3339),
				})
			}
			r := of(server).halopsa(t, append([]string{"doctor"}, test.args...)...)
			assert.Equal(t, test.wantCode, r.code, r.err)
			assert.NotEmpty(t, r.out, "it reports all the same")
			if test.wantCode == 2 {
				assert.Regexp(t, `^failing for (\d+ min|1 h) and longer: Datto RMM \(12\)\n$`, r.err)
			}
		})
	}
}

func TestDoctorSaysWhyATenantCannotBeRead(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", Times: -1, Status: 403, Body: `{"Message":"no role"}`})
	r := of(server).halopsa(t, "doctor", "-html", filepath.Join(t.TempDir(), "x.html"))
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "halopsa: reading integration errors: ")
	assert.Contains(t, r.err, "no role")
	assert.Empty(t, r.out)
}

// TestTheTenantsOwnHostIsShown: an error that names no host helps nobody.
func TestTheTenantsOwnHostIsShown(t *testing.T) {
	t.Parallel()
	env := environment{"HALOPSA_URL=http://127.0.0.1:1", "HALOPSA_CLIENT_ID=x", "HALOPSA_CLIENT_SECRET=" + canary}
	r := env.halopsa(t, "doctor")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "127.0.0.1:1")
	assert.NotContains(t, r.err, "[redacted]")
	assert.NotContains(t, r.err, canary)

	r = environment{"HALOPSA_CLIENT_ID=someone"}.halopsa(t, "doctor")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "HALOPSA_URL", "a tenant half configured is no stand-in")
}
