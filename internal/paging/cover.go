package paging

import (
	"math"
	"slices"
	"sort"
)

// span is a part of a list sorted by id of which every record has been seen: those from lo to hi, in the order of the list.
type span struct {
	lo, hi int64
	end    int // where in the list the record after hi was when hi was read
	falls  int // by how much the list had shrunk by then
	// above is the page, of so many records, that began with lo; 0 where none did.
	above, size int
}

const (
	front = math.MinInt64 // before every record
	back  = math.MaxInt64 // after every record
)

// cover is what has been proved of a list sorted by id, as spans in their order, with a hole between any two.
//
// The rows of a response were neighbors, so every record between its first and its last was seen. Deletes only take away, and inserts come at the
// end, or in a list newest first before everything: what is covered stays so.
type cover []span

// add adds a span and joins it with those that it shares a record with, or that begin right after it: between 7 and 8 there is no id.
func (c *cover) add(s span) {
	from := sort.Search(len(*c), func(i int) bool { return touches((*c)[i].hi, s.lo) })
	to := from
	for ; to < len(*c) && touches(s.hi, (*c)[to].lo); to++ {
		old := (*c)[to]
		if old.lo < s.lo {
			s.lo, s.above, s.size = old.lo, old.above, old.size
		}
		if old.hi > s.hi {
			s.hi, s.end, s.falls = old.hi, old.end, old.falls
		}
	}
	*c = slices.Replace(*c, from, to, s)
}

// touches reports whether no record can be between hi and lo.
func touches(hi, lo int64) bool { return hi >= lo || hi+1 == lo }

// cut takes a hole that was believed to be empty out again.
func (c *cover) cut(j join) {
	at := sort.Search(len(*c), func(i int) bool { return (*c)[i].hi >= j.hi })
	above := (*c)[at]
	below := above
	below.hi, below.end, below.falls = j.lo, j.end, j.falls
	above.lo, above.above, above.size = j.hi, j.above, j.size
	*c = slices.Replace(*c, at, at+1, below, above)
}

func (c cover) has(x int64) bool {
	at := sort.Search(len(c), func(i int) bool { return c[i].hi >= x })
	return at < len(c) && c[at].lo <= x
}

// whole reports whether the list has been seen to the back; what is read first is its front.
func (c cover) whole() bool { return len(c) == 1 && c[0].hi == back }

// join is a hole that is believed to be empty, since nothing changed between the responses below and above it as far as record_count tells.
type join struct {
	lo, hi      int64
	end, falls  int // of the span below
	above, size int // of the span above
	after       int // so many responses
}

// joins are the holes believed to be empty, in their order.
type joins []join

func (js *joins) add(j join) {
	at := sort.Search(len(*js), func(i int) bool { return (*js)[i].lo >= j.lo })
	*js = slices.Insert(*js, at, j)
}

// proved forgets the holes between two records that were seen to be neighbors.
func (js *joins) proved(lo, hi int64) {
	from := sort.Search(len(*js), func(i int) bool { return (*js)[i].lo >= lo })
	to := from
	for to < len(*js) && (*js)[to].hi <= hi {
		to++
	}
	*js = slices.Delete(*js, from, to)
}

// at returns the hole that x lies in, -1 for none.
func (js joins) at(x int64) int {
	at := sort.Search(len(js), func(i int) bool { return js[i].hi > x })
	if at < len(js) && js[at].lo < x {
		return at
	}
	return -1
}

// close closes the holes between two records, and returns them.
func (c *cover) close(lo, hi int64) (holes []join) {
	at := sort.Search(len(*c), func(i int) bool { return (*c)[i].hi >= lo })
	for at+1 < len(*c) && (*c)[at+1].lo <= hi {
		below, above := (*c)[at], &(*c)[at+1]
		holes = append(holes, join{lo: below.hi, hi: above.lo, end: below.end, falls: below.falls, above: above.above, size: above.size})
		above.lo, above.above, above.size = below.lo, below.above, below.size
		*c = slices.Delete(*c, at, at+1)
	}
	return holes
}
