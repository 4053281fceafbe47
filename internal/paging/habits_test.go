package paging_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// habit is a server with more than one bad habit, or with one and a failure that it does not tell of.
type habit struct {
	n, size  int
	options  paging.Options
	serve    func(nth int, req page.Request, ids []int64) (rows []int64, count int) // nth counts from 0
	tooMuch  int                                                                    // so many requests at first are for too large a page
	requests int                                                                    // at most
	fails    string                                                                 // nothing: all of them come
}

// cut returns the rows of a page, or as many as are asked for at once.
func cut(req page.Request, ids []int64) []int64 {
	begin, end := (req.Page-1)*req.Size, req.Page*req.Size
	if req.Count > 0 {
		begin, end = 0, req.Count
	}
	return ids[min(begin, len(ids)):min(end, len(ids))]
}

// swapped returns ids of which two neighbors have changed places, as in a list sorted by date.
func swapped(ids []int64, at int) []int64 {
	ids = slices.Clone(ids)
	ids[at], ids[at+1] = ids[at+1], ids[at]
	return ids
}

// TestWalkOfServersWithHabits: no response with fewer rows than have come is all there is, and no empty one is believed that stands alone.
func TestWalkOfServersWithHabits(t *testing.T) {
	t.Parallel()
	tests := map[string]habit{
		"page_no ignored, an empty response to count with record_count 0": {
			n: 717, size: 100, requests: 4,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				switch {
				case nth == 2:
					return nil, 0
				case req.Count == 0:
					return ids[:req.Size], len(ids)
				}
				return cut(req, ids), len(ids)
			},
		},
		"page_no ignored, an empty response to count, no record_count": {
			n: 717, size: 100, requests: 4,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				switch {
				case nth == 2:
					return nil, -1
				case req.Count == 0:
					return ids[:req.Size], -1
				}
				return cut(req, ids), -1
			},
		},
		"page_no ignored, count cut off at 50, no record_count": {
			n: 300, size: 100, requests: 8, fails: page.HidesLength,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				return ids[:min(max(req.Size, 50), 100-50*min(req.Count, 1))], -1
			},
		},
		"page_no ignored, count cut off at 50, record_count of the rows": {
			n: 300, size: 100, requests: 8, fails: page.HidesLength,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				rows := ids[:min(max(req.Size, 50), 100-50*min(req.Count, 1))]
				return rows, len(rows)
			},
		},
		"page_no ignored, count cut off at 50, record_count of the rows, short pages": {
			n: 51, size: 3, requests: 9, fails: page.HidesLength,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				rows := ids[:max(req.Size, 50*min(req.Count, 1))]
				return rows, len(rows)
			},
		},
		"paging and count ignored, three rows, record_count one more": {
			n: 4, size: 50, requests: 6, fails: page.IgnoresPaging,
			serve: func(_ int, _ page.Request, ids []int64) ([]int64, int) { return ids[:3], len(ids) },
		},
		"paging and count ignored, three rows, record_count one more, another key": {
			n: 4, size: 50, options: paging.Options{Order: paging.ByOther}, requests: 9, fails: page.IgnoresPaging,
			serve: func(_ int, _ page.Request, ids []int64) ([]int64, int) { return ids[:3], len(ids) },
		},
		"another key, record_count 0 on an empty page": {
			n: 300, size: 100, options: paging.Options{Order: paging.ByOther}, requests: 8,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				rows := cut(req, ids)
				return rows, min(len(ids), len(rows)*len(ids))
			},
		},
		"sorted by date, record_count half": {
			n: 300, size: 50, requests: 20,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) { return cut(req, swapped(ids, 70)), 150 },
		},
		"sorted by date, page 1 empty when it is read again": {
			n: 300, size: 100, requests: 8,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				if nth == 2 {
					return nil, 0
				}
				return cut(req, swapped(ids, 170)), len(ids)
			},
		},
		"record_count half, page 2 empty once": {
			n: 12, size: 3, requests: 15,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				if nth == 1 {
					return nil, 6
				}
				return cut(req, ids), 6
			},
		},
		"pages of a fixed size, every second one shorter by one": {
			n: 68, size: 10, requests: 11,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				begin, end := 0, 0
				for i := range req.Page {
					begin, end = end, end+10-i%2
				}
				return ids[min(begin, len(ids)):min(end, len(ids))], len(ids)
			},
		},
		"another key, one row of each page comes on the next, too, and one record goes": {
			n: 122, size: 50, options: paging.Options{Order: paging.ByOther}, requests: 8,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				ids = ids[min(1, nth/2):]
				begin := (req.Page - 1) * (req.Size - 1)
				return ids[min(begin, len(ids)):min(begin+req.Size, len(ids))], len(ids)
			},
		},
		"a cap of 50, pages counted by what is asked, page 1 empty once": {
			n: 120, size: 100, requests: 4,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				if nth == 0 {
					return nil, len(ids)
				}
				rows := cut(req, ids)
				return rows[:min(50, len(rows))], len(ids)
			},
		},
		"of the first page one row may be seen": {
			n: 201, size: 100, requests: 7,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				begin, end := (req.Page-1)*req.Size-99, req.Page*req.Size-99
				return ids[min(max(begin, 0), len(ids)):min(end, len(ids))], len(ids)
			},
		},
		"a cap of 50, no record_count, page 2 empty once": {
			n: 300, size: 100, requests: 12,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				if nth == 1 {
					return nil, -1
				}
				req.Size = min(req.Size, 50)
				return cut(req, ids), -1
			},
		},
		"a cap of 50, pages counted by what is asked, no record_count, one 504": {
			n: 500, size: 100, tooMuch: 1, requests: 15,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				rows := cut(req, ids)
				return rows[:min(50, len(rows))], -1
			},
		},
		"a cap of 50, pages counted by what is asked, one 504": {
			n: 500, size: 100, tooMuch: 1, requests: 13,
			serve: func(_ int, req page.Request, ids []int64) ([]int64, int) {
				rows := cut(req, ids)
				return rows[:min(50, len(rows))], len(ids)
			},
		},
		"a record is away for one response": {
			n: 298, size: 100, requests: 12,
			serve: func(nth int, req page.Request, ids []int64) ([]int64, int) {
				if nth == 1 {
					ids = ids[1:]
				}
				return cut(req, ids), len(ids)
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ids := pagetest.Of(test.n).IDs
			w := paging.New(test.size, test.options)
			requests, seen := 0, 0
			for req, more := w.Next(); more; req, more = w.Next() {
				if requests < test.tooMuch {
					require.True(t, w.Shrink())
					requests++
					continue
				}
				rows, count := test.serve(requests, req, ids)
				a := paging.Answer{RecordCount: count}
				for _, id := range rows {
					a.Keys = append(a.Keys, wire.Key{ID: id})
					a.Print = a.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
				}
				seen += len(w.Accept(a))
				requests++
				require.LessOrEqual(t, requests, test.requests)
			}
			if test.fails != "" {
				require.ErrorContains(t, w.Err(), test.fails)
				return
			}
			require.NoError(t, w.Err())
			assert.Equal(t, test.n, seen)
		})
	}
}
