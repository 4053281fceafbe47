package follow

// ignored reports whether the server pays no heed to page_no: a later page begins with the same record as an earlier one.
func (f *Follower) ignored(ids []int64) bool {
	last, lastID := f.last, f.lastID
	f.last, f.lastID = f.next, 0
	if len(ids) == 0 {
		return false
	}
	f.lastID = ids[0]
	if f.order != newestFirst {
		if f.next.Page == 1 {
			f.head = ids[0]
			return false
		}
		// With the oldest first this cannot be otherwise: records that go only bring larger ids to a page.
		return ids[0] <= f.head || lastID != 0 && f.next.Page > last.Page && f.next.Size >= last.Size && ids[0] <= lastID
	}
	if lastID != ids[0] || f.next.Page == last.Page {
		f.repeats = 0
		return false
	}
	f.repeats++ // once, it may be that as many records came as the pages are apart
	return f.repeats > 1
}

// forward judges a page of a list with the oldest records first. exact is false where its position in the list is not certain.
func (f *Follower) forward(ids []int64, begin int, exact bool) (next []int, previous bool) {
	rows, old, stage := len(ids), 0, f.stage
	for old < rows && ids[old] <= f.cursor {
		old++
	}
	end := begin + rows
	ended := exact && f.ended(begin, rows)
	f.stage = onward
	if stage == ending && rows > 0 {
		f.limit, f.heeds = max(1, f.at-begin+f.next.Size), false // the page before was not the last: it was as long as they get
	}
	switch {
	case stage == behind && exact && old == rows && rows == f.next.Size:
		// The page before still ends with a record up to the cursor. Since new records come at the end only, it did so when the
		// page that is held was read: nothing was between the two.
		next = f.take(f.held)
		f.goOn(end+len(f.held), len(f.held) == 0)
		return next, len(next) > 0
	case exact && old == 0 && f.next.Page > 1 && (stage == beyond || f.loSeen && f.lo == begin):
		f.held, f.stage = ids, behind
		f.next.Page--
	case rows == 0 && stage == ending:
		f.goOn(f.at, true)
	case rows == 0 && f.next.Page == 1:
		f.goOn(0, true)
	case exact && old == 0 && f.next.Page > 1: // the cursor is nearer to the front
		if rows == 0 && f.count >= 0 {
			begin = min(begin, f.count)
		}
		f.below(begin)
	case rows > old && (old > 0 || f.next.Page == 1):
		next = f.take(ids)
		f.goOn(end, ended)
	case !exact:
		f.aimAgain()
	case ended, rows < f.next.Size && f.order == asAsked:
		f.goOn(end, true)
	case rows < f.next.Size && f.count >= 0 && stage != ending:
		f.at, f.stage = end, ending // record_count says that there is more
		f.next.Page++
	case rows < f.next.Size:
		f.found(end)
	default:
		f.above(end)
	}
	return next, false
}

// goOn continues after a page of a list with the oldest records first that leaves nothing out up to position end.
func (f *Follower) goOn(end int, ended bool) {
	switch {
	case f.order == asAsked && f.cursor >= f.front[0], f.order != asAsked && ended:
		f.at, f.done = end, true
	case ended:
		f.readFirst() // a larger id has been seen: it is gone, or this is not the end
	case f.order != asAsked && f.count < 0 && f.full && f.served < f.asked && !f.measured:
		f.readFirst() // the list was short: perhaps that is why its pages were
	default:
		f.found(end)
	}
}

// backward judges a page of a list with the newest records first.
func (f *Follower) backward(ids []int64, begin int, exact bool) []int {
	rows, fresh := len(ids), 0
	for fresh < rows && ids[fresh] > f.cursor {
		fresh++
	}
	switch {
	case rows == 0 && f.next.Page > 1:
		if f.count >= 0 {
			begin = min(begin, f.count)
		}
		f.below(begin)
	case rows > 0 && fresh == rows && !exact:
		f.aimAgain()
	case rows > 0 && fresh == rows && !f.ended(begin, rows):
		f.above(begin + rows)
	case rows > 0 && fresh == rows && ids[0] > f.front[min(begin, len(f.front)-1)]:
		// The last page should hold none of the records that were before it on page 1. It may be page 1 once more, whatever is asked.
		f.readFirst()
	case f.next.Page == 1: // the newest of all are on it
		return f.finish(f.take(ids))
	case fresh > 0:
		next := f.take(ids)
		f.found(begin)
		return next
	default:
		f.below(begin)
	}
	return nil
}
