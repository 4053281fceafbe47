package halopsa_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

var errShutdown = errors.New("the service shuts down")

// TestContextErrorsStayVisible ends the context wherever a call can be waiting.
func TestContextErrorsStayVisible(t *testing.T) {
	t.Parallel()
	const after = 10 * time.Second
	places := map[string]struct {
		server []halopsatest.Option
		client []halopsa.ClientOption
		set    func(*testing.T, *halopsa.Client, *halopsatest.Handler)
	}{
		"token": {set: func(_ *testing.T, _ *halopsa.Client, h *halopsatest.Handler) {
			h.Fault(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Slow})
		}},
		"answer": {server: []halopsatest.Option{halopsatest.WithLatency(time.Minute)}},
		"body": {set: func(_ *testing.T, _ *halopsa.Client, h *halopsatest.Handler) {
			h.Fault(halopsatest.Fault{Kind: halopsatest.Slow})
		}},
		"backoff": {client: []halopsa.ClientOption{halopsa.WithMaxRetries(1000)}, set: func(_ *testing.T, _ *halopsa.Client, h *halopsatest.Handler) {
			h.Fault(halopsatest.Fault{Status: http.StatusBadGateway, Times: -1})
		}},
		"limit": {client: []halopsa.ClientOption{halopsa.WithRateLimit(1, time.Hour)}, set: func(t *testing.T, c *halopsa.Client, _ *halopsatest.Handler) {
			_, err := c.IntegratorTrace.List(t.Context(), nil)
			require.NoError(t, err)
		}},
		"after a 429": {set: func(_ *testing.T, _ *halopsa.Client, h *halopsatest.Handler) {
			h.Fault(halopsatest.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Times: -1})
		}},
	}
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, test := range map[string]struct {
				context func(context.Context) (context.Context, context.CancelFunc)
				is      []error
			}{
				"canceled": {func(ctx context.Context) (context.Context, context.CancelFunc) {
					ctx, cancel := context.WithCancel(ctx)
					time.AfterFunc(after, cancel)
					return ctx, cancel
				}, []error{context.Canceled}},
				"canceled with a cause": {func(ctx context.Context) (context.Context, context.CancelFunc) {
					ctx, cancel := context.WithCancelCause(ctx)
					time.AfterFunc(after, func() { cancel(errShutdown) })
					return ctx, func() { cancel(nil) }
				}, []error{context.Canceled, errShutdown}},
				"deadline": {func(ctx context.Context) (context.Context, context.CancelFunc) {
					return context.WithTimeout(ctx, after)
				}, []error{context.DeadlineExceeded}},
			} {
				synctest.Test(t, func(t *testing.T) {
					client, server := newStandin(t, place.server, place.client...)
					if place.set != nil {
						place.set(t, client, server)
					}
					ctx, cancel := test.context(t.Context())
					defer cancel()
					begin := time.Now()
					_, err := client.IntegrationError.List(ctx, nil)
					require.Error(t, err)
					assert.LessOrEqual(t, time.Since(begin), after, "%s: a context must end the call", kind)
					if limited := (*halopsa.APIError)(nil); errors.As(err, &limited) {
						// A wait that the deadline does not allow is not begun: the response itself says so.
						assert.Equal(t, "deadline", kind)
						assert.ErrorContains(t, err, "not retried: the wait would be ")
						return
					}
					for _, target := range test.is {
						require.ErrorIs(t, err, target, kind)
					}
					if kind == "canceled with a cause" {
						assert.ErrorContains(t, err, errShutdown.Error(), "it says more than the context's own error")
					}
					var call *halopsa.CallError
					require.ErrorAs(t, err, &call, kind)
					assert.Equal(t, "IntegrationError.List", call.Op)
					require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				})
			}
		})
	}
}

// TestContextThatIsOverSendsNothing covers every kind of call.
func TestContextThatIsOverSendsNothing(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errShutdown)
	for name, call := range map[string]func(context.Context, *halopsa.Client) error{
		"get": getOne, "create": createOne, "update": updateOne, "delete": deleteOne,
		"all": func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationError.All(ctx, nil))
			return err
		},
	} {
		err := call(ctx, client)
		require.ErrorIs(t, err, context.Canceled, name)
		require.ErrorIs(t, err, errShutdown, name)
		require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown, name)
	}
	assert.Empty(t, server.Requests())
}

// TestContextThatEndsAWrite: once it was sent nobody knows.
func TestContextThatEndsAWrite(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *halopsa.Client) error{
		"create": createOne, "update": updateOne, "delete": deleteOne,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(time.Minute)})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := call(ctx, client)
				require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				assert.Equal(t, 1, server.Count("", ""))
			})
		})
	}
}

// endingLimiter ends the context of the call that waits for it, and has a reason of its own for letting nothing through.
type endingLimiter struct {
	cancel context.CancelFunc
	reason error
}

func (l endingLimiter) Wait(context.Context) error {
	l.cancel()
	return l.reason
}

// TestContextEndsBesideAnotherError: both stay visible.
func TestContextEndsBesideAnotherError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the quota is used up")
	client, server := newStandin(t, nil, halopsa.WithLimiter(endingLimiter{func() { cancel(errShutdown) }, reason}))
	err := getOne(ctx, client)
	for _, target := range []error{reason, context.Canceled, errShutdown} {
		require.ErrorIs(t, err, target)
	}
	assert.EqualError(t, err, "halopsa: IntegrationError.Get: GET /IntegrationError/1: the limiter refused the request: the quota is used up")
	assert.Empty(t, server.Requests())
}
