package limit

import "time"

// serverWindow is a tenant's own window [seen]; the one that a client keeps to can be shorter.
const serverWindow = 5 * time.Minute

// learned is what the server's responses have shown, which can be less than its rule: another client may use a part of the same limit.
type learned struct {
	limit int       // how many requests in a window the server has shown to accept, at most n
	held  time.Time // nobody is let through before

	epoch     int       // how often the server has refused; those that were under way at the time say nothing new
	refusals  int       // in a row, without an accepted request
	refusedAt time.Time // the last
	opening   int       // how many may be in flight after a hold, 0 for any number

	probeAt  time.Time // from when on more than limit are tried
	probed   int       // probes that were accepted since the last refusal
	setbacks int       // refusals that the accepted probes have not made up for
}

// free reports whether a request may be sent. It requires that w.mu is held.
func (w *Window) free(now time.Time) bool { return w.room(now) != 0 }

// room is how many requests may be sent now, or -1 for any number. It requires that w.mu is held.
func (w *Window) room(now time.Time) int {
	if now.Before(w.held) || !w.opened() {
		return 0
	}
	room := -1
	if w.n > 0 {
		room = max(0, w.limit+w.probes(now)-w.used())
	}
	if opened := w.opening - w.inFlight; w.opening > 0 && (room < 0 || opened < room) {
		room = opened
	}
	return room
}

// opened reports whether another request may be in flight. After a hold there is one at first, and each that is accepted lets two follow:
// all callers at once would only be refused together again. It requires that w.mu is held.
func (w *Window) opened() bool { return w.opening == 0 || w.inFlight < w.opening }

// probes is how many requests may be sent beyond the limit to find out whether the server accepts more by now. It requires that w.mu is held.
func (w *Window) probes(now time.Time) int {
	if now.Before(w.probeAt) {
		return 0
	}
	return min(w.n-w.limit, 1+min(w.probed/8, w.limit/50))
}

// pause is a sixtieth of the window, doubled for each time that something was of no use, and a window at most.
func (w *Window) pause(failures int) time.Duration {
	return min(w.window, w.window/60<<min(failures, 6))
}

// accept learns from a response that is not a refusal. It requires that w.mu is held.
func (w *Window) accept(s *Slot, now time.Time) {
	current := s.epoch == w.epoch
	if w.limit < w.n {
		if proven := min(w.n, w.proven(now)); proven > w.limit {
			w.limit = proven
			if current {
				w.setbacks = max(0, w.setbacks-1)
			}
		}
	}
	if current {
		w.refusals = 0
		if w.opening > 0 {
			w.opening++
		}
		if s.probe {
			w.probed++
		}
	}
}

// proven is how many requests the server has surely accepted within one of its windows, the newest of which it has just responded to:
// those that were sent less than a window ago. It requires that w.mu is held.
func (w *Window) proven(now time.Time) int {
	n := 0
	for _, each := range w.done[w.head:] {
		if now.Sub(each.sent) < w.window {
			n++
		}
	}
	return n
}

// refuse learns from a 429. It requires that w.mu is held.
func (w *Window) refuse(s *Slot, now time.Time, retryAfter time.Duration, asked bool) {
	until := now
	if asked {
		// The server's rule is its window: after one of them a request finds out, whatever a header says, which can be milliseconds taken for
		// seconds or a date of another century.
		until = now.Add(min(retryAfter, max(w.window, serverWindow)))
	}
	w.refusedAt = now
	if s.epoch == w.epoch {
		w.epoch++
		w.probed = 0
		w.probeAt = now.Add(w.pause(w.setbacks))
		w.setbacks++
		if !s.probe {
			// The limit was wrong. Those that are still in flight may be accepted: then it grows again.
			if w.n > 0 {
				w.limit = min(w.limit, max(1, w.answered()))
			}
			w.opening = 1
			if !asked {
				until = now.Add(w.pause(w.refusals))
			} else if w.refusals > 0 {
				until = later(until, now.Add(w.pause(w.refusals-1)))
			}
			w.refusals++
		}
	}
	w.held = later(w.held, until)
}

// forget drops what is two windows old: while requests wait, probes find out again, and where none do nothing is known any more.
// It requires that w.mu is held.
func (w *Window) forget(now time.Time) {
	if w.limit < w.n && now.Sub(w.refusedAt) >= 2*w.window {
		w.limit, w.setbacks, w.probed = w.n, 0, 0
	}
}

// next returns when a slot may become free for the first waiter; false when that needs a response to come first. It requires that w.mu is held.
func (w *Window) next(now time.Time) (time.Time, bool) {
	if !w.opened() {
		return time.Time{}, false
	}
	if w.n == 0 || w.used() < w.limit+w.probes(now) {
		return w.held, true
	}
	var at time.Time
	if w.answered() > 0 {
		at = w.done[w.head].answered.Add(w.window)
	}
	if w.limit < w.n && now.Before(w.probeAt) && (at.IsZero() || w.probeAt.Before(at)) {
		at = w.probeAt
	}
	return later(w.held, at), !at.IsZero()
}

// estimate is the least that a caller waits who has so many others before it: none of them gives up, and no response frees a slot early.
// It requires that w.mu is held.
func (w *Window) estimate(now time.Time, before int) time.Duration {
	if w.n == 0 {
		return max(0, w.held.Sub(now))
	}
	// What is in flight can still be accepted, and once probes are sent, the limit can become n again.
	limit := max(w.limit, w.used())
	wait := w.freeIn(now, before, limit)
	if limit < w.n {
		wait = min(wait, max(w.probeAt.Sub(now), w.freeIn(now, before, w.n)))
	}
	return wait
}

// freeIn is the least time until a slot is free after so many others were, with a limit that stays and is not exceeded.
// It requires that w.mu is held.
func (w *Window) freeIn(now time.Time, before, limit int) time.Duration {
	hold, used := max(0, w.held.Sub(now)), w.used()
	if before -= limit - used; before < 0 {
		return hold
	}
	// Slots become free in the order in which they were taken, and then again a window later, and so on.
	index, rounds := before%limit, before/limit
	var free time.Duration
	switch {
	case index < w.answered():
		free = w.done[w.head+index].answered.Add(w.window).Sub(now)
	case index < used:
		free = w.window // in flight: if the response comes at once
	default:
		free = hold + w.window
	}
	return max(hold, free) + time.Duration(rounds)*w.window
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
