package paging_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// A page that is too much comes as smaller ones from the same place, wherever that is and whatever goes on in the list, and nothing is passed over.
func TestWalkContinuesWithSmallerPages(t *testing.T) {
	t.Parallel()
	tooMuch := map[string]func(req page.Request) bool{
		"more than 3 rows": func(req page.Request) bool { return req.Size > 3 },
		"more than 1 row":  func(req page.Request) bool { return req.Size > 1 },
		"one heavy row": func(req page.Request) bool {
			return (req.Page-1)*req.Size <= 17 && 17 < req.Page*req.Size && req.Size > 2
		},
		"page 2 in its size":    func(req page.Request) bool { return req.Page == 2 && req.Size > 5 },
		"the rows from 20 to 6": func(req page.Request) bool { return req.Page*req.Size > 20 && req.Size > 6 },
	}
	happens := map[string]func(s *pagetest.Server, request int){
		"nothing": func(*pagetest.Server, int) {},
		"one goes": func(s *pagetest.Server, request int) {
			if request%3 == 0 && request < 20 {
				s.Cut(0, 1)
			}
		},
		"one comes": func(s *pagetest.Server, request int) {
			if request%4 == 0 && request < 20 {
				s.Add(1)
			}
		},
	}
	for what, tooMuch := range tooMuch {
		for change, happen := range happens {
			for _, order := range []paging.Order{paging.ByID, paging.ByIDDown, paging.ByOther} {
				for _, silent := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s, %s, order %d, silent %t", what, change, order, silent), func(t *testing.T) {
						t.Parallel()
						for _, n := range []int{1, 5, 18, 40} {
							for size := 1; size <= 12; size++ {
								s := pagetest.Of(n)
								if s.Silent = silent; order == paging.ByIDDown {
									s.Order = pagetest.NewestFirst
								}
								requests := smaller(t, s, paging.New(size, paging.Options{Order: order}), tooMuch, happen)
								assert.LessOrEqual(t, requests, 28+10*n, "%d by %d", n, size)
							}
						}
					})
				}
			}
		}
	}
}

// smaller walks a list of which some pages are too much, and returns how many requests that took.
func smaller(t *testing.T, s *pagetest.Server, w *paging.Walk, tooMuch func(req page.Request) bool, happen func(s *pagetest.Server, request int)) (requests int) {
	t.Helper()
	seen := map[int64]bool{}
	before := map[int64]bool{}
	for _, id := range s.IDs {
		before[id] = true
	}
	for req, more := w.Next(); more; req, more = w.Next() {
		requests++
		require.Less(t, requests, 1000, "the walk does not end")
		require.Positive(t, req.Page)
		if tooMuch(req) {
			size := req.Size
			require.True(t, w.Shrink(), "%d*%d after %v", req.Page, size, s.Requests)
			if next, more := w.Next(); more {
				require.Less(t, next.Size, size, "the same page would be too much again")
			}
			continue
		}
		a := serve(s, req)
		for _, i := range w.Accept(a) {
			require.False(t, seen[a.Keys[i].ID], "a record came again")
			seen[a.Keys[i].ID] = true
		}
		happen(s, requests)
	}
	require.NoError(t, w.Err())
	for _, id := range s.IDs {
		assert.True(t, seen[id] || !before[id], "%d is missing", id)
	}
	return requests
}

// A row that is too much for a larger page costs some smaller pages around it, and not many pages later they are as large as before.
func TestRequestsOfSmallerPages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		order                               paging.Order
		n, size, row, width, fits, requests int
	}{
		{paging.ByID, 300, 10, 17, 1, 1, 47},
		{paging.ByID, 1000, 100, 17, 1, 1, 47},
		{paging.ByID, 1000, 50, 0, 20, 1, 122},
		{paging.ByIDDown, 1000, 12, 17, 20, 1, 147},
		{paging.ByOther, 300, 10, 17, 1, 1, 48},
		{paging.ByOther, 1000, 100, 17, 1, 1, 51},
		{paging.ByOther, 1000, 100, 60, 20, 2, 70},
		{paging.ByOther, 1000, 25, 17, 20, 3, 73},
		{paging.ByID, 1000, 100, 0, 1000, 25, 47}, // all of it
		{paging.ByOther, 1000, 100, 0, 1000, 30, 47},
		{paging.ByID, 3000, 100, 0, 1000, 12, 195},
		{paging.ByOther, 3000, 100, 500, 500, 12, 127},
		{paging.ByID, 9000, 100, 17, 1, 1, 127},
		{paging.ByOther, 9000, 100, 17, 1, 1, 131},
	}
	for _, test := range tests {
		s := pagetest.Of(test.n)
		if test.order == paging.ByIDDown {
			s.Order = pagetest.NewestFirst
		}
		got := smaller(t, s, paging.New(test.size, paging.Options{Order: test.order}), func(req page.Request) bool {
			return (req.Page-1)*req.Size < test.row+test.width && test.row < req.Page*req.Size && req.Size > test.fits
		}, func(*pagetest.Server, int) {})
		assert.LessOrEqual(t, got, test.requests, "%+v", test)
	}
}
