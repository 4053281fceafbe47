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

// stage is what the next answer is for.
type stage uint8

const (
	first  stage = iota // page 1: the newest records, or all there are
	onward              // a page around the cursor
	beyond              // the page that begins right after the cursor, where no page can begin before it and end behind it
	behind              // the page before that one, once more
	ending              // the page after one that looked like the last
	whole               // all of the list
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

// Follower is the state of following one list.
//
// The idea: in a list sorted by id, a page that holds a record up to the cursor and records after it proves that the latter are the very next
// ones, whatever was inserted or deleted elsewhere. So pages are chosen that overlap with what has been read, by one row if that can be
// arranged, and a page that does not overlap is never used. Where the cursor is in the list is only ever a guess that finds such a page
// quickly. Nothing is concluded from it but where a list that cannot be sorted ends.
type Follower struct {
	order  order
	cursor int64 // id of the last record that was given out

	serving
	span
	head    int64        // the first id of page 1, where the oldest records are on it; see ignored
	last    page.Request // the page before, and the first id on it
	lastID  int64
	repeats int
	turns   int     // how often the order was not the one expected
	front   []int64 // the ids of page 1, as it was read last
	held    []int64 // the answer before, which needs a proof
	edge    bool    // a page of the fixed size ends right at the cursor, and what proves that with the oldest first does not here

	next   page.Request
	stage  stage
	starts int
	idle   int
	done   bool
	err    *Failure
}

// New returns a Follower of the records with ids above after. It asks for pages of at most size, which is at least 10: pages must overlap.
//
// sortable says that the list can be sorted; of any other the rows show how it is sorted.
func New(after int64, size int, sortable bool) *Follower {
	f := &Follower{order: unseen, cursor: max(0, after)}
	f.serving = serving{asked: max(size, leastSize), count: -1}
	if sortable {
		f.order = asAsked
	}
	f.Begin()
	return f
}

// Begin starts another pass over what is new, after the one before has ended.
func (f *Follower) Begin() {
	f.done, f.err = false, nil
	f.starts, f.idle, f.lastID, f.repeats, f.held = 0, 0, 0, 0, nil
	f.measured, f.edge = false, false
	switch f.order {
	case oldestFirst:
		f.found(f.at)
		if f.stage == beyond && f.count >= 0 { // where nothing is new, record_count tells so on the page before
			f.stage = onward
			f.next.Page--
		}
	case inOneAnswer:
		f.readWhole(0)
	default:
		f.readFirst()
	}
}

// Next returns the request to send, or false when the pass is over; see Err.
func (f *Follower) Next() (page.Request, bool) { return f.next, !f.done }

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
	moved := 0
	if a.RecordCount >= 0 && f.count >= 0 {
		moved = max(a.RecordCount-f.count, f.count-a.RecordCount)
	}
	f.count = a.RecordCount
	f.step = max(f.step, moved)
	f.idle++
	switch f.stage {
	case first:
		next = f.atFirst(a.IDs)
	case whole:
		next = f.atWhole(a.IDs)
	default:
		next, previous = f.atPage(a.IDs)
	}
	if len(next) > 0 {
		f.idle, f.starts = 0, 0
	}
	if !f.done && f.idle > mostIdle {
		f.fail(page.NeverRests, true)
	}
	return next, previous
}

// atFirst judges page 1 at the beginning of a pass.
func (f *Follower) atFirst(ids []int64) []int {
	rows, found := len(ids), orderOf(ids)
	f.learnFirst(rows)
	if f.count >= 0 && rows >= f.count || f.count < 0 && rows < 2 || rows == 0 { // nobody serves pages of one row
		if f.order == unseen && found != inOneAnswer {
			f.order = found
		}
		f.at = rows
		return f.finish(f.take(ids))
	}
	switch {
	case found == newestFirst && (f.order == asAsked || f.order == newestFirst || f.turned(found)):
		if ids[rows-1] <= f.cursor {
			return f.finish(f.take(ids))
		}
		f.front = ids
		if f.starts++; f.starts > mostStarts {
			f.readWhole(0) // there is more, and no page has it
		} else {
			f.search(ids, false)
		}
		return nil
	case found == oldestFirst && f.turned(found):
		f.stage, f.front, f.head, f.measured = onward, ids, ids[0], true
		next, _ := f.forward(ids, 0, true)
		if len(next) == 0 && !f.done {
			f.search(ids, false)
		}
		return next
	case found != unseen:
		f.order = inOneAnswer
	}
	f.readWhole(0)
	return nil
}

// readFirst asks for page 1: of a list that can be sorted, of the newest records.
func (f *Follower) readFirst() {
	f.stage = first
	f.next = page.Request{Page: 1, Size: f.asked, Newest: f.order != oldestFirst}
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

// atPage judges a page that was read to find what follows the cursor.
func (f *Follower) atPage(ids []int64) (next []int, previous bool) {
	rows, expected := len(ids), f.order
	if expected == asAsked {
		expected = oldestFirst // the newest first is asked of page 1 only
	}
	if found := orderOf(ids); found != unseen && found != expected {
		if f.turned(found) {
			f.readFirst()
		} else {
			f.order = inOneAnswer
			f.readWhole(0)
		}
		return nil, false
	}
	if f.ignored(ids) {
		if f.order == oldestFirst {
			f.order = inOneAnswer
		}
		f.readWhole(0)
		return nil, false
	}
	begin := (f.next.Page - 1) * f.next.Size
	trial := f.fixed == 0 && !f.heeds && f.limit < f.asked && f.next.Size < f.limit
	exact := f.learn(rows)
	if trial && exact && !f.heeds && !f.plausible(ids, begin) {
		f.doubted = true // it may be that the server counts its pages by another size
		f.aimAgain()
		return nil, false
	}
	if !exact {
		begin = (f.next.Page - 1) * rows
	}
	if expected == newestFirst {
		return f.backward(ids, begin, exact), false
	}
	return f.forward(ids, begin, exact)
}

func (f *Follower) finish(next []int) []int {
	f.done = true
	return next
}

func (f *Follower) fail(reason string, passing bool) {
	f.done = true
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
