package paging

import (
	"context"
	"slices"
	"sync"

	"github.com/halopsa-go/halopsa/internal/page"
)

// Flight is the pages of one list that were asked for and not yet used, in their order. R is what comes of a request. It is for one goroutine; what
// it starts ends with [Flight.End].
type Flight[R any] struct {
	// AtOnce is how many pages are read at once; less than 2 reads each when its turn comes.
	AtOnce int
	// Begin makes a request ready when it is asked for. What it returns sends it, in the background where AtOnce says so; a panic of that reaches
	// the caller of Read.
	Begin func(req page.Request) func(ctx context.Context) R

	ahead  []*inFlight[R]
	flying sync.WaitGroup
}

// inFlight is a page that was asked for in the background.
type inFlight[R any] struct {
	req    page.Request
	cancel context.CancelFunc
	done   chan struct{} // closed when the rest is there
	result R
	panics any // of somebody else's code, such as a transport; it is passed on to the caller
}

// Read returns what came of req, and asks for the pages that ahead names, which are likely to follow it; it is called where pages are read at once.
func (f *Flight[R]) Read(ctx context.Context, req page.Request, ahead func(n int) []page.Request) R {
	if f.AtOnce < 2 {
		return f.Begin(req)(ctx)
	}
	if len(f.ahead) > 0 && f.ahead[0].req != req {
		f.Drop()
	}
	if len(f.ahead) == 0 {
		f.ask(ctx, req)
	}
	for _, next := range ahead(f.AtOnce - 1) {
		if !slices.ContainsFunc(f.ahead, func(p *inFlight[R]) bool { return p.req == next }) {
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
	return first.result
}

// ask reads a page in the background.
func (f *Flight[R]) ask(ctx context.Context, req page.Request) {
	ctx, cancel := context.WithCancel(ctx)
	p := &inFlight[R]{req: req, cancel: cancel, done: make(chan struct{})}
	f.ahead = append(f.ahead, p)
	send := f.Begin(req)
	f.flying.Go(func() {
		defer close(p.done)
		defer func() { p.panics = recover() }()
		p.result = send(ctx)
	})
}

// Drop stops what is under way and forgets it.
func (f *Flight[R]) Drop() {
	for _, p := range f.ahead {
		p.cancel()
	}
	f.ahead = nil
}

// End stops what is under way and waits until it has stopped.
func (f *Flight[R]) End() {
	f.Drop()
	f.flying.Wait()
}
