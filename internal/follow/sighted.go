package follow

import (
	"cmp"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

// sighting is a record after the cursor that a page has shown in this pass, and that was not given out.
type sighting struct {
	id  int64
	req page.Request // which page that was
}

// absent forgets the sightings that a response tells of: it is to the same request, or it is in order and has records on both sides of them. Those that
// are still there are sighted again, where it has them.
func (f *Follower) absent(ids []int64) {
	p := &f.pass
	low, high := int64(0), int64(0)
	if found := orderOf(ids); found == oldestFirst || found == newestFirst {
		low, high = slices.Min(ids), slices.Max(ids)
	}
	p.sighted = slices.DeleteFunc(p.sighted, func(s sighting) bool {
		return s.req == f.next || low < s.id && s.id < high
	})
}

// sight notes the records of a response that were not given out.
func (f *Follower) sight(req page.Request, ids []int64) {
	p := &f.pass
	p.sighted = slices.DeleteFunc(p.sighted, func(s sighting) bool { return s.id <= f.cursor })
	for _, id := range ids {
		if id <= f.cursor {
			continue
		}
		at, found := slices.BinarySearchFunc(p.sighted, id, func(s sighting, id int64) int { return cmp.Compare(s.id, id) })
		if !found {
			p.sighted = slices.Insert(p.sighted, at, sighting{id, req})
		}
	}
}

// passes reports whether the rows after the cursor would pass over a record that was sighted.
func (f *Follower) passes(ids []int64, last int64) bool {
	return slices.ContainsFunc(f.pass.sighted, func(s sighting) bool {
		return s.id < last && !slices.Contains(ids, s.id)
	})
}

// anew begins the reading anew where a record that was sighted would be passed over: it is gone, or what says so is not true. Where that comes again the
// whole list tells, and where a response that was judged as that says so, nothing can.
func (f *Follower) anew(judged state) {
	p := &f.pass
	p.passing, p.sighted, p.longest = false, nil, 0
	p.doubts++
	clear(p.questions)
	switch {
	case p.doubts > 1 && (judged == all || judged == one):
		f.fail("a record that one response has is left out of another", true)
	case p.doubts > 1 || f.order == inOneAnswer:
		f.readAll()
	case f.order == oldestFirst:
		p.around = newAround()
		p.meet(f.at)
		f.state = up
		f.seek()
	default:
		f.readFirst()
	}
}
