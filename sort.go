package halopsa

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/paging"
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

// sortKeys are the keys to sort by: those of the options, else those of the call, else none where its query has an order, else the id.
func sortKeys(options, call []SortKey, query url.Values) []SortKey {
	switch {
	case len(options) > 0:
		return options
	case len(call) > 0:
		return call
	case query.Get(orderFields[0]) != "":
		return nil
	}
	return []SortKey{Asc("id")}
}

// orderOf returns what is known of the order that a query asks for. A parameter of the call's own wins. Only where id is the first key does no record
// change its place: an update moves it in every other order, also in one that ends with id.
func orderOf(query, call url.Values) paging.Order {
	first := query.Get(orderFields[0])
	if call.Has(orderFields[0]) {
		first = call.Get(orderFields[0])
	}
	switch {
	case first == "":
		return paging.ByRows
	case strings.EqualFold(first, "id"):
		return paging.ByID
	}
	return paging.ByOther
}

// checkUnsorted refuses an order of the caller's own, by options, call or query, where a list is read in that of the ids.
func checkUnsorted(options, call []SortKey, query url.Values) error {
	const reason = "a log is followed in the order of the ids"
	switch {
	case len(options) > 0:
		return badArgument("Sort", reason)
	case len(call) > 0:
		return badArgument("WithSort", reason)
	}
	for name := range query {
		if isOrder(name) {
			return badArgument("WithQuery", "%s: "+reason, name)
		}
	}
	return nil
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
