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
		named, ok := any(input).(updatable)
		if !ok {
			continue
		}
		if id := named.recordID(); !id.IsZero() {
			return &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d].ID", i), Reason: "must be absent: use Update to change an existing record"}
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
	first, err := encodeInputs(r, inputs)
	if err != nil {
		return nil, err
	}
	records := make([]*T, 0, len(inputs))
	for chunk := range slices.Chunk(inputs, r.conf.batch) {
		begin := len(records)
		b := first
		if begin > 0 {
			if b, err = encodeBatch(r, chunk); err != nil { // a type that cannot make up its mind
				return append(records, make([]*T, len(inputs)-begin)...), batchError(r.op, begin, begin, len(inputs), nil, err)
			}
		}
		written, unknown, err := postBatch[T](ctx, c, r, b)
		records = append(records, written...)
		if err != nil {
			return append(records, make([]*T, len(inputs)-len(records))...), batchError(r.op, begin, begin+b.n, len(inputs), unknown, err)
		}
	}
	return records, nil
}

// encodeInputs returns the first batch of inputs once all of them have been encoded: one that cannot be sent must not stop the writing half-way. The
// others are encoded again when their turn comes, since all bodies together can be larger than the inputs.
func encodeInputs[I any](r *request, inputs []I) (first batch, err error) {
	for chunk := range slices.Chunk(inputs, r.conf.batch) {
		b, err := encodeBatch(r, chunk)
		if err != nil {
			return batch{}, err
		}
		if first.n == 0 {
			first = b
		}
	}
	return first, nil
}

func encodeBatch[I any](r *request, inputs []I) (batch, error) {
	body, err := marshalInputs(inputs)
	if err != nil {
		return batch{}, &ArgumentError{Op: r.op, Argument: "inputs", Reason: "cannot be encoded as JSON: " + err.Error()}
	}
	return batch{body: body, ids: idsOfInputs(inputs, r.kind), n: len(inputs), kind: kindOf(inputs, r.kind)}, nil
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
func postBatch[T any](ctx context.Context, c *Client, r *request, b batch) (records []*T, unknown []int, err error) {
	records = make([]*T, b.n)
	a, unknown, err := postRecords(ctx, c, r, b, records)
	if a != nil {
		a.release()
	}
	return records, unknown, err
}

// postRecords sends one array and puts the records of the response, which is to be released, into their inputs' places.
func postRecords[T any](ctx context.Context, c *Client, r *request, b batch, records []*T) (a *answer, unknown []int, err error) {
	own := *r
	own.method, own.body, own.kind, own.inputs = http.MethodPost, b.body, b.kind, b.n
	var made []string
	others := true // records of the batch whose ids are not known
	if b.ids == nil {
		end := c.newest.writing(r.path)
		defer func() { end(made, others) }()
	}
	if a, err = c.do(ctx, &own); err != nil {
		if others = errors.Is(err, ErrOutcomeUnknown); others {
			unknown = indices(0, b.n)
		}
		return nil, unknown, err
	}
	unknown, err = attribute(ctx, a, b, records)
	made = a.made
	others = len(made) < b.n
	return a, unknown, err
}

// postOf sends inputs of the caller's own, one object or a slice of them, a batch at a time, and decodes the records of the responses.
func postOf[T any](ctx context.Context, c *Client, at endpoint, inputs any, opts []RequestOption) ([]T, error) {
	op := at.op("Post")
	objects, err := encodeObjects(op, inputs)
	if err != nil {
		return nil, err
	}
	r, err := c.prepare(op, at.name, opts)
	if err != nil {
		return nil, err
	}
	var records []T
	begin := 0
	for chunk := range slices.Chunk(objects, r.conf.batch) {
		body, err := json.Marshal(chunk)
		if err != nil {
			return records, &ArgumentError{Op: op, Argument: "inputs", Reason: "cannot be encoded as JSON: " + err.Error()}
		}
		written, unknown, err := postChunk[T](ctx, c, r, batch{body: body, n: len(chunk), kind: retry.Create})
		records = append(records, written...)
		if err != nil {
			return records, batchError(op, begin, begin+len(chunk), len(objects), unknown, err)
		}
		begin += len(chunk)
	}
	return records, nil
}

// postChunk sends one array and returns the records of the response, at the end those of which it cannot be told whose they are.
func postChunk[T any](ctx context.Context, c *Client, r *request, b batch) (records []T, unknown []int, err error) {
	own, conf, spare := *r, *r.conf, []json.RawMessage(nil)
	conf.unattributed, own.conf = &spare, &conf
	placed := make([]*T, b.n)
	a, unknown, err := postRecords(ctx, c, &own, b, placed)
	if a != nil {
		defer a.release()
	}
	for _, record := range placed {
		if record != nil {
			records = append(records, *record)
		}
	}
	if err != nil {
		return records, unknown, err
	}
	for _, raw := range spare {
		record, err := wire.DecodeElement[T](raw)
		if err != nil {
			return records, indices(0, b.n), a.decodeError(err)
		}
		records = append(records, record)
	}
	return records, nil, nil
}

// encodeObjects makes the JSON of each of the caller's own inputs, one object or a slice of them.
func encodeObjects(op string, inputs any) ([]json.RawMessage, error) {
	body, err := json.Marshal(inputs)
	if err != nil {
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "cannot be encoded as JSON: " + err.Error()}
	}
	switch body = bytes.TrimSpace(body); {
	case string(body) == "null" || string(body) == "[]":
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "empty"}
	case body[0] == '{':
		return []json.RawMessage{body}, nil
	case body[0] != '[':
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "must be an object or a slice of objects"}
	}
	objects, _, err := wire.Elements(body)
	if err != nil {
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "cannot be encoded as JSON: " + err.Error()}
	}
	for i, object := range objects {
		if err := checkObject(op, i, object); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// checkObject refuses an input of the caller's own that is no record: what HaloPSA makes of null, a number or an array is not known.
func checkObject(op string, i int, object []byte) error {
	if !bytes.HasPrefix(bytes.TrimSpace(object), []byte("{")) {
		return &ArgumentError{Op: op, Argument: fmt.Sprintf("inputs[%d]", i), Reason: "must be an object"}
	}
	return nil
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
		return a.decodeError(&wire.Error{Reason: "not an acknowledgment of a delete"})
	}
	if !refuses(elements, array) {
		elements, _ = wire.Unwrap(elements, array, a.req.resource())
	}
	for _, raw := range elements {
		if _, failed := wire.Failure(raw); failed || !acknowledges(raw) {
			return a.refusal(raw, nil)
		}
		if err := about(id, raw, false); err != nil {
			return a.decodeError(err)
		}
	}
	a.warn(ctx, elements)
	return nil
}

// acknowledges reports whether an element of the response to a DELETE can be one of a success: an object, or what says nothing more than a whole body
// that does. A text, a number or false is the server's word on something else.
func acknowledges(element json.RawMessage) bool {
	switch string(element) {
	case "null", "true", `""`, "[]":
		return true
	}
	return element[0] == '{'
}
