package guarantees_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestRedirects: a GET follows one within its host. Nothing else does: another host would get the token, and a POST would turn into a GET.
func TestRedirects(t *testing.T) {
	t.Parallel()
	const api = "https://acme.halopsa.com/api/IntegrationError"
	tests := map[string]struct {
		call     func(context.Context, *halopsa.Client) error
		location string
		requests []string
		follows  bool
	}{
		"GET within the host":    {trial.GetOne, api + "/1?moved=true", []string{"GET " + api + "/1", "GET " + api + "/1?moved=true"}, true},
		"GET to a relative path": {trial.GetOne, "/api/Other/1", []string{"GET " + api + "/1", "GET https://acme.halopsa.com/api/Other/1"}, true},
		"GET to another host":    {trial.GetOne, "https://evil.example.com/api", []string{"GET " + api + "/1"}, false},
		"GET to a sub domain":    {trial.GetOne, "https://x.acme.halopsa.com/api", []string{"GET " + api + "/1"}, false},
		"GET to another port":    {trial.GetOne, "https://acme.halopsa.com:8443/api", []string{"GET " + api + "/1"}, false},
		"GET to plain HTTP":      {trial.GetOne, "http://acme.halopsa.com/api", []string{"GET " + api + "/1"}, false},
		"GET without location":   {trial.GetOne, "", []string{"GET " + api + "/1"}, false},
		"POST within the host":   {trial.CreateOne, api, []string{"POST " + api}, false},
		"DELETE within the host": {trial.DeleteOne, api + "/2", []string{"DELETE " + api + "/1"}, false},
		"GET in a circle": {
			trial.GetOne, api + "/1",
			[]string{"GET " + api + "/1", "GET " + api + "/1", "GET " + api + "/1", "GET " + api + "/1", "GET " + api + "/1"}, false,
		},
	}
	for name, test := range tests {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(name+" "+strconv.Itoa(status), func(t *testing.T) {
				t.Parallel()
				client, mock := trial.Mocked(t)
				var requests []string
				mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
					requests = append(requests, req.Method+" "+req.URL.String())
					assert.Equal(t, "acme.halopsa.com", req.URL.Host)
					assert.Equal(t, "Bearer canary-token", req.Header.Get("Authorization"))
					if len(requests) > 1 && test.follows {
						return trial.Respond(http.StatusOK, "application/json", `{"id":1}`), nil
					}
					resp := trial.Respond(status, "text/html", "<html><title>Object moved</title></html>")
					if test.location != "" {
						resp.Header.Set("Location", test.location)
					}
					return resp, nil
				})
				err := test.call(t.Context(), client)
				assert.Equal(t, test.requests, requests)
				if test.follows {
					require.NoError(t, err)
					return
				}
				var refused *halopsa.APIError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, status, refused.StatusCode)
				require.ErrorContains(t, err, "not followed; check the base URL")
				unknown := !strings.HasPrefix(name, "GET") // it is not HaloPSA that says so, and "see other" is said of a write that was done
				assert.Equal(t, unknown, errors.Is(err, halopsa.ErrOutcomeUnknown))
			})
		}
	}
}

// TestTokenRequestIsNotRedirected: the secret must stay where it was sent.
func TestTokenRequestIsNotRedirected(t *testing.T) {
	t.Parallel()
	var requests []string
	client, err := halopsa.NewClient("https://acme.halopsa.com", trial.AnyCredentials, halopsa.WithHTTPClient(&http.Client{
		Transport: trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
			requests = append(requests, req.URL.String())
			resp := trial.Respond(http.StatusTemporaryRedirect, "text/html", "")
			resp.Header.Set("Location", "https://evil.example.com/auth/token?tenant=acme")
			return resp, nil
		}),
	}))
	require.NoError(t, err)
	err = trial.GetOne(t.Context(), client)
	var refused *halopsa.AuthError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, http.StatusTemporaryRedirect, refused.StatusCode)
	assert.ErrorContains(t, err, "a redirect to evil.example.com, which is not followed")
	assert.Len(t, requests, 1)
	assert.True(t, strings.HasPrefix(requests[0], "https://acme.halopsa.com/auth/token"))
}

// TestTokenRedirectKeepsTheSecret: the secret must not follow a redirect to another host, whatever the status.
func TestTokenRedirectKeepsTheSecret(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var reached atomic.Int64
		other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, status)
		}))
		c, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials("id", "canary-secret"))
		require.NoError(t, err)
		err = trial.Traces(c)(t.Context())
		var refused *halopsa.AuthError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, status, refused.StatusCode)
		assert.ErrorContains(t, err, "is not followed so that the secret stays here")
		assert.Zero(t, reached.Load(), "%d reached the other host", status)
		server.Close()
		other.Close()
	}
}

// TestRedirectToAnotherServer: it hears nothing at all, neither of the token of the API nor of the secret, and whatever the HTTP client that
// was given would allow.
func TestRedirectToAnotherServer(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/api/", "/auth/token"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for op, call := range map[string]func(context.Context, *halopsa.Client) error{"GET": trial.GetOne, "POST": trial.CreateOne, "DELETE": trial.DeleteOne} {
				t.Run(fmt.Sprintf("%s of %s %d", path, op, status), func(t *testing.T) {
					t.Parallel()
					var heard atomic.Int64
					other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
					defer other.Close()
					h := halopsatest.NewHandler()
					server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
						if strings.HasPrefix(r.URL.Path, path) {
							http.Redirect(rw, r, other.URL+r.URL.Path, status)
							return
						}
						h.ServeHTTP(rw, r)
					}))
					defer server.Close()
					network := &http.Transport{}
					defer network.CloseIdleConnections()
					client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
						halopsa.WithHTTPClient(&http.Client{
							Transport: network, CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
						}))
					require.NoError(t, err)
					err = call(t.Context(), client)
					require.ErrorContains(t, err, "redirect to "+strings.TrimPrefix(other.URL, "http://"))
					assert.Zero(t, heard.Load())
				})
			}
		}
	}
}

// TestPlainHTTPMustBeAskedFor: without encryption the secret would be anybody's, so the client does not come to be.
func TestPlainHTTPMustBeAskedFor(t *testing.T) {
	t.Parallel()
	insecure := halopsa.WithInsecureHTTP()
	tests := map[string]struct {
		url, auth string
		opts      []halopsa.ClientOption
		refused   bool
	}{
		"a name":                       {url: "http://acme.halopsa.com", refused: true},
		"an address":                   {url: "http://192.0.2.1", refused: true},
		"all addresses":                {url: "http://0.0.0.0:8080", refused: true},
		"a name like this host's":      {url: "http://localhost.example.com", refused: true},
		"an address in a name":         {url: "http://127.0.0.1.example.com", refused: true},
		"the authorization server":     {url: "https://acme.halopsa.com", auth: "http://auth.example.com/auth", refused: true},
		"this host":                    {url: "http://localhost:8080"},
		"this host's address":          {url: "http://127.0.0.1:8080"},
		"this host's other address":    {url: "http://[::1]:8080"},
		"asked for":                    {url: "http://acme.halopsa.com", opts: []halopsa.ClientOption{insecure}},
		"asked for, for authorization": {url: "https://acme.halopsa.com", auth: "http://auth.example.com/auth", opts: []halopsa.ClientOption{insecure}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := append([]halopsa.ClientOption{trial.AnyCredentials}, test.opts...)
			if test.auth != "" {
				opts = append(opts, halopsa.WithAuthURL(test.auth))
			}
			_, err := halopsa.NewClient(test.url, opts...)
			if test.refused {
				require.ErrorIs(t, err, halopsa.ErrInvalid)
				assert.ErrorContains(t, err, "WithInsecureHTTP")
			} else {
				require.NoError(t, err)
			}
		})
	}
}
