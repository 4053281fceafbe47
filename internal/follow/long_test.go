package follow_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// TestLongRuns draws runs over lists of up to 60 records on servers of each kind, with events, with restarts and with pages that are too much. Some of them
// take more requests than a run over a short list may, or one pass more. How many that are, and how many requests all take, is noted in testdata/long.txt,
// and more is a failure.
func TestLongRuns(t *testing.T) {
	t.Parallel()
	noted := pagetest.ReadNoted(t, "testdata/long.txt", *update)
	var work sync.WaitGroup
	for _, k := range kinds() {
		work.Go(func() {
			var total pagetest.Total
			wrong, all := map[string]int{}, int64(0)
			for seed := range uint64(100) {
				r, requests := k.long(seed)
				total.Runs++
				total.Requests += requests
				if r.passes >= mostPasses || r.found > 0 {
					all++
					wrong[faults[r.found]]++
				}
			}
			if all > 0 {
				t.Logf("%s: %v", k.name, wrong)
			}
			noted.Check(t, k.name, total, all)
		})
	}
	work.Wait()
	noted.Write(t)
}

// long draws a run over a long list and makes it.
func (k kind) long(seed uint64) (*run, int64) {
	draw := func(request uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, request)) } //nolint:gosec // a test
	r := draw(0)
	size := 2 + r.IntN(14)
	if k.limit > 0 {
		k.limit = min(size, k.limit+r.IntN(5))
	}
	if k.fixed > 0 {
		k.fixed += r.IntN(8)
	}
	records := 7 + r.IntN(54)
	b := beginning{kind: k, records: records, size: size, after: r.IntN(records + 1), restarts: r.IntN(2), events: r.IntN(2) * r.IntN(12)}
	heavy := r.IntN(3) == 0
	run := b.run(nil)
	run.tooMuch = heavy
	for request := uint64(1); ; request++ {
		r := draw(request)
		if req, _ := run.f.Next(); heavy && r.IntN(12) == 0 && run.f.Shrinks(req) {
			run.f.TooMuch()
			clear(run.asked)
			continue
		}
		if !run.Step(pagetest.Draw(r, 6)) {
			return run, int64(request)
		}
	}
}
