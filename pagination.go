package halopsa

import (
	"context"
	"iter"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Page is one page of a list.
//
// Pages and All promise that each record that is in the list during the whole walk comes exactly once, identified by its id, or that
// the walk ends with a [PaginationError] after the records that could be read.
//
// Two rows of one response are two records. If they share an id but differ, the ids of that list are not unique, and its rows are identified by
// their content: earlier pages are read again, and rows that were skipped because of their id come then. This works for a list that does not
// change during the walk; if it does, the walk ends with a [PaginationError]. 0, "0", "" and an empty GUID do not count as ids.
type Page[T any] struct {
	// Records are the rows. Rows have fewer members than what Get returns: an absent member says nothing about the record.
	Records []T
	// Number is the number of the requested page, from 1.
	Number int
	// Size is the page_size that the server reports, or the number of rows in the response if it reports none.
	Size int
	// RecordCount is how many records the whole list has, or -1 if the server does not say.
	RecordCount int
}

// Collect returns all values that a walk yields. If the walk fails, Collect returns the error and the values before it.
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

// listOf reads one page of the list at an endpoint. options is nil or a pointer to the options of the resource, which can be nil.
func listOf[T any](ctx context.Context, c *Client, at endpoint, options any, opts []RequestOption) (*Page[T], error) {
	w, err := newWalker[T](c, at, "List", options, opts)
	if err == nil {
		err = w.unlimited()
	}
	if err != nil {
		return nil, err
	}
	req := page.Request{Page: max(1, w.page.PageNo), Size: w.pageSize()}
	rows, err := fetch[T](ctx, w, req, paging.How{})
	if err != nil {
		return nil, err
	}
	shown := rows.Records
	if len(rows.Bad) > 0 {
		indices := make([]int, len(rows.Records))
		for i := range indices {
			indices[i] = i
		}
		shown, err = readable(w.conf, rows, indices, 0)
	}
	return newPage(shown, req, rows), err
}

// pagesOf walks the list page by page.
func pagesOf[T any](ctx context.Context, c *Client, at endpoint, options any, opts []RequestOption) iter.Seq2[*Page[T], error] {
	return walkOf[T](ctx, c, at, "Pages", options, opts)
}

// allOf walks the list record by record.
func allOf[T any](ctx context.Context, c *Client, at endpoint, options any, opts []RequestOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for page, err := range walkOf[T](ctx, c, at, "All", options, opts) {
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

// walkOf walks a list. The caller's options are read each time that the sequence is ranged over.
func walkOf[T any](ctx context.Context, c *Client, at endpoint, method string, options any, opts []RequestOption) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		w, err := newWalker[T](c, at, method, options, opts)
		if err == nil {
			err = w.walkable()
		}
		if err != nil {
			yield(nil, err)
			return
		}
		left, first := w.conf.limit, true
		for part, err := range readerOf[T](w).Pages(ctx, w.walk()) {
			if err != nil {
				if err = w.incomplete(err); err != nil {
					yield(nil, err)
				}
				return
			}
			if first && part.Page.Keyless != nil { // rows of a later page can lack members that are null
				yield(nil, part.Page.Keyless)
				return
			}
			first = false
			shown, err := readable(w.conf, part.Page, part.Fresh, left)
			done := left > 0 && len(shown) == left
			if len(shown) > 0 && !yield(newPage(shown, part.Request, part.Page), nil) || done {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			left -= min(left, len(shown))
		}
	}
}

// newPage makes the page of a response, with those of its rows that are to be shown.
func newPage[T any](shown []T, req page.Request, rows wire.List[T]) *Page[T] {
	page := &Page[T]{Records: shown, Number: max(1, req.Page), Size: rows.PageSize, RecordCount: rows.RecordCount}
	if page.Size == 0 {
		page.Size = len(rows.Records)
	}
	return page
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
