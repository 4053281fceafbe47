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

const margin = fiveMinutes / 1000

// TestHolds refuses requests one after the other and checks for how long everybody is held back.
func TestHolds(t *testing.T) {
	t.Parallel()
	const never = -1
	sixtieth := (fiveMinutes + margin) / 60
	tests := map[string]struct {
		asks []time.Duration // of each refusal, never for one without Retry-After
		want []time.Duration
	}{
		"as asked":                {[]time.Duration{40 * time.Second}, []time.Duration{40 * time.Second}},
		"asked for nothing":       {[]time.Duration{0}, []time.Duration{0}},
		"longer than a window":    {[]time.Duration{time.Hour}, []time.Duration{fiveMinutes + margin}},
		"asked again in vain":     {[]time.Duration{1, 1, 1}, []time.Duration{1, sixtieth, 2 * sixtieth}},
		"asked for nothing again": {[]time.Duration{0, 0, 0}, []time.Duration{0, sixtieth, 2 * sixtieth}},
		"asked for longer":        {[]time.Duration{1, time.Minute, time.Second}, []time.Duration{1, time.Minute, 2 * sixtieth}},
		"unasked, growing to a window": {
			[]time.Duration{never, never, never, never, never, never, never, never},
			[]time.Duration{
				sixtieth, 2 * sixtieth, 4 * sixtieth, 8 * sixtieth, 16 * sixtieth, 32 * sixtieth, fiveMinutes + margin, fiveMinutes + margin,
			},
		},
	}
	for name, test := range tests {
		for _, n := range []int{0, 700} {
			t.Run(fmt.Sprintf("%s, limit %d", name, n), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					w := limit.NewWindow(n, fiveMinutes)
					begin := time.Now()
					for i, ask := range test.asks {
						slot, err := w.Acquire(t.Context())
						require.NoError(t, err)
						assert.Equal(t, sum(test.want[:i]), time.Since(begin), "the next is let through when the hold ends")
						assert.Equal(t, test.want[i], slot.Refused(max(0, ask), ask != never))
						checkState(t, w, min(n, 1), 0, 0)
						assert.Equal(t, test.want[i], time.Until(w.State().HeldUntil))
					}
				})
			})
		}
	}
}

func sum(list []time.Duration) (all time.Duration) {
	for _, each := range list {
		all += each
	}
	return all
}

// TestHoldsFallAfterAnAnswer checks that holds begin again once a request was accepted.
func TestHoldsFallAfterAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(0, time.Minute)
		var holds []time.Duration
		for _, accepted := range []bool{false, false, false, true, false, false} {
			slot, err := w.Acquire(t.Context())
			require.NoError(t, err)
			if accepted {
				slot.Done()
				continue
			}
			holds = append(holds, slot.Refused(0, false))
		}
		assert.Equal(t, []time.Duration{1001 * time.Millisecond, 2002 * time.Millisecond, 4004 * time.Millisecond, 1001 * time.Millisecond,
			2002 * time.Millisecond}, holds)
	})
}

// TestEverybodyIsHeldBack lets one of those in flight be refused: nobody is let through before the time has come, and then one by one until
// the server accepts again.
func TestEverybodyIsHeldBack(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 700} {
		synctest.Test(t, func(t *testing.T) {
			w := limit.NewWindow(n, time.Minute)
			accepted, first, second, unasked, short := acquire(t, w), acquire(t, w), acquire(t, w), acquire(t, w), acquire(t, w)
			assert.Equal(t, 10*time.Second, first.Refused(10*time.Second, true))
			time.Sleep(time.Second)
			assert.Equal(t, 9*time.Second, unasked.Refused(0, false), "it was under way at the time and says nothing new")
			assert.Equal(t, 20*time.Second, second.Refused(20*time.Second, true), "the longest wait holds")
			assert.Equal(t, 20*time.Second, short.Refused(time.Second, true), "and is not cut")
			accepted.Done()
			assert.False(t, w.Armed())

			begin := time.Now()
			var waiters sync.WaitGroup
			times := map[time.Duration]int{}
			var mu sync.Mutex
			for range 15 {
				waiters.Go(func() {
					slot, err := w.Acquire(t.Context())
					if assert.NoError(t, err) {
						mu.Lock()
						times[time.Since(begin)]++
						mu.Unlock()
						time.Sleep(time.Second)
						slot.Done()
					}
				})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second-1)
			defer cancel()
			_, err := w.Acquire(ctx)
			var wait *limit.WaitError
			require.ErrorAs(t, err, &wait)
			assert.Equal(t, 20*time.Second, wait.Wait)
			assert.Zero(t, time.Since(begin))
			waiters.Wait()
			if n == 0 {
				assert.Equal(t, map[time.Duration]int{20 * time.Second: 1, 21 * time.Second: 2, 22 * time.Second: 4, 23 * time.Second: 8}, times)
			} else {
				assert.Equal(t, 1, times[20*time.Second], "one that finds out")
			}
			assert.False(t, w.Armed())
		})
	}
}

// TestLongHold is about a server that asks for more patience than callers have.
func TestLongHold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(2, 2*time.Hour)
		w.SetLongestHold(10 * time.Minute)
		slot, other := acquire(t, w), acquire(t, w)
		var waiters sync.WaitGroup
		begin := time.Now()
		for range 10 {
			waiters.Go(func() {
				_, err := w.Acquire(t.Context())
				var hold *limit.WaitError
				if assert.ErrorAs(t, err, &hold) {
					assert.True(t, hold.Refused)
					assert.Equal(t, time.Hour, hold.Wait)
					assert.ErrorContains(t, err, "1h0m0s")
				}
			})
		}
		synctest.Wait()
		checkState(t, w, 2, 2, 10)
		assert.Equal(t, time.Hour, slot.Refused(time.Hour, true))
		waiters.Wait()
		other.Cancel()
		checkState(t, w, 1, 0, 0)
		assert.Zero(t, time.Since(begin), "those who waited fail at once")

		_, err := w.Acquire(t.Context())
		var hold *limit.WaitError
		require.ErrorAs(t, err, &hold)
		assert.True(t, hold.Refused, "it is not the context that is too short")
		time.Sleep(50 * time.Minute)
		slot, err = w.Acquire(t.Context())
		require.NoError(t, err, "ten minutes are waited for")
		assert.Equal(t, time.Hour, time.Since(begin))
		slot.Done()
	})
}

// TestHoldIsAtMostAWindow is about a server that asks for more than its own rule can need: a year, milliseconds, a date in 2099.
func TestHoldIsAtMostAWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const window = 5*time.Minute + 5*time.Minute/1000
		w := limit.NewWindow(700, 5*time.Minute)
		w.SetLongestHold(6 * time.Minute)
		begin := time.Now()
		assert.Equal(t, window, acquire(t, w).Refused(365*24*time.Hour, true))
		slot, err := w.Acquire(t.Context())
		require.NoError(t, err, "one finds out")
		assert.Equal(t, window, time.Since(begin))
		slot.Done()
	})
}

// TestRefusalsUnderWay checks that what the server accepts after a refusal, of those that were under way, counts for the limit.
func TestRefusalsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(10, time.Minute)
		var slots []*limit.Slot
		for range 10 {
			slots = append(slots, acquire(t, w))
		}
		for _, slot := range slots[:3] {
			slot.Done()
		}
		const sixtieth = (time.Minute + time.Minute/1000) / 60
		assert.Equal(t, sixtieth, slots[3].Refused(0, false))
		checkState(t, w, 3, 9, 0)
		assert.Equal(t, sixtieth, slots[4].Refused(0, false), "it says nothing new")
		checkState(t, w, 3, 8, 0)
		for _, slot := range slots[5:] {
			slot.Done()
		}
		checkState(t, w, 8, 8, 0)
		slot, err := w.Acquire(t.Context())
		require.NoError(t, err)
		assert.Zero(t, slot.Refused(0, false), "a probe")
		time.Sleep(2 * time.Minute)
		assert.Equal(t, 2*sixtieth, acquire(t, w).Refused(0, false), "none that was let through after the refusal was accepted")
	})
}

// TestProbe checks how the limit is found out again: one request more at a time, after pauses that grow while that finds nothing.
func TestProbe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const sixtieth = (time.Minute + time.Minute/1000) / 60
		w := limit.NewWindow(10, time.Minute)
		first, second := acquire(t, w), acquire(t, w)
		first.Done()
		assert.Equal(t, sixtieth, second.Refused(0, false))
		checkState(t, w, 1, 1, 0)
		begin := time.Now()
		next := func() *limit.Slot {
			slot, err := w.Acquire(t.Context())
			require.NoError(t, err)
			return slot
		}
		for i, want := range []time.Duration{1, 3, 7, 15, 31} {
			probe := next()
			assert.Equal(t, want*sixtieth, time.Since(begin), "probe %d", i)
			checkState(t, w, 1, 2, 0)
			assert.Zero(t, probe.Refused(0, false), "that the limit is the limit is no reason to hold the others back")
		}
		// The one response leaves the window and so the next request is none beyond the limit.
		slot := next()
		assert.Equal(t, time.Minute+60*time.Millisecond, time.Since(begin))
		slot.Done()
		// The probe after it is accepted, and the next ones follow at once, up to the limit that was given.
		next().Done()
		assert.Equal(t, 63*sixtieth, time.Since(begin))
		for i := range 8 {
			checkState(t, w, 2+i, 2+i, 0)
			next().Done()
		}
		checkState(t, w, 10, 10, 0)
		assert.Equal(t, 63*sixtieth, time.Since(begin))

		// They have made up for those that found nothing: the pauses begin again.
		time.Sleep(2 * time.Minute)
		assert.Equal(t, sixtieth, next().Refused(0, false))
		begin = time.Now()
		next().Done()
		checkState(t, w, 1, 1, 0)
		next().Done()
		assert.Equal(t, sixtieth, time.Since(begin))
	})
}

// TestSlowAnswersProveNothing answers requests so late that the server can have forgotten them before it accepted the last.
func TestSlowAnswersProveNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(10, time.Minute)
		var slow []*limit.Slot
		for range 5 {
			slow = append(slow, acquire(t, w))
		}
		time.Sleep(50 * time.Second)
		quick := acquire(t, w)
		time.Sleep(20 * time.Second)
		acquire(t, w).Refused(0, false)
		checkState(t, w, 1, 6, 0)
		for _, slot := range slow {
			slot.Done()
		}
		checkState(t, w, 1, 6, 0)
		quick.Done()
		checkState(t, w, 1, 6, 0)
	})
}
