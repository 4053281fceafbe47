package follow

// backward is for a page around the cursor of a list that comes with the newest records first.
type backward struct{ search }

func (s *backward) accept(ids []int64) (next []int, previous bool) {
	p, ok := s.open(ids)
	if !ok {
		return nil, false
	}
	return s.judge(p), false
}

// open takes a page. It returns false where that is of no use, and another request has been chosen.
func (s *backward) open(ids []int64) (p part, ok bool) {
	s.step = max(s.step, s.moved)
	if !s.sorted(ids, newestFirst) {
		return part{}, false
	}
	if s.ignored(ids) {
		s.readWhole()
		return part{}, false
	}
	p, trial := s.learn(ids)
	if plausible := len(ids) > 0 && ids[0] > s.cursor && (ids[len(ids)-1] <= s.cursor || p.ended); trial && !plausible {
		s.doubted = true // it may be that the server counts its pages by another size
		s.aimAgain()
		return part{}, false
	}
	return p, true
}

// ignored reports whether the server pays no heed to page_no: a later page begins with the same record as an earlier one.
func (s *backward) ignored(ids []int64) bool {
	last, lastID := s.pass.last, s.pass.lastID
	s.pass.last, s.pass.lastID = s.next, 0
	if len(ids) == 0 {
		return false
	}
	s.pass.lastID = ids[0]
	if lastID != ids[0] || s.next.Page == last.Page {
		s.pass.repeats = 0
		return false
	}
	s.pass.repeats++ // once, it may be that as many records came as the pages are apart
	return s.pass.repeats > 1
}

// judge judges a page.
func (s *backward) judge(p part) []int {
	rows, fresh, begin := len(p.ids), 0, p.begin
	for fresh < rows && p.ids[fresh] > s.cursor {
		fresh++
	}
	allFresh := rows > 0 && fresh == rows
	switch {
	case rows == 0 && s.next.Page > 1:
		if s.count >= 0 {
			begin = min(begin, s.count)
		}
		s.below(begin)
	case allFresh && !p.exact:
		s.aimAgain()
	case allFresh && !p.ended:
		s.above(p.end())
	case allFresh && p.ids[0] > s.front[min(begin, len(s.front)-1)]:
		// The last page should hold none of the records that were before it on page 1. It may be page 1 again, whatever is asked.
		s.readFirst()
	case s.next.Page == 1: // the newest of all are on it
		return s.finish(s.take(p.ids))
	case fresh > 0:
		next := s.take(p.ids)
		s.found(begin)
		return next
	default:
		s.below(begin)
	}
	return nil
}

// look begins to look for the cursor.
func (s *backward) look(again bool) {
	far := s.begin(again)
	rows := len(s.front)
	at := rows
	if !s.looksWhole {
		if at += far(s.cursor, s.front[rows-1]); s.count >= 0 && (at > s.count || s.cursor == 0) {
			at = s.count
		}
	}
	s.aimPast(at, false)
}

// found says that the two meet at this position.
func (s *backward) found(at int) {
	s.looksWhole = false
	s.restart(firstStep)
	s.aimPast(at, true)
}

// aimAgain looks where it looked before, after something was learned of the sizes of pages.
func (s *backward) aimAgain() {
	s.restart(firstStep)
	s.aimPast(s.at, false)
}

// below says that the two meet at this position or before it.
func (s *backward) below(at int) {
	switch far, between := s.search.below(at); {
	case between:
		s.between()
	case far == firstStep:
		s.aimPast(at, false)
	default:
		s.aimAt(at - far)
	}
}

// above says that the two meet at this position or after it.
func (s *backward) above(at int) {
	if s.looksWhole {
		s.look(true)
		return
	}
	if far, between := s.search.above(at); between {
		s.between()
	} else {
		s.aimAt(at + far)
	}
}

// between halves what lies between lo and hi.
func (s *backward) between() {
	if s.lo == s.hi {
		s.aimPast(s.lo, true)
		return
	}
	_, top := s.sizes()
	s.aimAt(min(s.hi-1, (s.lo+s.hi)/2+top/2))
}

// aimPast asks for the page that, if the two meet at this position, shows the most records after the cursor and one up to it. known is false
// where the position is a guess.
func (s *backward) aimPast(at int, known bool) {
	s.at, s.state = at, s
	record := at      // the last one up to the cursor
	if s.count >= 0 { // there may be none: then it is the last of the list
		record = max(0, min(at, s.count-1))
	}
	if gain := s.show(record); gain > 0 || at == 0 || record != at {
		return
	}
	if !known {
		s.aimAt(at - 1)
		return
	}
	whole{s.Follower, true}.ask(at + s.asked)
}

// aimAt asks for a page with the record at this position.
func (s *backward) aimAt(position int) {
	s.state = s
	s.ask(position)
}
