package halopsa

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// walker is what the pages that one call reads share. All that the caller chose is resolved when it is made.
type walker struct {
	*request // of a page, without the parameters of that page
	selection
	client *Client
	at     endpoint
}

// newWalker makes the walker of a list of T, sorted as the caller asks.
func newWalker[T any](c *Client, at endpoint, method string, options any, opts []RequestOption) (*walker, error) {
	w, err := newUnsorted(c, at, method, options, opts)
	if err != nil {
		return nil, err
	}
	if err := w.sortAsAsked(reflect.TypeFor[T]()); err != nil {
		return nil, named(w.op, err)
	}
	return w, nil
}

// newUnsorted makes the walker of a list whose order is for [walker.sortedBy] or [walker.sortAsAsked] to say.
func newUnsorted(c *Client, at endpoint, method string, options any, opts []RequestOption) (*walker, error) {
	r, err := c.prepare(at.op(method), at.name, opts)
	if err != nil {
		return nil, err
	}
	w := &walker{request: r, selection: selectionOf(options), client: c, at: at}
	if w.page == (ListOptions{}) {
		w.page = r.conf.page
	}
	if err := w.check(); err != nil {
		return nil, named(r.op, err)
	}
	r.method, r.kind, r.list, r.options = http.MethodGet, retry.Read, &w.at, options
	if r.query, err = encodeQuery(options); err != nil {
		return nil, named(r.op, err)
	}
	if len(r.conf.query) > 0 && !at.foreign {
		if err := checkNames(at.name, at.parameters(options), r.conf.query); err != nil {
			return nil, named(r.op, err)
		}
	}
	if !at.sorted && len(r.conf.sort) > 0 {
		return nil, named(r.op, badArgument("WithSort", "this list cannot be sorted"))
	}
	return w, nil
}

// sortAsAsked sorts the list, whose records are of this type.
func (w *walker) sortAsAsked(record reflect.Type) error {
	if !w.at.sorted {
		return nil
	}
	keys := sortKeys(w.sort, w.conf.sort, w.conf.query)
	if err := checkKeys(keys); err != nil {
		return err
	}
	encodeSort(keys, w.query)
	if w.at.foreign {
		return nil
	}
	return checkSort(keys, record)
}

// sortedBy returns a walker of the list in this order, or as it comes where it cannot be sorted.
func (w *walker) sortedBy(key SortKey) *walker {
	if !w.at.sorted {
		return w
	}
	own, r := *w, *w.request
	r.query = maps.Clone(r.query)
	encodeSort([]SortKey{key}, r.query)
	own.request = &r
	return &own
}

// pageSize is how many records to ask for at once.
func (w *walker) pageSize() int {
	size := cmp.Or(w.page.PageSize, defaultPageSize)
	if w.conf.limit > 0 {
		size = min(size, w.conf.limit)
	}
	return size
}

// walkable refuses what a walk over everything cannot honor.
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

// unlimited refuses the limit of a walk where it would only choose the size of the pages.
func (w *walker) unlimited() error {
	if w.conf.limit > 0 {
		return named(w.op, badArgument("WithLimit", "only Pages and All end after so many records; PageSize is for a List, and a loop over Since or Follow can break"))
	}
	return nil
}

// fetch reads one page.
func fetch[T any](ctx context.Context, w *walker, req page.Request, how paging.How) (wire.List[T], error) {
	r := *w.request
	r.smaller = how.Smaller
	r.query = make(url.Values, len(w.query)+3)
	maps.Copy(r.query, w.query)
	switch {
	case req.Count > 0:
		r.query.Set("count", strconv.Itoa(req.Count))
	case w.at.paged:
		r.query.Set("pageinate", "true")
		r.query.Set("page_no", strconv.Itoa(req.Page))
		r.query.Set("page_size", strconv.Itoa(req.Size))
	}
	a, err := w.client.do(ctx, &r)
	if err != nil {
		return wire.List[T]{}, err
	}
	defer a.release()
	body, err := a.plain()
	if err != nil {
		return wire.List[T]{}, a.decodeError(err)
	}
	var rows wire.List[T]
	switch hint := max(req.Size, req.Count); {
	case how.ByContent:
		rows, err = wire.DecodeListByContent[T](body, w.at.name, hint)
	case len(w.conf.key) > 0:
		rows, err = wire.DecodeListByKey[T](body, w.at.name, hint, w.conf.key)
	default:
		rows, err = wire.DecodeList[T](body, w.at.name, hint)
	}
	if err != nil {
		return wire.List[T]{}, a.decodeError(err)
	}
	if rows.Keyless != nil {
		rows.Keyless = a.decodeError(rows.Keyless)
	}
	a.name(rows.Bad, req)
	a.surface(ctx, rows.Warning)
	return rows, nil
}

// readerOf reads the pages of the list.
func readerOf[T any](w *walker) *paging.Reader[wire.List[T]] {
	return &paging.Reader[wire.List[T]]{
		AtOnce: w.conf.prefetch, Deletes: &w.client.walks, List: w.at.name, Resized: w.resized,
		Fetch: func(ctx context.Context, req page.Request, how paging.How) (wire.List[T], paging.Answer, error) {
			rows, err := fetch[T](ctx, w, req, how)
			return rows, paging.Answer{
				Keys: rows.Keys, RecordCount: rows.RecordCount, PageSize: rows.PageSize, Refused: refusesPage(req, err), TooMuch: tooMuch(ctx, err),
				ByContent: rows.ByContent, Print: rows.Print,
			}, err
		},
	}
}

// walk decides which pages of the list to read.
func (w *walker) walk() *paging.Walk {
	return paging.New(w.pageSize(), paging.Options{Unpaged: !w.at.paged, SecondPass: w.conf.secondPass, Keyed: len(w.conf.key) > 0, Order: orderOf(w.query, w.conf.query)})
}

// incomplete returns the error of a walk as the caller is to see it, nil for one that the caller accepts.
func (w *walker) incomplete(err error) error {
	var short *paging.Incomplete
	switch {
	case !errors.As(err, &short):
		return err
	case short.AllRead && w.conf.hidden:
		return nil
	}
	return &PaginationError{
		Call: w.tried(0), RecordCount: short.RecordCount, Seen: short.Seen, Page: short.Page, AllPagesRead: short.AllRead, Reason: short.Reason,
	}
}
