package paging

import "github.com/halopsa-go/halopsa/internal/wire"

// add puts the rows' keys into the sets. It returns how many of them the pass has seen before, and the fingerprint of the page.
func (w *Walk) add(keys []wire.Key, r *reply) (repeats int, print uint64) {
	r.fresh = make([]int, 0, len(keys)) // for speed: append would do
	r.at = make([]int64, len(keys))
	var twins map[uint64]uint64
	var p *reading
	again := false // the row before has come on an earlier page
	if w.loose != nil {
		p = &w.loose.now
	}
	for i, k := range keys {
		if k.Kind == wire.KeyContent {
			// Rows without an id can be equal and yet be two: the second one on a page is another record.
			if twins == nil {
				twins = make(map[uint64]uint64)
			}
			nth := twins[k.Hash]
			twins[k.Hash]++
			k.Hash += nth * 0x9e3779b97f4a7c15
		}
		print = (print ^ uint64(k.ID) ^ k.Hash) * 1099511628211
		isNew, inPass := w.seen.See(k)
		if isNew {
			r.fresh = append(r.fresh, i)
			w.sum += mix(k)
		}
		if p == nil {
			continue
		}
		if inPass {
			p.distinct++
			p.sum += mix(k)
			again = false
		} else if again = again || i == 0 || keys[i-1] != k; again { // the same row may come twice on a page, each time
			repeats++
		}
	}
	return repeats, print
}

// mix makes a number of a key whose bits are spread.
func mix(k wire.Key) uint64 { return spread(uint64(k.ID) ^ textOf(k)) } //nolint:gosec // the bits alone count
