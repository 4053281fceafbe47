package auth

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
)

// TestValidTokenTakesNoLock: callers with a valid token get it while somebody holds the lock of the fetches.
func TestValidTokenTakesNoLock(t *testing.T) {
	t.Parallel()
	s := New(Config{Fetch: func(context.Context) (*oauth2.Token, error) {
		return &oauth2.Token{AccessToken: "1", Expiry: time.Now().Add(time.Hour)}, nil
	}})
	_, err := s.Token(t.Context())
	require.NoError(t, err)

	s.mu.Lock()
	defer s.mu.Unlock()
	got := make(chan *oauth2.Token)
	go func() {
		token, _ := s.Token(t.Context())
		got <- token
	}()
	select {
	case token := <-got:
		assert.Equal(t, "1", token.AccessToken)
	case <-time.After(10 * time.Second):
		t.Fatal("Token waits for a lock")
	}
}
