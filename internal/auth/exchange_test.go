package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
)

// tokenServer starts an authorization server and returns its token endpoint.
func tokenServer(t *testing.T, handler http.HandlerFunc) (server *httptest.Server, c auth.Credentials) {
	t.Helper()
	server = httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server, auth.Credentials{ClientID: "sync", ClientSecret: secret, TokenURL: server.URL + "/auth/token?tenant=acme", Scopes: []string{"all", "edit:x"}}
}

func answering(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{contentType}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	server, credentials := tokenServer(t, func(w http.ResponseWriter, req *http.Request) {
		assert.Equal(t, http.MethodPost, req.Method)
		assert.Equal(t, "/auth/token", req.URL.Path)
		assert.Equal(t, "tenant=acme", req.URL.RawQuery, "the query holds the tenant, and no secret")
		assert.Empty(t, req.Header.Get("Authorization"))
		if assert.NoError(t, req.ParseForm()) {
			assert.Equal(t, "client_credentials", req.PostForm.Get("grant_type"))
			assert.Equal(t, "sync", req.PostForm.Get("client_id"))
			assert.Equal(t, secret, req.PostForm.Get("client_secret"))
			assert.Equal(t, "all edit:x", req.PostForm.Get("scope"))
		}
		answering(http.StatusOK, "application/json", `{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"all","id_token":null}`)(w, req)
	})
	begin := time.Now()
	token, err := auth.Exchange(t.Context(), server.Client(), credentials)
	require.NoError(t, err)
	assert.Equal(t, "abc", token.AccessToken)
	assert.Equal(t, "Bearer", token.TokenType)
	assert.WithinRange(t, token.Expiry, begin.Add(time.Hour), time.Now().Add(time.Hour))
	token, err = auth.Exchange(t.Context(), &http.Client{}, credentials)
	require.NoError(t, err, "a client without a transport")
	assert.Equal(t, "abc", token.AccessToken)
}

func TestExchangeError(t *testing.T) {
	t.Parallel()
	const html, json = "text/html; charset=utf-8", "application/json"
	tests := map[string]struct {
		status            int
		contentType, body string
		retryAfter        string
		code, says        string
		wait              time.Duration
		retryable         bool
	}{
		"bad credentials":     {status: 401, contentType: json, body: `{"error":"invalid_client"}`, code: "invalid_client", says: " responded with 401: invalid_client"},
		"described":           {status: 400, contentType: json, body: `{"error":"x","error_description":"Not\r\n\tthis one."}`, code: "x", says: " responded with 400: x: Not this one."},
		"described only":      {status: 400, contentType: json, body: `{"error_description":"Not this one."}`, says: " responded with 400: Not this one."},
		"as a form":           {status: 400, contentType: "text/plain", body: "error=x&error_description=Not+this", code: "x", says: " responded with 400: x: Not this"},
		"unauthorized":        {status: 401, says: `/auth/token responded with 401: an empty response: check the client id, the client secret and the tenant`},
		"forbidden":           {status: 403, contentType: "text/plain", body: "%zz", says: " responded with 403: %zz"},
		"not found":           {status: 404, says: " responded with 404: an empty response: there is no token endpoint here; check the authorization URL"},
		"HTML":                {status: 404, contentType: html, body: "<html>", says: " responded with 404: an HTML page instead of a token: this is not the authorization server itself; check the authorization URL"},
		"teapot":              {status: 418, says: " responded with 418: an empty response"},
		"server error":        {status: 500, says: " responded with 500: an empty response", retryable: true},
		"gateway":             {status: 502, contentType: html, body: "<html>", says: " responded with 502: an HTML page instead of a token", retryable: true},
		"busy":                {status: 503, retryAfter: "7", says: " responded with 503: an empty response: it asks to wait 7s", wait: 7 * time.Second, retryable: true},
		"timeout":             {status: 504, says: " responded with 504", retryable: true},
		"too many":            {status: 429, retryAfter: "2", says: " responded with 429: an empty response: it asks to wait 2s", wait: 2 * time.Second, retryable: true},
		"not implemented":     {status: 501, says: " responded with 501"},
		"HTML with 200":       {status: 200, contentType: html, body: "<title>Log in</title>", says: ` responded with 200: an HTML page instead of a token, "Log in": this is not`},
		"text with 200":       {status: 200, contentType: "text/plain", body: "%zz", says: " responded with 200: text instead of a token: check the authorization URL"},
		"nothing with 200":    {status: 200, contentType: json, says: " responded with 200: an empty response"},
		"no token with 200":   {status: 200, contentType: json, body: `{"token_type":"Bearer","expires_in":3600}`, says: " responded with 200: JSON without a token"},
		"null token with 200": {status: 200, contentType: json, body: `{"access_token":null}`, says: " responded with 200: JSON without a token"},
		"error with 200":      {status: 200, contentType: json, body: `{"error":"invalid_client"}`, code: "invalid_client", says: " responded with 200: invalid_client"},
		"a long text":         {status: 400, contentType: json, body: `{"error":"` + strings.Repeat("é", 5000) + `"}`, code: strings.Repeat("é", 250) + "…", says: "é…"},
		"no content":          {status: 204, says: " responded with 204: an empty response"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server, credentials := tokenServer(t, func(w http.ResponseWriter, req *http.Request) {
				requests.Add(1)
				if test.retryAfter != "" {
					w.Header().Set("Retry-After", test.retryAfter)
				}
				answering(test.status, test.contentType, test.body)(w, req)
			})
			token, err := auth.Exchange(t.Context(), server.Client(), credentials)
			assert.Nil(t, token)
			var refused *auth.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, test.status, refused.StatusCode)
			assert.Equal(t, test.code, refused.Code)
			assert.Equal(t, "127.0.0.1", strings.Split(refused.Endpoint, ":")[0])
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "tenant=", "no query")
			wait, retryable := auth.Retryable(err)
			assert.Equal(t, test.retryable, retryable)
			assert.Equal(t, test.wait, wait)
			assert.EqualValues(t, 1, requests.Load(), "one exchange is one request, whatever the answer")
		})
	}
}

// TestSecretStaysAtHome redirects to another server: nothing follows.
func TestSecretStaysAtHome(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, location := range []string{"same", "other", "none", "broken"} {
			t.Run(fmt.Sprintf("%d %s", status, location), func(t *testing.T) {
				t.Parallel()
				var followed, requests atomic.Int64
				other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
				t.Cleanup(other.Close)
				server, credentials := tokenServer(t, func(w http.ResponseWriter, _ *http.Request) {
					requests.Add(1)
					switch location {
					case "same":
						w.Header().Set("Location", "/elsewhere")
					case "other":
						w.Header().Set("Location", other.URL+"/auth/token")
					case "broken":
						w.Header().Set("Location", "http://[")
					}
					w.WriteHeader(status)
				})
				_, err := auth.Exchange(t.Context(), server.Client(), credentials)
				var refused *auth.Error
				require.ErrorAs(t, err, &refused)
				require.ErrorContains(t, err, "redirect")
				require.ErrorContains(t, err, "not followed")
				if location == "other" {
					require.ErrorContains(t, err, strings.TrimPrefix(other.URL, "http://"))
				}
				_, retryable := auth.Retryable(err)
				assert.False(t, retryable)
				assert.Zero(t, followed.Load())
				assert.EqualValues(t, 1, requests.Load())
			})
		}
	}
}

// TestExchangeWithoutAnAnswer is about failures of the network: they can be tried again.
func TestExchangeWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	closed, credentials := tokenServer(t, nil)
	closed.Close()
	_, err := auth.Exchange(t.Context(), &http.Client{}, credentials)
	var refused *auth.Error
	require.ErrorAs(t, err, &refused)
	assert.Zero(t, refused.StatusCode)
	var op *net.OpError
	require.ErrorAs(t, err, &op)
	_, retryable := auth.Retryable(err)
	assert.True(t, retryable)

	server, credentials := tokenServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"access_token":"abc",`)
	})
	_, err = auth.Exchange(t.Context(), server.Client(), credentials)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "broke off after 22 bytes")
	_, retryable = auth.Retryable(err)
	assert.True(t, retryable, "half an answer")

	credentials.TokenURL = "http://bad host/"
	_, err = auth.Exchange(t.Context(), server.Client(), credentials)
	require.ErrorAs(t, err, &refused)
	assert.NotContains(t, err.Error(), secret)
}

// TestExchangeEnds ends the context while the server keeps its client waiting.
func TestExchangeEnds(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	server, credentials := tokenServer(t, func(_ http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		reached <- struct{}{}
		<-req.Context().Done()
	})
	reason := errors.New("the user has gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-reached
		cancel(reason)
	}()
	_, err := auth.Exchange(ctx, server.Client(), credentials)
	require.ErrorIs(t, err, reason)
	var refused *auth.Error
	require.ErrorAs(t, err, &refused)

	for _, over := range []error{context.Canceled, context.DeadlineExceeded} {
		_, retryable := auth.Retryable(&auth.Error{Err: over})
		assert.False(t, retryable, over)
	}
	_, retryable := auth.Retryable(errors.New("of another source"))
	assert.False(t, retryable)
}

// TestBadCredentialsAreTriedOnce fetches through a source that retries what can be of use.
func TestBadCredentialsAreTriedOnce(t *testing.T) {
	t.Parallel()
	tests := map[int]struct {
		times int // that the server answers so
		want  int // requests
	}{
		400: {9, 1}, 401: {9, 1}, 403: {9, 1}, 404: {9, 1}, 500: {1, 2}, 502: {2, 3}, 503: {9, 5}, 200: {9, 1}, 302: {9, 1},
	}
	for status, test := range tests {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int64
			server, credentials := tokenServer(t, func(w http.ResponseWriter, req *http.Request) {
				if requests.Add(1) <= int64(test.times) {
					answering(status, "application/json", `{"error":"invalid_client"}`)(w, req)
					return
				}
				answering(http.StatusOK, "application/json", `{"access_token":"abc"}`)(w, req)
			})
			hc := server.Client()
			source := auth.New(auth.Config{
				Fetch:     func(ctx context.Context) (*oauth2.Token, error) { return auth.Exchange(ctx, hc, credentials) },
				Retryable: auth.Retryable, MaxRetries: 4,
			})
			_, err := source.Token(t.Context())
			assert.Equal(t, test.times < 5, err == nil)
			assert.EqualValues(t, test.want, requests.Load())
		})
	}
}
