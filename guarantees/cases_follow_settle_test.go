package guarantees_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// D5: 11 becomes visible before 10. With WithSettle 10 still comes, before it, also across restarts; a gap that stays holds nothing up for longer.
func TestCaseD5RecordsThatBecomeVisibleOutOfOrder(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"as asked", "oldest first", "newest first"} {
		for _, restarts := range []bool{false, true} {
			t.Run(fmt.Sprint(order, restarts), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, h := newLogStandin(t, order, nil)
					add := func(ids ...int64) {
						for _, id := range ids {
							h.Seed("IntegrationError", map[string]any{"id": id})
						}
					}
					add(1, 2, 3, 7, 8) // 4 to 6 were deleted long ago
					go func() {
						time.Sleep(2 * time.Minute)
						add(9, 11)
						time.Sleep(10 * time.Second)
						add(12, 13)
						time.Sleep(5 * time.Second)
						add(10)
						time.Sleep(10 * time.Minute)
						add(15, 16) // 14 never comes
					}()
					var got []int64
					at := map[int64]time.Duration{}
					begin, cursor := time.Now(), int64(0)
					for cursor < 16 {
						for f, err := range c.IntegrationError.Follow(t.Context(), cursor, 7*time.Second, nil, halopsa.WithSettle(30*time.Second)) {
							require.NoError(t, err)
							cursor = f.Cursor
							got = append(got, cursor)
							at[cursor] = time.Since(begin)
							if restarts || cursor == 16 {
								break
							}
						}
					}
					want := []int64{1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 15, 16}
					assert.Equal(t, want, got)
					assert.LessOrEqual(t, at[8], 40*time.Second, "old gaps are waited for once")
					assert.LessOrEqual(t, at[11], 150*time.Second, "soon after the gap was filled")
					assert.GreaterOrEqual(t, at[15]-12*time.Minute, 30*time.Second)
					assert.LessOrEqual(t, at[15]-12*time.Minute, 70*time.Second)
					assert.True(t, slices.IsSorted(got))
				})
			})
		}
	}
}

// Follow tells of each look: what it found, that it found nothing, since when looks fail and when the next one begins.
func TestFollowTellsOfEachLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := newLogStandin(t, "as asked", nil, halopsa.WithMaxRetries(0))
		seedLog(h, "IntegrationError", 20)
		ctx, cancel := context.WithCancel(t.Context())
		var looks []halopsa.Look
		begin := time.Now()
		_, err := halopsa.Collect(c.IntegrationError.Follow(ctx, 15, time.Minute, nil, halopsa.WithLooks(func(_ context.Context, l halopsa.Look) {
			switch looks = append(looks, l); len(looks) {
			case 2:
				h.Fault(halopsatest.Fault{Status: 503, Times: 3})
			case 6:
				seedLog(h, "IntegrationError", 2)
			case 7:
				cancel()
			}
		})))
		require.ErrorIs(t, err, context.Canceled)
		require.Len(t, looks, 8)
		assert.Equal(t, []int{5, 0, 0, 0, 0, 0, 2}, []int{looks[0].Found, looks[1].Found, looks[2].Found, looks[3].Found, looks[4].Found, looks[5].Found, looks[6].Found})
		assert.Equal(t, []int64{20, 22, 22}, []int64{looks[0].Cursor, looks[6].Cursor, looks[6].Newest})
		assert.Equal(t, begin.Add(time.Minute), looks[0].Next)
		for i := 2; i < 5; i++ {
			require.ErrorIs(t, looks[i].Err, halopsa.ErrServer)
			assert.Equal(t, i-1, looks[i].Failures)
			assert.Equal(t, begin.Add(2*time.Minute), looks[i].Since)
			assert.True(t, looks[i].Next.After(looks[i].End))
		}
		require.NoError(t, looks[5].Err)
		assert.Zero(t, looks[5].Failures)
		require.ErrorIs(t, looks[7].Err, context.Canceled)
		assert.True(t, looks[7].Next.IsZero(), "there is no next one")
	})
	_, err := halopsa.NewClient(trial.StandinURL, trial.AnyCredentials, halopsa.WithLooks(nil))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	_, err = halopsa.NewClient(trial.StandinURL, trial.AnyCredentials, halopsa.WithSettle(-1))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	_, err = halopsa.NewClient(trial.StandinURL, trial.AnyCredentials, halopsa.WithWaitObserver(nil))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}

// A wait for the limit that is longer than some seconds is told of when it begins.
func TestWaitForTheLimitIsToldOfWhenItBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var waits []halopsa.LimitWait
		c, _ := trial.NewStandin(t, nil, halopsa.WithRateLimit(3, time.Minute), halopsa.WithWaitObserver(func(_ context.Context, w halopsa.LimitWait) {
			waits = append(waits, w)
		}))
		begin := time.Now()
		for range 4 {
			_, err := c.IntegrationError.List(t.Context(), nil)
			require.NoError(t, err)
		}
		require.Len(t, waits, 1)
		assert.Equal(t, "IntegrationError.List", waits[0].Op)
		assert.Equal(t, begin, waits[0].Begin)
		assert.GreaterOrEqual(t, waits[0].Wait, time.Minute)
	})
}
