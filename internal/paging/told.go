package paging

import "github.com/halopsa-go/halopsa/internal/page"

// told is what responses have told of how many records there are, and of changes.
type told struct {
	count      int  // the latest record_count, -1 when unknown
	first      int  // the first record_count, -1 when unknown
	fell       bool // it has been less than before or was not there, or a record of ours went
	static     bool // it has been the same all the time, and no record of ours went
	moved      bool
	blank      bool // the last response said that the list is empty
	goneBefore int
}

// hides reports whether a response is to be asked for again: it says that the list is empty, the one before did not, and records came before
// or record_count tells of some.
func (t *told) hides(req page.Request, a Answer, came bool) bool {
	before := t.blank
	t.blank = req.Page <= 1 && len(a.Keys) == 0
	return t.blank && !before && (came || a.RecordCount > 0)
}

// changes takes what a response tells of changes.
func (t *told) changes(a Answer, silent bool) (changed bool) {
	if silent {
		a.RecordCount = t.count
	}
	changed = a.RecordCount >= 0 && t.count >= 0 && a.RecordCount != t.count || a.GoneAfter > t.goneBefore
	t.static = t.static && a.RecordCount >= 0 && !changed
	t.fell = t.fell || a.RecordCount < 0 || changed && a.RecordCount <= t.count
	if a.RecordCount >= 0 {
		t.count = a.RecordCount
	}
	if t.first < 0 {
		t.first = t.count
	}
	if len(a.Keys) > t.count {
		t.count = -1 // it counted too few
	}
	t.moved = t.moved || changed
	return changed
}

// due returns how many records a walk must have seen in the end, as far as record_count tells: those that were there when it began, as long as none
// goes, and then those that are there. -1 is unknown.
func (t *told) due() int {
	if t.fell {
		return t.count
	}
	return t.first
}
