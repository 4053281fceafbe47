package paging

import "github.com/halopsa-go/halopsa/internal/page"

// whole is what is known of a list that comes in one response, because it has no pages or the server pays no heed to them.
type whole struct {
	rows    int  // the most that came on a page, or without paging: more show that count is honored, fewer that none was cut off
	exact   bool // as many records were asked for as record_count says, not one more
	endless bool // new records came for a page behind the end of every list: record_count was too small, or their content changes
	again   int  // how often it has come, and is asked for again
	trial   bool // all records but one were asked for, to see whether count is honored
	honors  bool // it is
}

// leastCap is the least that a server is taken to cut off a response at.
const leastCap = 10

// all asks for the whole list in one response. One record more than there should be is asked for: a response that is shorter than it might be ends
// the list.
func (w *Walk) all() {
	w.next = page.Request{Count: page.AllOfThem}
	if count := w.believed(); count >= 0 {
		w.next.Count = count + 1
	}
}

// believed returns record_count, -1 where it is unknown, has been found to count too few, or was that of the rows on each page and is another one now.
func (w *Walk) believed() int {
	c := w.counter()
	if w.whole.endless || c.rows && w.count != c.count {
		return -1
	}
	return w.count
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
	switch {
	case w.whole.again > mostBarren:
		w.fail(1, page.NeverRests)
	case w.SecondPass && (w.whole.again == 0 || fresh > 0):
		w.whole.again++
	default:
		w.done = true
	}
}

// afterCount judges the response to the request for the whole list. Without a record_count the list is complete if fewer rows came than on a page, or
// than the least cap that is known; if none is new, there are fewer than 50, and not exactly as many as were asked for; or if they are no multiple of
// 50 and the server honors count: more came than on a page, or one less where one less is asked for. Otherwise a cap cannot be ruled out.
func (w *Walk) afterCount(asked, rows, fresh int, changed bool) {
	switch count := w.believed(); {
	case w.whole.trial:
		w.tried(rows == asked, fresh)
	case rows < w.whole.rows && rows > 0 && rows%page.Default == 0: // more came on a page
		w.fail(1, page.HidesLength)
	case count >= 0 && rows >= count && (rows < asked || w.whole.exact):
		w.came(fresh)
	case asked < page.AllOfThem && rows >= asked: // there are more than record_count says
		w.next.Count = page.AllOfThem
	case count >= 0 && !w.whole.exact: // it may take no other number, or count late
		w.whole.exact = true
		w.next.Count = count
	case count >= 0 && changed && w.whole.again <= mostBarren: // it may have been another list that was asked for
		w.whole.again++
		w.whole.exact = false
		w.all()
	case count >= 0:
		w.fail(1, page.IgnoresPaging)
	case rows < max(w.whole.rows, leastCap), fresh == 0 && rows < page.Default && rows != w.asked:
		w.came(fresh)
	case rows%page.Default == 0: // a round number may be a cap
		w.fail(1, page.HidesLength)
	case rows > w.whole.rows, w.whole.honors:
		w.came(fresh)
	default:
		w.whole.trial, w.next.Count = true, rows-1
	}
}

// tried judges the response to a count of all rows but one: where just as many came, the response before it was cut off by nothing.
func (w *Walk) tried(honors bool, fresh int) {
	w.whole.trial, w.whole.honors, w.next.Count = false, honors, page.AllOfThem
	if honors {
		w.came(fresh)
	} else {
		w.fail(1, page.HidesLength)
	}
}
