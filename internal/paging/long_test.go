package paging_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// TestLongWalks draws walks over lists of up to 60 records on servers of each kind, with events and with pages that are too much. Here some records cannot
// but be lost: so many events hide each other. How many that are, and how many requests all take, is noted in testdata/long.txt, and more is a failure.
func TestLongWalks(t *testing.T) {
	t.Parallel()
	noted := pagetest.ReadNoted(t, "testdata/long.txt", *update)
	var work sync.WaitGroup
	for _, k := range kinds {
		work.Go(func() {
			var total pagetest.Total
			var faulty []uint64
			for seed := range uint64(300) {
				w := k.long(seed)
				total.Runs++
				total.Requests += int64(w.requests)
				if spare, found := w.Judge(); spare == pagetest.Endless || slices.ContainsFunc(found, func(what int) bool { return what != documented }) {
					faulty = append(faulty, seed)
				}
			}
			if len(faulty) > 0 {
				t.Logf("%s: the walks %v have a fault", k.name, faulty)
			}
			noted.Check(t, k.name, total, int64(len(faulty)))
		})
	}
	work.Wait()
	noted.Write(t)
}

// long draws a walk over a long list and makes it.
func (k kind) long(seed uint64) *world {
	const words = 3                                                                               // of a PCG, so that what happens before a request does not depend on how many choices there were before
	draw := func(request uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, words*request)) } //nolint:gosec // a test
	r := draw(0)
	size := 2 + r.IntN(14)
	if k.limit > 0 {
		k.limit = min(size, 1+k.limit+r.IntN(4))
	}
	if k.fixed > 0 {
		k.fixed += r.IntN(8)
	}
	w := k.world(7+r.IntN(54), size, r.IntN(2)*r.IntN(12))
	w.endless = longEndless
	heavy := r.IntN(3) == 0
	for request := uint64(1); ; request++ {
		r := draw(request)
		if req, _ := w.walk.Next(); heavy && r.IntN(12) == 0 && w.walk.Shrinks(req.Size) {
			w.walk.Shrink()
			w.requests++
			continue
		}
		if !w.Step(pagetest.Draw(r, 6)) {
			return w
		}
	}
}
