package halopsaprobe

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// asks are the parameters of a request for the beginning of the list: its first page, or all of it where paging is ignored.
func (l *listProbe) asks(ctx context.Context, question string, size int, more ...string) (*response, error) {
	if l.one == nil {
		return l.get(ctx, question, more...)
	}
	return l.page(ctx, question, 1, size, more...)
}

// start is what such a request got without further parameters.
func (l *listProbe) start() *response {
	if l.one != nil {
		return l.one
	}
	return l.first
}

// sorted asks for both directions of an order, one of which is not the usual one.
func (l *listProbe) sorted(ctx context.Context) error {
	if len(l.start().list()) < 2 && len(l.big.list()) < 2 {
		return nil
	}
	if err := l.order(ctx); err != nil {
		return err
	}
	usual := ids(l.start().list())
	if len(usual) < 2 {
		return nil // nothing to sort by
	}
	for _, desc := range []bool{!descending(usual), descending(usual)} {
		parameters := []string{"order", "id"}
		if desc {
			parameters = append(parameters, "orderdesc", "true")
		}
		r, err := l.asks(ctx, "whether order is honored", l.size, parameters...)
		if err != nil || r == nil {
			return err
		}
		got := ids(r.rows)
		if !r.usable() || got == nil {
			return nil
		}
		inOrder := ascending(got)
		if desc {
			inOrder = descending(got)
		}
		l.found.Sort = answer(inOrder)
		if !inOrder || l.found.Order.Shuffled != Yes {
			return nil // another order than the usual one proves it
		}
	}
	return nil
}

func ascending(ids []int64) bool { return slices.IsSorted(ids) }

func descending(ids []int64) bool {
	return len(ids) > 1 && slices.IsSortedFunc(ids, func(a, b int64) int { return cmp.Compare(b, a) })
}

// order finds out how the rows come where no order is asked for.
func (l *listProbe) order(ctx context.Context) error {
	rows := l.start().list()
	if more := l.first.list(); l.first.usable() && len(more) > len(rows) {
		rows = more
	}
	o := &l.found.Order
	if o.Member, o.Desc = l.inOrder(rows); o.Member == "id" {
		o.Shuffled = No
		return nil
	}
	again, err := l.asks(ctx, "whether the order is the same each time", l.size)
	if err != nil || again == nil || !again.usable() {
		return err
	}
	o.Shuffled = answer(!sameRows(again, l.start()))
	if o.Shuffled == Yes {
		o.Member, o.Desc = "", false
	}
	return nil
}

// inOrder returns the member by which the rows are in order: the id, or else one that has more than two values.
func (l *listProbe) inOrder(rows []row) (member string, desc bool) {
	if got := ids(rows); len(got) > 1 {
		switch {
		case ascending(got):
			return "id", false
		case descending(got):
			return "id", true
		}
	}
	if len(rows) < 4 {
		return "", false // too few to mean it
	}
	for _, name := range slices.Sorted(maps.Keys(rows[0].members)) {
		if !l.names.shown(name) {
			continue
		}
		values := valuesOf(rows, name)
		different := len(slices.CompactFunc(slices.Clone(values), func(a, b string) bool { return compare(a, b) == 0 }))
		switch {
		case different < 3:
		case slices.IsSortedFunc(values, compare):
			return name, false
		case slices.IsSortedFunc(values, func(a, b string) int { return compare(b, a) }):
			return name, true
		}
	}
	return "", false
}

// valuesOf are the values of a member, as they are written; "" stands for none.
func valuesOf(rows []row, name string) []string {
	values := make([]string, len(rows))
	for i, r := range rows {
		if raw := string(r.members[name]); raw != "null" {
			values[i] = raw
		}
	}
	return values
}

// compare orders numbers as numbers, and texts without regard to case.
func compare(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return cmp.Compare(x, y)
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// single reads one record of the list, where the API has an operation for that.
func (l *listProbe) single(ctx context.Context) error {
	details, gets := map[string]string{
		"IntegrationDelta": "", "IntegrationError": "true", "IntegrationRequest": "true", "IntegrationFieldData": "", "IntegratorTrace": "",
		"IntegrationRunbookVariableGroup": "", "ConnectedInstance": "true", "IntegrationConfiguration": "true",
	}[l.found.Resource]
	rows := l.first.list()
	if len(rows) == 0 {
		rows = l.one.list()
	}
	if !gets || len(rows) == 0 {
		return nil
	}
	key := "id"
	if l.found.Resource == "IntegrationRunbookVariableGroup" {
		key = "value" // [live]
	}
	var id any
	if json.Unmarshal(rows[0].members[key], &id) != nil || id == nil || id == "" {
		return nil
	}
	text := strings.Trim(string(rows[0].members[key]), `"`)
	if strings.ContainsAny(text, `/\?#%`) || strings.Trim(text, ".") == "" {
		return nil
	}
	query := map[string][]string{}
	if details != "" {
		query["includedetails"] = []string{details}
	}
	r, err := l.ask(ctx, l.found.Resource+"/"+text, "the members of a single record", query)
	if err != nil || r == nil {
		return err
	}
	l.report.Records = append(l.report.Records, l.record(l.found.Resource, r, text))
	return nil
}

// record is what a response that is one object shows.
func (p *probe) record(resource string, r *response, id string) Record {
	found := Record{Resource: resource, WrongID: Unknown, Shape: Other}
	if r == nil {
		return found
	}
	found.Status, found.Shape = r.status, r.shape
	members := r.beside
	if r.shape == Array && len(r.rows) == 1 {
		members = r.rows[0].members
	}
	if !r.usable() || members == nil {
		return found
	}
	if r.shape == Envelope { // the one array of a record is not its list
		found.Shape = Object
		members = maps.Clone(members)
		members[r.array] = []byte("[]")
	}
	if got := strings.Trim(string(members["id"]), `"`); id != "" && got != "" {
		found.WrongID = answer(got != id)
	}
	at := newPlace()
	at.add(members, 0, 1)
	for _, row := range r.rows {
		at.inner(r.array+"[]", row.raw(), 0, 1)
	}
	for _, raw := range members {
		p.names.see(raw)
	}
	found.Members, found.OtherNames = at.list(&p.names, "")
	return found
}

// behind asks for a page behind the end.
func (l *listProbe) behind(ctx context.Context) error {
	if l.one == nil || l.found.Paging == No || !l.one.usable() {
		return nil
	}
	end := max(l.total, l.one.recordCount, l.first.recordCount)
	step := max(1, len(l.one.rows)-l.overlap())
	if end == 0 || len(l.one.rows) == 0 {
		return nil
	}
	// Pages can be uneven, and half as long.
	r, err := l.page(ctx, "a page behind the end", 2*(end/step)+3, l.size)
	if err != nil || r == nil {
		return err
	}
	switch {
	case r.status == http.StatusNotFound:
		l.found.PastEnd = PastEnd404
	case r.status == http.StatusBadRequest:
		l.found.PastEnd = PastEnd400
	case !r.usable():
	case len(r.rows) == 0:
		l.found.PastEnd = PastEndEmpty
	case sameRows(r, l.one):
		l.found.PastEnd = PastEndFirst
	case l.found.Order.Shuffled != Yes:
		l.found.PastEnd = PastEndLast
	}
	return nil
}

// overlap is how many rows of the first page come again on the second.
func (l *listProbe) overlap() int {
	if !l.one.usable() || !l.two.usable() || l.found.Order.Shuffled == Yes || sameRows(l.one, l.two) {
		return 0
	}
	return shared(l.one, l.two)
}

// offset asks a list whose pages are capped where the second page begins.
func (l *listProbe) offset(ctx context.Context) error {
	if l.found.Cap == 0 || l.found.Order.Shuffled == Yes || l.found.FixedSize > 0 || l.found.Overlap > 0 || l.found.Uneven == Yes {
		return nil
	}
	honest, err := l.page(ctx, "where a page behind a capped one begins", 2, l.found.Cap)
	if err != nil || honest == nil {
		return err
	}
	asked, err := l.page(ctx, "where a page behind a capped one begins", 2, l.found.Cap+1)
	if err != nil || asked == nil || len(honest.rows) < 2 || len(asked.rows) == 0 {
		return err
	}
	switch asked.rows[0].print {
	case honest.rows[0].print:
		l.found.OffsetByAsked = No
	case honest.rows[1].print:
		l.found.OffsetByAsked = Yes
	}
	return nil
}

// ties asks twice for an order that leaves rows equal.
func (l *listProbe) ties(ctx context.Context) error {
	rows := l.big.list()
	if l.found.Sort != Yes || len(rows) < 4 {
		return nil
	}
	member, most := "", 1
	for _, name := range slices.Sorted(maps.Keys(rows[0].members)) {
		values := valuesOf(rows, name)
		slices.Sort(values)
		run := len(values) - len(slices.Compact(values)) + 1
		if documented[name] && run > most && name != "id" && !strings.HasPrefix(name, "_") {
			member, most = name, run
		}
	}
	if member == "" {
		return nil
	}
	size := min(len(rows), 50)
	first, err := l.page(ctx, "whether equal rows keep their order", 1, size, "order", member)
	if err != nil || first == nil {
		return err
	}
	second, err := l.page(ctx, "whether equal rows keep their order", 1, size, "order", member)
	if err != nil || second == nil || !first.usable() || !second.usable() {
		return err
	}
	l.found.UnstableTies = answer(!sameRows(first, second))
	return nil
}
