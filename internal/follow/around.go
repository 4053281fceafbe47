package follow

import (
	"math"
	"slices"

	"github.com/halopsa-go/halopsa/internal/page"
)

const (
	unknown  = math.MaxInt32 // a position that no page has shown
	farthest = 1 << 28       // the farthest position that is guessed
)

// around is where in the list the records up to the cursor and those after it meet, in positions: at lo or after it, and at hi or before it. Records
// that come and go move the place, so none of it is certain, and of two that contradict each other the later one counts.
type around struct {
	lo, hi int
	step   int          // how far to look next where nothing has been seen
	met    bool         // they meet at lo, as far as is known
	left   int          // how many pages may still be read to find it between two bounds
	width  int          // how far apart those were
	guess  int          // where they meet by the ids of the latest page, unknown without one
	seen   int          // where that page is
	loID   int64        // an id about lo
	hiID   int64        // an id about hi
	front  []int64      // the ids of page 1 with the newest records, where it was read in this pass
	head   page.Request // which that was
	rim    [2]int64     // the first and the last id of page 1; 0 where it was not read
	steady bool         // record_count has not changed since
	others int          // pages in a row that were other ones than were asked for
	tried  bool         // larger pages were asked for without success
	beyond bool         // no page can begin before the place and end behind it
	places []place      // what pages have shown of positions
	recent              // what the response before was
}

// recent is what the response before may be good for.
type recent struct {
	held     []int64      // a page that the next response may prove
	heldPage page.Request // which that is; of no rows where the list ends before it
	below    page.Request // the page that begins where the two meet, with the newest records first
	confirm  page.Request // the held page, where it is read again to prove the one before it
	agreed   bool         // the held page was the same when it was read again
	short    page.Request // the page before the next one, which is short and not known to be the last
}

// place is a record at a position.
type place struct {
	at      int
	id      int64
	size    int // of the page
	changes int // how often the list had changed by then
}

// position makes a position of how far the ids say that it is.
func position(off float64) int { return int(max(-farthest, min(off, farthest))) }

func newAround() around { return around{hi: unknown, step: 8, guess: unknown} }

// readFirst asks for page 1: of a list that can be sorted, of the newest records.
func (f *Follower) readFirst() {
	f.state = first
	f.next = f.page1()
	f.next.Newest = f.order != oldestFirst
}

// page1 is page 1 in the largest size that is not too much.
func (f *Follower) page1() page.Request {
	if f.smaller.Size > 0 {
		return page.Request{Page: 1, Size: f.smaller.Size}
	}
	return page.Request{Page: 1, Size: f.asked}
}

// first judges page 1 at the beginning of a pass.
func (f *Follower) first(ids []int64) []int {
	rows, found := len(ids), orderOf(ids)
	if rows > f.limit { // more than was believed
		f.limit = 0
	}
	p := f.learn(ids, recent{})
	f.exceeds(p)
	f.pass.around = newAround()
	if rows > 0 {
		f.pass.places = append(f.pass.places, place{0, ids[0], p.size, f.pass.changes})
		f.pass.rim = [2]int64{ids[0], ids[rows-1]}
	}
	f.tried = f.limit
	switch {
	case rows == 0:
		f.at = 0
		return f.finish(nil)
	case found == unseen && f.order == asAsked:
		found = newestFirst
	case found == unseen:
		found = f.order
	}
	switch {
	case p.ended: // it is all there is
		f.at = rows
		return f.finish(f.take(ids))
	case found == newestFirst && f.order == asAsked:
		return f.newest(p, up)
	case found == newestFirst:
		f.turned(found)
		return f.newest(p, down)
	case found == unseen && p.short: // it shows no order, and is read as if the newest came first, which takes the most proof
		return f.newest(p, down)
	case found == oldestFirst:
		f.turned(found)
		f.state = up
		next, _ := f.upward(p, recent{})
		return next
	default:
		f.order = inOneAnswer
	}
	f.readAll()
	return nil
}

// newest judges a page 1 of the newest records. What lies behind it is read in one direction or the other.
func (f *Follower) newest(page1 part, how state) []int {
	p, ids := &f.pass, page1.ids
	p.front, p.head, p.steady = ids, f.next, true
	if how == up {
		p.places = nil // it is at the other end
	}
	if ids[len(ids)-1] <= f.cursor && f.order != unseen {
		return f.finish(f.take(ids))
	}
	f.state = how
	rows := len(ids)
	if how == down {
		p.lo = rows
	}
	if p.loID, p.hiID = 0, ids[0]; how == down {
		p.loID, p.hiID = ids[rows-1], 0
	}
	// Guess by how far apart the ids of page 1 are.
	apart := float64(ids[0]-ids[rows-1]) / float64(max(1, rows-1))
	far := rows
	if apart > 0 {
		far += position(float64(ids[rows-1]-f.cursor) / apart)
	}
	switch {
	case how == down:
		p.guess = far
	case f.cursor == 0:
		p.hi, p.guess = 0, 0
	case f.counts():
		p.guess = f.count - far
	default:
		p.guess = position(float64(f.cursor) / max(1, apart))
	}
	if how == down && page1.short {
		p.short, f.next = f.next, behind(f.next)
	} else {
		f.seek()
	}
	return nil
}

// page judges a page around the cursor.
func (f *Follower) page(ids []int64) (next []int, previous bool) {
	before := f.pass.recent
	f.pass.recent = recent{}
	expected := oldestFirst
	if f.state == down {
		expected = newestFirst
	}
	if f.state == up && f.next.Page == 1 && orderOf(ids) == newestFirst { // so it is whatever is asked: this is page 1 of the newest
		f.turned(newestFirst)
		f.next.Newest = true
		return f.first(ids), false
	}
	if !f.sorted(ids, expected) {
		return nil, false
	}
	larger, limit := f.fixed == 0 && f.next.Size > max(f.limit, leastSize) && f.next != behind(before.short), f.limit
	p := f.learn(ids, before)
	if larger && len(ids) > 0 && len(ids) <= limit { // the server does not take larger pages, and may count them by its own size
		f.tried, f.pass.tried = limit, true
		old := 0
		for old < len(ids) && ids[old] <= f.cursor {
			old++
		}
		if old == 0 || old == len(ids) && !p.short {
			f.seek()
			return nil, false
		}
		p.begin = f.at - old
	}
	if f.moved == 0 && p.size < f.served && f.elsewhere(p) {
		f.fixed = f.served // it is not there since the server counts its pages by that size
		f.pass.recount()
		f.seek()
		return nil, false
	}
	last := f.count - (f.next.Page-1)*f.served // so many rows the last page of that size has, however many are asked for
	f.heeds = f.heeds || p.full && len(ids) < f.served && len(ids) != last
	if behind(before.short) == f.next && f.precedes(p) { // there is no page behind the short one
		f.pass.heldPage = f.next
		f.next = before.short
		return nil, false
	}
	if f.repeats(p) { // the server has no such page and sends another in its place
		if f.state == up { // what was the same before may be that page, too
			clear(f.pass.answers)
		}
		if f.pass.others++; f.pass.others > 1 {
			if f.order == oldestFirst {
				f.order = inOneAnswer
			}
			f.readAll() // it pays no heed to page_no
			return nil, false
		}
		f.pass.atMost(p.begin)
		f.pass.met = true
		f.seek()
		return nil, false
	}
	f.exceeds(p)
	if f.next.Page > 1 && len(ids) > 0 {
		f.pass.others = 0
		f.paged = f.paged || f.pass.rim[0] > 0 && f.order != asAsked && (slices.Max(ids) < slices.Min(f.pass.rim[:]) || slices.Min(ids) > slices.Max(f.pass.rim[:]))
	}
	if len(p.ids) == 0 && p.begin == f.pass.lo {
		f.settle(p.begin)
	}
	if len(p.ids) > 0 {
		f.ragged = f.ragged || behind(before.short) == f.next
		f.pass.places = append(f.pass.places, place{p.begin, p.ids[0], p.size, f.pass.changes})
		f.aim(p)
	}
	if f.state == up {
		return f.upward(p, before)
	}
	return f.downward(p, before)
}

// elsewhere reports whether a page was found where it cannot be: it, or the end of the list, is behind a record that was seen behind where it begins, its
// first record was seen at a later position, or it begins as the page of its number did in another size. A page that was as short as was asked for speaks
// against it, but may have been the last: then the same page tells when it comes again.
func (f *Follower) elsewhere(p part) bool {
	before := p.begin < f.pass.lo
	switch {
	case len(p.ids) == 0:
		return before && !f.heeds && (f.said < 0 || f.said >= p.begin)
	case f.pass.same && before && (f.state == up) == (p.ids[0] > f.cursor):
		return true
	case f.heeds:
		return false
	}
	return slices.ContainsFunc(f.pass.places, func(seen place) bool {
		return seen.id == p.ids[0] && (seen.at > p.begin || seen.at < p.begin && seen.at/seen.size == p.begin/p.size)
	})
}

// precedes reports whether a page begins with a record that is not behind the first of the page before it: that one is sent in its place, or page 1.
func (f *Follower) precedes(p part) bool {
	return len(p.ids) > 0 && slices.ContainsFunc(f.pass.places, func(seen place) bool {
		return seen.at == p.begin-p.size && (f.state == up && p.ids[0] <= seen.id || f.state == down && p.ids[0] >= seen.id)
	})
}

// repeats reports whether a page is another one than was asked for. With the oldest records first the id at a position only
// rises; newest first a record moves only if the list changes, and nothing is proved by a page that does not say what it is. Of two of the same size that begin
// with the same record one at least is sent in place of another.
func (f *Follower) repeats(p part) bool {
	if f.next.Page == 1 || len(p.ids) == 0 {
		return false
	}
	return slices.ContainsFunc(f.pass.places, func(seen place) bool {
		same := seen.id == p.ids[0]
		if f.state == up {
			return seen.at <= p.begin && seen.id > p.ids[0] || seen.at < p.begin && same
		}
		return same && seen.changes == f.pass.changes && (seen.at < p.begin || seen.at > p.begin && seen.size == p.size)
	})
}
