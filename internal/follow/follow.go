// Package follow decides which page of a growing list to read next, so that the records after a cursor come in the order of their ids, each
// once, and none is passed over.
//
// It does no I/O: a caller asks [Follower.Next] for a request, sends it, and gives the answer to [Follower.Accept].
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
	// leastSize is the smallest page to ask for: with fewer rows most of a page would be overlap.
	leastSize = 10
	// mostIdle is how many answers in a row may bring nothing new within a pass.
	mostIdle = 80
	// mostTurns is how often the order of a list may be another one than it was.
	mostTurns = 3
	// mostStarts is how many looks at the newest records may bring nothing new within a pass.
	mostStarts = 3
)

// Follower follows one list.
//
// The idea: in a list sorted by id, a page that holds a record up to the cursor and records after it proves that the latter are the very next
// ones, whatever was inserted or deleted elsewhere. So pages are chosen that overlap with what has been read, by one row if that can be
// arranged, and a page that does not overlap is never used. Where the cursor is in the list is only ever a guess that finds such a page
// quickly. Nothing is concluded from it but where a list that cannot be sorted ends.
//
// What the next response is for is a [state], which has what only that use of it needs. Here is what outlives it.
type Follower struct {
	cursor int64 // id of the last record that was given out
	at     int   // where in the list the records up to the cursor end: the latest guess
	order  order
	turns  int   // how often the order was not the one expected
	head   int64 // the first id of page 1, where the oldest records are on it; see ignored
	serving

	pass  pass
	state state // nil when the pass is over
	next  page.Request
	err   *Failure
}

// state is what the next response is for.
//
//	first            page 1: the newest records, or all there are
//	forward          a page around the cursor, with the oldest records first
//	  beyond           the page that begins right after the cursor, where no page can begin before it and end behind it
//	  behind           the page before that one, again
//	  ending           the page after one that looked like the last
//	backward         a page around the cursor, with the newest records first
//	whole            all of the list
type state interface {
	// accept judges the ids of the response, and chooses what is next. It returns what [Follower.Accept] does.
	accept(ids []int64) (next []int, previous bool)
}

// pass is one reading of what is new. The next pass is a new value.
type pass struct {
	idle    int          // responses in a row that brought nothing new
	starts  int          // looks at the newest records in a row that brought nothing new
	last    page.Request // the page before, and the first id on it
	lastID  int64
	repeats int // how often in a row another page began with the same record
}

// New returns a Follower of the records with ids above after. It asks for pages of at most size, which is at least 10: pages must overlap.
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
	f.pass, f.err = pass{}, nil
	switch f.order {
	case oldestFirst:
		s := &forward{search{Follower: f}}
		s.found(f.at)
		if _, is := f.state.(beyond); is && f.count >= 0 { // where nothing is new, record_count tells so on the page before
			f.state = s
			f.next.Page--
		}
	case inOneAnswer:
		f.readWhole()
	default:
		f.readFirst()
	}
}

// Next returns the request to send, or false when the pass is over; see Err.
func (f *Follower) Next() (page.Request, bool) { return f.next, f.state != nil }

// Err returns nil, or a *Failure once the pass has ended without an answer to what is new.
func (f *Follower) Err() error {
	if f.err == nil {
		return nil
	}
	return f.err
}

// Cursor is the id of the last record that was given out.
func (f *Follower) Cursor() int64 { return f.cursor }

// Accept takes the answer to Next's request and returns which rows are the next records, by index and in the order of their ids.
//
// With previous the indices are those of the answer before this one, which this one has proved.
func (f *Follower) Accept(a Answer) (next []int, previous bool) {
	for _, id := range a.IDs {
		if id == 0 {
			f.fail("a row has no id that is a positive number", false)
			return nil, false
		}
	}
	f.counted(a.RecordCount)
	f.pass.idle++
	next, previous = f.state.accept(a.IDs)
	if len(next) > 0 {
		f.pass.idle, f.pass.starts = 0, 0
	}
	if f.state != nil && f.pass.idle > mostIdle {
		f.fail(page.NeverRests, true)
	}
	return next, previous
}

// turned notes an order that was not expected, and reports whether it can be relied on.
func (f *Follower) turned(found order) bool {
	if found == f.order {
		return true
	}
	f.turns++
	f.order = found
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
	default:
		f.order = inOneAnswer
		f.readWhole()
	}
	return false
}

// finish ends the pass with the last of what is new.
func (f *Follower) finish(next []int) []int {
	f.state = nil
	return next
}

func (f *Follower) fail(reason string, passing bool) {
	f.state = nil
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
	if len(next) > 0 {
		f.cursor = ids[next[len(next)-1]]
	}
	return next
}

// orderOf tells how rows are sorted: unseen where there are not two of them, inOneAnswer where they are not. Ten rows of a list in no order look
// sorted once in two million lists.
func orderOf(ids []int64) order {
	switch {
	case slices.IsSorted(ids) && (len(ids) < 2 || ids[0] == ids[len(ids)-1]):
		return unseen
	case slices.IsSorted(ids):
		return oldestFirst
	case slices.IsSortedFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) }):
		return newestFirst
	}
	return inOneAnswer
}
