package follow_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// run follows a list until nothing happens any more.
type run struct {
	world
	beginning
	f        *follow.Follower
	restarts int // that may still happen
	cursor   int64
	passes   int
	calm     int                  // passes in a row that gave nothing, while nothing happened
	there    []int64              // what was there when the pass began
	earlier  []int64              // and when the pass before did
	earliest []int64              // and the one before that
	n, quiet int                  // how long the list was when the pass began, and how many events there had been
	asked    map[page.Request]int // since the list changed last
	requests int                  // of the pass
	before   follow.Answer        // the response before
	last     page.Request         // what it was to
	gave     bool                 // the pass gave something
	what     string               // what is wrong
	found    int                  // which of faults that is, from 1
	tooMuch  bool                 // pages may be, and become smaller
	copied   pagetest.Copied[follow.Follower]
	memory   *memory
}

// beginning is where a run begins.
type beginning struct {
	kind             kind
	records, size    int
	after            int // so many records is the cursor
	restarts, events int // at most
}

// faults are what can be wrong with a run; a number or a reason may follow. That it never rests is told by how many passes it has to spare.
var faults = []string{"", "the same question again", "too many requests", "given twice", "missed", "a wrong cursor", "a false alarm", "a pass ended before a record", "a quiet pass of several requests"}

const (
	_ = iota
	again
	tooMany
	twice
	missed
	wrongCursor
	falseAlarm
	ended
	notQuiet
)

// mostPasses is how many passes a run may take: each event and each restart can come after up to three of them.
const mostPasses = 20

// run returns a run that has yet to begin.
func (b beginning) run(m *memory) *run {
	k := b.kind
	w := world{kind: k, next: k.step(), before: -1, budget: max(0, b.events)}
	for range b.records {
		w.list = append(w.list, w.next)
		w.next += k.step()
	}
	r := &run{world: w, beginning: b, restarts: b.restarts, cursor: int64(b.after) * k.step(), memory: m, asked: map[page.Request]int{}}
	r.f = follow.New(r.cursor, r.size, r.sortable)
	r.begin()
	return r
}

// begin begins a pass.
func (r *run) begin() {
	r.there, r.quiet, r.n = append(r.there[:0], r.list...), r.world.events, len(r.list)
	clear(r.asked)
	r.requests, r.before, r.gave = 0, follow.Answer{}, false
}

// wrong ends a run in which something is wrong.
func (r *run) wrong(found int, more ...any) bool {
	r.found, r.what = found, strings.TrimSpace(faults[found]+fmt.Sprintln(more...))
	return false
}

// Step lets events happen and makes a request.
func (r *run) Step(c *pagetest.Chooser) bool {
	req, _ := r.f.Next()
	events := r.world.events
	r.happen(c)
	r.mayEmpty(c, req, r.cursor)
	if events != r.world.events {
		clear(r.asked)
	}
	doubted := req == r.last && len(r.before.IDs) == 0 && r.requests > 0 // an empty page that is doubted
	if r.last = req; !doubted {
		r.asked[req]++
	}
	if r.asked[req] > r.mostAsked() {
		return r.wrong(again)
	}
	if r.requests++; r.requests > r.most() {
		return r.wrong(tooMany, r.requests, "for", r.n, "records by", r.size, "with", r.world.events-r.quiet, "events")
	}
	answer := r.serve(req)
	next, previous := r.f.Accept(answer)
	from := answer
	if previous {
		from = r.before
	}
	r.before = answer
	var given []int64
	for _, i := range next {
		if from.IDs[i] <= r.cursor || len(given) > 0 && from.IDs[i] <= given[len(given)-1] {
			return r.wrong(twice)
		}
		given = append(given, from.IDs[i])
	}
	if len(given) > 0 {
		if r.gives(given); r.found > 0 {
			return false
		}
		if r.restarts > 0 && c.Pick(2) == 1 {
			r.restarts--
			r.cursor = given[c.Pick(len(given))] // it was stopped in the midst of them
			r.f = follow.New(r.cursor, r.size, r.sortable)
			return r.another(0)
		}
	}
	if _, more := r.f.Next(); more {
		return true
	}
	return r.passed()
}

// gives takes what is given out.
func (r *run) gives(given []int64) {
	r.gave = true
	clear(r.asked)
	last := given[len(given)-1]
	for _, id := range r.list {
		if id > r.cursor && id <= last && !slices.Contains(given, id) {
			r.wrong(missed)
			return
		}
	}
	if r.cursor = last; r.f.Cursor() != last {
		r.wrong(wrongCursor)
	}
}

// another begins another pass, after so many calm ones.
func (r *run) another(calm int) bool {
	r.calm = calm
	if r.passes++; r.passes >= mostPasses {
		r.what = "it never rests"
		return false
	}
	r.begin()
	return true
}

// passed judges a pass that is over, and begins another one unless all is calm.
func (r *run) passed() bool {
	quiet := r.world.events == r.quiet
	if err := r.f.Err(); err != nil {
		if _, reason, _ := strings.Cut(err.Error(), ": "); quiet && !r.errs {
			return r.wrong(falseAlarm, ":", reason)
		}
		if quiet {
			return false
		}
		r.f.Begin()
		return r.another(r.calm)
	}
	there := &r.there
	if r.order == pagetest.OldestFirst {
		// Where no page overlaps both places where something new may be, a quiet pass looks at one of them.
		r.there, r.earlier, r.earliest = r.earliest, r.there, r.earlier
	}
	for _, id := range *there {
		if id > r.cursor && slices.Contains(r.list, id) {
			return r.wrong(ended)
		}
	}
	calm := 0
	if quiet && !r.gave {
		if calm = r.calm + 1; calm > 2 {
			if r.requests > 1 {
				return r.wrong(notQuiet, r.requests)
			}
			return false
		}
	}
	r.f.Begin()
	return r.another(calm)
}

// surplus says that record_count tells of two records that no page has: the pages where they should be are asked for, too.
func (r *run) surplus() bool { return strings.Contains(r.name, "too large") }

// replay returns what tells of a run with these choices.
func (b beginning) replay(picks []int) string {
	r := b.run(nil)
	r.tell = true
	for c := pagetest.Repeat(picks); r.Step(c); {
	}
	return fmt.Sprintf("%d by %d after %d: %s", b.records, b.size, b.after, strings.Join(r.words, " "))
}

// mostAsked is how often a question may be asked while the list does not change and nothing is given out. It is twice where pages can overlap. A list
// that comes with the newest records first in pages that cannot needs more: the page as one on the way, to be held between two readings of page 1,
// once again where these do not agree since the list had changed before, and another time where there is no record_count. A pass in which the list has
// changed may see that only when it comes by there again, and then asks anew, and another time where page 1 may be in place of a page behind the end. The
// last page in place of one behind the end does not show where that is: a follower whose last record is gone comes by there another time.
func (r *run) mostAsked() int {
	most := 2
	if r.order == pagetest.NewestFirst {
		most = 4
	}
	if r.past == pastLast {
		most++
	}
	if r.world.events > r.quiet {
		most = 2*most + 1
	}
	return most
}

// most is how many requests a pass may take. With the oldest records first each page is read once, or twice where pages cannot overlap, and one more
// where record_count is no hint where to begin. With the newest first a page is held until page 1 was read again, and both are read twice; that they come so
// although they were not asked for takes another page to see. An event makes one proof void. The last page in place of one behind the end leaves only a search
// for where that is.
func (r *run) most() int {
	w, events, size := &r.world, r.world.events-r.quiet, max(r.size, 2)
	if w.limit > 0 {
		size = min(size, w.limit)
	}
	if w.fixed > 0 {
		size = w.fixed
	}
	if r.tooMuch {
		size = 2
	}
	pages := (r.n+events)/size + 1
	if r.past == pastLast || r.surplus() {
		events++
	}
	more := 0
	if w.order == pagetest.NewestFirst {
		if r.sortable {
			more = 1
		}
		return 4*pages + 2 + 8*events + more
	}
	if strings.Contains(r.name, "no count") || strings.Contains(r.name, "of the page") {
		more = 1
	}
	return 2*pages + 3 + 3*events + more
}

var (
	planner   = pagetest.PlannerOf[follow.Follower]()
	questions = pagetest.PlannerOf[map[page.Request]int]()
)

// memory is that of the runs that are not needed any more.
type memory struct {
	*pagetest.Copier[follow.Follower]
	runs []*run
}

// Copy returns a copy of a run in the midst of it.
func (r *run) Copy() *run {
	c := &run{asked: map[page.Request]int{}}
	if free := r.memory.runs; len(free) > 0 {
		c, r.memory.runs = free[len(free)-1], free[:len(free)-1]
	}
	own := *c
	*c = *r
	c.there = slices.Replace(own.there, 0, len(own.there), r.there...)
	c.earlier = slices.Replace(own.earlier, 0, len(own.earlier), r.earlier...)
	c.earliest = slices.Replace(own.earliest, 0, len(own.earliest), r.earliest...)
	c.list = slices.Replace(own.list, 0, len(own.list), r.list...)
	c.asked = own.asked
	clear(c.asked)
	maps.Copy(c.asked, r.asked)
	c.copied = own.copied
	r.memory.Copy(r.f, &c.copied)
	c.f = c.copied.Planner
	return c
}

// Free says that a copy is not needed any more.
func (r *run) Free() {
	r.memory.Free(&r.copied)
	r.memory.runs = append(r.memory.runs, r)
}

// Settled reports whether no more events and no restart can happen.
func (r *run) Settled() bool { return r.budget == 0 && r.restarts == 0 }

// Spent returns how many passes there were.
func (r *run) Spent() int { return r.passes }

// Judge returns what was found in a run that is over.
func (r *run) Judge() (spare int, found []int) {
	if r.passes >= mostPasses {
		return pagetest.Endless, nil
	}
	if r.found > 0 {
		found = []int{r.found}
	}
	return mostPasses - 1 - r.passes, found
}

// Sum makes a number of all that what comes of a run still depends on, but for the number of passes. Of what was there before only that matters which
// has yet to be given out and is still there.
func (r *run) Sum(s *pagetest.State) pagetest.Sum {
	planner.AddTo(s, r.f)
	s.IDs(r.list)
	s.Ints(int(r.next), r.budget, r.restarts, int(r.cursor), r.calm, r.n, r.world.events-r.quiet, r.requests)
	s.Flags(r.gave, r.holed)
	r.waiting(s, r.there)
	if r.order == pagetest.OldestFirst {
		r.waiting(s, r.earlier)
		r.waiting(s, r.earliest)
	}
	if r.count != nil {
		s.Ints(r.world.before)
	}
	s.IDs(r.before.IDs)
	s.Ints(r.last.Page, r.last.Size, r.last.Count)
	s.Flags(r.last.Newest)
	questions.AddTo(s, &r.asked)
	return s.Sum()
}

// waiting adds those of the records that were there which are still to be given out.
func (r *run) waiting(s *pagetest.State, there []int64) {
	for _, id := range there {
		if id > r.cursor && slices.Contains(r.list, id) {
			s.Ints(int(id))
		}
	}
	s.Ints(-1)
}
