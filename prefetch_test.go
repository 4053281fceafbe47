package halopsa_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestPrefetchReadsPagesAtOnceAndInOrder(t *testing.T) {
	t.Parallel()
	for prefetch, want := range map[int]time.Duration{0: 200, 1: 200, 2: 101, 4: 51} {
		t.Run(fmt.Sprint(prefetch), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(20 * time.Millisecond)})
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
				assert.Equal(t, 200, h.Count("GET", ""), "no page is read in vain")
			})
		})
	}
}

func TestPrefetchStopsWithTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(time.Second)})
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
		c, h := newStandin(t, nil)
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
