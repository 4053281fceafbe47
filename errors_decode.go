package halopsa

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// DecodeError is returned when a response is not what the operation returns.
type DecodeError struct {
	Call
	// StatusCode and ContentType are those of the response.
	StatusCode  int
	ContentType string
	// Offset is the byte offset in the body at which decoding failed.
	Offset int64
	// Snippet is the structure of the body around Offset; values are left out, since they can hold credentials.
	Snippet string
	// Reason says what is wrong there.
	Reason string
	// Page is the number of the page, from 1, if a single row of a list cannot be read; otherwise 0. [WithBadRow] skips such rows.
	Page int
	// Index is the index of that row in its page, from 0. Error counts from 1, as pages do.
	Index int
	// ID is the row's id as text, or empty if it cannot be read.
	ID string
}

// Error returns one line with the place and the reason.
func (e *DecodeError) Error() string {
	what := "the response"
	if e.Page > 0 {
		what = rowName(e.Page, e.Index, e.ID) + " of the response"
	}
	text := fmt.Sprintf("%s%s (%d, %s) cannot be read at byte %d: %s",
		e.begin(), what, e.StatusCode, contentTypeOrNone(e.ContentType), e.Offset, e.Reason)
	return line.Join(": ", text, e.Snippet, e.advice()) + e.end()
}

// advice says what helps where a single row of a list cannot be read.
func (e *DecodeError) advice() string {
	if e.Page == 0 {
		return ""
	}
	return "WithBadRow sets such rows aside"
}

func contentTypeOrNone(contentType string) string {
	if contentType == "" {
		return "no content type"
	}
	return contentType
}

// LogValue returns the fields.
func (e *DecodeError) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.Int("status", e.StatusCode), slog.String("content_type", e.ContentType),
		slog.Int64("offset", e.Offset), slog.String("reason", e.Reason),
	}
	if e.Page > 0 {
		attrs = append(attrs, slog.Int("page", e.Page), slog.Int("index", e.Index), slog.String("id", shownID(e.ID)), slog.String("advice", e.advice()))
	}
	return e.logValue(attrs...)
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
		Call: a.req.tried(a.Attempts), StatusCode: a.Response.StatusCode,
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
