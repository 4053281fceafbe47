package trial

import (
	"context"
	"testing"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
)

// StaticToken is for tests that are not about tokens.
var StaticToken = halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "canary-token"}))

// AnyCredentials are for tests in which nobody looks at them.
var AnyCredentials = halopsa.WithClientCredentials("id", "secret")

// TokenFunc is a halopsa.TokenSource.
type TokenFunc func(context.Context) (*oauth2.Token, error)

// Token is that of halopsa.TokenSource.
func (f TokenFunc) Token(ctx context.Context) (*oauth2.Token, error) { return f(ctx) }

// SetEnv sets every variable that NewClientFromEnv reads, so a test that calls it cannot run in parallel.
func SetEnv(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range []string{"URL", "TENANT", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUTH_URL"} {
		t.Setenv("HALOPSA_"+name, env[name])
	}
}
