// Package retry decides whether an attempt is followed by another one, and what is known of a write that failed.
package retry

import (
	"context"
	"errors"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/verdict"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Kind says what a request does, and so what may be repeated.
type Kind uint8

// The kinds, in the order of the retry table.
const (
	Read   Kind = iota // changes nothing
	Delete             // a second one finds nothing
	Update             // a second one writes the same
	Create             // a second one makes a duplicate
)

// Policy holds the limits of retrying.
type Policy struct {
	MaxRetries int           // further attempts after a failure; 429 does not count
	MinBackoff time.Duration // first backoff, doubled for each further one
	MaxBackoff time.Duration // cap of the backoff
	MaxWait    time.Duration // the longest Retry-After that is waited for
	MaxRefused time.Duration // how long a call continues after 429s, in all
}

// Result is what became of one attempt.
type Result struct {
	verdict.Verdict               // of the response; its Status is 0 when there was none
	Err             error         // why there was none
	Sent            bool          // the request may have reached the server
	Fatal           bool          // Err will be the same next time
	RetryAfter      time.Duration // as the server asked, with Asked
	Asked           bool
	Held            time.Duration // after a 429: for how long the client holds back
	Renewed         bool          // after a 401: the token was dropped, and another one may fare better
}

// TooSlow reports whether the response took longer than the attempt, a gateway or an edge waits for it.
func (r Result) TooSlow() bool {
	if r.Err == nil {
		const originTimeout = 524 // of an edge, as a gateway's 504
		return r.Status == http.StatusGatewayTimeout || r.Status == originTimeout
	}
	var slow interface{ Timeout() bool }
	var op *net.OpError
	return errors.As(r.Err, &slow) && slow.Timeout() && !(errors.As(r.Err, &op) && op.Op == "dial")
}

// State is one call's history of attempts. Its zero value with a Kind is ready.
type State struct {
	Kind     Kind
	Once     bool // never retry, whatever happens
	Inputs   int  // how many records a write is about; 0 is one
	Smaller  bool // a smaller request can take the place of this one: of a response that is too much one retry is enough
	Attempts int
	// Ambiguous is true once an attempt of a write may have been applied without our knowing.
	Ambiguous bool
	// Wait is how long to wait before the next attempt.
	Wait time.Duration
	// TooLong is the wait that was needed and that the policy or the context does not allow, or 0.
	TooLong time.Duration

	retries  int
	replayed bool
	refusals int
	refused  time.Duration
}

// Next takes the result of an attempt and reports whether to make another one.
//
// Ambiguous is never taken back: what a server says of a later attempt, a 400 or a 404 as well, tells nothing of the earlier one.
func (s *State) Next(ctx context.Context, p Policy, r Result) bool {
	s.Attempts++
	s.Wait = 0
	write := s.Kind != Read
	switch {
	case r.Err != nil:
		if r.Sent && write {
			s.Ambiguous = true
			if s.Kind == Create {
				return false
			}
		}
		return !r.Fatal && s.again(ctx, p, r)
	case r.Success():
		return false
	case r.Status == http.StatusUnauthorized:
		// Nothing was done; the token may have been revoked. Once.
		if !r.Renewed || s.replayed || s.Once {
			return false
		}
		s.replayed = true
		return true
	case r.Status == http.StatusTooManyRequests:
		return s.afterRefusal(ctx, p, r)
	case write && !r.NotApplied(s.Inputs):
		s.Ambiguous = true
		if s.Kind == Create {
			return false
		}
	}
	return r.Transient() && s.again(ctx, p, r)
}

// again allows a retry within the budget, after a backoff or what the server asks for, whichever is longer.
func (s *State) again(ctx context.Context, p Policy, r Result) bool {
	if s.Once || s.retries >= p.MaxRetries || s.Smaller && s.retries > 0 && r.TooSlow() || ctx.Err() != nil {
		return false
	}
	s.Wait = Backoff(p.MinBackoff, p.MaxBackoff, s.retries)
	if r.Asked {
		s.Wait = max(s.Wait, r.RetryAfter)
	}
	s.retries++
	return s.allowed(ctx, p, s.Wait)
}

// afterRefusal allows a retry after a 429: the limiter holds the call back, and the call has its own wait, which grows with each refusal,
// so that a server which asks for none, or for too little, is not hammered.
func (s *State) afterRefusal(ctx context.Context, p Policy, r Result) bool {
	if s.Once || ctx.Err() != nil {
		return false
	}
	wait := max(r.Held, r.RetryAfter, Pause(p.MinBackoff, p.MaxBackoff, s.refusals))
	if wait > r.Held {
		s.Wait = wait
	}
	s.refusals++
	// A second at the least, or a call whose backoff is 0 would be repeated forever.
	counted := max(wait, time.Second)
	s.refused += counted
	if s.refused > p.MaxRefused {
		s.TooLong = counted
		return false
	}
	return s.allowed(ctx, p, wait)
}

func (s *State) allowed(ctx context.Context, p Policy, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	if wait > p.MaxWait || ok && time.Until(deadline) < wait {
		s.TooLong = wait
		return false
	}
	return true
}

// After reads a Retry-After header, in seconds or as a date; false when there is none that makes sense.
//
// A date is taken by the server's own clock where the response has a Date, and by now where it has none. The longest wait is a year.
func After(header http.Header, now time.Time) (time.Duration, bool) {
	const longest = 365 * 24 * time.Hour
	value := strings.TrimSpace(wire.Value(header, "Retry-After"))
	if value == "" {
		return 0, false
	}
	// A number too large for a float64 comes as an infinity, with an error.
	if seconds, err := strconv.ParseFloat(value, 64); err == nil || math.IsInf(seconds, 0) {
		switch {
		case !(seconds >= 0): // negative, or not a number
			return 0, false
		case seconds > longest.Seconds():
			return longest, true
		}
		return time.Duration(seconds * float64(time.Second)), true
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(header.Get("Date")); err == nil {
		now = sent
	}
	return min(max(0, at.Sub(now)), longest), true
}
