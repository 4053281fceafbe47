package halopsa

import (
	"context"
	"slices"
	"sync"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// pageReader reads the pages of a walk, several at once where the caller wants that. Answers are used in the order of the pages.
type pageReader[T any] struct {
	ctx    context.Context
	w      *walker
	walk   *watchedWalk
	ahead  []*pageInFlight[T] // the pages asked for and not yet used, in order
	flying sync.WaitGroup
}

// pageInFlight is a page that was asked for.
type pageInFlight[T any] struct {
	req    page.Request
	before int // deletes of our own that were over when it was asked for
	cancel context.CancelFunc
	done   chan struct{} // closed when rows and err are there
	rows   wire.List[T]
	err    error
	panics any // of somebody else's code, such as a transport; it is passed on to the caller
}

// read returns the answer to req, which is the walk's next request.
func (r *pageReader[T]) read(req page.Request) (rows wire.List[T], before int, err error) {
	if r.w.conf.prefetch < 2 {
		before = r.walk.goneBefore()
		rows, err = fetch[T](r.ctx, r.w, req, r.walk.ByContent())
		return rows, before, err
	}
	if len(r.ahead) > 0 && (r.ahead[0].req != req || !r.walk.Steady()) {
		r.drop() // what was read before the list moved says nothing of where its records are now
	}
	if len(r.ahead) == 0 {
		r.ask(req)
	}
	for _, next := range r.walk.Ahead(r.w.conf.prefetch - 1) {
		if !slices.ContainsFunc(r.ahead, func(p *pageInFlight[T]) bool { return p.req == next }) {
			r.ask(next)
		}
	}
	first := r.ahead[0]
	r.ahead = r.ahead[1:]
	<-first.done
	first.cancel()
	if first.panics != nil {
		panic(first.panics)
	}
	return first.rows, first.before, first.err
}

// ask reads a page in the background.
func (r *pageReader[T]) ask(req page.Request) {
	ctx, cancel := context.WithCancel(r.ctx)
	byContent := r.walk.ByContent()
	p := &pageInFlight[T]{req: req, before: r.walk.goneBefore(), cancel: cancel, done: make(chan struct{})}
	r.ahead = append(r.ahead, p)
	r.flying.Go(func() {
		defer close(p.done)
		defer func() { p.panics = recover() }()
		p.rows, p.err = fetch[T](ctx, r.w, req, byContent)
	})
}

// drop stops what is under way and forgets it.
func (r *pageReader[T]) drop() {
	for _, p := range r.ahead {
		p.cancel()
	}
	r.ahead = nil
}

// end stops what is under way and waits until it has stopped: no goroutine outlives the walk.
func (r *pageReader[T]) end() {
	r.drop()
	r.flying.Wait()
}
