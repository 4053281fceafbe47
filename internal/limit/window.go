// Package limit holds back requests by the server's own rule: at most n in any window of time.
package limit

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"
)

// Window is a rolling window over the last n requests. Make it with NewWindow; it is safe for concurrent use.
//
// A request takes a slot from before it is sent until a window after its response came: the server saw it somewhere in between, so that
// no delay of the network can push more than n requests into one of the server's windows.
type Window struct {
	n      int
	window time.Duration // with its margin

	mu       sync.Mutex
	inFlight int       // slots without a response
	done     []request // responded to within the window, oldest response first
	head     int       // where done begins
	waiting  list.List // of *waiter, in the order in which they came
	timer    *time.Timer
	longest  time.Duration // the longest hold that callers wait for, with bounded
	bounded  bool

	learned
}

// request is one that the server accepted: it did so between these times.
type request struct{ sent, answered time.Time }

type waiter struct {
	place *list.Element // in the queue
	ready chan struct{}
	slot  *Slot // once granted
	err   error // or why it never will be
}

// Slot is the permission to send one request; give it back with exactly one of Done, Cancel and Refused.
type Slot struct {
	w     *Window
	sent  time.Time // or granted, which is before
	epoch int       // of refusals, when it was granted
	probe bool      // it is one more than the server has shown to accept
}

// WaitError is returned for a wait that is too long, without waiting: longer than the context's deadline allows or, with Refused, longer than
// callers wait after a 429.
type WaitError struct {
	Wait    time.Duration
	Refused bool
}

func (e *WaitError) Error() string { return fmt.Sprintf("the wait for the limit would be %s", e.Wait) }

// NewWindow returns a limit of n requests in any window. With n below 1 their number is not limited, but a 429 holds back.
func NewWindow(n int, window time.Duration) *Window {
	return &Window{n: max(n, 0), window: window + window/1000, learned: learned{limit: max(n, 0)}}
}

// SetLongestHold makes callers fail with a *WaitError, at once, while the server's refusals hold them back for longer than longest.
// Without it they wait as long as the server asks.
func (w *Window) SetLongestHold(longest time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.longest, w.bounded = longest, true
}

// Free returns a slot where one is free at once and nobody waits, and nil where not.
func (w *Window) Free(ctx context.Context) *Slot {
	if ctx.Err() != nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.taken(time.Now())
}

// taken is [Window.Free]. It requires that w.mu is held.
func (w *Window) taken(now time.Time) *Slot {
	w.prune(now)
	if w.waiting.Len() == 0 && w.free(now) {
		return w.take(now)
	}
	return nil
}

// Acquire waits for a slot, first come first served. It fails at once with a *WaitError when the wait is sure to outlast ctx.
func (w *Window) Acquire(ctx context.Context) (*Slot, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	w.mu.Lock()
	now := time.Now()
	if slot := w.taken(now); slot != nil {
		w.mu.Unlock()
		return slot, nil
	}
	if err := w.hopeless(ctx, now); err != nil {
		w.mu.Unlock()
		return nil, err
	}
	me := &waiter{ready: make(chan struct{})}
	me.place = w.waiting.PushBack(me)
	if w.waiting.Len() == 1 {
		w.arm(now)
	}
	w.mu.Unlock()

	select {
	case <-me.ready:
		return me.slot, me.err
	case <-ctx.Done():
		w.leave(me)
		return nil, context.Cause(ctx)
	}
}

// hopeless returns the error of a caller for whom waiting is of no use. It requires that w.mu is held.
func (w *Window) hopeless(ctx context.Context, now time.Time) error {
	if hold := w.held.Sub(now); w.bounded && hold > w.longest {
		return &WaitError{Wait: hold, Refused: true}
	}
	wait := w.estimate(now, w.waiting.Len())
	if deadline, ok := ctx.Deadline(); ok && deadline.Sub(now) < wait {
		return &WaitError{Wait: wait}
	}
	return nil
}

// leave takes a waiter out of the queue, or gives back the slot that it was granted since. It costs the same wherever the waiter stands: what the
// others wait for does not change.
func (w *Window) leave(me *waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if me.slot != nil {
		w.inFlight--
		w.grant(time.Now())
		return
	}
	if w.waiting.Remove(me.place); w.waiting.Len() == 0 {
		w.arm(time.Now())
	}
}

// first takes the waiter out of the queue that has waited longest. It requires that w.mu is held and that one waits.
func (w *Window) first() *waiter {
	return w.waiting.Remove(w.waiting.Front()).(*waiter) //nolint:errcheck,forcetypeassert // the queue holds nothing else
}

// Done says that the response came: the slot stays taken for a window from now.
func (s *Slot) Done() {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.inFlight--
	if w.n > 0 {
		w.done = append(w.done, request{s.sent, now})
	}
	w.prune(now)
	w.accept(s, now)
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

// Refused says that the server responded with 429: the slot is free, the limit becomes what the server did accept within the window, and every
// caller is held back for the returned time.
//
// With asked the server named retryAfter, and nobody is let through before, but for at most a window, or 5 minutes where that is longer. Without it, and where waiting as long as
// it asked was of no use, the holds grow from a sixtieth of the window to a whole one.
func (s *Slot) Refused(retryAfter time.Duration, asked bool) time.Duration {
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.inFlight--
	w.prune(now)
	w.refuse(s, now, retryAfter, asked)
	hold := max(0, w.held.Sub(now))
	if w.bounded && hold > w.longest {
		for w.waiting.Len() > 0 {
			first := w.first()
			first.err = &WaitError{Wait: hold, Refused: true}
			close(first.ready)
		}
	}
	w.grant(now)
	return hold
}

// Expect returns how long a request that asks for a slot now will wait for it, at the least.
func (w *Window) Expect() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.prune(now)
	if w.waiting.Len() == 0 && w.free(now) {
		return 0
	}
	return w.estimate(now, w.waiting.Len())
}

// State is what a window stands at.
type State struct {
	Limit, Used, Waiting int       // the limit in force, the slots in use, the callers that wait
	Left                 int       // how many requests may be sent now, or -1 for any number
	HeldUntil            time.Time // until when all are held back
}

// State returns what the window stands at.
func (w *Window) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	w.prune(now)
	return State{w.limit, w.used(), w.waiting.Len(), w.room(now), w.held}
}

// used requires that w.mu is held.
func (w *Window) used() int { return w.inFlight + w.answered() }

// answered is how many requests the server has accepted within the window. It requires that w.mu is held.
func (w *Window) answered() int { return len(w.done) - w.head }

// take gives out a slot, which is known to be free. It requires that w.mu is held.
func (w *Window) take(now time.Time) *Slot {
	slot := &Slot{w: w, sent: now, epoch: w.epoch, probe: w.n > 0 && w.used() >= w.limit}
	w.inFlight++
	return slot
}

// prune forgets the responses that have left the window. It requires that w.mu is held.
func (w *Window) prune(now time.Time) {
	for w.head < len(w.done) && now.Sub(w.done[w.head].answered) >= w.window {
		w.head++
	}
	if w.head > 64 && w.head > len(w.done)/2 {
		w.done = append(w.done[:0], w.done[w.head:]...)
		w.head = 0
	}
	w.forget(now)
}

// grant lets waiters through while there are free slots. It requires that w.mu is held.
func (w *Window) grant(now time.Time) {
	for w.waiting.Len() > 0 && w.free(now) {
		first := w.first()
		first.slot = w.take(now)
		close(first.ready)
	}
	w.arm(now)
}

// arm sets the timer for the first waiter, or stops it when nobody waits. It requires that w.mu is held.
func (w *Window) arm(now time.Time) {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if w.waiting.Len() == 0 {
		return
	}
	at, ok := w.next(now)
	if !ok {
		return // a response will call
	}
	w.timer = time.AfterFunc(max(0, at.Sub(now)), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		now := time.Now()
		w.prune(now)
		w.grant(now)
	})
}
