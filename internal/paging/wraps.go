package paging

// wraps reports whether a response is that of a server that has no such page and sends the first or the last one in its place, or the first one
// whatever page is asked for.
func (s *sorted) wraps(r *reply) bool {
	if r.req.Page == 1 || len(r.at) == 0 || len(r.fresh) > 0 {
		return false
	}
	if s.wrapped && s.counts() && r.count >= 0 && r.begin >= r.count { // it has done so before, and says that there is no such page
		return true
	}
	if s.down {
		return len(s.last.at) == len(r.at) && s.last.at[0] == r.at[0] && r.req.Page > s.last.req.Page && r.count >= 0 && r.count == s.counter.count
	}
	if s.uneven { // positions say nothing
		return r.print == s.head || r.print == s.last.print && r.follows(&s.last)
	}
	for _, p := range s.places { // the id at a position only rises
		if p.at <= r.begin && p.x > r.at[0] || p.at < r.begin && p.x == r.at[0] {
			return true
		}
	}
	return false
}

// place is what a response showed of a position.
type place struct {
	at    int
	x     int64
	after int // so many responses
}
