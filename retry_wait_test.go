package halopsa_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestRetryAfterIsHonoured: a wait is as long as the server asks, and not a bit more, where that is longer than the backoff.
func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	date := func(wait time.Duration) string {
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(wait).Format(http.TimeFormat) // a bubble begins in 2000
	}
	tests := map[string]struct {
		status int
		header string
		want   time.Duration
	}{
		"429 seconds":  {429, "17", 17 * time.Second},
		"429 date":     {429, date(90 * time.Second), 90 * time.Second},
		"429 longest":  {429, "300", 5 * time.Minute},
		"429 fraction": {429, "1.25", 1250 * time.Millisecond},
		"503 seconds":  {503, "17", 17 * time.Second},
		"503 date":     {503, date(2 * time.Minute), 2 * time.Minute},
		"502 seconds":  {502, "5", 5 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil)
				server.Seed("IntegrationError", map[string]any{"id": 1})
				server.Fault(halopsatest.Fault{Status: test.status, Header: http.Header{"Retry-After": {test.header}}})
				begin := time.Now()
				require.NoError(t, getOne(t.Context(), client))
				assert.Equal(t, test.want, time.Since(begin))
				assert.Equal(t, 2, server.Count("", ""))
			})
		})
	}
}

// TestWaitsThatAreTooLong fail at once, and the error says how long the wait would have been.
func TestWaitsThatAreTooLong(t *testing.T) {
	t.Parallel()
	ask := func(status int, seconds string) halopsatest.Fault {
		return halopsatest.Fault{Status: status, Header: http.Header{"Retry-After": {seconds}}, Times: -1}
	}
	tests := map[string]struct {
		fault    halopsatest.Fault
		opts     []halopsa.ClientOption
		deadline time.Duration
		wait     time.Duration
		says     string
		bound    string
	}{
		"429 above the cap":        {ask(429, "361"), nil, 0, 361 * time.Second, "6m1s", "WithMaxWait"},
		"503 above the cap":        {ask(503, "3600"), nil, 0, time.Hour, "1h0m0s", "WithMaxWait"},
		"above a cap of one's own": {ask(429, "31"), []halopsa.ClientOption{halopsa.WithMaxWait(30 * time.Second)}, 0, 31 * time.Second, "31s", "WithMaxWait"},
		"no waiting at all":        {ask(503, "1"), []halopsa.ClientOption{halopsa.WithMaxWait(0)}, 0, time.Second, "1s", "WithMaxWait"},
		"429 after the deadline":   {ask(429, "60"), nil, 59 * time.Second, time.Minute, "1m0s", "the context"},
		"503 after the deadline":   {ask(503, "60"), nil, 59 * time.Second, time.Minute, "1m0s", "the context"},
		"absurd":                   {ask(429, "1e300"), nil, 0, 365 * 24 * time.Hour, "8760h0m0s", "WithMaxWait"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil, test.opts...)
				server.Fault(test.fault)
				ctx := t.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				begin := time.Now()
				err := getOne(ctx, client)
				assert.Zero(t, time.Since(begin))
				var refused *halopsa.APIError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, test.wait, refused.RetryAfter)
				assert.ErrorContains(t, err, "not retried: the wait would be "+test.says+", longer than "+test.bound+" allows")
				assert.Equal(t, 1, server.Count("", ""))
			})
		})
	}
}

// TestBackoffBeyondTheDeadline: the wait after a failure of the network is in the error as well.
func TestBackoffBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, nil, halopsa.WithBackoff(time.Hour, time.Hour), halopsa.WithMaxWait(time.Hour))
		server.Fault(halopsatest.Fault{Kind: halopsatest.Reset})
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		err := getOne(ctx, client)
		require.ErrorIs(t, err, halopsatest.ErrReset)
		assert.Regexp(t, `connection reset: not retried: the wait would be [\dms.]+, longer than the context allows$`, err.Error())
	})
}

// TestBackoffGrows: each pause is random up to a bound that begins at the first and grows twofold with each retry, and none is above the longest.
func TestBackoffGrows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const retries, first, longest = 8, time.Second, 20 * time.Second
		var above [retries]bool
		for range 40 {
			client, server := newStandin(t, nil, halopsa.WithMaxRetries(retries), halopsa.WithBackoff(first, longest))
			var at []time.Time
			server.FaultFunc(func(r *http.Request) *halopsatest.Fault {
				if r.URL.Path == "/auth/token" {
					return nil
				}
				at = append(at, time.Now())
				return &halopsatest.Fault{Status: http.StatusBadGateway}
			})
			require.ErrorIs(t, getOne(t.Context(), client), halopsa.ErrServer)
			require.Len(t, at, retries+1)
			for i := range retries {
				pause := at[i+1].Sub(at[i])
				require.Positive(t, pause)
				require.LessOrEqual(t, pause, min(longest, first<<i), "retry %d", i)
				above[i] = above[i] || pause > min(longest, first<<i)/2
			}
		}
		for i, seen := range above {
			assert.True(t, seen, "no pause %d of 40 was in the upper half of what it may be", i)
		}
	})
}

// TestRefusalsDoNotCountAsRetries: a 429 says that nothing was done, so that it can be waited out even where nothing else is retried.
func TestRefusalsDoNotCountAsRetries(t *testing.T) {
	t.Parallel()
	for kind, call := range retryCalls {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil, halopsa.WithMaxRetries(0))
				server.Seed("IntegrationError", map[string]any{"id": 1})
				server.Seed("IntegrationExport", map[string]any{"id": 1})
				server.Fault(halopsatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"5"}}, Times: 4})
				begin := time.Now()
				require.NoError(t, call(t.Context(), client))
				assert.GreaterOrEqual(t, time.Since(begin), 20*time.Second)
				assert.Equal(t, 5, server.Count("", ""))

				server.Fault(halopsatest.Fault{Status: 500})
				require.ErrorIs(t, call(t.Context(), client), halopsa.ErrServer)
				assert.Equal(t, 6, server.Count("", ""))
			})
		})
	}
}

// TestRefusalsEnd: a server that refuses for an hour is not waited for any longer.
func TestRefusalsEnd(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]http.Header{"with Retry-After": {"Retry-After": {"300"}}, "bare": {}, "of no time": {"Retry-After": {"0"}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil)
				server.Fault(halopsatest.Fault{Status: 429, Header: header, Times: -1})
				begin := time.Now()
				err := createOne(t.Context(), client)
				require.ErrorIs(t, err, halopsa.ErrRateLimited)
				require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				assert.Regexp(t, `: not retried: the wait would be [\dms.]+, longer than what is left of the hour that a call waits after 429s\b`, err.Error())
				assert.InDelta(t, time.Hour, time.Since(begin), float64(15*time.Minute))
				assert.Less(t, server.Count("", ""), 400, "it must not be hammered")
			})
		})
	}
}

// TestRefusalHoldsBackEveryCall: also those that have met none, until the time that the server has named.
func TestRefusalHoldsBackEveryCall(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]halopsa.ClientOption{
		"own limit": nil, "no limit": {halopsa.WithoutRateLimit()}, "limiter": {halopsa.WithLimiter(&slowLimiter{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil, opts...)
				require.NoError(t, listTraces(t, client)) // there is a token
				server.Fault(halopsatest.Fault{Resource: "IntegratorTrace", Status: 429, Header: http.Header{"Retry-After": {"30"}}})
				begin := time.Now()
				var calls sync.WaitGroup
				calls.Go(func() { assert.NoError(t, listTraces(t, client)) })
				synctest.Wait()
				time.Sleep(10 * time.Second)
				before := server.Count("", "")
				for range 5 {
					calls.Go(func() {
						_, err := client.IntegratorLog.List(t.Context(), nil)
						assert.NoError(t, err)
						assert.Equal(t, 30*time.Second, time.Since(begin))
					})
				}
				synctest.Wait()
				assert.Equal(t, before, server.Count("", ""), "nothing is sent meanwhile")

				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				_, err := client.IntegratorLog.List(ctx, nil)
				var wait *halopsa.WaitError
				require.ErrorAs(t, err, &wait, "who cannot wait hears so at once")
				assert.Equal(t, 20*time.Second, wait.Wait)
				assert.Equal(t, 10*time.Second, time.Since(begin))

				calls.Wait()
				assert.Equal(t, 30*time.Second, time.Since(begin))
				assert.Equal(t, before+6, server.Count("", ""))
			})
		})
	}
}

func listTraces(t *testing.T, client *halopsa.Client) error {
	t.Helper()
	_, err := client.IntegratorTrace.List(t.Context(), nil)
	return err
}

// TestUnauthorised drops the token, gets another and repeats the call, once.
func TestUnauthorised(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	server.Seed("IntegrationError", map[string]any{"id": 1})
	server.Seed("IntegrationExport", map[string]any{"id": 1})
	require.NoError(t, getOne(t.Context(), client))
	for _, call := range []func(context.Context, *halopsa.Client) error{getOne, createOne, updateOne, deleteOne} {
		server.RevokeTokens()
		before, tokens := server.Count("", ""), server.TokensIssued()
		require.NoError(t, call(t.Context(), client))
		assert.Equal(t, 2, server.Count("", "")-before)
		assert.Equal(t, 1, server.TokensIssued()-tokens)
	}

	server.Fault(halopsatest.Fault{Status: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}, Times: -1})
	before, tokens := server.Count("", ""), server.TokensIssued()
	err := createOne(t.Context(), client)
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
	assert.ErrorContains(t, err, "the base URL and the authorization server belong to different instances (2 attempts)")
	assert.Equal(t, 2, server.Count("", "")-before)
	assert.Equal(t, 1, server.TokensIssued()-tokens)
}

// TestUnauthorisedAfterAnotherFailure: the replay waits for nothing, the 503's wait is over, and what the 503 may have done stays open.
func TestUnauthorisedAfterAnotherFailure(t *testing.T) {
	t.Parallel()
	for kind, call := range map[string]func(context.Context, *halopsa.Client) error{"GET": getOne, "DELETE": deleteOne, "Update": updateOne} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil)
				server.Seed("IntegrationError", map[string]any{"id": 1})
				server.Seed("IntegrationExport", map[string]any{"id": 1})
				require.NoError(t, getOne(t.Context(), client), "the token is good")
				busy := halopsatest.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"17"}}}
				expired := halopsatest.Fault{
					Status: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}},
				}
				server.Fault(busy)
				server.Fault(expired)
				begin, requests, tokens := time.Now(), server.Count("", ""), server.TokensIssued()
				require.NoError(t, call(t.Context(), client))
				assert.Equal(t, 17*time.Second, time.Since(begin))
				assert.Equal(t, 3, server.Count("", "")-requests)
				assert.Equal(t, 1, server.TokensIssued()-tokens)

				server.Fault(busy)
				expired.Times = -1
				server.Fault(expired)
				err := call(t.Context(), client)
				require.ErrorIs(t, err, halopsa.ErrUnauthorized)
				assert.Equal(t, kind != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown))
			})
		})
	}
}

// TestErrorsKeepTheConnection counts the connections that a real server sees.
func TestErrorsKeepTheConnection(t *testing.T) {
	t.Parallel()
	handler := halopsatest.NewHandler()
	handler.Seed("IntegrationError", map[string]any{"id": 1})
	handler.Fault(halopsatest.Fault{Status: 503, Body: "busy", Times: 2})
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client, err := halopsa.NewClient(server.URL, halopsa.WithBackoff(0, 0),
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	require.NoError(t, getOne(t.Context(), client))
	_, err = client.IntegrationError.Get(t.Context(), 9, nil)
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	handler.Fault(halopsatest.Fault{Status: 403, Body: "no"})
	require.ErrorIs(t, getOne(t.Context(), client), halopsa.ErrForbidden)
	handler.RevokeTokens()
	require.NoError(t, getOne(t.Context(), client))
	assert.Equal(t, 7, handler.Count("", ""))
	assert.Equal(t, int64(1), connections.Load(), "one for the tokens and all of the API")

	handler.Fault(halopsatest.Fault{Kind: halopsatest.Reset})
	require.NoError(t, getOne(t.Context(), client), "a broken connection is replaced")
	assert.Equal(t, int64(2), connections.Load())
	require.NoError(t, errors.Join(getOne(t.Context(), client), getOne(t.Context(), client)))
	assert.Equal(t, int64(2), connections.Load())
}

// TestRefusalForLongIsTriedAgainAfterAWindow: a server's rule is its window, whatever a header says.
func TestRefusalForLongIsTriedAgainAfterAWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, nil)
		server.Fault(halopsatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}})
		begin := time.Now()
		err := getOne(t.Context(), client)
		require.ErrorIs(t, err, halopsa.ErrRateLimited)
		require.ErrorContains(t, err, "1h0m0s")
		assert.Zero(t, time.Since(begin), "a call that would have to wait longer than calls do fails at once")
		require.NoError(t, createOne(t.Context(), client))
		assert.InDelta(t, 5*time.Minute, time.Since(begin), float64(time.Second), "and the next one finds out")
	})
}

// TestRefusalLongerThanCallsWait: what no call waits for, none of the others does either.
func TestRefusalLongerThanCallsWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, nil, halopsa.WithMaxWait(time.Minute))
		server.Fault(halopsatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"240"}}})
		require.ErrorIs(t, getOne(t.Context(), client), halopsa.ErrRateLimited)
		time.Sleep(2 * time.Minute)
		err := createOne(t.Context(), client)
		require.ErrorIs(t, err, halopsa.ErrRateLimited)
		require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		var wait *halopsa.WaitError
		require.ErrorAs(t, err, &wait)
		assert.Equal(t, 2*time.Minute, wait.Wait)
		assert.ErrorContains(t, err, "the wait for the rate limit would be 2m0s, longer than WithMaxWait allows")
		assert.Equal(t, 1, server.Count("", ""))

		time.Sleep(time.Minute)
		begin := time.Now()
		require.NoError(t, createOne(t.Context(), client))
		assert.Equal(t, time.Minute, time.Since(begin), "this one is worth waiting for")
	})
}
