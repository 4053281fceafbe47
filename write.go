package halopsa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/halopsa-go/halopsa/internal/retry"
)

// updatable is an input that can name the record it updates.
type updatable interface{ recordID() Opt[int64] }

// growing is an input that can add parts to the record it updates. Repeating it would add them again.
type growing interface{ addsParts() bool }

// createOf sends inputs, none of which names a record, in batches.
func createOf[T, I any](ctx context.Context, c *Client, resource string, inputs []I, opts []RequestOption) ([]*T, error) {
	op := resource + ".Create"
	for i, input := range inputs {
		if named, ok := any(input).(updatable); ok && !named.recordID().IsZero() {
			return nil, &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "set; a record that exists is changed with Update"}
		}
	}
	if err := checkInputs(op, inputs); err != nil {
		return nil, err
	}
	return writeOf[T](ctx, c, op, resource, inputs, retry.Create, opts)
}

// updateOf sends inputs, each of which names a record, in batches.
func updateOf[T any, I updatable](ctx context.Context, c *Client, resource string, inputs []I, opts []RequestOption) ([]*T, error) {
	op := resource + ".Update"
	for i, input := range inputs {
		if id, ok := input.recordID().Get(); !ok || id <= 0 {
			return nil, &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "must be positive; without an id HaloPSA would create a record"}
		}
	}
	if err := checkInputs(op, inputs); err != nil {
		return nil, err
	}
	return writeOf[T](ctx, c, op, resource, inputs, retry.Update, opts)
}

// writeOf sends inputs a batch at a time and stops at the first one that fails. What it returns is as long as inputs once anything was sent.
func writeOf[T, I any](ctx context.Context, c *Client, op, resource string, inputs []I, kind retry.Kind, opts []RequestOption) ([]*T, error) {
	if len(inputs) == 0 {
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "empty"}
	}
	conf, err := c.callConfig(opts)
	if err != nil {
		return nil, named(op, err)
	}
	var batches []batch // all of them first: an input that cannot be sent must not stop the writing half-way
	for chunk := range slices.Chunk(inputs, conf.batch) {
		body, err := json.Marshal(chunk)
		if err != nil {
			return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "no JSON can be made of them: " + err.Error()}
		}
		batches = append(batches, batch{body: body, ids: idsOfInputs(chunk, kind), n: len(chunk), kind: kindOf(chunk, kind)})
	}
	records := make([]*T, 0, len(inputs))
	for _, b := range batches {
		begin := len(records)
		written, unknown, err := postBatch[T](ctx, c, op, resource, b, opts)
		records = append(records, written...)
		if err != nil {
			return append(records, make([]*T, len(inputs)-len(records))...), batchError(op, begin, begin+b.n, len(inputs), unknown, err)
		}
	}
	return records, nil
}

// batch is what one request writes.
type batch struct {
	body []byte
	ids  []int64 // of the records that it updates; nil for a create
	n    int     // inputs
	kind retry.Kind
}

// idsOfInputs returns the ids of the records that inputs update, or nil for a create.
func idsOfInputs[I any](inputs []I, kind retry.Kind) []int64 {
	if kind != retry.Update {
		return nil
	}
	ids := make([]int64, len(inputs))
	for i, input := range inputs {
		if named, ok := any(input).(updatable); ok {
			ids[i], _ = named.recordID().Get()
		}
	}
	return ids
}

// kindOf is how a write may be repeated: an update that adds parts is like a create.
func kindOf[I any](inputs []I, kind retry.Kind) retry.Kind {
	for _, input := range inputs {
		if g, ok := any(input).(growing); ok && g.addsParts() {
			return retry.Create
		}
	}
	return kind
}

// postBatch sends one array. unknown are the inputs, by their index in it, of which an error leaves open whether they were written.
func postBatch[T any](ctx context.Context, c *Client, op, resource string, b batch, opts []RequestOption) (records []*T, unknown []int, err error) {
	records = make([]*T, b.n)
	conf, path, err := c.prepare(op, resource, opts)
	if err != nil {
		return records, nil, err
	}
	a, err := c.do(ctx, &request{op: op, method: http.MethodPost, path: path, body: b.body, kind: b.kind, inputs: b.n, conf: conf})
	if err != nil {
		if errors.Is(err, ErrOutcomeUnknown) {
			unknown = indices(0, b.n)
		}
		return records, unknown, err
	}
	defer a.release()
	unknown, err = attribute(ctx, a, b, records)
	return records, unknown, err
}

// indices returns the numbers from begin up to but not including end.
func indices(begin, end int) []int {
	list := make([]int, 0, end-begin)
	for i := begin; i < end; i++ {
		list = append(list, i)
	}
	return list
}
