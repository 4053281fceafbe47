// Package paging decides which page of a list to read next, so that each record is seen once, and reads the pages.
//
// The decisions do no I/O: [Walk.Next] names a request, and what came for it goes to [Walk.Accept]. A [Reader] sends the requests with the
// caller's own function, several at once where that is asked for, and [Deletes] tells the walks of what their own client deletes.
package paging

import (
	"fmt"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Answer is what the server sent for a request.
type Answer struct {
	Keys        []wire.Key
	RecordCount int // -1 when unknown
	PageSize    int // page_size as the server says, 0 when unknown
	// Refused says that the server has no such page: a 404 or 400 for a page behind the first.
	Refused bool
	// TooMuch says that the page was too much for the server, or its response for the caller: a smaller one may come.
	TooMuch bool
	// ByContent says that the keys are built from the rows' content. It must be so in the response to a request for which [Walk.ByContent] is true; in
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
	// AllRead says that every page was read: what is missing is in no page, or record_count is not true.
	AllRead bool
	Reason  string
}

func (e *Incomplete) Error() string {
	return fmt.Sprintf("%d of %d records seen by page %d: %s", e.Seen, e.RecordCount, e.Page, e.Reason)
}

const (
	// noOthers is the reason for an error where fewer records came than there are.
	noOthers = "no further page brought the others"
	// ties is the reason for an error where no two readings of a list agree.
	ties = "no two readings of the list agree, as it changes while it is read: sort by id first, or try again when it is quieter"
	// alike is the reason for an error where rows come again in each reading.
	alike = "the same rows come on several pages each time, and nothing says whether those are one record"
)

// Walk is one walk over a list: what was given out, what comes next, and whether it has ended.
type Walk struct {
	Options
	asked int // page_size that the caller wants

	seen  Set    // the records that were given out
	sum   uint64 // of them, whatever their order
	shown int    // how many those were before they were told apart by their content
	next  page.Request
	done  bool
	err   error
	told

	sorted   *sorted // nil where the order is not that of the ids
	loose    *loose
	whole    whole
	contents contents
}

// Options say what a walk is to do.
type Options struct {
	// Unpaged sends one plain request, for endpoints that have no paging parameters.
	Unpaged bool
	// SecondPass believes no record_count, and reads the whole list again until a pass finds nothing new.
	SecondPass bool
	// Keyed says that the keys are built from other members than the id.
	Keyed bool
	// Order is how the list is sorted, as far as that is known.
	Order Order
}

// Order is how a list is sorted.
type Order int

// The orders.
const (
	ByID     Order = iota // the smallest id first
	ByIDDown              // the largest id first
	ByRows                // as the rows show, for a list that cannot be sorted
	ByOther               // by another key first: then nothing is known of the ids
)

// New returns a walk that asks for pages of size.
func New(size int, o Options) *Walk {
	w := &Walk{Options: o, asked: size, next: page.Request{Page: 1, Size: size}, told: told{count: -1, first: -1, static: true}}
	if o.Order != ByOther {
		w.sorted = w.newSorted()
	} else {
		w.loose = w.newLoose()
	}
	return w
}

func (w *Walk) newSorted() *sorted {
	return &sorted{down: w.Order == ByIDDown, strict: w.SecondPass, sizes: sizes{full: w.asked, asked: w.asked}, counter: counter{count: -1}}
}

func (w *Walk) newLoose() *loose {
	return &loose{sizes: sizes{full: w.asked, asked: w.asked}, counter: counter{count: -1}, second: w.SecondPass, begun: 1, number: 1, seen: &w.seen}
}

// Next returns the request to send, or false when the walk is over; see Err.
func (w *Walk) Next() (page.Request, bool) { return w.next, !w.done }

// Err returns nil, or an *Incomplete once the walk has ended without every record.
func (w *Walk) Err() error { return w.err }

// Seen reports whether the record with this id has been given to the caller.
// Where ids do not tell the records apart it may have been: then a delete moves the walk back further than it must.
func (w *Walk) Seen(id wire.Key) bool { return w.Keyed || w.contents.keys || w.seen.Has(id) }

// Ahead returns the requests that are likely to follow Next, at most n of them, for a caller that reads ahead.
//
// It returns none while the length of the list is unknown, and none where the list changes: a page read needlessly costs a request.
func (w *Walk) Ahead(n int) []page.Request {
	if w.next.Count > 0 || !w.Steady() {
		return nil
	}
	var ahead []page.Request
	for number := w.next.Page + 1; len(ahead) < n && (number-1)*w.next.Size < w.count; number++ {
		ahead = append(ahead, page.Request{Page: number, Size: w.next.Size})
	}
	return ahead
}

// Steady reports whether nothing has moved so far, so that pages can be read before their turn.
func (w *Walk) Steady() bool {
	return w.static && !w.contents.keys && (w.loose == nil || w.loose.number == 1)
}

// Shrink chooses a smaller page where the one of Next's request is too much for the server or the caller. It returns false where there is none.
func (w *Walk) Shrink() bool {
	size := w.next.Size
	if !w.Shrinks(size) {
		return false
	}
	w.sizes().smaller.TooMuch(size)
	if w.sorted != nil {
		w.advance(w.next.Page)
	} else {
		w.next = w.loose.next()
	}
	return true
}

// sizes returns those of the pages that the walk reads.
func (w *Walk) sizes() *sizes {
	if w.sorted != nil {
		return &w.sorted.sizes
	}
	return &w.loose.sizes
}

// counter returns what the pages told of record_count.
func (w *Walk) counter() *counter {
	if w.sorted != nil {
		return &w.sorted.counter
	}
	return &w.loose.counter
}

// Shrinks reports whether Shrink will choose a smaller page where a page of this size is too much.
func (w *Walk) Shrinks(size int) bool {
	z := w.sizes()
	return size > 1 && !z.fixed && !w.Unpaged && w.contents.again == nil // a count has no size
}

// Accept takes the response to Next's request and returns which of its rows are new, by index.
func (w *Walk) Accept(a Answer) []int {
	req := w.next
	if a.Refused {
		a.RecordCount = -1
	}
	said := a.RecordCount
	if w.hides(req, a, w.seen.Len() > 0) {
		return nil
	}
	if len(a.Keys) == 0 && req.Page > 1 && a.RecordCount == 0 { // behind the first page it says nothing of how many there are
		a.RecordCount = -1
	}
	silent := len(a.Keys) == 0 && a.RecordCount < 0
	changed := w.changes(a, silent)
	switch {
	case w.contents.again != nil:
		return w.replay(a, changed)
	case a.ByContent && !w.contents.keys && w.turn(req):
		return nil
	case req.Page == farPage:
		unseen := func(k wire.Key) bool { return !w.seen.Has(k) }
		verdict := w.loose.behind(len(a.Keys), a.Print, slices.ContainsFunc(a.Keys, unseen), changed)
		w.whole.endless = w.loose.endless > 0
		w.follow(verdict, req.Page)
		return nil
	}
	r := &reply{
		req: req, count: a.RecordCount, told: said, size: a.PageSize, refused: a.Refused, print: a.Print, silent: silent,
		gone: a.GoneAfter - w.goneBefore,
	}
	w.goneBefore = a.GoneBefore
	repeats, print := w.add(a.Keys, r)
	r.byContent = len(a.Keys) > 0 && a.Keys[len(a.Keys)-1].Kind == wire.KeyContent
	if w.Unpaged && req.Count == 0 && w.whole.again == 0 {
		r.fresh = every(len(a.Keys)) // one response is one snapshot: rows that share an id there are meant to
	}
	w.mark(req, a, r.fresh)
	if req.Count == 0 {
		w.whole.rows = max(w.whole.rows, len(a.Keys))
	}
	switch {
	case req.Count > 0:
		w.afterCount(req.Count, len(a.Keys), len(r.fresh), changed)
	case w.Unpaged:
		w.afterPlain(len(a.Keys), len(r.fresh))
	case w.sorted != nil:
		w.afterSorted(r, a.Keys, repeats, print)
	default:
		w.afterLoose(r, repeats, print)
	}
	return r.fresh
}

// afterSorted continues with a list in the order of its ids.
func (w *Walk) afterSorted(r *reply, keys []wire.Key, repeats int, print uint64) {
	if !w.places(keys, r) || !w.sorted.accept(*r) && !w.turns(r) {
		w.loosen(r, repeats, print)
		return
	}
	if w.sorted.ignored {
		w.all()
		return
	}
	w.advance(r.req.Page)
}

// advance chooses the next request of a list in the order of its ids, or ends the walk.
func (w *Walk) advance(number int) {
	s := w.sorted
	req, done, fewer := s.next()
	switch {
	case s.hollow:
		w.fail(number, hollow)
	case !done:
		w.next = req
	case s.lost, !fewer && (w.static || !s.down) && w.due() > w.seen.Len(): // the order may be no order
		w.loosen(nil, 0, 0)
	default:
		w.finish(number, fewer && !s.down)
	}
}

// turns reports whether the list comes with the largest id first, which its first page, of one record, could not show.
func (w *Walk) turns(r *reply) bool {
	first := w.sorted.last
	if w.Order == ByIDDown || w.sorted.responses != 1 || len(first.at) != 1 {
		return false
	}
	down := w.newSorted()
	down.down = true
	first.at = []int64{-first.at[0]}
	for i := range r.at {
		r.at[i] = -r.at[i]
	}
	w.sorted = down
	down.accept(first)
	return down.accept(*r)
}

// places takes down where the records are in the order of the list, and reports whether they have such a place.
func (w *Walk) places(keys []wire.Key, r *reply) bool {
	s := w.sorted
	for i, key := range keys {
		if key.Kind != wire.KeyID {
			return false
		}
		r.at[i] = key.ID
	}
	if n := len(r.at); len(s.cover) == 0 && n > 1 && (w.Order == ByRows || w.Order == ByID) {
		s.down = r.at[0] > r.at[n-1]
	}
	if s.down {
		for i := range r.at {
			r.at[i] = -r.at[i]
		}
	}
	return true
}

// loosen continues with a list of which it has turned out that it is not in the order of its ids, or that it does not let itself be read as one. r is
// the response that showed it.
func (w *Walk) loosen(r *reply, repeats int, print uint64) {
	s := w.sorted
	w.contents.shared = r != nil
	first := s.last.req.Page == 0
	w.sorted, w.loose = nil, w.newLoose()
	if first {
		w.loose.now.distinct, w.loose.now.sum = w.seen.Len(), w.sum
		w.afterLoose(r, repeats, print)
		return
	}
	w.loose.begun, w.loose.number, w.loose.sizes = 2, 2, s.sizes
	w.loose.counter.wrong, w.loose.counter.gap = s.counter.wrong, s.counter.gap
	w.seen.Begin()
	if r == nil && w.static && s.cover[len(s.cover)-1].hi == back { // it has been read to the end, and has not changed
		w.loose.before = reading{distinct: w.seen.Len(), sum: w.sum}
	}
	w.next = w.loose.next()
}

// afterLoose continues with a list in another order.
func (w *Walk) afterLoose(r *reply, repeats int, print uint64) {
	w.follow(w.loose.accept(r, repeats, print, w.seen.Len(), w.static), r.req.Page)
}

// follow does what a verdict says after a page.
func (w *Walk) follow(v verdict, number int) {
	switch v {
	case goesOn:
		w.next = w.loose.next()
	case ignored:
		w.all()
	case over:
		w.finish(number, false)
	case allRead:
		w.finish(number, true)
	case shared:
		switch {
		case w.recount():
		case w.loose.alike < mostAlike: // what moved may do so at the same places again
			w.follow(w.loose.another(false), number)
		default:
			w.fail(number, alike)
		}
	case hopeless:
		w.fail(number, ties)
	case gaping:
		w.fail(number, hollow)
	}
}

// finish ends the walk. fewer says that record_count tells of more than there is.
func (w *Walk) finish(number int, fewer bool) {
	missing := !w.fell && w.due() > w.seen.Len()
	switch {
	case (missing || fewer || w.contents.shared && w.count < 0) && w.recount():
	case missing || fewer:
		w.fail(number, noOthers)
		w.err.(*Incomplete).AllRead = true //nolint:errorlint,forcetypeassert // it was made just now
	default:
		w.done = true
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

func (w *Walk) fail(number int, reason string) {
	w.done = true
	w.err = &Incomplete{RecordCount: w.count, Seen: max(w.shown, w.seen.Len()), Page: number, Reason: reason}
}
