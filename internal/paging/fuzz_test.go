package paging_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/paging"
)

// randomServer draws a list and the way in which it is served.
func randomServer(r *rand.Rand) *server {
	s := newServer(r.IntN(400))
	s.limit = []int{0, 100, 50}[r.IntN(3)]
	s.fixed = []int{0, 0, 30}[r.IntN(3)]
	s.ignore = r.IntN(5) == 0
	s.ignoreCount = s.ignore && r.IntN(3) == 0
	s.silent = r.IntN(4) == 0
	s.byAsked = r.IntN(4) == 0
	if r.IntN(4) == 0 {
		s.unsteady = func(ids []int64) { r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] }) }
	}
	return s
}

// FuzzWalk drives the walk with servers and changes drawn from a seed. Whatever they do, the walk ends, and each record that was there all
// the time comes exactly once unless the walk says that it could not. Of a server that gives no sign of a change, or of one whose inserts
// hide its deletes, that is asked of a walk with a second pass.
func FuzzWalk(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
		s := randomServer(r)
		size := []int{1, 7, 50, 100, 1000}[r.IntN(5)]
		events, hides := r.IntN(6), r.IntN(4) == 0
		if hides {
			s.unsteady = nil // an order that changes at random and a count that shows nothing: no walk can be sure
		}
		inserts := hides || r.IntN(2) == 0
		deletes := hides || !inserts
		second := hides || s.silent && (deletes || s.unsteady != nil) || r.IntN(4) == 0
		stays := map[int64]bool{}
		for _, id := range s.ids {
			stays[id] = true
		}
		next := int64(10_000)
		got, err := walk(t, s, paging.New(size, paging.Options{SecondPass: second, Loose: s.unsteady != nil}), func([]int64) {
			if events == 0 || len(s.ids) == 0 {
				return
			}
			events--
			n := 1 + r.IntN(60)
			if deletes {
				at := r.IntN(len(s.ids))
				gone := slices.Clone(s.ids[at:min(at+n, len(s.ids))])
				s.remove(gone...)
				for _, id := range gone {
					delete(stays, id)
				}
				n = len(gone)
			}
			for range n {
				if inserts {
					s.ids = slices.Insert(s.ids, r.IntN(2)*len(s.ids), next)
					next++
				}
			}
		})
		seen := map[int64]bool{}
		for _, id := range got {
			require.False(t, seen[id], "%d came twice", id)
			seen[id] = true
		}
		if err != nil || s.silent && s.unsteady != nil {
			return // without a count nothing tells that such a walk is complete
		}
		for id := range stays {
			require.True(t, seen[id], "%d is missing without an error", id)
		}
	})
}
