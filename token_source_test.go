package halopsa_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestTokenSourceIsShared gives one source to two clients, which fetch one token and replace it once.
func TestTokenSourceIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler(halopsatest.WithTenant("acme"))
		transport := halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()})
		source, err := halopsa.NewTokenSource(standinURL+"/api/", transport, halopsa.WithTenant("acme"), nil,
			halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithScope("read:tickets"))
		require.NoError(t, err)
		assert.Zero(t, h.TokensIssued(), "the constructor does no I/O")

		var clients [2]*halopsa.Client
		for i := range clients {
			clients[i], err = halopsa.NewClient(standinURL, transport, halopsa.WithTokenSource(source))
			require.NoError(t, err)
			require.NoError(t, trace(clients[i])(t.Context()))
		}
		assert.Equal(t, 1, h.TokensIssued())
		assert.Equal(t, "read:tickets", formOf(t, h.Requests()[0].Body).Get("scope"))

		h.RevokeTokens()
		for _, client := range clients {
			require.NoError(t, trace(client)(t.Context()))
		}
		assert.Equal(t, 2, h.TokensIssued(), "the client drops a token that is revoked")
	})
}

func TestTokenSourceArguments(t *testing.T) {
	t.Parallel()
	own, err := halopsa.NewTokenSource(standinURL, halopsa.WithTokenSource(staticToken))
	require.NoError(t, err)
	assert.Same(t, staticToken, own)

	tests := map[string]struct {
		baseURL string
		opts    []halopsa.ClientOption
		want    string
	}{
		"no URL":            {"", []halopsa.ClientOption{anyCredentials}, "halopsa: base URL: empty; it looks like https://acme.halopsa.com"},
		"no credentials":    {standinURL, nil, "halopsa: credentials: none given; use WithClientCredentials or WithTokenSource"},
		"a bad option":      {standinURL, []halopsa.ClientOption{halopsa.WithScope()}, "halopsa: WithScope: no scope is named"},
		"a bad auth URL":    {standinURL, []halopsa.ClientOption{anyCredentials, halopsa.WithAuthURL("ftp://a")}, "authorization URL"},
		"http to elsewhere": {"http://acme.halopsa.com", []halopsa.ClientOption{anyCredentials}, "http:// to acme.halopsa.com"},
		"a password in it":  {"https://a:canary@b", []halopsa.ClientOption{anyCredentials}, "has a user name or password in it"},
		"a nil source":      {standinURL, []halopsa.ClientOption{halopsa.WithTokenSource(nil)}, "the token source must not be nil"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, err := halopsa.NewTokenSource(test.baseURL, test.opts...)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.Nil(t, source)
			assert.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

// TestTokenSourceErrorsAreTheSDKs asks a source itself, without a client around it.
func TestTokenSourceErrorsAreTheSDKs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		source, err := halopsa.NewTokenSource(standinURL, halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}),
			halopsa.WithClientCredentials(halopsatest.ClientID, "canary-secret"))
		require.NoError(t, err)
		h.Fault(halopsatest.Fault{Resource: halopsatest.Token, Status: http.StatusBadRequest, Body: `{"error":"invalid_scope canary-secret"}`})
		_, err = source.Token(t.Context())
		var refused *halopsa.AuthError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, http.StatusBadRequest, refused.StatusCode)
		assert.Contains(t, refused.Code, "invalid_scope")
		_, err = source.Token(t.Context())
		require.ErrorIs(t, err, halopsa.ErrUnauthorized)
		for _, text := range []string{fmt.Sprintf("%v %+v %#v", refused, refused, refused), fmt.Sprintf("%+v %#v", source, source)} {
			assert.NotContains(t, text, "canary")
		}

		reason := errors.New("the user has gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		h.Fault(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Slow, Pause: time.Minute})
		_, err = source.Token(ctx)
		require.ErrorIs(t, err, reason)
		require.NotErrorAs(t, err, &refused, "it is not the authorization server's fault")
	})
}
