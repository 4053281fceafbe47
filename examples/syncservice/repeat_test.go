package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRepeatWaitsAsItShould(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Duration
		var pauses []time.Duration
		require.NoError(t, repeat(ctx, time.Minute, time.Second, func(context.Context) error {
			at = append(at, time.Since(begun))
			switch len(at) {
			case 2, 3, 4:
				return errors.New("no route")
			case 6:
				cancel()
				return context.Canceled
			}
			return nil
		}, func(_ error, pause time.Duration) { pauses = append(pauses, pause) }))
		assert.Equal(t, []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second}, pauses, "the end is no failure")
		assert.Equal(t, []time.Duration{0, 60 * time.Second, 61 * time.Second, 63 * time.Second, 67 * time.Second, 127 * time.Second}, at)
	})
}

func TestPausesGrowToALimit(t *testing.T) {
	t.Parallel()
	assert.Equal(t, time.Second, pauseAfter(time.Second, 0))
	assert.Equal(t, 8*time.Second, pauseAfter(time.Second, 3))
	assert.Equal(t, 5*time.Minute, pauseAfter(time.Second, 1000))
	assert.Equal(t, time.Hour, pauseAfter(time.Hour, 1000), "never shorter than the first")
}

func TestLingeringContextOutlivesItsParent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		parent, end := context.WithCancel(t.Context())
		ctx, cancel := lingering(parent, 10*time.Second)
		defer cancel()
		end()
		time.Sleep(9 * time.Second)
		synctest.Wait()
		require.NoError(t, ctx.Err())
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.ErrorIs(t, ctx.Err(), context.Canceled)
	})
}
