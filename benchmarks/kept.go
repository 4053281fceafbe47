package main

import (
	"context"
	"runtime"
	"slices"
	"strings"
)

// keptContest asks what a program holds that keeps one short text of each record and drops the rest: a decoder whose texts share memory holds all that
// they share. Peak is what all of them hold.
func keptContest(body []byte, rows int) *contest {
	c := &contest{
		title: keptTitle, n: 1, heap: true,
		about: "A page of 1,000 is read and its operation, of 3 to 5 bytes, kept of each record. Peak is what stays live for that, with 16,000 bytes for the slice.",
	}
	for _, p := range slices.Concat(peers(), builds()) {
		c.entries = append(c.entries, entry{p.name, func(context.Context) (run, func(context.Context) error, error) {
			call, err := p.dial(memoryBase, memoryClient(body))
			if err != nil {
				return nil, nil, err
			}
			return func(ctx context.Context, s *sample) error {
				if err := call.once(ctx, rows); err != nil { // what a client makes for itself at first does not count
					return err
				}
				heap := watchHeap()
				got, err := call.list(ctx, 1, rows)
				if err := expect(got, err, rows); err != nil {
					return err
				}
				kept := make([]string, 0, rows)
				for _, record := range got.Records() {
					kept = append(kept, record.Operation)
				}
				got = nil
				runtime.GC() // twice, for what the pools hold
				heap.look()
				s.peak = heap.peak
				if strings.Join(kept, "") == "" { // they live until here
					return errNothingKept
				}
				return nil
			}, nil, nil
		}})
	}
	return c
}
