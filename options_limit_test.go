package halopsa_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestRateLimitOption(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		opts  []halopsa.ClientOption
		calls int
		took  time.Duration
	}{
		// The window has a margin of a thousandth.
		"two a minute":      {[]halopsa.ClientOption{halopsa.WithRateLimit(2, time.Minute)}, 5, 2 * (time.Minute + 60*time.Millisecond)},
		"default":           {nil, 700, 0},
		"default, one more": {nil, 701, 5*time.Minute + 300*time.Millisecond},
		"none":              {[]halopsa.ClientOption{halopsa.WithoutRateLimit()}, 2000, 0},
		"the last one wins": {[]halopsa.ClientOption{halopsa.WithRateLimit(1, time.Hour), halopsa.WithoutRateLimit()}, 3, 0},
		"of one's own":      {[]halopsa.ClientOption{halopsa.WithLimiter(&slowLimiter{pause: time.Second})}, 3, 3 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, _ := newStandin(t, []halopsatest.Option{halopsatest.WithRateLimit(0, 0)}, test.opts...)
				begin := time.Now()
				for range test.calls {
					_, err := client.IntegratorTrace.List(t.Context(), nil)
					require.NoError(t, err)
				}
				assert.Equal(t, test.took, time.Since(begin))
			})
		})
	}
}

// TestLimitThatOutlastsTheContext: waiting would be of no use, so the call fails at once and says how long it would have been.
func TestLimitThatOutlastsTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, nil, halopsa.WithRateLimit(1, 5*time.Minute))
		require.NoError(t, deleteSeeded(t, client, server))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		err := deleteOne(ctx, client)
		assert.Zero(t, time.Since(begin))
		var wait *halopsa.WaitError
		require.ErrorAs(t, err, &wait)
		assert.Equal(t, 5*time.Minute+300*time.Millisecond, wait.Wait)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown, "it was not sent")
		assert.ErrorContains(t, err, "the wait for the rate limit would be 5m0.3s, longer than the context allows")
		assert.Equal(t, 1, server.Count(http.MethodDelete, ""))
	})
}

func deleteSeeded(t *testing.T, client *halopsa.Client, server *halopsatest.Handler) error {
	t.Helper()
	server.Seed("IntegrationError", map[string]any{"id": 1})
	return deleteOne(t.Context(), client)
}

type slowLimiter struct {
	pause time.Duration
	err   error
	asked atomic.Int64
}

func (l *slowLimiter) Wait(context.Context) error {
	l.asked.Add(1)
	time.Sleep(l.pause)
	return l.err
}

func TestLimiterIsAskedBeforeEveryAttempt(t *testing.T) {
	t.Parallel()
	limiter := &slowLimiter{}
	client, server := newStandin(t, nil, halopsa.WithLimiter(limiter), halopsa.WithBackoff(0, 0))
	server.Seed("IntegrationError", map[string]any{"id": 1})
	server.Fault(halopsatest.Fault{Status: http.StatusServiceUnavailable, Times: 2})
	require.NoError(t, getOne(t.Context(), client))
	assert.Equal(t, int64(3), limiter.asked.Load())

	limiter.err = errors.New("rate: Wait(n=1) would exceed context deadline")
	err := createOne(t.Context(), client)
	require.ErrorIs(t, err, limiter.err)
	require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
	assert.ErrorContains(t, err, "the limiter refused the request: rate: Wait")
	assert.Equal(t, int64(4), limiter.asked.Load())
	assert.Zero(t, server.Count(http.MethodPost, ""))
}
