package follow

import "github.com/halopsa-go/halopsa/internal/page"

// search is where in the list the records up to the cursor and those after it meet, in positions: lo and hi are what pages have shown, at is the
// latest guess. Records that come and go move the place, so none of it is certain.
type search struct {
	*Follower
	front      []int64 // the ids of page 1, where it was read in this pass
	lo, hi     int     // the two meet at lo or after it, and at hi or before it; unknown where no page has shown it
	step       int     // how far to look next on the side where nothing has been seen
	looksWhole bool    // page 1 looks like the whole list, and it is being seen whether it is
}

const (
	// firstStep is how far to look first, in records.
	firstStep = 8
	// unknown is a position that no page has shown.
	unknown = -1
)

// restart forgets what pages have shown.
func (s *search) restart(step int) { s.lo, s.hi, s.step = unknown, unknown, step }

// begin begins to look for the cursor, which is not on page 1. far guesses how many records there are between two ids, by how far apart the ids of
// page 1 are. again says that page 1 was found not to be the whole list.
func (s *search) begin(again bool) (far func(from, to int64) int) {
	rows := len(s.front)
	// Without a record_count a short page is the whole list or a cap; a cap is a round number.
	s.looksWhole = !again && s.order != asAsked && s.count < 0 && rows < s.asked && rows%page.Default != 0
	low, high := min(s.front[0], s.front[rows-1]), max(s.front[0], s.front[rows-1])
	apart := max(1, float64(high-low)/float64(rows-1))
	_, step := s.sizes()
	s.restart(step)
	return func(from, to int64) int { return int(min(float64(to-from)/apart, 1<<30)) }
}

// below says that the two meet at this position or before it. between reports that they do so behind lo; else it is to be looked so far before it.
func (s *search) below(at int) (far int, between bool) {
	s.hi = at
	if s.lo != unknown && s.lo <= s.hi {
		return 0, true
	}
	s.lo = unknown
	return s.stride(), false
}

// above says that the two meet at this position or after it. between reports that they do so before hi; else it is to be looked so far after it.
func (s *search) above(at int) (far int, between bool) {
	s.lo = at
	if s.hi != unknown && s.lo <= s.hi {
		return 0, true
	}
	s.hi = unknown
	return s.stride(), false
}

// stride returns how far to look, which is twice as far each time.
func (s *search) stride() int {
	far := s.step
	s.step *= 2
	return far
}

// ask asks for a page with the record at this position.
func (s *search) ask(position int) {
	if s.count >= 0 {
		position = min(position, s.count-1)
	}
	s.at = max(0, position)
	bottom, top := s.sizes()
	s.next, _ = s.containing(s.at, bottom, top)
}

// show asks for the page that has the record at this position and the most records that are newer; gain is how many those are.
func (s *search) show(position int) (gain int) {
	bottom, top := s.sizes()
	s.next, gain = s.containing(position, bottom, top)
	if s.fixed == 0 && !s.doubted && gain < top/2 { // see whether the server takes smaller pages
		s.next, gain = s.containing(position, max(1, top*3/5), top)
	}
	return gain
}

// containing chooses the page that has the record at this position and the most records that are newer; gain is how many those are.
func (s *search) containing(position, bottom, top int) (req page.Request, gain int) {
	gain = -1
	for size := top; size >= bottom; size-- {
		number := position / size
		newer := size - 1 - position%size
		if s.order == newestFirst {
			newer = position % size
		}
		if newer > gain {
			req, gain = page.Request{Page: number + 1, Size: size, Newest: s.order == newestFirst}, newer
		}
	}
	return req, gain
}
