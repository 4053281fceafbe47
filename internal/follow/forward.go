package follow

// forward is for a page around the cursor of a list that comes with the oldest records first.
type forward struct{ search }

// beyond is for the page that begins right after the cursor, where no page can begin before it and end behind it.
type beyond struct{ *forward }

// behind is for the page before one that may be right after the cursor, again. That one is held, and needs the proof.
type behind struct {
	*forward
	held []int64
}

// ending is for the page after one that looked like the last.
type ending struct{ *forward }

func (s *forward) accept(ids []int64) (next []int, previous bool) {
	p, ok := s.open(ids)
	switch {
	case !ok:
		return nil, false
	case p.begin == s.lo && s.starts(p):
		return s.hold(p)
	}
	return s.judge(p, true), false
}

func (s beyond) accept(ids []int64) (next []int, previous bool) {
	p, ok := s.open(ids)
	switch {
	case !ok:
		return nil, false
	case s.starts(p):
		return s.hold(p)
	}
	return s.judge(p, true), false
}

func (s behind) accept(ids []int64) (next []int, previous bool) {
	p, ok := s.open(ids)
	switch {
	case !ok:
		return nil, false
	case p.full && s.old(p) == len(ids):
		// The page still ends with a record up to the cursor. Since new records come at the end only, it did so when the
		// page that is held was read: nothing was between the two.
		next = s.take(s.held)
		s.goOn(p, p.end()+len(s.held), len(s.held) == 0)
		return next, len(next) > 0
	case p.begin == s.lo && s.starts(p):
		return s.hold(p)
	}
	return s.judge(p, true), false
}

func (s ending) accept(ids []int64) (next []int, previous bool) {
	p, ok := s.open(ids)
	if !ok {
		return nil, false
	}
	if len(ids) > 0 {
		s.limit, s.heeds = max(1, s.at-p.begin+s.next.Size), false // the page before was not the last: it was as long as they get
	}
	switch {
	case p.begin == s.lo && s.starts(p):
		return s.hold(p)
	case len(ids) == 0:
		s.goOn(p, s.at, true)
		return nil, false
	}
	return s.judge(p, false), false
}

// open takes a page. It returns false where that is of no use, and another request has been chosen.
func (s *forward) open(ids []int64) (p part, ok bool) {
	s.step = max(s.step, s.moved)
	if !s.sorted(ids, oldestFirst) {
		return part{}, false
	}
	if s.ignored(ids) {
		if s.order == oldestFirst {
			s.order = inOneAnswer
		}
		s.readWhole()
		return part{}, false
	}
	p, trial := s.learn(ids)
	if plausible := len(ids) > 0 && (ids[0] <= s.cursor || s.next.Page == 1); trial && !plausible {
		s.doubted = true // it may be that the server counts its pages by another size
		s.aimAgain()
		return part{}, false
	}
	s.state = s
	return p, true
}

// ignored reports whether the server pays no heed to page_no: a later page begins with the same record as an earlier one.
func (s *forward) ignored(ids []int64) bool {
	last, lastID := s.pass.last, s.pass.lastID
	s.pass.last, s.pass.lastID = s.next, 0
	if len(ids) == 0 {
		return false
	}
	s.pass.lastID = ids[0]
	if s.next.Page == 1 {
		s.head = ids[0]
		return false
	}
	// With the oldest first this cannot be otherwise: records that go only bring larger ids to a page.
	return ids[0] <= s.head || lastID != 0 && s.next.Page > last.Page && s.next.Size >= last.Size && ids[0] <= lastID
}

// old is how many rows of a page are up to the cursor.
func (s *forward) old(p part) (n int) {
	for n < len(p.ids) && p.ids[n] <= s.cursor {
		n++
	}
	return n
}

// starts reports whether all of a page, which is not the first, comes after the cursor.
func (s *forward) starts(p part) bool { return p.exact && s.next.Page > 1 && s.old(p) == 0 }

// hold keeps a page that may begin right after the cursor, until the page before it has proved it.
func (s *forward) hold(p part) (next []int, previous bool) {
	s.state = behind{s, p.ids}
	s.next.Page--
	return nil, false
}

// judge judges a page. mayEnd says that a short page may be the last, although record_count says that there is more.
func (s *forward) judge(p part, mayEnd bool) (next []int) {
	rows, old, begin := len(p.ids), s.old(p), p.begin
	short := rows < s.next.Size
	switch {
	case rows == 0 && s.next.Page == 1:
		s.goOn(p, 0, true)
	case s.starts(p): // the cursor is nearer to the front
		if rows == 0 && s.count >= 0 {
			begin = min(begin, s.count)
		}
		s.below(begin)
	case rows > old && (old > 0 || s.next.Page == 1):
		next = s.take(p.ids)
		s.goOn(p, p.end(), p.ended)
	case !p.exact:
		s.aimAgain()
	case p.ended, short && s.order == asAsked:
		s.goOn(p, p.end(), true)
	case short && s.count >= 0 && mayEnd:
		s.at, s.state = p.end(), ending{s}
		s.next.Page++
	case short:
		s.found(p.end())
	default:
		s.above(p.end())
	}
	return next
}

// goOn continues after a page that leaves nothing out up to position end.
func (s *forward) goOn(p part, end int, ended bool) {
	switch {
	case s.order == asAsked && s.cursor >= s.front[0], s.order != asAsked && ended:
		s.at = end
		s.finish(nil)
	case ended:
		s.readFirst() // a larger id has been seen: it is gone, or this is not the end
	case s.order != asAsked && s.count < 0 && p.full && s.served < s.asked && s.front == nil:
		s.readFirst() // the list was short: perhaps that is why its pages were
	default:
		s.found(end)
	}
}

// look begins to look for the cursor.
func (s *forward) look(again bool) {
	far := s.begin(again)
	rows, at := len(s.front), 0
	high := max(s.front[0], s.front[rows-1])
	switch {
	case s.looksWhole:
		at = rows
	case s.order == oldestFirst:
		if at = rows + far(high, s.cursor); s.count >= 0 {
			at = min(at, s.count)
		}
	case s.cursor == 0:
	case s.count >= 0:
		at = min(max(0, s.count-far(s.cursor, high)), s.count-rows)
	default:
		at = far(0, s.cursor)
	}
	s.aimPast(at)
}

// found says that the two meet at this position.
func (s *forward) found(at int) {
	s.looksWhole = false
	s.restart(firstStep)
	s.aimPast(at)
}

// aimAgain looks where it looked before, after something was learned of the sizes of pages.
func (s *forward) aimAgain() {
	s.restart(firstStep)
	s.aimPast(s.at)
}

// below says that the two meet at this position or before it.
func (s *forward) below(at int) {
	if far, between := s.search.below(at); between {
		s.between()
	} else {
		s.aimAt(at - 1 - far)
	}
}

// above says that the two meet at this position or after it.
func (s *forward) above(at int) {
	if s.looksWhole {
		s.look(true)
		return
	}
	switch far, between := s.search.above(at); {
	case between:
		s.between()
	case far == firstStep:
		s.aimPast(at)
	default:
		s.aimAt(at + far)
	}
}

// between halves what lies between lo and hi.
func (s *forward) between() {
	if s.lo == s.hi {
		s.aimPast(s.lo)
		return
	}
	_, top := s.sizes()
	s.aimAt(max(s.lo, (s.lo+s.hi)/2-top/2))
}

// aimPast asks for the page that, if the two meet at this position, shows the most records after the cursor and one up to it.
func (s *forward) aimPast(at int) {
	s.at, s.state = at, s
	if gain := s.show(max(0, at-1)); gain == 0 && at > 0 {
		s.state = beyond{s}
		s.next.Page++
	}
}

// aimAt asks for a page with the record at this position.
func (s *forward) aimAt(position int) {
	s.state = s
	s.ask(position)
}
