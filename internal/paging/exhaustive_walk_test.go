package paging_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

var planner = pagetest.PlannerOf[paging.Walk]()

// world returns the beginning of a walk over n records in pages of a size.
func (k kind) world(n, size, budget int) *world {
	w := &world{kind: k, size: size, there: n, step: 1, before: -1, budget: budget, endless: endless, walk: newWalk(size, k), memory: &memory{Copier: planner.Copier()}}
	if strings.Contains(k.name, "sparse") {
		w.step = 10
	}
	w.next = w.step
	for range n {
		w.list = append(w.list, w.next)
		w.next += w.step
	}
	return w
}

// scramble puts the list into an order that the ids do not show.
func (w *world) scramble(c *pagetest.Chooser) {
	if !w.middle && w.order == byRows || len(w.list) < 2 {
		return
	}
	switch c.Pick(3) {
	case 1:
		w.list[0], w.list[len(w.list)-1] = w.list[len(w.list)-1], w.list[0]
	case 2:
		for i := 0; i+1 < len(w.list); i += 2 {
			w.list[i], w.list[i+1] = w.list[i+1], w.list[i]
		}
	}
}

// result is what came of a walk.
type result struct {
	requests int
	changed  bool // record_count did
	count    int
	up, down bool // a response had larger ids behind smaller ones, or the other way around
	wild     bool // a response told of fewer records than it shows that there are
}

func (r *result) looksSorted() bool { return !r.up || !r.down }

const (
	endless     = 80   // requests of a walk over a short list
	longEndless = 1500 // and over a long one
)

// Step lets events happen and makes a request.
func (w *world) Step(c *pagetest.Chooser) bool {
	switch {
	case w.requests > 0:
		w.happen(c)
	case w.order >= byRows || strings.Contains(w.name, "sort ignored"):
		w.scramble(c)
	}
	w.requests++
	a := paging.Answer{GoneBefore: w.over, GoneAfter: w.begun}
	req, _ := w.walk.Next()
	rows, count, refused := w.serve(req)
	w.wild = w.wild || len(rows) > 0 && (req.Page-1)*req.Size+len(rows) > count
	w.changed = w.changed || w.requests > 1 && count != w.result.count
	w.result.count = count
	for i := 1; i < len(rows); i++ {
		w.up, w.down = w.up || rows[i-1] < rows[i], w.down || rows[i-1] > rows[i]
	}
	a.RecordCount = count
	if count >= 0 && count < len(rows) {
		a.RecordCount = -1 // package wire does not believe it
	}
	a.Keys = make([]wire.Key, 0, len(rows))
	for _, id := range rows {
		a.Keys = append(a.Keys, wire.Key{ID: id})
		a.Print = a.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
	}
	a.Refused = refused
	for _, i := range w.walk.Accept(a) {
		w.twice = w.twice || slices.Contains(w.given, rows[i])
		w.given = append(w.given, rows[i])
	}
	if w.tell {
		w.words = append(w.words, fmt.Sprintf("%d*%d+%d:%v/%d", req.Page, req.Size, req.Count, rows, count))
	}
	_, more := w.walk.Next()
	return more && w.requests <= w.endless
}

// replay returns what happened in a walk, word by word.
func (w *world) replay(picks []int) []string {
	w.tell = true
	for c := pagetest.Repeat(picks); w.Step(c); {
	}
	return w.words
}

// Judge holds the promise against what came of a walk.
func (w *world) Judge() (spare int, found []int) {
	if w.requests > w.endless {
		return pagetest.Endless, nil
	}
	missing, passed, err := 0, 0, w.walk.Err()
	for _, id := range w.list {
		switch {
		case slices.Contains(w.given, id):
		case id <= int64(w.there)*w.step:
			missing++
		case w.newestFirst: // it came in front of what was read: an error that says so is no false alarm
			passed++
		}
	}
	switch {
	case missing > 0 && err == nil && (w.tellsHidden() && w.hidden || w.tellsWild() && !w.wild || w.tellsChanged() && w.changed && w.looksSorted()):
		found = append(found, documented)
	case missing > 0 && err == nil:
		found = append(found, lost)
	case missing+passed == 0 && err != nil && !w.errs:
		found = append(found, falseAlarm)
	}
	if w.twice {
		found = append(found, twice)
	}
	return min(w.most(), w.endless) - w.requests, found
}

// tellsHidden says that a list of this kind may hide a delete by an insert.
func (k kind) tellsHidden() bool {
	return !k.second && !strings.Contains(k.name, "no count") && !strings.Contains(k.name, "of rows")
}

// tellsWild says that a list of this kind could not look more like one that stays, as long as no response tells of fewer records than it shows.
func (k kind) tellsWild() bool { return strings.Contains(k.name, "count capped") }

// tellsChanged says that the order of a list of this kind is what its rows show.
func (k kind) tellsChanged() bool { return k.middle && k.order != byOther }

// most is how many requests a walk may take.
func (w *world) most() int {
	size := w.size
	if w.limit > 0 {
		size = min(size, w.limit)
	}
	if w.fixed > 0 {
		size = min(size, w.fixed)
	}
	pages := (w.there+w.inserts)/size + 1
	switch {
	case strings.Contains(w.name, "too large"): // an empty list is asked for twice besides
		return (w.events+6)*(pages+1) + 6
	case w.middle, w.order == byOther, w.past > past404, w.uneven && w.kind.count != nil, w.order == byIDDown && (!w.newestFirst || w.kind.count != nil || w.past > pastEmpty || w.second):
		// it is read until two readings agree
		return (w.events+5)*(pages+1) + 6
	case w.kind.count == nil && !w.second && w.events == 0 && !w.uneven && !w.ignore:
		return pages
	}
	return 3*(pages+1) + 4*w.events + 4
}

// memory is that of the walks that are not needed any more.
type memory struct {
	*pagetest.Copier[paging.Walk]
	worlds []*world
}

// Copy returns a copy of a walk in the midst of it.
func (w *world) Copy() *world {
	var c *world
	if free := w.memory.worlds; len(free) > 0 {
		c, w.memory.worlds = free[len(free)-1], free[:len(free)-1]
	} else {
		c = new(world)
	}
	own := *c
	*c = *w
	c.list = slices.Replace(own.list, 0, len(own.list), w.list...)
	c.given = slices.Replace(own.given, 0, len(own.given), w.given...)
	c.later = slices.Replace(own.later, 0, len(own.later), w.later...)
	c.copied = own.copied
	w.memory.Copy(w.walk, &c.copied)
	c.walk = c.copied.Planner
	return c
}

// Free says that a copy is not needed any more.
func (w *world) Free() {
	w.memory.Free(&w.copied)
	w.memory.worlds = append(w.memory.worlds, w)
}

// Settled reports whether no more events can happen.
func (w *world) Settled() bool { return w.budget == 0 && w.requests > 0 }

// Spent returns how many requests the walk has made.
func (w *world) Spent() int { return w.requests }

// Sum makes a number of all that what comes of a walk still depends on, but for how many requests it has made.
//
// Of the past that is what has been given to the caller of the records that are still there, as the others can neither come again nor be missing, and
// what Judge looks at. The records that were there when a walk began are the same for all over so many.
func (w *world) Sum(s *pagetest.State) pagetest.Sum {
	planner.AddTo(s, w.walk)
	s.IDs(w.list)
	s.IDs(w.later)
	for i, id := range w.list {
		if slices.Contains(w.given, id) {
			s.Ints(i)
		}
	}
	s.Ints(-1, int(w.next), w.budget, w.begun, w.over, w.ending, w.inserts)
	s.Flags(w.requests > 0, w.twice, w.tellsHidden() && w.hidden, w.tellsWild() && w.wild)
	if w.kind.count != nil {
		s.Ints(w.before)
	}
	if w.tellsChanged() {
		s.Ints(w.result.count)
		s.Flags(w.changed, w.up, w.down)
	}
	return s.Sum()
}
