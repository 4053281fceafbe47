package halopsa

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// Kinds of errors, for [errors.Is].
var (
	// ErrUnauthorized is a 401 that a new token did not or would not fix, or credentials that the authorization server refuses.
	ErrUnauthorized = errors.New("halopsa: not authorized")
	// ErrForbidden is a 403: the API application lacks the scope, or the agent it logs in as lacks the role.
	ErrForbidden = errors.New("halopsa: forbidden")
	// ErrNotFound is a 404 of HaloPSA itself: there is no such record, or the tenant's version has no such endpoint.
	ErrNotFound = errors.New("halopsa: not found")
	// ErrConflict is a 409.
	ErrConflict = errors.New("halopsa: conflict")
	// ErrRateLimited is a 429 that the call did not wait out.
	ErrRateLimited = errors.New("halopsa: rate limited")
	// ErrInvalid is a 400 or 422, or an argument that was refused before anything was sent.
	ErrInvalid = errors.New("halopsa: invalid request")
	// ErrServer is a status of 500 and above.
	ErrServer = errors.New("halopsa: server error")
	// ErrIncomplete is a walk that could not read every record; see [PaginationError].
	ErrIncomplete = errors.New("halopsa: incomplete list")
	// ErrOutcomeUnknown is a write that may have happened: read back before sending it again.
	//
	// If the error of a write is not an ErrOutcomeUnknown, the write did not happen. For a write in several requests, [BatchError] has the outcome of
	// each input.
	ErrOutcomeUnknown = errors.New("halopsa: outcome unknown")
)

// Call identifies the call that an error is about. Error types embed it: its fields are theirs, and a literal of one names it,
// as in APIError{Call: Call{Op: "IntegrationError.Get"}, StatusCode: 404}.
type Call struct {
	// Op is the SDK's name of the operation, such as "IntegrationError.Get".
	Op string
	// Method and Path are the request's method and path; the path is relative to /api and has no query.
	Method, Path string
	// Attempts is how often the request was tried; 0 if it was not, or if the error is about several requests.
	Attempts int
}

// call is c, for those who have an error that embeds it.
func (c Call) call() Call { return c }

// callOf returns the call that err is about, or the zero value if err does not say.
func callOf(err error) Call {
	var about interface{ call() Call }
	if errors.As(err, &about) {
		return about.call()
	}
	return Call{}
}

// tried is the call that r describes, after so many attempts.
func (r *request) tried(attempts int) Call {
	return Call{Op: r.op, Method: r.method, Path: r.path, Attempts: attempts}
}

// begin returns the beginning of an error's text.
func (c Call) begin() string { return fmt.Sprintf("halopsa: %s: %s %s: ", c.Op, c.Method, c.Path) }

// end returns the end of an error's text: what else is worth a note, and the number of attempts if there were several.
func (c Call) end(notes ...string) string {
	if c.Attempts > 1 {
		notes = append(notes, strconv.Itoa(c.Attempts)+" attempts")
	}
	if len(notes) == 0 {
		return ""
	}
	return " (" + strings.Join(notes, ", ") + ")"
}

// logValue returns the fields, and more of the error after them. It leaves out what is empty, as a walk's number of attempts.
func (c Call) logValue(more ...slog.Attr) slog.Value {
	attrs := []slog.Attr{slog.String("op", c.Op), slog.String("method", c.Method), slog.String("path", c.Path)}
	if c.Attempts > 0 {
		attrs = append(attrs, slog.Int("attempts", c.Attempts))
	}
	return slog.GroupValue(append(attrs, more...)...)
}

func goString(name string, err error) string {
	return fmt.Sprintf("&halopsa.%s{%q}", name, err.Error())
}
