package paging_test

import (
	"flag"
	"fmt"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

var (
	exhaustive = flag.Bool("exhaustive", false, "let the exhaustive check of walks make all of its walks; most kinds take less than a minute, those with moves many: choose with -kinds")
	onlyKinds  = flag.String("kinds", "", "let the exhaustive check walk the kinds only whose name matches this")
	merge      = flag.Bool("merge", true, "let the exhaustive check walk on once only from where several walks come")
	mostEvents = flag.Int("events", 4, "let the exhaustive check have at most so many events in a walk")
	records    = flag.Int("records", 6, "let the exhaustive check walk over at most so many records")
	update     = flag.Bool("update", false, "note the requests of each kind in testdata/requests.txt")
)

// Habits of record_count.
func noCount(int, int, int) int      { return -1 }
func countOfRows(_, _, rows int) int { return rows }
func countLate(_, before, _ int) int { return before }
func countPlus(n int) func(_, _, _ int) int {
	return func(total, _, _ int) int { return max(0, total+n) }
}
func countCapped(most int) func(_, _, _ int) int {
	return func(total, _, _ int) int { return min(total, most) }
}

// kinds are the kinds of servers, lists and events.
var kinds = []kind{
	{name: "honest", own: true, events: 4, part: 3},
	{name: "honest, sparse", own: true, events: 4, part: 3},
	{name: "honest, WithSecondPass", second: true, events: 4, part: 2},
	{name: "no count", count: noCount, own: true, events: 3, part: 2},
	{name: "no count, sparse", count: noCount, own: true, events: 3, part: 2},
	{name: "no count, WithSecondPass, sparse", count: noCount, second: true, events: 3, part: 2},
	{name: "count late", count: countLate, own: true, events: 3, part: 2},
	{name: "count late, sparse", count: countLate, own: true, events: 3, part: 2},
	{name: "count too large", count: countPlus(2), own: true, events: 3, part: 2, errs: true},
	{name: "count too small", count: countPlus(-2), own: true, events: 3, part: 2},
	{name: "count too small, sparse", count: countPlus(-2), own: true, events: 3, part: 2},
	{name: "count capped, sparse", count: countCapped(3), own: true, events: 3, part: 2},
	{name: "count of rows, sparse", count: countOfRows, own: true, events: 3, part: 2},
	{name: "capped at 2, sparse", limit: 2, own: true, events: 3, part: 2},
	{name: "capped at 1, sparse", limit: 1, own: true, events: 3, part: 2},
	{name: "capped at 2, no count, sparse", limit: 2, count: noCount, events: 3, part: 2},
	{name: "capped at 2, counts by asked, sparse", limit: 2, byAsked: true, own: true, events: 3, part: 2},
	{name: "capped at 2, counts by asked, no count, sparse", limit: 2, byAsked: true, count: noCount, events: 3, part: 2},
	{name: "fixed at 2, sparse", fixed: 2, own: true, events: 3, part: 2},
	{name: "fixed at 2, counts by asked, sparse", fixed: 2, byAsked: true, own: true, events: 3, part: 2},
	{name: "fixed at 3, counts by asked, sparse", fixed: 3, byAsked: true, events: 3, part: 2},
	{name: "fixed at 1, sparse", fixed: 1, own: true, events: 3, part: 2},
	{name: "fixed at 2, no count, sparse", fixed: 2, count: noCount, events: 3, part: 2},
	{name: "fixed at 2, count late, sparse", fixed: 2, count: countLate, events: 3, part: 2},
	{name: "uneven, sparse", uneven: true, events: 3, part: 2},
	{name: "uneven, no count, sparse", uneven: true, count: noCount, events: 3, part: 2},
	{name: "paging ignored", ignore: true, fixed: 2, events: 3, part: 2},
	{name: "404 behind the end, sparse", past: past404, events: 3, part: 2},
	{name: "404 behind the end, no count, sparse", past: past404, count: noCount, events: 3, part: 2},
	{name: "first page behind the end, sparse", past: pastFirst, events: 3, part: 3},
	{name: "first page behind the end, no count, sparse", past: pastFirst, count: noCount, events: 3, part: 2},
	{name: "last page behind the end, sparse", past: pastLast, events: 3, part: 2},
	{name: "last page behind the end, no count, sparse", past: pastLast, count: noCount, events: 3, part: 2},
	{name: "fixed at 2, first page behind the end, no count, sparse", fixed: 2, past: pastFirst, count: noCount, events: 3, part: 2, errs: true},
	{name: "fixed at 2, last page behind the end, no count, sparse", fixed: 2, past: pastLast, count: noCount, events: 3, part: 2, errs: true},
	{name: "newest first, sparse", newestFirst: true, order: byIDDown, own: true, events: 3, part: 2},
	{name: "newest first, no count, sparse", newestFirst: true, order: byIDDown, count: noCount, events: 3, part: 2},
	// Where it tells of a record that no page has, it may also be late: 4 of its 180,022 walks end with an error although nothing is missing.
	{name: "newest first, count late, sparse", newestFirst: true, order: byIDDown, count: countLate, events: 3, part: 2, errs: true},
	{name: "newest first, fixed at 2, sparse", newestFirst: true, order: byIDDown, fixed: 2, events: 3, part: 2},
	{name: "newest first, fixed at 2, no count, sparse", newestFirst: true, order: byIDDown, fixed: 2, count: noCount, events: 2, part: 1, errs: true},
	{name: "newest first, count too large, sparse", newestFirst: true, order: byIDDown, count: countPlus(2), events: 3, part: 1, errs: true},
	{name: "newest first, count too small, sparse", newestFirst: true, order: byIDDown, count: countPlus(-2), events: 3, part: 1},
	{name: "newest first, 404 behind the end, sparse", newestFirst: true, order: byIDDown, past: past404, own: true, events: 3, part: 2},
	{name: "newest first, first page behind the end, sparse", newestFirst: true, order: byIDDown, past: pastFirst, events: 3, part: 2},
	{name: "newest first, first page behind the end, no count, sparse", newestFirst: true, order: byIDDown, past: pastFirst, count: noCount, events: 3, part: 2},
	{name: "newest first, last page behind the end, sparse", newestFirst: true, order: byIDDown, past: pastLast, events: 3, part: 2},
	{name: "newest first, last page behind the end, no count, sparse", newestFirst: true, order: byIDDown, past: pastLast, count: noCount, events: 3, part: 2},
	{name: "newest first asked for, oldest first sent, sparse", order: byIDDown, events: 3, part: 3},
	{name: "newest first, WithSecondPass, sparse", newestFirst: true, order: byIDDown, second: true, events: 3, part: 1},
	{name: "cannot be sorted, oldest first, sparse", order: byRows, events: 3, part: 2},
	{name: "cannot be sorted, newest first, sparse", newestFirst: true, order: byRows, events: 3, part: 2},
	{name: "cannot be sorted, moves, sparse", order: byRows, middle: true, events: 3, part: 1, errs: true},
	{name: "another key, sparse", order: byOther, middle: true, events: 3, part: 1, errs: true},
	{name: "another key, deletes", order: byOther, own: true, events: 3, part: 2},
	{name: "another key, no count", order: byOther, count: noCount, events: 3, part: 2},
	{name: "another key, count late", order: byOther, count: countLate, events: 3, part: 2},
	{name: "another key, count too large", order: byOther, count: countPlus(2), events: 3, part: 1, errs: true},
	{name: "another key, count too small", order: byOther, count: countPlus(-2), events: 3, part: 1},
	// Two readings agree on fewer than record_count tells of, as on a server that refuses a page that there is: a record that came in between is missing.
	{name: "another key, 404 behind the end", order: byOther, past: past404, events: 3, part: 2, errs: true},
	{name: "another key, 404 behind the end, no count", order: byOther, past: past404, count: noCount, events: 3, part: 2},
	{name: "another key, first page behind the end", order: byOther, past: pastFirst, events: 3, part: 2},
	{name: "another key, first page behind the end, no count", order: byOther, past: pastFirst, count: noCount, events: 3, part: 2},
	{name: "another key, last page behind the end", order: byOther, past: pastLast, events: 3, part: 2},
	{name: "another key, last page behind the end, no count", order: byOther, past: pastLast, count: noCount, events: 3, part: 2},
	{name: "another key, paging ignored", order: byOther, ignore: true, fixed: 2, events: 3, part: 2},
	{name: "another key, fixed at 2", order: byOther, fixed: 2, events: 3, part: 1},
	{name: "another key, WithSecondPass", order: byOther, second: true, events: 3, part: 1},
	{name: "capped at 2, counts by asked, count capped, sparse", limit: 2, byAsked: true, count: countCapped(3), own: true, events: 3, part: 2},
	{name: "capped at 2, first page behind the end, sparse", limit: 2, past: pastFirst, own: true, events: 3, part: 2},
	{name: "capped at 2, WithSecondPass, sparse", limit: 2, second: true, events: 3, part: 2},
	{name: "fixed at 2, first page behind the end, sparse", fixed: 2, past: pastFirst, own: true, events: 3, part: 2},
	{name: "fixed at 2, 404 behind the end, sparse", fixed: 2, past: past404, own: true, events: 3, part: 2},
	{name: "fixed at 2, WithSecondPass, sparse", fixed: 2, second: true, events: 3, part: 2},
	{name: "uneven, deletes, sparse", uneven: true, own: true, events: 3, part: 2},
	{name: "404 behind the end, count capped, sparse", past: past404, count: countCapped(3), own: true, events: 3, part: 2},
	{name: "first page behind the end, WithSecondPass, sparse", past: pastFirst, second: true, events: 3, part: 2},
	{name: "newest first, capped at 2, sparse", newestFirst: true, order: byIDDown, limit: 2, own: true, events: 3, part: 2},
	{name: "cannot be sorted, oldest first, no count, sparse", order: byRows, count: noCount, events: 3, part: 2},
	{name: "another key, count capped", order: byOther, count: countCapped(3), events: 3, part: 2},
	{name: "last page behind the end, count late, sparse", past: pastLast, count: countLate, events: 2, part: 2},
	{name: "uneven, first page behind the end, sparse", uneven: true, past: pastFirst, events: 3, part: 2},
	{name: "uneven, last page behind the end, sparse", uneven: true, past: pastLast, events: 3, part: 2},
	{name: "uneven, 404 behind the end, sparse", uneven: true, past: past404, own: true, events: 3, part: 2, errs: true},
	{name: "newest first, count of rows, sparse", newestFirst: true, order: byIDDown, count: countOfRows, events: 3, part: 2},
	{name: "another key, count of rows", order: byOther, count: countOfRows, events: 3, part: 2},
	{name: "newest first, uneven, no count, sparse", newestFirst: true, order: byIDDown, uneven: true, count: noCount, events: 2, part: 2},
	{name: "sort ignored, moves", middle: true, events: 2, part: 1, errs: true},
}

// newWalk begins the walk of a kind.
func newWalk(size int, k kind) *paging.Walk {
	return paging.New(size, paging.Options{SecondPass: k.second, Order: paging.Order(k.order)})
}

// What can come of a walk, but for too many requests.
const (
	lost = iota
	twice
	falseAlarm
	documented
)

// outcomes name them.
var outcomes = []string{"lost", "given twice", "false alarm", "in the documented gap"}

// TestExhaustiveWalks walks every list of up to 6 records in pages of up to 3 with every sequence of events of each kind.
func TestExhaustiveWalks(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // most of the memory is kept for copies
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(3 << 30))
	begin := time.Now()
	only := regexp.MustCompile(*onlyKinds)
	const sizes = 3
	lists := *records + 1
	all, noted := pagetest.NewTally(-1), pagetest.ReadNoted(t, "testdata/requests.txt", *update)
	var work sync.WaitGroup
	tokens := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, k := range kinds {
		if !only.MatchString(k.name) || t.Failed() && pagetest.FailFast() {
			continue
		}
		c := pagetest.NewTally(lists * sizes)
		for n := lists - 1; n >= 0; n-- {
			for size := sizes; size >= 1; size-- {
				tokens <- struct{}{}
				work.Go(func() {
					defer func() { <-tokens }()
					total := k.explore(n, size, c)
					all.Add(total)
					if c.Add(total) {
						k.report(t, c, noted)
					}
				})
			}
		}
	}
	work.Wait()
	noted.Write(t)
	t.Logf("%d walks in %d requests, %s", all.Total.Runs, all.Total.Steps, time.Since(begin).Round(time.Second))
}

// TestExhaustiveWalksEach makes each walk by itself, and comes to what it comes to where each state is walked on from once.
func TestExhaustiveWalksEach(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		for n := range 4 {
			const size = 2
			begin := func() *world { return k.world(n, size, min(2, k.events)) }
			none := func(*world, int, []int, []int) {}
			each, once := pagetest.ExploreEach(begin, none), pagetest.Explore([]*world{begin()}, none)
			assert.LessOrEqual(t, once.Steps, each.Steps)
			each.Steps, once.Steps = 0, 0
			assert.Equal(t, each, once, "%s, %d records", k.name, n)
		}
	}
}

// report logs the results of a kind after its last walk.
func (k kind) report(t *testing.T, c *pagetest.Tally, noted *pagetest.Noted) {
	f := c.Total.Found
	t.Logf("%-52s %11d walks in %10d requests: %d lost, %d twice, %d too long, %d false alarms, %d in the documented gap",
		k.name, c.Total.Runs, c.Total.Steps, f[lost], f[twice], c.Total.TooLong, f[falseAlarm], f[documented])
	for what, e := range c.Examples {
		t.Errorf("%s: %s: %s", k.name, what, e.Words)
	}
	if k.budget() == k.part && *records == 6 {
		noted.Check(t, k.name, c.Total, 0)
	}
}

// budget is how many events there may be.
func (k kind) budget() int {
	budget := k.part
	switch {
	case *exhaustive:
		budget = k.events
	case underRace: // .ci/run makes the whole part without the detector
		budget = max(0, budget-1)
	}
	return min(budget, *mostEvents)
}

// explore makes all walks over n records in pages of one size, and returns their results.
func (k kind) explore(n, size int, c *pagetest.Tally) pagetest.Total {
	budget := k.budget()
	begin := func() *world { return k.world(n, size, budget) }
	fault := func(w *world, spare int, found, picks []int) {
		words := func() string {
			return fmt.Sprintf("%d by %d: %s; given %v, err %v", n, size, strings.Join(begin().replay(picks), " "), w.given, w.walk.Err())
		}
		if spare < 0 {
			c.Note("too long", n, words)
		}
		for _, what := range found {
			if what != documented {
				c.Note(outcomes[what], n, words)
			}
		}
	}
	if *merge {
		return pagetest.Explore([]*world{begin()}, fault)
	}
	return pagetest.ExploreEach(begin, fault)
}
