package paging_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Where pages are too much, a walk sends at most twice the requests that it needs, and 6: those of a walk that asks for pages that can be obtained from
// the start, and around a record that is too much for a larger page two for each time that the page is halved, in each reading of the list.
//
// Without a true record_count nothing but overlap proves a list newest first, and pages of a record or two may not overlap: then it is read twice more.
func TestRequestsWherePagesAreTooMuch(t *testing.T) {
	t.Parallel()
	const n, size = 2971, 100
	tests := pagetest.TooMuches(map[string]pagetest.TooMuch{
		"a heavy record":         pagetest.Heavy(n, 165, 1, 7),
		"a heavy one at the end": pagetest.Heavy(n, n-3, 3, 6),
	})
	for name, test := range tests {
		for _, order := range []paging.Order{paging.ByID, paging.ByIDDown, paging.ByOther} {
			for count, s := range map[string]pagetest.Server{"true": {}, "none": {Silent: true}, "too large": {Extra: 37}, "too small": {Extra: -137}} {
				t.Run(name+"/"+map[paging.Order]string{paging.ByID: "oldest", paging.ByIDDown: "newest", paging.ByOther: "other"}[order]+" first/"+count, func(t *testing.T) {
					t.Parallel()
					fits := size
					if test.Fits > 0 {
						fits = test.Fits
					}
					readings := 1
					if order == paging.ByOther && count != "true" {
						readings = 2
					}
					needed := readWhereSomeIsTooMuch(t, n, s, order, fits, nil) + test.Slow + 2*test.Halved*readings
					requests := readWhereSomeIsTooMuch(t, n, s, order, size, test.Of)
					factor := 2
					if order == paging.ByIDDown && count != "true" && test.Halved > 0 {
						factor = 4
					}
					assert.LessOrEqual(t, requests, factor*needed+6, "%d are needed", needed)
				})
			}
		}
	}
}

// readWhereSomeIsTooMuch reads n records of a server, each once, and returns how many requests that took.
func readWhereSomeIsTooMuch(t *testing.T, n int, s pagetest.Server, order paging.Order, size int, tooMuch func(req page.Request, request int) bool) (requests int) {
	t.Helper()
	for id := range int64(n) {
		s.IDs = append(s.IDs, 10*id+10)
	}
	if order == paging.ByIDDown {
		s.Order = pagetest.NewestFirst
	}
	w := paging.New(size, paging.Options{Order: order})
	got := map[int64]bool{}
	for req, more := w.Next(); more; req, more = w.Next() {
		if requests++; tooMuch != nil && tooMuch(req, requests) {
			require.True(t, w.Shrink(), "%v", req)
			continue
		}
		a := serve(&s, req)
		for _, i := range w.Accept(a) {
			require.False(t, got[a.Keys[i].ID], "a record came again")
			got[a.Keys[i].ID] = true
		}
	}
	if s.Extra <= 0 {
		require.NoError(t, w.Err())
	}
	require.Len(t, got, n)
	return requests
}

// Where rows are hidden after paging every page is short, and only the last one is the end: pages are made larger again all the same.
func TestPagesGrowAgainWhereRowsAreHidden(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]paging.Order{"oldest first": paging.ByID, "newest first": paging.ByIDDown, "another key": paging.ByOther} {
		for _, silent := range []bool{false, true} {
			for _, nth := range []int64{10, 20} {
				t.Run(fmt.Sprintf("%s/silent %v/every %dth", name, silent, nth), func(t *testing.T) {
					t.Parallel()
					honest, all := readWhereRowsAreHidden(order, silent, nth, 0)
					requests, seen := readWhereRowsAreHidden(order, silent, nth, 5)
					assert.Equal(t, all, seen)
					assert.LessOrEqual(t, requests, honest+honest/10)
				})
			}
		}
	}
}

// readWhereRowsAreHidden reads 10,000 records of which every nth is left out of its page, and returns how many requests that took and how many
// records came. The response to one request is too much.
func readWhereRowsAreHidden(order paging.Order, silent bool, nth int64, tooMuch int) (requests, seen int) {
	s := pagetest.Of(10_000)
	s.Silent = silent
	if order == paging.ByIDDown {
		s.Order = pagetest.NewestFirst
	}
	w := paging.New(100, paging.Options{Order: order})
	for req, more := w.Next(); more; req, more = w.Next() {
		if requests++; requests == tooMuch && w.Shrink() {
			continue
		}
		a := serve(s, req)
		a.Keys = slices.DeleteFunc(a.Keys, func(k wire.Key) bool { return k.ID%nth == 0 })
		seen += len(w.Accept(a))
	}
	return requests, seen
}

// Where no page of a useful size begins where the last one ended, one is chosen that overlaps it, so that it can be halved as often as any other.
func TestPageThatIsTooMuchBehindAnOddOne(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(1000)
	s.Limit = 97
	w := paging.New(100, paging.Options{})
	for range 2 {
		req, _ := w.Next()
		w.Accept(serve(s, req))
	}
	var sizes []int
	for w.Shrink() {
		req, _ := w.Next()
		sizes = append(sizes, req.Size)
		require.LessOrEqual(t, (req.Page-1)*req.Size, 2*97, "nothing is passed over")
	}
	require.Len(t, sizes, 6, "%v", sizes)
}
