package main

import (
	"context"
	"fmt"

	"github.com/halopsa-go/halopsa"
)

// ourWalks are the ways in which our client walks.
var ourWalks = []struct {
	name string
	opts []halopsa.RequestOption
}{{oursName, nil}, {prefetchName, []halopsa.RequestOption{halopsa.WithPrefetch(prefetch)}}}

// walkContest reads a whole list: the others with the loop over pages that their users write.
func walkContest(server *serverProcess, size scale) (*contest, error) {
	records := size.walkPages * usualPage
	c := &contest{
		title: walkTitle, server: server, n: 1, most: 3, // nearly all of it is waiting for the server
		about: "One operation is the whole walk, in three rounds at most. The others have the loop over pages that their users write themselves.",
	}
	base := server.url(scenario{records: records, delay: size.walkDelay})
	for _, p := range peers() {
		if p.name == oursName {
			continue
		}
		call, err := p.dial(base, nil)
		if err != nil {
			return nil, err
		}
		c.entries = append(c.entries, entry{p.name, func(context.Context) (run, func(context.Context) error, error) {
			return func(ctx context.Context, _ *sample) error {
				return call.walk(ctx, records, func(int) {})
			}, nil, nil
		}})
	}
	client, err := newOurs(base, nil)
	if err != nil {
		return nil, err
	}
	for _, walk := range ourWalks {
		c.entries = append(c.entries, entry{walk.name, func(context.Context) (run, func(context.Context) error, error) {
			return func(ctx context.Context, _ *sample) error {
				return walkOurs(ctx, client, records, func(int) {}, walk.opts...)
			}, nil, nil
		}})
	}
	return c, nil
}

// walk reads page after page until all records have come.
func (c *caller) walk(ctx context.Context, records int, seen func(total int)) error {
	total := 0
	for page := 1; total < records; page++ {
		got, err := c.list(ctx, page, usualPage)
		if err != nil {
			return err
		}
		if got.Rows() == 0 || got.Count() != records {
			return fmt.Errorf("page %d has %d rows of %d", page, got.Rows(), got.Count())
		}
		total += got.Rows()
		seen(total)
	}
	return nil
}

// walkOurs reads every record of a list with All.
func walkOurs(ctx context.Context, client *halopsa.Client, records int, seen func(total int), opts ...halopsa.RequestOption) error {
	total := 0
	for _, err := range client.IntegrationRequest.All(ctx, nil, opts...) {
		if err != nil {
			return err
		}
		total++
		seen(total)
	}
	if total != records {
		return fmt.Errorf("%d records of %d", total, records)
	}
	return nil
}

// millionContest walks a long list and watches the memory.
func millionContest(server *serverProcess, size scale) *contest {
	base := server.url(scenario{records: size.longRecords})
	c := &contest{
		title: millionTitle, server: server, n: 1, heap: true, most: 2, // half a minute each, for a figure that hardly varies
		about: fmt.Sprintf("One operation is the whole walk, in two rounds at most. Peak is the most heap that was live at once, seen by a forced collection every %d "+
			"records, above what was live before the client was made; the loop keeps no record.", size.lookEvery),
	}
	c.entries = append(c.entries, entry{rawName, func(context.Context) (run, func(context.Context) error, error) {
		heap := watchHeap()
		call, err := netHTTP().dial(base, nil)
		return func(ctx context.Context, s *sample) error {
			defer func() { s.peak = heap.peak }()
			return call.walk(ctx, size.longRecords, func(total int) {
				if total%size.lookEvery == 0 {
					heap.look()
				}
			})
		}, nil, err
	}})
	for _, walk := range ourWalks {
		c.entries = append(c.entries, entry{walk.name, func(context.Context) (run, func(context.Context) error, error) {
			heap := watchHeap()
			client, err := newOurs(base, nil)
			return func(ctx context.Context, s *sample) error {
				defer func() { s.peak = heap.peak }()
				return walkOurs(ctx, client, size.longRecords, func(total int) {
					if total%size.lookEvery == 0 {
						heap.look()
					}
				}, walk.opts...)
			}, nil, err
		}})
	}
	return c
}
