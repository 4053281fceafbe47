package guarantees_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
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
