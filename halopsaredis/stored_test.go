package halopsaredis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/halopsaredis"
)

// TestLockOfNobodyIsTakenOver finds a lock that does not expire, or later than any that a process takes.
func TestLockOfNobodyIsTakenOver(t *testing.T) {
	t.Parallel()
	for name, life := range map[string]time.Duration{"without an expiry": 0, "longer than its own": time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newRedis(t).client(t)
			require.NoError(t, client.Set(t.Context(), tokenKey+":lock", "left behind", life).Err())
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			token, err := newTokens(t, client, &issuer{life: time.Hour}).Token(ctx)
			require.NoError(t, err)
			assert.Equal(t, "canary-1", token.AccessToken)
			assert.Zero(t, client.Exists(t.Context(), tokenKey+":lock").Val())
		})
	}
}

// TestStoredTokenThatIsNoneIsReplaced finds what another program, or a mistake, has put into Redis.
func TestStoredTokenThatIsNoneIsReplaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		value, reason string
		life          time.Duration
	}{
		"an empty object":      {`{}`, "it is encrypted, or no token", time.Hour},
		"an empty token":       {`{"access_token":"","life":3600000000000}`, "it is encrypted, or no token", time.Hour},
		"null":                 {`null`, "it is encrypted, or no token", time.Hour},
		"a bare token":         {`canary-0`, "it is encrypted, or no token", time.Hour},
		"of a negative life":   {`{"access_token":"canary-0","life":-1}`, "it is encrypted, or no token", time.Hour},
		"of two lines":         {`{"access_token":"canary\nX-Evil: 1","life":3600000000000}`, "no header can hold it", time.Hour},
		"with a zero byte":     {`{"access_token":"canary\u0000","life":3600000000000}`, "no header can hold it", time.Hour},
		"with a space":         {`{"access_token":"canary 0","life":3600000000000}`, "no header can hold it", time.Hour},
		"in Greek":             {`{"access_token":"canary-α","life":3600000000000}`, "no header can hold it", time.Hour},
		"whose expiry is lost": {`{"access_token":"canary-0","life":3600000000000}`, "its expiry is lost", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newRedis(t).client(t)
			require.NoError(t, client.Set(t.Context(), tokenKey, c.value, c.life).Err())
			var log logBook
			gets(t, newTokens(t, client, &issuer{life: time.Hour}, halopsaredis.WithLogger(log.logger())), "canary-1")
			assert.Equal(t, 1, log.count(c.reason), "%s", &log)
			assert.NotContains(t, log.String(), "canary")
			gets(t, newTokens(t, client, &issuer{life: time.Hour, fetches: 1}), "canary-1")
		})
	}
}

func TestFetchedTokenThatNoHeaderCanHoldIsRefused(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	_, err := newTokens(t, client, lines{}).Token(t.Context())
	require.EqualError(t, err, "halopsaredis: the token source returned a token that no header can hold")
	assert.Zero(t, client.Exists(t.Context(), tokenKey).Val())
}

// lines is a source whose token has two lines.
type lines struct{}

func (lines) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: "canary\nX-Evil: 1"}, nil
}

func TestLockIsGivenBackAfterAFailedFetch(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	down := errors.New("down")
	_, err := newTokens(t, client, &issuer{failure: down}).Token(t.Context())
	require.ErrorIs(t, err, down)
	assert.Zero(t, client.Exists(t.Context(), tokenKey+":lock").Val(), "the next process need not wait for it to expire")
}
