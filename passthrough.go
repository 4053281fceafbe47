package halopsa

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/halopsa-go/halopsa/internal/loose"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// passed is a call whose body and response are of the caller's types: HaloPSA passes it on to another system, or takes what it is given.
type passed struct {
	at      endpoint
	verb    string // of the operation, and what follows the resource in the path
	rest    string // what follows the verb there, such as Xero
	options any    // nil or a pointer to a struct with url tags
	post    bool
	body    []byte // nil is no body at all
	kind    retry.Kind
	needed  bool // a response without a value is an error
}

// passOf makes the call and reads the response into into, a pointer; nil discards it, once it has turned out not to be one that says no.
func passOf(ctx context.Context, c *Client, p *passed, into any, opts []RequestOption) error {
	op := p.at.op(p.verb)
	if v := reflect.ValueOf(into); into != nil && (v.Kind() != reflect.Pointer || v.IsNil()) {
		return &ArgumentError{Op: op, Argument: "into", Reason: "not a pointer to a value; nil itself discards the response"}
	}
	r, err := c.prepare(op, p.at.name+"/"+p.verb+"/"+p.rest, opts)
	if err != nil {
		return err
	}
	if r.query, err = encodeQuery(p.options); err != nil {
		return named(op, err)
	}
	r.method, r.body, r.kind = http.MethodGet, p.body, p.kind
	if p.post {
		r.method = http.MethodPost
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return err
	}
	defer a.release()
	body, err := a.plain()
	if err != nil {
		return a.decodeError(err)
	}
	if err := a.denied(body, p.post); err != nil {
		return err
	}
	a.warn(ctx, []json.RawMessage{body})
	switch found, err := loose.Into(body, into); {
	case err != nil:
		return a.decodeError(err)
	case !found && p.needed && into != nil:
		return a.decodeError(&wire.Error{Reason: "no record in the response"})
	}
	return nil
}

// denied returns the refusal that a body is: an object that says so or, in response to a write, false or an array with such elements. The rows
// that a read returns are data, whatever they say.
func (a *answer) denied(body []byte, write bool) error {
	says := func(raw []byte) bool {
		_, failed := wire.Failure(raw)
		return failed && !wire.HoldsData(raw)
	}
	if says(body) || write && string(wire.Trim(body)) == "false" {
		return a.refusal(body, nil)
	}
	if !write {
		return nil
	}
	elements, array, err := wire.Elements(body)
	if err != nil || !array {
		return nil //nolint:nilerr // not of that form: it is decoded as what it is
	}
	var refused []MemberError
	for i, raw := range elements {
		if says(raw) {
			refused = append(refused, MemberError{Input: i, Messages: []string{string(raw)}})
		}
	}
	if len(refused) == 0 {
		return nil
	}
	return a.refusal(nil, refused)
}

// encodeBody makes the JSON of what a caller sends, which must not be null: HaloPSA would take that for a body that was forgotten.
func encodeBody(op, argument string, value any) ([]byte, error) {
	if _, ok := value.([]byte); ok {
		return nil, &ArgumentError{Op: op, Argument: argument, Reason: "bytes would be sent as a text in base64; json.RawMessage is sent as it is"}
	}
	body, err := json.Marshal(value)
	switch {
	case err != nil:
		return nil, &ArgumentError{Op: op, Argument: argument, Reason: "cannot be encoded as JSON: " + err.Error()}
	case string(body) == "null":
		return nil, &ArgumentError{Op: op, Argument: argument, Reason: "empty"}
	}
	return body, nil
}

// encodeObject makes the JSON of the one object that an endpoint takes.
func encodeObject(op, argument string, value any) ([]byte, error) {
	body, err := encodeBody(op, argument, value)
	switch {
	case err != nil:
		return nil, err
	case string(body) == "{}":
		return nil, &ArgumentError{Op: op, Argument: argument, Reason: "empty"}
	case !bytes.HasPrefix(body, []byte("{")):
		return nil, &ArgumentError{Op: op, Argument: argument, Reason: "not one JSON object, such as a struct or a map makes"}
	}
	return body, nil
}
