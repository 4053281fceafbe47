package attempt

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/verdict"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// attempt makes the attempt that r reports: limiter, token, request, capped read.
func (c *Client) attempt(ctx context.Context, x *Exchange, req *http.Request, r *Report) (*http.Response, error) {
	x.Result = retry.Result{Fatal: true}
	slot, err := c.admit(ctx, x)
	if err != nil {
		r.Wait = time.Since(r.Begin)
		return nil, err
	}
	giveBack := (*limit.Slot).Cancel
	defer func() { giveBack(slot) }() // also where a transport panics
	token, err := auth.Ask(ctx, c.conf.Tokens.Token)
	r.Wait = time.Since(r.Begin)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, &TokenError{err}
	}
	x.Result.Fatal = false
	giveBack = (*limit.Slot).Done
	resp, err := c.send(ctx, x, req, token.AccessToken)
	now := time.Now()
	r.Duration = now.Sub(r.Begin) - r.Wait
	giveBack = c.settle(x, slot, resp, err, now)
	return resp, err
}

// longWait is a wait that is told of when it begins.
const longWait = 5 * time.Second

// admit waits for the limits.
func (c *Client) admit(ctx context.Context, x *Exchange) (*limit.Slot, error) {
	slot := c.conf.Window.Free(ctx)
	if slot == nil {
		if wait := c.conf.Window.Expect(); wait >= longWait && ctx.Err() == nil && x.Observer != nil {
			x.Observer.Waiting(ctx, wait)
		}
		var err error
		if slot, err = c.conf.Window.Acquire(ctx); err != nil {
			return nil, err
		}
	}
	if limiter := c.conf.Limiter; limiter != nil {
		admitted := false
		defer func() {
			if !admitted { // a limiter can panic, too
				slot.Cancel()
			}
		}()
		if err := limiter.Wait(ctx); err != nil {
			return nil, fmt.Errorf("the limiter refused the request: %w", err)
		}
		admitted = true
	}
	return slot, nil
}

// send makes the attempt within its timeout and reads the whole response, up to the cap.
func (c *Client) send(parent context.Context, x *Exchange, req *http.Request, token string) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(parent, x.Timeout, errTimeout)
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
	out.Host = out.URL.Host
	out.Header = c.header(x, req.Header, token)
	if _, own := c.next.(*http.Transport); own && out.Method == http.MethodGet { // another transport is handed what it expects of a GET
		out.Body, out.GetBody, out.TransferEncoding = unrepeatable{}, nil, asItIs
	}
	x.Token = token

	resp, err := c.next.RoundTrip(out)
	if err != nil {
		x.Result.Sent = trace.maybeSent(err)
		return nil, plain(parent, ctx, err)
	}
	x.Result.Sent = true
	if resp == nil || resp.Body == nil { // against the contract of http.RoundTripper, which http.Client only checks for its own
		return nil, errNoResponse
	}
	err = x.read(resp, c.conf.MaxResponse)
	_ = resp.Body.Close()
	if err != nil && (resp.StatusCode < http.StatusMultipleChoices || parent.Err() != nil) {
		return nil, plain(parent, ctx, err)
	}
	// The status of a refusal stands, even if its text broke off.
	resp.Body = http.NoBody
	x.decode(resp, c.conf.MaxResponse)
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		wire.DropBadLocation(resp)
	}
	return resp, nil
}

// unrepeatable is the empty body of a GET. Without a body net/http repeats that by itself when a kept connection breaks [seen]: past the limit, and
// with no attempt to report. Nothing of it is on the wire.
type unrepeatable struct{}

func (unrepeatable) Read([]byte) (int, error)         { return 0, io.EOF }
func (unrepeatable) WriteTo(io.Writer) (int64, error) { return 0, nil } // or a buffer is taken to copy it
func (unrepeatable) Close() error                     { return nil }

// asItIs keeps net/http from reading a body in a goroutine, with a timer, to find out whether it must be sent in chunks.
var asItIs = []string{"identity"}

// jsonType is shared by all requests; nobody changes it.
var jsonType = []string{"application/json"}

// header makes the header of an attempt, the only one that is made for it: of what every request has, the token among it, and what the call has, which
// net/http has added cookies to.
func (c *Client) header(x *Exchange, own http.Header, token string) http.Header {
	header := maps.Clone(c.bearer(token).header)
	if x.Payload != nil || x.Method == http.MethodPost { // a POST without a body would be a 415 too
		header["Content-Type"] = jsonType
	}
	for name, values := range own {
		if name == "Authorization" { // the token's, whatever a redirect brings
			continue
		}
		if x.Kind != retry.Read && strings.HasSuffix(name, "Idempotency-Key") {
			// HaloPSA knows no such header, but net/http repeats a write by itself that has one. It does not find it in lower case.
			name = strings.ToLower(name)
		}
		header[name] = values
	}
	return header
}

// bearer is what every request has that a token is sent with.
type bearer struct {
	token  string
	header http.Header // which each request has its own copy of; nobody changes its values
}

// bearer returns what a request with the token has, which is the same for one request after the other.
func (c *Client) bearer(token string) *bearer {
	last := c.last.Load()
	if last == nil || last.token != token {
		last = &bearer{token, make(http.Header, len(c.conf.Header)+1)}
		maps.Copy(last.header, c.conf.Header)
		last.header["Authorization"] = []string{"Bearer " + token}
		c.last.Store(last)
	}
	return last
}

// settle records the result of an attempt and returns how its slot is to be given back.
func (c *Client) settle(x *Exchange, slot *limit.Slot, resp *http.Response, err error, now time.Time) (giveBack func(*limit.Slot)) {
	if err != nil {
		x.Result.Err = err
		x.Result.Fatal = fatal(err)
		if x.Result.Sent {
			return (*limit.Slot).Done
		}
		return (*limit.Slot).Cancel
	}
	x.Result.Verdict = verdict.Of(resp.StatusCode, resp.Header, x.Text())
	x.Result.RetryAfter, x.Result.Asked = retry.After(resp.Header, now)
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		x.Result.Held = slot.Refused(x.Result.RetryAfter, x.Result.Asked)
		return func(*limit.Slot) {}
	case http.StatusUnauthorized:
		x.Result.Renewed = c.renew(x, blamesToken(resp.Header, x.Text()))
	default:
		c.rights.accept(x.Token, x.Op)
	}
	return (*limit.Slot).Done
}

// blamesToken reports whether a 401 says that the token is wrong; that of a missing right is empty. [live]
func blamesToken(header http.Header, body []byte) bool {
	said := wire.Challenge(header.Get("WWW-Authenticate")) + wire.ErrorMessage(header.Get("Content-Type"), body)
	return strings.Contains(strings.ToLower(said), "token") || strings.Contains(strings.ToLower(said), "expired")
}

// renew drops a token that was refused, unless it is another right that is missing.
func (c *Client) renew(x *Exchange, blamed bool) bool {
	var fetched time.Time
	if c.conf.FetchedAt != nil {
		fetched = c.conf.FetchedAt(x.Token)
	}
	if !c.rights.refuse(x.Token, x.Op, fetched, blamed) {
		return false
	}
	if source, ok := c.conf.Tokens.(interface{ Invalidate(accessToken string) }); ok {
		source.Invalidate(x.Token)
	}
	return true
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
	return !undialed(err)
}
