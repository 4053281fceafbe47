package halopsarecord_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

const module = 12

// rmm is the other system: it responds with what it was sent, and to /fail not at all.
var rmm = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/fail") {
		panic(http.ErrAbortHandler)
	}
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	w.Header().Set("X-Request-Id", "r-1")
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write(body)
})

// call makes a call and reads its response to the end.
func call(ctx context.Context, hc *http.Client, method, url, body string, header ...string) error {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := hc.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}

// through returns a client of the RMM that is recorded.
func through(rec *halopsarecord.Recorder) *http.Client {
	return &http.Client{Transport: rec.Transport(halopsatest.Transport(rmm))}
}

// adds asserts that the counts of a state add up.
func adds(t *testing.T, s halopsarecord.State) {
	t.Helper()
	for _, c := range []halopsarecord.Counts{s.Requests, s.Errors} {
		assert.Equal(t, c.Seen, c.Written+c.Unknown+c.Refused+c.Dropped+c.Waiting)
	}
}

func TestCallsAreRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithDetailID(3), nil)
		hc := through(rec)
		began := time.Now()
		require.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/devices?page=2", `{"name":"PC-7"}`, "Content-Type", "application/json"))
		require.Error(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/fail", ""))
		assert.Empty(t, h.Stored("IntegrationRequest"), "nothing is sent for the first of them alone")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		stored := h.Stored("IntegrationRequest")
		require.Len(t, stored, 2)
		assert.Equal(t, 1, h.Count("POST", "IntegrationRequest"))
		first, second := stored[0], stored[1]
		assert.Equal(t, "POST", first["operation"])
		assert.Equal(t, "rmm.example.com", first["type"])
		assert.Equal(t, "https://rmm.example.com/devices?page=2", first["url"])
		assert.Equal(t, "202", fmt.Sprint(first["resultcode"]))
		assert.Equal(t, true, first["isoutgoing"])
		assert.Equal(t, "12 3", fmt.Sprint(first["msid"], " ", first["details_id"]))
		assert.Equal(t, "Content-Type: application/json", first["request_headers"])
		assert.Contains(t, first["response_headers"], "X-Request-Id: r-1")
		assert.Nil(t, first["request_body"], "bodies are recorded only when asked for")
		assert.Nil(t, first["response_body"])
		assert.Contains(t, first["datelogged"], began.UTC().Format("2006-01-02T15:04:05"))
		assert.Nil(t, second["resultcode"])
		assert.Equal(t, "no response: halopsatest: connection reset", second["response_body"])
		assert.Empty(t, h.Unknown())

		state := rec.State()
		assert.Equal(t, halopsarecord.State{Requests: halopsarecord.Counts{Seen: 2, Written: 2}, Sent: 1}, state)
		require.NoError(t, rec.Close(t.Context()))
		require.NoError(t, rec.Close(t.Context()), "a second time")
	})
}

// TestTextsFitTheirColumns: a text that is too long would cost the whole batch.
func TestTextsFitTheirColumns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module)
		require.NoError(t, call(t.Context(), through(rec), strings.Repeat("M", 40), "https://"+strings.Repeat("h", 600)+"/"+strings.Repeat("p/", 2000), ""))
		slog.New(rec.Handler(nil)).Error(strings.Repeat("🙂", 1500), "entity_type", strings.Repeat("t", 101), "entity_name", strings.Repeat("ü", 200), "endpoint", strings.Repeat("/x", 150))
		require.NoError(t, rec.Close(t.Context()))
		assert.Equal(t, int64(1), rec.State().Requests.Written)
		assert.Equal(t, int64(1), rec.State().Errors.Written)
		request, failure := h.Stored("IntegrationRequest")[0], h.Stored("IntegrationError")[0]
		for text, most := range map[any]int{
			request["operation"]: 25, request["type"]: 500, request["url"]: 2000,
			failure["entity_type"]: 100, failure["entity_name"]: 100, failure["endpoint"]: 100, failure["error"]: 2000,
		} {
			units := len(utf16.Encode([]rune(fmt.Sprint(text))))
			assert.LessOrEqual(t, units, most)
			assert.GreaterOrEqual(t, units, most-1, "as much as fits: an emoji is two")
		}
	})
}

func TestErrorsAreRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		client := h.Client(t)
		rec := halopsarecord.New(client, module)
		var passed strings.Builder
		logger := slog.New(rec.Handler(slog.NewTextHandler(&passed, nil)))
		_, missing := client.IntegrationError.Get(t.Context(), 5, nil)
		logger.Info("a start", "entity_id", 1)
		logger.With("entity_type", "device").WithGroup("sync").With("entity_id", 7).Error("no such site",
			"entity_name", "PC-7", "endpoint", "GET /devices/7", "detail_id", "4", slog.Group("cause", "error", errors.New("404")), "other", "not recorded")
		logger.Error("could not be read", "err", fmt.Errorf("the log: %w", missing), "entity_id", "not a number")
		logger.Error(strings.Repeat("long ", 1000))
		require.NoError(t, rec.Close(t.Context()))
		stored := h.Stored("IntegrationError")
		require.Len(t, stored, 3)
		assert.Equal(t, []any{"device", "7", "PC-7", "GET /devices/7", "4", "no such site: 404", "12"}, []any{
			stored[0]["entity_type"], fmt.Sprint(stored[0]["entity_id"]), stored[0]["entity_name"], stored[0]["endpoint"],
			fmt.Sprint(stored[0]["detail_id"]), stored[0]["error"], fmt.Sprint(stored[0]["module_id"]),
		})
		assert.Equal(t, "GET /IntegrationError/5", stored[1]["endpoint"])
		assert.IsType(t, "", stored[1]["entity_type"], "the column takes no null")
		assert.Contains(t, stored[1]["error"], "could not be read: the log: halopsa: IntegrationError.Get")
		assert.Len(t, []rune(fmt.Sprint(stored[2]["error"])), 2000)
		assert.Equal(t, 4, strings.Count(passed.String(), "\n"), "all pass, at every level")
		assert.Contains(t, passed.String(), `sync.other="not recorded"`)
		assert.Equal(t, halopsarecord.Counts{Seen: 3, Written: 3}, rec.State().Errors)
	})
}

func TestLevelAndNoNextHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithLevel(slog.LevelWarn), halopsarecord.WithLevel(nil))
		logger := slog.New(rec.Handler(nil))
		assert.False(t, logger.Enabled(t.Context(), slog.LevelInfo))
		logger.Warn("a warning")
		require.NoError(t, rec.Close(t.Context()))
		assert.Equal(t, 1, h.Len("IntegrationError"))
	})
}

// TestBatches: 50 notes are sent at once, the rest after 10 s.
func TestBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module)
		hc := through(rec)
		for range 120 {
			require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""))
		}
		synctest.Wait()
		assert.Equal(t, 100, h.Len("IntegrationRequest"))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		assert.Equal(t, 100, h.Len("IntegrationRequest"))
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, 120, h.Len("IntegrationRequest"))
		assert.Equal(t, 3, h.Count("POST", "IntegrationRequest"))
		require.NoError(t, rec.Close(t.Context()))
	})
}

// TestShareOfTheLimit: the recorder never makes more than its part of the requests in any window, and drops and counts what is beyond its memory.
func TestShareOfTheLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		client := h.Client(t, halopsa.WithRateLimit(100, time.Minute))
		rec := halopsarecord.New(client, module, halopsarecord.WithShare(0.05), halopsarecord.WithShare(2), halopsarecord.WithMemory(200_000), halopsarecord.WithMemory(0))
		hc := through(rec)
		var at []time.Time
		h.SetHabits("IntegrationRequest", halopsatest.Habits{Respond: func(_ halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			at = append(at, time.Now())
			return a
		}})
		for range 3000 {
			require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""))
			time.Sleep(50 * time.Millisecond)
		}
		state := rec.State()
		adds(t, state)
		assert.NotZero(t, state.Requests.Dropped)
		assert.LessOrEqual(t, state.Bytes, int64(200_000))
		assert.NotZero(t, state.Requests.Written)
		require.ErrorIs(t, rec.Close(t.Context()), halopsarecord.ErrDropped, "for want of memory")
		for i := range len(at) - 5 {
			assert.GreaterOrEqual(t, at[i+5].Sub(at[i]), time.Minute, "5 of 100 requests in a minute")
		}
		state = rec.State()
		adds(t, state)
		assert.Zero(t, state.Requests.Waiting)
		assert.Zero(t, state.Bytes)
		assert.Equal(t, int64(h.Len("IntegrationRequest")), state.Requests.Written)
	})
}

// TestCloseGivesUpWithItsContext: what is left is dropped, and said so.
func TestCloseGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationRequest", Times: -1, Status: http.StatusTooManyRequests})
		rec := halopsarecord.New(h.Client(t), module)
		hc := through(rec)
		for range 7 {
			require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""))
		}
		stop := errors.New("time is up")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Second, stop)
		defer cancel()
		err := rec.Close(ctx)
		require.ErrorIs(t, err, halopsarecord.ErrDropped)
		require.ErrorIs(t, err, stop)
		assert.ErrorContains(t, err, "7 at the end")
		require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""), "calls pass still")
		assert.Equal(t, halopsarecord.Counts{Seen: 8, Dropped: 8}, rec.State().Requests)
		assert.ErrorIs(t, rec.State().Err, halopsa.ErrRateLimited)
	})
}

// TestFailuresOfTheTenant: what was not written is written later, what may have been is not, and what HaloPSA refuses is counted.
func TestFailuresOfTheTenant(t *testing.T) {
	t.Parallel()
	refusal := func(status int, body string) halopsatest.Fault {
		return halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationRequest", Status: status, Body: body}
	}
	for name, test := range map[string]struct {
		fault  halopsatest.Fault
		want   halopsarecord.Counts
		stored int
	}{
		"429":              {refusal(429, ""), halopsarecord.Counts{Seen: 5, Written: 5}, 5},
		"504":              {halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.HTML504, Applied: true}, halopsarecord.Counts{Seen: 5, Unknown: 5}, 5},
		"504, not applied": {halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.HTML504, Resource: "IntegrationRequest"}, halopsarecord.Counts{Seen: 5, Unknown: 5}, 0},
		"no token":         {halopsatest.Fault{Resource: halopsatest.Token, Status: 503, Times: 3}, halopsarecord.Counts{Seen: 5, Written: 5}, 5},
		"403":              {refusal(403, ""), halopsarecord.Counts{Seen: 5, Refused: 5}, 0},
		"400 for good": {
			halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationRequest", Status: 400, Body: `{"[0].url":["The url field is wrong."]}`, Match: func(r *http.Request) bool {
				body, _ := io.ReadAll(r.Body)
				return strings.Contains(string(body), "/3")
			}, Times: -1},
			halopsarecord.Counts{Seen: 5, Written: 4, Refused: 1}, 4,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := halopsatest.NewHandler()
				h.Fault(test.fault)
				rec := halopsarecord.New(h.Client(t, halopsa.WithBackoff(0, 0)), module)
				hc := through(rec)
				for i := range 5 {
					require.NoError(t, call(t.Context(), hc, http.MethodGet, fmt.Sprint("https://rmm.example.com/", i), ""))
				}
				err := rec.Close(t.Context())
				assert.Equal(t, test.want.Refused+test.want.Unknown > 0, errors.Is(err, halopsarecord.ErrNotWritten), err)
				assert.Equal(t, test.want, rec.State().Requests)
				assert.Equal(t, test.stored, h.Len("IntegrationRequest"))
				assert.Zero(t, rec.State().Bytes)
			})
		})
	}
}

// TestLossesAreTold: credentials that may not write the log are not found out from a counter alone.
func TestLossesAreTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationRequest", Status: http.StatusForbidden, Times: -1})
		var log strings.Builder
		var rec *halopsarecord.Recorder
		handler := slog.NewTextHandler(&log, nil)
		logger := slog.New(lateHandler{func() slog.Handler { return rec.Handler(handler) }}) // what it logs it would record too
		rec = halopsarecord.New(h.Client(t), module, halopsarecord.WithLevel(slog.LevelDebug), halopsarecord.WithLogger(logger))
		hc := through(rec)
		told := func() int {
			synctest.Wait()
			return strings.Count(log.String(), "level=WARN msg=\"halopsarecord: notes are lost\"")
		}
		for range 10 {
			require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""))
			time.Sleep(6 * time.Minute)
		}
		assert.Equal(t, 1, told(), "once in an hour")
		assert.Contains(t, log.String(), "module=12 refused=1 unknown=0 dropped=0")
		assert.Contains(t, log.String(), "status=403")
		assert.Contains(t, log.String(), "Client.Check")
		require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""))
		time.Sleep(6 * time.Minute)
		assert.Equal(t, 2, told())
		err := rec.Close(t.Context())
		require.ErrorIs(t, err, halopsarecord.ErrNotWritten)
		require.ErrorIs(t, err, halopsa.ErrForbidden)
		assert.ErrorContains(t, err, "11 refused, 0 unknown")
		assert.Zero(t, rec.State().Errors.Seen)
	})
}

// lateHandler is a handler that is made when it is used.
type lateHandler struct{ of func() slog.Handler }

func (l lateHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return l.of().Enabled(ctx, level)
}
func (l lateHandler) Handle(ctx context.Context, r slog.Record) error { return l.of().Handle(ctx, r) }
func (l lateHandler) WithAttrs(attrs []slog.Attr) slog.Handler        { return l.of().WithAttrs(attrs) }
func (l lateHandler) WithGroup(name string) slog.Handler              { return l.of().WithGroup(name) }

// TestDoesNotRecordItself puts the recorder into the way of its own client, and of its logger.
func TestDoesNotRecordItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		own := &swapped{next: h.Transport()}
		var rec *halopsarecord.Recorder
		var logger *slog.Logger
		client := h.Client(t, halopsa.WithHTTPClient(&http.Client{Transport: own}), halopsa.WithObserver(func(ctx context.Context, a halopsa.Attempt) {
			logger.ErrorContext(ctx, "an attempt", "path", a.Path)
		}))
		rec = halopsarecord.New(client, module)
		logger = slog.New(rec.Handler(nil))
		own.next = rec.Transport(h.Transport())
		require.NoError(t, call(t.Context(), through(rec), http.MethodGet, "https://rmm.example.com/", ""))
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, 1, h.Len("IntegrationRequest"))
		assert.Equal(t, 0, h.Len("IntegrationError"))
		_, err := client.IntegrationError.List(t.Context(), nil)
		require.NoError(t, err)
		require.NoError(t, rec.Close(t.Context()))
		assert.Equal(t, 2, h.Len("IntegrationRequest"), "another call of the same client is one to record")
		assert.Equal(t, 1, h.Len("IntegrationError"))
	})
}

// swapped is a transport that is chosen later.
type swapped struct{ next http.RoundTripper }

func (s *swapped) RoundTrip(req *http.Request) (*http.Response, error) { return s.next.RoundTrip(req) }

func TestNewPanics(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, "halopsarecord: New: the client is nil", func() { halopsarecord.New(nil, module) })
	assert.PanicsWithValue(t, "halopsarecord: New: the id of the module must be positive", func() { halopsarecord.New(&halopsa.Client{}, 0) })
}
