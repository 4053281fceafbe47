package paging_test

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

	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

var (
	exhaustive = flag.Bool("exhaustive", false, "let the exhaustive check of walks make all of its walks; it takes hours, so choose some with -kinds")
	onlyKinds  = flag.String("kinds", "", "let the exhaustive check walk the kinds only whose name contains this")
	mostEvents = flag.Int("events", 4, "let the exhaustive check have at most so many events in a walk")
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
	{name: "first page behind the end, sparse", past: pastFirst, events: 3, part: 2},
	{name: "first page behind the end, no count, sparse", past: pastFirst, count: noCount, events: 3, part: 2},
	{name: "last page behind the end, sparse", past: pastLast, events: 3, part: 2},
	{name: "last page behind the end, no count, sparse", past: pastLast, count: noCount, events: 3, part: 2},
	{name: "fixed at 2, first page behind the end, no count, sparse", fixed: 2, past: pastFirst, count: noCount, events: 3, part: 2, errs: true},
	{name: "fixed at 2, last page behind the end, no count, sparse", fixed: 2, past: pastLast, count: noCount, events: 3, part: 2, errs: true},
	{name: "newest first, sparse", newestFirst: true, order: byIDDown, own: true, events: 3, part: 2},
	{name: "newest first, no count, sparse", newestFirst: true, order: byIDDown, count: noCount, events: 3, part: 2},
	{name: "newest first, count late, sparse", newestFirst: true, order: byIDDown, count: countLate, events: 3, part: 2},
	{name: "newest first, fixed at 2, sparse", newestFirst: true, order: byIDDown, fixed: 2, events: 3, part: 2},
	{name: "newest first, fixed at 2, no count, sparse", newestFirst: true, order: byIDDown, fixed: 2, count: noCount, events: 2, part: 1, errs: true},
	{name: "newest first, count too large, sparse", newestFirst: true, order: byIDDown, count: countPlus(2), events: 3, part: 1, errs: true},
	{name: "newest first, count too small, sparse", newestFirst: true, order: byIDDown, count: countPlus(-2), events: 3, part: 1},
	{name: "newest first, 404 behind the end, sparse", newestFirst: true, order: byIDDown, past: past404, own: true, events: 3, part: 2},
	{name: "newest first, first page behind the end, sparse", newestFirst: true, order: byIDDown, past: pastFirst, events: 3, part: 2},
	{name: "newest first, first page behind the end, no count, sparse", newestFirst: true, order: byIDDown, past: pastFirst, count: noCount, events: 3, part: 2},
	{name: "newest first, last page behind the end, sparse", newestFirst: true, order: byIDDown, past: pastLast, events: 3, part: 2},
	{name: "newest first, last page behind the end, no count, sparse", newestFirst: true, order: byIDDown, past: pastLast, count: noCount, events: 3, part: 2},
	{name: "newest first asked for, oldest first sent, sparse", order: byIDDown, events: 3, part: 2},
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
	{name: "another key, 404 behind the end", order: byOther, past: past404, events: 3, part: 2},
	{name: "another key, 404 behind the end, no count", order: byOther, past: past404, count: noCount, events: 3, part: 2},
	{name: "another key, first page behind the end", order: byOther, past: pastFirst, events: 3, part: 2},
	{name: "another key, first page behind the end, no count", order: byOther, past: pastFirst, count: noCount, events: 3, part: 2},
	{name: "another key, last page behind the end", order: byOther, past: pastLast, events: 3, part: 2},
	{name: "another key, last page behind the end, no count", order: byOther, past: pastLast, count: noCount, events: 3, part: 2},
	{name: "another key, paging ignored", order: byOther, ignore: true, fixed: 2, events: 3, part: 2},
	{name: "another key, fixed at 2", order: byOther, fixed: 2, events: 3, part: 1},
	{name: "another key, WithSecondPass", order: byOther, second: true, events: 3, part: 1},
	{name: "sort ignored, moves", middle: true, events: 2, part: 1, errs: true},
}

// newWalk begins the walk of a kind.
func newWalk(size int, k kind) *paging.Walk {
	return paging.New(size, paging.Options{SecondPass: k.second, Order: paging.Order(k.order)})
}

// tally is what came of the walks over one kind.
type tally struct {
	walks, lost, twice, long, alarms, documented atomic.Int64
	left                                         atomic.Int64 // lists by a size of pages of which not all walks are made
	first                                        sync.Map     // of each fault the first example
}

func (c *tally) note(n *atomic.Int64, what string, example func() string) {
	if n.Add(1) == 1 {
		c.first.Store(what, example())
	}
}

// TestExhaustiveWalks walks every list of up to 6 records in pages of up to 3 with every sequence of events of each kind.
func TestExhaustiveWalks(t *testing.T) {
	begin := time.Now()
	var all atomic.Int64
	var work sync.WaitGroup
	tokens := make(chan struct{}, runtime.GOMAXPROCS(0))
	const lists, sizes = 7, 3
	for _, k := range kinds {
		if !strings.Contains(k.name, *onlyKinds) {
			continue
		}
		c := new(tally)
		c.left.Store(lists * sizes)
		for n := lists - 1; n >= 0; n-- {
			for size := sizes; size >= 1; size-- {
				tokens <- struct{}{}
				work.Go(func() {
					defer func() { <-tokens }()
					if all.Add(k.explore(n, size, c)); c.left.Add(-1) == 0 {
						c.report(t, k)
					}
				})
			}
		}
	}
	work.Wait()
	t.Logf("%d walks in %s", all.Load(), time.Since(begin).Round(time.Second))
}

// report logs the results of a kind after its last walk.
func (c *tally) report(t *testing.T, k kind) {
	t.Logf("%-52s %8d walks, %d lost, %d twice, %d too long, %d false alarms, %d in the documented gap",
		k.name, c.walks.Load(), c.lost.Load(), c.twice.Load(), c.long.Load(), c.alarms.Load(), c.documented.Load())
	c.first.Range(func(what, example any) bool {
		t.Errorf("%s: %s: %s", k.name, what, example)
		return true
	})
}

// explore makes all walks over n records in pages of a size, and returns how many those were.
func (k kind) explore(n, size int, c *tally) (walks int64) {
	budget := k.part
	switch {
	case *exhaustive:
		budget = k.events
	case underRace: // .ci/run makes the whole part without the detector
		budget = max(0, budget-1)
	}
	budget = min(budget, *mostEvents)
	var choices chooser
	for more := true; more; more = choices.again() {
		w := &world{kind: k, step: 1, before: -1, budget: budget}
		if strings.Contains(k.name, "sparse") {
			w.step = 10
		}
		w.next = w.step
		for range n {
			w.list = append(w.list, w.next)
			w.next += w.step
		}
		if k.order >= byRows || strings.Contains(k.name, "sort ignored") {
			w.scramble(&choices)
		}
		there := slices.Clone(w.list)
		r := w.walk(size, &choices)
		walks++
		c.walks.Add(1)
		example := func() string {
			return fmt.Sprintf("%d by %d: %s; given %v, err %v", n, size, strings.Join(w.replay(there, size, choices.picks), " "), w.given, r.err)
		}
		w.judge(r, there, size, c, example)
	}
	return walks
}

// scramble puts the list into an order that the ids do not show.
func (w *world) scramble(c *chooser) {
	if !w.middle && w.order == byRows || len(w.list) < 2 {
		return
	}
	switch c.pick(3) {
	case 1:
		w.list[0], w.list[len(w.list)-1] = w.list[len(w.list)-1], w.list[0]
	case 2:
		for i := 0; i+1 < len(w.list); i += 2 {
			w.list[i], w.list[i+1] = w.list[i+1], w.list[i]
		}
	}
}

// result is what came of a walk.
type result struct {
	requests int
	err      error
	endless  bool
	changed  bool // record_count did
	count    int
	up, down bool // a response had larger ids behind smaller ones, or the other way around
	wild     bool // a response told of fewer records than it shows that there are
}

func (r *result) looksSorted() bool { return !r.up || !r.down }

const endless = 80

// walk makes one walk.
func (w *world) walk(size int, c *chooser) (r result) {
	walk := newWalk(size, w.kind)
	for req, more := walk.Next(); more; req, more = walk.Next() {
		if r.requests++; r.requests > endless {
			r.endless = true
			return r
		}
		if r.requests > 1 {
			w.happen(c)
		}
		a := paging.Answer{GoneBefore: w.over, GoneAfter: w.begun}
		rows, count, refused := w.serve(req)
		r.wild = r.wild || len(rows) > 0 && (req.Page-1)*req.Size+len(rows) > count
		r.changed = r.changed || r.requests > 1 && count != r.count
		r.count = count
		for i := 1; i < len(rows); i++ {
			r.up, r.down = r.up || rows[i-1] < rows[i], r.down || rows[i-1] > rows[i]
		}
		a.RecordCount = count
		if count >= 0 && count < len(rows) {
			a.RecordCount = -1 // package wire does not believe it
		}
		for _, id := range rows {
			a.Keys = append(a.Keys, wire.Key{ID: id})
			a.Print = a.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
		}
		a.Refused = refused
		for _, i := range walk.Accept(a) {
			w.given = append(w.given, a.Keys[i].ID)
		}
	}
	r.err = walk.Err()
	return r
}

// replay returns what happened in a walk, word by word.
func (w *world) replay(there []int64, size int, picks []int) (words []string) {
	v := &world{kind: w.kind, step: w.step, before: -1, budget: w.events, list: slices.Clone(there), next: int64(len(there)+1) * w.step}
	c := &chooser{picks: slices.Clone(picks), of: make([]int, len(picks))}
	if w.order >= byRows || strings.Contains(w.name, "sort ignored") {
		before := slices.Clone(v.list)
		v.scramble(c)
		v.list = before
	}
	v.budget = 99
	walk := newWalk(size, v.kind)
	n := 0
	for req, more := walk.Next(); more && n < endless; req, more = walk.Next() {
		if n++; n > 1 {
			was := fmt.Sprint(v.list)
			v.budget = w.events - v.events
			v.happen(c)
			if is := fmt.Sprint(v.list); is != was || v.begun > v.over {
				words = append(words, "->"+is)
			}
		}
		a := paging.Answer{GoneBefore: v.over, GoneAfter: v.begun}
		rows, count, refused := v.serve(req)
		a.RecordCount = count
		if count >= 0 && count < len(rows) {
			a.RecordCount = -1
		}
		for _, id := range rows {
			a.Keys = append(a.Keys, wire.Key{ID: id})
			a.Print = a.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
		}
		words = append(words, fmt.Sprintf("%d*%d+%d:%v/%d", req.Page, req.Size, req.Count, rows, count))
		a.Refused = refused
		for _, i := range walk.Accept(a) {
			v.given = append(v.given, a.Keys[i].ID)
		}
	}
	return words
}

// judge holds the promise against what came of a walk.
func (w *world) judge(r result, there []int64, size int, c *tally, example func() string) {
	if r.endless {
		c.note(&c.long, "too long", example)
		return
	}
	for i, id := range w.given {
		if slices.Contains(w.given[:i], id) {
			c.note(&c.twice, "given twice", example)
			break
		}
	}
	missing := 0
	for _, id := range there {
		if !slices.Contains(w.gone, id) && !slices.Contains(w.given, id) {
			missing++
		}
	}
	switch {
	case missing > 0 && r.err == nil && w.hidden && !w.second && !strings.Contains(w.name, "no count") && !strings.Contains(w.name, "of rows"):
		c.documented.Add(1)
	case missing > 0 && r.err == nil && strings.Contains(w.name, "count capped") && !r.wild:
		c.documented.Add(1) // it could not look more like a list that stays
	case missing > 0 && r.err == nil && w.middle && w.order != byOther && r.changed && r.looksSorted():
		c.documented.Add(1) // the order is what the rows show
	case missing > 0 && r.err == nil:
		c.note(&c.lost, "lost", example)
	case missing == 0 && r.err != nil && !w.errs:
		c.note(&c.alarms, "false alarm", example)
	}
	if most := w.most(len(there), size); r.requests > most {
		c.note(&c.long, fmt.Sprintf("more than %d requests", most), example)
	}
}

// most is how many requests a walk may take.
func (w *world) most(n, size int) int {
	if w.limit > 0 {
		size = min(size, w.limit)
	}
	if w.fixed > 0 {
		size = min(size, w.fixed)
	}
	pages := (n+w.inserts)/size + 1
	switch {
	case w.middle, w.order == byOther, w.past > past404, w.order == byIDDown && (!w.newestFirst || w.count != nil || w.past > pastEmpty || w.second):
		// it is read until two readings agree
		return (w.events+5)*(pages+1) + 6
	case w.count == nil && !w.second && w.events == 0 && !w.uneven && !w.ignore:
		return pages
	}
	return 3*(pages+1) + 4*w.events + 4
}
