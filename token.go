package halopsa

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
)

// TokenSource supplies a client with access tokens.
//
// Token is called before every attempt, from many goroutines, and should return a cached token while it is valid. A source that
// also has Invalidate(accessToken string) is told which token the API refused with 401, so that the next call of Token returns
// another one.
type TokenSource interface {
	Token(ctx context.Context) (*oauth2.Token, error)
}

// FromOAuth2 returns a [TokenSource] that gets its tokens from source.
//
// Tokens are cached until shortly before they expire, and source is asked by one goroutine at a time. It returns nil for a nil source, which
// [WithTokenSource] refuses.
func FromOAuth2(source oauth2.TokenSource) TokenSource {
	if source == nil {
		return nil
	}
	return auth.New(auth.Config{
		Fetch:     func(context.Context) (*oauth2.Token, error) { return source.Token() },
		Retryable: auth.Retryable,
	})
}

// authError makes an *AuthError of what a token source returned, without what it must not show: oauth2 prints whole answers and URLs.
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
		for _, part := range []string{answered.ErrorCode, answered.ErrorDescription} {
			if part != "" {
				message += ": " + part
			}
		}
		return &AuthError{
			StatusCode: status, Code: line.Fold(shown.String(answered.ErrorCode)), Message: line.Fold(shown.String(message)), page: page,
		}
	case errors.As(err, &wrapped):
		err = wrapped.Err
	}
	return &AuthError{Message: line.Fold(shown.String(err.Error())), Err: shown.Error(err)}
}
