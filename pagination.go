package halopsa

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// ListOptions choose a page of a list.
type ListOptions struct {
	// PageNo is the page that List reads, from 1; 0 is the first. Pages and All begin at page 1 and refuse another one.
	PageNo int `url:"-"`
	// PageSize is how many records to ask for; 0 is 100, the largest page that a tenant was seen to serve. The server may send fewer.
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

// Page is one page of a list.
//
// What Pages and All promise: each record that is in the list during the whole walk comes exactly once, told apart by its id, or the
// walk ends with a [PaginationError] after the records that could be read.
//
// Two rows of one response are two records. Where they share an id and differ, ids are no keys of that list, and its rows are told apart by
// their content: the pages before are read again, and what was passed over for its id comes then. That holds for a list that does not
// change meanwhile; where it does, the walk ends with a [PaginationError]. An id of 0, "0", "" or an empty GUID is no id.
type Page[T any] struct {
	// Records are the rows. Rows are thinner than what Get returns: an absent member says nothing about the record.
	Records []T
	// Number is the page's number, from 1, as it was asked for.
	Number int
	// Size is the page_size that the server reports, or the number of rows it sent when it reports none.
	Size int
	// RecordCount is how many records the whole list has, or -1 when the server does not say.
	RecordCount int
}

// Collect gathers what a walk yields, up to its first error, which it returns together with what came before.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

// records yields the records of pages, one by one.
func records[T any](pages iter.Seq2[*Page[T], error]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Records {
				if !yield(&page.Records[i], nil) {
					return
				}
			}
		}
	}
}

// listOf reads one page.
func listOf[T any](ctx context.Context, c *Client, l *list, opts []RequestOption) (*Page[T], error) {
	w, err := newWalker(c, l, opts)
	if err != nil {
		return nil, err
	}
	req := page.Request{Page: max(1, w.page.PageNo), Size: w.pageSize()}
	rows, err := fetch[T](ctx, w, req, false)
	if err != nil {
		return nil, err
	}
	return newPage(rows.Records, req, rows), nil
}

// newPage makes the page of an answer, with those of its rows that are to be shown.
func newPage[T any](shown []T, req page.Request, rows wire.List[T]) *Page[T] {
	page := &Page[T]{Records: shown, Number: max(1, req.Page), Size: rows.PageSize, RecordCount: rows.RecordCount}
	if page.Size == 0 {
		page.Size = len(rows.Records)
	}
	return page
}

// walker is what the pages of one walk share.
type walker struct {
	client *Client
	*list
	conf *callConfig
	path string
	q    url.Values
	page ListOptions
}

func newWalker(c *Client, l *list, opts []RequestOption) (*walker, error) {
	conf, path, err := c.prepare(l.op, l.resource, opts)
	if err != nil {
		return nil, err
	}
	w := &walker{client: c, list: l, conf: conf, path: path, page: l.page}
	if w.page == (ListOptions{}) {
		w.page = conf.page
	}
	if err := w.page.check(); err != nil {
		return nil, named(l.op, err)
	}
	if l.count < 0 {
		return nil, named(l.op, badArgument("Count", "%d is less than 0", l.count))
	}
	if w.q, err = l.query(conf); err != nil {
		return nil, named(l.op, err)
	}
	return w, nil
}

func (w *walker) pageSize() int {
	if w.page.PageSize > 0 {
		return w.page.PageSize
	}
	return defaultPageSize
}

// fetch reads one page. byContent has its keys made of the rows' content.
func fetch[T any](ctx context.Context, w *walker, req page.Request, byContent bool) (wire.List[T], error) {
	q := make(url.Values, len(w.q)+3)
	for name, values := range w.q {
		q[name] = values
	}
	switch {
	case req.Count > 0:
		q.Set("count", strconv.Itoa(req.Count))
	case w.paged:
		q.Set("pageinate", "true")
		q.Set("page_no", strconv.Itoa(req.Page))
		q.Set("page_size", strconv.Itoa(req.Size))
	}
	a, err := w.client.do(ctx, &request{op: w.op, method: http.MethodGet, path: w.path, query: q, kind: retry.Read, conf: w.conf})
	if err != nil {
		return wire.List[T]{}, err
	}
	defer a.release()
	body, err := a.plain()
	if err != nil {
		return wire.List[T]{}, a.decodeError(err)
	}
	decode := wire.DecodeList[T]
	if byContent {
		decode = wire.DecodeListByContent[T]
	}
	rows, err := decode(body, w.resource, max(req.Size, req.Count))
	if err != nil {
		return wire.List[T]{}, a.decodeError(err)
	}
	a.surface(ctx, rows.Warning)
	return rows, nil
}

// pagesOf walks a list. lists is asked each time the sequence is ranged over: the caller's options are read then.
func pagesOf[T any](ctx context.Context, c *Client, lists func() *list, opts []RequestOption) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		w, err := newWalker(c, lists(), opts)
		if err == nil {
			err = w.walkable()
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for part, err := range readerOf[T](w).Pages(ctx, w.walk()) {
			if err != nil {
				yield(nil, w.incomplete(err))
				return
			}
			if !yield(newPage(choose(part.Page.Records, part.Fresh), part.Request, part.Page), nil) {
				return
			}
		}
	}
}

// readerOf reads the pages of the list.
func readerOf[T any](w *walker) *paging.Reader[wire.List[T]] {
	return &paging.Reader[wire.List[T]]{
		AtOnce: w.conf.prefetch, Deletes: &w.client.walks, List: w.resource,
		Fetch: func(ctx context.Context, req page.Request, byContent bool) (wire.List[T], paging.Answer, error) {
			rows, err := fetch[T](ctx, w, req, byContent)
			return rows, paging.Answer{Keys: rows.Keys, RecordCount: rows.RecordCount, ByContent: rows.ByContent, Print: rows.Print}, err
		},
	}
}

// walk decides which pages of the list to read.
func (w *walker) walk() *paging.Walk {
	return paging.New(w.pageSize(), paging.Options{Unpaged: !w.paged, SecondPass: w.conf.secondPass, Loose: !w.ordersByID()})
}

// incomplete returns the error of a walk as the caller is to see it.
func (w *walker) incomplete(err error) error {
	var short *paging.Incomplete
	if !errors.As(err, &short) {
		return err
	}
	return &PaginationError{
		Op: w.op, Path: w.path, RecordCount: short.RecordCount, Seen: short.Seen, Page: short.Page, Reason: short.Reason,
	}
}

// ordersByID reports whether the order leaves no ties open.
func (w *walker) ordersByID() bool {
	for _, q := range []url.Values{w.q, w.conf.query} {
		for name, values := range q {
			if strings.HasPrefix(name, "order") && !strings.HasPrefix(name, "orderdesc") && len(values) > 0 && strings.EqualFold(values[0], "id") {
				return true
			}
		}
	}
	return false
}

// walkable refuses what a walk over everything cannot honour.
func (w *walker) walkable() error {
	switch {
	case w.page.PageNo > 1:
		return named(w.op, badArgument("PageNo", "%d: a walk reads every page from the first; List reads one", w.page.PageNo))
	case w.count > 0:
		return named(w.op, badArgument("Count", "%d: a walk reads everything; List takes a count", w.count))
	}
	for _, name := range []string{"page_no", "page_size", "pageinate", "count"} {
		if w.conf.query.Has(name) { // it would be sent with every page
			return named(w.op, badArgument("WithQuery", "%s: a walk sets it by itself", name))
		}
	}
	return nil
}

// choose returns the rows with these indices, without copying when it is all of them.
func choose[T any](rows []T, indices []int) []T {
	if len(indices) == len(rows) {
		return rows
	}
	chosen := make([]T, len(indices))
	for i, at := range indices {
		chosen[i] = rows[at]
	}
	return chosen
}
