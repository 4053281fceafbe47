package follow_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// mostToPlace is how many requests bring the first of what is new among a million records in pages of 100: page 1, which tells how many there are,
// 13 that find the page with the place of the cursor, and that page.
const mostToPlace = 15

// TestPlaceAmongAMillion: the place of a cursor is found with 14 requests whatever the gaps between the ids, and the next one gives out.
func TestPlaceAmongAMillion(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	gaps := map[string]func(i int64) int64{
		"dense":          func(i int64) int64 { return i + 1 },
		"behind a gap":   func(i int64) int64 { return i + 1_000_000_000 },
		"squares":        func(i int64) int64 { return 1 + i*i },
		"one jump":       func(i int64) int64 { return 1 + i + i/700_000*5_000_000_000 },
		"jumps":          func(i int64) int64 { return 1 + i + i/9_999*(i/9_999)*1_000_003 },
		"ever denser":    func(i int64) int64 { return 1 << 50 / (n + 1 - i) },
		"random by 1000": func(i int64) int64 { return i*1000 + r.Int64N(1000) + 1 },
	}
	for name, id := range gaps {
		s := &pagetest.Server{}
		for i := range int64(n) {
			s.Next = max(s.Next+1, id(i))
			s.IDs = append(s.IDs, s.Next)
		}
		for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own, sum := *s, 0
				own.Order = order
				for i := range 200 {
					after := s.IDs[int(uint32(i)*2654435761%(n-1))] //nolint:gosec // small
					own.Requests = nil
					f := follow.New(after, 100, order == pagetest.AsAsked)
					for f.Cursor() == after {
						req, more := f.Next()
						require.True(t, more)
						f.Accept(serve(&own, req))
					}
					sum += len(own.Requests)
					assert.LessOrEqual(t, len(own.Requests), mostToPlace, "order %d, after %d: %v", order, after, own.Requests)
				}
				t.Logf("order %d: %.1f requests", order, float64(sum)/200)
			})
		}
	}
}

// adversary serves n records and decides where those up to the cursor end as late as it can: a page that need not hold the place is on one
// side of it. The ids lead astray: they are dense on both sides of one gap.
type adversary struct {
	n      int
	lo, hi int // the records up to the cursor end at lo, at hi, or between
	order  pagetest.Order
	larger func(before, after int) bool // whether to keep the places before a page
	step   int64                        // between two ids
}

// cursor is that of the follower, in the middle of the gap.
const cursor = 1 << 40

func (a *adversary) serve(req page.Request) follow.Answer {
	n := a.n
	begin := min((req.Page-1)*req.Size, n)
	end := min(begin+req.Size, n)
	down := a.order == pagetest.NewestFirst || a.order == pagetest.AsAsked && req.Newest
	if down {
		begin, end = n-end, n-begin
	}
	before, after := begin-a.lo+1, a.hi-end+1 // so many places are not within the page
	switch {
	case begin >= a.hi || end <= a.lo, before <= 0 && after <= 0:
	case after <= 0, before > 0 && a.larger(before, after):
		a.hi = begin
	default:
		a.lo = end
	}
	if begin < a.hi && end > a.lo && begin < end { // the page has to hold it
		a.lo = max(a.lo, begin+1)
		a.hi = a.lo
	}
	answer := follow.Answer{RecordCount: n}
	for i := begin; i < end; i++ {
		id := cursor - int64(n-i)*a.step
		if i >= a.hi {
			id = cursor + int64(i+1)*a.step
		}
		answer.IDs = append(answer.IDs, id)
	}
	if down {
		slices.Reverse(answer.IDs)
	}
	return answer
}

// TestPlaceFromAnAdversary: nothing that a list can be makes it more requests.
func TestPlaceFromAnAdversary(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test
	longest := 0
	for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
		for i := range 3000 {
			n := 1_000_000
			if i%3 == 0 {
				n = 1 + r.IntN(n)
			}
			a := &adversary{n: n, hi: n, order: order, step: 1 + r.Int64N(1000)}
			a.larger = func(before, after int) bool { return before > after }
			if i%2 == 0 {
				a.larger = func(before, after int) bool { return r.IntN(before+after) < before }
			}
			f := follow.New(cursor, 100, order == pagetest.AsAsked)
			var asked []page.Request
			for f.Cursor() == cursor {
				req, more := f.Next()
				if !more {
					require.Equal(t, a.n, a.lo, "there is nothing new")
					break
				}
				asked = append(asked, req)
				f.Accept(a.serve(req))
			}
			if order == pagetest.NewestFirst { // where the place is between two pages, the one that is held is read again, and page 1 twice
				require.LessOrEqual(t, len(asked), mostToPlace+2, "%v", asked)
				continue
			}
			longest = max(longest, len(asked))
			require.LessOrEqual(t, len(asked), mostToPlace, "order %d: %v", order, asked)
		}
	}
	assert.Equal(t, mostToPlace, longest, "no planner can do with less: see mostProbes")
}

// TestPlaceAmongABillion: a list that is a thousand times as long costs ten requests more.
func TestPlaceAmongABillion(t *testing.T) {
	t.Parallel()
	for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
		a := &adversary{n: 1_000_000_000, hi: 1_000_000_000, order: order, step: 1}
		a.larger = func(before, after int) bool { return before > after }
		f := follow.New(cursor, 100, order == pagetest.AsAsked)
		requests := 0
		for ; f.Cursor() == cursor; requests++ {
			req, more := f.Next()
			require.True(t, more)
			f.Accept(a.serve(req))
		}
		assert.LessOrEqual(t, requests, mostToPlace+10, "order %d", order)
	}
}

// Ids come in runs with gaps between. A guess by them is believed within an eighth of what is left, which saves more requests than it costs.
func TestPlaceAmongRunsOfIDs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		list     string
		after    int64
		size     int
		order    pagetest.Order
		requests int
	}{
		"7,548 by 43":               {list: "1-2762 8343-11067 18903-20963", after: 9143, size: 43, requests: 4},
		"4,965 by 96":               {list: "1-494 6412-7318 24339-26034 41653-43520", after: 25198, size: 96, requests: 4},
		"5,145 by 37, oldest first": {list: "1-1697 7528-10170 20560-21364", after: 8227, size: 37, order: pagetest.OldestFirst, requests: 3},
		"3,540 by 61, oldest first": {list: "1-1159 16523-17743 19027-20186", after: 16967, size: 61, order: pagetest.OldestFirst, requests: 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &pagetest.Server{IDs: idsOf(test.list), Order: test.order}
			f := follow.New(test.after, test.size, test.order == pagetest.AsAsked)
			for f.Cursor() == test.after {
				req, more := f.Next()
				require.True(t, more)
				f.Accept(serve(s, req))
			}
			assert.Len(t, s.Requests, test.requests, "%v", s.Requests)
		})
	}
}
