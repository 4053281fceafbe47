package halopsa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/halopsa-go/halopsa/internal/attempt"
	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
)

// CallError is returned when a call ends without a response.
type CallError struct {
	Call
	// Err is the reason: an error of the network, of the context, of the limiter or of the token source.
	Err error `json:"-"`

	hint string
}

// Error returns one line with the operation and the reason.
func (e *CallError) Error() string {
	text := e.begin() + strings.TrimPrefix(line.Fold(e.Err.Error()), "halopsa: ")
	if e.hint != "" {
		text += ": " + e.hint
	}
	return text + e.end()
}

// Unwrap returns the reason.
func (e *CallError) Unwrap() error { return e.Err }

// GoString returns the error's text.
func (e *CallError) GoString() string { return goString("CallError", e) }

// LogValue returns the fields.
func (e *CallError) LogValue() slog.Value {
	return e.logValue(slog.String("error", line.Fold(e.Err.Error())), slog.String("advice", e.hint))
}

// errTooLarge is returned for a response that is larger than [WithMaxResponseSize] allows.
var errTooLarge = errors.New("the response is larger than the limit")

// translate returns the error of an attempt as the SDK's own.
func (c *Client) translate(r *request, err error) error {
	var wait *limit.WaitError
	var token *attempt.TokenError
	var size *attempt.SizeError
	switch {
	case errors.As(err, &token):
		return authError(token.Err, c.conf.secrets()...)
	case errors.As(err, &wait):
		return &WaitError{Wait: wait.Wait, refused: wait.Refused}
	case errors.As(err, &size):
		smaller := r.narrower()
		if smaller != "" {
			smaller += " makes it smaller, "
		}
		return fmt.Errorf("%w of %d bytes; %sWithMaxResponseSize raises the limit", errTooLarge, size.Cap, smaller)
	}
	return err
}

// callError makes the error of a call that ended without a response, or of the pause before one: err is that of an attempt or of ctx, which
// stays visible if it is over.
func (c *Client) callError(ctx context.Context, r *request, attempts int, secrets *redact.Redactor, err error) *CallError {
	err = secrets.Error(c.translate(r, err))
	if ctx.Err() != nil && (!errors.Is(err, ctx.Err()) || !errors.Is(err, context.Cause(ctx))) {
		err = &bothErrors{text: err, cause: context.Cause(ctx), ctx: ctx.Err()}
	}
	return &CallError{Call: r.tried(attempts), Err: err}
}

// failed makes the error of a call that got no response.
func (a *answer) failed(err error) error {
	if errors.Is(err, attempt.ErrURL) {
		return &ArgumentError{Op: a.req.op, Argument: "path", Reason: "cannot be part of a URL"}
	}
	e := a.client.callError(a.ctx, a.req, a.Attempts, a.secrets(), err)
	e.hint = a.waitHint()
	if a.Ambiguous {
		return markUnknown(e)
	}
	return e
}

// bothErrors is an error of a call whose context is over too: both stay visible.
type bothErrors struct{ text, cause, ctx error }

func (e *bothErrors) Error() string   { return e.text.Error() }
func (e *bothErrors) Unwrap() []error { return []error{e.text, e.cause, e.ctx} }
