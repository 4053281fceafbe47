package paging

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// contents is what a walk needs to go on where ids turn out not to tell the records apart.
//
// A walk knows records by their ids, until two rows of one answer share an id and differ. From there on it knows them by their content. What came
// before has been given to the caller by id, so it is read again, page by page. On a list that has not changed each page is what it was: the
// rows that were given out are told from those that were passed over for their ids, and the latter come now. Where a page is not what it was,
// nobody can tell, and the walk ends with an error. Of each page only a number is kept.
type contents struct {
	byContent bool
	replaying bool
	broken    bool          // the pages were not read from the front in their order: they cannot be read again to the same end
	marks     []uint64      // the prints of the pages of the first pass, from page 1
	passed    map[int][]int // by page, from 0: the rows that were passed over for their ids
	again     int           // how many pages have been read again
	resume    Request       // what was asked for when ids were found to be shared
	shown     int           // how many records had come by then
}

// changedMeanwhile is the reason for an error where what was given out cannot be told from what was not.
const changedMeanwhile = "rows share an id, and the list changed while they were being told apart by their content; try again when it is quieter"

// noOthers is the reason for an error where fewer records came than there are.
const noOthers = "no further page brought the others"

// ByContent reports whether the keys of the next answer must be made of the rows' content.
func (w *Walk) ByContent() bool { return w.byContent }

// mark takes down what one page of the first pass held.
func (w *Walk) mark(req Request, a Answer, fresh []int) {
	switch {
	case w.byContent || w.broken || w.pass > 1 || req.Count > 0:
		return
	case req.Page != len(w.marks)+1 || w.falls > 0:
		w.broken = true
		return
	}
	if len(fresh) < len(a.Keys) && !slices.Contains(w.marks, a.Print) { // a page that came before holds the same records
		here := make(map[wire.Key]struct{}, len(a.Keys))
		var passed []int
		for i, key := range a.Keys {
			_, twin := here[key] // of one page they would differ with ByContent alone
			here[key] = struct{}{}
			if _, found := slices.BinarySearch(fresh, i); !found && !twin && key.Kind != wire.KeyContent {
				passed = append(passed, i)
			}
		}
		if len(passed) > 0 {
			if w.passed == nil {
				w.passed = make(map[int][]int)
			}
			w.passed[len(w.marks)] = passed
		}
	}
	w.marks = append(w.marks, a.Print)
}

// turn goes over to content after the answer to req, and reports whether the pages before it are to be read again.
func (w *Walk) turn(req Request) bool {
	w.byContent = true
	if w.seen.Len() == 0 {
		return false
	}
	w.resume = req
	if !w.rewind() {
		w.fail(max(1, req.Page), changedMeanwhile)
	}
	return true
}

// recount tells the records apart by their content, where ids came twice on different pages and some are missing, or may be. It reports whether the
// pages are to be read again.
func (w *Walk) recount() bool {
	if w.byContent || len(w.passed) == 0 {
		return false
	}
	w.resume = Request{}
	return w.rewind()
}

// rewind begins to read the pages of the first pass again.
func (w *Walk) rewind() bool {
	if w.broken || w.falls > 0 {
		return false
	}
	w.byContent, w.replaying, w.again = true, true, 0
	w.shown, w.seen = w.seen.Len(), Set{}
	w.unsteady, w.pass2 = false, nil
	w.next = Request{Page: 1, Size: w.asked}
	return true
}

// replay takes a page that was read before and returns the rows that were passed over then although no other has their content.
func (w *Walk) replay(a Answer, changed bool) []int {
	page := w.again
	if changed || a.Print != w.marks[page] {
		switch {
		case w.resume != Request{}:
			w.fail(page+1, changedMeanwhile)
		case w.count >= 0:
			w.fail(page+1, noOthers)
		default:
			w.done = true // the list moves: that is why rows came twice
		}
		return nil
	}
	fresh, print := w.add(a.Keys)
	fresh = slices.DeleteFunc(fresh, func(i int) bool { return !slices.Contains(w.passed[page], i) })
	w.passFresh += len(fresh)
	w.shown += len(fresh)
	w.before, w.idle = print, 0
	if page == 0 {
		w.first = print
	}
	w.again++
	switch {
	case w.again < len(w.marks):
		w.goTo(w.again + 1)
	case w.resume != Request{}:
		w.replaying, w.next = false, w.resume
	case w.seen.Len() < w.count:
		w.fail(page+1, noOthers)
	default:
		w.done = true
	}
	return fresh
}
