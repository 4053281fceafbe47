package main

import (
	"context"
	"time"
)

// longestPause is the longest wait after a failure.
const longestPause = 5 * time.Minute

// repeat does work again and again until ctx ends: after interval when it succeeded, and while it fails after pauses that grow from first,
// of which failed is told. What fails because ctx has ended is no failure.
func repeat(ctx context.Context, interval, first time.Duration, work func(context.Context) error, failed func(err error, pause time.Duration)) error {
	for failures := 0; ctx.Err() == nil; {
		err := work(ctx)
		switch {
		case ctx.Err() != nil:
		case err == nil:
			failures = 0
			rest(ctx, interval)
		default:
			pause := pauseAfter(first, failures)
			failures++
			failed(err, pause)
			rest(ctx, pause)
		}
	}
	return nil
}

// rest returns after d or when ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// pauseAfter is how long to wait after a failure that so many others came before in a row.
func pauseAfter(first time.Duration, failures int) time.Duration {
	return min(first<<min(failures, 10), max(first, longestPause))
}

// lingering returns a context that ends a while after ctx does, so that what was begun can be finished.
func lingering(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return own, func() {
		stop()
		cancel()
	}
}
