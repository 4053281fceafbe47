package paging_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// randomServer draws a list and the way in which it is served.
func randomServer(r *rand.Rand) *pagetest.Server {
	s := pagetest.Of(r.IntN(400))
	s.Limit = []int{0, 100, 50}[r.IntN(3)]
	s.Fixed = []int{0, 0, 30}[r.IntN(3)]
	s.Ignore = r.IntN(5) == 0
	s.IgnoreCount = s.Ignore && r.IntN(3) == 0
	s.Silent = r.IntN(4) == 0
	s.ByAsked = r.IntN(4) == 0
	if r.IntN(4) == 0 {
		s.Unsteady = func(ids []int64) { r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] }) }
	}
	return s
}

// FuzzWalk drives the walk with servers and changes drawn from a seed. Whatever they do, the walk ends, and each record that was there all
// the time comes exactly once unless the walk says that it could not. Of a server that gives no sign of a change, or of one whose inserts
// hide its deletes, that is asked of a walk with a second pass.
func FuzzWalk(f *testing.F) {
	for seed := range uint64(2000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
		s := randomServer(r)
		size := []int{1, 7, 50, 100, 1000}[r.IntN(5)]
		events, hides := r.IntN(6), r.IntN(4) == 0
		if hides {
			s.Unsteady = nil // an order that changes at random and a count that shows nothing: no walk can be sure
		}
		inserts := hides || r.IntN(2) == 0
		deletes := hides || !inserts
		second := hides || s.Silent && (deletes || s.Unsteady != nil) || r.IntN(4) == 0
		stays := map[int64]bool{}
		for _, id := range s.IDs {
			stays[id] = true
		}
		next := int64(10_000)
		got, err := walk(t, s, paging.New(size, paging.Options{SecondPass: second, Order: looseIf(s.Unsteady != nil)}), func([]int64) {
			if events == 0 || len(s.IDs) == 0 {
				return
			}
			events--
			n := 1 + r.IntN(60)
			if deletes {
				at := r.IntN(len(s.IDs))
				gone := slices.Clone(s.IDs[at:min(at+n, len(s.IDs))])
				s.Remove(gone...)
				for _, id := range gone {
					delete(stays, id)
				}
				n = len(gone)
			}
			for range n {
				if inserts {
					at := r.IntN(2) * len(s.IDs)
					if s.Unsteady == nil {
						at = len(s.IDs) // a larger id at the front would be another order than that of the ids
					}
					s.IDs = slices.Insert(s.IDs, at, next)
					next++
				}
			}
		})
		seen := map[int64]bool{}
		for _, id := range got {
			require.False(t, seen[id], "%d came twice", id)
			seen[id] = true
		}
		if s.Honest() { // a planner that always gives up would keep the rest of the promise
			require.NoError(t, err, "%v", s.Requests)
		}
		if err != nil || s.Silent && s.Unsteady != nil {
			return // without a count nothing tells that such a walk is complete
		}
		for id := range stays {
			require.True(t, seen[id], "%d is missing without an error", id)
		}
	})
}
