package guarantees_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

const fiveMinutes = 5 * time.Minute

// hammer makes calls from 64 goroutines and returns how long they took.
func hammer(t *testing.T, calls int, call func(ctx context.Context) error) time.Duration {
	t.Helper()
	begin := time.Now()
	var left atomic.Int64
	left.Store(int64(calls))
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				assert.NoError(t, call(t.Context()))
			}
		})
	}
	all.Wait()
	return time.Since(begin)
}

// refusals counts the 429s that a stand-in has answered.
func refusals(h *halopsatest.Handler) (n int) {
	for _, r := range h.Requests() {
		if r.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}

func TestLimitIsKeptWithoutA429(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithLatency(200 * time.Millisecond)})
		took := hammer(t, 10_000, trial.Traces(c))
		assert.Zero(t, refusals(h))
		assert.Equal(t, 10_000, h.Count("GET", "IntegratorTrace"))
		shortest := (10_000 - 1) / 700 * fiveMinutes // 14 windows must pass before the last 200 calls
		assert.Less(t, took, shortest*105/100)
		t.Logf("10,000 calls took %s, the shortest possible is %s", took, shortest)
	})
}

func TestLimitFailsAtOnceWhereTheContextIsTooShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, nil, halopsa.WithRateLimit(2, time.Minute))
		require.NoError(t, trial.Traces(c)(t.Context()))
		require.NoError(t, trial.Traces(c)(t.Context()))
		begin := time.Now()
		short, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		err := trial.Traces(c)(short)
		assert.Zero(t, time.Since(begin), "it waited")
		var wait *halopsa.WaitError
		require.ErrorAs(t, err, &wait)
		assert.InDelta(t, time.Minute, wait.Wait, float64(time.Second))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "the wait for the rate limit would be 1m0")
		assert.Equal(t, 2, h.Count("GET", ""))

		enough, cancel := context.WithTimeout(t.Context(), 61*time.Second)
		defer cancel()
		require.NoError(t, trial.Traces(c)(enough))
	})
}

func TestLimitIsSettableAndOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _ := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithRateLimit(0, 0)}, halopsa.WithoutRateLimit())
		assert.Zero(t, hammer(t, 2000, trial.Traces(c)))

		c, _ = trial.NewStandin(t, nil, halopsa.WithRateLimit(10, time.Second))
		assert.InDelta(t, 9*time.Second, hammer(t, 100, trial.Traces(c)), float64(time.Second/2))

		waits := &countingLimiter{}
		c, _ = trial.NewStandin(t, nil, halopsa.WithLimiter(waits))
		hammer(t, 20, trial.Traces(c))
		assert.EqualValues(t, 20, waits.n.Load())
		waits.err = context.Canceled
		require.ErrorIs(t, trial.Traces(c)(t.Context()), context.Canceled)
	})
}

// countingLimiter is a caller's own limiter.
type countingLimiter struct {
	n   atomic.Int64
	err error
}

func (l *countingLimiter) Wait(context.Context) error {
	l.n.Add(1)
	return l.err
}

func TestA429HoldsBackTheWholeClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, nil)
		h.Fault(halopsatest.Fault{Resource: "IntegratorTrace", Status: 429, Header: http.Header{"Retry-After": {"40"}}})
		begin := time.Now()
		var others sync.WaitGroup
		others.Go(func() { assert.NoError(t, trial.Traces(c)(t.Context())) })
		synctest.Wait()
		for range 5 {
			others.Go(func() {
				_, err := c.IntegratorSchedule.List(t.Context(), nil)
				assert.NoError(t, err)
				assert.GreaterOrEqual(t, time.Since(begin), 40*time.Second)
			})
		}
		others.Wait()
		assert.Equal(t, 7, h.Count("GET", ""))
	})
}
