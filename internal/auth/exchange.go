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

	"github.com/halopsa-go/halopsa/internal/line"
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
	Err               error `json:"-"` // of the network or the context
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
	if e.RetryAfter > 0 {
		b.WriteString(": it asks to wait " + e.RetryAfter.String())
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
	watched := &tokenTransport{next: own.Transport}
	own.Transport = watched
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	config := clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: c.TokenURL, Scopes: c.Scopes,
		AuthStyle: oauth2.AuthStyleInParams, // no probing: bad credentials are tried once
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, &own))
	if err == nil {
		return token, nil
	}
	return nil, explain(ctx, c, watched.status, err)
}

// explain makes an *Error of what oauth2 returned, without the secret, which a server may echo.
func explain(ctx context.Context, c Credentials, status int, err error) error {
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
		if e.Code == "" && e.Description == "" {
			e.Description = describe(answered.Response)
		}
	case redirects(status): // with a Location that net/http cannot read, and repeats
		e.StatusCode, e.Description = status, redirected
	case errors.As(err, &wrapped):
		e.Err = wrapped.Err
	default:
		e.StatusCode = status
		e.Description = "its answer is no token; check the authorisation URL"
	}
	secrets := redact.Secrets{c.ClientSecret}
	e.Code, e.Description = shown(secrets, e.Code), shown(secrets, e.Description)
	if e.Err != nil {
		// net/http repeats the beginning of what is no HTTP.
		if text := shown(secrets, e.Err.Error()); text != e.Err.Error() {
			e.Err = redact.Hide(e.Err, text)
		}
	}
	return e
}

// shown returns a text of the server in one line, of a sensible length and without the secrets.
func shown(secrets redact.Secrets, text string) string {
	const longest = 500
	text = line.Fold(strings.ToValidUTF8(string(secrets.Bytes([]byte(text))), "\ufffd"))
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}

const redirected = "a redirect, which is not followed; check the authorisation URL"

func redirects(status int) bool { return status >= 300 && status < 400 }

// describe says what to do about an answer that is not OAuth2's.
func describe(resp *http.Response) string {
	if redirects(resp.StatusCode) {
		if to, err := resp.Location(); err == nil {
			return "a redirect to " + to.Host + ", which is not followed so that the secret stays here; check the authorisation URL"
		}
		return redirected
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
