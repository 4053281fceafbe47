package limit_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/limit"
)

// TestNobodyIsTurnedAwayInVain compares the wait for which a caller is turned away with the one that it would really have had, in states
// that chance has made. It is exact where the server never refused anything, and where it did, never more than the true one.
func TestNobodyIsTurnedAwayInVain(t *testing.T) {
	t.Parallel()
	for _, refusing := range []bool{false, true} {
		t.Run(fmt.Sprintf("refusing %t", refusing), func(t *testing.T) {
			t.Parallel()
			turnedAway := 0
			for seed := range uint64(500) {
				synctest.Test(t, func(t *testing.T) {
					estimate, wait := turnAway(t, rand.New(rand.NewPCG(seed, 1)), refusing) //nolint:gosec // chance that can be repeated
					if estimate == 0 {
						return
					}
					turnedAway++
					if refusing {
						require.LessOrEqual(t, estimate, wait, "seed %d", seed)
					} else {
						require.Equal(t, estimate, wait, "seed %d", seed)
					}
				})
			}
			assert.Greater(t, turnedAway, 100, "states in which a caller has to wait")
		})
	}
}

// turnAway lets others use a window for a while and then asks it, once with a context that allows no wait and once with one that allows
// all. From the first moment on nothing interferes: what is in flight is answered at once.
func turnAway(t *testing.T, random *rand.Rand, refusing bool) (estimate, wait time.Duration) {
	t.Helper()
	w := limit.NewWindow(1+random.IntN(6), time.Minute)
	finish := make(chan struct{})
	var others sync.WaitGroup
	for range random.IntN(30) {
		takes, ends, asks := time.Duration(1+random.IntN(40))*time.Second, random.IntN(8), time.Duration(random.IntN(90))*time.Second
		others.Go(func() {
			slot, err := w.Acquire(t.Context())
			if err != nil {
				t.Errorf("one of the others is turned away: %v", err)
				return
			}
			select {
			case <-finish:
				ends = 7
			case <-time.After(takes):
			}
			switch {
			case ends == 0:
				slot.Cancel()
			case ends == 1 && refusing:
				slot.Refused(asks, true)
			case ends == 2 && refusing:
				slot.Refused(0, false)
			default:
				slot.Done()
			}
		})
		time.Sleep(time.Duration(random.IntN(20)) * time.Second / 2)
	}
	synctest.Wait()

	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	slot, err := w.Acquire(ctx)
	var turned *limit.WaitError
	if errors.As(err, &turned) {
		estimate = turned.Wait
	} else if err == nil {
		slot.Cancel()
	}
	begin := time.Now()
	close(finish)
	slot, err = w.Acquire(t.Context())
	require.NoError(t, err)
	wait = time.Since(begin)
	slot.Done()
	others.Wait()
	return estimate, wait
}

// TestAnswersUnderWay refuses one of several requests: the others can still be accepted, and then the limit is not as low as it seems.
func TestAnswersUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const window = time.Minute + 60*time.Millisecond
		w := limit.NewWindow(10, time.Minute)
		take := func() *limit.Slot {
			slot, err := w.Acquire(t.Context())
			require.NoError(t, err)
			return slot
		}
		for range 20 { // so that the next probe is a window away
			take().Refused(0, false)
		}
		for range 10 {
			take().Done()
		}
		time.Sleep(2 * window)
		for range 4 {
			acquire(t, w).Done()
		}
		time.Sleep(10 * time.Second)
		underWay := []*limit.Slot{acquire(t, w), acquire(t, w), acquire(t, w), acquire(t, w)}
		acquire(t, w).Refused(0, false)
		checkState(t, w, 4, 8, 0)

		begin := time.Now()
		short, cancel := context.WithTimeout(t.Context(), window-10*time.Second-1)
		defer cancel()
		_, err := w.Acquire(short)
		var turned *limit.WaitError
		require.ErrorAs(t, err, &turned)
		assert.Equal(t, window-10*time.Second, turned.Wait)
		for _, slot := range underWay {
			slot.Done()
		}
		checkState(t, w, 8, 8, 0)
		take().Done()
		assert.Equal(t, window-10*time.Second, time.Since(begin))
	})
}
