package paging

import "github.com/halopsa-go/halopsa/internal/page"

// loose reads a list whose order is not that of the ids: by another key, by ids that are texts, or by nothing that can be seen. There a record can move
// over the boundary of a page without a sign, and overlap proves nothing. So the list is read in passes, from the front, until one of them proves
// itself, or two agree:
//
//   - record_count was the same all the time, and the pass saw as many records, by itself or with those before it that found it the same.
//   - The pass saw exactly what the one before it saw, and nothing twice.
type loose struct {
	sizes
	counter counter
	second  bool
	alike   int  // passes that saw the same pages as the one before, with records that came twice
	begun   int  // the number of the first pass: 2 after a reading that was not one
	number  int  // of the pass, from 1
	seen    *Set // of the walk
	before  reading
	now     reading
	idle    int  // responses in a row that brought nothing new
	endless int  // pages in a row of new records without an id
	stale   int  // pages in a row of which most was known, and some was not
	tried   bool // whether smaller pages show that page_no is honored
	far     far
	empty   empties
	held    *heldReply // what cannot be judged before far is known
}

// far is what a page behind the end of every list gets.
type far struct {
	asked bool
	rows  int
}

// heldReply is a response that is yet to be judged.
type heldReply struct {
	*reply
	repeats, seen int
	print         uint64
	static        bool
}

// reading is what one pass saw.
type reading struct {
	distinct int
	sum      uint64 // of the records, whatever their order
	repeats  int    // how many rows had come before, or may have as records went
	twice    bool   // a record came twice
	moved    bool   // record_count changed or was not there, or records of ours went
	counted  bool   // record_count said so, not only a page that was refused
	fresh    int
	pages    uint64 // the fingerprints of its pages in their order
	pos      int    // how far it has come, in positions; what is before it may have moved on
	reach    int    // the furthest position of a page with records that were new to it
	first    uint64 // the fingerprint of page 1
	last     uint64 // and of the page before
	lastPage int
	rows     int // on page 1

	firstRows, lastRows uint64 // the prints of their content
}

// sameAs reports whether two passes saw the same records.
func (p *reading) sameAs(other *reading) bool {
	return p.sum == other.sum
}

// verdict is what a pass has come to.
type verdict int

const (
	goesOn   verdict = iota // the next page
	ignored                 // the server seems to pay no heed to page_no
	over                    // the list has been read
	allRead                 // it has, and record_count tells of more
	shared                  // it is the same each time, and records come twice: they may be others with the same id
	hopeless                // it changes each time
	gaping                  // a page stays empty that should not
)

// accept takes a page. marks are of its records: whether they are new to the walk is in r.fresh, whether to the pass in repeats.
func (l *loose) accept(r *reply, repeats int, print uint64, seen int, static bool) verdict {
	if l.take(r, repeats); l.stale > mostStale {
		return ignored
	}
	if (!l.far.asked || l.far.rows == 0 && l.idle == doubtful) && l.again(r, print) { // there may have been no records then
		l.held = &heldReply{r, repeats, seen, print, static}
		return goesOn
	}
	return l.judge(r, repeats, print, seen, static)
}

// behind takes what the server sends for a page behind the end of every list: so many rows, whether one of them is new to the walk, and whether
// record_count has changed.
func (l *loose) behind(rows int, print uint64, fresh, changed bool) verdict {
	held := l.held
	l.now.moved = l.now.moved || changed
	l.far, l.held = far{asked: true, rows: rows}, nil
	switch {
	case fresh && held == nil:
		return ignored
	case held != nil:
		if fresh || print == l.now.firstRows && print != held.reply.print { // then the page before has not come in place of one behind the end
			l.far = far{}
		}
		return l.judge(held.reply, held.repeats, held.print, held.seen, held.static)
	}
	return goesOn
}

// take takes what a page tells of the list.
func (l *loose) take(r *reply, repeats int) {
	l.learn(r)
	l.recover(r)
	l.endless++
	if repeats > 0 || !r.byContent {
		l.endless = 0
	}
	r.fall, r.still = l.counter.take(r)
	l.now.repeats += repeats + r.fall
	if r.count >= 0 && len(r.at) > 0 && r.end-l.now.repeats > r.count {
		l.counter.wrong = true
	}
	l.idle++
	if repeats < len(r.at) {
		l.idle = 0
	}
	if l.stale++; 2*repeats < len(r.at) || repeats == len(r.at) {
		l.stale = 0
	}
}

// again reports whether a page is one that came before.
func (l *loose) again(r *reply, print uint64) bool {
	p := &l.now
	return r.req.Page > 1 && len(r.at) > 0 &&
		(print == p.first || print == p.last && r.req.Page == p.lastPage+1 || l.idle > 1 && r.end > p.reach)
}

// judge says what becomes of a pass with a page.
func (l *loose) judge(r *reply, repeats int, print uint64, seen int, static bool) verdict {
	p := &l.now
	known := r.count >= 0 && !l.counter.wrong
	p.moved = p.moved || !r.still || !known
	p.counted = p.counted || !r.still && !r.silent
	p.pos = max(0, p.pos-r.fall)
	p.fresh += len(r.fresh)
	// A page that came before is sent in place of one behind the end, if such a server it is, or the list has moved by a page.
	wraps := l.far.rows > 0 && l.again(r, print)
	if r.req.Page > 2 && r.print != p.firstRows && r.print != p.lastRows {
		wraps = false // the ids are those of another page, the records are not
	}
	if !r.still && known && l.idle < 2 { // once, it may be that the list moved by a page
		wraps = false
	}
	p.twice = p.twice || repeats > 0 && !wraps
	rows, begin := len(r.at), r.begin
	if r.req.Page == 1 {
		p.first, p.firstRows, p.rows = print, r.print, rows
	}
	if repeats < rows {
		p.reach = max(p.reach, r.end)
	}
	p.last, p.lastRows, p.lastPage = print, r.print, r.req.Page
	p.pages = p.pages*1099511628211 ^ print
	if begin <= p.pos {
		p.pos = max(p.pos, begin+rows)
	}
	lonely := rows == 0 && !r.refused && l.lonely(r, known)
	if rows > 0 && l.empty.deny(r) {
		if p.moved, p.twice = true, true; l.empty.wrong > 1 {
			return gaping
		}
	}
	if l.grows(r, known) {
		l.before, l.now = reading{}, reading{}
		l.seen.Begin()
		return goesOn
	}
	most := 16 + (mostBarren+2)*(seen/l.top()+1)
	switch {
	case static && !l.counter.gap && seen == r.count && (known && l.number > l.begun || l.far.rows > 0 && l.idle > doubtful) && !l.second:
		return over // where pages behind the end have rows, positions do not show that record_count is too small
	case l.idle > most:
		return hopeless
	case wraps && p.distinct <= p.rows:
		if known || l.tried || l.fixed || l.top() < 2 {
			return ignored
		}
		// Page 1 may be all, and come in place of a page that there is not: that shows in smaller pages.
		l.tried, l.full = true, l.top()-1
		l.before, l.now = reading{}, reading{}
		l.seen.Begin()
	case begin > p.pos: // the list has moved: back to where unseen records may be
	case lonely:
		p.pos = begin + r.req.Size
	case rows == 0, wraps:
		return l.endPass(known, r.count)
	case known && r.short && p.distinct >= r.count:
		return l.endPass(known, r.count)
	default: // a page may be shorter than the others; the next one may be larger or smaller
		p.pos = max(p.pos, r.req.Page*min(l.top(), r.req.Size))
	}
	return goesOn
}

// lonely reports whether an empty page may not be the end, so that the one behind it is to be asked for: record_count does not say the same.
func (l *loose) lonely(r *reply, known bool) bool {
	l.empty.take(r, (l.number <= l.begun || l.empty.wrong > 0) && r.req.Page > 1 && !(known && r.still && l.now.distinct == r.count))
	return l.empty.lonely
}

// endPass judges a pass, or begins another one.
func (l *loose) endPass(known bool, count int) verdict {
	p := &l.now
	proved := !p.moved && p.distinct == count && (!p.twice || l.number > 1)
	more := p.counted && l.counter.count > p.distinct && !l.counter.wrong // the latest record_count may be from before a delete, or tell what has slipped away
	agrees := (l.number > l.begun || l.before.distinct > 0) && p.sameAs(&l.before) && !p.twice && !l.before.twice && !more
	enough := !l.second || l.number > 1 && p.fresh == 0
	switch {
	case proved && enough:
		return over
	case agrees && l.counter.count > l.seen.Len() && !l.counter.wrong:
		return allRead
	case agrees: // then none is new
		return over
	case p.twice && p.pages == l.before.pages:
		l.alike++
		return shared
	}
	return l.another(known)
}

// another begins another pass, unless none can help.
func (l *loose) another(known bool) verdict {
	switch {
	case l.number > mostPasses:
		return hopeless
	case l.far.rows > 0 && l.number > 2: // a page may not be turned at all
		return ignored
	}
	before := l.now
	l.now = reading{}
	if known && !l.second && !before.moved && before.twice { // the order changes, the records do not: together they may see all of them
		l.now.distinct, l.now.sum, l.now.twice = before.distinct, before.sum, true
	} else {
		l.seen.Begin()
	}
	l.before, l.number = before, l.number+1
	return goesOn
}

const (
	// mostStale is how many pages may bring few new records each, as page 1 does to which records are added.
	mostStale  = 6
	doubtful   = 6 // so many responses in a row that brought nothing new make doubt that a page behind the end is empty, or that there is more
	mostBarren = 6
	mostPasses = 12
	mostAlike  = 2 // so often the same records may come twice
)

// farPage is behind the end of every list.
const farPage = 1_000_000

// next returns the request for the next page.
func (l *loose) next() page.Request {
	// Rows without an id whose content changes look new each time: where page_no is ignored, there is no end to them.
	const suspicious = 8
	if l.held != nil || !l.far.asked && l.endless >= suspicious && (l.counter.wrong || l.counter.count < 0) {
		return page.Request{Page: farPage, Size: l.top()}
	}
	return l.from(l.now.pos)
}
