package halopsa

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
)

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

// authError builds an *AuthError from what a token source returned, without what it must not show: oauth2 prints whole responses and URLs.
func authError(err error, clientSecrets ...string) error {
	var mine *AuthError
	if errors.As(err, &mine) {
		return err
	}
	shown := redact.New(nil, clientSecrets...)
	var refused *auth.Error
	var answered *oauth2.RetrieveError
	var wrapped *url.Error
	switch {
	case errors.As(err, &refused):
		return &AuthError{
			StatusCode: refused.StatusCode, Code: line.Fold(shown.String(refused.Code)), Message: line.Fold(shown.String(refused.Error())),
			Err: shown.Error(refused.Err), page: refused.Page,
		}
	case errors.As(err, &answered) && answered.Response != nil:
		// The source's secret is not known here, so that no other word of the body can be shown.
		status := answered.Response.StatusCode
		message := "the authorization server responded with " + strconv.Itoa(status)
		page := answered.ErrorCode == "" && auth.IsPage(answered.Response.Header, answered.Body)
		if page {
			message += ": a page instead of a token; check the URL of the token endpoint"
		}
		message = line.Join(": ", message, answered.ErrorCode, answered.ErrorDescription)
		return &AuthError{
			StatusCode: status, Code: line.Fold(shown.String(answered.ErrorCode)), Message: line.Fold(shown.String(message)), page: page,
		}
	case errors.As(err, &wrapped):
		err = wrapped.Err
	}
	return &AuthError{Message: line.Fold(shown.String(err.Error())), Err: shown.Error(err)}
}
