package paging

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/halopsa-go/halopsa/internal/page"
)

// Reader reads the pages of walks over one list. P is what a page is to the caller.
type Reader[P any] struct {
	// Fetch reads one page: what it is to the caller, and what it is to the walk, but for the deletes, which are filled in. byContent has its keys
	// built from the rows' content. Its error is the walk's, unless the response says that it is a refusal of a page. It is called by several goroutines where AtOnce says so; what it panics with reaches the caller of Pages.
	Fetch func(ctx context.Context, req page.Request, byContent, smaller bool) (P, Answer, error)
	// Resized, which may be nil, is told of a page that is too much and of the size that the next one has.
	Resized func(ctx context.Context, req page.Request, size int, err error)
	// AtOnce is how many pages are read at once; less than 2 reads each when its turn comes.
	AtOnce int
	// Deletes tell the walks what their own client deletes from List.
	Deletes *Deletes
	List    string
}

// Part is a page that has rows to give out: those with the indices Fresh.
type Part[P any] struct {
	Page    P
	Request page.Request
	Fresh   []int
}

// Pages yields what a walk gives out, in the order of the pages. It ends with the error of a fetch, or with an [Incomplete] of the walk. No
// goroutine outlives the loop.
func (r *Reader[P]) Pages(ctx context.Context, walk *Walk) iter.Seq2[Part[P], error] {
	return func(yield func(Part[P], error) bool) {
		watched, forget := r.Deletes.watch(r.List, walk)
		defer forget()
		flight := &flight[P]{reader: r, walk: watched}
		defer flight.end()
		var refused error // by the response before
		for req, more := walk.Next(); more; req, more = walk.Next() {
			got := flight.read(ctx, req)
			if got.answer.TooMuch && walk.Shrink() {
				flight.drop()
				if next, _ := walk.Next(); r.Resized != nil {
					r.Resized(ctx, req, next.Size, got.err)
				}
				continue
			}
			refused = got.err
			if got.err != nil && !got.answer.Refused {
				yield(Part[P]{}, got.err)
				return
			}
			if fresh := watched.accept(got.answer); len(fresh) > 0 && !yield(Part[P]{Page: got.page, Request: req, Fresh: fresh}, nil) {
				return
			}
		}
		if err := walk.Err(); err != nil {
			if walk.err.(*Incomplete).AllRead { //nolint:errorlint,forcetypeassert // it is no other
				refused = nil // of a page behind the end
			}
			yield(Part[P]{}, cmp.Or(refused, err))
		}
	}
}

// flight is the pages of a walk that were asked for and not yet used, in their order.
type flight[P any] struct {
	reader *Reader[P]
	walk   *watched
	ahead  []*inFlight[P]
	flying sync.WaitGroup
}

// inFlight is a page that was asked for in the background.
type inFlight[P any] struct {
	req    page.Request
	cancel context.CancelFunc
	done   chan struct{} // closed when the rest is there
	response[P]
	panics any // of somebody else's code, such as a transport; it is passed on to the caller
}

// response is what came of a request.
type response[P any] struct {
	page   P
	answer Answer
	err    error
}

// fetch sends a request. before is how many of our own deletes were over by then.
func (f *flight[P]) fetch(ctx context.Context, req page.Request, byContent, smaller bool, before int) (r response[P]) {
	r.page, r.answer, r.err = f.reader.Fetch(ctx, req, byContent, smaller)
	r.answer.GoneBefore = before
	return r
}

// read returns what came of req, which is the walk's next request.
func (f *flight[P]) read(ctx context.Context, req page.Request) response[P] {
	if f.reader.AtOnce < 2 {
		return f.fetch(ctx, req, f.walk.ByContent(), f.walk.Shrinks(req.Size), f.walk.goneBefore())
	}
	if len(f.ahead) > 0 && (f.ahead[0].req != req || !f.walk.Steady()) {
		f.drop() // what was read before the list moved says nothing of where its records are now
	}
	if len(f.ahead) == 0 {
		f.ask(ctx, req)
	}
	for _, next := range f.walk.Ahead(f.reader.AtOnce - 1) {
		if !slices.ContainsFunc(f.ahead, func(p *inFlight[P]) bool { return p.req == next }) {
			f.ask(ctx, next)
		}
	}
	first := f.ahead[0]
	f.ahead = f.ahead[1:]
	<-first.done
	first.cancel()
	if first.panics != nil {
		panic(first.panics)
	}
	return first.response
}

// ask reads a page in the background.
func (f *flight[P]) ask(ctx context.Context, req page.Request) {
	ctx, cancel := context.WithCancel(ctx)
	byContent, smaller, before := f.walk.ByContent(), f.walk.Shrinks(req.Size), f.walk.goneBefore()
	p := &inFlight[P]{req: req, cancel: cancel, done: make(chan struct{})}
	f.ahead = append(f.ahead, p)
	f.flying.Go(func() {
		defer close(p.done)
		defer func() { p.panics = recover() }()
		p.response = f.fetch(ctx, req, byContent, smaller, before)
	})
}

// drop stops what is under way and forgets it.
func (f *flight[P]) drop() {
	for _, p := range f.ahead {
		p.cancel()
	}
	f.ahead = nil
}

// end stops what is under way and waits until it has stopped.
func (f *flight[P]) end() {
	f.drop()
	f.flying.Wait()
}
