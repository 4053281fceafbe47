package follow

import "github.com/halopsa-go/halopsa/internal/page"

// whole is for all of the list in one response.
type whole struct {
	*Follower
	edge bool // a page of the fixed size ends right at the cursor, and what proves that with the oldest first does not here
}

// readWhole asks for the whole list in one response.
func (f *Follower) readWhole() { whole{f, false}.askAll() }

// askAll asks for the whole list.
func (s whole) askAll() {
	if s.count >= 0 {
		s.ask(s.count + s.asked) // some may have come meanwhile
	} else {
		s.ask(page.AllOfThem)
	}
}

// ask asks for the first n records.
func (s whole) ask(n int) {
	s.state = s
	s.next = page.Request{Count: n, Newest: s.order != oldestFirst}
}

func (s whole) accept(ids []int64) (next []int, previous bool) {
	rows := len(ids)
	down := orderOf(ids) == newestFirst && ids[rows-1] <= s.cursor
	switch {
	case down, s.count >= 0 && rows >= s.count:
		return s.finish(s.take(ids)), false
	case s.count >= 0 && s.next.Count < s.count:
		s.askAll()
	case s.count >= 0:
		s.failWhole(page.IgnoresPaging)
	case rows >= s.next.Count && s.next.Count < page.AllOfThem:
		s.ask(page.AllOfThem)
	case rows >= s.next.Count:
		s.failWhole("the list is too long for one answer, and the server does not say how many records there are")
	case rows > s.served && rows%page.Default != 0, rows == s.served && rows < page.Default: // a round number may be a cap
		return s.finish(s.take(ids)), false
	default:
		s.failWhole(page.HidesLength)
	}
	return nil, false
}

// failWhole ends a pass that even the request for the whole list does not help.
func (s whole) failWhole(reason string) {
	if s.edge {
		reason = "no page has both a record that was read and the next one, and the server ignores count; another record changes that"
	}
	s.fail(reason, s.edge)
}
