package paging_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Where page_no is ignored and ties are open, the first rows are other ones each time. Once as many have been seen as record_count says all the time,
// and nothing new comes, the list has been read; without a record_count nobody can know.
func TestWalkWherePagingIsIgnoredAndTiesAreOpen(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		for seed := range uint64(20) {
			for _, size := range []int{10, 50, 100} {
				r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test
				s := pagetest.Of(120)
				s.Ignore, s.Silent = true, silent
				s.Unsteady = func(ids []int64) { r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] }) }
				got, err := walk(t, s, paging.New(size, paging.Options{Order: paging.ByOther}), nil)
				assert.LessOrEqual(t, len(s.Requests), 60)
				if silent && err != nil {
					continue
				}
				require.NoError(t, err, "%d by %d: %v", seed, size, s.Requests)
				assert.Len(t, got, 120)
				if !silent {
					assert.LessOrEqual(t, len(s.Requests), 26)
				}
			}
		}
	}
}

// lastPage serves the last page in place of one behind the end. It ignores count, as some lists do that turn their pages.
func lastPage(s *pagetest.Server, req page.Request) page.Request {
	if req.Count > 0 {
		return page.Request{Page: 1, Size: 3}
	}
	last := max(1, (len(s.IDs)+req.Size-1)/req.Size)
	return page.Request{Page: min(req.Page, last), Size: req.Size}
}

// Records that come in front of the list push page 1 to where page 2 was. That a page behind the end has rows then, of the last page, is no sign that
// the server ignores page_no, although they are new.
func TestWalkOfAPageThatMovedWhereTheLastOneComesBehindTheEnd(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		s := pagetest.Of(12)
		s.Silent = silent
		w := paging.New(3, paging.Options{Order: paging.ByOther})
		seen := map[int64]bool{}
		for req, more := w.Next(); more; req, more = w.Next() {
			if len(s.Requests) == 1 {
				s.IDs = slices.Insert(s.IDs, 0, 101, 102, 103)
			}
			a := serve(s, lastPage(s, req))
			for _, i := range w.Accept(a) {
				seen[a.Keys[i].ID] = true
			}
			require.Less(t, len(s.Requests), 40, "the walk does not end")
		}
		require.NoError(t, w.Err(), "%v", s.Requests)
		assert.Subset(t, seen, map[int64]bool{1: true, 6: true, 12: true})
	}
}

// Many pages of new records are a sign that the server ignores page_no only where the rows have no id; then one page behind the end shows whether it
// does.
func TestWalkAsksOnceWhatComesBehindTheEnd(t *testing.T) {
	t.Parallel()
	for _, hasID := range []bool{false, true} {
		s := pagetest.Of(120)
		s.Silent = true
		w := paging.New(10, paging.Options{Order: paging.ByOther})
		seen, far := 0, 0
		for req, more := w.Next(); more; req, more = w.Next() {
			if req.Page > 1000 {
				far++
			}
			a := serve(s, req)
			for i, key := range a.Keys {
				if !hasID {
					a.Keys[i] = wire.Key{Kind: wire.KeyContent, Hash: uint64(key.ID)} //nolint:gosec // positive
				}
			}
			seen += len(w.Accept(a))
			require.Less(t, len(s.Requests), 100, "the walk does not end")
		}
		require.NoError(t, w.Err(), "%v", s.Requests)
		assert.Equal(t, 120, seen)
		assert.Equal(t, map[bool]int{false: 1, true: 0}[hasID], far, "%v", s.Requests)
	}
}
