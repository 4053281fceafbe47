package follow

import "github.com/halopsa-go/halopsa/internal/page"

// readWhole asks for the whole list in one answer, or, of one with the newest records first, for its first n.
func (f *Follower) readWhole(n int) {
	switch {
	case n > 0:
	case f.count >= 0:
		n = f.count + f.asked // some may have come meanwhile
	default:
		n = page.AllOfThem
	}
	f.stage = whole
	f.next = page.Request{Count: n, Newest: f.order != oldestFirst}
}

// atWhole judges the answer to the request for the whole list.
func (f *Follower) atWhole(ids []int64) []int {
	rows := len(ids)
	down := orderOf(ids) == newestFirst && ids[rows-1] <= f.cursor
	switch {
	case down, f.count >= 0 && rows >= f.count:
		return f.finish(f.take(ids))
	case f.count >= 0 && f.next.Count < f.count:
		f.readWhole(0)
	case f.count >= 0:
		f.failWhole(page.IgnoresPaging)
	case rows >= f.next.Count && f.next.Count < page.AllOfThem:
		f.readWhole(page.AllOfThem)
	case rows >= f.next.Count:
		f.failWhole("the list is too long for one answer, and the server does not say how many records there are")
	case rows > f.served && rows%page.Default != 0, rows == f.served && rows < page.Default: // a round number may be a cap
		return f.finish(f.take(ids))
	default:
		f.failWhole(page.HidesLength)
	}
	return nil
}

// failWhole ends a pass that even the request for the whole list does not help.
func (f *Follower) failWhole(reason string) {
	if f.edge {
		reason = "no page has both a record that was read and the next one, and the server ignores count; another record changes that"
	}
	f.fail(reason, f.edge)
}
