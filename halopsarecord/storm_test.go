package halopsarecord_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

const (
	stormWorkers = 8
	stormCalls   = 250 // of each
	stormSeed    = 20261127
)

// weather chooses the faults of the tenant, one for each fifth request.
type weather struct {
	mu     sync.Mutex
	random *rand.Rand
	struck map[string]int
}

func (w *weather) choose(*http.Request) *halopsatest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.random.IntN(5) > 0 {
		return nil
	}
	faults := map[string]halopsatest.Fault{
		"429":         {Status: 429, Header: http.Header{"Retry-After": {"3"}}},
		"503":         {Status: 503},
		"504":         {Kind: halopsatest.HTML504},
		"504 applied": {Kind: halopsatest.HTML504, Applied: true},
		"reset":       {Kind: halopsatest.Reset, Applied: true},
		"truncated":   {Kind: halopsatest.Truncated},
		"400":         {Status: 400, Body: `{"[0].url":["The url field is wrong."]}`},
	}
	names := []string{"429", "503", "504", "504 applied", "reset", "truncated", "400"}
	name := names[w.random.IntN(len(names))]
	w.struck[name]++
	f := faults[name]
	return &f
}

// stormRMM is the other system. What it does is in the path, so that a caller knows what must come.
var stormRMM = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch {
	case strings.HasPrefix(r.URL.Path, "/break"):
		panic(http.ErrAbortHandler)
	case strings.HasPrefix(r.URL.Path, "/cut"):
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	case strings.HasPrefix(r.URL.Path, "/slow"):
		time.Sleep(30 * time.Second)
	case strings.HasPrefix(r.URL.Path, "/error"):
		w.WriteHeader(http.StatusInternalServerError)
	}
	w.Header().Set("Set-Cookie", "sid="+canary)
	_, _ = w.Write(body)
})

// TestStorm records the calls of 8 workers while the tenant has its faults. No call is changed, no note is doubled, each is counted, and no
// credential is stored.
func TestStorm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler(halopsatest.WithRateLimit(700, 5*time.Minute))
		sky := &weather{random: rand.New(rand.NewPCG(stormSeed, 1)), struck: make(map[string]int)}
		h.FaultFunc(sky.choose)
		rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(500), halopsarecord.WithMemory(1<<20))
		hc := &http.Client{Transport: rec.Transport(halopsatest.Transport(stormRMM)), Timeout: 20 * time.Second}
		logger := slog.New(rec.Handler(nil))
		var running sync.WaitGroup
		for worker := range stormWorkers {
			running.Go(func() { stormWork(t, hc, logger, worker) })
		}
		running.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		require.ErrorIs(t, rec.Close(ctx), halopsarecord.ErrNotWritten, "of some it is unknown")

		state := rec.State()
		adds(t, state)
		assert.Zero(t, state.Bytes)
		for resource, c := range map[string]halopsarecord.Counts{"IntegrationRequest": state.Requests, "IntegrationError": state.Errors} {
			assert.Zero(t, c.Waiting)
			stored := int64(h.Len(resource))
			assert.GreaterOrEqual(t, stored, c.Written, "what is written is there")
			assert.LessOrEqual(t, stored, c.Written+c.Unknown)
			assert.Greater(t, c.Written, c.Seen/10)
		}
		assert.Equal(t, int64(stormWorkers*stormCalls), state.Requests.Seen)
		seen := make(map[string]bool)
		for _, record := range h.Stored("IntegrationRequest") {
			key := fmt.Sprint(record["url"])
			assert.False(t, seen[key], "%s is there twice", key)
			seen[key] = true
		}
		data, err := json.Marshal([]any{h.Stored("IntegrationRequest"), h.Stored("IntegrationError")})
		require.NoError(t, err)
		assert.NotContains(t, string(data), canary)
		assert.Empty(t, h.Unknown())
		assert.Len(t, sky.struck, 7, "every fault has struck")
		t.Logf("%d requests; %+v", state.Sent, state)
	})
}

// stormWork makes the calls of one worker and checks that each ends as it does without a recorder.
func stormWork(t *testing.T, hc *http.Client, logger *slog.Logger, worker int) {
	random := rand.New(rand.NewPCG(stormSeed, uint64(100+worker)))
	for n := range stormCalls {
		kind := []string{"ok", "ok", "ok", "break", "cut", "slow", "error"}[random.IntN(7)]
		target := fmt.Sprintf("https://rmm.example.com/%s/%d-%d?api_key=%s", kind, worker, n, canary)
		body := fmt.Sprintf(`{"n":%d,"password":"%s","fill":"%s"}`, n, canary, strings.Repeat("x", random.IntN(1000)))
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
		assert.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+canary)
		resp, err := hc.Do(req)
		var got []byte
		if err == nil {
			got, err = io.ReadAll(resp.Body)
			assert.NoError(t, resp.Body.Close())
		}
		cancel()
		switch kind {
		case "break":
			assert.ErrorIs(t, err, halopsatest.ErrReset)
		case "cut":
			assert.ErrorIs(t, err, halopsatest.ErrReset)
			assert.Equal(t, body[:len(body)/2], string(got))
		case "slow":
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		case "error":
			assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
			fallthrough
		default:
			assert.NoError(t, err)
			assert.Equal(t, body, string(got))
		}
		if err != nil {
			logger.Error("a call failed", "error", err, "entity_type", "device", "entity_id", n, "endpoint", "POST "+target)
		}
		time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
	}
}

// TestStateAndCloseAtOnce reads the state and closes while calls are under way.
func TestStateAndCloseAtOnce(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(100))
	hc, logger := through(rec), slog.New(rec.Handler(nil))
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 50 {
				assert.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/", "x"))
				logger.Error("x")
				rec.State()
			}
		})
	}
	for range 3 {
		running.Go(func() {
			if err := rec.Close(t.Context()); err != nil {
				assert.ErrorIs(t, err, halopsarecord.ErrDropped)
			}
		})
	}
	running.Wait()
	adds(t, rec.State())
	assert.Equal(t, int64(400), rec.State().Requests.Seen)
	assert.Equal(t, int64(400), rec.State().Errors.Seen)
}

// TestTransportKeepsToItsContract: the request is not changed, a body of a switched protocol is not touched, and idle connections are closed.
func TestTransportKeepsToItsContract(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(100))
	both := &struct {
		io.Reader
		io.Writer
		io.Closer
	}{strings.NewReader(""), io.Discard, io.NopCloser(nil)}
	next := &contract{resp: &http.Response{StatusCode: http.StatusSwitchingProtocols, Body: both}}
	transport := rec.Transport(next)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://rmm.example.com/", strings.NewReader("body"))
	require.NoError(t, err)
	before := req.Body
	resp, err := transport.RoundTrip(req)
	require.NoError(t, err)
	assert.Same(t, both, resp.Body)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, before, req.Body)
	assert.Equal(t, []string{"body", "body"}, next.bodies, "a body that is sent again is whole")
	(&http.Client{Transport: transport}).CloseIdleConnections()
	assert.True(t, next.closed)

	next.resp, next.err = nil, panics{}
	resp, err = transport.RoundTrip(req) //nolint:bodyclose // there is none
	assert.Nil(t, resp)
	assert.Equal(t, panics{}, err)
	next.err = nil
	resp, err = transport.RoundTrip(req) //nolint:bodyclose // there is none
	assert.Nil(t, resp)
	assert.NoError(t, err, "a transport that keeps to nothing is the caller's business")
	require.NoError(t, rec.Close(t.Context()))
	assert.Equal(t, "body", h.Stored("IntegrationRequest")[0]["request_body"])
	assert.Equal(t, 3, h.Len("IntegrationRequest"))
}

// TestPanicsEndNoProgram: what panics in the client's own transport is an error of the recorder, and it continues.
func TestPanicsEndNoProgram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		broken := &sometimes{next: h.Transport()}
		rec := halopsarecord.New(h.Client(t, halopsa.WithHTTPClient(&http.Client{Transport: broken})), module)
		broken.on.Store(true)
		require.NoError(t, call(t.Context(), through(rec), http.MethodGet, "https://rmm.example.com/1", ""))
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.ErrorContains(t, rec.State().Err, "a panic: a broken transport, token=[redacted]")
		broken.on.Store(false)
		require.NoError(t, call(t.Context(), through(rec), http.MethodGet, "https://rmm.example.com/2", ""))
		require.ErrorIs(t, rec.Close(t.Context()), halopsarecord.ErrNotWritten)
		assert.Equal(t, halopsarecord.Counts{Seen: 2, Written: 1, Unknown: 1}, rec.State().Requests)
		assert.Zero(t, rec.State().Bytes)
	})
}

// TestErrorsThatPanicAreLogged: a log line passes, and is recorded, whatever its error does when it is looked into.
func TestErrorsThatPanicAreLogged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module)
		logger := slog.New(rec.Handler(nil))
		all := []error{(*halopsa.APIError)(nil), (*halopsa.CallError)(nil), (*halopsa.DecodeError)(nil), panics{}, panicsInside{errors.New("no")}}
		for _, err := range all {
			assert.NotPanics(t, func() { logger.Error("failed", "error", err) })
			assert.NotPanics(t, func() { logger.With("error", err).Error("failed") })
		}
		require.NoError(t, rec.Close(t.Context()))
		assert.Equal(t, 2*len(all), h.Len("IntegrationError"))
	})
}

// panicsInside is an error that must not be unwrapped.
type panicsInside struct{ error }

func (panicsInside) Unwrap() error { panic("nothing inside") }

// sometimes is a transport that panics at writes while it is on.
type sometimes struct {
	next http.RoundTripper
	on   atomic.Bool
}

func (s *sometimes) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.on.Load() && strings.HasSuffix(req.URL.Path, "IntegrationRequest") {
		panic("a broken transport, token=" + canary)
	}
	return s.next.RoundTrip(req)
}

// contract is a transport that sends a body twice.
type contract struct {
	resp   *http.Response
	err    error
	bodies []string
	closed bool
}

func (c *contract) CloseIdleConnections() { c.closed = true }

func (c *contract) RoundTrip(req *http.Request) (*http.Response, error) {
	first, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	again, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	second, err := io.ReadAll(again)
	c.bodies = append(c.bodies, string(first), string(second))
	if c.err != nil {
		return nil, c.err
	}
	return c.resp, err
}

// panics is an error that must not be asked for its text.
type panics struct{}

func (panics) Error() string { panic("no text") }
