package limit_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/limit"
)

// atOnce is how many slots there are without a wait, up to most; they are given back.
func atOnce(t *testing.T, w *limit.Window, most int) int {
	t.Helper()
	var slots []*limit.Slot
	for len(slots) < most {
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		begin := time.Now()
		slot, err := w.Acquire(ctx)
		cancel()
		if err != nil {
			var wait *limit.WaitError
			require.True(t, errors.As(err, &wait) || errors.Is(err, context.DeadlineExceeded), err) // known before, or after the nanosecond
			break
		}
		slots = append(slots, slot)
		require.Zero(t, time.Since(begin))
	}
	for _, slot := range slots {
		slot.Cancel()
	}
	return len(slots)
}

// TestLeftIsWhatIsSentAtOnce lets a server refuse and accept at random: Left is always as many as get a slot without a wait.
func TestLeftIsWhatIsSentAtOnce(t *testing.T) {
	t.Parallel()
	const most = 30
	for _, n := range []int{0, 1, 5, 20} {
		for seed := range uint64(15) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, uint64(n))) //nolint:gosec // a test that can be repeated
				w := limit.NewWindow(n, time.Minute)
				var flying []*limit.Slot
				for range 60 {
					switch random.IntN(5) {
					case 0, 1:
						if w.State().Left != 0 {
							flying = append(flying, acquire(t, w))
						}
					case 2, 3:
						if len(flying) > 0 {
							flying[0].Done()
							flying = flying[1:]
						}
					default:
						if len(flying) > 0 && random.IntN(4) == 0 {
							flying[0].Refused(time.Duration(random.IntN(3))*time.Second, random.IntN(2) == 0)
							flying = flying[1:]
						}
					}
					time.Sleep(time.Duration(random.IntN(4)) * time.Second * time.Duration(random.IntN(4)))
					state := w.State()
					want := state.Left
					if want < 0 {
						want = most
					}
					require.Equal(t, want, atOnce(t, w, most), "n %d seed %d %+v", n, seed, state)
				}
			})
		}
	}
}

// TestLeftAfterOneRefusal: a single 429 leaves one request at a time to send, and each that is accepted lets one more be in flight.
func TestLeftAfterOneRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := limit.NewWindow(700, fiveMinutes)
		acquire(t, w).Refused(2*time.Second, true)
		require.Zero(t, w.State().Left, "held back")
		time.Sleep(5 * time.Second)
		for range 12 {
			require.Positive(t, w.State().Left)
			acquire(t, w).Done()
			time.Sleep(5 * time.Second)
		}
		time.Sleep(2 * fiveMinutes)
		require.Equal(t, limit.State{Limit: 700, Left: 13, HeldUntil: w.State().HeldUntil}, w.State())
	})
}
