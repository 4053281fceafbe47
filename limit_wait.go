package halopsa

import (
	"context"
	"log/slog"
	"time"
)

// LimitWait is a wait for the limit that has just begun, as [WithWaitObserver] reports it.
type LimitWait struct {
	// Op is the SDK's name of the operation, Method and Path are those of the request, below /api and without the query.
	Op, Method, Path string
	// Begin is when the wait began.
	Begin time.Time
	// Wait is how long it will be, at least. How long it was is in the [Attempt].
	Wait time.Duration
}

// LogValue returns the fields.
func (w LimitWait) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", w.Op), slog.String("method", w.Method), slog.String("path", w.Path), slog.Duration("wait", w.Wait),
	)
}

// WithWaitObserver calls observe when a request begins to wait for the client's limit and will do so for 5 s or longer, since its window is used up or
// a 429 holds it back. The logger of [WithLogger] is told at warn level. Several observers are called in their order.
//
// The context is that of the call. observe is called from many goroutines and holds up the call until it returns.
func WithWaitObserver(observe func(ctx context.Context, wait LimitWait)) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if observe == nil {
			return badArgument("WithWaitObserver", "the observer must not be nil")
		}
		c.waits = append(c.waits, observe)
		return nil
	})
}

// Waiting tells the logger and the observers of a wait for the limit.
func (a *answer) Waiting(ctx context.Context, wait time.Duration) {
	told := LimitWait{Op: a.req.op, Method: a.req.method, Path: a.req.path, Begin: time.Now(), Wait: wait}
	a.client.conf.logger.LogAttrs(ctx, slog.LevelWarn, "halopsa: waits for the limit", slog.Any("wait", told))
	for _, observe := range a.client.conf.waits {
		observe(ctx, told)
	}
}
