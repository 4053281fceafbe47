package limit_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/limit"
)

// acquire takes a slot that must be free.
func acquire(t *testing.T, w *limit.Window) *limit.Slot {
	t.Helper()
	begin := time.Now()
	slot, err := w.Acquire(t.Context())
	require.NoError(t, err)
	require.Zero(t, time.Since(begin), "a slot was free")
	return slot
}

// checkState checks what is in use and that nothing is left to wake up when nobody waits.
func checkState(t *testing.T, w *limit.Window, limit, used, waiting int) {
	t.Helper()
	got := w.State()
	assert.Equal(t, []int{limit, used, waiting}, []int{got.Limit, got.Used, got.Waiting}, "limit, used, waiting")
	if waiting == 0 {
		assert.False(t, w.Armed(), "a timer is left behind")
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(3, time.Minute)
		answered, cancelled, refused := acquire(t, w), acquire(t, w), acquire(t, w)
		checkState(t, w, 3, 3, 0)

		time.Sleep(10 * time.Second)
		answered.Done()
		checkState(t, w, 3, 3, 0) // until a window after its response
		cancelled.Cancel()
		checkState(t, w, 3, 2, 0)
		assert.Equal(t, 5*time.Second, refused.Refused(5*time.Second, true))
		checkState(t, w, 1, 1, 0) // what the server did accept

		time.Sleep(time.Minute)
		checkState(t, w, 1, 1, 0) // a margin
		time.Sleep(60 * time.Millisecond)
		checkState(t, w, 1, 0, 0)
		time.Sleep(time.Minute + 60*time.Millisecond)
		checkState(t, w, 3, 0, 0) // nothing is known any more
	})
}

func TestFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(1, time.Minute)
		acquire(t, w).Done()
		var order []int
		var workers sync.WaitGroup
		for i := range 30 {
			workers.Go(func() {
				slot, err := w.Acquire(t.Context())
				if assert.NoError(t, err) {
					order = append(order, i)
					slot.Done()
				}
			})
			synctest.Wait()
			time.Sleep(time.Second)
		}
		checkState(t, w, 1, 1, 30)
		workers.Wait()
		for i, got := range order {
			assert.Equal(t, i, got)
		}
		assert.Len(t, order, 30)
		checkState(t, w, 1, 1, 0)
	})
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	const wait = time.Minute + 60*time.Millisecond
	tests := map[string]struct {
		inFlight int
		held     time.Duration
		before   int // who wait already
		want     time.Duration
	}{
		"the first that becomes free":      {want: wait - 20*time.Second},
		"the second":                       {before: 1, want: wait - 10*time.Second},
		"the first again":                  {before: 2, want: 2*wait - 20*time.Second},
		"the second, two windows later":    {before: 5, want: 3*wait - 10*time.Second},
		"one in flight":                    {inFlight: 1, before: 1, want: wait},
		"all in flight":                    {inFlight: 2, want: wait},
		"all in flight, and one before":    {inFlight: 2, before: 1, want: wait},
		"all in flight, and a turn before": {inFlight: 2, before: 2, want: 2 * wait},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := limit.NewWindow(2, time.Minute)
				slots := []*limit.Slot{acquire(t, w), acquire(t, w)}
				for i, slot := range slots {
					if i < 2-test.inFlight {
						slot.Done()
					}
					time.Sleep(10 * time.Second)
				}
				var others sync.WaitGroup
				for range test.before {
					others.Go(func() {
						slot, err := w.Acquire(t.Context())
						if assert.NoError(t, err) {
							slot.Done()
						}
					})
				}
				synctest.Wait()

				begin := time.Now()
				short, cancel := context.WithTimeout(t.Context(), test.want-1)
				defer cancel()
				_, err := w.Acquire(short)
				var tooLong *limit.WaitError
				require.ErrorAs(t, err, &tooLong)
				assert.False(t, tooLong.Refused)
				assert.Equal(t, test.want, tooLong.Wait)
				assert.Contains(t, err.Error(), tooLong.Wait.String())
				assert.Zero(t, time.Since(begin), "it fails at once")

				long, cancel := context.WithTimeout(t.Context(), test.want+1)
				defer cancel()
				for _, slot := range slots[2-test.inFlight:] {
					slot.Done()
				}
				slot, err := w.Acquire(long)
				require.NoError(t, err, "it is let through as soon as it can be")
				assert.Equal(t, test.want, time.Since(begin))
				slot.Done()
				others.Wait()
			})
		})
	}
}

// TestDeadlineWhileHeld is about a caller for whom the end of a hold is not enough: another one goes first.
func TestDeadlineWhileHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const want = 10*time.Second + time.Minute + 60*time.Millisecond
		w := limit.NewWindow(1, time.Minute)
		acquire(t, w).Refused(10*time.Second, true)
		var other sync.WaitGroup
		other.Go(func() {
			slot, err := w.Acquire(t.Context())
			if assert.NoError(t, err) {
				slot.Done()
			}
		})
		synctest.Wait()
		begin := time.Now()
		short, cancel := context.WithTimeout(t.Context(), want-1)
		defer cancel()
		_, err := w.Acquire(short)
		var turned *limit.WaitError
		require.ErrorAs(t, err, &turned)
		assert.Equal(t, want, turned.Wait)
		slot, err := w.Acquire(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, time.Since(begin))
		slot.Cancel()
		other.Wait()
	})
}

func TestContextThatIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(1, time.Minute)
		reason := errors.New("the user has gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(reason) })
		acquire(t, w).Done()
		begin := time.Now()
		_, err := w.Acquire(ctx)
		require.ErrorIs(t, err, reason)
		assert.Equal(t, time.Second, time.Since(begin))
		checkState(t, w, 1, 1, 0)

		time.Sleep(2 * time.Minute)
		_, err = w.Acquire(ctx)
		require.ErrorIs(t, err, reason, "also where a slot is free")
		checkState(t, w, 1, 0, 0)
	})
}

// TestLeavingTheQueue cancels waiters in the middle of the queue: the others move up.
func TestLeavingTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(1, time.Minute)
		slot := acquire(t, w)
		var waiters sync.WaitGroup
		var served []int
		for i := range 9 {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%3 != 1 {
				time.AfterFunc(time.Second, cancel)
			}
			waiters.Go(func() {
				slot, err := w.Acquire(ctx)
				if i%3 != 1 {
					assert.ErrorIs(t, err, context.Canceled)
				} else if assert.NoError(t, err) {
					served = append(served, i)
					slot.Done()
				}
			})
			synctest.Wait()
		}
		time.Sleep(2 * time.Second)
		checkState(t, w, 1, 1, 3)
		begin := time.Now()
		slot.Done()
		waiters.Wait()
		assert.Equal(t, []int{1, 4, 7}, served)
		assert.Equal(t, 3*(time.Minute+60*time.Millisecond), time.Since(begin))
	})
}

// leaving is a context that ends at the very moment at which its caller begins to wait, and lets something happen just before.
type leaving struct {
	context.Context
	before func()
	ended  chan struct{}
}

func (c *leaving) Done() <-chan struct{} {
	select {
	case <-c.ended:
	default:
		c.before()
		close(c.ended)
	}
	return c.ended
}

func (c *leaving) Err() error {
	select {
	case <-c.ended:
		return context.Canceled
	default:
		return nil
	}
}

// TestNoSlotIsLost ends a caller's context at the very moment at which it is let through.
func TestNoSlotIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(1, time.Minute)
		served, left := 0, 0
		for range 100 {
			slot := acquire(t, w)
			slot, err := w.Acquire(&leaving{t.Context(), slot.Cancel, make(chan struct{})})
			if err == nil {
				served++
				slot.Cancel()
			} else {
				left++
				require.ErrorIs(t, err, context.Canceled)
			}
			checkState(t, w, 1, 0, 0)
		}
		assert.Positive(t, served)
		assert.Positive(t, left)
	})
}

// TestNobodyOvertakes lets a caller come at the very moment at which a slot becomes free for another one.
func TestNobodyOvertakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const window = time.Minute + 60*time.Millisecond
		for range 50 {
			w := limit.NewWindow(1, time.Minute)
			begin := time.Now()
			var callers sync.WaitGroup
			call := func(wait time.Duration, want time.Duration) {
				callers.Go(func() {
					time.Sleep(wait)
					slot, err := w.Acquire(t.Context())
					if assert.NoError(t, err) {
						assert.Equal(t, want, time.Since(begin))
						slot.Done()
					}
				})
			}
			call(window, 2*window)
			acquire(t, w).Done()
			call(1, window)
			callers.Wait()
		}
	})
}

// TestCancelledSlotGoesToTheNext lets the one that waits through as soon as a slot is given back unused.
func TestCancelledSlotGoesToTheNext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(1, time.Minute)
		slot := acquire(t, w)
		time.AfterFunc(time.Second, slot.Cancel)
		begin := time.Now()
		next, err := w.Acquire(t.Context())
		require.NoError(t, err)
		assert.Equal(t, time.Second, time.Since(begin))
		next.Done()
		checkState(t, w, 1, 1, 0)
	})
}
