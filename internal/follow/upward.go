package follow

// upward judges a page of a list that comes with the oldest records first.
func (f *Follower) upward(p part, before recent) (next []int, previous bool) {
	s := &f.pass
	rows, old := len(p.ids), 0
	for old < rows && p.ids[old] <= f.cursor {
		old++
	}
	begin := f.next.Page == 1
	still := before.confirm == f.next && rows > 0 && p.ids[0] == before.held[0] // the list did not end before it in between
	switch {
	case rows == 0 && begin:
		f.at = 0
		return f.ended(), false
	case old == 0 && !begin && !still: // the cursor is nearer to the front
		if rows == 0 && s.poll && !f.polls && s.changes == 0 { // see Begin
			return f.finish(nil), false
		}
		overlaps := f.moved == 0 && rows > 0 && s.met && s.lo > p.begin // what was read before says that it begins with an older record
		s.atMost(p.begin)
		s.held, s.heldPage = p.ids, f.next
		f.seek()
		if overlaps || behind(before.short) == s.heldPage || f.next == s.heldPage { // what proves that it begins where it seems to
			f.next = s.heldPage
			f.next.Page--
		}
		return nil, false
	}
	proved := before.heldPage == behind(f.next) && old == rows && p.size <= f.served
	if proved && len(before.held) > 0 {
		if !s.same { // it may be page 1, where the list ends before it by now
			s.held, s.confirm = before.held, before.heldPage
			f.next = before.heldPage
			return nil, false
		}
		next = f.take(before.held)
		held := part{ids: before.held, size: p.size, begin: p.begin + p.size, short: len(before.held) < p.size}
		held.ended = held.short && f.agrees(held.end())
		s.meet(held.end())
		f.next = before.heldPage
		f.onward(held)
		return next, len(next) > 0
	}
	next = f.take(p.ids)
	if p.short || p.ids[rows-1] == f.cursor {
		s.meet(p.end())
	} else {
		s.atLeast(p.end())
	}
	quiet := s.poll && old == rows && p.full && p.end() == f.at && s.changes == 0
	p.ended = p.ended || proved || quiet
	f.onward(p)
	return next, false
}

// onward continues at lo, where the records up to the cursor end, which is on or behind a page.
func (f *Follower) onward(p part) {
	s := &f.pass
	f.at = s.lo
	switch {
	case f.order == asAsked && f.cursor >= s.front[0]:
		f.finish(nil)
	case p.ended:
		f.ended()
	case p.short:
		s.short = f.next
		f.next = behind(f.next)
	default:
		f.seek()
	}
}

// ended ends the pass at the end of the list, unless a newer record has been seen: it is gone, or that was not the end.
func (f *Follower) ended() []int {
	if f.order == asAsked {
		if f.pass.ends++; f.pass.ends > 1 { // one row says nothing of the order: page 1 does
			f.pass.ends = 0
			f.next = f.page1()
			return nil
		}
		f.readFirst()
		return nil
	}
	return f.finish(nil)
}
