package halopsa

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
)

// WithCredentialsFunc takes the id and the secret of an API application from a function, so that they can be rotated while the client lives.
//
// The function is asked for the first token, and again once the authorization server has refused what it gave: other credentials are then tried
// at once, and the same ones are refused. It is called by one goroutine at a time, with the values of a call's context and a separate
// deadline; no call waits longer for a function that does not return, and it is not called again before it does. White space around the texts is dropped. If it returns an error or an empty text, the calls that wait for the token return an
// *[AuthError]; the next call asks again. What it has returned is kept out of errors and log lines. It replaces [WithClientCredentials].
func WithCredentialsFunc(credentials func(ctx context.Context) (id, secret string, err error)) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if credentials == nil {
			return badArgument("WithCredentialsFunc", "the function must not be nil")
		}
		c.clientID, c.clientSecret, c.credentials = "", "", &rotating{ask: credentials, turn: newTurn()}
		return nil
	})
}

// pair is the id and the secret of an API application.
type pair struct{ id, secret string }

// rotating are credentials that a function gives. It is safe for concurrent use.
type rotating struct {
	ask  func(ctx context.Context) (id, secret string, err error)
	turn turn // to call it: a Check of the client fetches tokens beside the client itself

	mu   sync.Mutex
	held *pair // nil before the first and after a refusal
	seen []string
}

// secretsKept is how many secrets are known that a server could echo: the last one and those that it took the place of.
const secretsKept = 4

// secrets returns the secrets that the function has returned.
func (r *rotating) secrets() []string {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.seen)
}

// current returns the credentials that are held, if any.
func (r *rotating) current() *pair {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.held
}

// hold keeps credentials, or with nil drops them.
func (r *rotating) hold(p *pair) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = p
}

// renewed asks the function and knows its secret from then on.
func (r *rotating) renewed(ctx context.Context) (*pair, error) {
	p, err := inTurn(ctx, r.turn, func() (*pair, error) {
		id, secret, err := r.ask(ctx)
		return &pair{trim(id), trim(secret)}, err
	})
	if err != nil {
		err = redact.New(nil, r.secrets()...).Error(err)
		return nil, &AuthError{Message: line.Fold("the credentials could not be obtained: " + err.Error()), Err: err}
	}
	if p.id == "" || p.secret == "" {
		return nil, &AuthError{Message: "the function of WithCredentialsFunc returned an empty client id or client secret"}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.seen, p.secret) {
		r.seen = append(r.seen, p.secret)
		r.seen = r.seen[max(0, len(r.seen)-secretsKept):]
	}
	return p, nil
}

// exchange fetches a token for the credentials that are held, and for others if those are refused.
func (r *rotating) exchange(ctx context.Context, fetch func(context.Context, pair) (*oauth2.Token, error)) (*oauth2.Token, error) {
	p := r.current()
	fresh := p == nil
	if fresh {
		var err error
		if p, err = r.renewed(ctx); err != nil {
			return nil, err
		}
	}
	for {
		token, err := fetch(ctx, *p)
		if err == nil {
			r.hold(p)
			return token, nil
		}
		var refusal *AuthError
		if !errors.As(authError(err, p.secret), &refusal) || !refusal.refused() {
			r.hold(p) // they may well be right
			return nil, err
		}
		r.hold(nil)
		if fresh {
			return nil, err
		}
		fresh = true
		other, again := r.renewed(ctx)
		switch {
		case again != nil:
			return nil, again
		case *other == *p:
			return nil, err
		}
		p = other
	}
}
