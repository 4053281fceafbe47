package halopsa

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/attempt"
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
	inputs           int       // how many records a write is about
	binary           bool      // the response is no text
	smaller          bool      // a smaller request can take its place
	list             *endpoint // whose list is read, with these options; nil for any other call
	options          any
	conf             *callConfig
}

// narrower says what makes the response to a request for a list smaller: "" where the API has nothing for that.
func (r *request) narrower() string {
	if r.list == nil {
		return ""
	}
	filters := r.list.foreign || slices.ContainsFunc(parametersOf(r.options), func(name string) bool { return name != "count" })
	switch {
	case r.list.paged && filters:
		return "a smaller page or a filter"
	case r.list.paged:
		return "a smaller page"
	case filters:
		return "a filter"
	}
	return ""
}

// resource is the first part of the path, the name of what the call is about.
func (r *request) resource() string {
	name, _, _ := strings.Cut(strings.Trim(r.path, "/"), "/")
	return name
}

// answer is a call and the response to it. Its text is in pooled memory, which is its caller's until release.
type answer struct {
	attempt.Exchange
	ctx    context.Context // of the call
	client *Client
	req    *request
	gone   bool     // a DELETE whose earlier attempt must have done it
	made   []string // ids of records that a write has named

	redactor *redact.Redactor // made when a text is shown
	redacted string           // the token that it knows
}

// release gives the memory of the response back: nothing that was decoded without a copy is to be read any more.
func (a *answer) release() { a.Release() }

// do makes a call and returns the response if it is a success: it is checked, encoded, attempted as the retry table says, and judged by its
// status. What its text means is for the operation to decode.
func (c *Client) do(ctx context.Context, r *request) (*answer, error) {
	if ctx == nil {
		return nil, &ArgumentError{Op: r.op, Argument: "ctx", Reason: "nil; context.Background() is the one that never ends"}
	}
	a := &answer{ctx: ctx, client: c, req: r}
	a.encode()
	err := c.conf.attempts.Do(ctx, &a.Exchange)
	if err != nil {
		defer a.release()
		return nil, a.failed(err)
	}
	if into := r.conf.into; into != nil {
		*into = detached(a.Response, a.Text()) //nolint:bodyclose // a body in memory, for the caller
	}
	switch {
	case a.Result.Success():
		return a, nil
	case a.Result.Gone() && a.Kind == retry.Delete && a.Ambiguous:
		a.gone = true
		return a, nil
	}
	defer a.release()
	return nil, a.refused()
}

// encode says what the attempts send and how they may be repeated.
func (a *answer) encode() {
	r, conf, x := a.req, a.req.conf, &a.Exchange
	if len(conf.query) > 0 {
		query := url.Values{}
		maps.Copy(query, r.query)
		maps.Copy(query, conf.query)
		r.query = query
	}
	x.Op, x.Method, x.Payload, x.Header = r.op, r.method, r.body, conf.header
	x.URL = a.client.base + "/api" + r.path
	if len(r.query) > 0 {
		x.URL += "?" + r.query.Encode()
	}
	x.Timeout = conf.timeout
	if longest := a.client.conf.longestAttempt; longest > 0 {
		x.Timeout = min(x.Timeout, longest)
	}
	x.Kind, x.Once, x.Inputs, x.Smaller = r.kind, conf.once, r.inputs, r.smaller
	if x.Kind == retry.Create && conf.idempotent {
		x.Kind = retry.Update
	}
	x.Binary, x.Observer = r.binary, a
}

// plain returns the body of a success as JSON in UTF-8, or an error that says what it is instead.
func (a *answer) plain() ([]byte, error) {
	if a.Unreadable != nil {
		return nil, &wire.Error{Reason: a.Unreadable.Error()}
	}
	body := a.Text()
	if wire.HTML(wire.Value(a.Response.Header, "Content-Type"), body) && len(wire.Trim(body)) > 0 {
		reason := "an HTML page instead of JSON: a proxy, a firewall, a login page or a web server responded; check the base URL"
		if title, _ := a.shown("text/html"); title != "" {
			reason += ": " + title
		}
		return nil, &wire.Error{Reason: reason}
	}
	return body, nil
}

// detached is a copy of resp for the caller, without the request, which holds the token.
func detached(resp *http.Response, text []byte) *http.Response {
	own := *resp
	own.Request = nil
	text = bytes.Clone(text)
	own.Body = io.NopCloser(bytes.NewReader(text))
	own.ContentLength = int64(len(text))
	return &own
}
