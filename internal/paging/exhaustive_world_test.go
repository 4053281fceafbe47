package paging_test

import (
	"fmt"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// world is a list that is served in one way, and what happens to it between two requests. A Chooser decides about all of it.
type world struct {
	kind
	list    []int64 // in the order in which it is served, but for newestFirst
	next    int64   // the id of the record that comes next
	step    int64   // between two ids
	before  int     // how many records there were at the request before, -1 at the first
	budget  int     // events that may still happen
	given   []int64 // to the caller
	twice   bool    // one of them was given before
	begun   int     // our own deletes
	over    int
	later   []int64 // our own deletes that the server has yet to carry out
	ending  int     // our own deletes that are over with the response
	added   int     // since the last response
	removed int     // by others, since the last response
	hidden  bool    // as many were added as went between two requests
	inserts int
	events  int
	result
	walk    *paging.Walk
	copied  pagetest.Copied[paging.Walk] // where it is a copy
	memory  *memory
	size    int // of its pages
	there   int // so many records were there when it began
	endless int // so many requests are too many
	words   []string
	tell    bool // whether words are wanted
}

// kind is a kind of server, of list and of events.
type kind struct {
	name        string
	limit       int                               // the longest page, 0 for none
	fixed       int                               // the size of every page, 0 for as it is asked
	byAsked     bool                              // pages are counted by the size asked for, although they are capped
	uneven      bool                              // every second page is shorter by one
	ignore      bool                              // page_no and page_size: every page is the first
	count       func(total, before, rows int) int // record_count; nil is the truth
	past        pastEnd
	newestFirst bool
	order       order
	second      bool // WithSecondPass
	own         bool // our own deletes happen too
	middle      bool // records are also inserted in the middle, and move
	events      int  // at most
	part        int  // at most in the part that always runs
	// errs says that the server does not give what is needed to know that nothing is missing: a walk may end with an error.
	errs bool
}

// order is what the walk is told of the order.
type order int

const (
	byID order = iota
	byIDDown
	byRows  // the list cannot be sorted
	byOther // by another key
)

// pastEnd is what a page behind the end gets.
type pastEnd int

const (
	pastEmpty pastEnd = iota
	past404
	pastFirst
	pastLast
)

// happen lets events happen before a request. Deletes by others come first, then those of our own, moves, inserts: others orders come to the same.
func (w *world) happen(c *pagetest.Chooser) {
	for _, id := range w.later {
		w.remove(id)
	}
	w.over += len(w.later) + w.ending
	w.later, w.ending = w.later[:0], 0
	w.added, w.removed = 0, 0
	from, stage := 0, 0
	for w.budget > 0 {
		n := len(w.list)
		var mine []int64
		if w.own && stage < 2 {
			for _, id := range w.given {
				if slices.Contains(w.list, id) && !slices.Contains(w.later, id) {
					mine = append(mine, id)
				}
			}
		}
		deletes := 0
		if stage == 0 {
			deletes = n - from
		}
		places, moves := 1, 0
		if w.middle {
			places = n + 1
			if stage < 3 {
				moves = n * n
			}
		}
		pick := c.Pick(1 + deletes + 3*len(mine) + moves + places)
		if pick == 0 {
			break
		}
		pick--
		w.budget--
		w.events++
		switch {
		case pick < deletes:
			from += pick
			w.remove(w.list[from])
			w.removed++
		case pick < deletes+3*len(mine):
			stage = 1
			pick -= deletes
			id := mine[pick/3]
			w.begun++
			switch pick % 3 {
			case 0: // it is over
				w.remove(id)
				w.over++
			case 1: // it is carried out, and over with the response
				w.remove(id)
				w.ending++
			case 2: // it is carried out after the response
				w.later = append(w.later, id)
			}
		case pick < deletes+3*len(mine)+moves:
			stage = 2
			pick -= deletes + 3*len(mine)
			id := w.list[pick/n]
			w.list = slices.Delete(w.list, pick/n, pick/n+1)
			w.list = slices.Insert(w.list, pick%n, id)
		default:
			stage = 3
			at := n
			if w.middle {
				at = pick - deletes - 3*len(mine) - moves
			}
			w.list = slices.Insert(w.list, at, w.next)
			w.next += w.step
			w.added++
			w.inserts++
		}
	}
	if w.tell && (w.added+w.removed > 0 || w.begun > w.over) {
		w.words = append(w.words, fmt.Sprint("->", w.list))
	}
	w.hidden = w.hidden || w.added > 0 && w.added == w.removed
}

func (w *world) remove(id int64) {
	if at := slices.Index(w.list, id); at >= 0 {
		w.list = slices.Delete(w.list, at, at+1)
	}
}

// serve returns the rows of a response and its record_count; refused is a 404.
func (w *world) serve(req page.Request) (rows []int64, count int, refused bool) {
	n := len(w.list)
	begin, end := w.bounds(req)
	if begin >= n && req.Page > 1 {
		switch w.past {
		case past404:
			w.before = n
			return nil, 0, true // as a reader has it of an error
		case pastFirst:
			begin, end = w.bounds(page.Request{Page: 1, Size: req.Size})
		case pastLast:
			for number := min(req.Page-1, n); begin >= n && number > 0; number-- { // no list has more pages than records
				begin, end = w.bounds(page.Request{Page: number, Size: req.Size})
			}
		case pastEmpty:
		}
	}
	begin, end = min(begin, n), min(end, n)
	rows = w.list[begin:end]
	if w.newestFirst {
		rows = slices.Clone(w.list[n-end : n-begin])
		slices.Reverse(rows)
	}
	count = n
	if w.kind.count != nil {
		if w.before < 0 {
			w.before = n
		}
		count = w.kind.count(n, w.before, len(rows))
	}
	w.before = n
	return rows, count, false
}

// bounds returns where a page begins and ends.
func (w *world) bounds(req page.Request) (begin, end int) {
	size := req.Size
	if w.limit > 0 {
		size = min(size, w.limit)
	}
	if w.fixed > 0 {
		size = w.fixed
	}
	switch {
	case req.Count > 0:
		return 0, req.Count
	case w.ignore:
		return 0, max(w.fixed, 1)
	case w.byAsked:
		return (req.Page - 1) * req.Size, (req.Page-1)*req.Size + size
	case w.uneven:
		for n := 1; n <= req.Page && begin < len(w.list); n++ {
			begin, end = end, end+size
			if n%2 == 0 && size > 1 {
				end--
			}
		}
		return begin, end
	}
	return (req.Page - 1) * size, req.Page * size
}
