package halopsaprobe

import (
	"context"
	"net/url"
	"slices"
	"strconv"
)

// listProbe asks one list.
type listProbe struct {
	*probe
	found List
	rows  *place // members of the rows
	outer *place // and of the envelope

	looked               map[string]bool // the records that were looked at, by their ids
	first, one, two, big *response       // without parameters, pages 1 and 2 of size, and a page of askedSize
	size                 int
	total                int  // records, as far as is proved; the list can have more
	whole                bool // and that it has no more
}

// usualSize is the size of the pages that are asked for. It is no default that a server is known to have.
const usualSize = 7

// askedSize is more than any page is known to hold: 100 were seen for 1,000 asked [seen].
const askedSize = 1000

func newListProbe(p *probe, resource string) *listProbe {
	return &listProbe{probe: p, rows: newPlace(), outer: newPlace(), looked: make(map[string]bool), found: List{
		Resource: resource, Shape: Other, Paging: Unknown, PageSize: Unknown, OffsetByAsked: Unknown, Uneven: Unknown, WrongPageNo: Unknown,
		PastEnd: PastEndUnknown, Count: Unknown, SizeAlone: Unknown, Sort: Unknown, Order: Order{Shuffled: Unknown}, UnstableTies: Unknown,
		RecordCount: RecordCount{Paged: MeansUnknown, ByDefault: MeansUnknown, ByCount: MeansUnknown},
		IDs:         IDsUnknown, CaseTwins: Unknown, Nulls: Unknown, Warning: Unknown, Requests: []Request{},
	}}
}

// get asks the list with parameters, of which names and values alternate. It returns nil where no requests are left.
func (l *listProbe) get(ctx context.Context, question string, parameters ...string) (*response, error) {
	q := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	r, err := l.ask(ctx, l.found.Resource, question, q)
	if r == nil {
		return nil, err
	}
	l.found.Requests = append(l.found.Requests, r.noted())
	for _, row := range r.rows {
		if id := row.identity(); !l.looked[id] { // the same record comes with several questions
			l.looked[id] = true
			l.rows.add(row.members, 0, len(l.looked))
		}
		for _, raw := range row.members {
			l.names.see(raw)
		}
	}
	if r.shape == Envelope {
		l.outer.add(r.beside, 0, 1) // the same each time
		for _, raw := range r.beside {
			l.names.see(raw)
		}
	}
	return r, nil
}

// page asks for a page.
func (l *listProbe) page(ctx context.Context, question string, number, size int, more ...string) (*response, error) {
	return l.get(ctx, question, append([]string{"pageinate", "true", "page_no", strconv.Itoa(number), "page_size", strconv.Itoa(size)}, more...)...)
}

// basics asks what matters most: the form of the list, paging, count and the cap.
func (l *listProbe) basics(ctx context.Context) (err error) {
	if l.first, err = l.get(ctx, "its form without any parameter"); err != nil || l.first == nil {
		return err
	}
	l.found.Status = l.first.status
	if !l.first.usable() && !l.first.tooLarge() {
		l.found.Shape, l.found.EmptyBody = l.first.shape, l.first.shape == Empty
		return nil
	}
	l.size = usualSize
	if n := max(l.first.recordCount, len(l.first.rows)); n > 0 { // three pages at the least
		l.size = min(max(n/3, 1), usualSize)
	}
	if l.two, err = l.page(ctx, "whether page_no is honored", 2, l.size); err != nil || l.two == nil {
		return err
	}
	if l.whollySent() {
		l.found.Paging, l.found.PageSize = No, No
		return l.unpaged(ctx)
	}
	if l.one, err = l.page(ctx, "whether page_size is honored", 1, l.size); err != nil || l.one == nil {
		return err
	}
	if len(l.first.rows)+len(l.one.rows)+len(l.two.rows) == 0 {
		return nil // an empty list shows no more
	}
	if err = l.largest(ctx); err != nil {
		return err
	}
	return l.counted(ctx)
}

// whollySent reports whether the second page is what comes without any parameter: the list ignores paging.
func (l *listProbe) whollySent() bool {
	return l.first.usable() && len(l.first.rows) > 1 && sameRows(l.first, l.two)
}

// unpaged asks a list that ignores paging whether it ignores count and page_size, too: with one request where it does.
func (l *listProbe) unpaged(ctx context.Context) error {
	n := len(l.first.rows)
	less := strconv.Itoa(min(3, n-1))
	r, err := l.get(ctx, "whether count or page_size is honored", "count", less, "page_size", less)
	switch {
	case err != nil || r == nil || !r.usable():
		return err
	case len(r.rows) == n:
		l.found.Count, l.found.SizeAlone = No, No
		return nil
	}
	return l.counted(ctx)
}

// counted asks whether count and page_size alone are honored, and what record_count says then.
func (l *listProbe) counted(ctx context.Context) error {
	known := max(l.total, len(l.first.rows), len(l.one.list()), len(l.big.list()))
	few := min(3, known-1)
	if few == len(l.first.rows) {
		few--
	}
	if few < 1 {
		return nil
	}
	r, err := l.get(ctx, "whether count is honored", "count", strconv.Itoa(few))
	if err != nil || r == nil {
		return err
	}
	if r.usable() && len(r.rows) > 0 {
		if l.found.Count = answer(len(r.rows) == few); l.found.Count == Yes {
			l.found.RecordCount.ByCount = l.meaning(r)
		}
	}
	if r, err = l.get(ctx, "whether page_size alone is honored", "page_size", strconv.Itoa(few)); err == nil && r.usable() && len(r.rows) > 0 {
		l.found.SizeAlone = answer(len(r.rows) == few)
	}
	return err
}

// list is the rows of a response, also of none.
func (r *response) list() []row {
	if r == nil {
		return nil
	}
	return r.rows
}

// largest asks for a page that is larger than any server is known to send.
func (l *listProbe) largest(ctx context.Context) (err error) {
	size := askedSize
	for {
		r, err := l.page(ctx, "the largest page", 1, size)
		if err != nil || r == nil {
			return err
		}
		if r.usable() {
			l.big = r
			break
		}
		if !r.tooLarge() || size <= l.size {
			break
		}
		l.found.TooLarge = size
		size /= 2
	}
	if l.big == nil {
		return nil
	}
	if l.found.TooLarge > 0 {
		l.found.ServedSize = size
	}
	l.total = max(l.total, len(l.big.rows), len(l.first.rows), len(l.one.rows), l.reached())
	return l.more(ctx, size)
}

// reached is how many records the first two pages prove.
func (l *listProbe) reached() int {
	if len(l.two.rows) == 0 || shared(l.one, l.two) > 0 {
		return 0
	}
	return len(l.one.rows) + len(l.two.rows)
}

// more finds out whether a page of the largest size is the whole list, and which cap it has if it is not.
func (l *listProbe) more(ctx context.Context, size int) error {
	served := len(l.big.rows)
	if served == 0 {
		return nil
	}
	next, err := l.page(ctx, "whether that is the whole list", 2, size)
	if err != nil || next == nil {
		return err
	}
	fresh := 0
	if next.usable() {
		fresh = len(next.rows) - shared(l.big, next)
	}
	if fresh == 0 && l.big.recordCount > served && !l.countsRows() {
		// There is more, unless record_count counts what never comes. A server that counts pages by the size that was asked for would be behind its
		// end by now.
		if next, err = l.page(ctx, "whether that is the whole list", 2, served); err != nil || next == nil {
			return err
		}
		if next.usable() {
			fresh = len(next.rows) - shared(l.big, next)
		}
	}
	l.whole = fresh == 0 && next.usable()
	l.total = max(l.total, served+fresh)
	if fresh > 0 && served < size {
		l.found.Cap, l.found.AskedSize = served, size
	}
	return nil
}

// countsRows reports whether record_count merely counts the rows of a page.
func (l *listProbe) countsRows() bool {
	return l.one.usable() && l.one.recordCount == len(l.one.rows) && l.one.recordCount != l.big.recordCount
}

// ids returns the ids of rows as numbers, or nil where not all of them are.
func ids(rows []row) []int64 {
	all := make([]int64, 0, len(rows))
	for _, r := range rows {
		n, err := strconv.ParseInt(r.id, 10, 64)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(all)))) < len(all) {
		return nil
	}
	return all
}
