package halopsa_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestAuthError(t *testing.T) {
	t.Parallel()
	html := http.Header{"Content-Type": {"text/html"}}
	tests := map[string]struct {
		status  int
		header  http.Header
		body    string
		code    string
		says    string
		is      error
		fetches int
	}{
		"bad credentials": {401, nil, `{"error":"invalid_client","error_description":"The secret is wrong.\nTry again."}`, "invalid_client", "responded with 401: invalid_client: The secret is wrong. Try again", halopsa.ErrUnauthorized, 1},
		"bad scope":       {400, nil, `{"error":"invalid_scope"}`, "invalid_scope", "responded with 400: invalid_scope", halopsa.ErrUnauthorized, 1},
		"nothing":         {400, nil, "", "", "responded with 400: an empty response", halopsa.ErrUnauthorized, 1},
		"not JSON":        {403, nil, "no", "", "responded with 403: no", halopsa.ErrUnauthorized, 1},
		"HTML":            {404, html, "<html>", "", "responded with 404: an HTML page instead of a token: this is not the authorization server itself; check the authorization URL", nil, 1},
		"no endpoint":     {404, nil, "", "", "responded with 404: an empty response: there is no token endpoint here; check the authorization URL", nil, 1},
		"HTML with 200":   {200, html, "<html>", "", "an HTML page instead of a token: this is not the authorization server itself; check the authorization URL", nil, 1},
		"no token in it":  {200, nil, `{"token_type":"Bearer"}`, "", "JSON without a token: check the authorization URL", nil, 1},
		"error with 200":  {200, nil, `{"error":"invalid_client"}`, "invalid_client", "responded with 200: invalid_client", halopsa.ErrUnauthorized, 1},
		"gateway":         {504, html, "<html>", "", "responded with 504: an HTML page instead of a token", halopsa.ErrServer, 3},
		"busy":            {429, http.Header{"Retry-After": {"2"}}, "", "", "responded with 429: an empty response: it asks to wait 2s", halopsa.ErrRateLimited, 3},
		"busy for long":   {429, http.Header{"Retry-After": {"3600"}}, "", "", "responded with 429: an empty response: it asks to wait 1h0m0s", halopsa.ErrRateLimited, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil)
				server.Fault(halopsatest.Fault{Resource: halopsatest.Token, Status: test.status, Header: test.header, Body: test.body, Times: -1})
				begin := time.Now()
				err := createOne(t.Context(), client)
				var refused *halopsa.AuthError
				require.ErrorAs(t, err, &refused)
				if test.status != http.StatusOK { // a 200 without a token is no response of OAuth2
					assert.Equal(t, test.status, refused.StatusCode)
				}
				assert.Equal(t, test.code, refused.Code)
				assert.ErrorContains(t, err, "halopsa: IntegrationError.Create: POST /IntegrationError: no access token: standin.localhost")
				assert.ErrorContains(t, err, test.says)
				assert.NotContains(t, err.Error(), "\n")
				for _, other := range sentinels {
					assert.Equal(t, other == test.is, errors.Is(err, other), "%v", other) //nolint:errorlint // sentinels
				}
				assert.Equal(t, test.fetches, server.Count("", halopsatest.Token))
				assert.Zero(t, server.Count("", ""), "nothing was sent without a token")
				assert.Less(t, time.Since(begin), time.Minute)
			})
		})
	}
}

// TestAuthErrorIsNotRetriedByTheCall: the retries of the token are all there are.
func TestAuthErrorIsNotRetriedByTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, nil, halopsa.WithMaxRetries(50))
		server.Fault(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Reset, Times: -1})
		err := getOne(t.Context(), client)
		require.ErrorIs(t, err, halopsatest.ErrReset)
		assert.Equal(t, 3, server.Count("", halopsatest.Token))
		var call *halopsa.CallError
		require.ErrorAs(t, err, &call)
		assert.Equal(t, "IntegrationError.Get", call.Op)
	})
}

// TestTokenIsFetchedAfterAnEarlierFailure: a failure is not remembered.
func TestTokenIsFetchedAfterAnEarlierFailure(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	server.Seed("IntegrationError", map[string]any{"id": 1})
	server.Fault(halopsatest.Fault{Resource: halopsatest.Token, Status: http.StatusUnauthorized})
	require.ErrorIs(t, getOne(t.Context(), client), halopsa.ErrUnauthorized)
	require.NoError(t, getOne(t.Context(), client))
	assert.Equal(t, 1, server.TokensIssued())
}

// TestErrorsOfAnOAuth2Source: x/oauth2 prints the whole response of the server over several lines, and the URL with its query.
func TestErrorsOfAnOAuth2Source(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault halopsatest.Fault
		says  string
		is    error
	}{
		"text":    {halopsatest.Fault{Status: 401, Body: "no such client: canary\nline"}, "no access token: the authorization server responded with 401", halopsa.ErrUnauthorized},
		"OAuth":   {halopsatest.Fault{Status: 400, Body: `{"error":"invalid_client","error_description":"a\nb"}`, Header: http.Header{"Content-Type": {"application/json"}}}, "responded with 400: invalid_client: a b", halopsa.ErrUnauthorized},
		"network": {halopsatest.Fault{Kind: halopsatest.Reset}, "no access token: halopsatest: connection reset", halopsatest.ErrReset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := halopsatest.NewHandler()
			test.fault.Resource, test.fault.Times = halopsatest.Token, -1
			server.Fault(test.fault)
			hc := &http.Client{Transport: server.Transport()}
			source := (&clientcredentials.Config{
				ClientID: "id", ClientSecret: "canary", TokenURL: standinURL + "/auth/token?key=canary", AuthStyle: oauth2.AuthStyleInParams,
			}).TokenSource(context.WithValue(t.Context(), oauth2.HTTPClient, hc))
			client, err := halopsa.NewClient(standinURL, halopsa.WithTokenSource(halopsa.FromOAuth2(source)), halopsa.WithHTTPClient(hc))
			require.NoError(t, err)
			err = getOne(t.Context(), client)
			require.ErrorIs(t, err, test.is)
			assert.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, 0, strings.Count(err.Error(), "\n"))
			var refused *halopsa.AuthError
			require.ErrorAs(t, err, &refused)
			if test.fault.Status > 0 {
				assert.Equal(t, test.fault.Status, refused.StatusCode)
			}
		})
	}
}
