// Package follow decides which page of a growing list to read next, so that the records after a cursor come in the order of their ids, each
// once, and none is passed over.
//
// It does no I/O: a caller asks [Follower.Next] for a request, sends it, and gives the response to [Follower.Accept].
package follow

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

// Answer is what the server sent for a request.
type Answer struct {
	IDs         []int64 // of the rows, in their order; 0 for a row whose id is no number
	RecordCount int     // -1 when unknown
}

// Failure is the error of a pass that cannot tell what comes after the cursor.
type Failure struct {
	RecordCount int // what the server says there is, -1 when it does not say
	Page        int // the page that was read last
	Reason      string
	// Passing is true where a later pass may well succeed.
	Passing bool
}

func (e *Failure) Error() string {
	return fmt.Sprintf("page %d of %d records: %s", e.Page, e.RecordCount, e.Reason)
}

// order is how the rows of a list come.
type order uint8

const (
	asAsked     order = iota // as the request says
	unseen                   // as the server likes: the first rows will show how
	oldestFirst              // the smallest id first, whatever is asked
	newestFirst              // the largest id first, whatever is asked
	inOneAnswer              // in no order, or without pages: only the whole list is of use
)

const (
	// leastSize is the smallest page to ask for: pages of one row cannot overlap.
	leastSize = 2
	// mostIdle is how many responses in a row may bring nothing new within a pass.
	mostIdle = 80
	// mostTurns is how often the order of a list may be another one than it was.
	mostTurns = 3
)

// Follower follows one list.
//
// Where the cursor is in the list is only ever a guess, which chooses where to read. What is given out has been proved to be what comes next:
//
//   - A page that holds a record up to the cursor and records after it: the latter were neighbors of the former. Pages are chosen so.
//   - Page 1 of a list that comes with the oldest records first.
//   - Page 5 of such a list, where page 4, read after it, ends with a record up to the cursor. Deletes and inserts only ever raise the id at a
//     position, so nothing was between them when page 5 was read. Page 1 may come in place of page 4 where the list ends before it by then: unless
//     page 4 was the same before, page 5 must begin with the same record when it is read again.
//   - The last page of a list that comes newest first, if it holds only records after the cursor, is shorter than the pages that the server
//     has sent, and record_count or an empty page behind it agrees that it is the last.
//   - Page 4 of such a list, read after page 5, which begins with a record up to the cursor, in a list that did not change in between: page 1 has
//     the same newest record before and after them, record_count is the same in all of them, and page 4 is the same when it and page 1 are read
//     again. record_count alone may be from before a change.
//   - The whole list in one response.
//
// record_count is a hint: it chooses where to read, and ends nothing without a second sign. A page that is empty although something tells of rows
// there is believed only when it comes so again, and no record that a page has shown is passed over until it is seen to be gone.
type Follower struct {
	cursor int64 // id of the last record that was given out
	at     int   // where in the list the records up to the cursor end: the latest guess
	order  order
	turns  int // how often the order was not the one expected
	// trusted is set once records have been given out since the list is in order.
	trusted bool
	serving

	pass  pass
	state state
	next  page.Request
	err   *Failure
}

// state is what the next response is for.
type state uint8

const (
	over  state = iota // nothing: the pass is over
	first              // page 1: the newest records, or how the list is ordered
	up                 // a page around the cursor, with the oldest records first
	down               // the same with the newest records first
	again              // page 1, to see whether the list has changed
	all                // the whole list
	one                // one record of it, to see whether the server honors count
)

// pass is one reading of what is new. The next pass is a new value.
type pass struct {
	idle      int                  // responses in a row that brought nothing new
	questions map[page.Request]int // since something was given out, or was seen to have changed
	answers   map[page.Request]int64
	poll      bool         // it begins where no page shows both a record that was read and what comes after the last one
	ends      int          // how often the end of the list was reached before a newer record that was seen
	level     int          // how often the same question would have been asked again
	astray    bool         // where record_count says to look leads nowhere
	longest   int          // the longest page
	ofRows    int          // how many rows a full page had whose record_count was the same
	doubted   page.Request // its response had no rows, and is not believed until it has come twice
	sighted   []sighting   // in the order of their ids
	passing   bool         // one of them would be passed over
	told      bool         // record_count has come
	same      bool         // the response to the same request was the same before; says nothing of one without rows
	changes   int          // how often record_count, or the response to the same request, has changed
	doubts    int          // how often that was so
	around
}

// New returns a Follower of the records with ids above after. It asks for pages of at most size, which is at least 2: pages must overlap.
//
// sortable says that the list can be sorted; of any other the rows show how it is sorted.
func New(after int64, size int, sortable bool) *Follower {
	f := &Follower{order: unseen, cursor: max(0, after), serving: serving{asked: max(size, leastSize), count: -1}}
	if sortable {
		f.order = asAsked
	}
	f.Begin()
	return f
}

// Begin starts another pass over what is new, after the one before has ended.
func (f *Follower) Begin() {
	f.given = 0
	f.gave, f.tried = 0, f.limit
	f.pass, f.err = pass{questions: map[page.Request]int{}, answers: map[page.Request]int64{}, around: newAround()}, nil
	switch f.order {
	case oldestFirst:
		f.state = up
		f.pass.meet(f.at)
		f.polls = !f.polls
		f.seek()
		if f.pass.poll = f.pass.beyond; f.polls && f.pass.poll {
			f.next.Page-- // what came may have slipped onto the page before: every other time that one is looked at
		}
	case inOneAnswer:
		f.readAll()
	default:
		f.readFirst()
	}
	f.pass.questions[f.next]++
}

// Rewind begins another pass, over the records with ids above after. It is for a caller who has not taken all that was given out.
func (f *Follower) Rewind(after int64) {
	f.cursor = after
	f.at = max(0, f.at-f.given)
	f.Begin()
	f.pass.poll = false // where they end is a guess
}

// Next returns the request to send, or false when the pass is over; see Err.
func (f *Follower) Next() (page.Request, bool) { return f.next, f.state != over }

// Err returns nil, or a *Failure once the pass has ended without finding out what is new.
func (f *Follower) Err() error {
	if f.err == nil {
		return nil
	}
	return f.err
}

// Cursor is the id of the last record that was given out.
func (f *Follower) Cursor() int64 { return f.cursor }

// Accept takes the response to Next's request and returns which rows are the next records, by index and in the order of their ids.
//
// With previous the indices are those of the response before this one, which this one has proved.
func (f *Follower) Accept(a Answer) (next []int, previous bool) {
	if slices.Contains(a.IDs, 0) {
		f.fail("a row has no id that is a positive number", false)
		return nil, false
	}
	p, size := &f.pass, f.next.Size
	if len(a.IDs) == 0 && p.doubted != f.next && f.doubtful(a.RecordCount) {
		f.doubt()
		return nil, false
	}
	if len(a.IDs) > 0 && p.doubted == f.next { // an empty one is to come twice in a row
		p.doubted = page.Request{}
	}
	f.counted(a)
	if f.moved > 0 && !f.wrong {
		p.steady = false
		p.changes++
	}
	p.idle++
	f.note(a)
	f.absent(a.IDs)
	req, state := f.next, f.state
	switch state {
	case first:
		next = f.first(a.IDs)
	case up, down:
		next, previous = f.page(a.IDs)
	case again:
		next, previous = f.unchanged(a.IDs)
	case all:
		next = f.whole(a.IDs)
	case one:
		next, previous = f.single(a.IDs)
	case over:
	}
	if f.sight(req, a.IDs); p.passing || f.state == over && f.err == nil && len(p.sighted) > 0 {
		f.anew(state)
	}
	if len(next) > 0 {
		p.idle, p.level = 0, 0
		f.smaller.Came(size, f.asked)
		clear(p.questions)
		f.given += len(next)
		f.trusted = true
		if f.gave += len(next); f.gave >= 2*f.limit && !p.tried { // there are more than one page of them
			f.gave, f.tried = 0, 0
		}
	}
	if f.state == over {
		return next, previous
	}
	if p.questions[f.next] >= mostAsked {
		f.otherwise()
	}
	p.questions[f.next]++
	if p.idle > mostIdle {
		f.fail(page.NeverRests, true)
	}
	return next, previous
}

// mostAsked is how often the same may be asked while nothing changes: a page is read again to prove what is between it and the next, and
// twice where two readings must agree.
const mostAsked = 4

// note sees whether the response to a question is another one than before. Then all may be asked again, and no record need be where it was.
func (f *Follower) note(a Answer) {
	p := &f.pass
	print := int64(a.RecordCount)
	for _, id := range a.IDs {
		print = print*1099511628211 ^ id
	}
	before, asked := p.answers[f.next]
	p.same = before == print
	if asked && !p.same {
		clear(p.questions)
		p.questions[f.next]++
		p.changes++
	}
	p.answers[f.next] = print
}

// otherwise chooses another way, where the same question would be asked again and nothing has changed.
func (f *Follower) otherwise() {
	p := &f.pass
	if p.level++; p.level > 1 || f.state == first {
		f.readAll()
		return
	}
	p.astray = true
	p.lo, p.hi, p.met = 0, unknown, false
	if f.seek(); f.order == asAsked {
		f.next.Page = 1 // it shows whether the list is sorted as asked
	}
}

// turned notes an order that was not expected, and reports whether it can be relied on.
func (f *Follower) turned(found order) bool {
	if found == f.order {
		return true
	}
	f.turns++
	f.order = found
	clear(f.pass.questions)
	return found != inOneAnswer && f.turns <= mostTurns
}

// sorted reports whether a page comes in the order that is expected. Where it does not, another beginning has been made.
func (f *Follower) sorted(ids []int64, expected order) bool {
	found := orderOf(ids)
	switch {
	case found == unseen || found == expected:
		return true
	case f.turned(found):
		f.readFirst()
	case f.trusted:
		f.fail("the list is not in the order of its ids, so that records may have been passed over; All reads such a list", false)
	default:
		f.order = inOneAnswer
		f.readAll()
	}
	return false
}

// finish ends the pass with the last of what is new.
func (f *Follower) finish(next []int) []int {
	f.state = over
	return next
}

func (f *Follower) fail(reason string, passing bool) {
	f.state = over
	f.err = &Failure{RecordCount: f.count, Page: max(1, f.next.Page), Reason: reason, Passing: passing}
}

// take returns the indices of the rows after the cursor, in the order of their ids, and moves the cursor to the last of them.
func (f *Follower) take(ids []int64) []int {
	var next []int
	for i, id := range ids {
		if id > f.cursor {
			next = append(next, i)
		}
	}
	slices.SortStableFunc(next, func(a, b int) int { return cmp.Compare(ids[a], ids[b]) })
	next = slices.CompactFunc(next, func(a, b int) bool { return ids[a] == ids[b] })
	if len(next) == 0 {
		return nil
	}
	last := ids[next[len(next)-1]]
	if f.pass.passing = f.passes(ids, last); f.pass.passing {
		return nil
	}
	f.cursor = last
	return next
}

// orderOf tells how rows are sorted: unseen where there are not two of them, inOneAnswer where they are not. Ten rows of a list in no order look
// sorted once in two million lists.
func orderOf(ids []int64) order {
	up, down := slices.IsSorted(ids), slices.IsSortedFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) })
	switch {
	case up && down:
		return unseen
	case up:
		return oldestFirst
	case down:
		return newestFirst
	}
	return inOneAnswer
}
