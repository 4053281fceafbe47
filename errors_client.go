package halopsa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/line"
)

// ArgumentError is an argument that was refused before anything was sent. It is an [ErrInvalid].
type ArgumentError struct {
	// Op is the operation, such as "IntegrationError.Get", or empty for an option.
	Op string
	// Argument is the name of the argument or field.
	Argument string
	// Reason says what is wrong with it.
	Reason string
}

// Error returns one line that names the argument.
func (e *ArgumentError) Error() string {
	if e.Op == "" {
		return line.Fold(fmt.Sprintf("halopsa: %s: %s", e.Argument, e.Reason))
	}
	return line.Fold(fmt.Sprintf("halopsa: %s: %s: %s", e.Op, e.Argument, e.Reason))
}

// Is reports whether target is [ErrInvalid].
func (e *ArgumentError) Is(target error) bool { return target == ErrInvalid } //nolint:errorlint // a sentinel

// LogValue returns the fields.
func (e *ArgumentError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", e.Op), slog.String("argument", e.Argument), slog.String("reason", e.Reason))
}

func badArgument(argument, format string, args ...any) *ArgumentError {
	return &ArgumentError{Argument: argument, Reason: fmt.Sprintf(format, args...)}
}

// CallError is a call that ended without an answer of HaloPSA.
type CallError struct {
	// Op, Method and Path are as in [APIError].
	Op, Method, Path string
	// Attempts is how often the request was tried.
	Attempts int
	// Err is the reason: an error of the network, of the context, of the limiter or of the token source.
	Err error `json:"-"`

	hint string
}

// Error returns one line with the operation and the reason.
func (e *CallError) Error() string {
	text := fmt.Sprintf("halopsa: %s: %s %s: %s", e.Op, e.Method, e.Path, strings.TrimPrefix(line.Fold(e.Err.Error()), "halopsa: "))
	if e.hint != "" {
		text += ": " + e.hint
	}
	if e.Attempts > 1 {
		text += fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	return text
}

// Unwrap returns the reason.
func (e *CallError) Unwrap() error { return e.Err }

// GoString returns the error's text.
func (e *CallError) GoString() string { return goString("CallError", e) }

// LogValue returns the fields.
func (e *CallError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", e.Op), slog.String("method", e.Method), slog.String("path", e.Path),
		slog.Int("attempts", e.Attempts), slog.String("error", line.Fold(e.Err.Error())), slog.String("advice", e.hint),
	)
}

// WaitError is a wait for the rate limit that is too long, returned at once.
//
// Longer than the time the context has left, it is a [context.DeadlineExceeded]. After a 429 that asks every call of the client to wait longer
// than [WithMaxWait] allows, it is an [ErrRateLimited].
type WaitError struct {
	// Wait is how long the wait would have been, at the least.
	Wait time.Duration

	refused bool
}

// Error returns one line with the wait.
func (e *WaitError) Error() string {
	if e.refused {
		return fmt.Sprintf("halopsa: the server refuses every request for another %s, longer than a call waits", e.Wait.Round(time.Millisecond))
	}
	return fmt.Sprintf("halopsa: the wait for the rate limit would be %s, longer than the context allows", e.Wait.Round(time.Millisecond))
}

// Unwrap returns [context.DeadlineExceeded] or [ErrRateLimited].
func (e *WaitError) Unwrap() error {
	if e.refused {
		return ErrRateLimited
	}
	return context.DeadlineExceeded
}

// LogValue returns the wait.
func (e *WaitError) LogValue() slog.Value { return slog.GroupValue(slog.Duration("wait", e.Wait)) }

// AuthError is a token that could not be obtained, or that cannot be sent.
type AuthError struct {
	// StatusCode is the authorization server's status, or 0 when it did not respond.
	StatusCode int
	// Code is OAuth2's error, such as "invalid_client", or empty.
	Code string
	// Message says what went wrong, in one line: where the token was asked for, the server's own words, and what to do.
	Message string
	// Err is the error of the network or the context behind it, or nil.
	Err error `json:"-"`

	page bool // the response is a page of a firewall, a proxy or a web server
}

// Error returns one line with the reason.
func (e *AuthError) Error() string { return "halopsa: no access token: " + e.Message }

// Unwrap returns the error of the network or the context, if that is what it was.
func (e *AuthError) Unwrap() error { return e.Err }

// Is reports whether target is what the authorization server means: [ErrUnauthorized] for credentials or rights that it refuses itself,
// with 400, 401 or 403, [ErrRateLimited] or [ErrServer].
func (e *AuthError) Is(target error) bool {
	switch target { //nolint:errorlint // sentinels are compared by identity
	case ErrUnauthorized:
		return e.refused()
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrServer:
		return e.StatusCode >= http.StatusInternalServerError || auth.Troubled(e.Code)
	}
	return false
}

// refused reports whether the server has refused the credentials. Some servers do so with 200.
func (e *AuthError) refused() bool {
	switch e.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return !e.page && !auth.Troubled(e.Code)
	case http.StatusOK:
		return e.Code != "" && !auth.Troubled(e.Code)
	}
	return false
}

// GoString returns the error's text.
func (e *AuthError) GoString() string { return goString("AuthError", e) }

// LogValue returns the fields.
func (e *AuthError) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("status", e.StatusCode), slog.String("code", e.Code), slog.String("message", e.Message))
}

// DecodeError is an answer that is not what the operation returns.
type DecodeError struct {
	// Op, Method and Path are as in [APIError].
	Op, Method, Path string
	// StatusCode and ContentType are those of the answer.
	StatusCode  int
	ContentType string
	// Offset is where in the body, in bytes, reading it failed.
	Offset int64
	// Snippet is the structure of the body around Offset; values are left out, since they can hold credentials.
	Snippet string
	// Reason says what is wrong there.
	Reason string
	// Page is the number of the page, from 1, where it is one row of a list that cannot be read; otherwise 0. [WithBadRow] sets such a row aside.
	Page int
	// Index is the place of that row in its page, from 0.
	Index int
	// ID is its id as a text, or empty where that cannot be read.
	ID string
}

// Error returns one line with the place and the reason.
func (e *DecodeError) Error() string {
	what := "the answer"
	if e.Page > 0 {
		what = rowName(e.Page, e.Index, e.ID) + " of the answer"
	}
	text := fmt.Sprintf("halopsa: %s: %s %s: %s (%d, %s) cannot be read at byte %d: %s",
		e.Op, e.Method, e.Path, what, e.StatusCode, contentTypeOrNone(e.ContentType), e.Offset, e.Reason)
	if e.Snippet != "" {
		text += ": " + e.Snippet
	}
	return text
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
		slog.String("op", e.Op), slog.String("method", e.Method), slog.String("path", e.Path),
		slog.Int("status", e.StatusCode), slog.String("content_type", e.ContentType),
		slog.Int64("offset", e.Offset), slog.String("reason", e.Reason),
	}
	if e.Page > 0 {
		attrs = append(attrs, slog.Int("page", e.Page), slog.Int("index", e.Index), slog.String("id", shownID(e.ID)))
	}
	return slog.GroupValue(attrs...)
}

// PaginationError is a walk that could not read every record. It is an [ErrIncomplete] and comes after the records.
type PaginationError struct {
	// Op and Path are as in [APIError].
	Op, Path string
	// RecordCount is how many records the server says there are, or -1 when it does not say.
	RecordCount int
	// Seen is how many distinct records came.
	Seen int
	// Page is the page that was read last.
	Page int
	// AllPagesRead is true where every page was read: record_count tells of records that are on none of them, such as those that the agent may not
	// see. [WithHiddenRecords] accepts such a list. It is false where records may have been passed over.
	AllPagesRead bool
	// Reason says why the others cannot be read.
	Reason string

	passing bool // another try may well succeed
}

// Error returns one line with how many records are missing and why.
func (e *PaginationError) Error() string {
	missing := "an unknown number of records"
	if e.RecordCount > e.Seen {
		missing = fmt.Sprintf("%d of %d records", e.RecordCount-e.Seen, e.RecordCount)
	}
	return fmt.Sprintf("halopsa: %s: %s missing after page %d: %s", e.Op, missing, e.Page, e.Reason)
}

// Is reports whether target is [ErrIncomplete].
func (e *PaginationError) Is(target error) bool { return target == ErrIncomplete } //nolint:errorlint // a sentinel

// LogValue returns the fields.
func (e *PaginationError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", e.Op), slog.String("path", e.Path), slog.Int("record_count", e.RecordCount),
		slog.Int("seen", e.Seen), slog.Int("page", e.Page), slog.Bool("all_pages_read", e.AllPagesRead),
		slog.String("reason", e.Reason),
	)
}

// adviceUnknown is what to do about a write that may have happened.
const adviceUnknown = "read back before sending it again"

// outcomeUnknown marks err as that of a write that may have happened.
type outcomeUnknown struct{ err error }

func (e *outcomeUnknown) Error() string {
	return "halopsa: outcome unknown, the write may have happened; " + adviceUnknown + ": " +
		strings.TrimPrefix(e.err.Error(), "halopsa: ")
}

func (e *outcomeUnknown) Unwrap() []error { return []error{ErrOutcomeUnknown, e.err} }

func (e *outcomeUnknown) GoString() string { return goString("outcomeUnknown", e) }

func (e *outcomeUnknown) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("outcome_unknown", true), slog.String("advice", adviceUnknown), slog.Any("cause", e.err))
}

// markUnknown makes err an ErrOutcomeUnknown, once.
func markUnknown(err error) error {
	if errors.Is(err, ErrOutcomeUnknown) {
		return err
	}
	return &outcomeUnknown{err}
}
