package paging_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Rows without an id whose content changes look new on each page of a server that ignores page_no: that ends, with an error.
func TestWalkOfRowsWithoutAnIDThatChangeWherePagingIsIgnored(t *testing.T) {
	t.Parallel()
	for _, count := range []int{-1, 10, 12, 120} {
		for _, order := range []paging.Order{paging.ByID, paging.ByOther} {
			w := paging.New(10, paging.Options{Order: order})
			requests, hash := 0, uint64(0)
			for req, more := w.Next(); more; req, more = w.Next() {
				requests++
				a := paging.Answer{RecordCount: count}
				for range min(10, max(10, req.Count)) {
					hash++
					a.Keys = append(a.Keys, wire.Key{Kind: wire.KeyContent, Hash: hash})
				}
				a.Print = hash
				w.Accept(a)
				require.Less(t, requests, 100, "the walk does not end")
			}
			require.Error(t, w.Err(), "record_count %d", count)
			assert.LessOrEqual(t, requests, 60)
		}
	}
}

// A list that comes in another order each time, without a record_count, is given up after a bounded number of passes.
func TestWalkOfAListInNoOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 4)) //nolint:gosec // a test
		s := pagetest.Of(60)
		s.Silent = true
		s.Unsteady = func(ids []int64) { r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] }) }
		_, err := walk(t, s, paging.New(10, paging.Options{Order: paging.ByOther}), nil)
		require.Error(t, err)
		assert.LessOrEqual(t, len(s.Requests), 92)
	}
}

// Where page_no is ignored, a server may take no other count than the one that it says.
func TestWalkWhereOnlyTheExactCountIsHonored(t *testing.T) {
	t.Parallel()
	for _, n := range []int{60, 120} {
		w := paging.New(100, paging.Options{})
		seen, requests := 0, 0
		for req, more := w.Next(); more; req, more = w.Next() {
			rows := 50
			if req.Count == n {
				rows = n
			}
			a := paging.Answer{RecordCount: n, Print: 1}
			for i := range rows {
				a.Keys = append(a.Keys, wire.Key{ID: int64(i + 1)})
			}
			seen += len(w.Accept(a))
			requests++
			require.Less(t, requests, 20, "the walk does not end")
		}
		require.NoError(t, w.Err())
		assert.Equal(t, []int{n, 4}, []int{seen, requests})
	}
}

// Ids that are no positive numbers are texts to a walk, and say nothing of the order.
func TestWalkOfIDsBelowZero(t *testing.T) {
	t.Parallel()
	s := &pagetest.Server{}
	for id := range int64(12) {
		s.IDs = append(s.IDs, id-6)
	}
	w, seen := paging.New(5, paging.Options{}), 0
	for req, more := w.Next(); more; req, more = w.Next() {
		a := serve(s, req)
		for i, key := range a.Keys {
			a.Keys[i] = wire.KeyOf(strconv.FormatInt(key.ID, 10))
		}
		seen += len(w.Accept(a))
		require.Less(t, len(s.Requests), 20, "the walk does not end")
	}
	require.NoError(t, w.Err())
	assert.Equal(t, 12, seen)
}

// A page 1 that is as long as page_size in the response says is capped at that, whatever record_count counts.
func TestWalkOfPagesThatSayTheirSize(t *testing.T) {
	t.Parallel()
	for _, byAsked := range []bool{false, true} {
		for _, n := range []int{4, 5, 6, 12, 15} {
			t.Run(fmt.Sprint(byAsked, n), func(t *testing.T) {
				t.Parallel()
				s := pagetest.Of(n)
				s.Limit, s.ByAsked = 5, byAsked
				w := paging.New(10, paging.Options{})
				seen := 0
				for req, more := w.Next(); more; req, more = w.Next() {
					a := serve(s, req)
					a.RecordCount, a.PageSize = len(a.Keys), min(5, max(req.Size, req.Count))
					seen += len(w.Accept(a))
					require.Less(t, len(s.Requests), 30, "the walk does not end")
				}
				require.NoError(t, w.Err())
				assert.Equal(t, n, seen)
			})
		}
	}
}

// No page is read ahead, and none made smaller, of what can be read in one way alone.
func TestWalkThatHasNoOtherPages(t *testing.T) {
	t.Parallel()
	w := paging.New(100, paging.Options{Unpaged: true})
	assert.False(t, w.Shrink(), "a list without pages")
	w = paging.New(1, paging.Options{})
	assert.False(t, w.Shrink(), "a page of one record")
	s := &pagetest.Server{IDs: pagetest.Of(60).IDs, Ignore: true}
	w = paging.New(50, paging.Options{})
	for req, more := w.Next(); more; req, more = w.Next() {
		if req.Count > 0 {
			assert.Empty(t, w.Ahead(4))
			assert.False(t, w.Shrink(), "all of it")
		}
		w.Accept(serve(s, req))
	}
	require.NoError(t, w.Err())
	assert.Equal(t, page.Request{Count: 61}, s.Requests[len(s.Requests)-1])
}

// Where the same row without an id comes on two pages in each reading, and nothing tells how many there are, it may be one record or two.
func TestRowWithoutAnIDOnTwoPages(t *testing.T) {
	t.Parallel()
	w := paging.New(3, paging.Options{})
	pages := [][]uint64{{1, 2, 3}, {1, 4}}
	requests, seen := 0, 0
	for req, more := w.Next(); more; req, more = w.Next() {
		requests++
		a := paging.Answer{RecordCount: -1, Print: uint64(req.Page)} //nolint:gosec // positive
		if req.Page <= len(pages) {
			for _, hash := range pages[req.Page-1] {
				a.Keys = append(a.Keys, wire.Key{Kind: wire.KeyContent, Hash: hash})
			}
		}
		seen += len(w.Accept(a))
		require.Less(t, requests, 20, "the walk does not end")
	}
	require.ErrorContains(t, w.Err(), "nothing says whether those are one record")
	assert.Equal(t, 4, seen)
}
