package halopsa

import (
	"strconv"
	"sync"

	"github.com/halopsa-go/halopsa/internal/paging"
)

// watchedWalk is a walk that hears of the deletes its own client makes, which shift the pages.
type watchedWalk struct {
	mu sync.Mutex
	*paging.Walk
	begun, over int
}

func (w *watchedWalk) goneBefore() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.over
}

// accept gives the walk an answer; GoneAfter is filled in.
func (w *watchedWalk) accept(a paging.Answer) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.GoneAfter = w.begun
	return w.Accept(a)
}

// walks are the walks under way, by resource.
type walks struct {
	mu     sync.Mutex
	active map[string]map[*watchedWalk]struct{}
}

// watch adds a walk until the returned function is called.
func (w *walks) watch(resource string, walk *watchedWalk) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.active == nil {
		w.active = make(map[string]map[*watchedWalk]struct{})
	}
	if w.active[resource] == nil {
		w.active[resource] = make(map[*watchedWalk]struct{})
	}
	w.active[resource][walk] = struct{}{}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.active[resource], walk)
		if len(w.active[resource]) == 0 {
			delete(w.active, resource)
		}
	}
}

// deleting tells the walks over a resource that one of their records is about to go, and with the returned function that it is gone.
func (w *walks) deleting(resource, segment string) (over func()) {
	id, err := strconv.ParseInt(segment, 10, 64)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil || len(w.active[resource]) == 0 {
		return func() {}
	}
	var told []*watchedWalk
	for walk := range w.active[resource] {
		if walk.count(id, &walk.begun) {
			told = append(told, walk)
		}
	}
	return func() {
		for _, walk := range told {
			walk.add(&walk.over)
		}
	}
}

func (w *watchedWalk) count(id int64, counter *int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.Seen(id) {
		return false
	}
	*counter++
	return true
}

func (w *watchedWalk) add(counter *int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*counter++
}
