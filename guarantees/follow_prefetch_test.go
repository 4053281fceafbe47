package guarantees_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
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

// TestFollowReadsAhead: with WithPrefetch the pages of a backlog are read while others are, with at most 5 % more requests than without, and the
// records come as they do without.
func TestFollowReadsAhead(t *testing.T) {
	t.Parallel()
	const records, latency = 5000, 100 * time.Millisecond
	for name, habits := range map[string]halopsatest.Habits{"honest": {}, "caps at 50": {PageCap: 50}, "no record_count": {NoRecordCount: true}} {
		for _, after := range []int{0, 1234, 4990} {
			t.Run(fmt.Sprint(name, after), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					requests, took := map[int]int{}, map[int]time.Duration{}
					for _, atOnce := range []int{1, 4} {
						c, h := newLogStandin(t, "as asked", []halopsatest.Option{halopsatest.WithLatency(latency), halopsatest.WithHabits(habits)})
						seedLog(h, "IntegrationError", records)
						begin := time.Now()
						var got []int64
						for e, err := range c.IntegrationError.Since(t.Context(), int64(after), nil, halopsa.WithPrefetch(atOnce)) {
							require.NoError(t, err)
							got = append(got, e.ID)
						}
						assert.Equal(t, idsAfter(after, records), got)
						requests[atOnce], took[atOnce] = h.Count("GET", ""), time.Since(begin)
					}
					t.Logf("%d requests in %s, with 4 at once %d in %s", requests[1], took[1], requests[4], took[4])
					assert.LessOrEqual(t, requests[4], requests[1]+requests[1]/20)
					if !habits.NoRecordCount && after < 4000 {
						assert.Less(t, took[4], took[1]/2, "the pages overlap")
					}
				})
			})
		}
	}
}

// TestFollowLeavesNothingBehind: when the loop ends no request is under way, wherever it is broken off, and nobody waited for a response.
func TestFollowLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{1, 100, 101, 350, 900} {
		t.Run(strconv.FormatInt(at, 10), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var flying, sent atomic.Int64
				var server http.RoundTripper
				c, h := newLogStandin(t, "as asked", []halopsatest.Option{halopsatest.WithLatency(time.Second)},
					halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(r *http.Request) (*http.Response, error) {
						sent.Add(1)
						flying.Add(1)
						defer flying.Add(-1)
						return server.RoundTrip(r)
					})}))
				server = h.Transport()
				seedLog(h, "IntegrationError", 1000)
				var last time.Time
				for f, err := range c.IntegrationError.Follow(t.Context(), 0, time.Minute, nil, halopsa.WithPrefetch(5)) {
					require.NoError(t, err)
					if last = time.Now(); f.Cursor == at {
						break
					}
				}
				assert.Zero(t, flying.Load(), "requests outlive the loop")
				assert.Zero(t, time.Since(last), "the loop waits for responses that nobody reads")
				before := sent.Load()
				time.Sleep(time.Hour) // nothing else is sent, and the bubble would not end with a goroutine in it
				assert.Equal(t, before, sent.Load())
			})
		})
	}
}

// TestFollowReadsAheadOverAFailure: where a page in the middle fails, the records before it come and the cursor is that of the last of them. Follow
// asks for it again, and the order is as without reading ahead.
func TestFollowReadsAheadOverAFailure(t *testing.T) {
	t.Parallel()
	for failing := 2; failing <= 8; failing++ {
		t.Run(strconv.Itoa(failing), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := newLogStandin(t, "as asked", []halopsatest.Option{halopsatest.WithLatency(time.Second)}, halopsa.WithMaxRetries(0))
				seedLog(h, "IntegrationError", 1000)
				fail := func() {
					h.Fault(halopsatest.Fault{After: failing - 1, Times: 1, Status: http.StatusInternalServerError})
				}
				fail()
				var got []int64
				var failed error
				for e, err := range c.IntegrationError.Since(t.Context(), 0, nil, halopsa.WithPrefetch(4)) {
					if failed = err; err == nil {
						got = append(got, e.ID)
					}
				}
				require.ErrorIs(t, failed, halopsa.ErrServer)
				assert.Less(t, len(got), 1000)
				assert.Equal(t, idsAfter(0, len(got)), append([]int64{}, got...))

				fail()
				got = nil
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				looks := 0
				for f, err := range c.IntegrationError.Follow(ctx, 0, time.Minute, nil, halopsa.WithPrefetch(4), halopsa.WithLooks(func(_ context.Context, l halopsa.Look) {
					if looks++; l.Err != nil {
						assert.Equal(t, int64(len(got)), l.Cursor)
					}
				})) {
					require.NoError(t, err)
					if got = append(got, f.Record.ID); f.Cursor == 1000 {
						break
					}
				}
				assert.Equal(t, idsAfter(0, 1000), got)
				assert.Equal(t, 1, looks, "the failure")
			})
		})
	}
}

// BenchmarkSince reads a backlog of 50 pages from a server that takes 2 ms, one page at a time and four at once.
func BenchmarkSince(b *testing.B) {
	c, h := newLogStandin(b, "as asked", []halopsatest.Option{halopsatest.WithLatency(2 * time.Millisecond)})
	seedLog(h, "IntegrationError", 5000)
	for _, atOnce := range []int{1, 4} {
		b.Run(strconv.Itoa(atOnce), func(b *testing.B) {
			before, n := h.Count("GET", ""), 0
			for b.Loop() {
				got, err := halopsa.Collect(c.IntegrationError.Since(b.Context(), 0, nil, halopsa.WithPrefetch(atOnce)))
				require.NoError(b, err)
				require.Len(b, got, 5000)
				n++
			}
			b.ReportMetric(float64(h.Count("GET", "")-before)/float64(n), "requests/op")
		})
	}
}
