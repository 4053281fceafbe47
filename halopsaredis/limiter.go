package halopsaredis

import (
	"context"
	"crypto/rand"
	_ "embed" // for the script
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/halopsa-go/halopsa"
)

// Limiter lets at most n requests through in any window of time, over all processes that use its key. Make it with [NewLimiter]; it is safe for
// concurrent use.
//
// It promises that no window of the server sees more than n requests, as long as each reaches the server within the margin (see [WithMargin]) after
// it was granted. That holds when Redis is restarted, fails over, is flushed or evicts the key, as far as a process that was granted something sees
// it: Redis's run id and a marker beside the count tell of it, and nothing is granted until a window has passed. The same wait comes before
// the first request of all when Redis itself has been up for less than a window.
//
// The processes need no common clock, since only Redis's is used, and one that is killed holds up no other. Between processes there is no order.
type Limiter struct {
	client         redis.Scripter
	key            string
	n              int
	window, margin time.Duration
	open           bool
	fallback       halopsa.Limiter
	outage         outage

	turn    chan struct{} // whoever fills it asks Redis; channels let senders through in their order
	callers atomic.Int64

	mu        sync.Mutex
	seen      string      // the marker beside the count, as Redis told it last
	uncounted []time.Time // what was sent uncounted while Redis failed, oldest first
}

//go:embed limiter.lua
var limiterScript string

var grant = redis.NewScript(limiterScript)

// errLate is a grant that used up too much of the margin.
var errLate = errors.New("the response took longer than half the margin")

// NewLimiter returns a limiter that counts in Redis under key, such as "halopsa:acme:limit": one key for each tenant. It does no I/O.
//
// The key holds an entry for each request of the last window and does not expire, so that its loss is noticed; delete it when no process needs it any
// more. The error is a [halopsa.ErrInvalid].
func NewLimiter(client redis.UniversalClient, key string, opts ...LimiterOption) (*Limiter, error) {
	switch {
	case client == nil:
		return nil, badArgument("NewLimiter", "the Redis client must not be nil")
	case key == "":
		return nil, badArgument("NewLimiter", "the key must not be empty")
	}
	l := &Limiter{client: client, key: key, n: 700, window: 5 * time.Minute, margin: -1, turn: make(chan struct{}, 1)}
	l.outage.logger = slog.Default()
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyLimiter(l); err != nil {
			return nil, err
		}
	}
	if l.margin < 0 {
		l.margin = l.window / 60
	}
	l.outage.effect = "calls wait until it is back"
	if l.open {
		l.outage.effect = "calls continue without the common limit"
	}
	return l, nil
}

// Wait returns when a request may be sent. It implements [halopsa.Limiter].
//
// It fails at once with a [*halopsa.WaitError] when the wait is sure to outlast the context's deadline. While Redis fails, it waits or continues, as
// [WithFailOpen] says; an error of a context that ends while it waits says that it was Redis.
func (l *Limiter) Wait(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ahead := l.callers.Add(1) - 1
	defer l.callers.Add(-1)
	if err := l.line(ctx, ahead); err != nil {
		return err
	}
	counted, err := l.take(ctx)
	<-l.turn
	if counted || err != nil {
		return err
	}
	if l.fallback != nil {
		if err := l.fallback.Wait(ctx); err != nil {
			return err
		}
	}
	l.went()
	return nil
}

// line waits for this caller's turn.
func (l *Limiter) line(ctx context.Context, ahead int64) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	default:
	}
	if _, bounded := ctx.Deadline(); bounded && l.outage.reason() == nil {
		if a, err := l.ask(ctx, "", ahead); err == nil { // if not, those before it will meet the same failure
			if err := tooLong(ctx, a.wait); err != nil {
				return err
			}
		}
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return l.interrupted(ctx)
	}
}

// take asks Redis until it grants a request. Without an error, counted is false for one that continues while Redis fails.
func (l *Limiter) take(ctx context.Context) (counted bool, err error) {
	id := rand.Text() // the same at every try, so that one whose response is lost takes no second place
	for {
		if l.open && l.outage.resting() {
			return false, nil
		}
		a, err := l.ask(ctx, id, 0)
		if ctx.Err() != nil {
			return false, l.interrupted(ctx)
		}
		wait := a.wait
		if err != nil {
			wait = l.outage.fail(ctx, err)
			if l.open {
				return false, nil
			}
		} else {
			l.outage.end(ctx)
			if a.granted {
				return true, nil
			}
			if err := tooLong(ctx, wait); err != nil {
				return false, err
			}
		}
		if sleep(ctx, wait) != nil {
			return false, l.interrupted(ctx)
		}
	}
}

// tooLong returns the error of a wait that ctx does not allow.
func tooLong(ctx context.Context, wait time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
		return &halopsa.WaitError{Wait: wait}
	}
	return nil
}

// interrupted returns the error of a context that ended, and why nothing was granted, if it was for Redis.
func (l *Limiter) interrupted(ctx context.Context) error {
	if err := l.outage.reason(); err != nil {
		return fmt.Errorf("halopsaredis: Redis fails, and the call waited for it: %w: %w", err, context.Cause(ctx))
	}
	return context.Cause(ctx)
}

// reply is what Redis says to a request.
type reply struct {
	granted    bool
	wait, hold time.Duration
	marker     string
}

// ask has Redis grant the request id, or without an id tell how long one with so many ahead of it would wait.
func (l *Limiter) ask(ctx context.Context, id string, ahead int64) (reply, error) {
	begin := time.Now()
	var went []time.Time
	l.mu.Lock()
	seen := l.seen
	if id != "" {
		went = l.recent(begin)
	}
	l.mu.Unlock()
	// A microsecond more, since Redis's clock has no smaller ones.
	args := []any{l.n, (l.window + l.margin).Microseconds() + 1, id, ahead, seen, l.open}
	for _, at := range went {
		args = append(args, begin.Sub(at).Microseconds())
	}
	values, err := ask(ctx, func(ctx context.Context) ([]any, error) {
		return grant.Run(ctx, l.client, []string{l.key}, args...).Slice()
	})
	if err != nil {
		return reply{}, err
	}
	a, err := parseReply(values)
	if err != nil {
		return reply{}, err
	}
	l.note(ctx, a, went)
	if a.granted && l.margin > 0 && time.Since(begin) > l.margin/2 {
		return reply{}, errLate
	}
	return a, nil
}

func parseReply(values []any) (reply, error) {
	if len(values) == 4 {
		granted, ok0 := values[0].(int64)
		wait, ok1 := values[1].(int64)
		hold, ok2 := values[2].(int64)
		marker, ok3 := values[3].(string)
		if ok0 && ok1 && ok2 && ok3 {
			return reply{granted == 1, time.Duration(wait) * time.Microsecond, time.Duration(hold) * time.Microsecond, marker}, nil
		}
	}
	return reply{}, fmt.Errorf("a response that the script does not return: %v", values)
}

// note keeps what Redis told: that these of the uncounted requests are counted now, and whether it has lost its count.
func (l *Limiter) note(ctx context.Context, a reply, counted []time.Time) {
	l.mu.Lock()
	news := a.marker != l.seen
	l.seen = a.marker
	for len(counted) > 0 && len(l.uncounted) > 0 && !l.uncounted[0].After(counted[len(counted)-1]) {
		l.uncounted = l.uncounted[1:]
	}
	l.mu.Unlock()
	switch {
	case a.hold == 0 || !news:
	case l.open:
		l.outage.logger.LogAttrs(ctx, slog.LevelWarn, "halopsaredis: Redis has lost what was sent within the window, or is new; the count starts over")
	default:
		l.outage.logger.LogAttrs(ctx, slog.LevelWarn, "halopsaredis: Redis has lost what was sent within the window, or is new; calls wait",
			slog.Duration("wait", a.hold))
	}
}

// went remembers a request that was sent uncounted.
func (l *Limiter) went() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.uncounted = append(l.recent(now), now)
}

// recent drops of the uncounted requests those that matter no more, and returns the others: n at most, since more of them change nothing.
// It requires that l.mu is held.
func (l *Limiter) recent(now time.Time) []time.Time {
	for len(l.uncounted) > 0 && (len(l.uncounted) > l.n || now.Sub(l.uncounted[0]) > l.window+l.margin) {
		l.uncounted = l.uncounted[1:]
	}
	return l.uncounted
}
