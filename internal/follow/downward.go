package follow

import (
	"slices"
)

// downward judges a page of a list that comes with the newest records first.
func (f *Follower) downward(p part, before recent) (next []int, previous bool) {
	s := &f.pass
	rows, fresh := len(p.ids), 0
	for fresh < rows && p.ids[fresh] > f.cursor {
		fresh++
	}
	begin := f.next.Page == 1
	below := before.below
	switch {
	case fresh < rows || rows == 0: // the place is on this page or before it
		next = f.take(p.ids)
		if begin {
			return f.finish(next), false
		}
		if s.atMost(p.begin); rows > 0 && p.ids[0] == f.cursor {
			s.meet(p.begin)
		}
		s.below = f.next
		if rows == 0 {
			s.heldPage = f.next
		}
		f.onto(before)
	case p.ended: // the list ends with it
		next = f.take(p.ids)
		if begin {
			return f.finish(next), false
		}
		s.meet(p.begin)
		s.below = f.next
		f.onto(before)
	case below == behind(f.next) && p.size <= f.served: // it ends where the page behind it begins
		s.atLeast(p.end())
		s.below, s.held, s.heldPage = below, slices.Clone(p.ids), f.next
		s.agreed = slices.Equal(before.held, p.ids)
		if begin {
			return f.unchanged(p.ids)
		}
		f.state = again
		f.next = s.head
	case p.short:
		s.atLeast(p.end())
		s.short = f.next
		f.next = behind(f.next)
	default:
		s.atLeast(p.end())
		f.seek()
	}
	return next, false
}

// onto chooses the page with which to continue before the place.
func (f *Follower) onto(before recent) {
	s := &f.pass
	f.seek()
	if behind(before.short) == s.below || f.next == s.below {
		f.next = s.below
		f.next.Page--
	}
}

// unchanged judges page 1, read again: where the list is what it was when page 1 was read first, the page that is held ends right before the one
// that was read before it.
func (f *Follower) unchanged(ids []int64) (next []int, previous bool) {
	s := &f.pass
	f.state = down
	same := s.steady && len(ids) > 0 && slices.Equal(ids[:1], s.front[:min(1, len(s.front))])
	switch {
	case same && s.heldPage.Page > 1 && s.held[0] >= ids[0]: // page 1 came in its place: the list ends before it
		s.atMost((s.heldPage.Page - 1) * len(s.held))
		f.onto(recent{})
		return nil, false
	case same && !s.agreed: // a record may have come and gone, and record_count may tell of it late
		f.next = s.heldPage
		return nil, false
	case same:
		next = f.take(s.held)
		if s.heldPage.Page == 1 {
			return f.finish(next), false
		}
		s.meet((s.heldPage.Page - 1) * len(s.held))
		s.below = s.heldPage
		f.onto(recent{})
		return next, true
	}
	s.front, s.steady = ids, true
	f.next, s.recent = s.below, recent{}
	return nil, false
}
