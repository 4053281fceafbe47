package paging_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// walkWithEmpty walks 12 records in pages of 3 of which some are empty and say that there are so many, and returns how many came. No page is asked for
// three times in a row: nothing changes.
func walkWithEmpty(t *testing.T, o paging.Options, count, says int, empty func(request int, req page.Request) bool) (n, requests int, err error) {
	t.Helper()
	s := pagetest.Of(12)
	w := paging.New(3, o)
	for req, more := w.Next(); more; req, more = w.Next() {
		if n := len(s.Requests); n > 1 && req == s.Requests[n-1] {
			require.NotEqual(t, req, s.Requests[n-2], "%v", s.Requests)
		}
		a := serve(s, req)
		if a.RecordCount = count; empty(len(s.Requests), req) {
			a.Keys, a.Print = nil, 0
			a.RecordCount = says
		}
		n += len(w.Accept(a))
		require.Less(t, len(s.Requests), 60, "the walk does not end")
	}
	return n, len(s.Requests), w.Err()
}

// empties calls check for each combination of order, second pass, and record_count of the list and of its empty page.
func empties(check func(o paging.Options, count, says int, name string)) {
	for _, order := range []paging.Order{paging.ByID, paging.ByRows, paging.ByOther} {
		for _, second := range []bool{false, true} {
			for _, counts := range [][2]int{{-1, -1}, {12, -1}, {12, 0}, {12, 12}} {
				check(paging.Options{Order: order, SecondPass: second}, counts[0], counts[1], fmt.Sprintf("order %d, second pass %t, count %v", order, second, counts))
			}
		}
	}
}

// A page that comes without records once, whose query has failed, ends no walk: the page behind it has records.
func TestEmptyPageOnce(t *testing.T) {
	t.Parallel()
	empties(func(o paging.Options, count, says int, name string) {
		for request := 2; request <= 4; request++ {
			if request == 4 && count < 0 { // the last page: nothing says that there is one
				continue
			}
			n, requests, err := walkWithEmpty(t, o, count, says, func(at int, _ page.Request) bool { return at == request })
			require.NoError(t, err, "%s, request %d", name, request)
			assert.Equal(t, 12, n, "%s, request %d", name, request)
			assert.LessOrEqual(t, requests, 16, "%s, request %d", name, request)
		}
	})
}

// A page that stays empty although the next one is not hides records: that is an error, after few requests.
func TestEmptyPageForever(t *testing.T) {
	t.Parallel()
	empties(func(o paging.Options, count, says int, name string) {
		for number := 2; number <= 3; number++ {
			_, requests, err := walkWithEmpty(t, o, count, says, func(_ int, req page.Request) bool { return req.Page == number })
			var short *paging.Incomplete
			require.ErrorAs(t, err, &short, "%s, page %d", name, number)
			assert.False(t, short.AllRead, "%s, page %d", name, number)
			assert.LessOrEqual(t, requests, 14, "%s, page %d", name, number)
		}
	})
}

// An empty page 1 is not believed where it was read again only because others delete: its query may have failed, as that of any page.
func TestEmptyPageOneReadAgain(t *testing.T) {
	t.Parallel()
	for _, says := range []int{-1, 0, 11} {
		for deleted := 1; deleted <= 3; deleted++ { // so many pages were read before the first record goes
			s := &pagetest.Server{}
			for id := range int64(12) {
				s.IDs = append(s.IDs, 10*id+10)
			}
			w, seen, emptied := paging.New(3, paging.Options{}), map[int64]bool{}, false
			for req, more := w.Next(); more; req, more = w.Next() {
				a := serve(s, req)
				if req.Page == 1 && len(s.Requests) > 1 && !emptied {
					a.Keys, a.Print, a.RecordCount, emptied = nil, 0, says, true
				}
				for _, i := range w.Accept(a) {
					seen[a.Keys[i].ID] = true
				}
				if len(s.Requests) == deleted {
					s.Cut(0, 3)
				}
				require.Less(t, len(s.Requests), 60, "the walk does not end")
			}
			require.NoError(t, w.Err(), "%d", deleted)
			for _, id := range s.IDs {
				assert.True(t, seen[id], "%d is missing, record_count %d, after %d pages", id, says, deleted)
			}
		}
	}
}

// Where ties change places, a page of one record may be the one before again: that is no sign that page_no is not honored.
func TestTiesInPagesOfOne(t *testing.T) {
	t.Parallel()
	for _, count := range []int{-1, 4} {
		lists := [][]int64{{1, 2, 3, 4}, {2, 1, 3, 4}} // 1 and 2 change places at every request
		w := paging.New(1, paging.Options{Order: paging.ByOther})
		got, requests := map[int64]bool{}, 0
		for req, more := w.Next(); more; req, more = w.Next() {
			list := lists[requests%2]
			requests++
			a := paging.Answer{RecordCount: count}
			require.Zero(t, req.Count, "it is taken for a server that ignores paging")
			if req.Page <= 4 {
				a.Keys = []wire.Key{{ID: list[req.Page-1]}}
				a.Print = uint64(list[req.Page-1]) //nolint:gosec // positive
			}
			for _, i := range w.Accept(a) {
				got[a.Keys[i].ID] = true
			}
			require.Less(t, requests, 120, "the walk does not end")
		}
		if w.Err() == nil {
			assert.Len(t, got, 4, "record_count %d", count)
		}
	}
}

// A page that is too much where a walk has nothing else to ask for ends it; page 0 is never asked for.
func TestShrinkAsksForNoPageZero(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(2)
	w := paging.New(2, paging.Options{})
	for req, more := w.Next(); more; req, more = w.Next() {
		require.Positive(t, req.Page)
		if req.Page*req.Size > len(s.IDs) && req.Page > 1 { // the first page comes in place of one behind the end
			req.Page = 1
		}
		a := serve(s, req)
		a.RecordCount += 3
		if len(a.Keys) > 1 {
			if !w.Shrink() {
				return
			}
			continue
		}
		if w.Accept(a); len(s.Requests) == 4 {
			s.Add(1)
		}
		require.Less(t, len(s.Requests), 60)
	}
}
