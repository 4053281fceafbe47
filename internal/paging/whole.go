package paging

import "github.com/halopsa-go/halopsa/internal/page"

// whole is what is known of a list that comes in one response, because it has no pages or the server pays no heed to them.
type whole struct {
	rows  int  // the most that came on a page, or without paging: more show that count is honored, fewer that none was cut off
	exact bool // as many records were asked for as record_count says, not one more
	again bool // it has come, and is asked for again
}

// leastCap is the least that a server is taken to cut off a response at.
const leastCap = 10

// all asks for the whole list in one response. One record more than there should be is asked for: a response that is shorter than it might be ends
// the list.
func (w *Walk) all() {
	w.next = page.Request{Count: page.AllOfThem}
	if w.count >= 0 {
		w.next.Count = w.count + 1
	}
}

// afterPlain judges the response of a list that has no paging parameters.
func (w *Walk) afterPlain(rows, fresh int) {
	if w.count > rows {
		w.all()
		return
	}
	w.came(fresh)
}

// came ends the walk with the whole list, or asks for it again.
func (w *Walk) came(fresh int) {
	if w.SecondPass && (!w.whole.again || fresh > 0) {
		w.whole.again = true
		return
	}
	w.done = true
}

// afterCount judges the response to the request for the whole list.
func (w *Walk) afterCount(asked, rows, fresh int) {
	switch count := w.count; {
	case count >= 0 && rows >= count && (rows < asked || w.whole.exact):
		w.came(fresh)
	case asked < page.AllOfThem && rows >= asked: // there are more than record_count says
		w.next.Count = page.AllOfThem
	case count >= 0 && !w.whole.exact: // it may take no other number, or count late
		w.whole.exact = true
		w.next.Count = count
	case count >= 0:
		w.fail(1, page.IgnoresPaging)
	case rows < max(w.whole.rows, leastCap), rows > w.whole.rows && rows%page.Default != 0: // a round number may be a cap
		w.came(fresh)
	case fresh == 0 && rows < page.Default && rows != w.asked:
		w.came(fresh)
	default:
		w.fail(1, page.HidesLength)
	}
}
