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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/redact"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/verdict"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// exchange is one call on its way: what its attempts share. It travels in the context of the request, since neither
// retryablehttp nor net/http knows what a request means.
type exchange struct {
	retry.State
	op, path string
	timeout  time.Duration
	logger   *slog.Logger
	token    string // of the last attempt

	requestID string // of the last answer

	req         *request
	secrets     *redact.Redactor // of the call, made when a text is shown
	secretToken string           // the token that it knows

	body       *bytes.Buffer // of the last answer
	unreadable error         // why its text cannot be read: an encoding or a charset
	result     retry.Result  // of the last attempt
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
	// errNoResponse is returned for a transport or a middleware that keeps to nothing.
	errNoResponse = errors.New("the HTTP client's transport returned neither a response with a body nor an error")
)

// timeoutError is an attempt that took too long. It is not context.DeadlineExceeded: the caller's context is still good.
type timeoutError struct{}

func (*timeoutError) Error() string { return "the attempt took longer than its timeout" }
func (*timeoutError) Timeout() bool { return true }

// RoundTrip sends req once and leaves the answer's body in the exchange of its context.
func (t *attemptTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("halopsa: a request from outside the SDK")
	}
	a := Attempt{Op: x.op, Method: req.Method, Path: x.path, Number: x.Attempts + 1, Begin: time.Now()}
	resp, err := t.attempt(ctx, x, req, &a)
	t.report(ctx, x, &a, resp, err)
	return resp, err
}

// attempt makes the attempt that a describes.
func (t *attemptTransport) attempt(ctx context.Context, x *exchange, req *http.Request, a *Attempt) (*http.Response, error) {
	x.result = retry.Result{Fatal: true}
	slot, err := t.admit(ctx)
	if err != nil {
		a.Wait = time.Since(a.Begin)
		var wait *WaitError
		if errors.As(err, &wait) {
			a.Failure = "limit"
		}
		return nil, err
	}
	giveBack := slot.Cancel
	defer func() { giveBack() }() // also where a transport panics
	token, err := auth.Ask(ctx, t.client.conf.tokens.Token)
	a.Wait = time.Since(a.Begin)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		a.Failure = "token"
		return nil, authError(t.client.conf.clientSecret, err)
	}
	x.result.Fatal = false
	giveBack = slot.Done
	resp, err := t.send(ctx, x, req, token.AccessToken)
	giveBack = t.settle(x, slot, resp, err, token)
	a.Duration = time.Since(a.Begin) - a.Wait
	return resp, err
}

// admit waits for the limits.
func (t *attemptTransport) admit(ctx context.Context) (*limit.Slot, error) {
	slot, err := t.client.conf.window.Acquire(ctx)
	if err != nil {
		var wait *limit.WaitError
		var hold *limit.HoldError
		switch {
		case errors.As(err, &wait):
			return nil, &WaitError{Wait: wait.Wait}
		case errors.As(err, &hold):
			return nil, &WaitError{Wait: hold.Wait, refused: true}
		}
		return nil, err
	}
	if limiter := t.client.conf.limiter; limiter != nil {
		admitted := false
		defer func() {
			if !admitted { // a limiter can panic, too
				slot.Cancel()
			}
		}()
		if err := limiter.Wait(ctx); err != nil {
			return nil, fmt.Errorf("the limiter lets no request through: %w", err)
		}
		admitted = true
	}
	return slot, nil
}

// send makes the attempt within its timeout and reads the whole answer, up to the cap.
func (t *attemptTransport) send(parent context.Context, x *exchange, req *http.Request, token string) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(parent, x.timeout, errTimeout)
	defer cancel()
	if parent.Err() != nil { // a limiter or a token source may not look, and the transport would not say that nothing was sent
		return nil, context.Cause(parent)
	}
	var trace *sentTrace
	if x.Kind != retry.Read {
		trace = &sentTrace{}
		ctx = trace.attach(ctx)
	}
	out := req.WithContext(ctx)
	out.Header = make(http.Header, len(req.Header)+1)
	for name, values := range req.Header {
		if trace != nil && strings.HasSuffix(name, "Idempotency-Key") {
			// HaloPSA knows no such header, but net/http repeats a write by itself that has one. It does not find it in lower case.
			name = strings.ToLower(name)
		}
		out.Header[name] = values
	}
	out.Header["Authorization"] = []string{"Bearer " + token}
	x.token = token

	resp, err := t.next.RoundTrip(out)
	if err != nil {
		x.result.Sent = trace.maybeSent(err)
		return nil, plainError(parent, ctx, err)
	}
	x.result.Sent = true
	if resp == nil || resp.Body == nil { // against the contract of http.RoundTripper, which http.Client only checks for its own
		return nil, errNoResponse
	}
	err = readBody(x, resp, t.client.conf.maxResponse)
	_ = resp.Body.Close()
	if err != nil && (resp.StatusCode < http.StatusMultipleChoices || parent.Err() != nil) {
		return nil, plainError(parent, ctx, err)
	}
	// The status of a refusal stands, even if its text broke off.
	resp.Body = http.NoBody
	x.decode(resp, t.client.conf.maxResponse)
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		if _, err := resp.Location(); err != nil {
			resp.Header.Del("Location") // http.Client would make an error of one that cannot be read, and hide the status
		}
	}
	return resp, nil
}

// settle records the result of an attempt and returns how its slot is to be given back.
func (t *attemptTransport) settle(x *exchange, slot *limit.Slot, resp *http.Response, err error, token *oauth2.Token) (giveBack func()) {
	if err != nil {
		x.result.Err = err
		x.result.Fatal = fatal(err)
		if x.result.Sent {
			return slot.Done
		}
		return slot.Cancel
	}
	x.result.Verdict = verdict.Of(resp.StatusCode, resp.Header, x.body.Bytes())
	x.result.RetryAfter, x.result.Asked = retry.After(resp.Header, time.Now())
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		x.result.Held = slot.Refused(x.result.RetryAfter, x.result.Asked)
		return func() {}
	case http.StatusUnauthorized:
		x.result.Renewed = t.renew(x, token.AccessToken, blamesToken(resp.Header, x.body.Bytes()))
	default:
		t.client.rights.accept(token.AccessToken, x.op)
	}
	return slot.Done
}

// blamesToken reports whether a 401 says that the token is wrong; that of a missing right is empty. [live]
func blamesToken(header http.Header, body []byte) bool {
	said := wire.Challenge(header.Get("WWW-Authenticate")) + wire.ErrorMessage(header.Get("Content-Type"), body)
	return strings.Contains(strings.ToLower(said), "token") || strings.Contains(strings.ToLower(said), "expired")
}

// renew drops a token that was refused, unless it is another right that is missing.
func (t *attemptTransport) renew(x *exchange, token string, blamed bool) bool {
	var fetched time.Time
	if source, ok := t.client.conf.tokens.(interface{ fetchedAt(token string) time.Time }); ok {
		fetched = source.fetchedAt(token)
	}
	if !t.client.rights.refuse(token, x.op, fetched, blamed) {
		return false
	}
	if source, ok := t.client.conf.tokens.(invalidator); ok {
		source.Invalidate(token)
	}
	return true
}

func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// decode makes UTF-8 without compression of what was read, of what net/http has left to be decoded.
func (x *exchange) decode(resp *http.Response, longest int64) {
	body := x.body.Bytes()
	plain, err := wire.Plain(resp.Header.Get("Content-Type"), resp.Header.Get("Content-Encoding"), body, longest)
	x.unreadable = err
	if err != nil || len(plain) == len(body) && (len(body) == 0 || &plain[0] == &body[0]) {
		return
	}
	plain = bytes.Clone(plain) // it can be a part of what is overwritten
	x.body.Reset()
	x.body.Write(plain)
	resp.Header.Del("Content-Encoding")
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
	failed := resp.StatusCode >= http.StatusMultipleChoices
	if failed { // its status says more than its size does, and only its beginning is of use
		longest = 2 * longestErrorBody
	}
	if resp.ContentLength > longest && !failed {
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
