package halopsa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

const (
	// defaultSettle is how long a server is given to finish a write that its gateway has given up on. A guess: it is not known.
	defaultSettle = 10 * time.Second
	// lastReading is how long a call whose context has ended may read, beside the pause.
	lastReading = 10 * time.Second
)

// once is one call of CreateOnce.
type once[T, I any] struct {
	*request // of a batch, without its body
	client   *Client
	at       endpoint
	opts     []RequestOption
	log      bool // only what is newer than the call is read
	inputs   []I
	match    Match[T, I]

	bodies  []json.RawMessage // of the inputs
	records []*T              // of the inputs
	written []bool            // whether HaloPSA, or its list, has said so
	again   []bool            // inputs that were sent again
	others  claims
	first   int64  // the id that every record of the call is above
	owed    func() // ends that others wait for the call; nil where it knows its records
}

// onceOf creates records, each once, and reads the list at the endpoint where that is in doubt: of one with pages, a log, what is new.
func onceOf[T, I any](
	ctx context.Context, c *Client, at endpoint, method string, inputs []I, match Match[T, I], opts []RequestOption,
) ([]*T, error) {
	r, err := c.prepare(at.op(method), at.name, opts)
	if err != nil {
		return nil, err
	}
	r.kind = retry.Create
	o := &once[T, I]{request: r, client: c, at: at, opts: opts, log: at.paged, inputs: inputs, match: match}
	if err := o.prepare(ctx); err != nil {
		return nil, named(r.op, err)
	}
	defer c.newest.begin(r.path, &o.others)()
	defer o.paid()
	return o.create(ctx)
}

// create sends the inputs until each is written, or it is known why not.
func (o *once[T, I]) create(ctx context.Context) ([]*T, error) {
	before, err := o.newest(ctx)
	if err != nil {
		return o.records, o.failure(err, nil, nil, nil)
	}
	o.first = before
	pending := indices(0, len(o.inputs))
	for failures := 0; len(pending) > 0; {
		chunk := pending[:min(len(pending), o.conf.batch)]
		unknown, err := o.send(ctx, chunk)
		switch {
		case err == nil:
			if err := o.verify(ctx, before, chunk); err != nil {
				return o.records, err
			}
			pending, failures = pending[len(chunk):], 0
			before = o.above(before, chunk)
			continue
		case len(unknown) == 0:
			return o.records, o.failure(err, chunk, chunk, nil)
		}
		missing, unread := o.resolve(ctx, before, unknown, err)
		if unread != nil {
			return o.records, o.failure(markUnknown(&unreadError{write: known(err), read: unread}), chunk, nil, missing)
		}
		if len(missing) < len(unknown) {
			failures = 0
		}
		if len(missing) > 0 {
			if !o.repeats(ctx, failures, err) {
				return o.records, o.failure(known(err), chunk, missing, nil)
			}
			failures++
		}
		for _, i := range missing {
			o.again[i] = true
		}
		if pending = append(missing, pending[len(chunk):]...); len(pending) > 0 && ctx.Err() != nil {
			return o.records, o.failure(known(err), chunk, nil, nil)
		}
	}
	return o.complete(ctx)
}

// above returns the highest id of these inputs' records, or before.
func (o *once[T, I]) above(before int64, chunk []int) int64 {
	for _, i := range chunk {
		if o.records[i] != nil {
			id, _ := strconv.ParseInt(idText(o.records[i]), 10, 64)
			before = max(before, id)
		}
	}
	return before
}

// prepare checks the arguments: nothing is sent if one of them is wrong.
func (o *once[T, I]) prepare(ctx context.Context) (err error) {
	if ctx == nil {
		return badArgument("ctx", "nil; context.Background() is the one that never ends")
	}
	if o.match == nil {
		return badArgument("match", "nil; without one a record cannot be told from another")
	}
	if len(o.inputs) == 0 {
		return badArgument("inputs", "empty")
	}
	if len(o.conf.key) > 0 {
		return badArgument("WithKey", "must not be given: records are read back by their ids")
	}
	if err := checkCreates(o.op, o.inputs); err != nil {
		return err
	}
	if err := checkInputs(o.op, o.inputs); err != nil {
		return err
	}
	o.bodies = make([]json.RawMessage, len(o.inputs))
	for i, input := range o.inputs {
		if o.bodies[i], err = json.Marshal(input); err != nil {
			return badArgument("inputs", "cannot be encoded as JSON: %s", err)
		}
		if err := checkObject(o.op, i, o.bodies[i]); err != nil {
			return err
		}
		if id, ok := wire.ID(o.bodies[i]); ok && wire.RealID(id) {
			return badArgument(fmt.Sprintf("inputs[%d].ID", i), "must be absent: use Update to change an existing record, or with PostOf")
		}
	}
	o.records, o.written, o.again = make([]*T, len(o.inputs)), make([]bool, len(o.inputs)), make([]bool, len(o.inputs))
	return o.readable()
}

// send writes one batch and keeps its records. unknown are those of its inputs of which err leaves open whether they were written.
func (o *once[T, I]) send(ctx context.Context, chunk []int) (unknown []int, err error) {
	bodies := make([]json.RawMessage, len(chunk))
	for at, i := range chunk {
		bodies[at] = o.bodies[i]
	}
	body, err := json.Marshal(bodies)
	if err != nil {
		return nil, err
	}
	if o.owed == nil {
		o.owed = o.client.newest.owing(o.path)
	}
	records, places, err := postBatch[T](ctx, o.client, o.request, batch{body: body, n: len(chunk), kind: retry.Create})
	for at, i := range chunk {
		switch {
		case slices.Contains(places, at):
			unknown = append(unknown, i)
		case err == nil || errors.Is(err, ErrOutcomeUnknown):
			o.records[i], o.written[i] = records[at], true
		}
	}
	if len(o.unnamed()) == 0 {
		o.paid()
	}
	return unknown, err
}

// unnamed returns the inputs that HaloPSA has acknowledged without sending their records.
func (o *once[T, I]) unnamed() (inputs []int) {
	for i, record := range o.records {
		if o.written[i] && record == nil {
			inputs = append(inputs, i)
		}
	}
	return inputs
}

// paid ends that others wait for the call to know its records.
func (o *once[T, I]) paid() {
	if o.owed != nil {
		o.owed()
		o.owed = nil
	}
}

// resolve finds out which of the inputs, whose write ended with failed, were written, and returns the others. An error leaves those open that it returns.
func (o *once[T, I]) resolve(ctx context.Context, before int64, unknown []int, failed error) (missing []int, err error) {
	o.client.conf.logger.LogAttrs(ctx, slog.LevelWarn, "halopsa: reading back a write whose outcome is unknown",
		slog.String("op", o.op), slog.Int("inputs", len(unknown)), slog.Any("error", failed))
	own, cancel := outliving(ctx, o.conf.settle+lastReading)
	defer cancel()
	if _, err := o.findUnnamed(own); err != nil { // first, since others may wait for it
		return unknown, err
	}
	if missing, err = o.find(own, before, unknown, true); err != nil || len(missing) == 0 || !working(failed) || o.conf.settle == 0 {
		return missing, err
	}
	if err := sleep(own, o.conf.settle); err != nil {
		return missing, err
	}
	return o.find(own, before, missing, true)
}

// findUnnamed reads the records that HaloPSA has acknowledged without sending them, and returns the inputs for which there is none.
func (o *once[T, I]) findUnnamed(ctx context.Context) (missing []int, err error) {
	defer o.paid()
	inputs := o.unnamed()
	if len(inputs) == 0 {
		return nil, nil
	}
	return o.find(ctx, o.first, inputs, false)
}

// repeats waits and reports whether to send again what an unknown write did not store.
func (o *once[T, I]) repeats(ctx context.Context, failures int, failed error) bool {
	policy := o.client.conf.retry
	if o.conf.once || failures >= policy.MaxRetries || !working(failed) && refused(failed) {
		return false
	}
	wait := retry.Backoff(policy.MinBackoff, policy.MaxBackoff, failures)
	var answered *APIError
	if errors.As(failed, &answered) {
		wait = max(wait, answered.RetryAfter)
	}
	if deadline, ok := ctx.Deadline(); wait > policy.MaxWait || ok && time.Until(deadline) < wait {
		return false
	}
	return sleep(ctx, wait) == nil
}

// complete looks for the records that the responses did not have.
func (o *once[T, I]) complete(ctx context.Context) ([]*T, error) {
	if len(o.unnamed()) == 0 {
		return o.records, nil
	}
	own, cancel := outliving(ctx, lastReading)
	defer cancel()
	missing, err := o.findUnnamed(own)
	switch {
	case err != nil:
		return o.records, o.failure(err, nil, nil, nil)
	case len(missing) > 0:
		err = &ArgumentError{Op: o.op, Argument: "match", Reason: fmt.Sprintf(
			"takes no record of the list for the inputs %v, which HaloPSA has acknowledged without sending their records", missing)}
		return o.records, o.failure(markUnknown(err), nil, nil, missing)
	}
	return o.records, nil
}

// failure makes the error of the call, with what became of each input; chunk are those of the batch that err is about.
func (o *once[T, I]) failure(err error, chunk, refused, unknown []int) error {
	e := &BatchError{Call: callOf(err), Refused: refused, Unknown: unknown, Err: err}
	e.Op = o.op
	for i := range o.inputs {
		switch {
		case slices.Contains(refused, i), slices.Contains(unknown, i):
		case o.written[i]:
			e.Written = append(e.Written, i)
		default:
			e.NotSent = append(e.NotSent, i)
		}
	}
	var answered *APIError
	if errors.As(err, &answered) {
		for _, m := range answered.Members {
			switch {
			case m.Input >= 0 && m.Input < len(chunk):
				m.Input = chunk[m.Input]
			case len(chunk) == 1:
				m.Input = chunk[0]
			}
			e.Members = append(e.Members, m)
		}
	}
	return e
}

// working reports whether the server may still be working on a write that ended so: it has not said itself what became of it.
func working(err error) bool {
	var unread *DecodeError
	var answered *APIError
	if errors.As(err, &answered) {
		return answered.Edge || answered.StatusCode >= http.StatusInternalServerError
	}
	return !errors.As(err, &unread)
}

// refused reports whether err is HaloPSA's own refusal, which would be the same next time.
func refused(err error) bool {
	var answered *APIError
	return errors.As(err, &answered) && (answered.StatusCode >= http.StatusBadRequest || answered.Message != "")
}

// known returns the error of a write whose outcome was unknown until it was read back.
func known(err error) error {
	var unknown *outcomeUnknown
	if errors.As(err, &unknown) {
		return unknown.err
	}
	return err
}

// unreadError is a write whose outcome is unknown, and why reading did not tell it.
type unreadError struct{ write, read error }

func (e *unreadError) Error() string {
	return e.write.Error() + "; it could not be read back: " + strings.TrimPrefix(e.read.Error(), "halopsa: ")
}

func (e *unreadError) Unwrap() []error { return []error{e.write, e.read} }

func (e *unreadError) GoString() string { return goString("unreadError", e) }

func (e *unreadError) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("write", e.write), slog.Any("read", e.read))
}

// outliving returns a context that ends when ctx has been over for some time.
func outliving(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	var last context.CancelFunc
	if deadline, ok := ctx.Deadline(); ok {
		own, last = context.WithDeadline(own, later(deadline, time.Now()).Add(more))
	}
	timer := make(chan *time.Timer, 1)
	stop := context.AfterFunc(ctx, func() { timer <- time.AfterFunc(more, func() { cancel(context.Cause(ctx)) }) })
	return own, func() {
		if !stop() { // it runs, or has run
			(<-timer).Stop()
		}
		if last != nil {
			last()
		}
		cancel(nil)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// sleep waits, or returns why ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
