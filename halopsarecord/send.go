package halopsarecord

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/halopsa-go/halopsa"
)

// run sends batches until the recorder is closed and nothing is left.
func (r *Recorder) run() {
	defer close(r.ended)
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	defer r.tell()
	for r.ctx.Err() == nil {
		r.tell()
		send, wait, left := r.next(time.Now())
		switch {
		case send != nil:
			send()
			continue
		case !left && r.isClosing():
			return
		case left:
			timer.Reset(wait)
		default:
			timer.Stop()
		}
		select {
		case <-r.wake:
		case <-timer.C:
		case <-r.ctx.Done():
		}
	}
}

func (r *Recorder) isClosing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.closing
}

// next takes the next batch and returns how to send it, or how long to wait for it. left is false where there is nothing to wait for.
func (r *Recorder) next(now time.Time) (send func(), wait time.Duration, left bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	requests, some := r.requests.due(r.closing)
	faults, others := r.errors.due(r.closing)
	if !some && !others {
		return nil, 0, false
	}
	due, first := requests, some && (!others || !faults.Before(requests))
	if !first {
		due = faults
	}
	for _, bound := range []time.Time{r.held, r.allowed(now)} {
		if bound.After(due) {
			due = bound
		}
	}
	if wait = due.Sub(now); wait > 0 {
		return nil, wait, true
	}
	r.sent = append(r.sent, now)
	r.written++
	if first {
		batch := r.requests.pop()
		return func() { deliver(r, &r.requests, batch, r.requestInputs, r.client.IntegrationRequest.Create) }, 0, true
	}
	batch := r.errors.pop()
	return func() { deliver(r, &r.errors, batch, r.errorInputs, r.client.IntegrationError.Create) }, 0, true
}

// allowed is when the share of the limit lets the next request through. It requires that r.mu is held.
func (r *Recorder) allowed(now time.Time) time.Time {
	limit := r.client.Budget()
	n, window := limit.Limit, limit.Window
	if n <= 0 {
		n, window = usualLimit, usualWindow
	}
	most := max(1, int(r.conf.share*float64(n)))
	for len(r.sent) > 0 && now.Sub(r.sent[0]) >= window {
		r.sent = r.sent[1:]
	}
	if len(r.sent) < most {
		return time.Time{}
	}
	return r.sent[len(r.sent)-most].Add(window)
}

// deliver sends a batch and counts what became of it. A create is never sent twice where it may have happened.
func deliver[N note, I, T any](r *Recorder, q *queue[N], batch []N, inputs func([]N) []I,
	create func(context.Context, []I, ...halopsa.RequestOption) ([]T, error),
) {
	sent := false
	err := r.guarded(func() error {
		ready := inputs(batch)
		sent = true
		_, err := create(r.ctx, ready, halopsa.WithoutRetry(), halopsa.WithBatchSize(batchSize))
		return err
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
	if err == nil {
		q.counts.Written += int64(len(batch))
		r.free(sizeOf(batch))
		q.most, r.pause, r.held = 0, 0, time.Time{}
		return
	}
	refused := batch
	var part *halopsa.BatchError
	switch {
	case errors.Is(err, errPanic) && sent:
		q.counts.Unknown += int64(len(batch))
		r.losses.refused(len(batch), err)
		refused = nil
	case errors.As(err, &part):
		q.counts.Written += int64(len(part.Written))
		q.counts.Unknown += int64(len(part.Unknown))
		r.losses.refused(len(part.Unknown), err)
		refused = pick(batch, part.Refused, part.NotSent)
	}
	r.free(sizeOf(batch) - sizeOf(refused))
	r.hold(err)
	switch {
	case len(refused) == 0:
	case passing(err):
		q.notes = append(refused, q.notes...)
	case len(refused) > 1 && errors.Is(err, halopsa.ErrInvalid): // it may be about one of them: the others go by themselves
		q.most = len(refused) / 2
		q.notes = append(refused, q.notes...)
	default:
		q.counts.Refused += int64(len(refused))
		r.losses.refused(len(refused), err)
		r.free(sizeOf(refused))
	}
}

// free gives memory back. It requires that r.mu is held.
func (r *Recorder) free(bytes int64) { r.bytes -= bytes }

// hold makes a pause after a failure, longer each time. It requires that r.mu is held.
func (r *Recorder) hold(err error) {
	if errors.Is(err, halopsa.ErrInvalid) { // it is not about the tenant's state
		return
	}
	r.pause = min(max(2*r.pause, firstPause), longestPause)
	wait := r.pause
	var refused *halopsa.APIError
	if errors.As(err, &refused) {
		wait = max(wait, min(refused.RetryAfter, longestPause))
	}
	r.held = time.Now().Add(wait)
}

// passing reports whether a batch that was not written may be written later.
func passing(err error) bool {
	var refused *halopsa.APIError
	if errors.As(err, &refused) {
		return errors.Is(err, halopsa.ErrRateLimited) || errors.Is(err, halopsa.ErrServer)
	}
	var argument *halopsa.ArgumentError
	return !errors.As(err, &argument) && !errors.Is(err, errPanic)
}

var errPanic = errors.New("halopsarecord: a panic")

// guarded returns a panic of do as an error: a transport or a limiter of the caller's own may panic, which must not end a program that only wants
// its calls recorded.
func (r *Recorder) guarded(do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %s", errPanic, newCleaner(&r.conf).text(fmt.Sprint(cause)))
		}
	}()
	return do()
}

// pick returns the notes with these indices, in their order.
func pick[N note](batch []N, lists ...[]int) []N {
	var picked []N
	for _, list := range lists {
		for _, i := range list {
			if i >= 0 && i < len(batch) {
				picked = append(picked, batch[i])
			}
		}
	}
	return picked
}

func sizeOf[N note](batch []N) (bytes int64) {
	for _, n := range batch {
		bytes += n.size()
	}
	return bytes
}
