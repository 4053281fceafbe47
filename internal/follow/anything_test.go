package follow_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
)

// FuzzAnything gives a follower responses that no server with a list would send. Whatever comes, a pass goes on or ends, and the cursor only rises, to the
// last record that is given out.
func FuzzAnything(f *testing.F) {
	for seed := range uint64(3000) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test
		follower := follow.New(r.Int64N(12), r.IntN(6), r.IntN(2) == 0)
		before := follow.Answer{}
		for range 300 {
			req, more := follower.Next()
			if !more {
				if r.IntN(8) == 0 {
					follower.Rewind(follower.Cursor() - r.Int64N(2))
				} else {
					follower.Begin()
				}
				before = follow.Answer{}
				continue
			}
			require.True(t, req.Count > 0 || req.Page > 0 && req.Size > 0, "%+v", req)
			for _, ahead := range follower.Ahead(r.IntN(4)) {
				require.Positive(t, ahead.Page)
			}
			if r.IntN(8) == 0 && follower.Shrinks(req) {
				require.True(t, follower.TooMuch())
				before = follow.Answer{}
				continue
			}
			a := anything(r)
			cursor := follower.Cursor()
			next, previous := follower.Accept(a)
			from := a
			if previous {
				from = before
			}
			for _, i := range next {
				require.Less(t, i, len(from.IDs))
				require.Greater(t, from.IDs[i], cursor)
				cursor = from.IDs[i]
			}
			require.Equal(t, cursor, follower.Cursor())
			before = a
		}
	})
}

// anything draws a response.
func anything(r *rand.Rand) (a follow.Answer) {
	a.RecordCount = r.IntN(12) - 1
	id, sorted := 1+r.Int64N(15), r.IntN(4)
	for range r.IntN(8) * r.IntN(2) {
		a.IDs = append(a.IDs, id)
		switch sorted {
		case 0:
			id = r.Int64N(15)
		case 1:
			id = max(1, id-r.Int64N(3))
		default:
			id += r.Int64N(3)
		}
	}
	return a
}
