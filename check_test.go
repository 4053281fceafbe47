package halopsa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// tenantBehind returns a client whose requests go through change before the stand-in serves them; change reports whether it has responded.
func tenantBehind(t *testing.T, h *halopsatest.Handler, change func(http.ResponseWriter, *http.Request) bool, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	network := halopsatest.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if change == nil || !change(w, r) {
			h.ServeHTTP(w, r)
		}
	}))
	client, err := halopsa.NewClient("https://acme.halopsa.com", append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithHTTPClient(&http.Client{Transport: network}),
	}, opts...)...)
	require.NoError(t, err)
	return client
}

// accessOf is what a report says of a resource.
func accessOf(r *halopsa.CheckReport, resource string) halopsa.ResourceCheck {
	at := slices.IndexFunc(r.Resources, func(c halopsa.ResourceCheck) bool { return c.Resource == resource })
	if at < 0 {
		return halopsa.ResourceCheck{}
	}
	return r.Resources[at]
}

func TestCheck(t *testing.T) {
	t.Parallel()
	// notHere is a tenant whose authorization server is elsewhere: on another path, or on another host.
	notHere := func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/auth/") && r.Host == "acme.halopsa.com" {
			http.Error(w, "", http.StatusNotFound)
			return true
		}
		return false
	}
	respond := func(path string, status int, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != path {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	tests := map[string]struct {
		server  []halopsatest.Option
		set     func(*halopsatest.Handler)
		change  []func(http.ResponseWriter, *http.Request) bool
		client  []halopsa.ClientOption
		problem []string // what each problem says
		check   func(*testing.T, *halopsa.CheckReport)
	}{
		"all right": {check: func(t *testing.T, r *halopsa.CheckReport) {
			assert.Equal(t, "https://acme.halopsa.com/auth/token", r.Auth.Configured)
			assert.Equal(t, []string{"all"}, r.Token.Scopes)
			assert.Equal(t, time.Hour, r.Token.Lifetime)
			assert.Len(t, r.Resources, 14)
			assert.Equal(t, 3, accessOf(r, "IntegrationError").Records)
			assert.Equal(t, 2, accessOf(r, "IntegrationExport").Records)
		}},
		"the tenant is not named": {
			server: []halopsatest.Option{halopsatest.WithTenant("acme")}, problem: []string{`set up the client with WithTenant("acme")`},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Equal(t, halopsa.AccessReadable, accessOf(r, "IntegrationError").Access, "the rest is checked all the same")
			},
		},
		"tokens at /token, as of a trial tenant": {
			change: []func(http.ResponseWriter, *http.Request) bool{
				notHere, respond("/api/authinfo", 200, `{"auth_url":"https://acme.halopsa.com/","tenant_id":""}`),
			},
			problem: []string{`WithAuthURL("https://acme.halopsa.com/token")`},
		},
		"the authorization server is in the clear": {
			change: []func(http.ResponseWriter, *http.Request) bool{
				notHere, respond("/api/authinfo", 200, `{"auth_url":"http://auth.example.com/auth"}`),
			},
			problem: []string{"no access token"},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Contains(t, r.Auth.Error, "in the clear")
				assert.Equal(t, halopsa.AccessUnchecked, accessOf(r, "IntegrationError").Access)
			},
		},
		"no authinfo": {change: []func(http.ResponseWriter, *http.Request) bool{respond("/api/authinfo", 404, "")}, check: func(t *testing.T, r *halopsa.CheckReport) {
			assert.Contains(t, r.Auth.Error, "404")
			assert.True(t, r.Token.OK)
		}},
		"wrong secret": {
			client: []halopsa.ClientOption{halopsa.WithClientCredentials("x", "canary-secret")}, problem: []string{"invalid"},
			check: func(t *testing.T, r *halopsa.CheckReport) { assert.Equal(t, 2, r.Requests) },
		},
		"a right is missing": {
			set: func(h *halopsatest.Handler) {
				h.SetHabits("IntegrationExport", halopsatest.Habits{Denied: 401})
				h.SetHabits("IntegratorLog", halopsatest.Habits{Denied: 403})
			},
			problem: []string{"IntegrationExport, IntegratorLog may not be read: what is missing is a right of the agent"},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Equal(t, halopsa.AccessDenied, accessOf(r, "IntegrationExport").Access)
				assert.Equal(t, 403, accessOf(r, "IntegratorLog").Status)
			},
		},
		"a scope is missing": {
			set:     func(h *halopsatest.Handler) { h.SetHabits("IntegrationExport", halopsatest.Habits{Denied: 403}) },
			client:  []halopsa.ClientOption{halopsa.WithScope("read:tickets")},
			problem: []string{"IntegrationExport may not be read: what is missing is a scope of the API application, whose token has read:tickets only"},
		},
		"a scope that was asked for is not given": {
			set: func(h *halopsatest.Handler) {
				h.SetHabits(halopsatest.Token, halopsatest.Habits{Respond: halopsatest.SetMember("scope", "read:tickets")})
			},
			client: []halopsa.ClientOption{halopsa.WithScope("read:tickets", "edit:assets")}, problem: []string{"the token lacks edit:assets"},
		},
		"no right at all": {
			server:  []halopsatest.Option{halopsatest.WithHabits(halopsatest.Habits{Denied: 401})},
			problem: []string{"no resource may be read"},
		},
		"an older version": {
			change: []func(http.ResponseWriter, *http.Request) bool{respond("/api/IntegrationDelta", 404, `{"Message":"No HTTP resource"}`)},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Equal(t, halopsa.AccessAbsent, accessOf(r, "IntegrationDelta").Access)
				assert.Contains(t, r.VersionFrom, "2024")
			},
		},
		"a firewall is no missing scope": {
			change:  []func(http.ResponseWriter, *http.Request) bool{respond("/api/IntegrationDelta", 403, "<html><title>Blocked</title></html>")},
			problem: []string{"Blocked"},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Equal(t, halopsa.AccessFailed, accessOf(r, "IntegrationDelta").Access)
			},
		},
		"an error inside a success": {
			change:  []func(http.ResponseWriter, *http.Request) bool{respond("/api/IntegrationDelta", 200, `{"deltas":[],"load_error":"no such view"}`)},
			problem: []string{"no such view"},
		},
		"a list of 2 MB": {
			change: []func(http.ResponseWriter, *http.Request) bool{respond("/api/IntegrationExport", 200, "["+strings.Repeat(`{"id":1},`, 2<<20/9)+`{"id":2}]`)},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Equal(t, halopsa.ResourceCheck{Resource: "IntegrationExport", Access: halopsa.AccessReadable, Status: 200, Records: -1, Took: accessOf(r, "IntegrationExport").Took},
					accessOf(r, "IntegrationExport"))
			},
		},
		"the version in authinfo": {
			set: func(h *halopsatest.Handler) {
				h.SetHabits("authinfo", halopsatest.Habits{Respond: halopsatest.SetMember("app_version", "2.250.1")})
			},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.Equal(t, "2.250.1", r.Version)
				assert.Equal(t, "authinfo", r.VersionFrom)
			},
		},
		"the version in InstanceInfo": {
			change: []func(http.ResponseWriter, *http.Request) bool{respond("/api/InstanceInfo", 200, `{"api_version":"9","version":"2.250"}`)},
			check:  func(t *testing.T, r *halopsa.CheckReport) { assert.Equal(t, "2.250", r.Version) },
		},
		"a clock that is wrong": {
			change: []func(http.ResponseWriter, *http.Request) bool{func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Date", time.Now().Add(-10*time.Minute).UTC().Format(http.TimeFormat))
				return false
			}},
			problem: []string{"the clocks differ"},
			check: func(t *testing.T, r *halopsa.CheckReport) {
				assert.InDelta(t, -600, r.Clock.Difference.Seconds(), 2)
			},
		},
		"a token that is blamed each time": {
			set: func(h *halopsatest.Handler) {
				h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
					if strings.HasPrefix(r.URL.Path, "/api/Int") {
						return &halopsatest.Fault{Status: 401, Body: `{"error":"invalid_token","error_description":"The access token expired"}`}
					}
					return nil
				})
			},
			problem: []string{"IntegratorTrace may not be read"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(test.server...)
			h.Seed("IntegrationError", map[string]any{"error": "a"}, map[string]any{"error": "b"}, map[string]any{"error": "c"})
			h.Seed("IntegrationExport", map[string]any{"halo_name": "a"}, map[string]any{"halo_name": "b"})
			if test.set != nil {
				test.set(h)
			}
			client := tenantBehind(t, h, func(w http.ResponseWriter, r *http.Request) bool {
				return slices.ContainsFunc(test.change, func(change func(http.ResponseWriter, *http.Request) bool) bool { return change(w, r) })
			}, test.client...)
			report, err := client.Check(t.Context())
			require.NoError(t, err)
			require.Len(t, report.Problems, len(test.problem), "%q", report.Problems)
			for i, says := range test.problem {
				assert.Contains(t, report.Problems[i], says)
			}
			assert.Equal(t, len(test.problem) == 0, report.OK())
			assert.LessOrEqual(t, report.Requests, 25)
			assert.GreaterOrEqual(t, report.Requests, len(h.Requests()))
			for _, request := range h.Requests() {
				assert.True(t, request.Method == http.MethodGet || request.Resource == halopsatest.Token, "%s %s", request.Method, request.Path)
			}
			if test.check != nil {
				test.check(t, report)
			}
			var table bytes.Buffer
			require.NoError(t, report.WriteTable(&table))
			data, err := json.Marshal(report)
			require.NoError(t, err)
			for _, secret := range []string{halopsatest.ClientSecret, "canary-secret"} {
				assert.NotContains(t, table.String()+string(data), secret)
			}
			for _, problem := range report.Problems {
				assert.Contains(t, table.String(), problem)
			}
			var read halopsa.CheckReport
			require.NoError(t, json.Unmarshal(data, &read))
			assert.Equal(t, report.Resources, read.Resources)
		})
	}
}

// TestCheckTakesTheCallersTokens: of a source of the caller's own nothing is known but its tokens.
func TestCheckTakesTheCallersTokens(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	own, err := halopsa.NewTokenSource("https://acme.halopsa.com", halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}))
	require.NoError(t, err)
	client := tenantBehind(t, h, nil, halopsa.WithTokenSource(own))
	report, err := client.Check(t.Context())
	require.NoError(t, err)
	assert.Empty(t, report.Problems)
	assert.Empty(t, report.Auth.Configured)
	assert.Equal(t, 1, h.TokensIssued())

	client = tenantBehind(t, h, nil, halopsa.WithTokenSource(halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "canary"}))))
	report, err = client.Check(t.Context())
	require.NoError(t, err)
	assert.Len(t, report.Problems, 1)
}

// TestCheckSendsAtMost25 lets every request be redirected again and again.
func TestCheckSendsAtMost25(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	served := 0 // one request comes after the other
	client := tenantBehind(t, h, func(w http.ResponseWriter, r *http.Request) bool {
		served++
		if r.Method == http.MethodGet && !strings.HasSuffix(r.URL.Path, "/authinfo") {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
			return true
		}
		return false
	})
	report, err := client.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 25, served)
	assert.Equal(t, 25, report.Requests)
	assert.False(t, report.OK())
}

func TestCheckEndsWithItsContext(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	stop := errors.New("the program stops")
	ctx, cancel := context.WithCancelCause(t.Context())
	client := tenantBehind(t, h, func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/IntegrationExport") {
			cancel(stop)
			<-r.Context().Done()
		}
		return false
	})
	report, err := client.Check(ctx)
	require.ErrorIs(t, err, stop)
	assert.Equal(t, halopsa.AccessReadable, accessOf(report, "IntegrationError").Access)
	assert.Equal(t, halopsa.AccessUnchecked, accessOf(report, "IntegratorTrace").Access)

	_, err = (&halopsa.Client{}).Check(t.Context())
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	_, err = client.Check(nil) //nolint:staticcheck // the mistake that is meant
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}

// TestCheckLeavesNoConnections: a client that was given no transport has one for each check.
func TestCheckLeavesNoConnections(t *testing.T) {
	t.Parallel()
	var open atomic.Int64
	server := httptest.NewUnstartedServer(halopsatest.NewHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
		}
	}
	server.Start()
	defer server.Close()
	client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	report, err := client.Check(t.Context())
	require.NoError(t, err)
	assert.True(t, report.OK())
	assert.Eventually(t, func() bool { return open.Load() == 0 }, 10*time.Second, time.Millisecond)
}

// failingWriter takes nothing.
type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errShutdown }

func TestWriteTableReturnsTheErrorOfTheWriter(t *testing.T) {
	t.Parallel()
	report, err := tenantBehind(t, halopsatest.NewHandler(), nil).Check(t.Context())
	require.NoError(t, err)
	assert.ErrorIs(t, report.WriteTable(failingWriter{}), errShutdown)
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	client := tenantBehind(t, h, nil, halopsa.WithRateLimit(300, 5*time.Minute))
	require.ErrorIs(t, getOne(t.Context(), client), halopsa.ErrNotFound)
	limit := client.Budget()
	assert.Equal(t, halopsa.Budget{Limit: 300, Window: 5 * time.Minute, Used: 1, Left: 299}, limit)
	assert.Equal(t, -1, tenantBehind(t, h, nil, halopsa.WithoutRateLimit()).Budget().Left)
	assert.Zero(t, (&halopsa.Client{}).Budget())
}

func TestResponseOf(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	client := tenantBehind(t, h, nil)
	resp, err := halopsa.ResponseOf(t.Context(), client, "Agent/me", map[string][]string{"includedetails": {"true"}})
	require.NoError(t, err)
	var agent struct{ Name string }
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&agent))
	assert.Equal(t, "Stand-in", agent.Name)
	require.NoError(t, resp.Body.Close())
	requests := h.Requests()
	assert.Equal(t, "includedetails=true", requests[len(requests)-1].Query.Encode())

	var into *http.Response
	_, err = halopsa.ResponseOf(t.Context(), client, "NoSuchThing", nil, halopsa.WithResponseInto(&into)) //nolint:bodyclose // in memory
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	assert.Equal(t, 404, into.StatusCode)
	h.Fault(halopsatest.Fault{Resource: "Agent", Status: http.StatusFound, Header: http.Header{"Location": {"/api/Agent/you"}}})
	_, err = halopsa.ResponseOf(t.Context(), client, "Agent/me", nil) //nolint:bodyclose // there is none
	require.ErrorContains(t, err, "a redirect to acme.halopsa.com that is not followed")
	for _, path := range []string{"", "..", "Agent?x=1"} {
		_, err = halopsa.ResponseOf(t.Context(), client, path, nil) //nolint:bodyclose // there is none
		require.ErrorIs(t, err, halopsa.ErrInvalid)
	}
	_, err = halopsa.ResponseOf(t.Context(), nil, "Agent/me", nil) //nolint:bodyclose // there is none
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}
