package follow

import "github.com/halopsa-go/halopsa/internal/page"

// serving is what is known of how the server puts a list on pages. It outlives the passes.
type serving struct {
	asked int  // page_size that the caller wants
	count int  // latest record_count, -1 when unknown
	said  int  // record_count of the latest response, -1 without one
	moved int  // by how much that differs from the one before
	fell  bool // the latest one is smaller than that
	wrong bool // record_count has been found not to be true
	// surplus is by how much record_count is more than the position where the list ends, as was proved last.
	surplus int
	ragged  bool // a page behind a short one had rows, and the end has not been proved since: what record_count says then is no sign
	nothing bool // the latest response had no rows where the list begins
	limit   int  // the most that the server puts on a page, as far as that is known; 0 where it is not
	fixed   int  // the size of every page where the server does not care what is asked, 0 where it does
	served  int  // the longest page so far
	smaller page.Smaller
	heeds   bool // a page smaller than limit came where that was asked for
	tried   int  // the limit that a larger page was asked for without success
	honors  bool // count has been seen to be honored
	gave    int  // how many records were given out since
	given   int  // how many records this pass gave out
	polls   bool // see Begin
	paged   bool // a page behind the first has come: the server heeds page_no
}

// counted takes the record_count of a response. One that has none says nothing, and a 0 on an empty page only that this has none.
func (f *Follower) counted(a Answer) {
	s := &f.serving
	none, begin := len(a.IDs) == 0, f.next.Page <= 1
	count := min(a.RecordCount, unknown-1) // no list is longer
	s.said = count
	if s.nothing = none && begin; none && !begin && count == 0 {
		count = -1
	}
	s.moved, s.fell = 0, count >= 0 && count < s.count
	if count < 0 {
		return
	}
	if s.count >= 0 {
		s.moved = max(count-s.count, s.count-count)
	}
	s.count, f.pass.told = count, true
	if s.nothing {
		s.settle(0)
	}
}

// doubt asks again where a response had no rows. It proves nothing, and what it was to prove begins anew.
func (f *Follower) doubt() {
	p := &f.pass
	switch f.state {
	case again:
		f.state, f.next = down, p.below
	case one:
		f.readAll()
	default:
		p.doubted = f.next
	}
	p.confirm = page.Request{}
	if p.agreed = false; len(p.held) > 0 {
		p.held, p.heldPage = nil, page.Request{}
	}
	p.questions[f.next]++
}

// settle takes it that the end of the list is proved.
func (s *serving) settle(end int) {
	if s.ragged = false; s.count >= 0 {
		s.surplus = s.count - end
	}
}

// doubtful reports whether something tells of rows where a response with this record_count has none.
func (f *Follower) doubtful(count int) bool {
	begin := (f.next.Page - 1) * f.next.Size
	switch {
	case begin == 0 && count <= 0:
		return !f.nothing && (f.cursor > 0 || f.at > 0)
	case count > 0:
		return count-f.surplus > begin
	}
	return f.count-f.surplus > begin || f.pass.lo > begin
}

// counts reports whether record_count says where to look.
func (f *Follower) counts() bool { return f.count >= 0 && !f.wrong && !f.pass.astray }

// sizes are the least and the largest page_size to choose from.
func (s *serving) sizes() (bottom, top int) {
	if s.fixed > 0 {
		return s.fixed, s.fixed
	}
	top = s.asked
	if s.limit > 0 {
		top = max(s.limit, leastSize)
	}
	if s.smaller.Size > 0 {
		top = min(top, s.smaller.Size)
	}
	return top * 3 / 5, top
}

// part is a page as a part of the list.
type part struct {
	ids   []int64
	size  int  // that was asked for, or the fixed one
	begin int  // the position of its first row
	full  bool // it is as long as was asked for
	short bool // longer pages have come
	ended bool // the list ends with it
}

func (p part) end() int { return p.begin + len(p.ids) }

// agrees reports whether record_count, if there is one, says that the list ends at this position.
func (s *serving) agrees(end int) bool { return !s.ragged && (s.count < 0 || s.count-s.surplus == end) }

// learn takes a page. A short one is the last where record_count agrees, or the page behind it was read before it and is empty. Oldest first
// that holds also where records have come since: they are behind it.
func (f *Follower) learn(ids []int64, before recent) part {
	rows, size := len(ids), f.next.Size
	switch {
	case rows > size:
		f.limit, f.fixed = rows, rows
		f.pass.recount()
	case rows > f.fixed, f.next.Page == 1 && rows == size && size < f.fixed:
		f.fixed = 0
	}
	if f.fixed > 0 {
		size = f.fixed
	}
	p := part{ids: ids, size: size, begin: (f.next.Page - 1) * size, full: rows == size, short: rows < min(size, f.served)}
	if rows == 1 && (f.count <= 1 || f.order != asAsked) { // nobody serves pages of one row
		p.short = true
	}
	last := rows > 0 && len(before.held) == 0 && before.heldPage == behind(f.next)
	if last && f.moved == 0 {
		f.settle(p.end())
	}
	p.ended = p.short && (f.agrees(p.end()) || last && f.state == up)
	if p.full && rows == f.count { // two such pages of different lengths have the count of their rows
		f.wrong = f.wrong || f.pass.ofRows > 0 && f.pass.ofRows != rows
		f.pass.ofRows = rows
	}
	f.served, f.pass.longest = max(f.served, rows), max(f.pass.longest, rows)
	switch {
	case rows > f.limit && f.limit > 0: // more than was believed
		f.limit, f.tried = 0, 0
	case rows < size && !p.short: // it may be all that the server puts on a page
		f.limit = rows
	}
	return p
}

// exceeds sees whether a page ends behind where the list does by record_count.
func (s *serving) exceeds(p part) {
	s.wrong = s.wrong || s.count >= 0 && len(p.ids) > 0 && p.end() > s.count
}

// behind is the page behind another one.
func behind(req page.Request) page.Request {
	req.Page++
	return req
}

// smallest is the smallest page that is asked for where larger ones are too much: two rows show an order.
const smallest = 2

// Shrinks reports whether TooMuch will choose a smaller page where the response to req is too much.
func (f *Follower) Shrinks(req page.Request) bool {
	return req.Size > smallest && f.fixed == 0 // the whole list has no size
}

// TooMuch takes it that the response to Next's request was too much for the server, for what is in front of it, or for the caller, and reports whether
// there is a smaller page to ask for instead, which then is the next request.
func (f *Follower) TooMuch() bool {
	if !f.Shrinks(f.next) {
		return false
	}
	f.smaller.TooMuch(f.next.Size)
	f.smaller.Size = max(smallest, f.smaller.Size)
	f.pass.recent = recent{}
	switch f.state {
	case again: // what it was to prove begins anew
		f.pass.head.Size = f.smaller.Size
		f.state = down
		f.seek()
	case up, down:
		f.seek()
	}
	f.next.Size = min(f.next.Size, f.smaller.Size)
	return true
}
