package auth_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
)

// TestOneCallerLeaves ends the context of the caller who began a fetch: the others get its token.
func TestOneCallerLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{takes: 10 * time.Second, lifetime: time.Hour}
		s := server.source()
		reason := errors.New("the user has gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		var first sync.WaitGroup
		begin := time.Now()
		first.Go(func() {
			_, err := s.Token(ctx)
			assert.Equal(t, 3*time.Second, time.Since(begin), "it does not wait any longer")
			assert.ErrorIs(t, err, reason)
		})
		synctest.Wait()
		time.AfterFunc(3*time.Second, func() { cancel(reason) })
		require.NoError(t, together(t, s, "1"))
		assert.Equal(t, 10*time.Second, time.Since(begin))
		first.Wait()
		assert.Equal(t, 1, server.count())
		assert.Empty(t, server.brokenOff())
		_, err := s.Token(ctx)
		require.NoError(t, err, "a valid token is given also to a caller who has gone")
	})
}

// TestAllCallersLeave ends all contexts: the fetch is cancelled with the last of them, and leaves nothing behind.
func TestAllCallersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{takes: time.Hour}
		s := server.source()
		var callers sync.WaitGroup
		for i := range 5 {
			callers.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Second)
				defer cancel()
				_, err := s.Token(ctx)
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		time.Sleep(5*time.Second - 1)
		synctest.Wait()
		assert.Empty(t, server.brokenOff(), "one is still waiting")
		callers.Wait()
		synctest.Wait()
		assert.Equal(t, []error{context.Canceled}, server.brokenOff())

		server.takes = time.Second
		require.NoError(t, together(t, s, "2"))
	})
}

func TestCallerWhoHasGoneFetchesNothing(t *testing.T) {
	t.Parallel()
	server := &issuer{}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errRefused)
	_, err := server.source().Token(ctx)
	require.ErrorIs(t, err, errRefused)
	assert.Zero(t, server.count())
}

// TestJoiningAnAbandonedFetch comes while a fetch that nobody waits for any more is being cancelled: that is no error of the newcomer, who
// gets its token, should there be one, or that of the next fetch.
func TestJoiningAnAbandonedFetch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		deaf   bool
		answer func(n int) error
		want   string
		takes  time.Duration // from the moment at which it was abandoned
	}{
		"it ends at once": {want: "2", takes: 10 * time.Second},
		"it ends well":    {deaf: true, want: "1", takes: 7 * time.Second},
		"it ends late, and badly": {deaf: true, answer: func(n int) error {
			if n == 1 {
				return errRefused
			}
			return nil
		}, want: "2", takes: 17 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 20 { // the moment at which a fetch is cancelled is short
				synctest.Test(t, func(t *testing.T) {
					server := &issuer{takes: 10 * time.Second, deaf: test.deaf, answer: test.answer, lifetime: time.Hour}
					s := server.source()
					ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
					defer cancel()
					_, err := s.Token(ctx)
					require.ErrorIs(t, err, context.DeadlineExceeded)
					begin := time.Now()
					require.NoError(t, together(t, s, test.want))
					assert.Equal(t, test.takes, time.Since(begin))
				})
			}
		})
	}
}

// TestManyComeAndGo checks that callers who leave at all times never end those who stay, and that there is one fetch at a time.
func TestManyComeAndGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{takes: 100 * time.Millisecond, lifetime: time.Second}
		s := server.source()
		var callers sync.WaitGroup
		for i := range 64 {
			callers.Go(func() {
				for n := range 100 {
					patience := time.Duration((i*31+n*17)%150) * time.Millisecond
					ctx, cancel := context.WithTimeout(t.Context(), patience+1)
					got, err := s.Token(ctx)
					cancel()
					switch {
					case err == nil:
						assert.True(t, time.Now().Before(got.Expiry))
					case !errors.Is(err, ctx.Err()):
						t.Errorf("a wait was ended by what is not the caller's own context: %v", err)
					}
					time.Sleep(time.Duration(i+n) * time.Millisecond)
				}
			})
		}
		callers.Wait()
	})
}

type contextKey struct{}

// TestFetchContext: a fetch has the values of the caller's context, and a time limit of its own.
func TestFetchContext(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ timeout, want time.Duration }{
		"as wished":  {5 * time.Second, 5 * time.Second},
		"by default": {0, time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), contextKey{}, "value"), time.Hour)
				defer cancel()
				s := auth.New(auth.Config{
					Timeout: test.timeout, MaxRetries: 5, Retryable: func(error) (time.Duration, bool) { return 0, true },
					Fetch: func(own context.Context) (*oauth2.Token, error) {
						assert.Equal(t, "value", own.Value(contextKey{}))
						deadline, ok := own.Deadline()
						assert.True(t, ok)
						assert.Equal(t, test.want, time.Until(deadline))
						<-own.Done() // an authorization server that does not answer
						return nil, context.Cause(own)
					},
				})
				begin := time.Now()
				_, err := s.Token(ctx)
				require.EqualError(t, err, "the authorization server took too long")
				require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's own context is good")
				assert.Equal(t, test.want, time.Since(begin), "and there is no other attempt")
			})
		})
	}
}

func TestFetchRetries(t *testing.T) {
	t.Parallel()
	always := func(wait time.Duration) func(error) (time.Duration, bool) {
		return func(error) (time.Duration, bool) { return wait, true }
	}
	second := func(n int) time.Duration { return time.Duration(n+1) * time.Second }
	tests := map[string]struct {
		conf     auth.Config
		failures int
		fetches  int
		takes    time.Duration
		ok       bool
	}{
		"none is needed":               {auth.Config{MaxRetries: 2, Retryable: always(0), Backoff: second}, 0, 1, 0, true},
		"one that helps":               {auth.Config{MaxRetries: 2, Retryable: always(0), Backoff: second}, 1, 2, time.Second, true},
		"two, and no more":             {auth.Config{MaxRetries: 2, Retryable: always(0), Backoff: second}, 5, 3, 3 * time.Second, false},
		"as long as the server asks":   {auth.Config{MaxRetries: 2, Retryable: always(10 * time.Second), Backoff: second}, 1, 2, 10 * time.Second, true},
		"no pause":                     {auth.Config{MaxRetries: 2, Retryable: always(0)}, 2, 3, 0, true},
		"not allowed":                  {auth.Config{Retryable: always(0)}, 1, 1, 0, false},
		"never of use":                 {auth.Config{MaxRetries: 2, Retryable: func(error) (time.Duration, bool) { return 0, false }}, 1, 1, 0, false},
		"nothing said of it":           {auth.Config{MaxRetries: 2}, 1, 1, 0, false},
		"longer than the time that is": {auth.Config{MaxRetries: 2, Retryable: always(time.Minute + 1)}, 1, 1, 0, false},
		"longer than what is left": {
			auth.Config{MaxRetries: 9, Retryable: always(25 * time.Second)}, 9, 3, 50 * time.Second, false,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &issuer{lifetime: time.Hour, answer: func(n int) error {
					if n <= test.failures {
						return errRefused
					}
					return nil
				}}
				test.conf.Fetch = server.fetch
				begin := time.Now()
				_, err := auth.New(test.conf).Token(t.Context())
				if test.ok {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, errRefused)
				}
				assert.Equal(t, test.fetches, server.count())
				assert.Equal(t, test.takes, time.Since(begin))
			})
		})
	}
}

// TestLeavingBetweenAttempts ends the only caller's context during the pause before a retry.
func TestLeavingBetweenAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &issuer{answer: func(int) error { return errRefused }}
		s := auth.New(auth.Config{
			Fetch: server.fetch, MaxRetries: 5, Retryable: func(error) (time.Duration, bool) { return 20 * time.Second, true },
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Token(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		time.Sleep(time.Minute)
		assert.Equal(t, 1, server.count())
	})
}

func TestFetchWithoutAToken(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]*oauth2.Token{"nil": nil, "empty": {RefreshToken: "refresh"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := auth.New(auth.Config{Fetch: func(context.Context) (*oauth2.Token, error) { return token, nil }})
			got, err := s.Token(t.Context())
			require.ErrorContains(t, err, "the token source returned no token")
			assert.Nil(t, got)
		})
	}
}

// meddling is a context that lets something happen when it is asked for the first time whether it is over.
type meddling struct {
	context.Context
	once   *sync.Once
	before func()
}

func (c meddling) Err() error {
	c.once.Do(c.before)
	return c.Context.Err()
}

// TestAnotherCallerWasFaster fetches a token after a caller has seen that there is none, and before it begins to fetch one.
func TestAnotherCallerWasFaster(t *testing.T) {
	t.Parallel()
	server := &issuer{lifetime: time.Hour}
	s := server.source()
	got, err := s.Token(meddling{t.Context(), new(sync.Once), func() {
		_, err := s.Token(t.Context())
		assert.NoError(t, err)
	}})
	require.NoError(t, err)
	assert.Equal(t, "1", got.AccessToken)
	assert.Equal(t, 1, server.count())
}
