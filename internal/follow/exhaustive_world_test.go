package follow_test

import (
	"fmt"
	"slices"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// kind is a kind of server and of list.
type kind struct {
	name  string
	order pagetest.Order
	// sortable says that the follower takes the list for one that can be sorted.
	sortable    bool
	limit       int                               // the longest page, 0 for none
	fixed       int                               // the size of every page, 0 for as it is asked
	byAsked     bool                              // pages are counted by the size asked for, although they are capped
	ignore      bool                              // page_no and page_size: every page is the first two rows
	ignoreCount bool                              // every response to a count is the first two rows
	count       func(total, before, rows int) int // record_count; nil is the truth
	past        pastEnd
	hole        hole // a response can have no rows, once
	sparse      bool // ids are 10 apart
	events      int  // at most
	part        int  // at most in the part that always runs
	// errs says that the server does not give what is needed to know that nothing is missing: a pass may end with an error.
	errs bool
}

// pastEnd is what a page behind the end gets.
type pastEnd int

const (
	pastEmpty pastEnd = iota
	pastRefused
	pastFirst
	pastLast
)

// hole is what record_count says beside no rows that are there.
type hole int

const (
	noHole hole = iota
	holeCounted
	holeZero
)

// world is a list that is served in one way, and what happens to it between two requests. A Chooser decides about that.
type world struct {
	kind
	list   []int64 // oldest first
	next   int64   // the id of the record that comes next
	before int     // how many records there were at the request before, -1 at the first
	budget int     // events that may still happen
	events int     // those that have happened
	empty  bool    // the next response has no rows
	holed  bool    // one had none
	words  []string
	tell   bool // whether words are wanted
}

func (k kind) step() int64 {
	if k.sparse {
		return 10
	}
	return 1
}

// happen lets events happen before a request: deletes first, then inserts; other orders come to the same.
func (w *world) happen(c *pagetest.Chooser) {
	from := 0
	for w.budget > 0 {
		pick := c.Pick(2 + len(w.list) - from)
		if pick == 0 {
			return
		}
		w.budget--
		w.events++
		if pick == 1 {
			w.list = append(w.list, w.next)
			w.next += w.step()
			from = len(w.list)
		} else {
			from += pick - 2
			w.list = slices.Delete(w.list, from, from+1)
		}
		if w.tell {
			w.words = append(w.words, fmt.Sprint("->", w.list))
		}
	}
}

// mayEmpty lets the next response have no rows, unless nobody could know that there are any.
func (w *world) mayEmpty(c *pagetest.Chooser, req page.Request, cursor int64) {
	if w.hole == noHole || w.holed || w.budget == 0 || w.hole == holeZero && req.Page <= 1 && cursor == 0 {
		return
	}
	if w.empty = c.Pick(2) == 1; w.empty {
		w.holed = true
		w.budget--
		w.events++
	}
}

// bounds returns where a page begins and ends.
func (w *world) bounds(req page.Request) (begin, end int) {
	const little = 2 // rows of a page where the request is ignored
	size := req.Size
	if w.limit > 0 {
		size = min(size, w.limit)
	}
	if w.fixed > 0 {
		size = w.fixed
	}
	switch {
	case req.Count > 0 && w.ignoreCount, req.Count == 0 && w.ignore:
		return 0, little
	case req.Count > 0:
		return 0, req.Count
	case w.byAsked:
		return (req.Page - 1) * req.Size, (req.Page-1)*req.Size + size
	}
	return (req.Page - 1) * size, req.Page * size
}

// serve returns the response to a request.
func (w *world) serve(req page.Request) follow.Answer {
	n := len(w.list)
	begin, end := w.bounds(req)
	refused := false
	if begin >= n && req.Page > 1 {
		switch w.past {
		case pastRefused:
			refused = true
		case pastFirst:
			begin, end = w.bounds(page.Request{Page: 1, Size: req.Size})
		case pastLast:
			for number := min(n, req.Page-1); begin >= n && number > 0; number-- {
				begin, end = w.bounds(page.Request{Page: number, Size: req.Size})
			}
		case pastEmpty:
		}
	}
	begin, end = min(begin, n), min(end, n)
	rows := slices.Clone(w.list[begin:end]) // the follower may hold them
	if w.order == pagetest.NewestFirst || w.order == pagetest.AsAsked && req.Newest {
		rows = slices.Clone(w.list[n-end : n-begin])
		slices.Reverse(rows)
	}
	count := n
	if w.count != nil {
		if w.before < 0 {
			w.before = n
		}
		count = w.count(n, w.before, len(rows))
	}
	w.before = n
	if w.empty {
		w.empty, rows = false, nil
		if w.hole == holeZero {
			count = 0
		}
	}
	if count < len(rows) || refused {
		count = -1 // package wire does not believe it
	}
	if w.tell {
		w.words = append(w.words, fmt.Sprintf("%d*%d+%d/%t:%v/%d", req.Page, req.Size, req.Count, req.Newest, rows, count))
	}
	return follow.Answer{IDs: rows, RecordCount: count}
}
