package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/halopsa-go/halopsa"
)

// scale is how much is done: all of it, or as little as shows that everything works.
type scale struct {
	sample      time.Duration // how long one sample takes
	longPage    int
	goroutines  int
	calls       int // of each goroutine
	walkPages   int
	walkDelay   time.Duration
	longRecords int // of the walk that watches the heap
	lookEvery   int // records between two looks at the heap
}

var (
	full  = scale{400 * time.Millisecond, longestPage, 64, 8, 100, 20 * time.Millisecond, 1_000_000, 50_000}
	quick = scale{4 * time.Millisecond, longestPage, 64, 1, 12, 5 * time.Millisecond, 3_000, 1_000}
)

const (
	usualPage = 100
	usualOne  = 1 // the position of the record that is asked for: as nearly all, it has no _warning, which ours would log
	prefetch  = 4
)

// The titles of the contests, which the targets name.
const (
	listTitle       = "List page of 100, over loopback"
	longListTitle   = "List page of 1,000, over loopback"
	getTitle        = "Get of one record, over loopback"
	memoryListTitle = "List page of 100, in memory"
	memoryLongTitle = "List page of 1,000, in memory"
	memoryGetTitle  = "Get of one record, in memory"
	thinTitle       = "List page of 100 thin rows, in memory"
	createTitle     = "Create of 100 records, in memory"
	keptTitle       = "One short text kept of each record"
	parallelTitle   = "64 goroutines, list pages of 100"
	http2Title      = "64 goroutines, list pages of 100, over HTTP/2"
	walkTitle       = "Walk over 100 pages, 20 ms each"
	gzipTitle       = "gzip, list page of 100"
	millionTitle    = "Walk over a million records"
)

const (
	rawName      = "net/http + encoding/json"
	oursName     = "halopsa"
	prefetchName = "halopsa, WithPrefetch(4)"
	plainName    = "halopsa, gzip turned off"
	gzipName     = "halopsa, as it is by default"
)

// contests are all of them, on this server.
func contests(server *serverProcess, size scale) ([]*contest, error) {
	content := newPages(corpus(longestPage))
	one := content.appendRecord(nil, usualOne)
	var all []*contest
	for _, kind := range []struct {
		title string
		rows  int
		body  []byte // in memory instead of the server
	}{
		{listTitle, usualPage, nil}, {longListTitle, size.longPage, nil}, {getTitle, 1, nil},
		{memoryListTitle, usualPage, content.appendPage(nil, 1, usualPage, usualPage)},
		{memoryLongTitle, size.longPage, content.appendPage(nil, 1, size.longPage, size.longPage)}, {memoryGetTitle, 1, one},
		{thinTitle, usualPage, newPages(thin(corpus(usualPage))).appendPage(nil, 1, usualPage, usualPage)},
	} {
		c := &contest{title: kind.title, server: server, about: "The server is a separate process."}
		base, hc := server.url(scenario{records: max(kind.rows, usualOne+1)}), (*http.Client)(nil)
		if kind.body != nil {
			c.server, base, hc = nil, memoryBase, memoryClient(kind.body)
			c.about = "A transport that returns the same bytes each time. It shows what the client itself costs, mostly decoding."
		}
		for _, p := range slices.Concat(peers(), builds()) {
			call, err := p.dial(base, hc)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			c.entries = append(c.entries, entry{p.name, func(context.Context) (run, func(context.Context) error, error) {
				return call.repeat(kind.rows), nil, nil
			}})
		}
		all = append(all, c)
	}
	overHTTP2, err := http2Contest(server, size)
	if err != nil {
		return nil, err
	}
	walks, err := walkContest(server, size)
	if err != nil {
		return nil, err
	}
	compressed, err := gzipContest(server)
	if err != nil {
		return nil, err
	}
	creates, err := createContest()
	if err != nil {
		return nil, err
	}
	kept := keptContest(content.appendPage(nil, 1, size.longPage, size.longPage), size.longPage)
	return append(all, creates, kept, parallelContest(server, size), overHTTP2, walks, compressed, millionContest(server, size)), nil
}

// repeat calls for a page of this many rows, or for one record, again and again.
func (c *caller) repeat(rows int) run {
	return func(ctx context.Context, s *sample) error {
		for range s.n {
			if err := c.once(ctx, rows); err != nil {
				return err
			}
		}
		return nil
	}
}

func (c *caller) once(ctx context.Context, rows int) error {
	if rows == 1 {
		got, err := c.get(ctx, idAt(usualOne))
		return expect(got, err, 1)
	}
	got, err := c.list(ctx, 1, rows)
	return expect(got, err, rows)
}

func gzipContest(server *serverProcess) (*contest, error) {
	base := server.url(scenario{records: usualPage, gzip: true})
	byDefault, err := newOurs(base, nil)
	if err != nil {
		return nil, err
	}
	off := defaultTransport()
	off.DisableCompression = true
	without, err := newOurs(base, &http.Client{Transport: off})
	if err != nil {
		return nil, err
	}
	c := &contest{
		title: gzipTitle, server: server,
		about: "The server compresses each response for a client that asks for it. Sent is the size of a response.",
	}
	for _, e := range []struct {
		name   string
		client *halopsa.Client
	}{{plainName, without}, {gzipName, byDefault}} {
		c.entries = append(c.entries, entry{e.name, func(context.Context) (run, func(context.Context) error, error) {
			return ourCaller(e.client).repeat(usualPage), nil, nil
		}})
	}
	return c, nil
}
