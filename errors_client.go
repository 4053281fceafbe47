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

// ArgumentError is returned when an argument is invalid; nothing was sent. It is an [ErrInvalid].
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

// CallError is returned when a call ends without a response.
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

// WaitError is returned when the wait for the rate limit would be too long. The call does not wait first.
//
// It is a [context.DeadlineExceeded] if the wait is longer than the time the context has left, and an [ErrRateLimited] if a 429 holds back every
// call of the client for longer than [WithMaxWait] allows.
type WaitError struct {
	// Wait is how long the call would have had to wait, at least.
	Wait time.Duration

	refused bool
}

// Error returns one line with the wait.
func (e *WaitError) Error() string {
	if e.refused {
		return fmt.Sprintf("halopsa: the wait for the rate limit would be %s, longer than WithMaxWait allows", e.Wait.Round(time.Millisecond))
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

// AuthError is returned when an access token could not be obtained, or cannot be sent.
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

// Unwrap returns the error of the network or the context, or nil.
func (e *AuthError) Unwrap() error { return e.Err }

// Is reports whether target is the sentinel of the authorization server's response: [ErrUnauthorized] if the server itself refuses the credentials
// or rights, with 400, 401 or 403, [ErrRateLimited] or [ErrServer].
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

// DecodeError is returned when a response is not what the operation returns.
type DecodeError struct {
	// Op, Method and Path are as in [APIError].
	Op, Method, Path string
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
	// Index is the index of that row in its page, from 0.
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

// PaginationError is returned when a walk could not read every record, after the records that it could read. It is an [ErrIncomplete].
type PaginationError struct {
	// Op and Path are as in [APIError].
	Op, Path string
	// RecordCount is the number of records that the server reports, or -1 if it reports none.
	RecordCount int
	// Seen is how many distinct records were read.
	Seen int
	// Page is the page that was read last.
	Page int
	// AllPagesRead is true if every page was read but record_count is higher than the number of records on them, for example because the agent may
	// not see some. [WithHiddenRecords] accepts such a list. It is false if records may have been missed.
	AllPagesRead bool
	// Reason says why the other records could not be read.
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
