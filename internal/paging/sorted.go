package paging

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

// sorted decides which pages of a list to read that is sorted by id, so that nothing can be passed over.
//
// The proof is overlap: what is known is a [cover], and a hole in it is closed by a response that holds records on both sides. Two more things
// prove that nothing is between two pages. In a list with the smallest id first, deletes and inserts only ever raise the id at a position: where
// page 5 began with 81, and page 4, read after it, ends with 79 or less, there was nothing between 79 and 81 when page 5 was read. And where
// record_count is the same in two responses, one after the other, nothing has changed between them, unless exactly as many records came as went; that
// is believed, until record_count is found not to be true.
//
// Positions in the list are only ever estimates that choose where to read.
type sorted struct {
	down   bool // the largest id comes first
	strict bool // believe no record_count

	cover
	joins
	sizes
	newest    int64 // the largest id so far
	counter   counter
	falls     int // by how much the list has shrunk in all
	distinct  int // how many records have been seen
	responses int
	idle      int // responses in a row that neither brought a record nor proved anything

	last    reply   // the response before
	head    uint64  // the print of page 1
	counted int     // the latest response that had a record_count, or could have had one
	places  []place // what the latest responses showed of positions, to tell what cannot be
	wrapped bool    // another page has come in place of one behind the end
	paged   bool    // it has been seen that page_no is honored
	uneven  bool    // a page shorter than asked for had others behind it

	ends    ending // what the last response that showed the end said
	empty   empties
	ignored bool // the server seems to pay no heed to page_no
	lost    bool // no further request can help
	hollow  bool // a page stays empty that should not
}

// ending is what a response says that shows the end of the list.
type ending struct {
	req        page.Request
	count, end int
	again      int // how often in a row they said the same
}

// accept takes the response. It returns false where the records do not come in the order of their ids.
func (s *sorted) accept(r reply) bool {
	if !s.inOrder(&r) {
		return false
	}
	s.idle++
	s.responses++
	fixed := s.fixed
	s.learn(&r)
	s.strict = s.strict || s.fixed && !fixed && r.req.Page > 1 // nothing says where a page of another size than was asked for begins
	s.recover(&r)
	wraps := s.wraps(&r)
	if wraps {
		if r.print != s.head && r.print != s.last.print {
			return false // the ids are those of another page, the records are not
		}
		r.end, s.wrapped = r.begin, true
	}
	if r.req.Page == 1 {
		s.head = r.print
	}
	s.count(&r)
	s.distinct += len(r.fresh)
	if len(r.fresh) > 0 {
		s.idle = 0
	}
	switch {
	case len(r.at) == 0, wraps:
		s.nothing(&r)
	default:
		s.rows(&r)
	}
	s.last = r
	return true
}

// remember keeps what a page shows of positions.
func (s *sorted) remember(r *reply) {
	const most = 14
	s.places = slices.DeleteFunc(s.places, func(p place) bool { return p.at >= r.begin && p.at < r.end })
	s.places = s.places[max(0, len(s.places)-most):] // for speed: the latest will do, however long the list
	s.places = append(s.places, place{r.begin, r.at[0], s.responses}, place{r.end - 1, r.at[len(r.at)-1], s.responses})
}

// inOrder reports whether the records come in the order of their ids: a new one among those that have been seen shows that they do not.
func (s *sorted) inOrder(r *reply) bool {
	for i := 1; i < len(r.at); i++ {
		if r.at[i-1] > r.at[i] { // the same row may come twice
			return false
		}
	}
	newest := s.newest
	for _, i := range r.fresh {
		x := r.at[i]
		id := x
		if s.down {
			id = -x
		}
		if s.down && id > s.newest && r.req.Page > 1 {
			return false // what comes is at the front
		}
		if id <= s.newest && s.has(x) {
			at := s.at(x)
			if at < 0 {
				return false
			}
			s.doubt(at) // it was not empty
		}
		newest = max(newest, id)
	}
	s.newest = newest
	return true
}

// doubt makes a hole of a join again.
func (s *sorted) doubt(at int) {
	s.cut(s.joins[at])
	s.joins = append(s.joins[:at], s.joins[at+1:]...)
}

// doubtSince does so with all that were believed to be empty from a response on.
func (s *sorted) doubtSince(response int) {
	for at := len(s.joins) - 1; at >= 0; at-- {
		if s.joins[at].after >= response {
			s.doubt(at)
		}
	}
}

// count takes what a response tells of changes.
func (s *sorted) count(r *reply) {
	fall, still := s.counter.take(r)
	if len(r.at) > 0 && !s.uneven && r.count >= 0 && r.end > r.count { // it counts too few
		s.counter.wrong = true
		s.doubtSince(0)
	}
	s.falls += fall
	r.still = still && !s.strict && !s.counter.wrong && s.unmoved(r)
	if r.silent { // it has no record_count
		return
	}
	if !r.still { // record_count may tell of a change one response late
		s.doubtSince(s.counted)
	}
	s.counted = s.responses
}

// unmoved reports whether a page has the records that were at its positions before. Where it has others, the list has changed although record_count
// may not have: what was believed since is not.
func (s *sorted) unmoved(r *reply) bool {
	if s.uneven { // positions say nothing
		return true
	}
	for _, p := range s.places {
		if i := p.at - r.begin; i < 0 || i >= len(r.at) || r.at[i] == p.x {
			continue
		}
		s.doubtSince(p.after)
		return false
	}
	return true
}

// nothing takes a page without records, which says that the list ends before it.
func (s *sorted) nothing(r *reply) {
	before := &s.last
	if r.req.Page == 1 {
		if s.lost = r.count > 0; len(before.at) == 0 { // two ways agree that what has been read is gone
			s.cover.add(span{lo: front, hi: back})
			s.showsEnd(r, 0)
		}
		return
	}
	end := r.begin
	adjacent := len(before.at) > 0 && !before.unsure && (r.follows(before) || before.end == r.begin && !s.uneven)
	if adjacent {
		end = before.end
	}
	if !r.refused && len(r.at) == 0 && s.empty.take(r, !(r.still && r.count == s.distinct-s.falls) && (!adjacent || len(before.at) >= min(before.req.Size, max(s.top(), leastCap)) || s.uneven)) {
		s.showsEnd(r, s.ends.end)
		return
	}
	if s.ignored = len(r.at) > 0 && !s.paged && (s.counts() || r.req.Page == 2); s.ignored {
		if before.req.Page == 1 && before.end == before.count && r.count > before.count { // page 1 was all there was, and what has come since is out of reach
			s.ignored = false
			s.cover.add(span{lo: front, hi: back})
		}
		return
	}
	if s.lost = len(r.at) > 0 && !s.counts(); s.lost { // what it has sent in place of a page it may also send in place of others
		return
	}
	s.cover.add(span{lo: back, hi: back, above: r.req.Page, size: r.req.Size})
	if adjacent {
		lo := before.at[len(before.at)-1]
		switch {
		case s.down && before.short && len(before.fresh) > 0 && !s.counts() && !s.uneven: // two ways agree
			s.prove(lo, back)
		case r.silent && end != s.counter.count, s.uneven && s.distinct-s.falls < s.counter.count: // the page before may not have been the last one
		case r.still:
			s.believe(lo, back)
		}
	}
	s.showsEnd(r, end)
}

// rows takes a page with records.
func (s *sorted) rows(r *reply) {
	before := &s.last
	s.remember(r)
	first, last := r.at[0], r.at[len(r.at)-1]
	lo, hi := first, last
	if r.req.Page == 1 {
		lo = front
	}
	if r.follows(before) && (before.short || before.at[len(before.at)-1] >= first && len(r.fresh) > 0 && (!s.down || r.still)) {
		s.uneven = true // or the pages overlap
	}
	if s.empty.deny(r) {
		s.reopen()
	}
	if n := len(s.cover); n > 0 && s.cover[n-1].lo == back && (s.cover[n-1].above-1)*s.cover[n-1].size < r.end {
		s.cover = s.cover[:n-1] // the list has grown
	}
	if r.short && s.counts() && !s.uneven {
		if r.end == r.count && s.distinct-s.falls >= r.count { // so many have been seen, and so far does the page reach
			hi = back
		}
		s.showsEnd(r, r.end)
	}
	s.proved(lo, hi)
	spans := len(s.cover)
	s.cover.add(span{lo: lo, hi: hi, end: r.end, falls: s.falls, above: r.req.Page, size: r.req.Size})
	if len(s.cover) < spans {
		s.idle = 0
	}
	s.below(r, last)
	if !r.still || len(before.at) == 0 {
		return
	}
	switch {
	case before.end == r.begin && (!s.uneven || r.follows(before)) && before.at[len(before.at)-1] < first:
		s.paged = true
		s.believe(before.at[len(before.at)-1], first)
	case r.end == before.begin && !s.uneven:
		s.believe(last, before.at[0])
	}
}

// reopen takes back that the list has been seen to its end.
func (s *sorted) reopen() {
	if n := len(s.cover); s.cover[n-1].lo == back {
		s.cover = s.cover[:n-1]
	}
	s.hollow, s.lost = s.empty.wrong > 1, s.whole()
}

// below closes the hole above a page, where the page above it was read before: see [sorted].
func (s *sorted) below(r *reply, last int64) {
	if s.down {
		return
	}
	for _, above := range s.cover {
		if above.lo > last && above.above == r.req.Page+1 && above.size == r.req.Size {
			if above.lo == back && s.counts() && r.count > r.end && !(s.strict && r.short) {
				return // it is not the end
			}
			s.prove(last, above.lo)
			if r.closed = above.lo != back; !r.closed {
				s.showsEnd(r, r.end)
			}
			return
		}
	}
}

// prove closes a hole.
func (s *sorted) prove(lo, hi int64) {
	s.proved(lo, hi)
	s.close(lo, hi)
	s.idle = 0
}

// believe closes a hole for as long as record_count is believed.
func (s *sorted) believe(lo, hi int64) {
	for _, hole := range s.close(lo, hi) {
		hole.after = s.responses
		s.joins.add(hole)
		s.idle = 0
	}
}

// showsEnd notes a response that shows the end of the list at a position.
func (s *sorted) showsEnd(r *reply, end int) {
	now := ending{req: r.req, count: r.count, end: end}
	if now.count == s.ends.count && now.end == s.ends.end {
		now.again = s.ends.again + 1
	}
	s.ends = now
}

// counts reports whether record_count is there and believed.
func (s *sorted) counts() bool { return s.counter.count >= 0 && !s.counter.wrong }

// next chooses the next request. done is true at the end of the list, and fewer where record_count tells of more than there is.
func (s *sorted) next() (req page.Request, done, fewer bool) {
	top := s.top()
	if s.idle > mostIdle || s.down && s.idle > 1 {
		s.lost = true
	}
	switch {
	case s.lost:
		return page.Request{}, true, false
	case s.whole():
		if fewer = s.counts() && s.ends.count > max(s.ends.end, s.distinct-s.falls); fewer && (s.ends.again == 0 || s.smaller.Size == 0 && s.ends.req.Size != top) {
			// The last page, if record_count were true, in the size in which positions are the surest.
			return page.Request{Page: (s.ends.count-1)/top + 1, Size: top}, false, false
		}
		return page.Request{}, true, fewer
	case len(s.cover) == 0:
		return page.Request{Page: 1, Size: top}, false, false
	case s.grows(&s.last, s.counts()):
		return page.Request{Page: 1, Size: s.asked}, false, false
	case s.empty.lonely:
		return s.empty.doubt(), false, false
	case len(s.cover) > 1: // a hole
		above := s.cover[1]
		for _, other := range s.cover[2:] { // what was above has moved down
			if (other.above-1)*other.size < (above.above-1)*above.size {
				above = other
			}
		}
		req = page.Request{Page: above.above - 1, Size: above.size}
		if above.size > top { // such a page may be too much
			req = page.Request{Page: ((above.above-1)*above.size-1)/top + 1, Size: top}
		}
		if req == s.last.req { // so far that has not closed it
			req.Page++
		}
		return req, false, false
	}
	below, last := s.cover[0], &s.last
	hi := below.end
	lo := hi - (s.falls - below.falls)
	switch {
	case last.req.Size <= top && (last.short && !last.closed || len(last.fresh) == 0 && last.req.Page > 1 && last.end >= hi):
		return page.Request{Page: last.req.Page + 1, Size: last.req.Size}, false, false
	case last.still && hi < s.counter.count, !s.counts() && last.dense() && last.end == hi:
	default:
		if req, ok := s.show(lo, hi); ok {
			return req, false, false
		}
	}
	req = s.from(hi)
	if over, _ := s.show(hi+1, hi); (s.smaller.Most() == 0 || s.ragged) && 2*req.Size < top && top <= 2*last.req.Size && (over.Page-1)*over.Size >= last.begin {
		req = over // what comes again was not too much in the page before
	}
	return req, false, false
}

const mostIdle = 6
