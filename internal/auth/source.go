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
	fetch *fetch // under way
}

// entry is a token with the times that matter. refresh moves when an early refresh fails.
type entry struct {
	token   *oauth2.Token
	refresh atomic.Int64 // unix nanoseconds; 0 for never
}

// fetch is one that is under way, with the number of those who wait for it.
type fetch struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	token   *oauth2.Token
	err     error
}

var errSlow = errors.New("the authorisation server took too long")

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
func (s *Source) Token(ctx context.Context) (*oauth2.Token, error) {
	e := s.cached.Load()
	now := time.Now()
	if e == nil || !valid(e.token, now) {
		return s.wait(ctx, e)
	}
	due := e.refresh.Load()
	if due == 0 || now.UnixNano() < due {
		return e.token, nil
	}
	// Early: one caller refreshes, the others go on with what is still valid.
	if !e.refresh.CompareAndSwap(due, now.Add(s.conf.pause()).UnixNano()) {
		return e.token, nil
	}
	if token, err := s.wait(ctx, e); err == nil {
		return token, nil
	}
	return e.token, nil
}

// pause is how long after a failed early refresh the next one is tried.
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

// wait joins the fetch that is under way, or starts one to replace old, and waits for it under the caller's own context.
func (s *Source) wait(ctx context.Context, old *entry) (*oauth2.Token, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s.mu.Lock()
	f := s.fetch
	if f == nil {
		// Another caller may have brought one while we came here.
		if e := s.cached.Load(); e != old && e != nil && valid(e.token, time.Now()) {
			s.mu.Unlock()
			return e.token, nil
		}
		own, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), s.conf.Timeout, errSlow)
		f = &fetch{done: make(chan struct{}), cancel: cancel}
		s.fetch = f
		go s.run(own, f)
	}
	f.waiters++
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		if f.waiters--; f.waiters == 0 {
			f.cancel()
			if s.fetch == f {
				s.fetch = nil
			}
		}
		return nil, context.Cause(ctx)
	}
}

// run fetches a token, keeps it, and tells those who wait.
func (s *Source) run(ctx context.Context, f *fetch) {
	defer f.cancel()
	f.token, f.err = s.try(ctx)
	if f.err == nil {
		e := &entry{token: f.token}
		if !f.token.Expiry.IsZero() {
			early := min(s.conf.Early, time.Until(f.token.Expiry)/10)
			e.refresh.Store(f.token.Expiry.Add(-early).UnixNano())
		}
		s.cached.Store(e)
	}
	s.mu.Lock()
	if s.fetch == f {
		s.fetch = nil
	}
	s.mu.Unlock()
	close(f.done)
}

// try makes the attempts of one fetch.
func (s *Source) try(ctx context.Context) (*oauth2.Token, error) {
	for n := 0; ; n++ {
		token, err := s.conf.Fetch(ctx)
		if err == nil && (token == nil || token.AccessToken == "") {
			err = errors.New("the answer holds no access token")
		}
		if err == nil {
			return token, nil
		}
		if n >= s.conf.MaxRetries || s.conf.Retryable == nil {
			return nil, err
		}
		wait, ok := s.conf.Retryable(err)
		if !ok {
			return nil, err
		}
		if s.conf.Backoff != nil {
			wait = max(wait, s.conf.Backoff(n))
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
