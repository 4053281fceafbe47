package follow_test

import (
	"flag"
	"regexp"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

var (
	exhaustive = flag.Bool("exhaustive", false, "let the exhaustive check of followers make all of its runs: a kind takes seconds, and with four events a minute")
	onlyKinds  = flag.String("kinds", "", "let the exhaustive check follow the kinds only whose name matches this")
	merge      = flag.Bool("merge", true, "let the exhaustive check follow on only once from where several runs come")
	mostEvents = flag.Int("events", 4, "let the exhaustive check have at most so many events in a run")
	records    = flag.Int("records", 6, "let the exhaustive check follow lists of at most so many records")
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

// kinds are the kinds of servers and lists. Each is followed in every order.
func kinds() []kind {
	const oldest, newest, asAsked = pagetest.OldestFirst, pagetest.NewestFirst, pagetest.AsAsked
	base := []kind{
		{name: "honest", events: 4, part: 2},
		{name: "no count", count: noCount},
		{name: "count late", count: countLate},
		{name: "count too large", count: countPlus(2)},
		{name: "count too small", count: countPlus(-2)},
		{name: "count capped", count: countCapped(3)},
		{name: "count of the page", count: countOfRows},
		{name: "capped at 2", limit: 2},
		{name: "capped at 2, no count", limit: 2, count: noCount},
		{name: "capped at 2, count of the page", limit: 2, count: countOfRows},
		{name: "capped at 2, pages counted as asked", limit: 2, byAsked: true},
		{name: "capped at 2, pages counted as asked, no count", limit: 2, byAsked: true, count: noCount},
		{name: "fixed at 2", fixed: 2},
		{name: "fixed at 2, ignores count", fixed: 2, ignoreCount: true},
		{name: "fixed at 2, ignores count, no count", fixed: 2, ignoreCount: true, count: noCount, errs: true},
		{name: "fixed at 2, ignores count, count late", fixed: 2, ignoreCount: true, count: countLate},
		{name: "ignores paging", ignore: true},
		{name: "ignores paging, no count", ignore: true, count: noCount, errs: true},
		{name: "ignores paging, count too small", ignore: true, count: countPlus(-2)},
		{name: "ignores paging, count capped", ignore: true, count: countCapped(3)},
		{name: "ignores everything", ignore: true, ignoreCount: true, errs: true},
		{name: "refuses pages behind the end", past: pastRefused},
		{name: "refuses pages behind the end, no count", past: pastRefused, count: noCount},
		{name: "first page behind the end", past: pastFirst},
		{name: "first page behind the end, no count", past: pastFirst, count: noCount},
		{name: "last page behind the end", past: pastLast},
		{name: "last page behind the end, no count", past: pastLast, count: noCount},
		{name: "a page empty once", hole: holeCounted},
		{name: "a page empty once, with record_count 0", hole: holeZero},
	}
	var all []kind
	for _, k := range base {
		if k.events == 0 {
			k.events, k.part = 3, 1
		}
		for _, order := range []struct {
			name     string
			order    pagetest.Order
			sortable bool
		}{{"as asked", asAsked, true}, {"oldest first", oldest, false}, {"newest first", newest, false}, {"newest first, sort ignored", newest, true}} {
			own := k
			own.name, own.order, own.sortable = k.name+", "+order.name, order.order, order.sortable
			if order.order == asAsked {
				own.part = 2
			}
			all = append(all, own)
			own.sparse, own.name = true, own.name+", sparse"
			own.part = min(own.part, 1)
			all = append(all, own)
		}
	}
	return all
}

// TestExhaustiveFollowers follows every list of up to 6 records in pages of up to 3, from every cursor, with every sequence of events, and with a restart from
// the cursor after any response that brought something.
func TestExhaustiveFollowers(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // most of the memory is kept for copies
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(3 << 30))
	begin := time.Now()
	only := regexp.MustCompile(*onlyKinds)
	lists := *records + 1
	var work sync.WaitGroup
	tokens := make(chan struct{}, runtime.GOMAXPROCS(0))
	all, followed := pagetest.NewTally(-1), 0
	noted := pagetest.ReadNoted(t, "testdata/requests.txt", *update)
	for _, k := range kinds() {
		if !only.MatchString(k.name) || t.Failed() && pagetest.FailFast() {
			continue
		}
		followed++
		c := pagetest.NewTally(lists)
		for n := lists - 1; n >= 0; n-- {
			tokens <- struct{}{}
			work.Go(func() {
				defer func() { <-tokens }()
				var total pagetest.Total
				for size := 1; size <= 3; size++ {
					total.Add(k.explore(n, size, k.budget(), *merge, c))
				}
				all.Add(total)
				if c.Add(total) {
					k.report(t, c, noted)
				}
			})
		}
	}
	work.Wait()
	noted.Write(t)
	t.Logf("%d runs of %d kinds in %d requests, %s", all.Total.Runs, followed, all.Total.Steps, time.Since(begin).Round(time.Second))
}

// TestExhaustiveFollowersEach makes each run by itself, and comes to what it comes to where each state is followed from once.
func TestExhaustiveFollowersEach(t *testing.T) {
	t.Parallel()
	for _, k := range kinds() {
		for n := range 4 {
			const size, events = 2, 1
			c := pagetest.NewTally(0)
			each, once := k.explore(n, size, events, false, c), k.explore(n, size, events, true, c)
			assert.LessOrEqual(t, once.Steps, each.Steps)
			each.Steps, once.Steps = 0, 0
			assert.Equal(t, each, once, "%s, %d records", k.name, n)
		}
	}
}

// report logs the results of a kind after its last run.
func (k kind) report(t *testing.T, c *pagetest.Tally, noted *pagetest.Noted) {
	if *exhaustive {
		t.Logf("%-72s %11d runs in %10d requests", k.name, c.Total.Runs, c.Total.Steps)
	}
	for what, e := range c.Examples {
		t.Errorf("%s: %s: %s", k.name, what, e.Words)
	}
	if k.budget() == k.part && *records == 6 {
		noted.Check(t, k.name, c.Total, 0)
	}
	if len(c.Examples) > 0 {
		t.Errorf("%s: of %d runs %d never rest, and of other faults there are %v", k.name, c.Total.Runs, c.Total.TooLong, c.Total.Found)
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

// explore makes all runs over n records in pages of a size.
func (k kind) explore(n, size, budget int, merge bool, c *pagetest.Tally) (total pagetest.Total) {
	m := &memory{Copier: planner.Copier()}
	fault := func(r *run, _ int, _, picks []int) {
		c.Note(r.what, n, func() string { return r.replay(picks) })
	}
	var all []*run
	for after := 0; after <= n; after++ {
		for restarts := range 2 {
			b := beginning{kind: k, records: n, size: size, after: after, restarts: restarts, events: budget - restarts}
			if merge {
				all = append(all, b.run(m))
			} else {
				total.Add(pagetest.ExploreEach(func() *run { return b.run(m) }, fault))
			}
		}
	}
	if merge {
		total = pagetest.Explore(all, fault)
	}
	return total
}
