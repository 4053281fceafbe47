package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// target is one that the project has set itself. judge returns what was measured and whether that is good enough.
type target struct {
	what, want string
	judge      func(results) (measured string, met bool)
	why        string // why it is missed, if it is
}

const notMeasured = "not measured"

func targets(size scale) []target {
	return slices.Concat(decodingTargets(), ownTargets(size), firstTargets())
}

// ownTargets are those of which there is one.
func ownTargets(size scale) []target {
	return []target{
		{
			what: "CPU of a Get in memory, of net/http + encoding/json", want: "≤ 1.30",
			judge: atMost(1.30, memoryGetTitle, oursName, rawName, cpuTime),
		},
		{
			what: "allocations of a Get in memory beyond those of net/http + encoding/json", want: "≤ 12",
			judge: func(r results) (string, bool) {
				if len(r[memoryGetTitle][oursName]) == 0 {
					return notMeasured, false
				}
				extra := r.median(memoryGetTitle, oursName, allocs) - r.median(memoryGetTitle, rawName, allocs)
				return fmt.Sprintf("%.0f", extra), extra <= 12.5 // a sample's own few are in it
			},
		},
		{
			what: fmt.Sprintf("requests of a walk over %d records in pages of 100, one at a time and with WithPrefetch(4)", size.walkPages*usualPage),
			want: strconv.Itoa(size.walkPages), judge: exactly(size.walkPages, walkTitle),
		},
		{
			what: fmt.Sprintf("requests of a walk over %d records in pages of 100, likewise", size.longRecords),
			want: strconv.Itoa(size.longRecords / usualPage), judge: exactly(size.longRecords/usualPage, millionTitle),
		},
		{
			what: "wall time of 200 pages of 20 ms with WithPrefetch(4), of the same one at a time", want: "≤ 0.30",
			judge: atMost(0.30, walkTitle, prefetchName, oursName, wallTime),
		},
		{what: "live heap of a walk over a million records", want: "< 8 MiB", judge: below(8<<20, oursName)},
		{what: "live heap of the same with WithPrefetch(4)", want: "< 8 MiB", judge: below(8<<20, prefetchName)},
		{
			what: "connections of 64 goroutines, in the worst round", want: "≤ 64",
			why: "net/http dials for a request that finds no idle connection, and where another becomes idle first it uses that one and keeps both",
			judge: func(r results) (string, bool) {
				most := largest(r.values(parallelTitle, oursName, connections))
				return fmt.Sprintf("%.0f", most), most > 0 && most <= 64
			},
		},
		{
			what: "HTTP/2: requests of 64 goroutines that went by it, and connections", want: "all, on 1",
			judge: func(r results) (string, bool) {
				met := len(r[http2Title][oursName]) > 0
				by, on := 0.0, 0.0
				for _, s := range r[http2Title][oursName] {
					by, on = float64(s.counts.HTTP2)/float64(s.counts.Requests), max(on, float64(s.counts.Connections))
					met = met && s.counts.HTTP2 == s.counts.Requests && s.counts.Connections == 1
				}
				return fmt.Sprintf("%.0f %%, on %.0f", 100*by, on), met
			},
		},
		{
			what: "gzip: answers compressed by default, and with it turned off", want: "all, none",
			judge: func(r results) (string, bool) {
				share := func(name string) float64 {
					return r.median(gzipTitle, name, func(s sample) float64 { return float64(s.counts.Gzipped) / float64(s.counts.Requests) })
				}
				on, off := share(gzipName), share(plainName)
				return fmt.Sprintf("%.0f %%, %.0f %%; it costs %.1f times the wall time here", 100*on, 100*off,
					r.ratio(gzipTitle, gzipName, plainName, wallTime)), on == 1 && off == 0
			},
		},
	}
}

// decodingTargets are those of a list page, over loopback, where the kernel's work is in both figures, and in memory, where it is in none.
func decodingTargets() []target {
	var all []target
	for _, on := range []struct{ title, where string }{{listTitle, "over loopback"}, {memoryListTitle, "in memory"}} {
		cpu := "CPU of a list page of 100 " + on.where + ", of net/http + encoding/json"
		all = append(all,
			target{what: cpu, want: "≤ 0.60", judge: atMost(0.60, on.title, oursName, rawName, cpuTime)},
			target{what: cpu, want: "≤ 0.35", judge: atMost(0.35, on.title, oursName, rawName, cpuTime)},
			target{
				what: "bytes allocated for it, of the same", want: "≤ 0.50",
				judge: atMost(0.50, on.title, oursName, rawName, heapBytes),
			})
	}
	return all
}

// firstTargets ask whether any client takes less CPU than ours.
func firstTargets() []target {
	var all []target
	for _, title := range []string{listTitle, longListTitle, getTitle, memoryListTitle, memoryLongTitle, memoryGetTitle, parallelTitle} {
		all = append(all, target{
			what: "ahead of every client in CPU: " + title, want: "first",
			judge: func(r results) (string, bool) {
				best := ""
				for name := range r[title] {
					if name != oursName && (best == "" || r.median(title, name, cpuTime) < r.median(title, best, cpuTime)) {
						best = name
					}
				}
				if best == "" {
					return notMeasured, false
				}
				ratio := r.ratio(title, oursName, best, cpuTime)
				return fmt.Sprintf("%.2f of the next best, %s", ratio, best), ratio < 1
			},
		})
	}
	return all
}

// atMost judges a ratio of two entries.
func atMost(limit float64, title, name, to string, of metric) func(results) (string, bool) {
	return func(r results) (string, bool) {
		all := r.ratios(title, name, to, of)
		if len(all) == 0 {
			return notMeasured, false
		}
		return fmt.Sprintf("%.2f (%.2f to %.2f)", median(all), slices.Min(all), slices.Max(all)), median(all) <= limit
	}
}

// exactly judges the requests of our walks, in every round.
func exactly(want int, title string) func(results) (string, bool) {
	return func(r results) (string, bool) {
		var found []string
		met := true
		for _, walk := range ourWalks {
			all := r.values(title, walk.name, requests)
			if len(all) == 0 {
				return notMeasured, false
			}
			found = append(found, fmt.Sprintf("%.0f", largest(all)))
			met = met && int(slices.Min(all)) == want && int(slices.Max(all)) == want
		}
		return strings.Join(found, ", "), met
	}
}

// below judges the live heap of the long walk, in every round.
func below(limit float64, name string) func(results) (string, bool) {
	return func(r results) (string, bool) {
		most := largest(r.values(millionTitle, name, peakHeap))
		return bytesText(most), most > 0 && most < limit
	}
}

func writeTargets(out *strings.Builder, r results, size scale) {
	out.WriteString("## Targets\n\nIn brackets the lowest and the highest of the rounds.\n\n")
	row(out, "target", "wanted", "measured", "")
	row(out, "---", "---", "---", "---")
	for _, t := range targets(size) {
		measured, met := t.judge(r)
		verdict := "met"
		if !met {
			verdict = strings.TrimSuffix("**missed**: "+t.why, ": ")
		}
		row(out, t.what, t.want, measured, verdict)
	}
	out.WriteString("\n")
}
