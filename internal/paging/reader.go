package paging

import (
	"cmp"
	"context"
	"iter"

	"github.com/halopsa-go/halopsa/internal/page"
)

// How says how a page is to be read.
type How struct {
	ByContent bool // its keys are built from the rows' content
	Smaller   bool // a smaller page takes its place if it is too much
}

// Reader reads the pages of walks over one list. P is what a page is to the caller.
type Reader[P any] struct {
	// Fetch reads one page: what it is to the caller, and what it is to the walk, but for the deletes, which are filled in. Its error is the walk's,
	// unless the response says that it is a refusal of a page. It is called by several goroutines where AtOnce says so; what it panics with reaches the
	// caller of Pages.
	Fetch func(ctx context.Context, req page.Request, how How) (P, Answer, error)
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
		flight := r.flight(watched)
		defer flight.End()
		var refused error // by the response before
		for req, more := walk.Next(); more; req, more = walk.Next() {
			if !walk.Steady() {
				flight.Drop() // what was read before the list moved says nothing of where its records are now
			}
			got := flight.Read(ctx, req, walk.Ahead)
			if got.answer.TooMuch && walk.Shrink() {
				flight.Drop()
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

// response is what came of a request.
type response[P any] struct {
	page   P
	answer Answer
	err    error
}

// flight reads the pages of a walk.
func (r *Reader[P]) flight(walk *watched) *Flight[response[P]] {
	return &Flight[response[P]]{AtOnce: r.AtOnce, Begin: func(req page.Request) func(context.Context) response[P] {
		how, before := How{ByContent: walk.ByContent(), Smaller: walk.Shrinks(req.Size)}, walk.goneBefore() // how many deletes of our own were over by then
		return func(ctx context.Context) (got response[P]) {
			got.page, got.answer, got.err = r.Fetch(ctx, req, how)
			got.answer.GoneBefore = before
			return got
		}
	}}
}
