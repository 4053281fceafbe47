package paging_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Where a server pays no heed to page_no and says nothing of the length of the list, a list as long as a page is the whole one if count is honored. A
// server that ignores that too may have cut it off anywhere.
func TestWalkOfAListThatIsAllOnThePageThatAlwaysComes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n, size, cut int // records, page_size, and how many of them come at most where count is not asked for
		ignores      bool
		second       bool
		requests     int
		fails        bool
	}{
		"60 of 60":                        {n: 60, size: 100, cut: 60, requests: 4},
		"1,254 of 1,254":                  {n: 1254, size: 100, cut: 1254, requests: 4},
		"a full page":                     {n: 30, size: 30, cut: 30, requests: 4},
		"60 of 60, another pass":          {n: 60, size: 100, cut: 60, second: true, requests: 5},
		"61 of 61, count brings one more": {n: 61, size: 100, cut: 60, requests: 3},
		"50 of 50, which may be a cap":    {n: 50, size: 100, cut: 50, requests: 3, fails: true},
		"60 of 60, count ignored":         {n: 60, size: 100, cut: 60, ignores: true, requests: 4, fails: true},
		"60 of 70, count ignored":         {n: 70, size: 100, cut: 60, ignores: true, requests: 4, fails: true},
		"30 of 30, count ignored":         {n: 30, size: 100, cut: 50, ignores: true, requests: 3},
		"more than a million":             {n: 1_000_001, size: 100, cut: 60, requests: 3, fails: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := paging.New(test.size, paging.Options{SecondPass: test.second})
			seen, requests := 0, 0
			for req, more := w.Next(); more; req, more = w.Next() {
				rows := test.cut
				if req.Count > 0 && !test.ignores {
					rows = req.Count
				}
				a := paging.Answer{RecordCount: -1, Print: 1}
				for i := range min(rows, test.n) {
					a.Keys = append(a.Keys, wire.Key{ID: int64(i + 1)})
				}
				seen += len(w.Accept(a))
				requests++
				require.Less(t, requests, 20, "the walk does not end")
			}
			assert.Equal(t, test.requests, requests)
			if test.fails {
				require.ErrorContains(t, w.Err(), page.HidesLength)
				return
			}
			require.NoError(t, w.Err())
			assert.Equal(t, test.n, seen)
		})
	}
}

// A list without pages that changes each time is read no more often than it takes to see that.
func TestSecondPassOverAListWithoutPagesThatNeverRests(t *testing.T) {
	t.Parallel()
	for _, rests := range []int{1, 3, 100} { // from so many responses on it stays
		w := paging.New(100, paging.Options{Unpaged: true, SecondPass: true})
		requests := 0
		for _, more := w.Next(); more; _, more = w.Next() {
			requests++
			w.Accept(paging.Answer{RecordCount: -1, Keys: []wire.Key{{ID: int64(min(requests, rests))}}})
			require.Less(t, requests, 20, "the walk does not end")
		}
		if rests == 100 {
			require.ErrorContains(t, w.Err(), page.NeverRests)
			assert.Equal(t, 8, requests)
		} else {
			require.NoError(t, w.Err())
			assert.Equal(t, rests+1, requests)
		}
	}
}

// One that is cut off and changes each time, too.
func TestListThatIsCutOffAndNeverRests(t *testing.T) {
	t.Parallel()
	w := paging.New(100, paging.Options{Unpaged: true})
	requests := 0
	for _, more := w.Next(); more; _, more = w.Next() {
		requests++
		a := paging.Answer{RecordCount: 100 + requests}
		for i := range 50 {
			a.Keys = append(a.Keys, wire.Key{ID: int64(i + 1)})
		}
		w.Accept(a)
		require.Less(t, requests, 30, "the walk does not end")
	}
	require.ErrorContains(t, w.Err(), page.IgnoresPaging)
}
