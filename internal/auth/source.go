// Package auth fetches access tokens and shares them between goroutines.
package auth

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
)

// Config says how tokens are fetched.
type Config struct {
	Fetch      func(ctx context.Context) (*oauth2.Token, error) // one exchange
	Retryable  func(err error) (wait time.Duration, ok bool)
	MaxRetries int
	Backoff    func(n int) time.Duration
	Timeout    time.Duration // of a fetch with its retries; 0 is 60 s
	Early      time.Duration // refresh so long before the expiry; 0 is 60 s
}

// Source gives a cached token and fetches another one before it expires. It is safe for concurrent use.
type Source struct {
	conf   Config
	cached atomic.Pointer[entry]

	mu    sync.Mutex
	fetch *fetch // under way: there is never more than one
}

// entry is a token with the times that matter. refresh moves with every early refresh, which can fail.
type entry struct {
	token   *oauth2.Token
	fetched time.Time
	refresh atomic.Int64 // unix nanoseconds; 0 for never
}

// fetch is one that is under way, with the number of those who wait for it.
type fetch struct {
	done      chan struct{}
	cancel    context.CancelFunc
	waiters   int
	early     bool // nobody needs to wait for it: it is not cancelled when nobody does
	abandoned bool
	token     *oauth2.Token
	err       error
}

var (
	errSlow  = errors.New("the authorization server took too long")
	errEnded = errors.New("the token source ended its goroutine")
)

// New returns a source that has no token yet.
func New(conf Config) *Source {
	if conf.Timeout == 0 {
		conf.Timeout = time.Minute
	}
	if conf.Early == 0 {
		conf.Early = time.Minute
	}
	return &Source{conf: conf}
}

// Token returns a valid token, fetching it when need be.
//
// While a token is valid nobody waits: near its expiry another one is fetched in the background, for at most the Timeout.
func (s *Source) Token(ctx context.Context) (*oauth2.Token, error) {
	e := s.cached.Load()
	now := time.Now()
	if e == nil || !valid(e.token, now) {
		return s.wait(ctx)
	}
	if due := e.refresh.Load(); due != 0 && now.UnixNano() >= due {
		if e.refresh.CompareAndSwap(due, now.Add(s.conf.pause()).UnixNano()) {
			s.refresh(ctx, e)
		}
	}
	return e.token, nil
}

// pause is how long after an early refresh the next one is tried, should it fail.
func (c Config) pause() time.Duration { return min(15*time.Second, max(time.Second, c.Early/4)) }

func valid(token *oauth2.Token, now time.Time) bool {
	return token.Expiry.IsZero() || now.Before(token.Expiry)
}

// Invalidate drops the cached token if it is still this one.
func (s *Source) Invalidate(accessToken string) {
	if e := s.cached.Load(); e != nil && e.token.AccessToken == accessToken {
		s.cached.CompareAndSwap(e, nil)
	}
}

// FetchedAt returns when the cached token was fetched if it is this one, or the zero time.
func (s *Source) FetchedAt(accessToken string) time.Time {
	if e := s.cached.Load(); e != nil && e.token.AccessToken == accessToken {
		return e.fetched
	}
	return time.Time{}
}

// refresh starts a fetch to replace old, unless one is under way or was just made.
func (s *Source) refresh(ctx context.Context, old *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fetch == nil && s.cached.Load() == old {
		s.start(ctx).early = true
	}
}

// start begins a fetch. It has the values of the caller's context, but ends by itself. It requires that s.mu is held.
func (s *Source) start(ctx context.Context) *fetch {
	own, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), s.conf.Timeout, errSlow)
	f := &fetch{done: make(chan struct{}), cancel: cancel}
	s.fetch = f
	go s.run(own, f)
	return f
}

// wait joins the fetch that is under way, or starts one, and waits for it under the caller's own context.
func (s *Source) wait(ctx context.Context) (*oauth2.Token, error) {
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		s.mu.Lock()
		f := s.fetch
		if f == nil {
			// Another caller may have brought one while we came here.
			if e := s.cached.Load(); e != nil && valid(e.token, time.Now()) {
				s.mu.Unlock()
				return e.token, nil
			}
			f = s.start(ctx)
		}
		f.waiters++
		s.mu.Unlock()
		select {
		case <-f.done:
			if f.err != nil && f.abandoned {
				continue // it was cancelled before we came, and not by us: only one at a time is made
			}
			return f.token, f.err
		case <-ctx.Done():
			s.leave(f)
			return nil, context.Cause(ctx)
		}
	}
}

// leave cancels a fetch that nobody waits for any more.
func (s *Source) leave(f *fetch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.waiters--; f.waiters == 0 && !f.early {
		f.abandoned = true
		f.cancel()
	}
}

// run fetches a token, keeps it, and tells those who wait.
func (s *Source) run(ctx context.Context, f *fetch) {
	defer f.cancel()
	var token *oauth2.Token
	err := errEnded
	defer func() { // deferred, so that nobody waits forever for a fetch that ends its goroutine
		s.mu.Lock()
		defer s.mu.Unlock()
		f.token, f.err = token, err
		if err == nil {
			s.keep(token)
		}
		s.fetch = nil
		close(f.done)
	}()
	token, err = s.try(ctx)
}

// keep caches a token. It requires that s.mu is held.
func (s *Source) keep(token *oauth2.Token) {
	e := &entry{token: token, fetched: time.Now()}
	if !token.Expiry.IsZero() {
		early := min(s.conf.Early, time.Until(token.Expiry)/10)
		e.refresh.Store(token.Expiry.Add(-early).UnixNano())
	}
	s.cached.Store(e)
}

// try makes the attempts of one fetch.
func (s *Source) try(ctx context.Context) (*oauth2.Token, error) {
	for n := 0; ; n++ {
		token, err := Ask(ctx, s.conf.Fetch)
		if err == nil {
			return token, nil
		}
		if n >= s.conf.MaxRetries || s.conf.Retryable == nil || ctx.Err() != nil {
			return nil, err
		}
		wait, ok := s.conf.Retryable(err)
		if !ok {
			return nil, err
		}
		if s.conf.Backoff != nil {
			wait = max(wait, s.conf.Backoff(n))
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return nil, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, err
		}
	}
}
