package halopsa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// request is a call before it is made.
type request struct {
	op, method, path string // the path is below /api and escaped
	query            url.Values
	body             []byte
	kind             retry.Kind
	inputs           int // how many records a write is about
	conf             *callConfig
}

// resource is the first part of the path, the name of what the call is about.
func (r *request) resource() string {
	name, _, _ := strings.Cut(strings.Trim(r.path, "/"), "/")
	return name
}

// answer is a successful one. Its body is pooled: release it once decoded.
type answer struct {
	*exchange
	ctx    context.Context // of the call
	client *Client
	req    *request
	status int
	header http.Header
	gone   bool // a DELETE whose earlier attempt must have done it
}

// do makes the attempts of a call, as the retry table says, until one succeeds or none can.
func (c *Client) do(ctx context.Context, r *request) (*answer, error) {
	if ctx == nil {
		return nil, &ArgumentError{Op: r.op, Argument: "ctx", Reason: "nil; context.Background() is the one that never ends"}
	}
	x := &exchange{req: r, op: r.op, path: r.path, timeout: r.conf.timeout, logger: c.conf.logger}
	if longest := c.conf.longestAttempt; longest > 0 {
		x.timeout = min(x.timeout, longest)
	}
	x.Kind, x.Once, x.Inputs = r.kind, r.conf.once, r.inputs
	if x.Kind == retry.Create && r.conf.idempotent {
		x.Kind = retry.Update
	}
	httpReq, err := c.newRequest(context.WithValue(ctx, exchangeKey{}, x), r)
	if err != nil {
		return nil, err
	}
	// A client for each call: CheckRetry and Backoff must share the call's state, and Backoff sees no context.
	attempts := retryablehttp.Client{
		HTTPClient: c.http,
		RetryMax:   1 << 30, // CheckRetry decides
		CheckRetry: func(ctx context.Context, _ *http.Response, err error) (bool, error) {
			if err != nil && x.result.Err == nil {
				x.result.Err = err
			}
			return x.Next(ctx, c.conf.retry, x.result), nil
		},
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return x.Wait },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := attempts.Do(httpReq)
	if resp != nil {
		_ = resp.Body.Close()
		if r.conf.into != nil {
			*r.conf.into = detached(resp, x.body) //nolint:bodyclose // a body in memory, for the caller
		}
	}
	if err != nil {
		x.release()
		return nil, c.fail(ctx, r, x, err)
	}
	a := &answer{exchange: x, ctx: ctx, client: c, req: r, status: resp.StatusCode, header: resp.Header}
	switch {
	case x.result.Success():
		return a, nil
	case x.result.Gone() && x.Kind == retry.Delete && x.Ambiguous:
		a.gone = true
		return a, nil
	}
	defer x.release()
	return nil, c.refuse(ctx, r, x, resp)
}

// jsonType is shared by all requests; nobody changes it.
var jsonType = []string{"application/json"}

func (c *Client) newRequest(ctx context.Context, r *request) (*retryablehttp.Request, error) {
	if len(r.conf.query) > 0 {
		query := url.Values{}
		maps.Copy(query, r.query)
		maps.Copy(query, r.conf.query)
		r.query = query
	}
	target := c.base + "/api" + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	var body any // an untyped nil is no body at all
	if r.body != nil {
		body = r.body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, &ArgumentError{Op: r.op, Argument: "path", Reason: "makes no URL"}
	}
	req.Header["Accept"] = jsonType
	req.Header["User-Agent"] = c.userAgent
	if r.body != nil || r.method == http.MethodPost { // a POST without a body would be a 415 too
		req.Header["Content-Type"] = jsonType
	}
	for name, values := range r.conf.header {
		req.Header[name] = values
	}
	return req, nil
}

// fail makes the error of a call that got no answer.
func (c *Client) fail(ctx context.Context, r *request, x *exchange, err error) error {
	if wrapped, ok := err.(*url.Error); ok { //nolint:errorlint // net/http's own; one further down belongs to an error that says more
		err = wrapped.Err
	}
	if err == ctx.Err() && err != nil { //nolint:errorlint // as it comes of a wait between attempts: the cause says more
		err = context.Cause(ctx)
	}
	err = hiding(c.secrets(r, x), err)
	if ctx.Err() != nil && (!errors.Is(err, ctx.Err()) || !errors.Is(err, context.Cause(ctx))) {
		err = &bothErrors{text: err, cause: context.Cause(ctx), ctx: ctx.Err()}
	}
	err = &CallError{Op: r.op, Method: r.method, Path: r.path, Attempts: x.Attempts, Err: err, hint: waitHint(x)}
	if x.Ambiguous {
		return markUnknown(err)
	}
	return err
}

// bothErrors is an error of a call whose context is over too: both stay visible.
type bothErrors struct{ text, cause, ctx error }

func (e *bothErrors) Error() string   { return e.text.Error() }
func (e *bothErrors) Unwrap() []error { return []error{e.text, e.cause, e.ctx} }

// hiding returns err, hidden if its text holds one of the secrets or the query of a URL.
func hiding(secrets *redact.Redactor, err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if shown := secrets.String(text); shown != text {
		return redact.Hide(err, line.Fold(shown))
	}
	return err
}

// waitHint says why a call gave up where it was for a wait.
func waitHint(x *exchange) string {
	if x.TooLong == 0 {
		return ""
	}
	return "not retried: the wait would be " + x.TooLong.Round(time.Millisecond).String() + ", longer than the call allows"
}

// longestErrorBody is how much of an answer an [APIError] keeps.
const longestErrorBody = 64 << 10

// refuse makes the error of a response that is no success.
func (c *Client) refuse(ctx context.Context, r *request, x *exchange, resp *http.Response) error {
	e := c.apiError(ctx, r, x, resp.StatusCode, resp.Header)
	e.RetryAfter, e.Edge, e.html = x.result.RetryAfter, x.result.Edge, x.result.HTML
	for _, m := range wire.Members(e.Body) {
		e.Members = append(e.Members, MemberError{Input: m.Index, Member: m.Name, Messages: m.Messages})
	}
	switch {
	case x.TooLong > 0:
		e.RetryAfter = max(e.RetryAfter, x.TooLong)
		e.hint = waitHint(x)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.hint = "a redirect that is not followed; check the base URL"
		if to, err := resp.Location(); err == nil {
			e.hint = "a redirect to " + line.Fold(c.secrets(r, x).String(to.Host)) + " that is not followed; check the base URL"
		}
	}
	if x.Ambiguous {
		return markUnknown(e)
	}
	return e
}

// apiError makes the error of a response, with the server's words and nothing secret.
func (c *Client) apiError(ctx context.Context, r *request, x *exchange, status int, header http.Header) *APIError {
	message, body := c.shown(ctx, r, x, header.Get("Content-Type"))
	if challenge := wire.Challenge(c.secrets(r, x).String(header.Get("WWW-Authenticate"))); challenge != "" {
		message = strings.TrimPrefix(message+"; "+challenge, "; ")
	}
	return &APIError{
		Op: r.op, Method: r.method, Path: r.path, StatusCode: status, Message: message,
		RequestID: c.secrets(r, x).String(x.requestID), Attempts: x.Attempts, Body: body,
	}
}

// secrets are what a server could echo: the client's secret, the token, what a write sent in secret members, the caller's own headers and
// the values of the query. The names of fields to sort by are none: an error that names one is of use.
func (c *Client) secrets(r *request, x *exchange) *redact.Redactor {
	if x.secrets != nil && x.secretToken == x.token {
		return x.secrets
	}
	secrets := []string{c.conf.clientSecret, x.token}
	add := func(values []string) {
		for _, value := range values {
			if len(value) >= 8 { // shorter ones are words and numbers that a message may well hold
				secrets = append(secrets, value)
			}
		}
	}
	for name, values := range r.conf.header {
		if name != "Accept" && name != "Content-Type" && name != "User-Agent" {
			add(values)
		}
	}
	for name, values := range r.query {
		if !strings.HasPrefix(name, "order") {
			add(values)
		}
	}
	x.secrets, x.secretToken = redact.New(r.body, secrets...), x.token
	return x.secrets
}

// shown returns the message and the beginning of an answer's body as an error may show them: without secrets and without the query of any
// URL. The body is cut first, and what its end holds of a secret goes too.
func (c *Client) shown(ctx context.Context, r *request, x *exchange, contentType string) (message string, body []byte) {
	if x.unreadable != nil {
		return line.Fold(c.secrets(r, x).String(x.unreadable.Error())), nil
	}
	body = bytes.Clone(c.secrets(r, x).Text(ctx, x.body.Bytes(), longestErrorBody))
	return wire.ErrorMessage(contentType, body), body
}

// plain returns the body of a success as JSON in UTF-8, or an error that says what it is instead.
func (a *answer) plain() ([]byte, error) {
	if a.unreadable != nil {
		return nil, &wire.Error{Reason: a.unreadable.Error()}
	}
	body := a.body.Bytes()
	if wire.HTML(a.header.Get("Content-Type"), body) && len(wire.Trim(body)) > 0 {
		reason := "an HTML page instead of JSON: a proxy, a firewall, a login page or a web server answered; check the base URL"
		if title, _ := a.client.shown(a.ctx, a.req, a.exchange, "text/html"); title != "" {
			reason += ": " + title
		}
		return nil, &wire.Error{Reason: reason}
	}
	return body, nil
}

// decodeError makes the error of a success whose body is not what the operation returns.
func (a *answer) decodeError(err error) error {
	var payload *wire.PayloadError
	if errors.As(err, &payload) {
		return a.refusal(payload.Object, nil)
	}
	secrets := a.client.secrets(a.req, a.exchange)
	e := &DecodeError{
		Op: a.req.op, Method: a.req.method, Path: a.req.path,
		StatusCode: a.status, ContentType: secrets.String(a.header.Get("Content-Type")), Reason: err.Error(),
	}
	var at *wire.Error
	if errors.As(err, &at) {
		e.Offset, e.Reason = at.Offset, at.Reason
		if at.Path != "" {
			e.Reason = at.Path + ": " + at.Reason
		}
	}
	e.Reason = secrets.String(e.Reason)
	e.Snippet = secrets.String(wire.Snippet(a.body.Bytes(), e.Offset))
	if a.Kind != retry.Read {
		return markUnknown(e)
	}
	return e
}

// refusal makes the error of a success that says that the request failed, in the words of object, which can be a part of the body. Of elements
// of an array that say so refused has the JSON, for which their words are put. Secrets go before a text is cut.
func (a *answer) refusal(object []byte, refused []MemberError) error {
	e := a.client.apiError(a.ctx, a.req, a.exchange, a.status, a.header)
	secrets := a.client.secrets(a.req, a.exchange)
	var said []string
	for i := range refused {
		for j, element := range refused[i].Messages {
			refused[i].Messages[j] = wire.Words([]byte(secrets.String(element)))
			said = append(said, fmt.Sprintf("[%d]: %s", refused[i].Input, refused[i].Messages[j]))
		}
	}
	e.Members = refused
	switch {
	case len(refused) > 0:
		e.Message = strings.Join(said, "; ")
	case len(object) > 0: // beside a list the words are only a part of the body
		e.Message = wire.Words([]byte(secrets.String(string(object))))
	}
	e.hint = "an error inside a success"
	if a.Kind != retry.Read {
		return markUnknown(e)
	}
	return e
}

// detached is a copy of resp for the caller, without the request, which holds the token.
func detached(resp *http.Response, body *bytes.Buffer) *http.Response {
	own := *resp
	own.Request = nil
	var copied []byte
	if body != nil {
		copied = bytes.Clone(body.Bytes())
	}
	own.Body = io.NopCloser(bytes.NewReader(copied))
	own.ContentLength = int64(len(copied))
	return &own
}

// resourcePath joins a resource and an id to a path, or says what is wrong with either.
func resourcePath(resource string, id ...string) (string, error) {
	resource = strings.Trim(resource, "/")
	if resource == "" {
		return "", badArgument("path", "empty; it is a resource such as \"Tickets\"")
	}
	var path strings.Builder
	path.Grow(len(resource) + 24)
	for part := range strings.SplitSeq(resource, "/") {
		if err := checkSegment("path", part); err != nil {
			return "", err
		}
		path.WriteByte('/')
		path.WriteString(url.PathEscape(part))
	}
	for _, part := range id {
		if strings.Contains(part, "/") {
			return "", badArgument("id", "%q has a slash in it", part)
		}
		if err := checkSegment("id", part); err != nil {
			return "", err
		}
		path.WriteByte('/')
		path.WriteString(url.PathEscape(part))
	}
	return path.String(), nil
}

// checkSegment refuses what would change the path: "DELETE /IntegrationError/" must never be sent.
func checkSegment(argument, part string) error {
	switch {
	case strings.TrimSpace(part) == "":
		return badArgument(argument, "empty")
	case part == "." || part == "..":
		return badArgument(argument, "%q would change the path", part)
	case strings.ContainsAny(part, "\\?#\x00\r\n") && argument == "path":
		return badArgument(argument, "has a character that no path has; give parameters with WithQuery")
	}
	return nil
}
