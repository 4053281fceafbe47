package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnits(t *testing.T) {
	t.Parallel()
	for ns, want := range map[float64]string{950: "0.95 µs", 31_420: "31.4 µs", 2_500_000: "2.5 ms", 4_310_000_000: "4.31 s"} {
		assert.Equal(t, want, duration(ns))
	}
	for bytes, want := range map[float64]string{
		12: "12 B", 2048: "2 KiB", 746_000: "729 KiB", 8 << 20: "8 MiB", 1_700_000_000: "1.58 GiB",
	} {
		assert.Equal(t, want, bytesText(bytes))
	}
}

// measured makes results in which our client takes a part of what the others take, and one request fewer or more than it should.
func measured(part float64, offBy int64) results {
	raw := sample{n: 1, wall: time.Second, cpu: time.Second, bytes: 1 << 20, allocs: 100, counts: Counts{Requests: 1, Connections: 80}}
	own := sample{
		n: 1, wall: time.Duration(part * float64(time.Second)), cpu: time.Duration(part * float64(time.Second)),
		bytes: uint64(part * (1 << 20)), allocs: uint64(100 * part), peak: uint64(part * (16 << 20)),
		counts: Counts{Requests: 1, Connections: int64(100 * part)},
	}
	r := results{}
	for _, title := range []string{listTitle, longListTitle, getTitle, memoryListTitle, memoryLongTitle, memoryGetTitle, thinTitle, parallelTitle} {
		r[title] = map[string][]sample{rawName: {raw}, "resty": {raw}, "net/http + sonic": {raw}, oursName: {own}}
	}
	over2 := own
	over2.counts = Counts{Requests: 64, HTTP2: 64, Connections: 1 + offBy}
	r[http2Title] = map[string][]sample{oursName: {over2}}
	walk := func(pages int, wall time.Duration) sample {
		s := own
		s.wall, s.counts = wall, Counts{Requests: int64(pages) + offBy}
		return s
	}
	r[walkTitle] = map[string][]sample{
		oursName: {walk(101, time.Second)}, prefetchName: {walk(101, time.Duration(part*float64(time.Second)))},
	}
	r[millionTitle] = map[string][]sample{oursName: {walk(10_001, time.Second)}, prefetchName: {walk(10_001, time.Second)}}
	off, on := own, own
	on.counts = Counts{Requests: 4, Gzipped: 4 - offBy}
	off.counts = Counts{Requests: 4}
	r[gzipTitle] = map[string][]sample{plainName: {off}, gzipName: {on}}
	return r
}

func TestTargetsAreMetOrMissed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		part  float64
		offBy int64
		met   int
	}{
		"all met":                {0.15, 0, len(targets(full))},
		"nothing met":            {1.6, 1, 0},
		"too much, but no bound": {0.62, 0, 1 + 2 + 3 + 8 + 5}, // a Get's CPU, requests, connections, HTTP/2, gzip, less than the others
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met := 0
			for _, target := range targets(full) {
				said, ok := target.judge(measured(test.part, test.offBy))
				require.NotEmpty(t, said)
				if ok {
					met++
				}
			}
			assert.Equal(t, test.met, met)
		})
	}
	for _, target := range targets(full) {
		said, met := target.judge(results{})
		assert.False(t, met, "%s: %s: nothing was measured", target.what, said)
	}
}

func TestTargetsAreWrittenWithTheirVerdict(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	writeTargets(&out, measured(0.4, 0), full)
	assert.Contains(t, out.String(), "| CPU: "+getTitle+" | ≤ 0.72 of net/http + encoding/json | 0.40 (0.40 to 0.40) | met |")
	assert.Contains(t, out.String(), "| CPU: "+listTitle+" | ≤ 0.22 of net/http + encoding/json | 0.40 (0.40 to 0.40) | **missed** |")
	assert.Contains(t, out.String(), "| 101 | 101, 101 | met |")
	assert.Contains(t, out.String(), "0.40 of the next best")
}

func TestNoTargetIsListedTwice(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, target := range targets(full) {
		assert.False(t, seen[target.what], target.what)
		seen[target.what] = true
	}
}

// TestAMissedTargetSaysWhatNobodyCanSave: the reason is measured, and a target that is met needs none.
func TestAMissedTargetSaysWhatNobodyCanSave(t *testing.T) {
	t.Parallel()
	took := func(cpu time.Duration) []sample { return []sample{{n: 1, cpu: cpu}} }
	for ours, missed := range map[time.Duration]bool{80: true, 70: false} {
		var out strings.Builder
		writeTargets(&out, results{getTitle: {rawName: took(100), oursName: took(ours), bareName: took(58)}}, full)
		assert.Equal(t, missed, strings.Contains(out.String(), "**missed**: net/http with nothing decoded takes 0.58 of it"), out.String())
	}
}
