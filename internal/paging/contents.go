package paging

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// contents is what a walk needs to continue where ids turn out not to tell the records apart.
//
// A walk knows records by their ids, until two rows of one response share an id and differ. From there on it knows them by their content. What came
// before has been given to the caller by id, so it is read again, page by page. On a list that has not changed each page is what it was: the
// rows that were given out are told from those that were passed over for their ids, and the latter come now. Where a page is not what it was,
// nobody can tell, and the walk ends with an error. Of each page only a number is kept.
type contents struct {
	keys   bool          // the records are known by their content
	marks  []mark        // the responses so far
	passed map[int][]int // by response, from 0: the rows that were passed over for their ids
	shared bool          // rows came twice in a way that the order does not explain
	again  *replay       // nil unless the pages of the first pass are being read again
}

// mark is what is kept of a response.
type mark struct {
	req   page.Request
	print uint64
}

// replay is the second reading of those pages.
type replay struct {
	pages  int          // how many have been read again
	resume page.Request // what was asked for when ids were found to be shared; zero where the walk was over but for the doubt
}

// changedMeanwhile is the reason for an error where what was given out cannot be told from what was not.
const changedMeanwhile = "rows share an id, and the list changed while they were being told apart by their content; try again when it is quieter"

// ByContent reports whether the keys of the next response must be made of the rows' content.
func (w *Walk) ByContent() bool { return w.contents.keys }

// mark takes down what one page of the first pass held.
func (w *Walk) mark(req page.Request, a Answer, fresh []int) {
	c := &w.contents
	if c.keys || w.moved { // for speed: they are not needed any more
		return
	}
	if w.loose != nil && w.loose.number > w.loose.begun {
		return
	}
	repeats := func(m mark) bool { return m.print == a.Print }
	var passed []int
	if len(fresh) < len(a.Keys) { // for speed: none can have been passed over
		passed = passedOver(a.Keys, fresh)
	}
	if len(passed) > 0 && !slices.ContainsFunc(c.marks, repeats) { // a page that came before holds the same records
		if c.passed == nil {
			c.passed = make(map[int][]int)
		}
		c.passed[len(c.marks)] = passed
	}
	c.marks = append(c.marks, mark{req, a.Print})
}

// passedOver returns the rows of a page that are not new by their ids and may still be other records.
func passedOver(keys []wire.Key, fresh []int) (passed []int) {
	here := make(map[wire.Key]struct{}, len(keys))
	for i, key := range keys {
		_, twin := here[key] // of one page they would differ with ByContent alone
		here[key] = struct{}{}
		if _, found := slices.BinarySearch(fresh, i); !found && !twin && key.Kind != wire.KeyContent {
			passed = append(passed, i)
		}
	}
	return passed
}

// turn goes over to content after the response to req, and reports whether the pages before it are to be read again.
func (w *Walk) turn(req page.Request) bool {
	w.contents.keys = true
	if w.seen.Len() == 0 {
		return false
	}
	if !w.rewind(req) {
		w.fail(max(1, req.Page), changedMeanwhile)
	}
	return true
}

// recount tells the records apart by their content, where ids came twice on different pages and some are missing, or may be. It reports whether the
// pages are to be read again.
func (w *Walk) recount() bool {
	return !w.contents.keys && len(w.contents.passed) > 0 && w.rewind(page.Request{})
}

// rewind begins to read the pages of the first pass again, and to continue with resume after them.
func (w *Walk) rewind(resume page.Request) bool {
	if w.moved {
		return false
	}
	w.contents.keys, w.contents.again = true, &replay{resume: resume}
	w.shown, w.seen = w.seen.Len(), Set{}
	w.sorted, w.loose = nil, w.newLoose()
	w.next = w.contents.marks[0].req
	return true
}

// replay takes a response to a request that was made before and returns the rows that were passed over then although no other has their content.
func (w *Walk) replay(a Answer, changed bool) []int {
	c, again := &w.contents, w.contents.again
	at := again.pages
	over := again.resume == page.Request{}
	number := c.marks[at].req.Page
	if changed || a.Print != c.marks[at].print {
		switch {
		case !over:
			w.fail(number, changedMeanwhile)
		case w.count > w.shown:
			w.fail(number, noOthers)
		default:
			w.done = true // the list moves: that is why rows came twice
		}
		return nil
	}
	r := &reply{req: w.next, count: a.RecordCount, told: a.RecordCount, size: a.PageSize, print: a.Print}
	repeats, print := w.add(a.Keys, r)
	w.loose.take(r, repeats)
	w.loose.judge(r, repeats, print, w.seen.Len(), w.static)
	fresh := slices.DeleteFunc(r.fresh, func(i int) bool { return !slices.Contains(c.passed[at], i) })
	w.shown += len(fresh)
	again.pages++
	switch {
	case again.pages < len(c.marks):
		w.next = c.marks[again.pages].req
	case !over:
		c.again, w.next = nil, again.resume
	case w.seen.Len() < w.count:
		w.fail(number, noOthers)
		w.err.(*Incomplete).AllRead = true //nolint:errorlint,forcetypeassert // it was made just now
	default:
		w.done = true
	}
	return fresh
}
