package halopsaredis_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaredis"
)

const tokenKey = "halopsa:acme:token"

// issuer is an authorization server: the n-th token is "canary-n". It keeps what it has given until it is told to drop it, as the SDK's
// own source does.
type issuer struct {
	life time.Duration // 0 if they are valid forever
	gate chan struct{} // if set, a fetch waits for it

	mu      sync.Mutex
	fetches int
	kept    *oauth2.Token
	failure error
}

func (i *issuer) Token(ctx context.Context) (*oauth2.Token, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.kept != nil {
		return i.kept, nil
	}
	i.fetches++
	if i.gate != nil {
		select {
		case <-i.gate:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if i.failure != nil {
		return nil, i.failure
	}
	i.kept = &oauth2.Token{AccessToken: "canary-" + strconv.Itoa(i.fetches), TokenType: "Bearer"}
	if i.life > 0 {
		i.kept.Expiry = time.Now().Add(i.life)
	}
	return i.kept, nil
}

func (i *issuer) Invalidate(accessToken string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.kept != nil && i.kept.AccessToken == accessToken {
		i.kept = nil
	}
}

func (i *issuer) fail(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.failure = err
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

func newTokens(t testing.TB, client redis.UniversalClient, source halopsa.TokenSource, opts ...halopsaredis.TokenOption) *halopsaredis.TokenSource {
	t.Helper()
	opts = append([]halopsaredis.TokenOption{halopsaredis.WithLogger(nil)}, opts...)
	s, err := halopsaredis.NewTokenSource(client, tokenKey, source, opts...)
	require.NoError(t, err)
	return s
}

// gets asserts which token a source gives.
func gets(t testing.TB, s *halopsaredis.TokenSource, want string) *oauth2.Token {
	t.Helper()
	token, err := s.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, token.AccessToken)
	return token
}

func TestTokenIsShared(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	server := &issuer{life: time.Hour}
	first, second := newTokens(t, client, server), newTokens(t, client, server)
	gets(t, first, "canary-1")
	token := gets(t, second, "canary-1")
	assert.Equal(t, "Bearer", token.TokenType)
	assert.InDelta(t, time.Hour.Seconds(), time.Until(token.Expiry).Seconds(), 60)
	left, err := client.PTTL(t.Context(), tokenKey).Result()
	require.NoError(t, err)
	assert.InDelta(t, time.Hour.Seconds(), left.Seconds(), 60, "Redis forgets it when it expires")
	locks, err := client.Exists(t.Context(), tokenKey+":lock").Result()
	require.NoError(t, err)
	assert.Zero(t, locks, "the lock is given back")

	// The first to hear that it was revoked drops it for all; the second hears it later, of a token that is replaced by then.
	first.Invalidate("canary-1")
	gets(t, first, "canary-2")
	gets(t, second, "canary-1")
	second.Invalidate("canary-1")
	gets(t, second, "canary-2")
	gets(t, newTokens(t, client, server), "canary-2")

	// An answer to an old request comes late: what was dropped stays so.
	first.Invalidate("canary-2")
	first.Invalidate("canary-1")
	gets(t, first, "canary-3")
	assert.Equal(t, 3, server.count())
}

func TestTokenSourceShowsNoSecret(t *testing.T) {
	t.Parallel()
	key := [32]byte([]byte("a canary in 32 bytes of some key"))
	s := newTokens(t, newRedis(t).client(t), &issuer{}, halopsaredis.WithKey(key))
	s.Invalidate("canary-1")
	for _, text := range []string{fmt.Sprintf("%v", s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s)} {
		assert.NotContains(t, text, "canary")
		assert.NotContains(t, text, "99 97 110 97 114 121", "the bytes of the key")
	}
}

func TestTokenThatNeverExpires(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	server := &issuer{}
	gets(t, newTokens(t, client, server), "canary-1")
	s := newTokens(t, client, server)
	assert.True(t, gets(t, s, "canary-1").Expiry.IsZero())
	s.Invalidate("canary-1")
	gets(t, s, "canary-2")
}

// TestTokenIsReplacedEarly holds up the fetch that replaces a token in its last tenth: the others continue with the old one, in this and in
// other processes.
func TestTokenIsReplacedEarly(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	const life = 100 * time.Second // its last tenth is long enough for what happens in it
	gets(t, newTokens(t, client, &issuer{life: life}), "canary-1")
	require.NoError(t, client.PExpire(t.Context(), tokenKey, life/11).Err())

	second := &issuer{life: life, fetches: 1, gate: make(chan struct{})}
	waiting, other := newTokens(t, client, second), newTokens(t, client, second)
	done := make(chan string)
	go func() {
		token, err := waiting.Token(t.Context())
		assert.NoError(t, err)
		done <- token.AccessToken
	}()
	require.Eventually(t, func() bool { return client.Exists(t.Context(), tokenKey+":lock").Val() == 1 }, 5*time.Second, time.Millisecond)
	gets(t, other, "canary-1")
	close(second.gate)
	assert.Equal(t, "canary-2", <-done)
	require.Eventually(t, func() bool {
		token, err := other.Token(t.Context())
		return assert.NoError(t, err) && token.AccessToken == "canary-2"
	}, 10*time.Second, 10*time.Millisecond)
	assert.Equal(t, 2, second.count())
}

// TestTokenIsReplacedInVain has the authorization server fail while the token is still valid.
func TestTokenIsReplacedInVain(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	server := &issuer{life: time.Hour}
	gets(t, newTokens(t, client, server), "canary-1")
	require.NoError(t, client.PExpire(t.Context(), tokenKey, 30*time.Second).Err())
	down := &issuer{failure: errors.New("503")}
	for range 3 {
		gets(t, newTokens(t, client, down), "canary-1")
	}
	assert.Equal(t, 1, down.count(), "the lock stays, as a pause for every process")
}

func TestTokenCannotBeHad(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	server := &issuer{life: time.Hour, failure: &halopsa.AuthError{StatusCode: 401, Message: "no"}}
	s := newTokens(t, client, server)
	_, err := s.Token(t.Context())
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	assert.Equal(t, 1, server.count())
	server.fail(nil)
	gets(t, s, "canary-2")

	_, err = newTokens(t, newRedis(t).client(t), halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{}))).Token(t.Context())
	require.Error(t, err)
}

// TestFetchTakesLong holds up a fetch: the lock is renewed, and another process continues to wait. The caller who began it
// leaves, and the fetch continues.
func TestFetchTakesLong(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	server := &issuer{life: time.Hour, gate: make(chan struct{})}
	idle := &issuer{life: time.Hour}
	first, second := newTokens(t, client, server), newTokens(t, client, idle)
	first.SetLock(3 * time.Second)

	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the user has gone")
	left := make(chan error)
	go func() {
		_, err := first.Token(ctx)
		left <- err
	}()
	require.Eventually(t, func() bool { return client.Exists(t.Context(), tokenKey+":lock").Val() == 1 }, 10*time.Second, time.Millisecond)
	cancel(gone)
	require.ErrorIs(t, <-left, gone)

	done := make(chan string)
	go func() {
		token, err := second.Token(t.Context())
		assert.NoError(t, err)
		done <- token.AccessToken
	}()
	lives := time.Hour
	require.Eventually(t, func() bool {
		before := lives
		lives = client.PTTL(t.Context(), tokenKey+":lock").Val()
		return lives > before
	}, 10*time.Second, 10*time.Millisecond, "the lock is renewed")
	assert.Empty(t, done)
	close(server.gate)
	assert.Equal(t, "canary-1", <-done)
	assert.Equal(t, 1, server.count())
	assert.Zero(t, idle.count())
}

// TestFetcherDies leaves a lock that nobody renews: another process fetches when it expires.
func TestFetcherDies(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	const lock = 300 * time.Millisecond
	begin := time.Now()
	require.NoError(t, client.Set(t.Context(), tokenKey+":lock", "a process that was killed", lock).Err())
	brief, cancel := context.WithTimeout(t.Context(), lock/10)
	defer cancel()
	s := newTokens(t, client, &issuer{life: time.Hour})
	_, err := s.Token(brief)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	gets(t, s, "canary-1")
	assert.GreaterOrEqual(t, time.Since(begin), lock)
}

func TestTokenWithoutRedis(t *testing.T) {
	t.Parallel()
	redis := newRedis(t)
	client := redis.impatient(t)
	redis.kill(t)
	var log logBook
	server := &issuer{life: time.Hour}
	s := newTokens(t, client, server, halopsaredis.WithLogger(log.logger()))
	gets(t, s, "canary-1")
	gets(t, s, "canary-1")
	assert.Equal(t, 1, log.count("Redis fails, this process fetches tokens for itself"), "%s", &log)
	s.Invalidate("canary-1")
	gets(t, s, "canary-2")
	server.fail(errors.New("down too"))
	s.Invalidate("canary-2")
	_, err := s.Token(t.Context())
	require.ErrorIs(t, err, server.failure)

	server.fail(nil)
	redis.start(t)
	gets(t, s, "canary-4")
	gets(t, newTokens(t, client, server), "canary-4")
	assert.Equal(t, 1, log.count("Redis fails"))
	assert.Equal(t, 1, log.count("Redis responds again"))
	assert.NotContains(t, log.String(), "canary")
}

// TestTokenIsEncrypted reads what is in Redis as somebody else would.
func TestTokenIsEncrypted(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	raw := func(key string) string {
		value, err := client.Get(t.Context(), key).Result()
		require.NoError(t, err)
		return value
	}
	var log logBook
	server := &issuer{life: time.Hour}
	gets(t, newTokens(t, client, server), "canary-1")
	assert.Contains(t, raw(tokenKey), "canary-1", "there is no key")

	key := halopsaredis.WithKey([32]byte{1, 2, 3})
	gets(t, newTokens(t, client, server, key, halopsaredis.WithLogger(log.logger())), "canary-2")
	assert.NotContains(t, raw(tokenKey), "canary")
	assert.Equal(t, 1, log.count(`the token in Redis cannot be read and is replaced" error="it is not encrypted with this key"`), "%s", &log)
	gets(t, newTokens(t, client, server, key), "canary-2")

	gets(t, newTokens(t, client, server, halopsaredis.WithKey([32]byte{1, 2, 4})), "canary-3")
	gets(t, newTokens(t, client, server, halopsaredis.WithLogger(log.logger())), "canary-4")
	assert.Equal(t, 1, log.count(`error="it is encrypted, or no token"`), "%s", &log)

	// What another key of Redis holds is not taken for this one's, even with the same secret.
	gets(t, newTokens(t, client, server, key), "canary-5")
	require.NoError(t, client.Copy(t.Context(), tokenKey, "halopsa:other:token", 0, true).Err())
	other, err := halopsaredis.NewTokenSource(client, "halopsa:other:token", server, key, halopsaredis.WithLogger(nil))
	require.NoError(t, err)
	gets(t, other, "canary-6")
	assert.NotContains(t, log.String(), "canary")
}

func TestTokenSourceArguments(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	tests := map[string]struct {
		client redis.UniversalClient
		key    string
		source halopsa.TokenSource
		want   string
	}{
		"no client": {nil, "key", &issuer{}, "the Redis client must not be nil"},
		"no key":    {client, "", &issuer{}, "the key must not be empty"},
		"no source": {client, "key", nil, "the token source must not be nil"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := halopsaredis.NewTokenSource(test.client, test.key, test.source, nil)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.Nil(t, s)
			assert.EqualError(t, err, "halopsa: halopsaredis.NewTokenSource: "+test.want)
		})
	}
}
