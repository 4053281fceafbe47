package paging

// leastCap is the shortest first page that is taken for a cap where nothing else tells a cap from the end of the list.
const leastCap = 10

// listing is what the responses have told about the list and its server. It holds for the whole walk, over all its passes.
type listing struct {
	size  int // page_size to ask for
	step  int // page size that the server keeps to: the longest page so far
	count int // latest record_count, -1 when unknown
	gone  int // GoneBefore of the response before
	high  int // how far the list has been read, in positions

	rises    int  // by how much record_count has risen in all
	falls    int  // by how much the list has shrunk in all
	moved    bool // the list changed, or rows came twice: another pass may find what is missing
	unsteady bool // rows came twice that nothing explains: positions mean little
}

// shift takes record_count and the deletes of our own, and returns by how much the list has shrunk since the response before.
func (l *listing) shift(a Answer) (fall int, changed bool) {
	if count := a.RecordCount; count >= 0 {
		changed = l.count >= 0 && count != l.count
		fall = l.count - count
		if l.count >= 0 {
			l.rises += max(0, -fall)
		}
		l.count = count
	}
	fall = max(fall, a.GoneAfter-l.gone)
	l.gone = a.GoneBefore
	if fall > 0 {
		l.falls += fall
		changed = true
	}
	l.moved = l.moved || changed
	return fall, changed
}

// page takes a page, of which so many rows are new, and returns the position at which it begins and whether it is shorter than others were.
func (l *listing) page(number, rows, fresh int) (begin int, short bool) {
	short = l.step > 0 && rows < l.step
	l.step = max(l.step, rows)
	begin = (number - 1) * l.step
	if fresh < rows && number > 1 {
		l.moved = true
		l.unsteady = l.unsteady || rows-fresh > l.high+l.rises-begin
	}
	l.high = max(l.high, begin+rows)
	if number == 1 && rows > 0 && (l.count > rows || l.count < 0 && rows >= leastCap) {
		// A server that caps may still count its pages by the size it was asked for: ask for what it sends.
		l.size = rows
	}
	return begin, short
}

// pages is about how many pages a list has that is so long, or as long as its record_count says.
func (l *listing) pages(records int) int {
	if l.step == 0 {
		return 0
	}
	return max(l.count, records) / l.step
}
