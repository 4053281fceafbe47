package paging_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// readerOf reads the list of a server, each page as its ids; before is called before each response.
func readerOf(s *pagetest.Server, atOnce int, before func(ctx context.Context, req page.Request) error) *paging.Reader[[]int64] {
	var mu sync.Mutex
	return &paging.Reader[[]int64]{
		AtOnce: atOnce, Deletes: &paging.Deletes{}, List: "IntegrationError",
		Fetch: func(ctx context.Context, req page.Request, _ paging.How) (ids []int64, a paging.Answer, err error) {
			if before != nil {
				if err := before(ctx, req); err != nil {
					return nil, paging.Answer{}, err
				}
			}
			mu.Lock()
			defer mu.Unlock()
			a = serve(s, req)
			return page.IDs(a.Keys), a, nil
		},
	}
}

// read returns what a walk gives out up to its error.
func read(t *testing.T, r *paging.Reader[[]int64], w *paging.Walk) (got []int64, err error) {
	t.Helper()
	for part, err := range r.Pages(t.Context(), w) {
		if err != nil {
			return got, err
		}
		for _, i := range part.Fresh {
			got = append(got, part.Page[i])
		}
	}
	return got, nil
}

func TestReaderGivesThePagesInTheirOrder(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []int{0, 1, 2, 5} {
		s := pagetest.Of(717)
		got, err := read(t, readerOf(s, atOnce, nil), paging.New(100, paging.Options{}))
		require.NoError(t, err)
		assert.Equal(t, s.IDs, got)
		assert.Len(t, s.Requests, 8, "%d at once", atOnce)
	}
}

func TestReaderEndsWithTheError(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for _, atOnce := range []int{1, 4} {
		got, err := read(t, readerOf(pagetest.Of(717), atOnce, func(_ context.Context, req page.Request) error {
			if req.Page == 3 {
				return refused
			}
			return nil
		}), paging.New(100, paging.Options{}))
		require.ErrorIs(t, err, refused)
		assert.Len(t, got, 200, "what came before the error")

		got, err = read(t, readerOf(&pagetest.Server{IDs: pagetest.Of(120).IDs, Ignore: true, IgnoreCount: true}, atOnce, nil), paging.New(100, paging.Options{}))
		var short *paging.Incomplete
		require.ErrorAs(t, err, &short)
		assert.Len(t, got, 50)
	}
}

// A panic in a goroutine of ours would end the program of the caller, who could not recover from it.
func TestReaderPassesAPanicOn(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []int{1, 4} {
		var flying atomic.Int64
		reader := readerOf(pagetest.Of(717), atOnce, func(ctx context.Context, req page.Request) error {
			flying.Add(1)
			defer flying.Add(-1)
			if req.Page == 3 {
				panic("a transport of the caller's own")
			}
			if req.Page > 3 {
				<-ctx.Done()
			}
			return nil
		})
		assert.PanicsWithValue(t, "a transport of the caller's own", func() {
			_, _ = read(t, reader, paging.New(100, paging.Options{}))
		}, "%d at once", atOnce)
		assert.Zero(t, flying.Load(), "requests outlive the loop")
	}
}

// A delete that another goroutine makes moves the walk back, also where nothing else shows it.
func TestReaderHearsOfDeletes(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(300)
	s.Silent = true
	reader := readerOf(s, 1, nil)
	gone := false
	var got []int64
	for part, err := range reader.Pages(t.Context(), paging.New(100, paging.Options{})) {
		require.NoError(t, err)
		for _, i := range part.Fresh {
			got = append(got, part.Page[i])
		}
		if !gone {
			gone = true
			reader.Deletes.Begin("IntegrationDelta", "5")() // another list
			reader.Deletes.Begin("IntegrationError", "five")()
			reader.Deletes.Begin("IntegrationError", "301")() // not seen yet
			over := reader.Deletes.Begin("IntegrationError", "5")
			s.Remove(5)
			over()
		}
	}
	assert.ElementsMatch(t, pagetest.Of(300).IDs, got)
	assert.LessOrEqual(t, len(s.Requests), 7)
}
