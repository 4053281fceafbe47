package halopsa

import (
	"reflect"
	"strings"
	"unicode"
)

// endpoint is a resource as the API has it. The file of a resource names it, once.
type endpoint struct {
	name    string // of the resource: its path below /api
	paged   bool   // its list takes page_no, page_size and pageinate
	sorted  bool   // its list takes order … orderdesc5
	foreign bool   // a path of the caller's own: nobody knows the parameters of its list and the members of its records
}

// endpointAt is the endpoint at a path of the caller's own.
func endpointAt(path string) endpoint {
	return endpoint{name: strings.Trim(path, "/"), paged: true, sorted: true, foreign: true}
}

// op names an operation. A path with a query is refused, and the query is no part of the name either.
func (e endpoint) op(method string) string {
	if !e.foreign {
		return e.name + "." + method
	}
	name := e.name
	if end := strings.IndexFunc(name, func(r rune) bool { return r == '?' || r == '#' || unicode.IsControl(r) }); end >= 0 {
		name = strings.TrimRight(name[:end], "/")
	}
	if name == "" {
		return method + "Of"
	}
	return name + "." + method
}

// selection is what the caller has chosen of a list, besides its filters.
type selection struct {
	page  ListOptions
	sort  []SortKey
	count int // the API's count, for List only
}

func (o ListOptions) selection() selection { return selection{page: o} }

// selectionOf returns what options, nil or a pointer to a struct with url tags, choose.
func selectionOf(options any) selection {
	chosen, ok := options.(interface{ selection() selection })
	if !ok || reflect.ValueOf(options).IsNil() {
		return selection{}
	}
	return chosen.selection()
}

// check refuses what no list has.
func (s selection) check() error {
	if err := s.page.check(); err != nil {
		return err
	}
	if s.count < 0 {
		return badArgument("Count", "%d is less than 0", s.count)
	}
	return nil
}

// prepare begins a request: it resolves the options of the call, once, and the path.
func (c *Client) prepare(op, resource string, opts []RequestOption, id ...string) (*request, error) {
	conf, err := c.callConfig(opts)
	if err != nil {
		return nil, named(op, err)
	}
	path, err := resourcePath(resource, id...)
	if err != nil {
		return nil, named(op, err)
	}
	return &request{op: op, path: path, conf: conf}, nil
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

// service is what every resource's service is: a view of the client.
type service struct{ client *Client }

// clientOf returns the client of a service, nil for the service of a client that NewClient did not make.
func clientOf[S interface{ ~struct{ service } }](s *S) *Client {
	if s == nil {
		return nil
	}
	return struct{ service }(*s).client
}
