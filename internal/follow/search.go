package follow

import "github.com/halopsa-go/halopsa/internal/page"

// serving is what is known of how the server puts a list on pages.
type serving struct {
	asked    int  // page_size that the caller wants
	count    int  // latest record_count, -1 when unknown
	limit    int  // the most that the server puts on a page, as far as that is known
	fixed    int  // the size of every page where the server does not care what is asked, 0 where it does
	served   int  // the longest page so far
	sure     int  // served before the page that is being judged
	full     bool // the last page was as long as asked for
	heeds    bool // a page smaller than limit came where that was asked for
	doubted  bool // what came where that was asked for was not the page that was expected
	measured bool // page 1 was read in this pass
}

// learnFirst takes the length of page 1.
func (s *serving) learnFirst(rows int) {
	limit := s.asked
	switch {
	case rows > s.asked:
		limit, s.fixed = rows, rows
	case rows > 0 && s.count > rows, s.count < 0:
		limit = rows
	}
	if limit != s.limit {
		s.heeds = false
	}
	if rows != s.fixed {
		s.fixed = 0
	}
	s.limit, s.served, s.sure, s.full, s.doubted = limit, rows, rows, rows >= s.asked, false
}

// learn takes the length of the page that was asked for with f.next. It returns false where that is longer than was asked for, so that the page
// may begin elsewhere.
func (f *Follower) learn(rows int) (exact bool) {
	f.sure, f.served, f.full = f.served, max(f.served, rows), rows == f.next.Size
	if rows > f.next.Size {
		f.limit, f.fixed = rows, rows
		return false
	}
	f.heeds = f.heeds || f.full && rows < f.limit
	return true
}

// ended reports whether the list ends with a page that begins at this position.
func (f *Follower) ended(begin, rows int) bool {
	if f.count >= 0 {
		return begin+rows >= f.count
	}
	return rows < f.next.Size && f.next.Size <= f.sure
}

// sizes are the least and the largest page_size to choose from.
func (s *serving) sizes() (bottom, top int) {
	top = max(1, s.limit)
	if s.fixed > 0 || s.doubted || s.limit < s.asked && !s.heeds { // what is served may be another size than the one asked for
		return top, top
	}
	return max(1, top*3/5), top
}

// span is where in the list the records up to the cursor and those after it meet, in positions: at is the latest guess, lo and hi are what
// pages have shown. Records that come and go move the place, so none of it is certain.
type span struct {
	at             int
	lo, hi         int
	loSeen, hiSeen bool
	step           int  // how far to look next on the side where nothing has been seen
	looksWhole     bool // page 1 looks like the whole list, and it is being seen whether it is
}

// firstStep is how far to look first, in records.
const firstStep = 8

// found says that the two meet at this position.
func (f *Follower) found(at int) {
	f.span = span{step: firstStep}
	f.aimPast(at, true)
}

// aimAgain looks where it looked before, after something was learned of the sizes of pages.
func (f *Follower) aimAgain() {
	f.span = span{at: f.at, step: firstStep, looksWhole: f.looksWhole}
	f.aimPast(f.at, false)
}

// search begins to look for the cursor, which is not on page 1, with a guess by how far apart the ids of page 1 are.
func (f *Follower) search(shown []int64, again bool) {
	rows := len(shown)
	// Without a record_count a short page is the whole list or a cap; a cap is a round number.
	looksWhole := !again && f.order != asAsked && f.count < 0 && rows < f.asked && rows%page.Default != 0
	low, high := min(shown[0], shown[rows-1]), max(shown[0], shown[rows-1])
	apart := max(1, float64(high-low)/float64(rows-1))
	far := func(from, to int64) int { return int(min(float64(to-from)/apart, 1<<30)) }
	_, step := f.sizes()
	f.span = span{step: step}
	at := 0
	switch {
	case looksWhole:
		at, f.looksWhole = rows, true
	case f.order == newestFirst:
		if at = rows + far(f.cursor, low); f.count >= 0 && (at > f.count || f.cursor == 0) {
			at = f.count
		}
	case f.order == oldestFirst:
		if at = rows + far(high, f.cursor); f.count >= 0 {
			at = min(at, f.count)
		}
	case f.cursor == 0:
	case f.count >= 0:
		at = min(max(0, f.count-far(f.cursor, high)), f.count-rows)
	default:
		at = far(0, f.cursor)
	}
	f.aimPast(at, false)
}

// below says that the two meet at this position or before it.
func (f *Follower) below(at int) {
	f.hi, f.hiSeen = at, true
	if f.loSeen && f.lo <= f.hi {
		f.between()
		return
	}
	f.loSeen = false
	switch {
	case f.order == newestFirst && f.step == firstStep:
		f.aimPast(at, false)
	case f.order == newestFirst:
		f.aimAt(at - f.step)
	default:
		f.aimAt(at - 1 - f.step)
	}
	f.step *= 2
}

// above says that the two meet at this position or after it.
func (f *Follower) above(at int) {
	if f.looksWhole {
		f.search(f.front, true)
		return
	}
	f.lo, f.loSeen = at, true
	if f.hiSeen && f.lo <= f.hi {
		f.between()
		return
	}
	f.hiSeen = false
	switch {
	case f.order != newestFirst && f.step == firstStep:
		f.aimPast(at, false)
	default:
		f.aimAt(at + f.step)
	}
	f.step *= 2
}

// between halves what lies between lo and hi.
func (f *Follower) between() {
	middle := (f.lo + f.hi) / 2
	_, top := f.sizes()
	switch {
	case f.lo == f.hi:
		f.aimPast(f.lo, true)
	case f.order == newestFirst:
		f.aimAt(min(f.hi-1, middle+top/2))
	default:
		f.aimAt(max(f.lo, middle-top/2))
	}
}

// aimPast asks for the page that, if the two meet at this position, shows the most records after the cursor and one up to it. known is false
// where the position is a guess.
func (f *Follower) aimPast(at int, known bool) {
	f.at, f.stage = at, onward
	record := max(0, at-1) // the last one up to the cursor
	if f.order == newestFirst {
		record = at
		if f.count >= 0 { // there may be none: then it is the last of the list
			record = max(0, min(at, f.count-1))
		}
	}
	bottom, top := f.sizes()
	var gain int
	f.next, gain = f.containing(record, bottom, top)
	if f.fixed == 0 && !f.doubted && gain < top/2 { // see whether the server takes smaller pages
		f.next, gain = f.containing(record, max(1, top*3/5), top)
	}
	switch {
	case gain > 0 || at == 0:
	case f.order != newestFirst:
		f.stage = beyond
		f.next.Page++
	case record == at && !known:
		f.aimAt(at - 1)
	case record == at:
		f.edge = true
		f.readWhole(at + f.asked)
	}
}

// aimAt asks for a page with the record at this position.
func (f *Follower) aimAt(position int) {
	if f.count >= 0 {
		position = min(position, f.count-1)
	}
	f.at, f.stage = max(0, position), onward
	bottom, top := f.sizes()
	f.next, _ = f.containing(f.at, bottom, top)
}

// containing chooses the page that has the record at this position and the most records that are newer; gain is how many those are.
func (f *Follower) containing(position, bottom, top int) (req page.Request, gain int) {
	gain = -1
	for size := top; size >= bottom; size-- {
		number := position / size
		newer := size - 1 - position%size
		if f.order == newestFirst {
			newer = position % size
		}
		if newer > gain {
			req, gain = page.Request{Page: number + 1, Size: size, Newest: f.order == newestFirst}, newer
		}
	}
	return req, gain
}

// plausible reports whether a page shows what was expected at the cursor.
func (f *Follower) plausible(ids []int64, begin int) bool {
	rows := len(ids)
	switch {
	case rows == 0:
		return false
	case f.order == newestFirst:
		return ids[0] > f.cursor && (ids[rows-1] <= f.cursor || f.ended(begin, rows))
	}
	return ids[0] <= f.cursor || f.next.Page == 1
}
