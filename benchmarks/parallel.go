package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
)

func parallelContest(server *serverProcess, size scale) *contest {
	c := &contest{
		title: parallelTitle, server: server, n: size.calls * size.goroutines,
		about: "A new client for each round, on its own default transport: connections are those that carried a request.",
	}
	for _, p := range peers() {
		c.entries = append(c.entries, fresh(p, server, server.Fresh+scenario{records: usualPage}.path(), nil, size.goroutines))
	}
	return c
}

// http2Contest asks whether HTTP/2 works, with one of the others for comparison.
func http2Contest(server *serverProcess, size scale) (*contest, error) {
	transport, err := server.trusting()
	if err != nil {
		return nil, err
	}
	c := &contest{
		title: http2Title, server: server, n: size.calls * size.goroutines,
		about: "Over TLS, with a transport that trusts the server's certificate and is net/http's default otherwise.",
	}
	for _, p := range []peer{netHTTP(), ours()} {
		c.entries = append(c.entries, fresh(p, server, server.Secure+scenario{records: usualPage}.path(), transport, size.goroutines))
	}
	return c, nil
}

// fresh is an entry that makes a new client for each sample, whose connections are closed when it is over. With a transport it has a copy
// of that, else the client's own default.
func fresh(p peer, server *serverProcess, base string, transport *http.Transport, goroutines int) entry {
	return entry{p.name, func(ctx context.Context) (run, func(context.Context) error, error) {
		var hc *http.Client
		if transport != nil {
			hc = &http.Client{Transport: transport.Clone()}
		}
		call, err := p.dial(base, hc)
		if err == nil {
			err = call.once(ctx, usualPage) // with a token and one connection to begin with
		}
		return call.parallel(goroutines, usualPage), server.drop, err
	}}
}

// parallel does the same from many goroutines, as many calls from each.
func (c *caller) parallel(goroutines, rows int) run {
	return func(ctx context.Context, s *sample) error {
		var left atomic.Int64
		left.Store(int64(s.n))
		failures := make(chan error, goroutines)
		var all sync.WaitGroup
		for range goroutines {
			all.Go(func() {
				for left.Add(-1) >= 0 {
					if err := c.once(ctx, rows); err != nil {
						failures <- err
						return
					}
				}
			})
		}
		all.Wait()
		close(failures)
		return <-failures
	}
}
