package paging

import (
	"strings"
	"sync"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// Deletes tell the walks under way of the deletes that their own client makes, which shift the pages. The zero value is ready for use, by several
// goroutines at once.
type Deletes struct {
	mu     sync.Mutex
	active map[string]map[*watched]struct{} // the walks under way, by list; guarded by mu
}

// watched is a walk that hears of deletes.
type watched struct {
	*Walk
	mu          sync.Mutex // is held while Walk takes a response or is asked what it has seen
	begun, over int        // DELETEs of the walk's records that have begun, and that are over; guarded by mu
}

// watch adds a walk over a list until forget is called.
func (d *Deletes) watch(list string, walk *Walk) (w *watched, forget func()) {
	list = strings.ToLower(list) // a path is the same in any case
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.active == nil {
		d.active = make(map[string]map[*watched]struct{})
	}
	if d.active[list] == nil {
		d.active[list] = make(map[*watched]struct{})
	}
	w = &watched{Walk: walk}
	d.active[list][w] = struct{}{}
	return w, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.active[list], w)
		if len(d.active[list]) == 0 {
			delete(d.active, list)
		}
	}
}

// Begin tells the walks over a list that the record with this id is about to go, and with the returned function that it is gone.
func (d *Deletes) Begin(list, id string) (over func()) {
	list = strings.ToLower(list)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.active[list]) == 0 {
		return func() {}
	}
	var told []*watched
	for w := range d.active[list] {
		if w.begin(wire.KeyOf(id)) {
			told = append(told, w)
		}
	}
	return func() {
		for _, w := range told {
			w.end()
		}
	}
}

// begin notes that a DELETE begins, and reports whether it is of a record of this walk.
func (w *watched) begin(id wire.Key) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.Seen(id) {
		return false
	}
	w.begun++
	return true
}

// end notes that a DELETE is over.
func (w *watched) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over++
}

func (w *watched) goneBefore() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

// accept gives the walk a response; GoneAfter is filled in.
func (w *watched) accept(a Answer) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.GoneAfter = w.begun
	return w.Accept(a)
}
