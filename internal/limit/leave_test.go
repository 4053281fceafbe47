package limit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/limit"
)

// Whoever leaves, the others are served in their order, and nothing is set for a queue that is empty.
func TestWaitersLeaveFromAnywhere(t *testing.T) {
	t.Parallel()
	const waiters = 9
	for leaving := range 1 << waiters {
		synctest.Test(t, func(t *testing.T) {
			w := limit.NewWindow(1, time.Minute)
			slot, err := w.Acquire(t.Context())
			require.NoError(t, err)
			slot.Done()
			var mu sync.Mutex
			var served, want []int
			var leave []context.CancelFunc
			for i := range waiters {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					slot, err := w.Acquire(ctx)
					if err != nil {
						return
					}
					mu.Lock()
					served = append(served, i)
					mu.Unlock()
					slot.Done()
				}()
				synctest.Wait()
				if leaving&(1<<i) != 0 {
					leave = append(leave, cancel)
				} else {
					want = append(want, i)
				}
			}
			for _, cancel := range leave {
				cancel()
			}
			synctest.Wait()
			assert.Equal(t, len(want), w.State().Waiting)
			assert.Equal(t, len(want) > 0, w.Armed())
			time.Sleep(2 * waiters * time.Minute)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			assert.Equal(t, want, served)
		})
	}
}

// BenchmarkLeave is how long it takes until all waiters have left that end at once, for each of them.
func BenchmarkLeave(b *testing.B) {
	for _, n := range []int{1_000, 16_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := limit.NewWindow(1, time.Hour)
				if _, err := w.Acquire(b.Context()); err != nil {
					b.Fatal(err)
				}
				ctx, cancel := context.WithCancel(b.Context())
				var all sync.WaitGroup
				for range n {
					all.Go(func() { _, _ = w.Acquire(ctx) })
				}
				for w.State().Waiting < n {
					time.Sleep(time.Millisecond)
				}
				b.StartTimer()
				cancel()
				all.Wait()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/waiter")
		})
	}
}

// TestFreeWaitsForNothing: a slot that is free at once is given out, unless others wait for one or the context has ended.
func TestFreeWaitsForNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(1, time.Minute)
		ended, end := context.WithCancel(t.Context())
		end()
		assert.Nil(t, w.Free(ended))
		slot := w.Free(t.Context())
		require.NotNil(t, slot)
		assert.Nil(t, w.Free(t.Context()))
		go func() {
			next, err := w.Acquire(t.Context())
			assert.NoError(t, err)
			next.Cancel()
		}()
		synctest.Wait()
		slot.Done()
		time.Sleep(59 * time.Second)
		assert.Nil(t, w.Free(t.Context()), "one waits, and the slot is taken for a window")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.NotNil(t, w.Free(t.Context()))
	})
}
