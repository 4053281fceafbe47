package follow

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
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
	case rows == 0 && begin:
		return f.finish(nil), false
	case fresh < rows || rows == 0: // the place is on this page or before it
		next = f.take(p.ids)
		if begin {
			return f.finish(next), false
		}
		if s.atMost(p.begin); len(next) > 0 {
			s.meet(p.begin)
			s.agreed = 0
		} else if rows > 0 && p.ids[0] == f.cursor {
			s.meet(p.begin)
		}
		if !p.other {
			s.below = f.next
		}
		f.onto()
	case p.ended: // the list ends with it
		next = f.take(p.ids)
		if begin {
			return f.finish(next), false
		}
		s.meet(p.begin)
		s.below = f.next
		f.onto()
	case below.Page == f.next.Page+1 && below.Size == f.next.Size && p.full: // it ends where the page behind it begins
		s.atLeast(p.end())
		s.held, s.heldPage = slices.Clone(p.ids), f.next
		if begin {
			return f.unchanged(p.ids)
		}
		f.state = again
		f.next = s.head
	default:
		s.atLeast(p.end())
		f.seek()
	}
	return next, false
}

// onto chooses the page with which to continue before the place.
func (f *Follower) onto() {
	s := &f.pass
	f.seek()
	if s.beyond && s.below.Page > 1 && f.next == s.below {
		f.next.Page--
	}
}

// unchanged judges page 1, read again: where the list is what it was when page 1 was read first, the page that is held ends right before the one
// that was read before it.
func (f *Follower) unchanged(ids []int64) (next []int, previous bool) {
	s := &f.pass
	f.state = down
	same := s.steady && len(ids) > 0 && len(s.front) > 0 && ids[0] == s.front[0] && orderOf(ids) != oldestFirst && orderOf(ids) != inOneAnswer
	needed := 1
	if !f.counts() {
		needed = 2
	}
	s.agreed++
	if !same {
		s.agreed = 0
	}
	itself := s.heldPage.Page == 1
	if s.agreed >= needed {
		next = f.take(s.held)
		s.agreed = 0
		if itself {
			return f.finish(next), false
		}
		s.meet((s.heldPage.Page - 1) * len(s.held))
		s.below = s.heldPage
		f.onto()
		return next, true
	}
	s.front, s.steady = ids, true
	f.next = page.Request{Page: s.heldPage.Page + 1, Size: s.heldPage.Size, Newest: true}
	return nil, false
}
