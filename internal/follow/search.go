package follow

import (
	"math/bits"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

// aim guesses where the cursor is by how far apart the ids of a page are.
func (f *Follower) aim(p part) {
	f.pass.guess = unknown
	first, last := p.ids[0], p.ids[len(p.ids)-1]
	if (f.state == up) == (last <= f.cursor) {
		f.pass.loID = last
	} else {
		f.pass.hiID = first
	}
	if first == last { // one row, or one that comes several times
		return
	}
	f.pass.seen = p.begin
	off := float64(f.cursor-first) / float64(last-first) * float64(len(p.ids)-1)
	f.pass.guess = p.begin + position(off)
}

// atLeast and atMost take what a page has shown of the place.
func (a *around) atLeast(at int) {
	a.lo, a.met = at, false
	if a.hi < at {
		a.hi = unknown
	}
}

func (a *around) atMost(at int) {
	a.hi, a.met = at, false
	if a.lo > at {
		a.lo = 0
	}
}

// recount forgets the positions that were counted by another size of pages.
func (a *around) recount() {
	a.places = slices.DeleteFunc(a.places, func(p place) bool { return p.at > 0 })
}

// meet says that they meet at a position.
func (a *around) meet(at int) { a.lo, a.hi, a.met, a.step, a.left = at, unknown, true, 8, 0 }

// seek chooses the page to read next.
func (f *Follower) seek() {
	p := &f.pass
	p.beyond = false
	high := p.hi
	if high == unknown && f.counts() {
		high = f.count
	}
	switch {
	case p.met, p.lo >= p.hi, p.hi == unknown && f.counts() && p.lo >= f.count:
		f.edge(p.lo)
	case high == unknown:
		at := p.lo + p.step
		if p.guess != unknown && p.guess > p.lo {
			at = p.guess
		}
		p.step = min(2*p.step, farthest)
		f.ask(min(at, farthest))
	default:
		f.probe(p.lo, high)
	}
}

// mostProbes is how many pages are read to find the place among a million records by pages of 100, whatever the gaps between the ids: the last of
// them holds it, and with it the first of what is new. Page 1 was read before it to see how many there are, so 14 requests find the place and the
// 15th begins to give out.
//
// Fewer cannot do. A page of 100 that does not hold the place says no more than on which side of it that is, whatever its ids: the larger side can be
// the true one. Of the 999,901 places that page 1 leaves, 13 such answers leave (999,901+99)/2^13-99 = 23 at the least.
const mostProbes = 14

// within is how many places so many probes can tell apart wherever these are, since each halves those that are not within its page. It is less than
// (2^probes-1)*(size-1), as pages begin at multiples of their size.
func within(probes, size int) int64 {
	if probes <= 0 {
		return 0
	}
	return 7*int64(size)<<probes/10 - int64(size)
}

// probe asks for a page between two positions: where the ids say that the place is, as long as halving the rest would still find it in time.
func (f *Follower) probe(lo, hi int) {
	p := &f.pass
	bottom, top := f.sizes()
	first := p.left <= 0
	if first {
		p.left = max(mostProbes, bits.Len64(uint64(10*(int64(hi-lo)+int64(top))/(7*int64(top))))) //nolint:gosec // positive; see within
	}
	p.left--
	at := (lo + hi) / 2
	if guess := f.guessed(lo, hi, first); guess != unknown && (first || hi-lo <= p.width/2) { // where the ids did not halve the rest, that is done without them
		at = guess
	}
	p.width = hi - lo
	most := int(min(within(p.left, top), int64(hi-lo))) // one at least is decided
	f.next = f.between(lo, hi, at, most, max(bottom, leastSize), top)
}

// between chooses a page that leaves at most so many places on either side of it, the one nearest to a position. If there is none, it chooses one in
// the middle, which leaves the fewest.
func (f *Follower) between(lo, hi, at, most, bottom, top int) (best page.Request) {
	least := unknown
	for _, at := range []int{min(max(at, hi-most-top/2), lo+most+top/2), (lo + hi) / 2} {
		for size := top; size >= bottom && least > 0; size-- {
			nearest := unknown
			for number := at/size - 1; number <= at/size+1; number++ {
				begin, end := number*size, (number+1)*size
				over := max(begin-lo+1, hi-end+1) - most
				over = max(over, 0)
				off := max(2*at-begin-end, begin+end-2*at)
				if over < least || over == least && off < nearest {
					least, nearest, best = over, off, page.Request{Page: number + 1, Size: size, Newest: f.state == down}
				}
			}
		}
	}
	return best
}

// guessed returns where the place is by the ids: of the latest page where that is near, else of what is known on both sides.
func (f *Follower) guessed(lo, hi int, first bool) int {
	p := &f.pass
	near := max(100, (hi-lo)/8)
	switch {
	case p.guess != unknown && (first || max(p.guess-p.seen, p.seen-p.guess) <= near):
		return p.guess
	case p.loID == p.hiID || f.state == up && p.hiID == 0:
		return p.guess
	}
	part := float64(f.cursor-p.loID) / float64(p.hiID-p.loID)
	return lo + int(part*float64(hi-lo))
}

// ask asks for a page with the record at this position.
func (f *Follower) ask(position int) {
	bottom, top := f.sizes()
	f.next, _ = f.containing(position, bottom, top)
}

// edge asks for a page that begins before a position and ends behind it. Where there is none, it asks for the page that begins there.
func (f *Follower) edge(at int) {
	f.at = at
	bottom, top := f.sizes()
	if f.fixed == 0 && f.limit != f.tried && f.state == up { // see whether the server takes larger pages by now
		top = min(2*top, f.asked)
	}
	position := at - 1 // of no record where at is 0: then page 1 has the most that are newer
	if f.state == down {
		position = at
	}
	req, gain := f.containing(position, bottom, top)
	f.next = req
	if gain > 0 {
		return
	}
	f.pass.beyond = true
	f.next = page.Request{Page: at/top + 1, Size: top, Newest: f.state == down}
}

// Ahead returns the requests that are likely to follow Next, at most n of them, for a caller that reads ahead.
//
// That is so while the pages after the cursor are read one after the other, with the oldest records first. A page that was read before its turn proves
// no less: its rows were neighbors when it was read. It returns none where record_count does not say how many pages there are, and none where pages may
// turn out to have another size.
func (f *Follower) Ahead(n int) (ahead []page.Request) {
	p := &f.pass
	bottom, top := f.sizes()
	if f.state != up || p.beyond || !p.met && p.lo < p.hi || !f.counts() || f.fixed > 0 || f.smaller.Size > 0 && f.smaller.Size < f.asked || f.next.Size > top {
		return nil
	}
	for end := f.next.Page * f.next.Size; len(ahead) < n && end < f.count; {
		next, newer := f.containing(end-1, bottom, top)
		if newer == 0 {
			break
		}
		ahead = append(ahead, next)
		end = next.Page * next.Size
	}
	return ahead
}

// Shrank reports whether record_count has fallen since the response before: what was read ahead of it is not where it was.
func (f *Follower) Shrank() bool { return f.fell }

// containing chooses the page that has the record at this position and the most records that are newer; gain is how many those are.
func (f *Follower) containing(position, bottom, top int) (req page.Request, gain int) {
	gain = -1
	for size := top; size >= bottom; size-- {
		newer := size - 1 - position%size
		if f.state == down {
			newer = position % size
		}
		if newer > gain {
			req, gain = page.Request{Page: position/size + 1, Size: size, Newest: f.state == down}, newer
		}
	}
	return req, gain
}
