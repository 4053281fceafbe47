package paging

import "github.com/halopsa-go/halopsa/internal/page"

// pass is one reading of the list from the front. The next pass is a new value.
//
// The invariant: the records at the positions before pos have all been seen, in this pass or before. A page is read at pos until pos reaches
// record_count. Whatever moves records towards the front (a falling record_count, a delete of our own) moves pos back by as much, so that what
// slipped over the boundary is read again. Records that move back are only seen twice.
//
// The exceptions, each of which leaves a trace by which a later pass is begun:
//   - A page shorter than the others with more behind it: pos skips what it lacks, and listing.moved is set.
//   - An insert that makes up for a delete: pos is too large by as much. lookBack and WithSecondPass are for that.
//   - An order that changes: positions mean nothing. listing.unsteady or Options.Loose says so, and only a pass that sees the whole list by itself
//     settles it.
//
// Only idle outlives the pass: a list that keeps changing is given up after so many responses, however many passes they are of.
type pass struct {
	number int // from 1
	pos    int // see above
	fresh  int // new records in this pass
	idle   int // responses in a row without a new record
	// lookBack is set while it reads behind pos, until a page begins with a record that was seen.
	lookBack bool

	first    uint64 // fingerprint of page 1 as it was read last
	firstLen int
	before   uint64 // fingerprint of the page that was read last

	seen  *Set // what this pass by itself has seen; nil where the order is not in doubt
	falls int  // how far the list fell meanwhile
}

// next returns the pass after this one. alone has it note what it sees by itself.
func (p *pass) next(alone bool) pass {
	next := pass{number: p.number + 1, idle: p.idle}
	if alone {
		next.seen = &Set{}
	}
	return next
}

// took notes a page, or the whole list, and reports whether it is page 1 or the page before again: the server ignores paging.
func (p *pass) took(number, rows, fresh int, print uint64) (repeats bool) {
	repeats = number != 1 && rows > 0 && (print == p.first || print == p.before)
	p.fresh += fresh
	p.idle++
	if fresh > 0 {
		p.idle = 0
	}
	if number == 1 {
		p.first, p.firstLen = print, rows
	}
	p.before = print
	return repeats
}

// fall moves the pass back by the records that left the list.
func (p *pass) fall(by int) {
	p.falls += by
	p.pos = max(0, p.pos-by)
	p.lookBack = true
}

// read advances over a page of so many rows that begins at a position. headNew says that the first of its rows is new, fell that the list shrank
// before it came.
func (p *pass) read(begin, rows int, headNew, fell bool) {
	if begin <= p.pos {
		p.pos = begin + rows
	}
	if p.lookBack && !fell && begin <= p.pos {
		// What moved may have moved further than record_count tells, when inserts made up for some of it.
		if begin > 0 && headNew {
			p.pos = begin - 1
		} else {
			p.lookBack = false
		}
	}
}

// afterPage advances over a page and chooses the next one.
func (w *Walk) afterPage(number int, a Answer, fresh []int, fell bool) {
	l, p, rows := &w.list, &w.pass, len(a.Keys)
	begin, short := l.page(number, rows, len(fresh))
	p.read(begin, rows, len(fresh) > 0 && fresh[0] == 0, fell)
	switch {
	case p.number > 1 && !w.SecondPass && !w.doubtful() && w.seen.Len() >= l.count:
		w.done = true // what was missing has come
	case p.idle > 16+3*l.pages(w.seen.Len()):
		w.fail(number, page.NeverRests)
	case l.count >= 0 && p.pos >= l.count:
		w.endPass(number)
	case begin > p.pos: // something moved: back to where the unseen records are
		w.goTo(p.pos/l.step + 1)
	case rows == 0, l.count < 0 && short:
		w.endPass(number)
	case p.pos/l.step+1 == number: // a page shorter than the others with more behind it
		l.moved = true
		p.pos = number * l.step
		w.goTo(number + 1)
	default:
		w.goTo(p.pos/l.step + 1)
	}
}

// endPass ends the walk, or starts another pass where that can find more.
func (w *Walk) endPass(number int) {
	missing := w.seen.Len() < w.list.count && !w.Unpaged // one response with enough rows has them all, also where some share an id
	again := w.pass.number == 1 || w.pass.fresh > 0
	switch {
	case (missing && w.list.moved || w.doubtful() || w.SecondPass) && again:
		w.pass = w.pass.next(w.list.unsteady || w.Loose)
		w.goTo(1)
	case missing && w.recount():
	case missing:
		w.fail(number, noOthers)
	case w.list.count < 0 && !w.Unpaged && w.recount():
	case w.doubtful():
		w.fail(number, "the order of the list changes from page to page; end the sort with id")
	default:
		w.done = true
	}
}

// doubtful reports whether records may be missing although as many came as there are: some of those that came have been deleted, and
// others may have slipped from page to page. A pass that by itself sees the whole list settles it.
func (w *Walk) doubtful() bool {
	l, p := &w.list, &w.pass
	return (l.unsteady || w.Loose) && l.count >= 0 && w.seen.Len() < l.count+l.falls && (p.seen == nil || p.seen.Len() < l.count+p.falls)
}
