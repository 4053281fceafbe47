package halopsa

import (
	"context"
	"net/http"
	"strconv"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// getOf reads the record with this id. options is nil or a pointer to the options of the resource, which can be nil.
func getOf[T any, I ID](ctx context.Context, c *Client, at endpoint, id I, options any, opts []RequestOption) (*T, error) {
	op := at.op("Get")
	segment, err := text(id)
	if err != nil {
		return nil, named(op, err)
	}
	r, err := c.prepare(op, at.name, opts, segment)
	if err != nil {
		return nil, err
	}
	if len(r.conf.query) > 0 {
		if err := checkNames(at.name, parametersOf(options), r.conf.query); err != nil {
			return nil, named(op, err)
		}
	}
	r.method, r.kind = http.MethodGet, retry.Read
	if r.query, err = encodeQuery(options); err != nil {
		return nil, named(op, err)
	}
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.release()
	record, err := oneOf[T](ctx, a, segment)
	if err != nil {
		return nil, a.decodeError(err)
	}
	return record, nil
}

// oneOf decodes the record with this id: an object, or an array of it alone.
func oneOf[T any](ctx context.Context, a *answer, id string) (*T, error) {
	body, err := a.plain()
	if err != nil {
		return nil, err
	}
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && id[0] >= '1' && id[0] <= '9' {
		if record, warning, sure := wire.DecodeWanted[T](body, n); sure {
			a.surface(ctx, warning)
			return record, nil
		}
	}
	elements, array, err := wire.Elements(body)
	if err != nil {
		return nil, precise[T](body, err)
	}
	if wire.Judged[T]() && !refuses(elements, array) {
		if inner, list := wire.Unwrap(elements, array, a.req.resource()); !list { // a list is no record, also of one
			elements = inner
		}
	}
	if len(elements) != 1 {
		return nil, &wire.Error{Reason: strconv.Itoa(len(elements)) + " records in the response, where the one with the id " + id + " was asked for"}
	}
	raw := elements[0]
	if _, failed := wire.Failure(raw); failed && wire.Judged[T]() {
		return nil, &wire.PayloadError{Object: raw}
	}
	record, err := wire.DecodeElement[T](raw)
	if err != nil {
		return nil, precise[T](body, err)
	}
	if err := about(id, raw, wire.HasID[T]()); err != nil {
		return nil, err
	}
	a.warn(ctx, elements)
	return &record, nil
}

// precise returns the error of decoding the whole body, which has its place, or err where that finds none.
func precise[T any](body []byte, err error) error {
	if _, whole := wire.DecodeMany[T](body); whole != nil {
		return whole
	}
	return err
}
