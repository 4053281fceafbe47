package halopsa

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// WithUnattributed appends to into the records in the response to a write of which it cannot be told which input they belong to: HaloPSA may
// respond to an array with one object. They are JSON as it came.
func WithUnattributed(into *[]json.RawMessage) RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		if into == nil {
			return badArgument("WithUnattributed", "the destination must not be nil")
		}
		c.unattributed = into
		return nil
	})
}

// attribute puts the records of a response into their inputs' places: an update's by its id, a create's by its position where as many came back
// as were sent. It returns the inputs of which the response does not say that they were written, with the error that says so.
//
// The body of a success is an object, an array or empty. [2024, 2026] An array of another length, an element that is an error, a record without
// an id or with another one than was sent are not. [seen]
func attribute[T any](ctx context.Context, a *answer, b batch, records []*T) (unknown []int, err error) {
	all := func(err error) ([]int, error) { return indices(0, b.n), a.decodeError(err) }
	body, err := a.plain()
	if err != nil {
		return all(err)
	}
	elements, array, err := wire.Elements(body)
	if err != nil {
		return all(err)
	}
	a.warn(ctx, elements)
	if wire.Judged[T]() && !refuses(elements, array) {
		elements, array = wire.Unwrap(elements, array, a.req.resource())
	}
	another := array && len(elements) != b.n
	number := &wire.Error{Reason: fmt.Sprintf("%d records in response to %d inputs", len(elements), b.n)}
	switch {
	case another && (b.ids == nil || len(elements) == 0 || len(elements) > b.n):
		a.keep(elements)
		return all(number)
	case len(elements) == 0:
		return nil, nil
	case !array && b.n > 1:
		return attributeOne(a, b, elements[0], records)
	}
	at := newPlaces(b)
	at.short = another
	var refused []MemberError
	var failed error
	if another { // of an update the others are told by their ids
		failed = number
	}
	for i, raw := range elements {
		if _, bad := wire.Failure(raw); bad {
			unknown = append(unknown, i)
			refused = append(refused, MemberError{Input: i, Messages: []string{string(raw)}})
			continue
		}
		place, err := at.of(i, raw)
		if err != nil {
			unknown, failed = append(unknown, i), err
			continue
		}
		if record, ok, err := recordOf[T](raw, at.named); err != nil {
			at.taken[place] = false
			unknown, failed = append(unknown, i), err
		} else if ok {
			records[place] = record
			at.made = append(at.made, at.id)
		}
	}
	a.made = slices.DeleteFunc(at.made, func(id string) bool { return id == "" })
	if b.ids != nil && (another || len(unknown) > 0) { // a record in the wrong place leaves open which input is meant
		unknown = at.missing()
	}
	switch {
	case len(unknown) == 0:
		return nil, nil
	case failed != nil && len(refused) == 0:
		return unknown, a.decodeError(failed)
	}
	if !array {
		refused = nil // an object has its words itself
	}
	return unknown, a.refusal(elements[0], refused)
}

// refuses reports whether a response is one object that says that the request failed.
func refuses(elements []json.RawMessage, array bool) bool {
	if array || len(elements) != 1 {
		return false
	}
	_, failed := wire.Failure(elements[0])
	return failed
}

// attributeOne looks at an object in response to several inputs.
func attributeOne[T any](a *answer, b batch, raw json.RawMessage, records []*T) (unknown []int, err error) {
	if _, bad := wire.Failure(raw); bad {
		return indices(0, b.n), a.refusal(raw, nil)
	}
	id, ok := wire.ID(raw)
	switch {
	case ok && b.ids == nil && !wire.RealID(id):
		return indices(0, b.n), a.decodeError(&wire.Error{Reason: "a record with the id " + shortID(id) + ", which no record has"})
	case ok && b.ids != nil:
		place := slices.IndexFunc(b.ids, func(sent int64) bool { return strconv.FormatInt(sent, 10) == id })
		if place < 0 {
			return indices(0, b.n), a.decodeError(&wire.Error{Reason: fmt.Sprintf("a record with the id %s, which none of the inputs has", shortID(id))})
		}
		record, _, err := recordOf[T](raw, true)
		if err != nil {
			return indices(0, b.n), a.decodeError(err)
		}
		records[place] = record
		return nil, nil
	}
	a.keep([]json.RawMessage{raw})
	return nil, nil
}

// recordOf decodes an element that names a record, by an id; false is an acknowledgement without one, such as {}.
func recordOf[T any](raw json.RawMessage, named bool) (*T, bool, error) {
	if !named && wire.HasID[T]() {
		return nil, false, nil
	}
	record, err := wire.DecodeElement[T](raw)
	return &record, err == nil, err
}

// places find the input that a record belongs to.
type places struct {
	ids   []int64 // of an update's inputs
	taken []bool
	short bool            // fewer records came than were sent, so that a position says nothing
	seen  map[string]bool // the ids of created records
	id    string          // of the last element
	named bool            // it has one
	made  []string        // the ids of those that have their places
}

func newPlaces(b batch) *places {
	return &places{ids: b.ids, taken: make([]bool, b.n), seen: make(map[string]bool)}
}

// of returns the place of the ith element, or an error if it is the record of none.
func (p *places) of(i int, raw json.RawMessage) (int, error) {
	id, ok := wire.ID(raw)
	p.id, p.named = id, ok
	switch {
	case raw[0] != '{':
		return 0, elementError(i, "not a record")
	case !ok && p.short:
		return 0, elementError(i, "a record without an id")
	case !ok:
		p.taken[i] = true
		return i, nil
	case !wire.RealID(id):
		return 0, elementError(i, "a record with the id "+shortID(id)+", which no record has")
	case p.ids == nil && p.seen[id]:
		return 0, elementError(i, "the id "+shortID(id)+" comes twice")
	case p.ids == nil:
		p.seen[id] = true
		return i, nil
	}
	for j, sent := range p.ids {
		if !p.taken[j] && strconv.FormatInt(sent, 10) == id {
			p.taken[j] = true
			return j, nil
		}
	}
	if i < len(p.ids) {
		return 0, elementError(i, fmt.Sprintf("a record with the id %s, where the one with the id %d was sent", shortID(id), p.ids[i]))
	}
	return 0, elementError(i, "a record with the id "+shortID(id)+", which none of the inputs has")
}

// missing returns the inputs of an update of which no record came.
func (p *places) missing() []int {
	var missing []int
	for i, taken := range p.taken {
		if !taken {
			missing = append(missing, i)
		}
	}
	return missing
}

func elementError(i int, reason string) error {
	return &wire.Error{Path: "[" + strconv.Itoa(i) + "]", Reason: reason}
}

// keep stores records that belong to no input, for the caller who wants them.
func (a *answer) keep(elements []json.RawMessage) {
	if into := a.req.conf.unattributed; into != nil {
		for _, raw := range elements {
			*into = append(*into, slices.Clone(raw))
		}
	}
}

// batch is what one request writes.
type batch struct {
	body []byte
	ids  []int64 // of the records that it updates; nil for a create
	n    int     // inputs
	kind retry.Kind
}

// indices returns the numbers from begin up to but not including end.
func indices(begin, end int) []int {
	list := make([]int, 0, end-begin)
	for i := begin; i < end; i++ {
		list = append(list, i)
	}
	return list
}
