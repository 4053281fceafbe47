package halopsaredis

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"github.com/halopsa-go/halopsa"
)

const (
	// longestLock is how long a process that died in the middle of a fetch holds up the others; a living one renews its lock.
	longestLock = 10 * time.Second
	// longestFetch bounds a fetch with its retries, and the wait for that of another process.
	longestFetch = time.Minute
	// pollPause is how often a process looks for the token that another one fetches.
	pollPause = 50 * time.Millisecond
	// early is how long before its expiry a token is replaced; of a short life it is the last tenth.
	early = time.Minute
	// mostDropped is how many tokens are remembered as refused, so that an old copy of one is not taken for a good one.
	mostDropped = 8
)

var errSlow = errors.New("halopsaredis: no token within " + longestFetch.String())

// TokenSource gives all processes that use its key one access token. Make it with [NewTokenSource]; it is safe for concurrent use.
//
// The token is fetched by one process at a time, a minute before the old one expires, and the others take it from Redis. Each keeps a copy, so
// that Redis is asked only when that is due or refused. While Redis fails, a process that needs a token fetches one for itself, and logs so.
//
// The token in Redis is a secret: whoever reads it can call the API until it expires. [WithKey] encrypts it.
type TokenSource struct {
	client redis.UniversalClient
	key    string
	source halopsa.TokenSource
	cipher cipher.AEAD // nil for none
	lock   time.Duration
	outage outage

	flight  singleflight.Group
	cached  atomic.Pointer[held]
	mu      sync.Mutex
	dropped [][sha256.Size]byte // digests of access tokens that the API refused, the latest last; %+v must not show the tokens
}

// held is the copy of a token, and when to look for another.
type held struct {
	token   *oauth2.Token
	refresh atomic.Int64 // unix nanoseconds; 0 for never
}

// NewTokenSource returns a source that keeps the tokens of source in Redis under key, such as "halopsa:acme:token": one key for each tenant
// and API application. It does no I/O.
//
// source is that of [halopsa.NewTokenSource], for example. If it has Invalidate(accessToken string), it is told to drop each token it has given, since
// this source keeps them. Beside the key there is KEY:lock while a token is fetched. The error is a [halopsa.ErrInvalid].
func NewTokenSource(client redis.UniversalClient, key string, source halopsa.TokenSource, opts ...TokenOption) (*TokenSource, error) {
	switch {
	case client == nil:
		return nil, badArgument("NewTokenSource", "the Redis client must not be nil")
	case key == "":
		return nil, badArgument("NewTokenSource", "the key must not be empty")
	case source == nil:
		return nil, badArgument("NewTokenSource", "the token source must not be nil")
	}
	s := &TokenSource{client: client, key: key, source: source, lock: longestLock}
	s.outage.logger = slog.Default()
	s.outage.effect = "this process fetches tokens for itself"
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyTokens(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Token returns a valid token. It implements [halopsa.TokenSource].
//
// Its errors are those of the source that fetches, or of the context. A fetch continues when the caller who began it leaves.
func (s *TokenSource) Token(ctx context.Context) (*oauth2.Token, error) {
	h := s.cached.Load()
	now := time.Now()
	if h == nil || !h.token.Expiry.IsZero() && !now.Before(h.token.Expiry) {
		return s.shared(ctx)
	}
	due := h.refresh.Load()
	// Early: one caller looks for another token, the others continue with what is still valid.
	if due == 0 || now.UnixNano() < due || !h.refresh.CompareAndSwap(due, now.Add(pause(time.Until(h.token.Expiry))).UnixNano()) {
		return h.token, nil
	}
	if token, err := s.shared(ctx); err == nil {
		return token, nil
	}
	return h.token, nil
}

// pause is how long to wait for another try to replace a token that is valid so long.
func pause(left time.Duration) time.Duration { return min(15*time.Second, max(left/4, pollPause)) }

// Invalidate drops a token that the API refused, for all processes: the next call of Token takes it out of Redis.
func (s *TokenSource) Invalidate(accessToken string) {
	s.mu.Lock()
	if digest := sha256.Sum256([]byte(accessToken)); !slices.Contains(s.dropped, digest) {
		s.dropped = append(s.dropped, digest)
		s.dropped = s.dropped[max(0, len(s.dropped)-mostDropped):]
	}
	s.mu.Unlock()
	if h := s.cached.Load(); h != nil && h.token.AccessToken == accessToken {
		s.cached.CompareAndSwap(h, nil)
	}
	s.discard(accessToken)
}

func (s *TokenSource) isDropped(accessToken string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.dropped, sha256.Sum256([]byte(accessToken)))
}

// shared gets a token with all callers of this process who need one now.
func (s *TokenSource) shared(ctx context.Context) (*oauth2.Token, error) {
	for again := false; ; again = true {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		done := s.flight.DoChan("", func() (any, error) {
			own, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), longestFetch, errSlow)
			defer cancel()
			return s.obtain(own)
		})
		select {
		case r := <-done:
			token, ok := r.Val.(*oauth2.Token)
			if r.Err != nil || !ok {
				return nil, r.Err
			}
			// What was under way when this caller joined may end with the token that it has dropped.
			if again || !s.isDropped(token.AccessToken) {
				return token, nil
			}
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// obtain takes the token from Redis, fetches it for all, or waits for the process that does.
func (s *TokenSource) obtain(ctx context.Context) (*oauth2.Token, error) {
	owner := rand.Text()
	for {
		current, err := s.current(ctx)
		if err != nil {
			return s.alone(ctx, err)
		}
		if current != nil && !current.due() {
			return s.keep(current), nil
		}
		locked, err := s.tryLock(ctx, owner)
		if err != nil {
			return s.alone(ctx, err)
		}
		if locked {
			return s.fetchForAll(ctx, owner)
		}
		if current != nil { // another process is about to replace it
			return s.keep(current), nil
		}
		if err := sleep(ctx, pollPause); err != nil {
			return nil, err
		}
	}
}

// fetchForAll fetches a token under the lock and puts it into Redis.
func (s *TokenSource) fetchForAll(ctx context.Context, owner string) (*oauth2.Token, error) {
	release := s.holdLock(ctx, owner)
	current, err := s.current(ctx) // another process may have brought one while this one took the lock
	if err != nil {
		release(false)
		return s.alone(ctx, err)
	}
	if current != nil && !current.due() {
		release(true)
		return s.keep(current), nil
	}
	token, err := s.fetch(ctx)
	switch {
	case err != nil && current != nil:
		release(false) // it expires, which is a pause for every process, while the token is still valid
		return s.keep(current), nil
	case err != nil:
		release(true)
		return nil, err
	}
	stored := newStored(token)
	if !s.isDropped(token.AccessToken) {
		s.store(ctx, stored)
	}
	release(true)
	return s.keep(stored), nil
}

// alone fetches a token for this process only, since Redis failed.
func (s *TokenSource) alone(ctx context.Context, failure error) (*oauth2.Token, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s.outage.fail(ctx, failure)
	token, err := s.fetch(ctx)
	if err != nil {
		return nil, err
	}
	return s.keep(newStored(token)), nil
}

// fetch gets a new token from the source, which need not keep it: its copy could be older than what is in Redis.
func (s *TokenSource) fetch(ctx context.Context) (*oauth2.Token, error) {
	token, err := s.source.Token(ctx)
	switch {
	case err != nil:
		return nil, err
	case token == nil || token.AccessToken == "":
		return nil, errors.New("halopsaredis: the token source returned no token")
	case !fitsHeader(token.AccessToken):
		return nil, errors.New("halopsaredis: the token source returned a token that no header can hold")
	}
	s.discard(token.AccessToken)
	return token, nil
}

// discard has the source drop a token.
func (s *TokenSource) discard(accessToken string) {
	if source, ok := s.source.(interface{ Invalidate(accessToken string) }); ok {
		source.Invalidate(accessToken)
	}
}

// keep makes t the copy of this process, and returns its token.
func (s *TokenSource) keep(t *stored) *oauth2.Token {
	h := &held{token: t.token}
	if !t.token.Expiry.IsZero() {
		refresh := t.token.Expiry.Add(-t.early())
		if t.due() {
			refresh = time.Now().Add(pause(time.Until(t.token.Expiry)))
		}
		h.refresh.Store(refresh.UnixNano())
	}
	s.cached.Store(h)
	return h.token
}
