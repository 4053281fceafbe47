// Package limit holds back requests by the server's own rule: at most n in any window of time.
package limit

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Window is a rolling window over the last n requests. Make it with NewWindow; it is safe for concurrent use.
//
// A request takes a slot from before it is sent until a window after its answer came: the server saw it somewhere in between, so that
// no delay of the network can push more than n requests into one of the server's windows.
type Window struct {
	n      int
	window time.Duration // with its margin

	mu       sync.Mutex
	limit    int         // what the server has shown to accept, at most n
	inFlight int         // slots without an answer
	done     []time.Time // answers within the window, oldest first
	head     int         // where done begins
	waiting  []*waiter
	timer    *time.Timer
	held     time.Time // nobody is let through before
	heldAt   time.Time // when that was decided
	refusals int       // holds in a row without an accepted request
	changed  time.Time // when limit was changed last
}

type waiter struct {
	ready   chan struct{}
	granted bool
}

// Slot is the permission to send one request; give it back with exactly one of Done, Cancel and Refused.
type Slot struct {
	w     *Window
	since time.Time
}

// WaitError is a wait that the context's deadline does not allow.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string {
	return fmt.Sprintf("the wait for the rate limit would be %s, longer than the context allows", e.Wait.Round(time.Millisecond))
}

// Unwrap returns context.DeadlineExceeded.
func (e *WaitError) Unwrap() error { return context.DeadlineExceeded }

// NewWindow returns a limit of n requests in any window. With n below 1 their number is not limited, but a 429 holds back.
func NewWindow(n int, window time.Duration) *Window {
	return &Window{n: max(n, 0), limit: max(n, 0), window: window + window/1000}
}

// Acquire waits for a slot, first come first served. It fails at once with a *WaitError when the wait is sure to outlast ctx.
func (w *Window) Acquire(ctx context.Context) (*Slot, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	w.mu.Lock()
	now := time.Now()
	w.prune(now)
	if len(w.waiting) == 0 && w.free(now) {
		w.inFlight++
		w.mu.Unlock()
		return &Slot{w, now}, nil
	}
	wait := w.estimate(now, len(w.waiting))
	if deadline, ok := ctx.Deadline(); ok && deadline.Sub(now) < wait {
		w.mu.Unlock()
		return nil, &WaitError{wait}
	}
	me := &waiter{ready: make(chan struct{})}
	w.waiting = append(w.waiting, me)
	w.arm(now)
	w.mu.Unlock()

	select {
	case <-me.ready:
		return &Slot{w, time.Now()}, nil
	case <-ctx.Done():
		w.leave(me)
		return nil, context.Cause(ctx)
	}
}

// leave takes a waiter out of the queue, or gives back the slot that it was granted meanwhile.
func (w *Window) leave(me *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if me.granted {
		w.inFlight--
	} else {
		for i, other := range w.waiting {
			if other == me {
				w.waiting = append(w.waiting[:i], w.waiting[i+1:]...)
				break
			}
		}
	}
	w.grant(now)
}

// Done says that the answer came: the slot stays taken for a window from now.
func (s *Slot) Done() {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.inFlight--
	if w.n > 0 {
		w.done = append(w.done, now)
	}
	if s.since.After(w.heldAt) {
		w.refusals = 0
	}
	w.prune(now)
	w.grant(now)
}

// Cancel says that the request was not sent: the slot is free again.
func (s *Slot) Cancel() {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inFlight--
	w.grant(time.Now())
}

// Refused says that the server answered 429. Every caller is held back, for the returned time, and the limit becomes what the server
// did accept within the window.
func (s *Slot) Refused(retryAfter time.Duration, asked bool) time.Duration {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.inFlight--
	w.prune(now)
	if accepted := max(1, len(w.done)-w.head); w.n > 0 && accepted < w.limit {
		w.limit, w.changed = accepted, now
	} else if w.n > 0 {
		w.changed = now
	}
	until := now.Add(retryAfter)
	if !asked {
		until = w.held
		if !s.since.Before(w.heldAt) || w.heldAt.IsZero() {
			// Those that were under way when the hold began say nothing new.
			until = now.Add(min(w.window, w.window/60<<min(w.refusals, 10)))
			w.refusals++
			w.heldAt = now
		}
	}
	if until.After(w.held) {
		w.held = until
		if asked {
			w.heldAt = now
		}
	}
	w.arm(now)
	return max(0, w.held.Sub(now))
}

// State returns the limit in force, the slots in use, the callers that wait, and until when all are held back.
func (w *Window) State() (limit, used, waiting int, heldUntil time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prune(time.Now())
	return w.limit, w.used(), len(w.waiting), w.held
}

func (w *Window) used() int { return w.inFlight + len(w.done) - w.head }

func (w *Window) free(now time.Time) bool {
	return !now.Before(w.held) && (w.n == 0 || w.used() < w.limit)
}

// prune forgets the answers that have left the window, and lets the limit recover after each window without a 429.
func (w *Window) prune(now time.Time) {
	for w.head < len(w.done) && now.Sub(w.done[w.head]) >= w.window {
		w.head++
	}
	if w.head > 64 && w.head > len(w.done)/2 {
		w.done = append(w.done[:0], w.done[w.head:]...)
		w.head = 0
	}
	for w.limit < w.n && now.Sub(w.changed) >= w.window {
		w.limit = min(w.n, w.limit+max(1, w.n/20))
		w.changed = w.changed.Add(w.window)
	}
}

// grant lets waiters through while there are free slots.
func (w *Window) grant(now time.Time) {
	for len(w.waiting) > 0 && w.free(now) {
		first := w.waiting[0]
		w.waiting = w.waiting[1:]
		first.granted = true
		w.inFlight++
		close(first.ready)
	}
	w.arm(now)
}

// arm sets the timer for the first waiter, or stops it when nobody waits.
func (w *Window) arm(now time.Time) {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if len(w.waiting) == 0 {
		return
	}
	at := w.held
	if w.n > 0 && w.used() >= w.limit {
		if w.head == len(w.done) {
			return // all slots are in flight: Done will call
		}
		if next := w.done[w.head].Add(w.window); next.After(at) {
			at = next
		}
	}
	w.timer = time.AfterFunc(max(0, at.Sub(now)), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		now := time.Now()
		w.prune(now)
		w.grant(now)
	})
}

// estimate is the least that a caller waits who has so many others before it.
func (w *Window) estimate(now time.Time, before int) time.Duration {
	wait := max(0, w.held.Sub(now))
	if w.n == 0 {
		return wait
	}
	// So many slots must become free, of which the first are the answers that leave the window.
	needed := w.used() - w.limit + before + 1
	if needed <= 0 {
		return wait
	}
	answered := len(w.done) - w.head
	rounds, rest := (needed-1)/max(1, w.limit), (needed-1)%max(1, w.limit)
	free := w.window // a slot in flight is free a window from now at the earliest
	if rest < answered {
		free = w.done[w.head+rest].Add(w.window).Sub(now)
	}
	return max(wait, free+time.Duration(rounds)*w.window)
}
