package halopsatest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// page is the part of a list that is sent.
type page struct {
	rows         []*row
	number, size int
	envelope     bool
	past         bool // behind the end
}

// cut chooses the rows to send.
func (t *table) cut(rows []*row, q url.Values, habits Habits) page {
	number, size, asked := number(q, "page_no"), number(q, "page_size"), number(q, "count")
	paginate := t.paged && strings.EqualFold(q.Get("pageinate"), "true") && number > 0 && !habits.IgnorePaging
	if asked == 0 && t.sized {
		asked = size
	}
	count := asked > 0 && t.counted && !habits.IgnoreCount && !paginate
	standard := cmp.Or(habits.FixedSize, habits.DefaultSize, 50)
	switch {
	case count:
		return page{rows: rows[:min(asked, len(rows))], number: 1, size: asked, envelope: true}
	case !t.paged && habits.PageCap > 0:
		return page{rows: rows[:min(habits.PageCap, len(rows))], number: 1, size: habits.PageCap, envelope: true}
	case !t.paged:
		return page{rows: rows, number: 1, size: len(rows)}
	case habits.IgnorePaging || !paginate:
		return page{rows: rows[:min(standard, len(rows))], number: 1, size: standard, envelope: true}
	}
	size = cmp.Or(size, standard)
	served := size
	if habits.PageCap > 0 {
		served = min(served, habits.PageCap)
	}
	served = cmp.Or(habits.FixedSize, served)
	begin, end := habits.bounds(number, size, served)
	p := page{number: number, size: served, envelope: true, past: begin >= len(rows) && number > 1}
	switch {
	case p.past && habits.PastEnd == PastEndFirst:
		begin, end = habits.bounds(1, size, served)
	case p.past && habits.PastEnd == PastEndLast:
		for n := 1; ; n++ {
			next, _ := habits.bounds(n+1, size, served)
			if begin, end = habits.bounds(n, size, served); next >= len(rows) {
				break
			}
		}
	}
	begin = min(begin, len(rows))
	p.rows = rows[begin:min(end, len(rows))]
	return p
}

// bounds returns where a page begins and ends.
func (h Habits) bounds(number, asked, served int) (begin, end int) {
	switch {
	case h.Uneven: // every second page is short, by up to half
		for n := 1; ; n++ {
			length := served
			if n%2 == 0 {
				length = max(1, served-1-n%(served/2+1))
			}
			if n == number {
				return begin, begin + length
			}
			begin += length
		}
	case h.OffsetByAsked:
		begin = (number - 1) * asked
	default:
		begin = (number - 1) * max(1, served-h.Overlap)
	}
	return begin, begin + served
}

// list serves GET of the resource.
func (t *table) list(q url.Values, habits Habits) Response {
	rows := t.ordered(t.matching(q, habits), q, habits)
	p := t.cut(rows, q, habits)
	total := len(rows)
	if p.number == habits.EmptyPage {
		p.rows, total = nil, 0
	}
	previous := t.total
	t.total = total
	count := total
	if habits.RecordCount != nil {
		count = habits.RecordCount(Listed{Total: total, Rows: len(p.rows), Page: p.number, Previous: previous})
	}
	failed := habits.ErrorMember != "" && p.envelope && p.number >= habits.ErrorFrom
	switch {
	case habits.TooLarge > 0 && len(p.rows) > habits.TooLarge:
		return htmlPage(http.StatusGatewayTimeout, gatewayPage)
	case p.past && habits.PastEnd == PastEnd404:
		return message(http.StatusNotFound, "There is no such page.")
	case p.past && habits.PastEnd == PastEnd400:
		return message(http.StatusBadRequest, "There is no such page.")
	case len(rows) == 0 && habits.EmptyList != "":
		return Response{Body: []byte(habits.EmptyList)}
	case failed:
		p.rows = nil
	}
	var b bytes.Buffer
	if habits.Nested != "" {
		b.WriteString(`{` + quote(habits.Nested) + `:`)
	}
	envelope := p.envelope && !habits.BareArray
	if envelope {
		t.open(&b, p, count, q, habits, failed)
	}
	b.WriteByte('[')
	for i, r := range p.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(t.written(r, habits, false, 0))
	}
	b.WriteByte(']')
	if envelope {
		b.WriteByte('}')
	}
	if habits.Nested != "" {
		b.WriteByte('}')
	}
	return Response{Body: b.Bytes()}
}

// open writes an envelope up to its array. It leaves page_no out where none was sent, and an empty one echoes the page_size that was sent
// [live]; one with rows says what was served.
func (t *table) open(b *bytes.Buffer, p page, count int, q url.Values, habits Habits, failed bool) {
	b.WriteByte('{')
	if q.Get("page_no") != "" {
		echoed := p.number
		if habits.WrongPageNo {
			echoed += 3
		}
		b.WriteString(`"page_no":` + strconv.Itoa(echoed) + `,`)
	}
	size := p.size
	if sent := number(q, "page_size"); len(p.rows) == 0 && sent > 0 {
		size = sent
	}
	b.WriteString(`"page_size":` + strconv.Itoa(size))
	if !habits.NoRecordCount {
		b.WriteString(`,"record_count":` + strconv.Itoa(count))
	}
	if failed {
		b.WriteString(`,` + quote(habits.ErrorMember) + `:"The query could not be carried out."`)
	}
	if habits.Warning != "" {
		b.WriteString(`,"_warning":` + quote(habits.Warning))
	}
	if habits.EmptyArray != "" {
		b.WriteString(`,` + quote(habits.EmptyArray) + `:[]`)
	}
	b.WriteString(`,` + quote(cmp.Or(habits.Array, t.array, strings.ToLower(t.name))) + `:`)
}

func quote(text string) string {
	data, _ := json.Marshal(text) // a string can always be encoded
	return string(data)
}

func number(q url.Values, name string) int {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return 0
	}
	return max(n, 0)
}
