package guarantees_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestFollowSurvivesALongOutage: half a day without a response is bridged by pauses that grow up to five minutes, observers and the log show each
// failure, and then every record comes that was written meanwhile.
func TestFollowSurvivesALongOutage(t *testing.T) {
	t.Parallel()
	outages := map[string]struct {
		fault halopsatest.Fault
		shown string // by the observer
	}{
		"no connection":   {halopsatest.Fault{Kind: halopsatest.Reset}, "network"},
		"no token":        {halopsatest.Fault{Resource: halopsatest.Token, Status: http.StatusServiceUnavailable}, "token"},
		"gateway":         {halopsatest.Fault{Kind: halopsatest.HTML504}, ""},
		"server error":    {halopsatest.Fault{Status: http.StatusInternalServerError}, ""},
		"broken answers":  {halopsatest.Fault{Status: http.StatusOK, Body: `{"errors":[{"id":1`}, ""},
		"errors in a 200": {halopsatest.Fault{Status: http.StatusOK, Body: `{"error":"maintenance"}`}, ""},
		"no end":          {halopsatest.Fault{Kind: halopsatest.Slow, Pause: time.Hour}, "timeout"},
	}
	for name, outage := range outages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var mu sync.Mutex
				var failed []time.Time // the ends of failing attempts
				c, h := newLogStandin(t, "as asked", []halopsatest.Option{halopsatest.WithTokenLife(time.Minute)},
					halopsa.WithMaxRetries(0), halopsa.WithLogger(slog.New(slog.NewTextHandler(&log, nil))),
					halopsa.WithObserver(func(_ context.Context, a halopsa.Attempt) {
						mu.Lock()
						defer mu.Unlock()
						if a.Failure == outage.shown && (a.Failure != "" || a.StatusCode != http.StatusOK || a.Size < 200) {
							failed = append(failed, time.Now())
						}
					}))
				seedLog(h, "IntegrationError", 20)
				const long = 12 * time.Hour
				begin := time.Now()
				go func() {
					time.Sleep(90 * time.Second)
					fault := outage.fault
					fault.Times = -1
					h.Fault(fault)
					for range 12 {
						time.Sleep(long / 12)
						seedLog(h, "IntegrationError", 30)
					}
					h.ClearFaults()
				}()
				var got []int64
				for e, err := range c.IntegrationError.Follow(t.Context(), 15, time.Minute, nil) {
					require.NoError(t, err)
					if got = append(got, e.Record.ID); e.Cursor == 380 {
						break
					}
				}
				assert.Equal(t, idsAfter(15, 380), got)
				assert.Less(t, time.Since(begin), long+90*time.Second+7*time.Minute, "it looks again soon after")
				mu.Lock()
				defer mu.Unlock()
				// The first pauses are short, the later ones five minutes at the most; an attempt that hangs takes 90 s itself.
				require.Greater(t, len(failed), int(long/(7*time.Minute)))
				require.Less(t, len(failed), int(long/(2*time.Minute)))
				assert.Less(t, failed[1].Sub(failed[0]), 93*time.Second)
				for i := range len(failed) - 1 {
					pause := failed[i+1].Sub(failed[i])
					assert.LessOrEqual(t, pause, 5*time.Minute+91*time.Second)
					if i > 10 {
						assert.GreaterOrEqual(t, pause, 150*time.Second)
					}
				}
				lines := strings.Count(log.String(), "\n") - strings.Count(log.String(), `msg="halopsa: smaller pages"`)
				assert.Equal(t, lines, strings.Count(log.String(), `level=WARN msg="halopsa: follow continues after a pause" op=IntegrationError.Follow failures=`))
				assert.Equal(t, len(failed), lines, "a line for each failure")
				assert.Contains(t, log.String(), "failures=20 pause=")
			})
		})
	}
}

// TestFollowShowsAResponseThatCannotBeRead: it is asked for again for days, since it may be a maintenance page, and each failure is told of, so that a
// health check sees a defect that lasts.
func TestFollowShowsAResponseThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]halopsatest.Fault{
		"a page":         {Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: `<html><title>Sign in</title></html>`},
		"a text":         {Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: `OK`},
		"another's JSON": {Status: http.StatusOK, Body: `{"status":"up"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				c, h := newLogStandin(t, "as asked", nil, halopsa.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
				seedLog(h, "IntegrationError", 3)
				const days = 3 * 24 * time.Hour
				begin := time.Now()
				fault.Times = -1
				h.Fault(fault)
				time.AfterFunc(days, h.ClearFaults)
				var failed []halopsa.Look
				for f, err := range c.IntegrationError.Follow(t.Context(), 2, time.Minute, nil, halopsa.WithLooks(func(_ context.Context, l halopsa.Look) {
					failed = append(failed, l)
				})) {
					require.NoError(t, err)
					assert.Equal(t, int64(3), f.Cursor)
					break
				}
				assert.Less(t, time.Since(begin), days+6*time.Minute)
				require.Greater(t, len(failed), int(days/(6*time.Minute)))
				require.Less(t, len(failed), int(days/(2*time.Minute)), "with pauses that grow")
				for i, l := range failed {
					var unread *halopsa.DecodeError
					require.ErrorAs(t, l.Err, &unread)
					assert.Equal(t, i+1, l.Failures)
					assert.Equal(t, begin, l.Since)
					assert.LessOrEqual(t, l.Next.Sub(l.End), 5*time.Minute)
					assert.Equal(t, int64(2), l.Cursor)
				}
				assert.Equal(t, len(failed), strings.Count(log.String(), `level=WARN msg="halopsa: follow continues after a pause"`))
			})
		})
	}
}

// TestFollowRefusesOptionsOfAWalk before anything is sent, and says what does honor it.
func TestFollowRefusesOptionsOfAWalk(t *testing.T) {
	t.Parallel()
	options := map[string]halopsa.RequestOption{
		"WithKey": halopsa.WithKey("lookupid", "id"), "WithLimit": halopsa.WithLimit(3), "WithPage": halopsa.WithPage(2, 50),
		"WithSort": halopsa.WithSort(halopsa.Desc("id")), "WithQuery": halopsa.WithQuery("page_no", "2"),
	}
	for name, option := range options {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := newLogStandin(t, "as asked", nil)
			seedLog(h, "IntegrationError", 3)
			_, err := halopsa.Collect(c.IntegrationError.Since(t.Context(), 0, nil, option))
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			_, again := halopsa.Collect(c.IntegrationError.Follow(t.Context(), 0, time.Minute, nil, option))
			require.ErrorIs(t, again, halopsa.ErrInvalid)
			assert.Empty(t, h.Requests())
		})
	}
	c, h := newLogStandin(t, "as asked", nil, halopsa.WithSecondPass(), halopsa.WithHiddenRecords(), halopsa.WithSettle(time.Minute))
	seedLog(h, "IntegrationError", 3)
	got, err := halopsa.Collect(c.IntegrationError.Since(t.Context(), 0, nil))
	require.NoError(t, err, "what a client sets for all calls")
	assert.Len(t, got, 3)
}

// A pause is as long as the server asks, and the count of failures begins again after each success.
func TestFollowPausesAsTheServerAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := newLogStandin(t, "as asked", nil, halopsa.WithMaxRetries(0))
		seedLog(h, "IntegrationError", 1)
		begin := time.Now()
		h.Fault(halopsatest.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"2000"}}})
		for _, err := range c.IntegrationError.Follow(t.Context(), 0, time.Minute, nil) {
			require.NoError(t, err)
			break
		}
		assert.Equal(t, 2000*time.Second, time.Since(begin))

		for range 30 {
			begin = time.Now()
			h.Fault(halopsatest.Fault{Status: http.StatusServiceUnavailable})
			for _, err := range c.IntegrationError.Follow(t.Context(), 0, time.Minute, nil) {
				require.NoError(t, err)
				break
			}
			assert.LessOrEqual(t, time.Since(begin), time.Second)
		}
		h.Forget()
		n := 0
		h.FaultFunc(func(*http.Request) *halopsatest.Fault {
			if n++; n%2 == 0 {
				return &halopsatest.Fault{Status: http.StatusServiceUnavailable}
			}
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Minute)
		defer cancel()
		_, err := halopsa.Collect(c.IntegrationError.Follow(ctx, 1, time.Minute, nil))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Greater(t, h.Count("GET", ""), 190, "every other look fails, and none is followed by more than the first pause")
	})
}

// TestFollowEndsWithWhatWillNotPass after one request, and tells from where to continue.
func TestFollowEndsWithWhatWillNotPass(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault halopsatest.Fault
		want  error
	}{
		"unauthorised":     {halopsatest.Fault{Status: http.StatusUnauthorized}, halopsa.ErrUnauthorized},
		"bad credentials":  {halopsatest.Fault{Resource: halopsatest.Token, Status: http.StatusBadRequest, Body: `{"error":"invalid_client"}`}, halopsa.ErrUnauthorized},
		"forbidden":        {halopsatest.Fault{Status: http.StatusForbidden}, halopsa.ErrForbidden},
		"no such endpoint": {halopsatest.Fault{Status: http.StatusNotFound}, halopsa.ErrNotFound},
		"invalid":          {halopsatest.Fault{Status: http.StatusBadRequest}, halopsa.ErrInvalid},
		"unprocessable":    {halopsatest.Fault{Status: http.StatusUnprocessableEntity}, halopsa.ErrInvalid},
		"gone":             {halopsatest.Fault{Status: http.StatusGone}, nil},
		"redirect":         {halopsatest.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"https://other.example.com/"}}}, nil},
		"row without id":   {halopsatest.Fault{Status: http.StatusOK, Body: `[{"id":-1},{"id":-2}]`}, halopsa.ErrIncomplete},
		"too large":        {halopsatest.Fault{Status: http.StatusOK, Body: `[{"id":1,"error":"` + strings.Repeat("x", 70_000) + `"}]`}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := newLogStandin(t, "as asked", []halopsatest.Option{halopsatest.WithTokenLife(time.Minute)}, halopsa.WithMaxResponseSize(60_000))
				seedLog(h, "IntegratorLog", 20)
				time.AfterFunc(30*time.Second, func() {
					fault := test.fault
					fault.Times = -1
					h.Fault(fault)
				})
				begin := time.Now()
				n, ended := 0, false
				for f, err := range c.IntegratorLog.Follow(t.Context(), 15, time.Minute, nil) {
					if err == nil {
						n++
						continue
					}
					ended = true
					assert.Nil(t, f.Record)
					assert.Equal(t, int64(20), f.Cursor)
					if test.want != nil {
						require.ErrorIs(t, err, test.want)
					}
				}
				assert.True(t, ended)
				assert.Equal(t, 5, n)
				took := time.Since(begin).Round(time.Second)
				if name == "too large" { // smaller pages are tried first
					assert.Less(t, took, 3*time.Minute)
				} else {
					assert.Equal(t, time.Minute, took, "at the second look")
				}
			})
		})
	}
}

// TestFollowStopsWithItsContext at once, wherever it is: between two looks, after a failure, and in a request.
func TestFollowStopsWithItsContext(t *testing.T) {
	t.Parallel()
	reason := errors.New("the service shuts down")
	for name, fault := range map[string]*halopsatest.Fault{
		"between two looks":   nil,
		"after a failure":     {Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"3000"}}, Times: -1},
		"in a request":        {Kind: halopsatest.Slow, Pause: time.Hour, Times: -1},
		"between two retries": {Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"300"}}, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := newLogStandin(t, "as asked", nil)
				if fault != nil {
					h.Fault(*fault)
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				const at = 17*time.Second + time.Millisecond
				time.AfterFunc(at, func() { cancel(reason) })
				begin := time.Now()
				_, err := halopsa.Collect(c.IntegrationError.Follow(ctx, 15, time.Hour, nil))
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, reason)
				assert.Equal(t, at, time.Since(begin))
				assert.EqualError(t, err, "halopsa: IntegrationError.Follow: GET /IntegrationError: the service shuts down")
			})
		})
	}
	t.Run("before it begins", func(t *testing.T) {
		t.Parallel()
		c, h := newLogStandin(t, "as asked", nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := halopsa.Collect(c.IntegrationError.Follow(ctx, 15, time.Hour, nil))
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, h.Requests())
	})
	t.Run("too short for the limit", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			// The first look at a list that is empty although the cursor is that of a record asks twice.
			c, _ := trial.NewStandin(t, nil, halopsa.WithRateLimit(3, time.Hour))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
			defer cancel()
			begin := time.Now()
			_, err := halopsa.Collect(c.IntegrationError.Follow(ctx, 15, time.Minute, nil))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, 2*time.Minute, time.Since(begin), "the third look would have to wait longer than the context lasts")
		})
	})
}

// Since fails as All does: once the retries of a call are used up.
func TestSinceEndsWithAFailure(t *testing.T) {
	t.Parallel()
	c, h := newLogStandin(t, "as asked", nil, halopsa.WithBackoff(0, 0))
	seedLog(h, "IntegrationError", 300)
	h.Fault(halopsatest.Fault{After: 2, Times: -1, Status: http.StatusInternalServerError})
	got, err := halopsa.Collect(c.IntegrationError.Since(t.Context(), 0, nil))
	require.ErrorIs(t, err, halopsa.ErrServer)
	assert.Len(t, got, 100, "what came before")
	assert.Equal(t, 7, h.Count("GET", ""), "two pages and five attempts")
}
