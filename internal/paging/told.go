package paging

import "github.com/halopsa-go/halopsa/internal/page"

// hides reports whether a response is to be asked for again: it says that the list is empty, the one before did not, and records have come or
// record_count tells of some.
func (w *Walk) hides(req page.Request, a Answer) bool {
	before := w.blank
	w.blank = req.Page <= 1 && len(a.Keys) == 0
	return w.blank && !before && (w.seen.Len() > 0 || a.RecordCount > 0)
}

// changes takes what a response tells of changes.
func (w *Walk) changes(a Answer, silent bool) (changed bool) {
	if silent {
		a.RecordCount = w.count
	}
	changed = w.started && a.RecordCount >= 0 && w.count >= 0 && a.RecordCount != w.count || a.GoneAfter > w.goneBefore
	w.static = w.static && a.RecordCount >= 0 && !changed
	w.fell = w.fell || a.RecordCount < 0 || changed && a.RecordCount <= w.count
	if a.RecordCount >= 0 {
		w.count = a.RecordCount
	}
	if w.first < 0 {
		w.first = w.count
	}
	if len(a.Keys) > w.count {
		w.count = -1 // it counted too few
	}
	w.started, w.moved = true, w.moved || changed
	return changed
}

// due returns how many records a walk must have seen in the end, as far as record_count tells: those that were there when it began, as long as none
// goes, and then those that are there. -1 is unknown.
func (w *Walk) due() int {
	if w.fell {
		return w.count
	}
	return w.first
}
