package halopsa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/attempt"
	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// This file makes the errors of a call: failed where there was no response, refused where its status is none of a success, and refusal and
// decodeError where its text is none. Every text of a response passes the redactor of the call.

// errTooLarge is returned for a response that is larger than [WithMaxResponseSize] allows.
var errTooLarge = errors.New("the response is larger than the limit")

// translate returns the error of an attempt as the SDK's own.
func (c *Client) translate(err error) error {
	var wait *attempt.WaitError
	var token *attempt.TokenError
	var size *attempt.SizeError
	switch {
	case errors.As(err, &token):
		return authError(token.Err, c.conf.secrets()...)
	case errors.As(err, &wait):
		return &WaitError{Wait: wait.Wait, refused: wait.Refused}
	case errors.As(err, &size):
		return fmt.Errorf("%w of %d bytes; a smaller page or a filter makes it smaller, WithMaxResponseSize raises the limit", errTooLarge, size.Cap)
	}
	return err
}

// callError makes the error of a call that ended without a response, or of the pause before one: err is that of an attempt or of ctx, which
// stays visible if it is over.
func (c *Client) callError(ctx context.Context, r *request, secrets *redact.Redactor, err error) *CallError {
	err = secrets.Error(c.translate(err))
	if ctx.Err() != nil && (!errors.Is(err, ctx.Err()) || !errors.Is(err, context.Cause(ctx))) {
		err = &bothErrors{text: err, cause: context.Cause(ctx), ctx: ctx.Err()}
	}
	return &CallError{Op: r.op, Method: r.method, Path: r.path, Err: err}
}

// failed makes the error of a call that got no response.
func (a *answer) failed(err error) error {
	if errors.Is(err, attempt.ErrURL) {
		return &ArgumentError{Op: a.req.op, Argument: "path", Reason: "cannot be part of a URL"}
	}
	e := a.client.callError(a.ctx, a.req, a.secrets(), err)
	e.Attempts, e.hint = a.Attempts, a.waitHint()
	if a.Ambiguous {
		return markUnknown(e)
	}
	return e
}

// bothErrors is an error of a call whose context is over too: both stay visible.
type bothErrors struct{ text, cause, ctx error }

func (e *bothErrors) Error() string   { return e.text.Error() }
func (e *bothErrors) Unwrap() []error { return []error{e.text, e.cause, e.ctx} }

// waitHint says why a call gave up where it was for a wait.
func (a *answer) waitHint() string {
	if a.TooLong == 0 {
		return ""
	}
	return "not retried: the wait would be " + a.TooLong.Round(time.Millisecond).String() + ", longer than the call allows"
}

// refused makes the error of a response whose status is that of no success.
func (a *answer) refused() error {
	e := a.apiError()
	e.RetryAfter, e.Edge, e.html = a.Result.RetryAfter, a.Result.Edge, a.Result.HTML
	for _, m := range wire.Members(e.Body) {
		e.Members = append(e.Members, MemberError{Input: m.Index, Member: m.Name, Messages: m.Messages})
	}
	switch {
	case a.TooLong > 0:
		e.RetryAfter = max(e.RetryAfter, a.TooLong)
		e.hint = a.waitHint()
	case e.StatusCode >= 300 && e.StatusCode < 400:
		e.hint = "a redirect that is not followed; check the base URL"
		if to, err := a.Response.Location(); err == nil {
			e.hint = "a redirect to " + line.Fold(a.secrets().String(to.Host)) + " that is not followed; check the base URL"
		}
	}
	if a.Ambiguous {
		return markUnknown(e)
	}
	return e
}

// apiError makes the error of a response, with the server's words and nothing secret.
func (a *answer) apiError() *APIError {
	header, secrets := a.Response.Header, a.secrets()
	message, body := a.shown(header.Get("Content-Type"))
	if challenge := wire.Challenge(secrets.String(header.Get("WWW-Authenticate"))); challenge != "" {
		message = strings.TrimPrefix(message+"; "+challenge, "; ")
	}
	return &APIError{
		Op: a.req.op, Method: a.req.method, Path: a.req.path, StatusCode: a.Response.StatusCode, Message: message,
		RequestID: secrets.String(requestID(header)), Attempts: a.Attempts, Body: body,
	}
}

// requestID returns the server's id of the request, as servers call it.
func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// refusal makes the error of a success that says that the request failed, in the words of object, which can be a part of the body. Of elements
// of an array that say so refused has the JSON, for which their words are put. Secrets go before a text is cut.
func (a *answer) refusal(object []byte, refused []MemberError) error {
	e, secrets := a.apiError(), a.secrets()
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

// decodeError makes the error of a success whose body is not what the operation returns.
func (a *answer) decodeError(err error) error {
	var payload *wire.PayloadError
	if errors.As(err, &payload) {
		return a.refusal(payload.Object, nil)
	}
	e := a.unread(err)
	e.Snippet = a.secrets().String(wire.Snippet(a.Text(), e.Offset))
	if a.Kind != retry.Read {
		return markUnknown(e)
	}
	return e
}

// unread makes the error of a success, or of one row of it, that cannot be read, without its structure.
func (a *answer) unread(err error) *DecodeError {
	secrets := a.secrets()
	e := &DecodeError{
		Op: a.req.op, Method: a.req.method, Path: a.req.path, StatusCode: a.Response.StatusCode,
		ContentType: secrets.String(a.Response.Header.Get("Content-Type")), Reason: err.Error(),
	}
	var at *wire.Error
	if errors.As(err, &at) {
		e.Offset, e.Reason = at.Offset, at.Reason
		if at.Path != "" {
			e.Reason = at.Path + ": " + at.Reason
		}
	}
	e.Reason = secrets.String(e.Reason)
	return e
}

// longestErrorBody is how much of a response an [APIError] keeps.
const longestErrorBody = 64 << 10

// shown returns the message and the beginning of a response's body as an error may show them: without secrets and without the query of any
// URL. The body is cut first, and what its end holds of a secret goes too.
func (a *answer) shown(contentType string) (message string, body []byte) {
	if a.Unreadable != nil {
		return line.Fold(a.secrets().String(a.Unreadable.Error())), nil
	}
	body = bytes.Clone(a.secrets().Text(a.ctx, a.Text(), longestErrorBody))
	return wire.ErrorMessage(contentType, body), body
}

// secrets returns the redactor of the call, which knows the token of the last attempt.
func (a *answer) secrets() *redact.Redactor {
	if a.redactor == nil || a.redacted != a.Token {
		a.redactor, a.redacted = a.client.secrets(a.req, a.Token), a.Token
	}
	return a.redactor
}

// secrets are what a server could echo: the client's secret, the token, what a write sent in secret members, the caller's own headers and
// the values of the query. The names of fields to sort by are none: an error that names one is of use.
func (c *Client) secrets(r *request, token string) *redact.Redactor {
	secrets := append(c.conf.secrets(), token)
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
		if !isOrder(name) {
			add(values)
		}
	}
	return redact.New(r.body, secrets...)
}
