package guarantees_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// limiterFunc is a limiter.
type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

// sameToken is a source of the token that client uses at h.
func sameToken(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) halopsa.TokenSource {
	t.Helper()
	_, err := client.IntegrationLookUp.List(t.Context())
	require.NoError(t, err)
	requests := h.Requests()
	token := requests[len(requests)-1].Header.Get("Authorization")[len("Bearer "):]
	return halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}))
}

// TestWriteOfACallerWhoLeaves: a context that ends before the request is sent means that nothing happened. After that nobody knows.
func TestWriteOfACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	type setting struct {
		h      *halopsatest.Handler
		cancel func()
		opts   []halopsa.ClientOption
	}
	server := func(f halopsatest.Fault) func(*setting) {
		return func(s *setting) { s.h.Fault(f) }
	}
	tests := map[string]struct {
		prepare        func(*setting)
		after          time.Duration // the caller leaves then
		create, update verdict
		requests       int // to the API
	}{
		"at once": {prepare: func(s *setting) { s.cancel() }, create: notHappened, update: notHappened},
		"while it waits for the rate limit": {
			prepare: func(s *setting) {
				s.opts = append(s.opts, halopsa.WithLimiter(limiterFunc(func(ctx context.Context) error {
					<-ctx.Done()
					return ctx.Err()
				})))
			},
			after: time.Second, create: notHappened, update: notHappened,
		},
		"while it waits for a limiter that does not look": {
			prepare: func(s *setting) {
				s.opts = append(s.opts, halopsa.WithLimiter(limiterFunc(func(context.Context) error {
					s.cancel()
					return nil
				})))
			},
			create: notHappened, update: notHappened,
		},
		"while it waits for a token": {
			prepare: server(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Slow}),
			after:   time.Second, create: notHappened, update: notHappened,
		},
		"while it waits for a token source that does not look": {
			prepare: func(s *setting) {
				s.opts = append(s.opts, halopsa.WithTokenSource(trial.TokenFunc(func(context.Context) (*oauth2.Token, error) {
					s.cancel()
					return &oauth2.Token{AccessToken: "t"}, nil
				})))
			},
			create: notHappened, update: notHappened,
		},
		"while the server works on it": {
			prepare: server(halopsatest.Fault{Resource: "IntegrationExport", Kind: halopsatest.Slow, Times: -1}),
			after:   time.Second, create: unknown, update: unknown, requests: 1,
		},
		"while it is held back by a 429": {
			prepare: server(halopsatest.Fault{Resource: "IntegrationExport", Status: 429, Header: http.Header{"Retry-After": {"60"}}, Times: -1}),
			after:   time.Second, create: notHappened, update: notHappened, requests: 1,
		},
		"while it waits for the second attempt": {
			prepare: server(halopsatest.Fault{Resource: "IntegrationExport", Status: 503, Header: http.Header{"Retry-After": {"60"}}, Times: -1}),
			after:   time.Second, update: unknown, requests: 1, // a Create has none
		},
	}
	errLeft := errors.New("the user pressed Ctrl-C")
	for name, test := range tests {
		for op, want := range map[string]verdict{"Create": test.create, "Update": test.update} {
			if want == "" {
				continue
			}
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancelCause(t.Context())
					s := &setting{h: halopsatest.NewHandler(), cancel: func() { cancel(errLeft) }}
					defer s.cancel()
					test.prepare(s)
					seedExports(s.h)
					client, err := halopsa.NewClient(trial.StandinURL, append([]halopsa.ClientOption{
						halopsa.WithHTTPClient(&http.Client{Transport: s.h.Transport()}),
						halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
					}, s.opts...)...)
					require.NoError(t, err)
					if test.after > 0 {
						time.AfterFunc(test.after, s.cancel)
					}
					begin := time.Now()
					err = writes[op].call(ctx, client)
					assert.Equal(t, want, verdictOf(err), "%v", err)
					assert.Equal(t, test.after, time.Since(begin), "it returns when the caller leaves")
					require.ErrorIs(t, err, context.Canceled)
					require.ErrorIs(t, err, errLeft)
					assert.Equal(t, test.requests, s.h.Count("", "IntegrationExport"))
					if want == notHappened {
						assert.Zero(t, effects(t, s.h, writes[op]))
					}
				})
			})
		}
	}
}

// TestWriteWithADeadline: a wait that the deadline does not allow ends the call at once, and what is known stays known.
func TestWriteWithADeadline(t *testing.T) {
	t.Parallel()
	hour := http.Header{"Retry-After": {"3600"}}
	tests := map[string]struct {
		op     string
		status int
		want   verdict
	}{
		"Create, 429": {"Create", 429, notHappened},
		"Update, 429": {"Update", 429, notHappened},
		"Create, 503": {"Create", 503, unknown},
		"Update, 503": {"Update", 503, unknown},
		"Delete, 503": {"Delete", 503, unknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, h := trial.NewStandin(t, nil)
				seedExports(h)
				h.Fault(halopsatest.Fault{Resource: "IntegrationExport", Status: test.status, Header: hour, Times: -1})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				begin := time.Now()
				err := writes[test.op].call(ctx, client)
				assert.Zero(t, time.Since(begin))
				assert.Equal(t, test.want, verdictOf(err), "%v", err)
				var answered *halopsa.APIError
				require.ErrorAs(t, err, &answered)
				assert.Equal(t, time.Hour, answered.RetryAfter)
			})
		})
	}
}

// stuck answers the first request to the API never, and passes the others on.
func stuck(next http.RoundTripper) http.RoundTripper {
	first := true
	return trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/auth/token" || !first {
			return next.RoundTrip(req)
		}
		first = false
		<-req.Context().Done()
		return nil, req.Context().Err()
	})
}

// TestAttemptThatTakesTooLong: the timeout of an attempt comes from the call, the client or the HTTP client that was given.
func TestAttemptThatTakesTooLong(t *testing.T) {
	t.Parallel()
	for name, timeout := range map[string]struct {
		client []halopsa.ClientOption
		call   []halopsa.RequestOption
		http   time.Duration
		want   time.Duration
	}{
		"by default":                 {want: 90 * time.Second},
		"of the client":              {client: []halopsa.ClientOption{halopsa.WithTimeout(10 * time.Second)}, want: 10 * time.Second},
		"of the call":                {call: []halopsa.RequestOption{halopsa.WithTimeout(5 * time.Second)}, want: 5 * time.Second},
		"of the HTTP client":         {http: 3 * time.Second, want: 3 * time.Second},
		"of the HTTP client, longer": {http: time.Hour, want: 90 * time.Second},
	} {
		for op, want := range map[string]verdict{"Create": unknown, "Update": happened, "Delete": happened} {
			t.Run(op+", "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					h := halopsatest.NewHandler()
					seedExports(h)
					client, err := halopsa.NewClient(trial.StandinURL, append([]halopsa.ClientOption{
						halopsa.WithHTTPClient(&http.Client{Transport: stuck(h.Transport()), Timeout: timeout.http}),
						halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
						halopsa.WithBackoff(0, 0),
					}, timeout.client...)...)
					require.NoError(t, err)
					begin := time.Now()
					err = writes[op].call(t.Context(), client, timeout.call...)
					assert.Equal(t, want, verdictOf(err), "%v", err)
					assert.Equal(t, timeout.want, time.Since(begin))
					require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context is still good")
					if err != nil {
						assert.ErrorContains(t, err, "the attempt took longer than its timeout")
					}
					assert.Equal(t, count(want == happened), effects(t, h, writes[op]))
				})
			})
		}
	}
}

// TestTimeoutOfTheHTTPClientIsNoLimitOfWaiting: it bounds an attempt, and not how long the server asks a call to wait.
func TestTimeoutOfTheHTTPClientIsNoLimitOfWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		seedExports(h)
		client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
			halopsa.WithHTTPClient(&http.Client{Transport: h.Transport(), Timeout: time.Second}))
		require.NoError(t, err)
		h.Fault(halopsatest.Fault{Resource: "IntegrationExport", Status: 429, Header: http.Header{"Retry-After": {"60"}}})
		begin := time.Now()
		require.NoError(t, writes["Create"].call(t.Context(), client))
		assert.Equal(t, time.Minute, time.Since(begin))
	})
}

// TestConnectionThatIsNeverMade: net/http tells that an attempt had no connection when its time was up, so a Create is tried again.
func TestConnectionThatIsNeverMade(t *testing.T) {
	t.Parallel()
	for op, w := range writes {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var dials atomic.Int64
				network := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
					dials.Add(1)
					<-ctx.Done()
					return nil, ctx.Err()
				}}
				defer network.CloseIdleConnections()
				client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithHTTPClient(&http.Client{Transport: network}),
					halopsa.WithTokenSource(halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}))))
				require.NoError(t, err)
				err = w.call(t.Context(), client)
				assert.Equal(t, notHappened, verdictOf(err), "%v", err)
				require.ErrorContains(t, err, "the attempt took longer than its timeout (5 attempts)")
				synctest.Wait()
				assert.EqualValues(t, 1+maxRetries, dials.Load())
			})
		})
	}
}
