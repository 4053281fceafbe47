package auth

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/halopsa-go/halopsa/internal/redact"
	"github.com/halopsa-go/halopsa/internal/retry"
)

// Credentials are what a token is exchanged for.
type Credentials struct {
	ClientID, ClientSecret, TokenURL string
	Scopes                           []string
}

// Error is a token that the authorisation server did not give.
type Error struct {
	StatusCode        int
	Code, Description string
	RetryAfter        time.Duration
	Host              string
	Err               error // of the network or the context
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Host)
	if e.StatusCode > 0 {
		fmt.Fprintf(&b, " answered %d", e.StatusCode)
	}
	for _, part := range []string{e.Code, e.Description} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the error of the network or the context.
func (e *Error) Unwrap() error { return e.Err }

// GoString returns the text.
func (e *Error) GoString() string { return fmt.Sprintf("&auth.Error{%q}", e.Error()) }

// Exchange fetches a token with one request.
func Exchange(ctx context.Context, hc *http.Client, c Credentials) (*oauth2.Token, error) {
	own := *hc
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	config := clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: c.TokenURL, Scopes: c.Scopes,
		AuthStyle: oauth2.AuthStyleInParams, // no probing: bad credentials are tried once
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, &own))
	if err == nil {
		return token, nil
	}
	return nil, explain(ctx, c, err)
}

// explain makes an *Error of what oauth2 returned, without the secret, which a server may echo.
func explain(ctx context.Context, c Credentials, err error) error {
	e := &Error{}
	if u, parseErr := url.Parse(c.TokenURL); parseErr == nil {
		e.Host = u.Host
	}
	var answered *oauth2.RetrieveError
	var wrapped *url.Error
	switch {
	case ctx.Err() != nil:
		e.Err = context.Cause(ctx)
	case errors.As(err, &answered) && answered.Response != nil:
		e.StatusCode = answered.Response.StatusCode
		e.RetryAfter, _ = retry.After(answered.Response.Header, time.Now())
		e.Code, e.Description = answered.ErrorCode, answered.ErrorDescription
		if e.Code == "" {
			e.Description = describe(answered.Response)
		}
	case errors.As(err, &wrapped):
		e.Err = wrapped.Err
	default:
		e.Description = "its answer is no token; check the authorisation URL"
	}
	hide := redact.Secrets{c.ClientSecret}
	e.Code, e.Description = string(hide.Bytes([]byte(e.Code))), string(hide.Bytes([]byte(e.Description)))
	return e
}

// describe says what to do about an answer that is not OAuth2's.
func describe(resp *http.Response) string {
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		if to, err := resp.Location(); err == nil {
			return "a redirect to " + to.Host + ", which is not followed so that the secret stays here; check the authorisation URL"
		}
		return "a redirect, which is not followed; check the authorisation URL"
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" {
		return "HTML instead of a token; check the authorisation URL"
	}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest:
		return "the credentials are not accepted; check the client id, the client secret and the tenant"
	case http.StatusNotFound:
		return "there is no token endpoint; check the authorisation URL"
	}
	return "no token"
}

// Retryable reports whether a failed fetch may be tried again, and after how long at the least.
func Retryable(err error) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return 0, false
	}
	switch e.StatusCode {
	case 0:
		return 0, e.Err != nil
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return e.RetryAfter, true
	}
	return 0, false
}
