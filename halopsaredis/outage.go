package halopsaredis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// longestReply is how long Redis may take before it counts as failing.
	longestReply = 2 * time.Second
	// firstPause and longestPause are those between two tries while Redis fails.
	firstPause, longestPause = 100 * time.Millisecond, 5 * time.Second
)

var errSilent = fmt.Errorf("no response within %s", longestReply)

// ask runs a command and does not wait for it any longer than ctx and longestReply allow. By default go-redis heeds a context only between
// the tries of a command, which a Redis that hangs can stretch to a quarter of a minute.
func ask[T any](ctx context.Context, command func(context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeoutCause(ctx, longestReply, errSilent)
	defer cancel()
	done := make(chan result, 1)
	go func() {
		value, err := command(ctx)
		done <- result{value, err}
	}()
	var none T
	select {
	case r := <-done:
		if r.err != nil && errors.Is(context.Cause(ctx), errSilent) {
			r.err = errSilent
		}
		return r.value, r.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// outage knows whether Redis fails, and logs when that changes.
type outage struct {
	logger *slog.Logger
	effect string // what calls do while Redis fails

	mu       sync.Mutex
	err      error // nil while Redis responds
	since    time.Time
	failures int
	retry    time.Time
}

// fail notes that Redis failed, and returns how long to leave it alone.
func (o *outage) fail(ctx context.Context, err error) time.Duration {
	o.mu.Lock()
	now := time.Now()
	news := o.err == nil
	if news {
		o.since, o.failures = now, 0
	}
	o.err = err
	pause := min(firstPause<<min(o.failures, 16), longestPause)
	o.failures++
	o.retry = now.Add(pause)
	o.mu.Unlock()
	if news {
		o.logger.LogAttrs(ctx, slog.LevelWarn, "halopsaredis: Redis fails, "+o.effect, slog.String("error", err.Error()))
	}
	return pause
}

// end notes that Redis responded.
func (o *outage) end(ctx context.Context) {
	o.mu.Lock()
	was, since := o.err, o.since
	o.err = nil
	o.mu.Unlock()
	if was != nil {
		o.logger.LogAttrs(ctx, slog.LevelInfo, "halopsaredis: Redis responds again", slog.Duration("after", time.Since(since)))
	}
}

// reason is why Redis fails, or nil.
func (o *outage) reason() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// resting reports whether Redis failed so lately that it is not worth asking.
func (o *outage) resting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err != nil && time.Now().Before(o.retry)
}

// sleep waits for d, or returns the cause of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
