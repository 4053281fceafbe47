package halopsa

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/retry"
)

// TokenSource gives access tokens to a client.
//
// Token is called before every attempt, from many goroutines, and should return a cached token while it is valid. A source that
// also has Invalidate(accessToken string) is told of a token that the API answered 401 to, so that the next call of Token gives
// another one.
type TokenSource interface {
	Token(ctx context.Context) (*oauth2.Token, error)
}

// invalidator is a token source that can drop a token.
type invalidator interface{ Invalidate(accessToken string) }

// FromOAuth2 makes a [TokenSource] of an oauth2.TokenSource.
//
// Tokens are cached until shortly before they expire, and source is asked by one goroutine at a time.
func FromOAuth2(source oauth2.TokenSource) TokenSource {
	return auth.New(auth.Config{
		Fetch:     func(context.Context) (*oauth2.Token, error) { return source.Token() },
		Retryable: auth.Retryable,
	})
}

// credentialSource fetches tokens with the client credentials of c.
func credentialSource(c *config, tokenURL string, hc *http.Client) TokenSource {
	credentials := auth.Credentials{ClientID: c.clientID, ClientSecret: c.clientSecret, TokenURL: tokenURL, Scopes: c.scopes}
	policy := c.retry
	return auth.New(auth.Config{
		Fetch: func(ctx context.Context) (*oauth2.Token, error) {
			return auth.Exchange(ctx, hc, credentials)
		},
		Retryable:  auth.Retryable,
		MaxRetries: min(policy.MaxRetries, 2),
		Backoff:    func(n int) time.Duration { return retry.Backoff(policy.MinBackoff, policy.MaxBackoff, n) },
	})
}

// authError makes an *AuthError of what a token source returned.
func authError(err error) error {
	var mine *AuthError
	if errors.As(err, &mine) {
		return err
	}
	var refused *auth.Error
	if errors.As(err, &refused) {
		return &AuthError{StatusCode: refused.StatusCode, Code: refused.Code, Message: refused.Error(), Err: refused.Err}
	}
	return &AuthError{Message: err.Error(), Err: err}
}
