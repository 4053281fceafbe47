package halopsa

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// WaitError is returned when the wait for the rate limit would be too long. The call does not wait first.
//
// It is a [context.DeadlineExceeded] if the wait is longer than the time the context has left, and an [ErrRateLimited] if a 429 holds back every
// call of the client for longer than [WithMaxWait] allows.
type WaitError struct {
	// Wait is how long the call would have had to wait, at least.
	Wait time.Duration

	refused bool
}

// Error returns one line with the wait.
func (e *WaitError) Error() string {
	bound := contextBound
	if e.refused {
		bound = maxWaitBound
	}
	return "halopsa: " + tooLong("wait for the rate limit", e.Wait, bound)
}

// Unwrap returns [context.DeadlineExceeded] or [ErrRateLimited].
func (e *WaitError) Unwrap() error {
	if e.refused {
		return ErrRateLimited
	}
	return context.DeadlineExceeded
}

// LogValue returns the wait.
func (e *WaitError) LogValue() slog.Value { return slog.GroupValue(slog.Duration("wait", e.Wait)) }

// What bounds a wait.
const (
	contextBound = "the context allows"
	maxWaitBound = "WithMaxWait allows"
	refusedBound = "what is left of the hour that a call waits after 429s"
)

// tooLong is what errors say about a wait that was not begun.
func tooLong(what string, wait time.Duration, bound string) string {
	return fmt.Sprintf("the %s would be %s, longer than %s", what, wait.Round(time.Millisecond), bound)
}

// waitHint says why a call was not retried, if that is a wait.
func (a *answer) waitHint() string {
	if a.TooLong == 0 {
		return ""
	}
	bound := refusedBound
	if deadline, ok := a.ctx.Deadline(); a.TooLong > a.client.conf.retry.MaxWait {
		bound = maxWaitBound
	} else if ok && time.Until(deadline) < a.TooLong {
		bound = contextBound
	}
	return "not retried: " + tooLong("wait", a.TooLong, bound)
}
