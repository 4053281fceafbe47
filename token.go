package halopsa

import (
	"context"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
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
// Tokens are cached until shortly before they expire, and source is asked by one goroutine at a time. If it does not return within a minute, the
// calls that wait for it fail, and it is not asked again before it does. FromOAuth2 returns nil for a nil source, which [WithTokenSource] refuses.
func FromOAuth2(source oauth2.TokenSource) TokenSource {
	if source == nil {
		return nil
	}
	turn := newTurn()
	return auth.New(auth.Config{
		Fetch:     func(ctx context.Context) (*oauth2.Token, error) { return inTurn(ctx, turn, source.Token) },
		Retryable: auth.Retryable,
	})
}
