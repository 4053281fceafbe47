package attempt_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/attempt"
	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/retry"
)

const target = "https://halo.example.com/api/Tickets?search=confidential"

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// tokens gives tokens, each its number, and counts on where one was refused.
type tokens struct {
	number byte
	err    error
}

func (s *tokens) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: "token-" + string('1'+s.number)}, s.err
}

func (s *tokens) Invalidate(string) { s.number++ }

func responds(status int, header http.Header, text string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text))}
}

// configured returns what a client needs that sends its requests to send.
func configured(send tripper) attempt.Config {
	return attempt.Config{
		HTTP: &http.Client{Transport: send}, Header: http.Header{"Accept": {"application/json"}, "User-Agent": {"test"}},
		Window: limit.NewWindow(0, time.Minute), Tokens: &tokens{}, MaxResponse: 1 << 20,
		Policy: retry.Policy{MaxRetries: 3, MinBackoff: time.Second, MaxBackoff: time.Second, MaxWait: time.Minute, MaxRefused: time.Hour},
	}
}

func get() *attempt.Exchange {
	return &attempt.Exchange{Op: "Tickets.List", Method: http.MethodGet, URL: target, Timeout: time.Minute}
}

// heard keeps what an observer is told.
type heard []attempt.Report

func (h *heard) Attempted(_ context.Context, r attempt.Report) { *h = append(*h, r) }

func (h *heard) Waiting(context.Context, time.Duration) {}

// TestAttempts plays a failure of each kind and then a success: each attempt is reported, and the text is the last one's.
func TestAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("reset")
		requests := 0
		client := attempt.New(configured(func(req *http.Request) (*http.Response, error) {
			requests++
			switch requests {
			case 1:
				return nil, broken
			case 2:
				return responds(http.StatusServiceUnavailable, http.Header{"Retry-After": {"5"}}, "a longer text than the last"), nil
			}
			time.Sleep(time.Second)
			return responds(http.StatusOK, nil, `{"id":1}`), nil
		}))
		x, reports := get(), heard{}
		x.Observer = &reports
		begin := time.Now()
		require.NoError(t, client.Do(t.Context(), x))
		assert.Equal(t, http.StatusOK, x.Response.StatusCode)
		assert.Equal(t, `{"id":1}`, string(x.Text()))
		assert.Equal(t, 3, x.Attempts)
		assert.Equal(t, "token-1", x.Token)
		assert.InDelta(t, 6500*time.Millisecond, time.Since(begin), float64(time.Second))
		require.Len(t, reports, 3)
		for i, r := range reports {
			assert.Equal(t, i+1, r.Number)
			assert.Equal(t, r.Err == nil, r.Response != nil)
		}
		require.ErrorIs(t, reports[0].Err, broken)
		assert.Equal(t, http.StatusServiceUnavailable, reports[1].Response.StatusCode)
		assert.Equal(t, time.Second, reports[2].Duration)
		x.Release()
		assert.Empty(t, x.Text())
		x.Release()
	})
}

// TestHeaderOfARequest is what all requests have, then what the call has, and the token of the attempt in every case.
func TestHeaderOfARequest(t *testing.T) {
	t.Parallel()
	var sent []http.Header
	client := attempt.New(configured(func(req *http.Request) (*http.Response, error) {
		sent = append(sent, req.Header)
		if len(sent) == 1 {
			return responds(http.StatusUnauthorized, http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}, ""), nil
		}
		return responds(http.StatusOK, nil, ""), nil
	}))
	own := http.Header{"User-Agent": {"mine"}, "X-Trace": {"1"}, "Idempotency-Key": {"2"}}
	x := get()
	x.Method, x.Header, x.Kind = http.MethodPost, own, retry.Create
	require.NoError(t, client.Do(t.Context(), x))
	defer x.Release()
	want := http.Header{
		"Accept": {"application/json"}, "Content-Type": {"application/json"}, "User-Agent": {"mine"}, "X-Trace": {"1"},
		"idempotency-key": {"2"}, "Authorization": {"Bearer token-1"},
	}
	require.Len(t, sent, 2)
	assert.Equal(t, want, sent[0])
	want["Authorization"] = []string{"Bearer token-2"}
	assert.Equal(t, want, sent[1])
	assert.Len(t, own, 3, "the caller's stays as it is")
	assert.Contains(t, own, "Idempotency-Key")

	x = get()
	require.NoError(t, client.Do(t.Context(), x))
	defer x.Release()
	assert.Equal(t, http.Header{"Accept": {"application/json"}, "User-Agent": {"test"}, "Authorization": {"Bearer token-2"}}, sent[2])
}

// TestErrorsAreThePackagesOwn: its callers tell them apart by their types, and none shows the query.
func TestErrorsAreThePackagesOwn(t *testing.T) {
	t.Parallel()
	cause := errors.New("the service shuts down")
	as := func(target any) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			t.Helper()
			assert.ErrorAs(t, err, target)
		}
	}
	for name, test := range map[string]struct {
		set   func(*attempt.Config, *attempt.Exchange)
		check func(*testing.T, error)
	}{
		"token": {func(c *attempt.Config, _ *attempt.Exchange) { c.Tokens = &tokens{err: cause} }, as(new(*attempt.TokenError))},
		"wait": {func(c *attempt.Config, _ *attempt.Exchange) {
			c.Window = limit.NewWindow(1, time.Hour)
			slot, _ := c.Window.Acquire(context.Background())
			slot.Done()
		}, func(t *testing.T, err error) {
			var wait *limit.WaitError
			require.ErrorAs(t, err, &wait)
			assert.False(t, wait.Refused)
			assert.InDelta(t, time.Hour, wait.Wait, float64(time.Minute))
		}},
		"wait after a refusal": {func(c *attempt.Config, _ *attempt.Exchange) {
			c.Window.SetLongestHold(time.Second)
			slot, _ := c.Window.Acquire(context.Background())
			slot.Refused(time.Minute, true)
		}, func(t *testing.T, err error) {
			var wait *limit.WaitError
			require.ErrorAs(t, err, &wait)
			assert.True(t, wait.Refused)
			assert.Equal(t, time.Minute, wait.Wait)
		}},
		"size": {func(c *attempt.Config, _ *attempt.Exchange) { c.MaxResponse = 3 }, func(t *testing.T, err error) {
			var size *attempt.SizeError
			require.ErrorAs(t, err, &size)
			assert.Equal(t, int64(3), size.Cap)
		}},
		"URL": {func(_ *attempt.Config, x *attempt.Exchange) {
			x.URL = "https://halo.example.com:x/?search=confidential"
		}, func(t *testing.T, err error) {
			assert.Equal(t, attempt.ErrURL, err)
		}},
		"timeout": {func(c *attempt.Config, x *attempt.Exchange) {
			c.HTTP.Transport = tripper(func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, &url.Error{Op: "Get", URL: target, Err: req.Context().Err()}
			})
			c.Policy.MaxRetries, x.Timeout = 0, time.Second
		}, func(t *testing.T, err error) {
			var slow interface{ Timeout() bool }
			require.ErrorAs(t, err, &slow)
			assert.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context is still good")
		}},
		"context": {func(c *attempt.Config, _ *attempt.Exchange) {
			c.HTTP.Transport = tripper(func(*http.Request) (*http.Response, error) { return responds(http.StatusBadGateway, nil, ""), nil })
			c.Policy.MinBackoff, c.Policy.MaxBackoff, c.Policy.MaxRetries = 4*time.Second, 4*time.Second, 1000
		}, func(t *testing.T, err error) { assert.Equal(t, cause, err) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Minute, func() { cancel(cause) })
				if name == "wait" {
					var stop context.CancelFunc
					ctx, stop = context.WithTimeout(ctx, time.Second)
					defer stop()
				}
				conf, x := configured(func(*http.Request) (*http.Response, error) { return responds(http.StatusOK, nil, "text"), nil }), get()
				test.set(&conf, x)
				err := attempt.New(conf).Do(ctx, x)
				require.Error(t, err)
				test.check(t, err)
				assert.NotContains(t, err.Error(), "confidential")
				assert.Nil(t, x.Response)
				if name != "URL" && name != "context" {
					assert.Equal(t, 1, x.Attempts, "another one would fail the same way")
				}
				x.Release()
			})
		})
	}
}
