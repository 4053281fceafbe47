package halopsa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// updatable is an input that can name the record it updates.
type updatable interface{ recordID() Opt[int64] }

// growing is an input that can add parts to the record it updates. Repeating it would add them again.
type growing interface{ addsParts() bool }

// createOf sends inputs, none of which names a record, in batches.
func createOf[T, I any](ctx context.Context, c *Client, at endpoint, inputs []I, opts []RequestOption) ([]*T, error) {
	r, err := c.prepare(at.op("Create"), at.name, opts)
	if err != nil {
		return nil, err
	}
	r.kind = retry.Create
	if err := checkCreates(r.op, inputs); err != nil {
		return nil, err
	}
	return writeOf[T](ctx, c, r, inputs)
}

// checkCreates refuses inputs that name a record.
func checkCreates[I any](op string, inputs []I) error {
	for i, input := range inputs {
		if named, ok := any(input).(updatable); ok && !named.recordID().IsZero() {
			return &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "set; a record that exists is changed with Update"}
		}
	}
	return nil
}

// updateOf sends inputs, each of which names a record, in batches.
func updateOf[T any, I updatable](ctx context.Context, c *Client, at endpoint, inputs []I, opts []RequestOption) ([]*T, error) {
	r, err := c.prepare(at.op("Update"), at.name, opts)
	if err != nil {
		return nil, err
	}
	r.kind = retry.Update
	for i, input := range inputs {
		if id, ok := input.recordID().Get(); !ok || id <= 0 {
			return nil, &ArgumentError{Op: r.op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "must be positive; without an id HaloPSA would create a record"}
		}
	}
	return writeOf[T](ctx, c, r, inputs)
}

// writeOf sends inputs a batch at a time, each as a request like r, and stops at the first one that fails. What it returns is as long as inputs
// once anything was sent.
func writeOf[T, I any](ctx context.Context, c *Client, r *request, inputs []I) ([]*T, error) {
	if err := checkInputs(r.op, inputs); err != nil {
		return nil, err
	}
	if len(inputs) == 0 {
		return nil, &ArgumentError{Op: r.op, Argument: "inputs", Reason: "empty"}
	}
	var batches []batch // all of them first: an input that cannot be sent must not stop the writing half-way
	for chunk := range slices.Chunk(inputs, r.conf.batch) {
		body, err := json.Marshal(chunk)
		if err != nil {
			return nil, &ArgumentError{Op: r.op, Argument: "inputs", Reason: "no JSON can be made of them: " + err.Error()}
		}
		batches = append(batches, batch{body: body, ids: idsOfInputs(chunk, r.kind), n: len(chunk), kind: kindOf(chunk, r.kind)})
	}
	records := make([]*T, 0, len(inputs))
	for _, b := range batches {
		begin := len(records)
		written, unknown, err := postBatch[T](ctx, c, r, b)
		records = append(records, written...)
		if err != nil {
			return append(records, make([]*T, len(inputs)-len(records))...), batchError(r.op, begin, begin+b.n, len(inputs), unknown, err)
		}
	}
	return records, nil
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

// post sends one array as a request of its own, like r.
func post(ctx context.Context, c *Client, r *request, b batch) (*answer, error) {
	own := *r
	own.method, own.body, own.kind, own.inputs = http.MethodPost, b.body, b.kind, b.n
	return c.do(ctx, &own)
}

// postBatch sends one array. unknown are the inputs, by their index in it, of which an error leaves open whether they were written.
func postBatch[T any](ctx context.Context, c *Client, r *request, b batch) (records []*T, unknown []int, err error) {
	records = make([]*T, b.n)
	a, err := post(ctx, c, r, b)
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

// postOf sends inputs, one object or a slice of them, as one array and decodes the records of the response.
func postOf[T any](ctx context.Context, c *Client, at endpoint, inputs any, opts []RequestOption) ([]T, error) {
	op := at.op("Post")
	b, err := encodeArray(op, inputs)
	if err != nil {
		return nil, err
	}
	r, err := c.prepare(op, at.name, opts)
	if err != nil {
		return nil, err
	}
	conf, spare := *r.conf, []json.RawMessage(nil)
	conf.unattributed, r.conf = &spare, &conf
	a, err := post(ctx, c, r, b)
	if err != nil {
		return nil, err
	}
	defer a.release()
	placed := make([]*T, b.n)
	if _, err := attribute(ctx, a, b, placed); err != nil {
		return nil, err
	}
	records := make([]T, 0, b.n)
	for _, record := range placed {
		if record != nil {
			records = append(records, *record)
		}
	}
	for _, raw := range spare {
		record, err := wire.DecodeElement[T](raw)
		if err != nil {
			return nil, a.decodeError(err)
		}
		records = append(records, record)
	}
	return records, nil
}

// encodeArray makes the array of inputs of the caller's own, one object or a slice of them.
func encodeArray(op string, inputs any) (batch, error) {
	body, err := json.Marshal(inputs)
	if err != nil {
		return batch{}, &ArgumentError{Op: op, Argument: "inputs", Reason: "no JSON can be made of them: " + err.Error()}
	}
	switch body = bytes.TrimSpace(body); {
	case string(body) == "null" || string(body) == "[]":
		return batch{}, &ArgumentError{Op: op, Argument: "inputs", Reason: "empty"}
	case body[0] == '{':
		body = append(append([]byte{'['}, body...), ']')
	case body[0] != '[':
		return batch{}, &ArgumentError{Op: op, Argument: "inputs", Reason: "neither an object nor a slice of them"}
	}
	n := 0
	if sent, _, err := wire.Elements(body); err == nil {
		n = len(sent)
	}
	return batch{body: body, n: n, kind: retry.Create}, nil
}

// deleteOf deletes the record with this id.
func deleteOf[I ID](ctx context.Context, c *Client, at endpoint, id I, opts []RequestOption) error {
	op := at.op("Delete")
	segment, err := text(id)
	if err != nil {
		return named(op, err)
	}
	r, err := c.prepare(op, at.name, opts, segment)
	if err != nil {
		return err
	}
	r.method, r.kind = http.MethodDelete, retry.Delete
	over := c.walks.Begin(at.name, segment)
	defer over()
	a, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	defer a.release()
	return a.acknowledged(ctx, segment)
}

// acknowledged checks that the response to a DELETE says that the record is gone: nothing, null, true, an object or array that is no error, or
// the record itself.
func (a *answer) acknowledged(ctx context.Context, id string) error {
	if a.gone {
		return nil
	}
	body, err := a.plain()
	if err != nil {
		return a.decodeError(err)
	}
	elements, array, err := wire.Elements(body)
	if err != nil {
		if json.Valid(wire.Trim(body)) { // false, a text, a number: the server's words
			return a.refusal(body, nil)
		}
		return a.decodeError(&wire.Error{Reason: "no acknowledgement of a delete"})
	}
	if !refuses(elements, array) {
		elements, _ = wire.Unwrap(elements, array, a.req.resource())
	}
	for _, raw := range elements {
		if _, failed := wire.Failure(raw); failed {
			return a.refusal(raw, nil)
		}
		if err := about(id, raw, false); err != nil {
			return a.decodeError(err)
		}
	}
	a.warn(ctx, elements)
	return nil
}
