package paging

import "github.com/halopsa-go/halopsa/internal/page"

// reply is a response to a request for a page.
type reply struct {
	req     page.Request
	at      []int64 // where the records are in the order of the list: their ids, or where the largest comes first the ids below 0
	fresh   []int   // those that are new
	count   int     // record_count, -1 when unknown
	told    int     // the same also where it says nothing of how many there are, being 0 behind the first page
	size    int     // page_size as the server says, 0 when unknown
	gone    int     // our own deletes that may have happened since the response before
	print   uint64  // of the records' content
	refused bool    // a page behind the first one, and the server says that there is none

	silent    bool // it is refused or empty, and says nothing of the length of the list
	byContent bool // the last of them has no id

	begin, end int // positions
	short      bool
	unsure     bool // where it begins: the pages may be counted by the size asked for, or by the one that is sent
	closed     bool // it has proved that nothing is between it and the next page
	fall       int  // by how much the list has shrunk since the response before
	still      bool // nothing has changed since the response before, as far as can be told
}

// follows reports whether r is the page right after other, in pages of the same size.
func (r *reply) follows(other *reply) bool {
	return r.req.Page == other.req.Page+1 && r.req.Size == other.req.Size
}

// dense reports whether no id is missing between the first and the last: then the next page is likely to begin with the id after it.
func (r *reply) dense() bool {
	n := len(r.at)
	return n > 1 && r.at[n-1]-r.at[0] == int64(n-1)
}
