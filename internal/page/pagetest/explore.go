package pagetest

import "slices"

// Run is a planner and the world about it, which is all that decides what comes next but for what a [Chooser] is asked.
type Run[R any] interface {
	// Step lets something happen, makes a request and gives the planner the response. It returns false where the run is over.
	Step(c *Chooser) bool
	// Copy returns a copy that shares nothing with the run.
	Copy() R
	// Free says that a copy is not needed any more.
	Free()
	// Sum makes a number of all that what comes of the run depends on, but for Spent.
	Sum(s *State) Sum
	// Settled reports whether Step has nothing to choose any more.
	Settled() bool
	// Spent returns how many requests there were so far, of those that are limited.
	Spent() int
	// Judge returns what was found in a run that is over, and how many more requests it might have made: less than 0 says that it made too many.
	Judge() (spare int, found []int)
}

// Total adds up the results of runs.
type Total struct {
	Steps    int64 // that were made
	Runs     int64
	Requests int64 // of all runs, each by itself
	TooLong  int64
	Found    Outcomes
}

// Add adds the results of other runs.
func (t *Total) Add(o Total) {
	t.Steps += o.Steps
	t.Runs += o.Runs
	t.Requests += o.Requests
	t.TooLong += o.TooLong
	for what, n := range o.Found {
		t.Found[what] += n
	}
}

// Outcomes count the runs in which something was found, by what that is.
type Outcomes [12]int64

// Endless is what a run has to spare that would not end.
const Endless = -unlimited

const unlimited = 1 << 30

// Explore makes all runs from the beginnings, from each state that one of them comes to all that go on from there. Those from a state that another run was in before are
// not made again: their results are known. Where those depend on how many requests were made before, the state is known for as many or fewer of
// them, and for none where a run from it made too many.
//
// fault is told of each run that was made in which something was found, and of its choices.
func Explore[R Run[R]](begin []R, fault func(run R, spare int, found, picks []int)) Total {
	x := &explorer[R]{known: make(map[Sum]known), outcomes: make([]Outcomes, 1), fault: fault}
	for _, run := range begin {
		all := x.below(run)
		x.total.Runs += all.runs
		x.total.Requests += all.requests
		if all.found != nil {
			x.total.Add(Total{Found: *all.found})
		}
	}
	return x.total
}

// ExploreEach makes all runs from their beginning, each by itself.
func ExploreEach[R Run[R]](begin func() R, fault func(run R, spare int, found, picks []int)) (t Total) {
	var c Chooser
	for more := true; more; more = c.again() {
		run := begin()
		for t.Requests++; run.Step(&c); t.Requests++ {
		}
		t.Steps = t.Requests
		t.Runs++
		spare, found := run.Judge()
		if spare < 0 {
			t.TooLong++
		}
		for _, what := range found {
			t.Found[what]++
		}
		if spare < 0 || len(found) > 0 {
			fault(run, spare, found, c.picks)
		}
	}
	return t
}

type explorer[R Run[R]] struct {
	known    map[Sum]known
	outcomes []Outcomes
	state    State
	path     []int // the choices that led to the state
	total    Total
	fault    func(run R, spare int, found, picks []int)
}

// below has the results of the runs from a state.
type below struct {
	runs     int64
	requests int64     // of all of them
	spare    int       // how many more each of them might have made
	found    *Outcomes // nil where nothing was found
}

// known is what is kept of it, without a pointer, so that the garbage collector need not look at it.
type known struct {
	runs     int64
	requests int64
	spare    int32 // with how many requests before the state none of the runs would make too many
	found    int32 // where in outcomes, 0 where nothing was
}

// mostKnown bounds the memory: the states that are known are forgotten where they become so many.
const mostKnown = 6_000_000

// below makes all runs from a state.
func (x *explorer[R]) below(run R) below {
	sum, spent := run.Sum(&x.state), run.Spent()
	if k, ok := x.known[sum]; ok && spent <= int(k.spare) {
		b := below{runs: k.runs, requests: k.requests, spare: int(k.spare) - spent}
		if k.found > 0 {
			found := x.outcomes[k.found]
			b.found = &found
		}
		return b
	}
	all := below{spare: unlimited}
	if run.Settled() {
		all = x.end(run)
	} else {
		var c Chooser
		for more := true; more; more = c.again() {
			next := run.Copy()
			x.total.Steps++
			goesOn := next.Step(&c)
			picks := len(x.path)
			x.path = append(x.path, c.picks...)
			b := x.over
			if goesOn {
				b = x.below
			}
			after := b(next)
			after.requests += after.runs // the one that led to it
			all.add(after)
			next.Free()
			x.path = x.path[:picks]
		}
	}
	x.know(sum, spent, all)
	return all
}

// know keeps the results of the runs from a state that was reached with so many requests.
func (x *explorer[R]) know(sum Sum, spent int, all below) {
	if len(x.known) >= mostKnown {
		clear(x.known)
		x.outcomes = x.outcomes[:1]
	}
	k := known{runs: all.runs, requests: all.requests, spare: int32(min(all.spare+spent, unlimited))} //nolint:gosec // it is small
	if all.found != nil {
		k.found = int32(len(x.outcomes)) //nolint:gosec // it is small
		x.outcomes = append(x.outcomes, *all.found)
	}
	x.known[sum] = k
}

// end makes the one run from a state from which nothing is chosen.
func (x *explorer[R]) end(run R) below {
	steps := x.total.Steps
	for x.total.Steps++; run.Step(nil); x.total.Steps++ {
	}
	b := x.over(run)
	b.requests = x.total.Steps - steps
	return b
}

// over judges a run.
func (x *explorer[R]) over(run R) below {
	spare, found := run.Judge()
	b := below{runs: 1, spare: spare}
	if len(found) > 0 {
		b.found = new(Outcomes)
		for _, what := range found {
			b.found[what] = 1
		}
	}
	if spare < 0 {
		x.total.TooLong++
	}
	if spare < 0 || len(found) > 0 {
		x.fault(run, spare, found, slices.Clone(x.path))
	}
	return b
}

func (b *below) add(other below) {
	b.runs += other.runs
	b.requests += other.requests
	b.spare = min(b.spare, other.spare)
	switch {
	case other.found == nil:
	case b.found == nil:
		found := *other.found
		b.found = &found
	default:
		for what, n := range other.found {
			b.found[what] += n
		}
	}
}
