package halopsa

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// SortKey is one field to sort a list by.
//
// API: order…order5 name the fields, orderdesc…orderdesc5 their directions.
type SortKey struct {
	// Field is the JSON name of a member of the record, such as "date", in exactly its spelling.
	Field string
	// Desc is true for the largest value first.
	Desc bool
}

// Asc sorts by field, smallest value first.
func Asc(field string) SortKey { return SortKey{Field: field} }

// Desc sorts by field, largest value first.
func Desc(field string) SortKey { return SortKey{Field: field, Desc: true} }

// maxSortKeys is how many order parameters the API has.
const maxSortKeys = 5

// orderFields and orderDirections are the API's parameters for the fields and for their directions, the first key's first.
var orderFields, orderDirections = orderParameters("order"), orderParameters("orderdesc")

func orderParameters(name string) []string {
	names := []string{name}
	for n := 2; n <= maxSortKeys; n++ {
		names = append(names, name+strconv.Itoa(n))
	}
	return names
}

// isOrder reports whether a query parameter says in which order a list comes.
func isOrder(name string) bool {
	return slices.Contains(orderFields, name) || slices.Contains(orderDirections, name)
}

// checkKeys refuses what no list can be sorted by.
func checkKeys(keys []SortKey) error {
	if len(keys) > maxSortKeys {
		return badArgument("Sort", "%d keys given, the API takes at most %d", len(keys), maxSortKeys)
	}
	seen := make(map[string]bool, len(keys))
	for i, key := range keys {
		field := strings.ToLower(strings.TrimSpace(key.Field))
		switch {
		case field == "":
			return badArgument("Sort", "key %d has an empty field", i+1)
		case seen[field]:
			return badArgument("Sort", "field %q is named twice", key.Field)
		}
		seen[field] = true
	}
	return nil
}

// encodeSort adds keys, which are checked, to q.
func encodeSort(keys []SortKey, q url.Values) {
	for i, key := range keys {
		q.Set(orderFields[i], strings.TrimSpace(key.Field))
		if key.Desc {
			q.Set(orderDirections[i], "true")
		}
	}
}

// sortAsAsked sorts the list, whose records are of this type, by what the options say, else the call, else its query, else by id.
func (w *walker) sortAsAsked(record reflect.Type) error {
	keys := w.sort
	if len(keys) == 0 {
		keys = w.conf.sort
	}
	switch {
	case !w.at.sorted:
		return nil
	case len(keys) == 0 && w.conf.query.Get("order") == "":
		keys = []SortKey{Asc("id")}
	}
	if err := checkKeys(keys); err != nil {
		return err
	}
	encodeSort(keys, w.query)
	if w.at.foreign {
		return nil
	}
	return checkSort(keys, record)
}

// sortedBy returns a walker of the list in this order, or as it comes where it cannot be sorted.
func (w *walker) sortedBy(key SortKey) *walker {
	if !w.at.sorted {
		return w
	}
	own, r := *w, *w.request
	r.query = maps.Clone(r.query)
	encodeSort([]SortKey{key}, r.query)
	own.request = &r
	return &own
}

// unordered refuses an order of the caller's: a log is read in its own.
func (w *walker) unordered() error {
	const reason = "a log is followed in the order of the ids"
	switch {
	case len(w.sort) > 0:
		return named(w.op, badArgument("Sort", reason))
	case len(w.conf.sort) > 0:
		return named(w.op, badArgument("WithSort", reason))
	}
	for name := range w.conf.query {
		if isOrder(name) {
			return named(w.op, badArgument("WithQuery", "%s: "+reason, name))
		}
	}
	return nil
}

// sortsByID reports whether the order leaves no ties open. The caller's own parameters win over those of the options.
func (w *walker) sortsByID() bool {
	for _, name := range orderFields {
		field := w.query.Get(name)
		if w.conf.query.Has(name) {
			field = w.conf.query.Get(name)
		}
		if strings.EqualFold(field, "id") {
			return true
		}
	}
	return false
}

// checkSort refuses the first key that names no member of record: HaloPSA ignores it [seen].
func checkSort(keys []SortKey, record reflect.Type) error {
	names := sortable(record)
	for _, key := range keys {
		field := strings.TrimSpace(key.Field)
		if slices.Contains(names, field) {
			continue
		}
		if near := nearest(field, names); near != "" {
			return badArgument("Sort", "%s has no member %q to sort by; did you mean %q?", record.Name(), field, near)
		}
		return badArgument("Sort", "%s has no member %q to sort by; it has %s", record.Name(), field, strings.Join(names, ", "))
	}
	return nil
}

// sortable returns the members of a record that are one stored value, in alphabetical order. Those that begin with _ are about a call.
func sortable(record reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(record) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		kind := field.Type.Kind()
		if name != "" && name[0] != '_' && kind != reflect.Slice && kind != reflect.Map {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// nearest returns the name that field is most likely a misspelling of, or "" where none is near.
func nearest(field string, names []string) string {
	best, least := "", min(2, len(plain(field))/2)+1
	for _, name := range names {
		if d := distance(plain(field), plain(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many bytes are inserted, deleted and replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
