// Package attempt makes the attempts of a call: one attempt, which passes the limits, obtains a token, sends the request and reads the
// response up to a cap, and the loop around attempts. It is the only package that knows retryablehttp.
package attempt

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/retry"
)

// Config is what attempts need. Nothing of it changes once a client is built from it.
type Config struct {
	HTTP        *http.Client  // sends the requests, within the timeouts of the calls: its own is not heeded
	Header      http.Header   // what every request has, unless the call says otherwise
	Window      *limit.Window // the tenant's limit, or what a 429 holds back where there is none
	Limiter     Limiter       // another limit, which each attempt waits for too; nil if there is none
	Tokens      Tokens
	FetchedAt   func(token string) time.Time // the zero time where that is not known; nil where it never is
	Policy      retry.Policy
	MaxResponse int64 // bytes of a response, after decompression
}

// Limiter holds back requests. Wait returns when one may be sent, or with an error when none may.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Tokens gives access tokens. One that also has Invalidate(accessToken string) is told of a token that was refused.
type Tokens interface {
	Token(ctx context.Context) (*oauth2.Token, error)
}

// Client makes the calls of one tenant. It is safe for concurrent use.
type Client struct {
	conf   Config
	next   http.RoundTripper // of the HTTP client that was given
	rights rights
	last   atomic.Pointer[bearer] // of the last request; a pointer that %+v of a client does not follow
	origin atomic.Pointer[origin] // likewise
}

// New returns a client. It does no I/O.
func New(conf Config) *Client {
	c := &Client{conf: conf, next: conf.HTTP.Transport}
	if c.next == nil {
		c.next = http.DefaultTransport
	}
	return c
}

// Exchange is one call: what is asked, and what has become of it. Its caller sets the fields up to Observer and Kind, Once and Inputs of the
// State, and hands it to [Client.Do] once.
type Exchange struct {
	Op          string // names the operation that a token may lack the right to
	Method, URL string
	Header      http.Header   // the caller's own, which win over those of the client; Authorization is not among them
	Payload     []byte        // sent with each attempt and changed by none; nil if there is none
	Timeout     time.Duration // of an attempt, without its waits
	Binary      bool          // a success is no text: it is decompressed, but not recoded
	Observer    Observer      // hears of each attempt; nil is nobody

	retry.State
	// Result is that of the last attempt.
	Result retry.Result
	// Token is that of the last attempt, or empty. It is a secret.
	Token string
	// Response is that of the last attempt, or nil. Its body is in Text.
	Response *http.Response
	// Unreadable is why Text cannot be read: an encoding or a charset that is not known.
	Unreadable error

	body *body // nil until a response is read, and after Release
	loop loop
}

// Observer hears of attempts, from the goroutine that makes the call.
type Observer interface {
	Attempted(ctx context.Context, r Report)
	// Waiting is called where the limit will hold the attempt back for some seconds, at the least for so long.
	Waiting(ctx context.Context, wait time.Duration)
}

// Report is one attempt and what became of it.
type Report struct {
	Number   int            // from 1
	Begin    time.Time      // when it asked to be let through
	Wait     time.Duration  // how long the limits and the token held it back
	Duration time.Duration  // how long it took after that; 0 when nothing was sent
	Response *http.Response // nil with Err; its body is in the Text of the exchange
	Err      error
}

// ErrURL is returned for a text that is not a URL.
var ErrURL = errors.New("no URL")

// Do makes the attempts of x, as the retry table says, until the response of one stands or no further one can be made.
//
// A response that stands can be a refusal: Result and State say what it means. Without one the error is the last attempt's: of this package's
// types, of the network, of the limiter, or the cause of the context's end. Whichever it is, x must be released.
func (c *Client) Do(ctx context.Context, x *Exchange) error {
	u, err := c.parse(x.URL)
	if err != nil {
		return ErrURL // net/url's error shows the query
	}
	// An attempt sets the host: http.Client would copy the URL for one that is set here.
	own := http.Request{Method: x.Method, URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: make(http.Header, len(x.Header))}
	maps.Copy(own.Header, x.Header)
	req := &retryablehttp.Request{Request: own.WithContext(ctx)}
	if x.Payload != nil {
		if err := req.SetBody(x.Payload); err != nil {
			return err
		}
	}
	l := &x.loop
	l.client, l.x = c, x
	// Clients of this call alone: the transport must know whose request it sends, CheckRetry and Backoff must share the call's state, and
	// Backoff sees no context.
	l.http = http.Client{Transport: l, CheckRedirect: c.conf.HTTP.CheckRedirect, Jar: c.conf.HTTP.Jar}
	l.retries.HTTPClient = &l.http
	l.retries.RetryMax = 1 << 30 // CheckRetry decides
	l.retries.CheckRetry = l.again
	l.retries.Backoff = func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return x.Wait }
	l.retries.ErrorHandler = retryablehttp.PassthroughErrorHandler
	resp, err := l.retries.Do(req) //nolint:bodyclose // it was read by the attempt
	if err == nil {
		x.Response = resp
		return nil
	}
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // net/http's own; one further down belongs to an error that says more
		err = wrapped.Err
	}
	if err == ctx.Err() { //nolint:errorlint // as it comes of a wait between attempts: the cause says more
		err = context.Cause(ctx)
	}
	return err
}

// loop is the loop around the attempts of one call. It is the transport of the call's own HTTP client, and has no CloseIdleConnections on purpose:
// retryablehttp would call it after every failure and so close the connections of all other calls.
type loop struct {
	client  *Client
	x       *Exchange
	http    http.Client
	retries retryablehttp.Client
}

// again reports whether to make another attempt.
func (l *loop) again(ctx context.Context, _ *http.Response, err error) (bool, error) {
	x := l.x
	if err != nil && x.Result.Err == nil {
		x.Result.Err = err
	}
	return x.Next(ctx, l.client.conf.Policy, x.Result), nil
}

// RoundTrip makes one attempt and leaves the response's body in the exchange. A redirect that is followed makes it two.
func (l *loop) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, x := req.Context(), l.x
	r := Report{Number: x.Attempts + 1, Begin: time.Now()}
	r.Response, r.Err = l.client.attempt(ctx, x, req, &r)
	if x.Observer != nil {
		x.Observer.Attempted(ctx, r)
	}
	return r.Response, r.Err
}
