package halopsatest

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Habits are how a resource answers. The zero value is honest: it serves any page size and tells the true record_count.
type Habits struct {
	// PageCap is the largest page; 0 is none. A resource without paging parameters then also sends no more, in an envelope.
	PageCap int
	// FixedSize is the size of every page, whatever is asked for; 0 is none.
	FixedSize int
	// IgnorePaging answers every page_no with the first DefaultSize records.
	IgnorePaging bool
	// IgnoreCount ignores the parameter count, which otherwise gets that many records where paging is ignored or not asked for.
	IgnoreCount bool
	// NoRecordCount leaves record_count out of the envelope.
	NoRecordCount bool
	// BareArray sends the rows without an envelope, and so without a record_count.
	BareArray bool
	// WrongPageNo echoes a page_no that is not the one asked for.
	WrongPageNo bool
	// OffsetByAsked counts the pages by the page_size asked for even where fewer are sent.
	OffsetByAsked bool
	// DefaultSize is the page sent when paging is ignored or not asked for; 0 is 50.
	DefaultSize int
	// Array is the name of the list in the envelope; "" is a name like the tenant's.
	Array string
	// UnstableTies puts records that the sort keys do not tell apart in another order each time, as a database may.
	UnstableTies bool
	// QuietWrites answers writes with an empty body.
	QuietWrites bool
	// EmptyList is the body of a list without records, such as "null"; "" is an envelope or array with none.
	EmptyList string
}

// SetHabits sets the habits of one resource, in place of those of [WithHabits].
func (h *Handler) SetHabits(resource string, habits Habits) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.habits[resource] = habits
}

// page is the part of a list that is sent.
type page struct {
	rows         []*row
	number, size int
	envelope     bool
}

// cut chooses the rows to send.
func (t *table) cut(rows []*row, q url.Values, habits Habits) page {
	number, size, asked := number(q, "page_no"), number(q, "page_size"), number(q, "count")
	paginate := t.paged && strings.EqualFold(q.Get("pageinate"), "true") && number > 0 && !habits.IgnorePaging
	count := asked > 0 && !habits.IgnoreCount && !paginate
	standard := habits.DefaultSize
	if standard == 0 {
		standard = 50
	}
	switch {
	case count:
		return page{rows[:min(asked, len(rows))], 1, asked, true}
	case !t.paged && habits.PageCap > 0:
		return page{rows[:min(habits.PageCap, len(rows))], 1, habits.PageCap, true}
	case !t.paged:
		return page{rows, 1, len(rows), false}
	case !paginate && habits.FixedSize > 0:
		standard = habits.FixedSize
		fallthrough
	case !paginate:
		return page{rows[:min(standard, len(rows))], 1, standard, true}
	}
	if size == 0 {
		size = standard
	}
	served := size
	if habits.PageCap > 0 {
		served = min(served, habits.PageCap)
	}
	if habits.FixedSize > 0 {
		served = habits.FixedSize
	}
	begin := (number - 1) * served
	if habits.OffsetByAsked {
		begin = (number - 1) * size
	}
	begin = min(begin, len(rows))
	return page{rows[begin:min(begin+served, len(rows))], number, served, true}
}

// list serves GET of the resource.
func (t *table) list(q url.Values, habits Habits) answer {
	rows := t.ordered(t.matching(q), q, habits.UnstableTies)
	p := t.cut(rows, q, habits)
	if len(rows) == 0 && habits.EmptyList != "" {
		return answer{status: http.StatusOK, body: []byte(habits.EmptyList)}
	}
	var b bytes.Buffer
	envelope := p.envelope && !habits.BareArray
	if envelope {
		echoed := p.number
		if habits.WrongPageNo {
			echoed += 3
		}
		b.WriteString(`{"page_no":` + strconv.Itoa(echoed) + `,"page_size":` + strconv.Itoa(p.size))
		if !habits.NoRecordCount {
			b.WriteString(`,"record_count":` + strconv.Itoa(len(rows)))
		}
		name := habits.Array
		if name == "" {
			name = t.array
		}
		if name == "" {
			name = strings.ToLower(t.name)
		}
		b.WriteString(`,"` + name + `":`)
	}
	b.WriteByte('[')
	for i, r := range p.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(r.thin)
	}
	b.WriteByte(']')
	if envelope {
		b.WriteByte('}')
	}
	return answer{status: http.StatusOK, body: b.Bytes()}
}

func number(q url.Values, name string) int {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// shuffleTies reorders the runs of rows that compare equal.
func shuffleTies(rows []*row, same func(a, b *row) bool) {
	for begin := 0; begin < len(rows); {
		end := begin + 1
		for end < len(rows) && same(rows[begin], rows[end]) {
			end++
		}
		run := rows[begin:end]
		rand.Shuffle(len(run), func(i, j int) { run[i], run[j] = run[j], run[i] })
		begin = end
	}
}
