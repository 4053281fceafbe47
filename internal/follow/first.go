package follow

import "github.com/halopsa-go/halopsa/internal/page"

// first is for page 1 at the beginning of a pass: the newest records, or all there are.
type first struct{ *Follower }

// readFirst asks for page 1: of a list that can be sorted, of the newest records.
func (f *Follower) readFirst() {
	f.state = first{f}
	f.next = page.Request{Page: 1, Size: f.asked, Newest: f.order != oldestFirst}
}

func (s first) accept(ids []int64) (next []int, previous bool) {
	rows, found := len(ids), orderOf(ids)
	s.learnFirst(rows)
	if s.count >= 0 && rows >= s.count || s.count < 0 && rows < 2 || rows == 0 { // nobody serves pages of one row
		if s.order == unseen && found != inOneAnswer {
			s.order = found
		}
		s.at = rows
		return s.finish(s.take(ids)), false
	}
	switch {
	case found == newestFirst && (s.order == asAsked || s.order == newestFirst || s.turned(found)):
		return s.newest(ids), false
	case found == oldestFirst && s.turned(found):
		return s.oldest(ids), false
	case found != unseen:
		s.order = inOneAnswer
	}
	s.readWhole()
	return nil, false
}

// newest judges a page 1 of the newest records.
func (s first) newest(ids []int64) []int {
	if ids[len(ids)-1] <= s.cursor {
		return s.finish(s.take(ids))
	}
	s.pass.starts++
	switch around := (search{Follower: s.Follower, front: ids}); {
	case s.pass.starts > mostStarts:
		s.readWhole() // there is more, and no page has it
	case s.order == asAsked:
		(&forward{around}).look(false)
	default:
		(&backward{around}).look(false)
	}
	return nil
}

// oldest judges a page 1 of the oldest records, behind which there are others.
func (s first) oldest(ids []int64) []int {
	s.head = ids[0]
	around := &forward{search{Follower: s.Follower, front: ids}}
	next := s.take(ids)
	if len(next) > 0 {
		around.found(len(ids))
	} else {
		around.look(false)
	}
	return next
}
