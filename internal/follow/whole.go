package follow

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

// readAll asks for the whole list in one response.
func (f *Follower) readAll() {
	f.state = all
	n := page.AllOfThem
	if f.counts() {
		n = max(f.count, f.at) + f.asked // some may have come since
	}
	f.next = page.Request{Count: n, Newest: f.order != oldestFirst}
}

// whole judges the whole list.
func (f *Follower) whole(ids []int64) (next []int) {
	rows := len(ids)
	f.at = rows
	down := orderOf(ids) == newestFirst && ids[rows-1] <= f.cursor
	counted := f.count >= 0 && !f.wrong && (f.pass.told || rows >= f.count) // the list may have become shorter since an earlier pass
	// A page was longer, or what this pass has given out is not in it.
	part := rows < f.pass.longest || f.pass.changes == 0 && f.given > 0 && rows > 0 && slices.Min(ids) > f.cursor
	switch {
	case down:
		return f.finish(f.take(ids))
	case counted && rows >= f.count && rows < f.next.Count, rows < leastSize && !counted:
		if f.pass.passing = part; part {
			return nil
		}
		return f.finish(f.take(ids))
	case f.next.Count < min(f.count, page.AllOfThem):
		f.readAll()
	case rows >= f.next.Count && f.next.Count < page.AllOfThem:
		f.next.Count = page.AllOfThem
	case rows >= f.next.Count:
		f.fail("the list is too long for one response, and the server does not say how many records there are", false)
	case counted: // where pages are turned, the list has changed too often for this pass, and the next one may do better
		f.fail(page.IgnoresPaging, f.paged)
	case rows%page.Default == 0: // a round number may be a cap
		f.fail(page.HidesLength, false)
	case rows > f.served || f.honors:
		f.honors = true
		return f.finish(f.take(ids))
	default:
		f.pass.held = ids
		f.state, f.next.Count = one, 1
	}
	return nil
}

// single judges the response to a count of one: where that is one row, and none that the whole list left out, the server honors count, and has cut off
// nothing. Of all counts below that of the list, one is the least likely to be what an ignored count brings because records have gone.
func (f *Follower) single(ids []int64) (next []int, previous bool) {
	if len(ids) != 1 {
		f.fail(page.HidesLength, false)
		return nil, false
	}
	f.sight(f.next, ids)
	next = f.finish(f.take(f.pass.held))
	f.honors = !f.pass.passing
	return next, len(next) > 0
}
