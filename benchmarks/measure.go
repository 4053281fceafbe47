package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// contest is one piece of work that several entries do in turn. The first entry is what the others are compared with.
type contest struct {
	title   string
	about   string
	entries []entry
	n       int            // operations of one sample; 0 is as many as fill its time
	server  *serverProcess // whose counters are read; nil for one in memory
	heap    bool           // the entries watch the live heap
	most    int            // rounds; 0 is all of them
	counted int            // how many operations are counted in instructions; 0 counts nothing
}

// entry is a client in a contest.
type entry struct {
	name string
	// prepare makes ready for one sample, before its clock starts. after, if there is one, clears up when it has stopped.
	prepare func(ctx context.Context) (run run, after func(context.Context) error, err error)
}

// run does s.n operations.
type run func(ctx context.Context, s *sample) error

// sample is what one run took. CPU time and memory are those of this process, in which nothing else happens while it runs.
type sample struct {
	n             int
	wall, cpu     time.Duration
	bytes, allocs uint64
	counts        Counts
	peak          uint64 // live heap, above what was live before; only where the entry watches it
}

// metric is a figure of a sample, for one operation.
type metric func(sample) float64

func wallTime(s sample) float64  { return float64(s.wall) / float64(s.n) }
func cpuTime(s sample) float64   { return float64(s.cpu) / float64(s.n) }
func heapBytes(s sample) float64 { return float64(s.bytes) / float64(s.n) }
func allocs(s sample) float64    { return float64(s.allocs) / float64(s.n) }
func peakHeap(s sample) float64  { return float64(s.peak) }

func requests(s sample) float64    { return float64(s.counts.Requests) / float64(s.n) }
func connections(s sample) float64 { return float64(s.counts.Connections) }
func sentBytes(s sample) float64   { return float64(s.counts.Bytes) / float64(s.n) }

// take makes one sample of an entry.
func take(ctx context.Context, c *contest, e entry, n int) (s sample, err error) {
	do, after, err := e.prepare(ctx)
	if err != nil {
		return s, err
	}
	if c.server != nil {
		if err := c.server.reset(ctx); err != nil {
			return s, err
		}
	}
	s.n = n
	runtime.GC() // each sample pays for its own garbage only
	var before, behind runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, begin := usedCPU(), time.Now()
	err = do(ctx, &s)
	s.wall, s.cpu = time.Since(begin), usedCPU()-cpu
	runtime.ReadMemStats(&behind)
	s.bytes, s.allocs = behind.TotalAlloc-before.TotalAlloc, behind.Mallocs-before.Mallocs
	if err == nil && c.server != nil {
		s.counts, err = c.server.counts(ctx)
	}
	if err == nil && after != nil {
		err = after(ctx)
	}
	return s, err
}

// usedCPU is the CPU time of this process so far, the garbage collector's too.
func usedCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // it fails only for bad arguments
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// calibrate finds how many operations of the first entry fill a sample. One sample can be long because the machine had something else to do: the
// shortest of three counts.
func calibrate(ctx context.Context, c *contest, long time.Duration) (int, error) {
	for n := 1; ; n *= 4 {
		shortest := math.Inf(1)
		for range 3 {
			s, err := take(ctx, c, c.entries[0], n)
			if err != nil {
				return 0, err
			}
			if shortest = min(shortest, wallTime(s)); s.wall < long/8 {
				break // so does this one say that it is too few
			}
		}
		if shortest*float64(n) >= float64(long/8) {
			return max(1, int(float64(long)/shortest)), nil
		}
	}
}

// results are the samples of each entry of each contest, round by round.
type results map[string]map[string][]sample

// measure runs the contests interleaved: every round has one sample of every entry, and no two rounds begin with the same one.
func measure(ctx context.Context, contests []*contest, rounds int, long time.Duration, progress io.Writer) (results, error) {
	all := make(results, len(contests))
	for _, c := range contests {
		all[c.title] = make(map[string][]sample, len(c.entries))
		if c.n > 0 {
			continue
		}
		for _, e := range c.entries { // warms up as well
			if _, err := take(ctx, c, e, 2); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.title, e.name, err)
			}
		}
		var err error
		if c.n, err = calibrate(ctx, c, long); err != nil {
			return nil, fmt.Errorf("%s: %w", c.title, err)
		}
	}
	for round := range rounds {
		for _, c := range contests {
			if c.most > 0 && round >= c.most {
				continue
			}
			begin := time.Now()
			for i := range c.entries {
				e := c.entries[(i+round)%len(c.entries)]
				s, err := take(ctx, c, e, c.n)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", c.title, e.name, err)
				}
				all[c.title][e.name] = append(all[c.title][e.name], s)
			}
			_, _ = fmt.Fprintf(progress, "round %d of %d: %s: %s\n", round+1, rounds, c.title, time.Since(begin).Round(time.Millisecond))
		}
	}
	return all, nil
}

// median returns the middle of values; of an even number the mean of the two in the middle.
func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	half := len(values) / 2
	switch {
	case len(values) == 0:
		return 0
	case len(values)%2 == 1:
		return values[half]
	}
	return (values[half-1] + values[half]) / 2
}

// values are the figures of one entry, round by round.
func (r results) values(title, name string, of metric) []float64 {
	var all []float64
	for _, s := range r[title][name] {
		all = append(all, of(s))
	}
	return all
}

// median is the middle of an entry's figures.
func (r results) median(title, name string, of metric) float64 {
	return median(r.values(title, name, of))
}

// ratios are those of two entries in the same round, so that what disturbs the machine disturbs both.
func (r results) ratios(title, name, to string, of metric) []float64 {
	mine, theirs := r.values(title, name, of), r.values(title, to, of)
	var all []float64
	for i := range min(len(mine), len(theirs)) {
		all = append(all, mine[i]/theirs[i])
	}
	return all
}

func (r results) ratio(title, name, to string, of metric) float64 {
	return median(r.ratios(title, name, to, of))
}
