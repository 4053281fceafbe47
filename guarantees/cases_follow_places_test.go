package guarantees_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// sinceTraces returns the ids of the traces after an id.
func sinceTraces(ctx context.Context, c *halopsa.Client, after int64, opts ...halopsa.RequestOption) ([]int64, error) {
	options := &halopsa.IntegratorTraceListOptions{ListOptions: halopsa.ListOptions{PageSize: 50}}
	records, err := halopsa.Collect(c.IntegratorTrace.Since(ctx, after, options, opts...))
	var ids []int64
	for _, record := range records {
		ids = append(ids, record.ID)
	}
	return ids, err
}

// D1: newest first, every page of a fixed size, a true count, and nothing changes.
func TestCaseD1FixedPagesNewestFirst(t *testing.T) {
	t.Parallel()
	for _, ignoreCount := range []bool{true, false} {
		for _, size := range []int{30, 50, 120} {
			for _, n := range []int{50, 60, 130, 150} {
				t.Run(fmt.Sprint(ignoreCount, size, n), func(t *testing.T) {
					t.Parallel()
					server := &logServer{list: pagetest.Server{Order: pagetest.NewestFirst, Fixed: size, IgnoreCount: ignoreCount}}
					server.list.Add(n)
					got, err := sinceTraces(t.Context(), trial.Tenant(t, server.ServeHTTP), 0)
					require.NoError(t, err)
					assert.Equal(t, idsAfter(0, n), got)
					assert.LessOrEqual(t, server.requests(), 4*(n/size+2))
				})
			}
		}
	}
}

// D2: a record_count that counts more, as by rows that the agent may not see.
func TestCaseD2CountTooLarge(t *testing.T) {
	t.Parallel()
	for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
		for _, n := range []int{2, 49, 50, 51, 100, 130} {
			t.Run(fmt.Sprint(order, n), func(t *testing.T) {
				t.Parallel()
				server := &logServer{list: pagetest.Server{Order: order, Extra: 3}}
				server.list.Add(n)
				got, err := sinceTraces(t.Context(), trial.Tenant(t, server.ServeHTTP), 0)
				require.NoError(t, err)
				assert.Equal(t, idsAfter(0, n), got)
				assert.LessOrEqual(t, server.requests(), 12)
			})
		}
	}
}

// D3: a record_count that is too small, or that of the page.
func TestCaseD3CountTooSmall(t *testing.T) {
	t.Parallel()
	for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
		for _, less := range []int{5, 70, 125} {
			t.Run(fmt.Sprint(order, less), func(t *testing.T) {
				t.Parallel()
				server := &logServer{list: pagetest.Server{Order: order, Extra: -less, Limit: 50}}
				server.list.Add(130)
				got, err := sinceTraces(t.Context(), trial.Tenant(t, server.ServeHTTP), 3)
				require.NoError(t, err)
				assert.Equal(t, idsAfter(3, 130), got)
			})
		}
	}
}

// D6: a cursor above every id is told of, once, in a way that a program can see.
func TestCaseD6ACursorAboveEveryIDIsToldOf(t *testing.T) {
	t.Parallel()
	for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
		for _, n := range []int{0, 1, 130} {
			t.Run(fmt.Sprint(order, n), func(t *testing.T) {
				t.Parallel()
				server := &logServer{list: pagetest.Server{Order: order}}
				server.list.Add(n)
				c := trial.Tenant(t, server.ServeHTTP)
				var looks []halopsa.Look
				told := halopsa.WithLooks(func(_ context.Context, l halopsa.Look) { looks = append(looks, l) })
				_, err := sinceTraces(t.Context(), c, 900, told)
				require.NoError(t, err)
				require.Len(t, looks, 1)
				assert.True(t, looks[0].AboveAll)
				assert.Equal(t, int64(n), looks[0].Newest)
				assert.Equal(t, int64(900), looks[0].Cursor)

				ctx, cancel := context.WithCancel(t.Context())
				above := 0
				_, _ = halopsa.Collect(c.IntegratorTrace.Follow(ctx, 900, time.Millisecond, nil, halopsa.WithLooks(func(_ context.Context, l halopsa.Look) {
					if l.AboveAll {
						above++
					}
					if looks = append(looks, l); len(looks) > 6 {
						cancel()
					}
				})))
				assert.Equal(t, 1, above)
			})
		}
	}
}

// D7: a list that is ordered by another key, so that one record is older than its id says.
func TestCaseD7AListThatIsNotInTheOrderOfItsIDs(t *testing.T) {
	t.Parallel()
	for _, ignoreCount := range []bool{true, false} {
		for _, from := range []int{125, 60, 3} {
			for _, to := range []int{1, 40, 99, 129} {
				t.Run(fmt.Sprint(ignoreCount, from, to), func(t *testing.T) {
					t.Parallel()
					server := &logServer{list: pagetest.Server{Order: pagetest.OldestFirst, IgnoreCount: ignoreCount}}
					server.list.Add(130)
					ids := server.list.IDs
					moved := ids[from]
					ids = slices.Delete(ids, from, from+1)
					server.list.IDs = slices.Insert(ids, to, moved)
					got, err := sinceTraces(t.Context(), trial.Tenant(t, server.ServeHTTP), 0)
					if err == nil {
						assert.Equal(t, idsAfter(0, 130), got)
					} else {
						require.ErrorIs(t, err, halopsa.ErrIncomplete)
					}
				})
			}
		}
	}
}

// D8: the place among 1,000,000 records with jumps in the ids.
func TestCaseD8PlaceAmongAMillion(t *testing.T) {
	t.Parallel()
	server := &logServer{}
	for i := range int64(1_000_000) {
		server.list.Next = 1 + i + i/9_999*1_000_003
		server.list.IDs = append(server.list.IDs, server.list.Next)
	}
	c := trial.Tenant(t, server.ServeHTTP)
	for _, at := range []int{10, 123_456, 499_999, 777_777, 999_000} {
		before := server.requests()
		for record, err := range c.IntegrationError.Since(t.Context(), server.list.IDs[at], nil) {
			require.NoError(t, err)
			assert.Equal(t, server.list.IDs[at+1], record.ID)
			break
		}
		assert.LessOrEqual(t, server.requests()-before, 15, "14 to find the place; the page that holds it is the first of the result")
	}
}

// The whole list in one response, of a server that ignores paging and counts too few: as many rows as were asked for are not all of them.
func TestCaseCountTooSmallWithoutPages(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]func(halopsatest.Listed) int{"capped": halopsatest.CountCapped(120), "too small": halopsatest.CountPlus(-120)} {
		for order := range logOrders {
			t.Run(name+"/"+order, func(t *testing.T) {
				t.Parallel()
				c, h := newLogStandin(t, order, []halopsatest.Option{halopsatest.WithHabits(halopsatest.Habits{IgnorePaging: true, RecordCount: count})})
				seedLog(h, "IntegrationError", 330)
				var got []int64
				for e, err := range c.IntegrationError.Since(t.Context(), 0, nil) {
					require.NoError(t, err)
					got = append(got, e.ID)
				}
				assert.Equal(t, idsAfter(0, 330), got)
			})
		}
	}
}
