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
	bareName     = "net/http, nothing decoded"
	prefetchName = "halopsa, WithPrefetch(4)"
	plainName    = "halopsa, gzip turned off"
	gzipName     = "halopsa, as it is by default"
)

// contests are all of them, on this server.
func contests(server *serverProcess, size scale) ([]*contest, error) {
	var all []*contest
	for _, kind := range []struct {
		title string
		rows  int
	}{{listTitle, usualPage}, {longListTitle, size.longPage}, {getTitle, 1}} {
		c, err := readContest(kind.title, kind.rows, server.url(scenario{records: max(kind.rows, usualOne+1)}), nil)
		if err != nil {
			return nil, err
		}
		c.server, c.about = server, "The server is a separate process."
		all = append(all, c)
	}
	inMemory, err := memoryContests(size)
	if err != nil {
		return nil, err
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
	all = append(all, inMemory...)
	return append(all, parallelContest(server, size), overHTTP2, walks, compressed, millionContest(server, size)), nil
}

// memoryContests are those that need no server.
func memoryContests(size scale) ([]*contest, error) {
	content := newPages(corpus(longestPage))
	long := content.appendPage(nil, 1, size.longPage, size.longPage)
	var all []*contest
	for _, kind := range []struct {
		title   string
		rows    int
		body    []byte
		counted int
	}{
		{memoryListTitle, usualPage, content.appendPage(nil, 1, usualPage, usualPage), 10},
		{memoryLongTitle, size.longPage, long, 0},
		{memoryGetTitle, 1, content.appendRecord(nil, usualOne), 1_000},
		{thinTitle, usualPage, newPages(thin(corpus(usualPage))).appendPage(nil, 1, usualPage, usualPage), 25},
	} {
		c, err := readContest(kind.title, kind.rows, memoryBase, memoryClient(kind.body))
		if err != nil {
			return nil, err
		}
		c.counted, c.about = kind.counted, "A transport that returns the same bytes each time. It shows what the client itself costs, mostly decoding."
		all = append(all, c)
	}
	creates, err := createContest()
	if err != nil {
		return nil, err
	}
	return append(all, creates, keptContest(long, size.longPage)), nil
}

// readContest reads a page of this many rows, or one record, with every client, and at last with none: what is left then nobody can save.
func readContest(title string, rows int, base string, hc *http.Client) (*contest, error) {
	c := &contest{title: title}
	for _, p := range slices.Concat(peers(), builds()) {
		call, err := p.dial(base, hc)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		c.entries = append(c.entries, entry{p.name, func(context.Context) (run, func(context.Context) error, error) {
			return call.repeat(rows), nil, nil
		}})
	}
	call, err := bare().dial(base, hc)
	if err != nil {
		return nil, err
	}
	c.entries = append(c.entries, entry{bareName, func(context.Context) (run, func(context.Context) error, error) {
		return func(ctx context.Context, s *sample) error {
			for range s.n {
				if _, err := call.read(ctx, rows); err != nil {
					return err
				}
			}
			return nil
		}, nil, nil
	}})
	return c, nil
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
	got, err := c.read(ctx, rows)
	return expect(got, err, rows)
}

func (c *caller) read(ctx context.Context, rows int) (batch, error) {
	if rows == 1 {
		return c.get(ctx, idAt(usualOne))
	}
	return c.list(ctx, 1, rows)
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
