package halopsa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/retry"
)

// BatchError is a Create or Update that did not go through to the end: it says what became of each input.
//
// Inputs are named by their index in the slice that was given. An index is in exactly one of the four lists. What was written is also
// what the method returned.
type BatchError struct {
	// Op is as in [APIError].
	Op string
	// Written are the inputs that were written.
	Written []int
	// Refused are the inputs of the request that failed, where it is known that it wrote none of them.
	Refused []int
	// Unknown are the inputs of the request that failed, where they may have been written: read back before sending them again.
	Unknown []int
	// NotSent are the inputs that come after them.
	NotSent []int
	// Records are the records of Written as the server answered them: a []T of the method's own record. They are fewer than Written, or none,
	// where a tenant answers a write with less than what it wrote.
	Records any `json:"-"`
	// Err is why the request failed.
	Err error `json:"-"`
}

// Error returns one line with the counts and the reason.
func (e *BatchError) Error() string {
	if len(e.Written) == 0 && len(e.NotSent) == 0 {
		return e.Err.Error()
	}
	all := len(e.Written) + len(e.Refused) + len(e.Unknown) + len(e.NotSent)
	return fmt.Sprintf("halopsa: %s: %d of %d inputs written, %d refused, %d unknown, %d not sent: %s",
		e.Op, len(e.Written), all, len(e.Refused), len(e.Unknown), len(e.NotSent), strings.TrimPrefix(e.Err.Error(), "halopsa: "))
}

// Unwrap returns why the request failed.
func (e *BatchError) Unwrap() error { return e.Err }

// GoString returns the error's text.
func (e *BatchError) GoString() string { return goString("BatchError", e) }

// LogValue returns the counts and the reason.
func (e *BatchError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", e.Op), slog.Int("written", len(e.Written)), slog.Int("refused", len(e.Refused)),
		slog.Int("unknown", len(e.Unknown)), slog.Int("not_sent", len(e.NotSent)), slog.Any("cause", e.Err),
	)
}

// updatable is an input that can name the record it updates.
type updatable interface{ recordID() Opt[int64] }

// createOf sends inputs, none of which names a record, in batches.
func createOf[T, I any](ctx context.Context, c *Client, resource string, inputs []I, opts []RequestOption) ([]T, error) {
	op := resource + ".Create"
	for i, input := range inputs {
		if named, ok := any(input).(updatable); ok && !named.recordID().IsZero() {
			return nil, &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "set; a record that exists is changed with Update"}
		}
	}
	return writeOf[T](ctx, c, op, resource, inputs, retry.Create, opts)
}

// updateOf sends inputs, each of which names a record, in batches.
func updateOf[T any, I updatable](ctx context.Context, c *Client, resource string, inputs []I, opts []RequestOption) ([]T, error) {
	op := resource + ".Update"
	for i, input := range inputs {
		if id, ok := input.recordID().Get(); !ok || id <= 0 {
			return nil, &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "not more than 0; without an id HaloPSA would create a record"}
		}
	}
	return writeOf[T](ctx, c, op, resource, inputs, retry.Update, opts)
}

// writeOf sends inputs a batch at a time and stops at the first one that fails.
func writeOf[T, I any](ctx context.Context, c *Client, op, resource string, inputs []I, kind retry.Kind, opts []RequestOption) ([]T, error) {
	if len(inputs) == 0 {
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "empty"}
	}
	conf, err := c.callConfig(opts)
	if err != nil {
		return nil, named(op, err)
	}
	var bodies [][]byte // all of them first: an input that cannot be sent must not stop the writing half-way
	for batch := range slices.Chunk(inputs, conf.batch) {
		body, err := json.Marshal(batch)
		if err != nil {
			return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "no JSON can be made of them: " + err.Error()}
		}
		bodies = append(bodies, body)
	}
	var written []T
	for i, body := range bodies {
		batch, err := postOf[T](ctx, c, op, resource, body, kind, opts)
		written = append(written, batch...)
		if err != nil {
			begin := i * conf.batch
			return written, batchError(op, begin, min(begin+conf.batch, len(inputs)), len(inputs), written, err)
		}
	}
	return written, nil
}

func batchError(op string, begin, end, all int, records any, err error) error {
	e := &BatchError{Op: op, Written: indices(0, begin), NotSent: indices(end, all), Records: records, Err: err}
	if errors.Is(err, ErrOutcomeUnknown) {
		e.Unknown = indices(begin, end)
	} else {
		e.Refused = indices(begin, end)
	}
	return e
}

// indices returns the numbers from begin up to but not including end.
func indices(begin, end int) []int {
	list := make([]int, 0, end-begin)
	for i := begin; i < end; i++ {
		list = append(list, i)
	}
	return list
}
