package follow_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

var (
	exhaustive = flag.Bool("exhaustive", false, "let the exhaustive check of followers make all of its runs; it takes hours, so choose some with -kinds")
	onlyKinds  = flag.String("kinds", "", "let the exhaustive check follow the kinds only whose name contains this")
	mostEvents = flag.Int("events", 4, "let the exhaustive check have at most so many events in a run")
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
			all = append(all, own)
			own.sparse, own.name = true, own.name+", sparse"
			own.part = min(own.part, 1)
			all = append(all, own)
		}
	}
	return all
}

// tally is what came of the runs over one kind.
type tally struct {
	runs  atomic.Int64
	left  atomic.Int64 // lists of which not all runs are made
	bad   sync.Map     // of each fault how often
	first sync.Map     // and the first example
}

func (c *tally) note(what string, example string) {
	n, _ := c.bad.LoadOrStore(what, new(atomic.Int64))
	if n.(*atomic.Int64).Add(1) == 1 { //nolint:errcheck,forcetypeassert // nothing else is stored
		c.first.Store(what, example)
	}
}

// TestExhaustiveFollowers follows every list of up to 6 records in pages of up to 3, from every cursor, with every sequence of events, and with a restart from
// the cursor after any response that brought something.
func TestExhaustiveFollowers(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	const lists = 7
	var all atomic.Int64
	var work sync.WaitGroup
	tokens := make(chan struct{}, runtime.GOMAXPROCS(0))
	followed := 0
	for _, k := range kinds() {
		if !strings.Contains(k.name, *onlyKinds) {
			continue
		}
		followed++
		c := new(tally)
		c.left.Store(lists)
		for n := lists - 1; n >= 0; n-- {
			tokens <- struct{}{}
			work.Go(func() {
				defer func() { <-tokens }()
				for size := 1; size <= 3; size++ {
					for after := 0; after <= n; after++ {
						k.explore(n, size, after, c)
					}
				}
				if c.left.Add(-1) == 0 {
					all.Add(c.runs.Load())
					c.report(t, k)
				}
			})
		}
	}
	work.Wait()
	t.Logf("%d runs of %d kinds in %s", all.Load(), followed, time.Since(begin).Round(time.Second))
}

// report logs the results of a kind after its last run.
func (c *tally) report(t *testing.T, k kind) {
	if *exhaustive {
		t.Logf("%-72s %9d runs", k.name, c.runs.Load())
	}
	c.first.Range(func(what, example any) bool {
		n, _ := c.bad.Load(what)
		t.Errorf("%s: %s, %d of %d: %s", k.name, what, n.(*atomic.Int64).Load(), c.runs.Load(), example)
		return true
	})
}

// explore makes all runs over n records in pages of a size from one cursor.
func (k kind) explore(n, size, after int, c *tally) {
	budget := k.part
	switch {
	case *exhaustive:
		budget = k.events
	case underRace: // .ci/run makes the whole part without the detector
		budget = max(0, budget-1)
	}
	budget = min(budget, *mostEvents)
	for restarts := range 2 {
		var choices chooser
		for more := true; more; more = choices.again() {
			w := k.world(n, budget-restarts)
			c.runs.Add(1)
			if what := w.run(size, after, restarts, &choices); what != "" {
				v := k.world(n, budget-restarts)
				v.tell = true
				choices.at = 0
				v.run(size, after, restarts, &choices)
				c.note(what, fmt.Sprintf("%d by %d after %d: %s", n, size, after, strings.Join(v.words, " ")))
			}
		}
	}
}

func (k kind) world(n, budget int) *world {
	w := &world{kind: k, next: k.step(), before: -1, budget: max(0, budget)}
	for range n {
		w.list = append(w.list, w.next)
		w.next += k.step()
	}
	return w
}

// run follows until nothing happens any more, and returns what was wrong.
func (w *world) run(size, after, restarts int, c *chooser) string {
	cursor := int64(after) * w.step()
	f := follow.New(cursor, size, w.sortable)
	calm := 0                     // passes in a row that gave nothing, while nothing happened
	var earlier, earliest []int64 // what was there when the passes before began
	for passes := 0; ; passes++ {
		if passes > 12 {
			return "it never rests"
		}
		there, events, n := slices.Clone(w.list), w.events, len(w.list)
		asked := map[page.Request]int{} // since the list changed last
		version, requests := w.version, 0
		var before follow.Answer
		restarted, gave := false, false
		for req, more := f.Next(); more; req, more = f.Next() {
			w.happen(c)
			if version != w.version {
				version = w.version
				clear(asked)
			}
			if asked[req]++; asked[req] > mostAsked || asked[req] > 2 && w.order != pagetest.NewestFirst {
				return "the same question again"
			}
			if requests++; requests > w.most(n, size, w.events-events) {
				return fmt.Sprintf("more than %d requests for %d records by %d with %d events", w.most(n, size, w.events-events), n, size, w.events-events)
			}
			answer := w.serve(req)
			next, previous := f.Accept(answer)
			from := answer
			if previous {
				from = before
			}
			before = answer
			var given []int64
			for _, i := range next {
				if from.IDs[i] <= cursor || len(given) > 0 && from.IDs[i] <= given[len(given)-1] {
					return "given twice"
				}
				given = append(given, from.IDs[i])
			}
			if len(given) == 0 {
				continue
			}
			gave = true
			clear(asked)
			for _, id := range w.list {
				if id > cursor && id <= given[len(given)-1] && !slices.Contains(given, id) {
					return "missed"
				}
			}
			if cursor = given[len(given)-1]; f.Cursor() != cursor {
				return "a wrong cursor"
			}
			if restarts > 0 && c.pick(2) == 1 {
				restarts--
				cursor = given[c.pick(len(given))] // it was stopped in the midst of them
				f = follow.New(cursor, size, w.sortable)
				restarted = true
				break
			}
		}
		if restarted {
			calm = 0
			continue
		}
		if err := f.Err(); err != nil {
			if w.events == events && !w.errs {
				_, reason, _ := strings.Cut(err.Error(), ": ")
				return "a false alarm: " + reason
			}
			if w.events == events {
				return ""
			}
		} else {
			if w.order == pagetest.OldestFirst {
				// Where no page overlaps both places where something new may be, a quiet pass looks at one of them.
				there, earlier, earliest = earliest, there, earlier
			}
			for _, id := range there {
				if id > cursor && slices.Contains(w.list, id) {
					return "a pass ended before a record"
				}
			}
			if w.events > events || gave {
				calm = 0
			} else if calm++; calm > 2 {
				if requests > 1 {
					return fmt.Sprintf("a quiet pass of %d requests", requests)
				}
				return ""
			}
		}
		f.Begin()
	}
}

// mostAsked is how often a question may be asked while the list does not change and nothing is given out. It is twice where pages can overlap. A list
// that comes with the newest records first in pages that cannot needs more: the page as one on the way, to be held between two readings of page 1,
// once again where these do not agree since the list had changed before, and another time where there is no record_count.
const mostAsked = 4

// most is how many requests a pass may take. With the oldest records first each page is read once, and once more where pages cannot overlap. With the
// newest first a page is held until page 1 was read again, and both are read twice where there is no true record_count. An event makes one proof void.
func (w *world) most(n, size, events int) int {
	size = max(size, 2)
	if w.limit > 0 {
		size = min(size, w.limit)
	}
	if w.fixed > 0 {
		size = w.fixed
	}
	pages := (n+events)/size + 1
	if w.order == pagetest.NewestFirst {
		return 4*pages + 2 + 8*events
	}
	return 2*pages + 3 + 3*events
}
