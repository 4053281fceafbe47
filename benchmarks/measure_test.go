package main

import (
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values []float64
		want   float64
	}{
		"none": {nil, 0}, "one": {[]float64{3}, 3}, "odd": {[]float64{9, 1, 5}, 5}, "even": {[]float64{8, 1, 2, 100}, 5},
	} {
		assert.InDelta(t, test.want, median(test.values), 0, name)
	}
	values := []float64{3, 1, 2}
	median(values)
	assert.Equal(t, []float64{3, 1, 2}, values, "the rounds stay in their order")
}

// TestRatiosAreOfTheSameRound: a round in which the machine was busy says nothing about the others.
func TestRatiosAreOfTheSameRound(t *testing.T) {
	t.Parallel()
	r := results{"work": {
		"raw": {{n: 2, wall: 20, cpu: 10}, {n: 2, wall: 200, cpu: 10}, {n: 2, wall: 40, cpu: 10}},
		"own": {{n: 2, wall: 10, cpu: 10}, {n: 2, wall: 80, cpu: 20}, {n: 2, wall: 24, cpu: 30}},
	}}
	assert.InDeltaSlice(t, []float64{0.5, 0.4, 0.6}, r.ratios("work", "own", "raw", wallTime), 1e-9)
	assert.InDelta(t, 0.5, r.ratio("work", "own", "raw", wallTime), 1e-9)
	assert.InDelta(t, 2, r.ratio("work", "own", "raw", cpuTime), 1e-9)
	assert.InDelta(t, 20, r.median("work", "raw", wallTime), 1e-9, "of one operation")
	assert.Empty(t, r.ratios("work", "nobody", "raw", wallTime))
}

func TestMeasureTakesTurns(t *testing.T) {
	t.Parallel()
	var order []string
	c := &contest{title: "work", n: 5}
	for _, name := range []string{"A", "B", "C"} {
		c.entries = append(c.entries, entry{name, func(context.Context) (run, func(context.Context) error, error) {
			do := func(_ context.Context, s *sample) error {
				order = append(order, name)
				assert.Equal(t, 5, s.n)
				return nil
			}
			return do, func(context.Context) error { order = append(order, "after"); return nil }, nil
		}})
	}
	r, err := measure(t.Context(), []*contest{c}, 3, time.Millisecond, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"A", "after", "B", "after", "C", "after", "B", "after", "C", "after", "A", "after", "C", "after", "A", "after", "B", "after",
	}, order)
	for _, name := range []string{"A", "B", "C"} {
		assert.Len(t, r["work"][name], 3)
	}
}

func TestMeasureStopsAtAFailure(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, e := range map[string]entry{
		"before": {"X", func(context.Context) (run, func(context.Context) error, error) { return nil, nil, broken }},
		"during": {"X", func(context.Context) (run, func(context.Context) error, error) {
			return func(context.Context, *sample) error { return broken }, nil, nil
		}},
		"after": {"X", func(context.Context) (run, func(context.Context) error, error) {
			return func(context.Context, *sample) error { return nil }, func(context.Context) error { return broken }, nil
		}},
	} {
		for _, n := range []int{0, 1} {
			_, err := measure(t.Context(), []*contest{{title: "work", n: n, entries: []entry{e}}}, 1, time.Millisecond, io.Discard)
			require.ErrorIs(t, err, broken, name)
			assert.ErrorContains(t, err, "work: X", name)
		}
	}
}

var kept []byte // so that what a test allocates escapes

func TestTakeCountsTimeAndMemory(t *testing.T) {
	t.Parallel()
	c := &contest{title: "work"}
	e := entry{"allocates", func(context.Context) (run, func(context.Context) error, error) {
		return func(_ context.Context, s *sample) error {
			for begin := time.Now(); time.Since(begin) < 20*time.Millisecond; { //nolint:revive // to use the CPU
			}
			for range s.n {
				kept = make([]byte, 1<<20)
			}
			return nil
		}, nil, nil
	}}
	s, err := take(t.Context(), c, e, 8)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, heapBytes(s), float64(1<<20))
	assert.GreaterOrEqual(t, allocs(s), 1.0)
	assert.GreaterOrEqual(t, s.wall, 20*time.Millisecond)
	assert.Positive(t, s.cpu)
}

func TestCalibrateFillsASample(t *testing.T) {
	t.Parallel()
	c := &contest{title: "work", entries: []entry{{"sleeps", func(context.Context) (run, func(context.Context) error, error) {
		return func(_ context.Context, s *sample) error {
			busy := time.Duration(s.n) * 100 * time.Microsecond
			for begin := time.Now(); time.Since(begin) < busy; { //nolint:revive // to use the time
			}
			return nil
		}, nil, nil
	}}}}
	n, err := calibrate(t.Context(), c, 40*time.Millisecond)
	require.NoError(t, err)
	assert.LessOrEqual(t, n, 400, "of 100 µs each")
	assert.Positive(t, n)
}

func TestHeapWatchSeesWhatIsLiveAndNothingElse(t *testing.T) {
	t.Parallel()
	const large = 64 << 20
	heap := watchHeap()
	for range 4 {
		kept := make([]byte, large)
		kept[0] = 1
	}
	heap.look()
	assert.Less(t, heap.peak, uint64(large/2), "garbage does not count")
	live := make([]byte, large)
	heap.look()
	runtime.KeepAlive(live)
	assert.Greater(t, heap.peak, uint64(large/2))
}

// TestCalibrateIsNotMisled: one sample that took long because the machine was busy says nothing of how many operations fill one.
func TestCalibrateIsNotMisled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := &contest{title: "work", entries: []entry{{"A", func(context.Context) (run, func(context.Context) error, error) {
			return func(_ context.Context, s *sample) error {
				calls++
				if calls == 2 {
					time.Sleep(60 * time.Millisecond)
				}
				time.Sleep(time.Duration(s.n) * 100 * time.Microsecond)
				return nil
			}, nil, nil
		}}}}
		n, err := calibrate(t.Context(), c, 40*time.Millisecond)
		require.NoError(t, err)
		assert.Equal(t, 400, n, "one operation takes 0.1 ms")
	})
}
