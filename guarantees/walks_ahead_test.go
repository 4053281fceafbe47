package guarantees_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

func TestPrefetchReadsPagesAtOnceAndInOrder(t *testing.T) {
	t.Parallel()
	for prefetch, want := range map[int]time.Duration{0: 201, 1: 201, 2: 102, 4: 52} {
		t.Run(fmt.Sprint(prefetch), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithLatency(20 * time.Millisecond)})
				for i := range 2000 {
					h.Seed("IntegrationError", errorRow(i))
				}
				options := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: 10}}
				begin, next := time.Now(), int64(1)
				for e, err := range c.IntegrationError.All(t.Context(), options, halopsa.WithPrefetch(prefetch)) {
					require.NoError(t, err)
					require.Equal(t, next, e.ID)
					next++
				}
				assert.EqualValues(t, 2001, next)
				assert.Equal(t, want*20*time.Millisecond, time.Since(begin))
				assert.Equal(t, 201, h.Count("GET", ""), "no page is read in vain: one request shows that the last page, a full one, was the last")
			})
		})
	}
}

func TestPrefetchStopsWithTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithLatency(time.Second)})
		halopsatest.SeedDemo(h, 1000)
		for p, err := range c.IntegrationError.Pages(t.Context(), nil, halopsa.WithPrefetch(4)) {
			require.NoError(t, err)
			if p.Number == 2 {
				break
			}
		}
		assert.LessOrEqual(t, h.Count("GET", ""), 6)
		sent := h.Count("GET", "")
		time.Sleep(time.Hour)
		assert.Equal(t, sent, h.Count("GET", ""))
	}) // the bubble ends only when no goroutine is left
}

func TestPrefetchGivesWhatCameBeforeAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, nil)
		halopsatest.SeedDemo(h, 1000)
		h.Fault(halopsatest.Fault{Status: 403, Times: -1, Match: func(r *http.Request) bool { return r.URL.Query().Get("page_no") == "4" }})
		seen, err := halopsa.Collect(c.IntegrationError.All(t.Context(), nil, halopsa.WithPrefetch(8)))
		require.ErrorIs(t, err, halopsa.ErrForbidden)
		assert.Len(t, seen, 300)

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = halopsa.Collect(c.IntegrationError.All(ctx, nil, halopsa.WithPrefetch(8)))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// When a loop is over, so are its requests: those under way are cancelled, and nothing of them is left.
func TestPrefetchLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for name, pages := range map[string]int{"break": 2, "the end": 100} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := halopsatest.NewHandler(halopsatest.WithLatency(time.Second))
				halopsatest.SeedDemo(h, 990) // the last page is short: no further one is asked for
				var flying atomic.Int64
				c, err := halopsa.NewClient(trial.StandinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
					halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(r *http.Request) (*http.Response, error) {
						flying.Add(1)
						defer flying.Add(-1)
						return h.Transport().RoundTrip(r)
					})}))
				require.NoError(t, err)
				ctx := &countingContext{Context: context.Background(), done: make(chan struct{})}
				var last time.Time
				for p, err := range c.IntegrationError.Pages(ctx, nil, halopsa.WithPrefetch(4)) {
					require.NoError(t, err)
					last = time.Now()
					if p.Number == pages {
						break
					}
				}
				assert.Zero(t, flying.Load(), "requests outlive the loop")
				assert.Zero(t, time.Since(last), "the loop waits for answers that nobody reads")
				assert.Zero(t, ctx.children.Load(), "contexts of pages outlive the loop")
			})
		})
	}
}

// countingContext counts the contexts that hang on it and have not been cancelled.
type countingContext struct {
	context.Context //nolint:containedctx // it is one
	done            chan struct{}
	children        atomic.Int64
}

func (c *countingContext) Done() <-chan struct{} { return c.done }

// AfterFunc is what package context calls for a child.
func (c *countingContext) AfterFunc(func()) (stop func() bool) {
	c.children.Add(1)
	return func() bool {
		c.children.Add(-1)
		return true
	}
}
