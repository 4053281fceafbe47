package halopsa

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"
)

// RequestOption specifies how one call is made; every method takes any number of them. One that a method has no use for, such as [WithKey] for a
// Get, does nothing, unless it says that it is refused.
type RequestOption interface{ applyCall(*callConfig) error }

// Option can be given to a call, and to [NewClient] as the default of every call.
type Option interface {
	ClientOption
	RequestOption
}

// callConfig is what the options of a call set.
type callConfig struct {
	header     http.Header
	query      url.Values
	timeout    time.Duration
	once       bool
	idempotent bool
	into       **http.Response
	batch      int
	secondPass bool
	hidden     bool
	key        []string // the members that tell the records of a list apart; none is the id
	limit      int      // of the records of a walk; 0 for all
	prefetch   int
	page       ListOptions
	sort       []SortKey
	settle     time.Duration

	warned       []func(context.Context, Warning)
	badRow       func(BadRow) error
	looks        []func(context.Context, Look)
	hold         time.Duration
	unattributed *[]json.RawMessage
}

// with returns the configuration of one call; the receiver, which all calls share, stays as it is.
func (c *callConfig) with(opts []RequestOption) (*callConfig, error) {
	if len(opts) == 0 {
		return c, nil
	}
	own := *c
	own.header, own.query = maps.Clone(c.header), maps.Clone(c.query)
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyCall(&own); err != nil {
			return nil, err
		}
	}
	return &own, nil
}

type callOptionFunc func(*callConfig) error

func (f callOptionFunc) applyCall(c *callConfig) error { return f(c) }

type optionFunc func(*callConfig) error

func (f optionFunc) applyCall(c *callConfig) error { return f(c) }
func (f optionFunc) applyClient(c *config) error   { return f(&c.call) }

// WithHeader sends a header with the request.
//
// Authorization cannot be set; it is always the token of the [TokenSource].
func WithHeader(name, value string) Option {
	return optionFunc(func(c *callConfig) error {
		name := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !headerName(name):
			return badArgument("WithHeader", "%q is not a valid header name", name)
		case !headerValue(value):
			return badArgument("WithHeader", "the value of %s must be one line of printable characters", name)
		case name == "Authorization":
			return badArgument("WithHeader", "Authorization comes from the token source; see WithTokenSource")
		}
		if c.header == nil {
			c.header = make(http.Header)
		}
		c.header[name] = []string{value}
		return nil
	})
}

// headerName and headerValue are the rules of RFC 9110, which net/http would find broken only when the request is sent.
func headerName(name string) bool {
	return name != "" && strings.IndexFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	}) < 0
}

func headerValue(value string) bool {
	return strings.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) < 0
}

// WithQuery adds a query parameter, replacing one of the same name.
//
// HaloPSA silently ignores a parameter that it does not know [seen]: a misspelled filter returns everything. A name that differs from a documented
// parameter of a list or a Get only in case and underscores, or that is HaloPSA's name of the same id elsewhere (msid, module_id, moduleId), is therefore
// refused, except by the generic functions, which know no parameters.
func WithQuery(name, value string) Option {
	return optionFunc(func(c *callConfig) error {
		if name == "" {
			return badArgument("WithQuery", "the parameter has no name")
		}
		if c.query == nil {
			c.query = make(url.Values)
		}
		c.query[name] = []string{value}
		return nil
	})
}

// WithTimeout sets how long one attempt may take, from sending it to the end of its response; the default is 90 s.
//
// The whole call, with its retries and waits, is bounded by its context.
func WithTimeout(attempt time.Duration) Option {
	return optionFunc(func(c *callConfig) error {
		if attempt <= 0 {
			return badArgument("WithTimeout", "%s: must be positive", attempt)
		}
		c.timeout = attempt
		return nil
	})
}

// WithoutRetry limits the call to one attempt, whatever its outcome.
func WithoutRetry() Option {
	return optionFunc(func(c *callConfig) error {
		c.once = true
		return nil
	})
}

// WithBatchSize sets how many inputs a Create or Update sends in one request; the default is 100.
func WithBatchSize(n int) Option {
	return optionFunc(func(c *callConfig) error {
		if n < 1 {
			return badArgument("WithBatchSize", "%d is less than 1", n)
		}
		c.batch = n
		return nil
	})
}

// WithSecondPass makes Pages and All ignore record_count and read a list that is not sorted by id again, until a pass finds nothing new.
//
// A list sorted by id then takes up to twice the requests, any other list at least twice. It is the safe mode for a list in which the number of
// records added between two requests can equal the number deleted: record_count shows every other change, but not this one.
func WithSecondPass() Option {
	return optionFunc(func(c *callConfig) error {
		c.secondPass = true
		return nil
	})
}

// WithPrefetch lets Pages, All, Since and Follow read up to n pages at once: the next ones are read while the caller works. 0 and 1 read one at a
// time. Of Since and Follow it is for what there is to catch up on, in lists that come with the oldest records first.
//
// Records come in the same order and with the same promise. All requests count against the limit. Reading ahead stops once the list shrinks
// during the walk, and does not begin if the server sends no record_count: a page that turns out to be empty costs a request.
func WithPrefetch(n int) Option {
	return optionFunc(func(c *callConfig) error {
		if n < 0 {
			return badArgument("WithPrefetch", "%d is less than 0", n)
		}
		c.prefetch = n
		return nil
	})
}

// WithIdempotent declares that a Create may safely be sent twice, so that it is retried like an Update.
func WithIdempotent() RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		c.idempotent = true
		return nil
	})
}

// WithResponseInto stores the last response of the call in dst, with a body that can be read again.
//
// The response's Request is nil. If there was no response, dst is left unchanged.
func WithResponseInto(dst **http.Response) RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		if dst == nil {
			return badArgument("WithResponseInto", "the destination must not be nil")
		}
		c.into = dst
		return nil
	})
}

// WithPage chooses the page that [ListOf] reads and the size of the pages of [AllOf]; 0 means the default.
func WithPage(pageNo, pageSize int) RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		c.page = ListOptions{PageNo: pageNo, PageSize: pageSize}
		return c.page.check()
	})
}

// WithSort sorts the list that [ListOf] or [AllOf] reads; the default is by id.
func WithSort(keys ...SortKey) RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		c.sort = keys
		return checkKeys(keys)
	})
}

// callConfig resolves the options of a call.
func (c *Client) callConfig(opts []RequestOption) (*callConfig, error) {
	if c == nil || c.conf == nil {
		return nil, badArgument("client", "not made by NewClient")
	}
	return c.conf.call.with(opts)
}

// ListOptions specifies a page of a list.
type ListOptions struct {
	// PageNo is the page that List reads, from 1; 0 is the first. Pages and All begin at page 1 and refuse any other value.
	PageNo int `url:"-"`
	// PageSize is how many records to ask for; 0 means 100, the largest page that a tenant has been seen to serve. The server may send fewer.
	PageSize int `url:"-"`
}

func (o ListOptions) check() error {
	switch {
	case o.PageNo < 0:
		return badArgument("PageNo", "%d is less than 0", o.PageNo)
	case o.PageSize < 0:
		return badArgument("PageSize", "%d is less than 0", o.PageSize)
	}
	return nil
}
