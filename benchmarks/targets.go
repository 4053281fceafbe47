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
	floor      string // the contest of which that is what net/http takes by itself, or ""
	cpu        string // the contest whose CPU time it is about, or ""
}

const notMeasured = "not measured"

func targets(size scale) []target {
	return slices.Concat(decodingTargets(), ownTargets(size), firstTargets())
}

// ownTargets are those of which there is one.
func ownTargets(size scale) []target {
	return []target{
		{
			what: fmt.Sprintf("requests of a walk over %d records in pages of 100, one at a time and with WithPrefetch(4)", size.walkPages*usualPage),
			want: strconv.Itoa(size.walkPages + 1), judge: exactly(size.walkPages+1, walkTitle), // a full page does not say that it is the last one
		},
		{
			what: fmt.Sprintf("requests of a walk over %d records in pages of 100, likewise", size.longRecords),
			want: strconv.Itoa(size.longRecords/usualPage + 1), judge: exactly(size.longRecords/usualPage+1, millionTitle),
		},
		{
			what: "wall time of 100 pages of 20 ms with WithPrefetch(4), of the same one at a time", want: "≤ 0.30",
			judge: atMost(0.30, walkTitle, prefetchName, oursName, wallTime),
		},
		{what: "live heap of a walk over a million records", want: "< 4 MiB", judge: below(4<<20, oursName)},
		{what: "live heap of the same with WithPrefetch(4)", want: "< 4 MiB", judge: below(4<<20, prefetchName)},
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
			what: "gzip: responses compressed by default, and with it turned off", want: "all, none",
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

// decodingTargets are those of a list page and a Get, over loopback, where the kernel's work is in both figures, and in memory, where it is in none.
func decodingTargets() []target {
	ratio := func(what, title string, limit float64, of metric) target {
		return target{
			what: what + ": " + title, want: fmt.Sprintf("≤ %.2f of %s", limit, rawName), judge: atMost(limit, title, oursName, rawName, of),
		}
	}
	return []target{
		floored(ratio("CPU", listTitle, 0.22, cpuTime), listTitle), floored(ratio("CPU", memoryListTitle, 0.17, cpuTime), memoryListTitle),
		ratio("allocations", memoryListTitle, 0.45, allocs), ratio("bytes allocated", memoryListTitle, 0.21, heapBytes),
		floored(ratio("CPU", getTitle, 0.72, cpuTime), getTitle), floored(ratio("CPU", memoryGetTitle, 0.34, cpuTime), memoryGetTitle),
		{
			what: "allocations: " + memoryGetTitle, want: "≤ 45",
			judge: func(r results) (string, bool) {
				if len(r[memoryGetTitle][oursName]) == 0 {
					return notMeasured, false
				}
				made := r.median(memoryGetTitle, oursName, allocs)
				return fmt.Sprintf("%.0f", made), made < 45.5 // a sample's own few are in it
			},
		},
	}
}

// floored is a target that is explained, if it is missed, by what net/http takes by itself.
func floored(t target, title string) target {
	t.floor, t.cpu = title, title
	return t
}

// firstTargets ask whether any other SDK takes less CPU than ours, and whether anything that a program could build instead does.
func firstTargets() []target {
	var all []target
	for _, title := range []string{listTitle, longListTitle, getTitle, memoryListTitle, memoryLongTitle, memoryGetTitle, thinTitle, parallelTitle} {
		all = append(all, target{what: "less CPU than every other client: " + title, want: "< 1.00", judge: ahead(title, peers()), cpu: title})
	}
	for _, title := range []string{listTitle, getTitle, memoryListTitle, memoryGetTitle, thinTitle} {
		all = append(all, target{what: "less CPU than all that you could build instead: " + title, want: "< 1.00", judge: ahead(title, builds()), cpu: title})
	}
	return all
}

// ahead judges our CPU time against the least of the others'.
func ahead(title string, others []peer) func(results) (string, bool) {
	return func(r results) (string, bool) {
		best := ""
		for _, p := range others {
			if p.name != oursName && len(r[title][p.name]) > 0 && (best == "" || r.median(title, p.name, cpuTime) < r.median(title, best, cpuTime)) {
				best = p.name
			}
		}
		if best == "" || len(r[title][oursName]) == 0 {
			return notMeasured, false
		}
		ratio := r.ratio(title, oursName, best, cpuTime)
		return fmt.Sprintf("%.2f of the next best, %s", ratio, best), ratio < 1
	}
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

// missedTitles are the contests of which a target of CPU time was missed, once each.
func missedTitles(r results, size scale) []string {
	var titles []string
	for _, t := range targets(size) {
		if measured, met := t.judge(r); t.cpu != "" && !met && measured != notMeasured && !slices.Contains(titles, t.cpu) {
			titles = append(titles, t.cpu)
		}
	}
	return titles
}

func writeTargets(out *strings.Builder, r results, size scale) {
	out.WriteString("## Targets\n\nIn brackets the lowest and the highest of the rounds.\n\n")
	row(out, "target", "wanted", "measured", "")
	row(out, "---", "---", "---", "---")
	for _, t := range targets(size) {
		measured, met := t.judge(r)
		if t.floor != "" && len(r[t.floor][bareName]) > 0 {
			t.why = fmt.Sprintf("net/http with nothing decoded takes %.2f of it, which no client of it can save", r.ratio(t.floor, bareName, rawName, cpuTime))
		}
		verdict := "met"
		switch {
		case measured == notMeasured:
			verdict = ""
		case !met:
			verdict = strings.TrimSuffix("**missed**: "+t.why, ": ")
		}
		row(out, t.what, t.want, measured, verdict)
	}
	out.WriteString("\n")
}
