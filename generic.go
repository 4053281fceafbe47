package halopsa

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/go-querystring/query"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// ListOf reads one page of the list at path, such as "Tickets", into records of type T.
//
// T is a struct with json tags, the caller's own or one that embeds a record of this package; a map works too. The page is the first
// one unless [WithPage] says otherwise, sorted by id unless [WithSort] does. Filters are given with [WithQuery].
func ListOf[T any](ctx context.Context, client *Client, path string, opts ...RequestOption) (*Page[T], error) {
	return listOf[T](ctx, client, &list{op: opOf(path, "List"), resource: path, paged: true, sorted: true}, opts)
}

// AllOf walks the whole list at path and yields each record once; see [ListOf] for T and path, [Page] for the promise.
func AllOf[T any](ctx context.Context, client *Client, path string, opts ...RequestOption) iter.Seq2[*T, error] {
	return records(pagesOf[T](ctx, client, func() *list {
		return &list{op: opOf(path, "All"), resource: path, paged: true, sorted: true}
	}, opts))
}

// GetOf reads the record with this id at path, as GetOf[Ticket](ctx, client, "Tickets", 12) does.
func GetOf[T any, I ID](ctx context.Context, client *Client, path string, id I, opts ...RequestOption) (*T, error) {
	return getOf[T](ctx, client, opOf(path, "Get"), path, id, nil, opts)
}

// PostOf sends inputs, one object or a slice of them, to path as the array that HaloPSA expects, and returns the records of the answer.
//
// It is taken for a create, which is never repeated when its outcome is unknown; [WithIdempotent] says otherwise.
func PostOf[T any](ctx context.Context, client *Client, path string, inputs any, opts ...RequestOption) ([]T, error) {
	op := opOf(path, "Post")
	body, err := json.Marshal(inputs)
	if err != nil {
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "no JSON can be made of them: " + err.Error()}
	}
	switch body = bytes.TrimSpace(body); {
	case string(body) == "null" || string(body) == "[]":
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "empty"}
	case body[0] == '{':
		body = append(append([]byte{'['}, body...), ']')
	case body[0] != '[':
		return nil, &ArgumentError{Op: op, Argument: "inputs", Reason: "neither an object nor a slice of them"}
	}
	n := 0
	if sent, _, err := wire.Elements(body); err == nil {
		n = len(sent)
	}
	return postOf[T](ctx, client, op, path, batch{body: body, n: n, kind: retry.Create}, opts)
}

// DeleteOf deletes the record with this id at path.
func DeleteOf[I ID](ctx context.Context, client *Client, path string, id I, opts ...RequestOption) error {
	return deleteOf(ctx, client, opOf(path, "Delete"), path, id, opts)
}

// opOf names the operation of a generic function. A path with a query is refused, and the query is no part of the name either.
func opOf(path, method string) string {
	if end := strings.IndexFunc(path, func(r rune) bool { return r == '?' || r == '#' || unicode.IsControl(r) }); end >= 0 {
		path = path[:end]
	}
	if path = strings.Trim(path, "/"); path == "" {
		return method + "Of"
	}
	return path + "." + method
}

// list says what a list endpoint takes.
type list struct {
	op, resource string
	params       any         // a struct with url tags; nil for a list of the caller's own, whose parameters nobody knows
	page         ListOptions // what the caller chose
	sort         []SortKey
	paged        bool         // has page_no, page_size and pageinate
	sorted       bool         // has order … orderdesc5
	record       reflect.Type // whose members it can be sorted by; nil for a record of the caller's own
	count        int          // the caller's count, which a walk cannot honour
}

// noParams is for the lists that take none.
var noParams *struct{}

// unpaged is the list of a resource that has no paging parameters; params, a pointer to options, is read when a walk starts.
func unpaged[O any](resource, op string, params *O) func() *list {
	return func() *list {
		var own O
		if params != nil {
			own = *params
		}
		return &list{op: resource + "." + op, resource: resource, params: own}
	}
}

// query returns the parameters of the list, without those of the page.
func (l *list) query(conf *callConfig) (url.Values, error) {
	q, err := encodeQuery(l.params)
	if err != nil {
		return nil, err
	}
	if err := l.checkQuery(conf.query); err != nil {
		return nil, err
	}
	if !l.sorted {
		if len(conf.sort) > 0 {
			return nil, badArgument("WithSort", "this list cannot be sorted")
		}
		return q, nil
	}
	keys := l.sort
	if len(keys) == 0 {
		keys = conf.sort
	}
	if len(keys) == 0 && conf.query.Get("order") == "" {
		keys = []SortKey{Asc("id")}
	}
	if err := encodeSort(keys, q); err != nil {
		return nil, err
	}
	return q, checkSort(keys, l.record)
}

// encodeQuery makes a query of a struct with url tags.
func encodeQuery(params any) (url.Values, error) {
	if params == nil {
		return url.Values{}, nil
	}
	if err := checkIDs(params); err != nil {
		return nil, err
	}
	q, err := query.Values(params)
	if err != nil {
		return nil, badArgument("options", "%s", err)
	}
	return q, nil
}

// prepare resolves the options and the path of a call.
func (c *Client) prepare(op, resource string, opts []RequestOption, id ...string) (conf *callConfig, path string, err error) {
	if conf, err = c.callConfig(opts); err == nil {
		path, err = resourcePath(resource, id...)
	}
	return conf, path, named(op, err)
}

// callConfig resolves the options of a call.
func (c *Client) callConfig(opts []RequestOption) (*callConfig, error) {
	if c == nil || c.conf == nil {
		return nil, badArgument("client", "not made by NewClient")
	}
	return c.conf.call.with(opts)
}

// named puts the operation into an *ArgumentError.
func named(op string, err error) error {
	if argument, ok := err.(*ArgumentError); ok && argument.Op == "" { //nolint:errorlint // made by us just now
		own := *argument
		own.Op = op
		return &own
	}
	return err
}

func getOf[T any, I ID](ctx context.Context, c *Client, op, resource string, id I, params any, opts []RequestOption) (*T, error) {
	segment, err := text(id)
	if err != nil {
		return nil, named(op, err)
	}
	conf, path, err := c.prepare(op, resource, opts, segment)
	if err != nil {
		return nil, err
	}
	if err := checkGetQuery(resource, params, conf.query); err != nil {
		return nil, named(op, err)
	}
	q, err := encodeQuery(params)
	if err != nil {
		return nil, named(op, err)
	}
	a, err := c.do(ctx, &request{op: op, method: http.MethodGet, path: path, query: q, kind: retry.Read, conf: conf})
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

func deleteOf[I ID](ctx context.Context, c *Client, op, resource string, id I, opts []RequestOption) error {
	segment, err := text(id)
	if err != nil {
		return named(op, err)
	}
	conf, path, err := c.prepare(op, resource, opts, segment)
	if err != nil {
		return err
	}
	over := c.walks.Begin(resource, segment)
	defer over()
	a, err := c.do(ctx, &request{op: op, method: http.MethodDelete, path: path, kind: retry.Delete, conf: conf})
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

// postOf sends one array and decodes the records of the response.
func postOf[T any](ctx context.Context, c *Client, op, resource string, b batch, opts []RequestOption) ([]T, error) {
	conf, path, err := c.prepare(op, resource, opts)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, &request{op: op, method: http.MethodPost, path: path, body: b.body, kind: b.kind, inputs: b.n, conf: conf})
	if err != nil {
		return nil, err
	}
	defer a.release()
	placed := make([]*T, b.n)
	var spare []json.RawMessage
	own := *conf
	own.unattributed, a.req.conf = &spare, &own
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
