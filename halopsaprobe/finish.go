package halopsaprobe

import (
	"encoding/json"
	"slices"
	"strings"
)

// raw is the row as JSON again.
func (r row) raw() json.RawMessage {
	raw, _ := json.Marshal(r.members) // it came from JSON
	return raw
}

// responses are those of the list that were kept.
func (l *listProbe) responses() []*response {
	all := make([]*response, 0, 4)
	for _, r := range []*response{l.first, l.one, l.two, l.big} {
		if r.usable() {
			all = append(all, r)
		}
	}
	return all
}

// finished is what has been found so far.
func (l *listProbe) finished() List {
	f := &l.found
	l.form()
	if l.one != nil {
		l.pages()
	}
	l.defaults()
	l.counts()
	l.content()
	f.Members, f.OtherNames = l.rows.list(&l.names, "")
	var others int
	f.Envelope, others = l.outer.list(&l.names, "")
	f.OtherNames += others
	own := *f
	own.Requests = slices.Clone(f.Requests)
	return own
}

// form is the shape of the list.
func (l *listProbe) form() {
	f := &l.found
	rows := 0
	for _, r := range l.responses() {
		if f.Shape == Other || rows == 0 && len(r.rows) > 0 { // a list with rows says more
			f.Shape, f.Array, f.Nested, f.OtherArrays = r.shape, l.safe(r.array), l.safe(r.nested), nil
			for _, name := range r.others {
				if l.names.shown(name) {
					f.OtherArrays = append(f.OtherArrays, name)
				}
			}
			f.Charset = r.charset
			rows = len(r.rows)
		}
	}
	for i, r := range []*response{l.one, l.two, l.first} {
		if !r.usable() {
			continue
		}
		f.Warning = answer(r.warning || f.Warning == Yes)
		if r.errorMember != "" && (f.ErrorMember == "" || i == 0) {
			f.ErrorMember, f.ErrorFrom = l.safe(r.errorMember), i%2+1
		}
	}
	f.EmptyShape = ""
	if rows == 0 && f.ErrorMember == "" && len(l.responses()) > 0 {
		f.EmptyShape = f.Shape
	}
}

// safe is a name, or "" for one that may not be shown.
func (l *listProbe) safe(name string) string {
	if l.names.shown(name) {
		return name
	}
	return ""
}

// pages is what the pages show.
func (l *listProbe) pages() {
	f := &l.found
	one, two := l.one, l.two
	if !one.usable() {
		return
	}
	f.Largest = max(len(one.rows), len(l.big.list()))
	rows := len(one.rows)
	switch {
	case two.usable() && rows == 0 && len(two.rows) > 0:
		f.EmptyPage, f.Paging = 1, Yes
	case two.usable() && rows > 0 && len(two.rows) > 0 && !sameRows(one, two):
		f.Paging = Yes
	case two.usable() && rows > 1 && sameRows(one, two):
		f.Paging = No
	case rows > 0 && l.big.usable() && len(l.big.rows) > rows:
		f.Paging = Yes // page 2 is empty or refused, although page_size is honored and there is more
		if two.usable() && len(two.rows) == 0 && l.found.ErrorMember == "" {
			f.EmptyPage = 2
		}
	}
	switch {
	case rows == l.size:
		f.PageSize = Yes
	case rows > l.size, rows > 0 && f.Paging == Yes && len(two.list()) > 0:
		f.PageSize = No
		if f.Paging != No && l.big.usable() && len(l.big.rows) == rows && !l.whole {
			f.FixedSize, f.Cap, f.AskedSize = rows, 0, 0
		}
	}
	f.Overlap = l.overlap()
	if f.Paging == Yes && f.EmptyPage == 0 && two.usable() {
		short := len(two.rows) < rows && rows+len(two.rows)-f.Overlap < l.total
		f.Uneven = answer(short && len(two.rows) > 0)
	}
	for _, page := range []struct {
		r      *response
		number int
	}{{one, 1}, {two, 2}, {l.big, 1}} {
		if page.r.usable() && page.r.pageNo >= 0 {
			f.WrongPageNo = answer(page.r.pageNo != page.number || f.WrongPageNo == Yes)
		}
	}
}

// defaults is what comes without any parameter.
func (l *listProbe) defaults() {
	n := len(l.first.list())
	if l.first.usable() && n > 0 && (l.total > n || l.first.recordCount > n) {
		l.found.DefaultSize = n
	}
}

// counts is what record_count means.
func (l *listProbe) counts() {
	c := &l.found.RecordCount
	if l.first.usable() {
		c.ByDefault = l.meaning(l.first)
	}
	c.Paged, c.Off = MeansUnknown, 0
	if !l.one.usable() {
		return
	}
	c.Paged, c.Said = l.meaning(l.one), max(0, l.one.recordCount)
	switch {
	case c.Paged != MeansUnknown || len(l.one.rows) == 0:
	case l.one.recordCount > l.total && l.whole:
		c.Paged, c.Off = MeansMore, l.one.recordCount-l.total
	case l.one.recordCount < l.total:
		c.Paged = MeansFewer
		if l.whole {
			c.Off = l.one.recordCount - l.total
		}
	}
}

// meaning is what the record_count of a response means, where that can be told.
func (l *listProbe) meaning(r *response) Meaning {
	switch {
	case r.shape != Envelope || len(r.rows) == 0:
		return MeansUnknown
	case r.recordCount < 0:
		return MeansAbsent
	case r.recordCount == len(r.rows) && l.total > len(r.rows):
		return MeansRows
	case l.total > 0 && l.whole && r.recordCount == l.total:
		return MeansTotal
	case l.total > 0 && !l.whole && r.recordCount >= l.total && r.recordCount > len(r.rows):
		return MeansTotal // as far as is known: it is more than came, and no less than there are
	}
	return MeansUnknown
}

// content is what the rows show.
func (l *listProbe) content() {
	f := &l.found
	var rows []row
	for _, r := range l.responses() {
		if len(r.rows) > len(rows) {
			rows = r.rows
		}
	}
	if len(rows) == 0 {
		return
	}
	f.IDs = idsOf(rows)
	f.CaseTwins, f.Nulls = No, No
	for _, r := range rows {
		folded := make(map[string]bool, len(r.members))
		for name, raw := range r.members {
			if folded[strings.ToLower(name)] {
				f.CaseTwins = Yes
			}
			folded[strings.ToLower(name)] = true
			if string(raw) == "null" {
				f.Nulls = Yes
			}
		}
	}
	f.Dates = layoutsOf(rows)
}

// idsOf tells how the ids of rows are.
func idsOf(rows []row) IDs {
	kinds := make(map[IDs]int)
	seen := make(map[string]int)
	for _, r := range rows {
		seen[r.id]++
		switch text := strings.Trim(r.id, `"`); {
		case r.id == "" || r.id == "null":
			kinds[IDsNone]++
		case r.id == "0":
			kinds[IDsZero]++
		case r.id == `"0"`:
			kinds[IDsZeroText]++
		case strings.Trim(text, "{}0-") == "" && len(text) >= 36:
			kinds[IDsEmptyGUID]++
		case r.id[0] == '"':
			kinds[IDsText]++
		case strings.ContainsAny(r.id, ".eE"):
			kinds[IDsDecimal]++
		default:
			kinds[IDsNumber]++
		}
	}
	best, most := IDsUnknown, 0
	for kind, n := range kinds {
		if n > most {
			best, most = kind, n
		}
	}
	if (best == IDsNumber || best == IDsText || best == IDsDecimal) && len(seen) < len(rows) {
		return IDsRepeating
	}
	return best
}
