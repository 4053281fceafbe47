package paging

import "github.com/halopsa-go/halopsa/internal/page"

// empties is what is known of pages without records that were not refused. Such a page ends the list, or its query has failed. It is believed where
// record_count, a short page before it or an empty one behind it says the same, and no longer once a later response shows that there is more.
type empties struct {
	last   *reply       // nil where none came, or where it is not believed
	lonely bool         // nothing else has said so far that the list ends there
	denied page.Request // the page of which a later response has shown that it was not the end
	wrong  int          // how often
}

// hollow is the reason for an error where a page stays empty.
const hollow = "a page comes without records although there are more behind it"

// take takes a page without records, and reports whether it only confirms the one before it. lonely says that nothing else speaks for the end.
func (e *empties) take(r *reply, lonely bool) (confirms bool) {
	if confirms = e.last != nil && r.follows(e.last); confirms {
		e.lonely = false
		return true
	}
	e.lonely = lonely && (e.last == nil || !e.last.follows(r))
	e.last = r
	return false
}

// deny reports whether a page with records shows that the page without any is not the end.
func (e *empties) deny(r *reply) bool {
	if r.req == e.denied {
		e.wrong = 0
	}
	if e.last == nil {
		return false
	}
	at := e.last.req
	behind := r.req.Size == at.Size && r.req.Page >= at.Page
	before := len(r.at) - len(r.fresh) // so many were there before
	if !behind && (r.count <= r.end || e.last.count < 0 || e.last.count >= before) {
		return false
	}
	if e.last, e.lonely = nil, false; r.req != at {
		e.denied = at
		e.wrong++
	}
	return true
}

// doubt returns the page that is to be asked for before a lonely one is believed to be the end.
func (e *empties) doubt() page.Request {
	e.lonely = false
	return page.Request{Page: e.last.req.Page + 1, Size: e.last.req.Size}
}
