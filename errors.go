package halopsa

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What an error is, for [errors.Is].
var (
	// ErrUnauthorized is a 401 that a fresh token did not cure, or credentials that the authorisation server refuses.
	ErrUnauthorized = errors.New("halopsa: not authorised")
	// ErrForbidden is a 403: the API application lacks the scope, or the agent it logs in as lacks the role.
	ErrForbidden = errors.New("halopsa: forbidden")
	// ErrNotFound is a 404: there is no such record, or the tenant's version has no such endpoint.
	ErrNotFound = errors.New("halopsa: not found")
	// ErrConflict is a 409.
	ErrConflict = errors.New("halopsa: conflict")
	// ErrRateLimited is a 429 that could not be waited out.
	ErrRateLimited = errors.New("halopsa: rate limited")
	// ErrInvalid is a 400 or 422, or an argument that was refused before anything was sent.
	ErrInvalid = errors.New("halopsa: invalid request")
	// ErrServer is a status of 500 and above.
	ErrServer = errors.New("halopsa: server error")
	// ErrIncomplete is a walk that could not read every record; see [PaginationError].
	ErrIncomplete = errors.New("halopsa: incomplete list")
	// ErrOutcomeUnknown is a write that may have happened: read back before sending it again.
	//
	// An error of a write without it means that the write did not happen. Of a write in several requests [BatchError] says it for each input.
	ErrOutcomeUnknown = errors.New("halopsa: outcome unknown")
)

// APIError is an answer of HaloPSA that is an error.
type APIError struct {
	// Op is the SDK's name of the operation, such as "IntegrationError.Get".
	Op string
	// Method and Path are those of the request, below /api and without the query.
	Method, Path string
	// StatusCode is the HTTP status; 200 when the error came inside the payload.
	StatusCode int
	// Message is what the body says, in one line; empty when it says nothing.
	Message string
	// RequestID is the server's id of the request, or empty.
	RequestID string
	// RetryAfter is how long the server asked to wait, or 0.
	RetryAfter time.Duration
	// Attempts is how often the request was sent.
	Attempts int
	// Body is the body of the answer, at most 64 KiB of it.
	Body []byte `json:"-"`

	hint string
}

// Error returns one line with the operation, the status, the message, and what to do where that is known.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "halopsa: %s: %s %s: %d", e.Op, e.Method, e.Path, e.StatusCode)
	if text := http.StatusText(e.StatusCode); text != "" {
		b.WriteString(" " + text)
	}
	for _, part := range []string{e.Message, advice(e.StatusCode, e.Method), e.hint} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	var notes []string
	if e.RequestID != "" {
		notes = append(notes, "request id "+e.RequestID)
	}
	if e.Attempts > 1 {
		notes = append(notes, strconv.Itoa(e.Attempts)+" attempts")
	}
	if len(notes) > 0 {
		b.WriteString(" (" + strings.Join(notes, ", ") + ")")
	}
	return b.String()
}

// advice says what a status usually means with HaloPSA.
func advice(status int, method string) string {
	switch status {
	case http.StatusUnauthorized:
		return "the token is not accepted; check that the base URL and the authorisation server belong to the same instance"
	case http.StatusForbidden:
		return "the API application lacks the scope, or the agent it logs in as lacks the role"
	case http.StatusNotFound:
		return "no such record, or this version of HaloPSA has no such endpoint"
	case http.StatusTooManyRequests:
		return "the tenant's request limit is used up"
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if method == http.MethodGet {
			return "the gateway gave up; a smaller page or a filter makes a large list faster"
		}
		return "the gateway gave up; the server may have gone on working"
	}
	return ""
}

// Is reports whether target is the sentinel of the status, such as [ErrNotFound] for 404.
func (e *APIError) Is(target error) bool {
	switch target { //nolint:errorlint // sentinels are compared by identity
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound
	case ErrConflict:
		return e.StatusCode == http.StatusConflict
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrInvalid:
		return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity
	case ErrServer:
		return e.StatusCode >= http.StatusInternalServerError
	}
	return false
}

// GoString returns the error's text, so that %#v shows no body.
func (e *APIError) GoString() string { return goString("APIError", e) }

// LogValue returns the fields worth logging; the body is not among them.
func (e *APIError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", e.Op), slog.String("method", e.Method), slog.String("path", e.Path),
		slog.Int("status", e.StatusCode), slog.String("message", e.Message), slog.String("request_id", e.RequestID),
		slog.Duration("retry_after", e.RetryAfter), slog.Int("attempts", e.Attempts),
	)
}

func goString(name string, err error) string {
	return fmt.Sprintf("&halopsa.%s{%q}", name, err.Error())
}
