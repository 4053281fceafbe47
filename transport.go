package halopsa

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/retry"
)

// exchange is one call on its way: what its attempts share. It travels in the context of the request, since neither
// retryablehttp nor net/http knows what a request means.
type exchange struct {
	retry.State
	op, path string
	timeout  time.Duration
	logger   *slog.Logger

	body   *bytes.Buffer // of the last answer
	result retry.Result  // of the last attempt
}

type exchangeKey struct{}

// attemptTransport makes one attempt: limiter, token, request, capped read. It has no CloseIdleConnections on purpose:
// retryablehttp would call it after every failure and so close the connections of all other calls.
type attemptTransport struct {
	client *Client
	next   http.RoundTripper
}

var (
	errTooLarge = errors.New("the answer is larger than the limit")
	errTimeout  = &timeoutError{}
)

// timeoutError is an attempt that took too long. It is not context.DeadlineExceeded: the caller's context is still good.
type timeoutError struct{}

func (*timeoutError) Error() string { return "the attempt took longer than its timeout" }
func (*timeoutError) Timeout() bool { return true }

// fatalError is a failure that another attempt would meet again.
type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// RoundTrip sends req once and leaves the answer's body in the exchange of its context.
func (t *attemptTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("halopsa: a request from outside the SDK")
	}
	x.result = retry.Result{}
	slot, err := t.admit(ctx)
	if err != nil {
		x.result.Fatal = true
		return nil, err
	}
	token, err := t.client.conf.tokens.Token(ctx)
	if err == nil && (token == nil || token.AccessToken == "") {
		err = errors.New("the token source returned no token")
	}
	if err != nil {
		slot.Cancel()
		x.result.Fatal = true
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, authError(err)
	}
	begin := time.Now()
	resp, err := t.send(ctx, x, req, token.AccessToken)
	t.settle(x, slot, resp, err, token)
	t.log(ctx, x, req, resp, err, time.Since(begin))
	return resp, err
}

// admit waits for the limits.
func (t *attemptTransport) admit(ctx context.Context) (*limit.Slot, error) {
	slot, err := t.client.conf.window.Acquire(ctx)
	if err != nil {
		var wait *limit.WaitError
		if errors.As(err, &wait) {
			return nil, &WaitError{Wait: wait.Wait}
		}
		return nil, err
	}
	if limiter := t.client.conf.limiter; limiter != nil {
		if err := limiter.Wait(ctx); err != nil {
			slot.Cancel()
			return nil, fmt.Errorf("the limiter lets no request through: %w", err)
		}
	}
	return slot, nil
}

// send makes the attempt within its timeout and reads the whole answer, up to the cap.
func (t *attemptTransport) send(parent context.Context, x *exchange, req *http.Request, token string) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(parent, x.timeout, errTimeout)
	defer cancel()
	var trace *sentTrace
	if x.Kind != retry.Read {
		trace = &sentTrace{}
		ctx = trace.attach(ctx)
	}
	out := req.WithContext(ctx)
	out.Header = make(http.Header, len(req.Header)+1)
	for name, values := range req.Header {
		out.Header[name] = values
	}
	out.Header["Authorization"] = []string{"Bearer " + token}

	resp, err := t.next.RoundTrip(out)
	if err != nil {
		x.result.Sent = trace.maybeSent(err)
		return nil, plainError(parent, ctx, err)
	}
	x.result.Sent = true
	err = readBody(x, resp, t.client.conf.maxResponse)
	_ = resp.Body.Close()
	if err != nil {
		return nil, plainError(parent, ctx, err)
	}
	resp.Body = http.NoBody
	return resp, nil
}

// settle records the result of an attempt and gives the slot back.
func (t *attemptTransport) settle(x *exchange, slot *limit.Slot, resp *http.Response, err error, token *oauth2.Token) {
	if err != nil {
		x.result.Err = err
		x.result.Fatal = fatal(err)
		if x.result.Sent {
			slot.Done()
		} else {
			slot.Cancel()
		}
		return
	}
	x.result.Status = resp.StatusCode
	x.result.RetryAfter, x.result.Asked = retry.After(resp.Header, time.Now())
	if resp.StatusCode == http.StatusTooManyRequests {
		x.result.Held = slot.Refused(x.result.RetryAfter, x.result.Asked)
		return
	}
	slot.Done()
	if resp.StatusCode == http.StatusUnauthorized {
		if source, ok := t.client.conf.tokens.(invalidator); ok {
			source.Invalidate(token.AccessToken)
		}
	}
}

// log writes one line from an allow-list: nothing that can hold a secret.
func (t *attemptTransport) log(ctx context.Context, x *exchange, req *http.Request, resp *http.Response, err error, took time.Duration) {
	if !x.logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("op", x.op), slog.String("method", req.Method), slog.String("path", x.path),
		slog.Int("attempt", x.Attempts+1), slog.Duration("took", took),
	}
	if err != nil {
		attrs = append(attrs, slog.String("failure", failureKind(err)))
	} else {
		attrs = append(attrs, slog.Int("status", resp.StatusCode), slog.Int("bytes", x.body.Len()),
			slog.String("request_id", requestID(resp.Header)))
	}
	x.logger.LogAttrs(ctx, slog.LevelDebug, "halopsa: attempt", attrs...)
}

// failureKind names an error without repeating its text, which can come from a transport that is not ours.
func failureKind(err error) string {
	var netErr net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline"
	case errors.Is(err, errTooLarge):
		return "too large"
	case errors.As(err, &netErr) && netErr.Timeout():
		return "timeout"
	}
	return "network"
}

func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestPooled keeps one enormous answer from staying in memory for good.
const largestPooled = 4 << 20

func (x *exchange) release() {
	if x.body != nil && x.body.Cap() <= largestPooled {
		x.body.Reset()
		buffers.Put(x.body)
	}
	x.body = nil
}

func readBody(x *exchange, resp *http.Response, longest int64) error {
	if x.body == nil {
		x.body = buffers.Get().(*bytes.Buffer) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	}
	x.body.Reset()
	if resp.ContentLength > longest {
		return fmt.Errorf("%w of %d bytes; a smaller page or a filter makes it smaller, WithMaxResponseSize raises the limit", errTooLarge, longest)
	}
	if resp.ContentLength > 0 {
		// bytes.MinRead more, or ReadFrom grows the buffer once again to find the end.
		x.body.Grow(int(min(resp.ContentLength, largestPooled)) + bytes.MinRead)
	}
	n, err := x.body.ReadFrom(io.LimitReader(resp.Body, longest+1))
	if err != nil {
		return fmt.Errorf("the answer broke off after %d bytes: %w", n, err)
	}
	if n > longest {
		return fmt.Errorf("%w of %d bytes; a smaller page or a filter makes it smaller, WithMaxResponseSize raises the limit", errTooLarge, longest)
	}
	return nil
}

// plainError strips what can show a query or a credential, and tells the attempt's timeout from the caller's context.
func plainError(parent, attempt context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case parent.Err() != nil:
		return context.Cause(parent)
	case attempt.Err() != nil:
		return context.Cause(attempt)
	}
	return err
}

// fatal reports whether another attempt would fail the same way.
func fatal(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		record      tls.RecordHeaderError
	)
	return errors.Is(err, errTooLarge) || errors.As(err, &certificate) || errors.As(err, &authority) ||
		errors.As(err, &host) || errors.As(err, &record)
}

// sentTrace tells whether a request got a connection, before which no byte of it can have been written.
type sentTrace struct{ asked, got atomic.Bool }

func (s *sentTrace) attach(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// net/http asks again when it retries by itself, which it does with a write only if nothing of it was written.
		GetConn: func(string) { s.asked.Store(true); s.got.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { s.got.Store(true) },
	})
}

// maybeSent reports whether the request may have reached the server: true unless the opposite is certain.
func (s *sentTrace) maybeSent(err error) bool {
	if s != nil && s.asked.Load() && !s.got.Load() {
		return false
	}
	var op *net.OpError
	var dns *net.DNSError
	return !(errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns))
}
