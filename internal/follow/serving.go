package follow

// serving is what is known of how the server puts a list on pages.
type serving struct {
	asked   int  // page_size that the caller wants
	count   int  // latest record_count, -1 when unknown
	moved   int  // by how much that differs from the one before
	limit   int  // the most that the server puts on a page, as far as that is known
	fixed   int  // the size of every page where the server does not care what is asked, 0 where it does
	served  int  // the longest page so far
	heeds   bool // a page smaller than limit came where that was asked for
	doubted bool // what came where that was asked for was not the page that was expected
}

// counted takes the record_count of a response.
func (s *serving) counted(count int) {
	s.moved = 0
	if count >= 0 && s.count >= 0 {
		s.moved = max(count-s.count, s.count-count)
	}
	s.count = count
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
	s.limit, s.served, s.doubted = limit, rows, false
}

// sizes are the least and the largest page_size to choose from.
func (s *serving) sizes() (bottom, top int) {
	top = max(1, s.limit)
	if s.fixed > 0 || s.doubted || s.limit < s.asked && !s.heeds { // what is served may be another size than the one asked for
		return top, top
	}
	return max(1, top*3/5), top
}

// part is a page as a part of the list.
type part struct {
	ids   []int64
	begin int  // the position of its first row
	exact bool // that is certain: the page is no longer than was asked for
	full  bool // it is as long as was asked for
	ended bool // the list ends with it
}

func (p part) end() int { return p.begin + len(p.ids) }

// learn takes the page that was asked for with f.next. trial says that it is smaller than the server's own, and that it has yet to be seen whether
// the server counts its pages by that size.
func (f *Follower) learn(ids []int64) (p part, trial bool) {
	rows, size, sure := len(ids), f.next.Size, f.served
	trial = f.fixed == 0 && !f.heeds && f.limit < f.asked && size < f.limit
	f.served = max(f.served, rows)
	if rows > size {
		f.limit, f.fixed = rows, rows
		return part{ids: ids, begin: (f.next.Page - 1) * rows}, false
	}
	p = part{ids: ids, begin: (f.next.Page - 1) * size, exact: true, full: rows == size}
	if f.count >= 0 {
		p.ended = p.end() >= f.count
	} else {
		p.ended = rows < size && size <= sure // pages so long have come before
	}
	f.heeds = f.heeds || p.full && rows < f.limit
	return p, trial && !f.heeds
}
