package auth_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
)

var errRefused = errors.New("refused")

// issuer is an authorization server: it gives the tokens "1", "2" and so on.
type issuer struct {
	takes    time.Duration
	lifetime time.Duration // 0 for tokens without an expiry
	deaf     bool          // it does not notice that its client has gone
	answer   func(n int) error

	mu      sync.Mutex
	fetches int
	active  int
	ends    []error // why fetches were broken off
}

func (i *issuer) fetch(ctx context.Context) (*oauth2.Token, error) {
	i.mu.Lock()
	i.fetches++
	n := i.fetches
	i.active++
	together := i.active
	i.mu.Unlock()
	defer func() {
		i.mu.Lock()
		i.active--
		i.mu.Unlock()
	}()
	if together > 1 {
		return nil, errors.New("two fetches at a time")
	}
	gone := ctx.Done()
	if i.deaf {
		gone = nil
	}
	select {
	case <-time.After(i.takes):
	case <-gone:
		i.mu.Lock()
		i.ends = append(i.ends, context.Cause(ctx))
		i.mu.Unlock()
		return nil, context.Cause(ctx)
	}
	if i.answer != nil {
		if err := i.answer(n); err != nil {
			return nil, err
		}
	}
	token := &oauth2.Token{AccessToken: strconv.Itoa(n)}
	if i.lifetime != 0 {
		token.Expiry = time.Now().Add(i.lifetime)
	}
	return token, nil
}

func (i *issuer) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetches
}

// brokenOff returns why fetches were broken off.
func (i *issuer) brokenOff() []error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.ends)
}

// source returns one without retries.
func (i *issuer) source() *auth.Source { return auth.New(auth.Config{Fetch: i.fetch}) }

// token checks that the source gives this token without a wait.
func token(t *testing.T, s *auth.Source, want string) {
	t.Helper()
	begin := time.Now()
	got, err := s.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, got.AccessToken)
	assert.Zero(t, time.Since(begin), "a valid token is not waited for")
}

// together calls Token from 64 goroutines and returns the error that all of them got.
func together(t *testing.T, s *auth.Source, want string) error {
	t.Helper()
	var callers sync.WaitGroup
	var mu sync.Mutex
	var failure error
	for range 64 {
		callers.Go(func() {
			got, err := s.Token(t.Context())
			if err != nil {
				mu.Lock()
				failure = err
				mu.Unlock()
				assert.Empty(t, want)
				return
			}
			assert.Equal(t, want, got.AccessToken)
		})
	}
	callers.Wait()
	return failure
}

func TestAllShareOneFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{takes: time.Second, lifetime: time.Hour}
		s := server.source()
		begin := time.Now()
		require.NoError(t, together(t, s, "1"))
		assert.Equal(t, time.Second, time.Since(begin))
		require.NoError(t, together(t, s, "1"))
		assert.Equal(t, 1, server.count())
		assert.Equal(t, time.Second, time.Since(begin))
	})
}

func TestAllShareOneFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{takes: time.Second, answer: func(n int) error {
			if n == 1 {
				return errRefused
			}
			return nil
		}}
		s := server.source()
		require.ErrorIs(t, together(t, s, ""), errRefused)
		assert.Equal(t, 1, server.count())
		require.NoError(t, together(t, s, "2"))
		assert.Equal(t, 2, server.count(), "a failure is not remembered")
	})
}

// TestRefreshTime checks when a token is replaced.
func TestRefreshTime(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		lifetime, early time.Duration
		first           time.Duration // after which the early refresh begins
	}{
		"an hour":          {lifetime: time.Hour, first: 59 * time.Minute},
		"five minutes":     {lifetime: 5 * time.Minute, first: 5*time.Minute - 30*time.Second},
		"ten seconds":      {lifetime: 10 * time.Second, first: 9 * time.Second},
		"earlier, by wish": {lifetime: time.Hour, early: 5 * time.Minute, first: 55 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &issuer{lifetime: test.lifetime}
				s := auth.New(auth.Config{Fetch: server.fetch, Early: test.early})
				token(t, s, "1")
				time.Sleep(test.first - 1)
				token(t, s, "1")
				synctest.Wait()
				assert.Equal(t, 1, server.count())
				time.Sleep(time.Nanosecond)
				token(t, s, "1")
				synctest.Wait()
				assert.Equal(t, 2, server.count())
				token(t, s, "2")
			})
		})
	}
}

func TestTokenWithoutAnExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{}
		s := server.source()
		token(t, s, "1")
		time.Sleep(1000 * time.Hour)
		token(t, s, "1")
		assert.Equal(t, 1, server.count())
	})
}

// TestExpiry lets a token go out of use, and checks that it is not given away any more.
func TestExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour}
		s := server.source()
		token(t, s, "1")
		time.Sleep(time.Hour)
		server.takes = time.Second
		require.NoError(t, together(t, s, "2"))
		assert.Equal(t, 2, server.count())

		server.lifetime = -time.Second // it has expired when it comes, and yet a call must end
		s.Invalidate("2")
		begin := time.Now()
		require.NoError(t, together(t, s, "3"))
		assert.Equal(t, time.Second, time.Since(begin))
		require.NoError(t, together(t, s, "4"))
	})
}

// TestNobodyWaitsForAnEarlyRefresh makes it slow: until the old token expires all continue with it, and then with the same fetch.
func TestNobodyWaitsForAnEarlyRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour}
		s := server.source()
		token(t, s, "1")
		time.Sleep(59*time.Minute + 20*time.Second)
		server.takes = 50 * time.Second
		begin := time.Now()
		for range 39 {
			require.NoError(t, together(t, s, "1"))
			time.Sleep(time.Second)
		}
		assert.Equal(t, 39*time.Second, time.Since(begin), "nobody has waited")
		assert.Equal(t, 2, server.count())
		time.Sleep(time.Second)
		require.NoError(t, together(t, s, "2"))
		assert.Equal(t, 50*time.Second, time.Since(begin))
		assert.Equal(t, 2, server.count())
	})
}

// TestEarlyRefreshOutlivesItsCaller ends the context of the caller who began it, and of all who joined.
func TestEarlyRefreshOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour}
		s := server.source()
		token(t, s, "1")
		time.Sleep(59*time.Minute + 50*time.Second)
		server.takes = 30 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		got, err := s.Token(ctx)
		require.NoError(t, err)
		assert.Equal(t, "1", got.AccessToken)
		time.Sleep(10 * time.Second)
		_, err = s.Token(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(20 * time.Second)
		token(t, s, "2")
		assert.Equal(t, 2, server.count())
		assert.Empty(t, server.brokenOff())
	})
}

// TestEarlyRefreshThatFails is tried again after a pause, and nobody hears of it while the old token is valid.
func TestEarlyRefreshThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour, answer: func(n int) error {
			if n > 1 && n < 5 {
				return errRefused
			}
			return nil
		}}
		s := server.source()
		token(t, s, "1")
		time.Sleep(59 * time.Minute)
		server.takes = time.Millisecond
		for second := range 60 {
			require.NoError(t, together(t, s, "1"))
			synctest.Wait()
			assert.Equal(t, 2+second/15, server.count(), "after %d s", second)
			if second == 45 {
				break
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		token(t, s, "5")
	})
}

// TestEarlyRefreshAfterAnother: the caller saw the old token, and came too late to refresh it.
func TestEarlyRefreshAfterAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour}
		s := server.source()
		token(t, s, "1")
		time.Sleep(59 * time.Minute)
		server.takes = 20 * time.Second // longer than the pause before the next try
		token(t, s, "1")
		time.Sleep(16 * time.Second)
		token(t, s, "1")
		synctest.Wait()
		assert.Equal(t, 2, server.count(), "one at a time")
		time.Sleep(5 * time.Second)
		token(t, s, "2")
	})
}

func TestInvalidate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour}
		s := server.source()
		s.Invalidate("1") // nothing is cached yet
		token(t, s, "1")
		s.Invalidate("0")
		s.Invalidate("")
		token(t, s, "1")
		s.Invalidate("1")
		s.Invalidate("1")
		token(t, s, "2")
		s.Invalidate("1") // by a slow call, of the token before
		token(t, s, "2")
		assert.Equal(t, 2, server.count())
	})
}

// TestInvalidateDuringAFetch drops the old token while a new one is on its way, which is then used, by those who wait and after.
func TestInvalidateDuringAFetch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{lifetime: time.Hour}
		s := server.source()
		token(t, s, "1")
		time.Sleep(59*time.Minute + 1)
		server.takes = 10 * time.Second
		token(t, s, "1") // begins an early refresh
		begin := time.Now()
		s.Invalidate("1")
		time.AfterFunc(5*time.Second, func() { s.Invalidate("1") })
		require.NoError(t, together(t, s, "2"))
		assert.Equal(t, 10*time.Second, time.Since(begin))
		s.Invalidate("1")
		token(t, s, "2")
		assert.Equal(t, 2, server.count())
	})
}
