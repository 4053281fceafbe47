package paging_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// FuzzAnything gives a walk responses that no server with a list would send. Whatever comes, it goes on or ends with an error that tells why, asks for what
// can be asked for, and gives out rows that are there.
func FuzzAnything(f *testing.F) {
	for seed := range uint64(3000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test
		o := paging.Options{
			Unpaged: r.IntN(4) == 0, SecondPass: r.IntN(4) == 0, Keyed: r.IntN(4) == 0,
			Order: paging.Order(r.IntN(4)),
		}
		w := paging.New(1+r.IntN(6), o)
		gone := 0
		for range 300 {
			req, more := w.Next()
			if !more {
				return
			}
			require.True(t, req.Count > 0 || req.Page > 0 && req.Size > 0, "%+v", req)
			for _, ahead := range w.Ahead(r.IntN(4)) {
				require.Greater(t, ahead.Page, req.Page)
			}
			w.Seen(wire.Key{ID: r.Int64N(9)})
			if r.IntN(8) == 0 && w.Shrinks(req.Size) {
				require.True(t, w.Shrink())
				continue
			}
			a := anything(r, w.ByContent())
			a.Refused = len(a.Keys) == 0 && req.Page > 1 && r.IntN(2) == 0
			a.GoneBefore = gone
			gone += r.IntN(2) * r.IntN(2)
			a.GoneAfter = gone
			last := -1
			for _, i := range w.Accept(a) {
				require.Greater(t, i, last)
				require.Less(t, i, len(a.Keys))
				last = i
			}
		}
	})
}

// anything draws a response.
func anything(r *rand.Rand, byContent bool) (a paging.Answer) {
	a.RecordCount, a.PageSize, a.Print = r.IntN(12)-1, r.IntN(4), r.Uint64N(3)
	a.ByContent = byContent || r.IntN(6) == 0
	id, sorted := r.Int64N(9), r.IntN(3)
	for range r.IntN(8) * r.IntN(2) {
		key := wire.Key{ID: 1 + id}
		switch sorted {
		case 0:
			id = r.Int64N(9)
		case 1:
			id += r.Int64N(3)
		default:
			id = max(0, id-r.Int64N(3))
		}
		if a.ByContent || r.IntN(20) == 0 {
			key = wire.Key{Kind: wire.KeyContent, Hash: r.Uint64N(9)}
		}
		a.Keys = append(a.Keys, key)
	}
	return a
}
