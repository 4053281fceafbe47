package halopsa_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// observed collects what an observer is told.
type observed struct {
	mu       sync.Mutex
	attempts []halopsa.Attempt
}

func (o *observed) observe(_ context.Context, a halopsa.Attempt) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.attempts = append(o.attempts, a)
}

func TestObserverHearsOfEveryAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o observed
		c, h := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(time.Second)}, halopsa.WithObserver(o.observe), halopsa.WithRateLimit(4, time.Minute))
		h.Fault(halopsatest.Fault{Resource: "IntegrationError", Status: 503, Header: http.Header{"Retry-After": {"7"}, "X-Request-Id": {"r-1"}}})
		h.Fault(halopsatest.Fault{Resource: "IntegrationError", Kind: halopsatest.Reset})
		begin := time.Now()
		_, err := c.IntegrationError.Get(t.Context(), 4711, nil)
		require.ErrorIs(t, err, halopsa.ErrNotFound)
		require.Len(t, o.attempts, 3)

		first, second, third := o.attempts[0], o.attempts[1], o.attempts[2]
		assert.Equal(t, halopsa.Attempt{
			Host: "standin.localhost:80", Op: "IntegrationError.Get", Method: "GET", Path: "/IntegrationError/4711", Number: 1, Begin: begin,
			StatusCode: 503, RequestID: "r-1", RetryAfter: 7 * time.Second,
		}, first)
		assert.Equal(t, "network", second.Failure)
		assert.Equal(t, 2, second.Number)
		assert.GreaterOrEqual(t, second.Begin.Sub(begin), 7*time.Second)
		assert.Equal(t, 404, third.StatusCode)
		assert.Equal(t, time.Second, third.Duration)
		assert.Positive(t, third.Size)

		require.NoError(t, trace(c)(t.Context()))
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, trace(c)(short), context.DeadlineExceeded)
		assert.Equal(t, "limit", o.attempts[4].Failure)
		require.NoError(t, trace(c)(t.Context()))
		assert.Greater(t, o.attempts[5].Wait, 30*time.Second)
		assert.Equal(t, time.Second, o.attempts[5].Duration)
	})
}

func TestObserverHearsOfTokensThatFail(t *testing.T) {
	t.Parallel()
	var first, second observed
	c, h := newStandin(t, nil, halopsa.WithObserver(first.observe), halopsa.WithObserver(second.observe))
	h.Fault(halopsatest.Fault{Resource: halopsatest.Token, Status: 401, Times: -1})
	require.ErrorIs(t, trace(c)(t.Context()), halopsa.ErrUnauthorized)
	require.Len(t, first.attempts, 1)
	assert.Equal(t, "token", first.attempts[0].Failure)
	assert.Zero(t, first.attempts[0].StatusCode)
	assert.Equal(t, first.attempts, second.attempts)

	_, err := halopsa.NewClient(standinURL, halopsa.WithObserver(nil))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}

// TestObserverHearsOfWaitsInVain: an attempt that was never sent says how long it waited.
func TestObserverHearsOfWaitsInVain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var o observed
		c, _ := newStandin(t, nil, halopsa.WithObserver(o.observe), halopsa.WithRateLimit(1, time.Minute))
		require.NoError(t, trace(c)(t.Context()))
		impatient, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Second, cancel)
		require.ErrorIs(t, trace(c)(impatient), context.Canceled)
		assert.Equal(t, "canceled", o.attempts[1].Failure)
		assert.Equal(t, 10*time.Second, o.attempts[1].Wait)
		assert.Zero(t, o.attempts[1].Duration)
	})
	synctest.Test(t, func(t *testing.T) {
		var o observed
		c, _ := newStandin(t, nil, halopsa.WithObserver(o.observe), halopsa.WithTokenSource(tokenFunc(func(context.Context) (*oauth2.Token, error) {
			time.Sleep(5 * time.Second)
			return nil, errors.New("the vault is locked")
		})))
		require.Error(t, trace(c)(t.Context()))
		assert.Equal(t, "token", o.attempts[0].Failure)
		assert.Equal(t, 5*time.Second, o.attempts[0].Wait)
	})
}
