package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Credentials are what a token is exchanged for.
type Credentials struct {
	ClientID, ClientSecret, TokenURL string
	Scopes                           []string
}

// largestResponse is more than any token's.
const largestResponse = 1 << 20

// Exchange fetches a token with one request.
//
// It reads the response itself: oauth2 loses a token to a lifetime or a content type that it does not expect. The secret goes into the form
// [doc], and nowhere else: no redirect is followed. A token whose lifetime cannot be read is given one of an hour, HaloPSA's usual.
func Exchange(ctx context.Context, hc *http.Client, c Credentials) (*oauth2.Token, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret}}
	if len(c.Scopes) > 0 {
		form.Set("scope", strings.Join(c.Scopes, " "))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, c.failure(ctx, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	own := *hc
	own.Transport = located{hc.Transport}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := own.Do(req)
	if err != nil {
		return nil, c.failure(ctx, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestResponse+1))
	_ = resp.Body.Close()
	switch {
	case !succeeded(resp.StatusCode): // the status of a refusal stands, even if its text broke off
		return nil, c.refusal(resp, body)
	case err != nil:
		return nil, c.failure(ctx, fmt.Errorf("the response broke off after %d bytes: %w", len(body), err))
	case len(body) > largestResponse:
		return nil, c.odd(resp, fmt.Sprintf("a response larger than %d bytes", largestResponse))
	}
	said := read(body)
	if said.refused || len(said.tokens) != 1 {
		return nil, c.refusal(resp, body)
	}
	token := said.token(time.Now())
	if err := Usable(token); err != nil {
		return nil, c.odd(resp, err.Error())
	}
	return token, nil
}

func succeeded(status int) bool { return status >= 200 && status < 300 }

// failure builds an *Error from a request without a response, without the secret: net/http repeats the beginning of what is not HTTP.
func (c Credentials) failure(ctx context.Context, err error) *Error {
	var wrapped *url.Error // repeats the URL and its query
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.As(err, &wrapped):
		err = wrapped.Err
	}
	return &Error{Endpoint: c.endpoint(), Err: hidden(c.secrets(), err)}
}

// odd makes an *Error of a response that has a token, or room for one, which is not to be used.
func (c Credentials) odd(resp *http.Response, why string) *Error {
	return &Error{Endpoint: c.endpoint(), StatusCode: resp.StatusCode, Description: why}
}

// endpoint is the URL that is asked, without its query.
func (c Credentials) endpoint() string {
	u, err := url.Parse(c.TokenURL)
	if err != nil {
		return "the authorization server"
	}
	return u.Host + u.EscapedPath()
}

// hasTenant reports whether the URL names a tenant.
func (c Credentials) hasTenant() bool {
	u, err := url.Parse(c.TokenURL)
	return err == nil && u.Query().Get("tenant") != ""
}

// after is how long a response asks to wait.
func after(resp *http.Response) time.Duration {
	wait, _ := retry.After(resp.Header, time.Now())
	return wait
}

// located drops a Location that cannot be read.
type located struct{ next http.RoundTripper }

func (l located) RoundTrip(req *http.Request) (*http.Response, error) {
	next := l.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(req)
	if err == nil && resp != nil {
		wire.DropBadLocation(resp)
	}
	return resp, err
}
