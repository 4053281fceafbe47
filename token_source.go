package halopsa

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/auth"
	"github.com/halopsa-go/halopsa/internal/retry"
)

// NewTokenSource returns the token source that [NewClient] would use with the same arguments, so that several clients can share it, or tokens
// can be stored elsewhere.
//
// It does no I/O. It needs [WithClientCredentials], and respects [WithTenant], [WithScope], [WithAuthURL], [WithHTTPClient], [WithMaxRetries],
// [WithBackoff] and [WithInsecureHTTP]; the source of [WithTokenSource] is returned as it is. The error is an [ErrInvalid], as of [NewClient].
//
// Tokens are cached until shortly before they expire, callers wait for one fetch under their own contexts, and Invalidate(accessToken string)
// drops a token. The errors of Token are *[AuthError], or those of the context.
func NewTokenSource(baseURL string, opts ...ClientOption) (TokenSource, error) {
	conf, base, err := configure(baseURL, opts)
	if err != nil {
		return nil, err
	}
	return tokenSource(conf, base, *httpClient(conf.httpClient))
}

// tokenSource returns the source that was given, or one for the client credentials, which fetches through hc.
func tokenSource(c *config, base string, hc http.Client) (TokenSource, error) {
	if c.tokens != nil {
		return c.tokens, nil
	}
	if c.clientID == "" && c.credentials == nil {
		return nil, badArgument("credentials", "none given; use WithClientCredentials or WithTokenSource")
	}
	tokenURL, err := tokenEndpoint(base, c.authURL, c.tenant, c.insecure)
	if err != nil {
		return nil, err
	}
	exchange := func(ctx context.Context, p pair) (*oauth2.Token, error) {
		return auth.Exchange(ctx, &hc, auth.Credentials{ClientID: p.id, ClientSecret: p.secret, TokenURL: tokenURL, Scopes: c.scopes})
	}
	policy := c.retry
	source := auth.New(auth.Config{
		Fetch: func(ctx context.Context) (*oauth2.Token, error) {
			if c.credentials != nil {
				return c.credentials.exchange(ctx, exchange)
			}
			return exchange(ctx, pair{c.clientID, c.clientSecret})
		},
		Retryable:  auth.Retryable,
		MaxRetries: min(policy.MaxRetries, 2),
		Backoff:    func(n int) time.Duration { return retry.Backoff(policy.MinBackoff, policy.MaxBackoff, n) },
	})
	// The secret is in functions only, where %+v of the source does not show it.
	return &credentialSource{Source: source, explain: func(err error) error { return authError(err, c.secrets()...) }}, nil
}

// credentialSource is an auth.Source whose errors are the SDK's own.
type credentialSource struct {
	*auth.Source
	explain func(error) error
}

// Token returns a valid token, fetching it when need be.
func (s *credentialSource) Token(ctx context.Context) (*oauth2.Token, error) {
	token, err := s.Source.Token(ctx)
	if err != nil && ctx.Err() == nil {
		err = s.explain(err)
	}
	return token, err
}
