package halopsa

import (
	"net/url"
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

// encodeSort adds keys to q under the API's names, of which the first has no number.
func encodeSort(keys []SortKey, q url.Values) error {
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
		number := ""
		if i > 0 {
			number = strconv.Itoa(i + 1)
		}
		q.Set("order"+number, strings.TrimSpace(key.Field))
		if key.Desc {
			q.Set("orderdesc"+number, "true")
		}
	}
	return nil
}
