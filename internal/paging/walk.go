// Package paging decides which page of a list to read next, so that each record is seen once.
//
// It does no I/O: a caller asks [Walk.Next] for a request, sends it, and gives the answer to [Walk.Accept].
package paging

import (
	"fmt"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// Request is one page to read, or, with Count > 0, the whole list in one answer without paging.
type Request struct {
	Page, Size int
	Count      int
}

// Answer is what the server sent for a Request.
type Answer struct {
	Keys        []wire.Key
	RecordCount int // -1 when unknown
	// ByContent says that the keys are made of the rows' content. It must be so in the answer to a request for which [Walk.ByContent] is true; in
	// another it says that two rows share an id and differ.
	ByContent bool
	// Print tells the rows of an answer from others as a whole, by their content.
	Print uint64
	// Gone counts the records of this walk that its own client has deleted: those whose DELETE was over when the request was
	// sent, and those whose DELETE had begun when the answer came.
	GoneBefore, GoneAfter int
}

// Incomplete is the error of a walk that could not see every record.
type Incomplete struct {
	RecordCount int // what the server says there is, -1 when it does not say
	Seen        int // how many distinct records came
	Page        int // the page that was read last
	Reason      string
}

func (e *Incomplete) Error() string {
	return fmt.Sprintf("%d of %d records seen by page %d: %s", e.Seen, e.RecordCount, e.Page, e.Reason)
}

const (
	// defaultPage is the page that a tenant serves when it does not honour paging: a list as long may be cut off.
	defaultPage = 50
	// leastCap is the shortest first page that is taken for a cap where nothing else tells a cap from the end of the list.
	leastCap = 10
	// allOfThem is the count asked for when the true one is unknown.
	allOfThem = 1_000_000
)

// Walk is the state of one walk over a list.
//
// The idea: pos counts the positions from the front of the list whose records have all been seen. Records are read at pos until
// pos reaches record_count. Whatever moves records towards the front (a falling record_count, a delete of our own) moves
// pos back by as much, so that what slipped over the boundary is read again. Records that move back are only seen twice.
type Walk struct {
	Options

	seen     Set
	asked    int    // page_size that the caller wants
	size     int    // page_size to ask for
	step     int    // page size that the server keeps to: the longest page so far
	pos      int    // see above
	count    int    // latest record_count, -1 when unknown
	gone     int    // GoneBefore of the answer before
	first    uint64 // fingerprint of page 1 as it was read last
	firstLen int
	before   uint64 // fingerprint of the page that was read last

	high     int  // how far the list has been read, in positions
	rises    int  // by how much record_count has risen in all
	falls    int  // by how much the list has shrunk in all
	unsteady bool // rows came twice that nothing explains: positions mean little
	pass2    *Set // what a pass over an unsteady list has seen, and how far the list fell meanwhile
	fell2    int

	contents

	next      Request
	pass      int
	passFresh int  // new records in this pass
	moved     bool // the list changed, or rows came twice: another pass may find what is missing
	lookBack  bool // reading behind the walk, until a page begins with a record that was seen
	idle      int  // answers in a row without a new record
	done      bool
	err       error
}

// Options say what a walk is to do.
type Options struct {
	// Unpaged sends one plain request, for endpoints that have no paging parameters.
	Unpaged bool
	// SecondPass reads the whole list again until a pass finds nothing new.
	SecondPass bool
	// Loose says that the order leaves ties open, so that they can change from page to page.
	Loose bool
}

// New returns a walk that asks for pages of size.
func New(size int, o Options) *Walk {
	o.Loose = o.Loose && !o.Unpaged // there are no pages between which a record could slip
	w := &Walk{Options: o, asked: size, size: size, count: -1, pass: 1}
	w.next = Request{Page: 1, Size: size}
	return w
}

// Next returns the request to send, or false when the walk is over; see Err.
func (w *Walk) Next() (Request, bool) { return w.next, !w.done }

// Err returns nil, or an *Incomplete once the walk has ended without every record.
func (w *Walk) Err() error { return w.err }

// Seen reports whether the record with this id has been given to the caller.
// Where ids do not tell the records apart it may have been: then a delete moves the walk back further than it must.
func (w *Walk) Seen(id int64) bool { return w.byContent || w.seen.HasID(id) }

// Ahead returns the requests that are likely to follow Next, at most n of them, for a caller that reads ahead.
//
// It returns none while the length of the list is unknown, and none any more once the list has shrunk: a page read in vain costs a request.
func (w *Walk) Ahead(n int) []Request {
	if w.done || w.next.Count > 0 || w.step == 0 || !w.Steady() {
		return nil
	}
	var ahead []Request
	for page := w.next.Page + 1; len(ahead) < n && (page-1)*w.step < w.count; page++ {
		ahead = append(ahead, Request{Page: page, Size: w.size})
	}
	return ahead
}

// Steady reports whether nothing has moved towards the front so far, so that pages can be read before their turn.
func (w *Walk) Steady() bool { return w.falls == 0 && !w.unsteady && !w.byContent }

// Accept takes the answer to Next's request and returns which of its rows are new, by index.
func (w *Walk) Accept(a Answer) []int {
	req := w.next
	fell, changed := w.shift(a)
	switch {
	case w.again < len(w.marks) && w.replaying:
		return w.replay(a, changed)
	case a.ByContent && !w.byContent && w.turn(req):
		return nil
	}
	fresh, print := w.add(a.Keys)
	if w.Unpaged && req.Count == 0 && w.pass == 1 {
		fresh = every(len(a.Keys)) // one answer is one snapshot: rows that share an id there are meant to
	}
	w.mark(req, a, fresh)
	w.passFresh += len(fresh)
	if len(fresh) > 0 {
		w.idle = 0
	} else {
		w.idle++
	}
	switch {
	case req.Count > 0:
		w.afterCount(req.Count, len(a.Keys), len(fresh))
	case w.Unpaged:
		w.afterPlain(a)
	case w.repeats(req.Page, len(a.Keys), print) && (!changed || w.idle > 1):
		w.next = Request{Count: w.count}
		if w.count < 0 {
			w.next.Count = allOfThem
		}
	default:
		if req.Page == 1 {
			w.first, w.firstLen = print, len(a.Keys)
		}
		w.afterPage(req.Page, a, fresh, fell)
	}
	w.before = print
	return fresh
}

// shift moves pos back by the records that left the list since the answer before.
func (w *Walk) shift(a Answer) (fell, changed bool) {
	fall := 0
	if count := a.RecordCount; count >= 0 {
		changed = w.count >= 0 && count != w.count
		fall = w.count - count
		if w.count >= 0 {
			w.rises += max(0, -fall)
		}
		w.count = count
	}
	fall = max(fall, a.GoneAfter-w.gone)
	w.gone = a.GoneBefore
	if fall > 0 {
		w.falls += fall
		w.fell2 += fall
		w.pos = max(0, w.pos-fall)
		w.lookBack = true
		changed = true
	}
	w.moved = w.moved || changed
	return fall > 0, changed
}

// repeats reports whether a page is page 1 or the page before once more: the server ignores paging.
func (w *Walk) repeats(page, rows int, print uint64) bool {
	return page != 1 && rows > 0 && (print == w.first || print == w.before)
}

// afterPage advances pos over a page and chooses the next one.
func (w *Walk) afterPage(page int, a Answer, fresh []int, fell bool) {
	rows := len(a.Keys)
	short := w.step > 0 && rows < w.step
	w.step = max(w.step, rows)
	begin := (page - 1) * w.step
	if len(fresh) < rows && page > 1 {
		w.moved = true
		w.unsteady = w.unsteady || rows-len(fresh) > w.high+w.rises-begin
	}
	w.high = max(w.high, begin+rows)
	if begin <= w.pos {
		w.pos = begin + rows
	}
	if page == 1 && rows > 0 && (w.count > rows || w.count < 0 && rows >= leastCap) {
		// A server that caps may still count its pages by the size it was asked for: ask for what it sends.
		w.size = rows
	}
	if w.lookBack && !fell && begin <= w.pos {
		// What moved may have moved further than record_count tells, when inserts made up for some of it.
		if page > 1 && len(fresh) > 0 && fresh[0] == 0 {
			w.pos = begin - 1
		} else {
			w.lookBack = false
		}
	}
	switch {
	case w.pass > 1 && !w.SecondPass && !w.doubtful() && w.seen.Len() >= w.count:
		w.done = true // what was missing has come
	case w.idle > 16+3*w.pages():
		w.fail(page, "the list keeps changing while it is read; try again when it is quieter")
	case w.count >= 0 && w.pos >= w.count:
		w.endPass(page)
	case begin > w.pos: // something moved: back to where the unseen records are
		w.goTo(w.pos/w.step + 1)
	case rows == 0, w.count < 0 && short:
		w.endPass(page)
	case w.pos/w.step+1 == page: // a page shorter than the others with more behind it
		w.moved = true
		w.pos = page * w.step
		w.goTo(page + 1)
	default:
		w.goTo(w.pos/w.step + 1)
	}
}

// afterPlain judges the only answer of a list that has no paging parameters.
func (w *Walk) afterPlain(a Answer) {
	if w.count > len(a.Keys) {
		w.next = Request{Count: w.count}
		return
	}
	w.endPass(1)
}

// afterCount judges the answer to the request for the whole list.
func (w *Walk) afterCount(asked, rows, fresh int) {
	switch {
	case w.count >= 0 && rows >= w.count:
		w.endPass(1)
	case asked < allOfThem && rows >= asked: // the list has grown since its length was told, and may do so again
		w.next.Count = allOfThem
	case w.count >= 0:
		w.fail(1, "the server ignores both page_no and count; a narrower filter may bring the rest into reach")
	case rows > w.firstLen && rows%defaultPage != 0: // a round number may be a cap
		w.endPass(1)
	case fresh == 0 && rows < defaultPage && rows != w.asked:
		w.endPass(1)
	default:
		w.fail(1, "the server ignores both page_no and count and does not say how many records there are")
	}
}

// endPass ends the walk, or starts another pass where that can find more.
func (w *Walk) endPass(page int) {
	missing := w.seen.Len() < w.count && !w.Unpaged // one answer with enough rows has them all, also where some share an id
	again := w.pass == 1 || w.passFresh > 0
	switch {
	case (missing && w.moved || w.doubtful() || w.SecondPass) && again:
		w.pass++
		w.passFresh = 0
		if w.unsteady || w.Loose {
			w.pass2, w.fell2 = &Set{}, 0
		}
		w.goTo(1)
	case missing && w.recount():
	case missing:
		w.fail(page, noOthers)
	case w.count < 0 && !w.Unpaged && w.recount():
	case w.doubtful():
		w.fail(page, "the order of the list changes from page to page; end the sort with id")
	default:
		w.done = true
	}
}

// doubtful reports whether records may be missing although as many came as there are: some of those that came have been deleted, and
// others may have slipped from page to page. A pass that by itself sees the whole list settles it.
func (w *Walk) doubtful() bool {
	return (w.unsteady || w.Loose) && w.count >= 0 && w.seen.Len() < w.count+w.falls && (w.pass2 == nil || w.pass2.Len() < w.count+w.fell2)
}

// every returns the indices of n rows.
func every(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func (w *Walk) goTo(page int) { w.next = Request{Page: page, Size: w.size} }

func (w *Walk) pages() int {
	if w.step == 0 {
		return 0
	}
	return max(w.count, w.seen.Len()) / w.step
}

func (w *Walk) fail(page int, reason string) {
	w.done = true
	w.err = &Incomplete{RecordCount: w.count, Seen: max(w.shown, w.seen.Len()), Page: page, Reason: reason}
}

// add puts the rows' keys into the set; print is the fingerprint of the page.
func (w *Walk) add(keys []wire.Key) (fresh []int, print uint64) {
	fresh = make([]int, 0, len(keys))
	var twins map[uint64]uint64
	print = 14695981039346656037
	for i, k := range keys {
		if k.Kind == wire.KeyContent {
			// Rows without an id can be equal and yet be two: the second one on a page is another record.
			if twins == nil {
				twins = make(map[uint64]uint64)
			}
			nth := twins[k.Hash]
			twins[k.Hash]++
			k.Hash += nth * 0x9e3779b97f4a7c15
		}
		print = (print ^ uint64(k.ID) ^ k.Hash) * 1099511628211
		if w.seen.Add(k) {
			fresh = append(fresh, i)
		}
		if w.pass2 != nil {
			w.pass2.Add(k)
		}
	}
	return fresh, print
}
