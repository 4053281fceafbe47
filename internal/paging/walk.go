// Package paging decides which page of a list to read next, so that each record is seen once, and reads the pages.
//
// The decisions do no I/O: [Walk.Next] names a request, and what came for it goes to [Walk.Accept]. A [Reader] sends the requests with the
// caller's own function, several at once where that is asked for, and [Deletes] tells the walks of what their own client deletes.
package paging

import (
	"fmt"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Answer is what the server sent for a request.
type Answer struct {
	Keys        []wire.Key
	RecordCount int // -1 when unknown
	// ByContent says that the keys are made of the rows' content. It must be so in the response to a request for which [Walk.ByContent] is true; in
	// another it says that two rows share an id and differ.
	ByContent bool
	// Print tells the rows of a response from others as a whole, by their content.
	Print uint64
	// Gone counts the records of this walk that its own client has deleted: those whose DELETE was over when the request was
	// sent, and those whose DELETE had begun when the response came.
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

// noOthers is the reason for an error where fewer records came than there are.
const noOthers = "no further page brought the others"

// Walk is one walk over a list: what was given out, what comes next, and whether it has ended.
//
// What it knows is kept by how long it holds: [listing] for as long as the walk, [pass] for one reading of the list from the front.
type Walk struct {
	Options
	asked int // page_size that the caller wants

	seen  Set // the records that were given out
	shown int // how many those were before they were told apart by their content
	next  page.Request
	done  bool
	err   error

	list     listing
	pass     pass
	contents contents
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
	return &Walk{
		Options: o, asked: size, next: page.Request{Page: 1, Size: size}, list: listing{size: size, count: -1}, pass: pass{number: 1},
	}
}

// Next returns the request to send, or false when the walk is over; see Err.
func (w *Walk) Next() (page.Request, bool) { return w.next, !w.done }

// Err returns nil, or an *Incomplete once the walk has ended without every record.
func (w *Walk) Err() error { return w.err }

// Seen reports whether the record with this id has been given to the caller.
// Where ids do not tell the records apart it may have been: then a delete moves the walk back further than it must.
func (w *Walk) Seen(id int64) bool { return w.contents.keys || w.seen.HasID(id) }

// Ahead returns the requests that are likely to follow Next, at most n of them, for a caller that reads ahead.
//
// It returns none while the length of the list is unknown, and none any more once the list has shrunk: a page read in vain costs a request.
func (w *Walk) Ahead(n int) []page.Request {
	if w.done || w.next.Count > 0 || w.list.step == 0 || !w.Steady() {
		return nil
	}
	var ahead []page.Request
	for number := w.next.Page + 1; len(ahead) < n && (number-1)*w.list.step < w.list.count; number++ {
		ahead = append(ahead, page.Request{Page: number, Size: w.list.size})
	}
	return ahead
}

// Steady reports whether nothing has moved towards the front so far, so that pages can be read before their turn.
func (w *Walk) Steady() bool { return w.list.falls == 0 && !w.list.unsteady && !w.contents.keys }

// Accept takes the response to Next's request and returns which of its rows are new, by index.
func (w *Walk) Accept(a Answer) []int {
	req := w.next
	fell, changed := w.shift(a)
	switch {
	case w.contents.again != nil:
		return w.replay(a, changed)
	case a.ByContent && !w.contents.keys && w.turn(req):
		return nil
	}
	fresh, print := w.add(a.Keys)
	if w.Unpaged && req.Count == 0 && w.pass.number == 1 {
		fresh = every(len(a.Keys)) // one response is one snapshot: rows that share an id there are meant to
	}
	w.mark(req, a, fresh)
	ignored := w.pass.took(req.Page, len(a.Keys), len(fresh), print)
	switch {
	case req.Count > 0:
		w.afterCount(req.Count, len(a.Keys), len(fresh))
	case w.Unpaged:
		w.afterPlain(a)
	case ignored && (!changed || w.pass.idle > 1):
		w.next = page.Request{Count: w.list.count}
		if w.list.count < 0 {
			w.next.Count = page.AllOfThem
		}
	default:
		w.afterPage(req.Page, a, fresh, fell)
	}
	return fresh
}

// shift takes what a response tells of changes: the list moves under the pass by the records that left it since the response before.
func (w *Walk) shift(a Answer) (fell, changed bool) {
	fall, changed := w.list.shift(a)
	if fall > 0 {
		w.pass.fall(fall)
	}
	return fall > 0, changed
}

// afterPlain judges the only response of a list that has no paging parameters.
func (w *Walk) afterPlain(a Answer) {
	if w.list.count > len(a.Keys) {
		w.next = page.Request{Count: w.list.count}
		return
	}
	w.endPass(1)
}

// afterCount judges the response to the request for the whole list.
func (w *Walk) afterCount(asked, rows, fresh int) {
	switch count := w.list.count; {
	case count >= 0 && rows >= count:
		w.endPass(1)
	case asked < page.AllOfThem && rows >= asked: // the list has grown since its length was told, and may do so again
		w.next.Count = page.AllOfThem
	case count >= 0:
		w.fail(1, page.IgnoresPaging)
	case rows > w.pass.firstLen && rows%page.Default != 0: // a round number may be a cap
		w.endPass(1)
	case fresh == 0 && rows < page.Default && rows != w.asked:
		w.endPass(1)
	default:
		w.fail(1, page.HidesLength)
	}
}

// every returns the indices of n rows.
func every(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func (w *Walk) goTo(number int) { w.next = page.Request{Page: number, Size: w.list.size} }

func (w *Walk) fail(number int, reason string) {
	w.done = true
	w.err = &Incomplete{RecordCount: w.list.count, Seen: max(w.shown, w.seen.Len()), Page: number, Reason: reason}
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
		if w.pass.seen != nil {
			w.pass.seen.Add(k)
		}
	}
	return fresh, print
}
