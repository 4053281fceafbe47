package halopsa

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// HaloPSA ignores a sort field and a query parameter that it does not know [seen]: a misspelled filter returns everything. Where the record and
// the options are ours, their names are known, and a wrong one is refused before anything is sent.

// checkSort refuses the first key that names no member of record. A nil record is one of the caller's own, which is not checked.
func checkSort(keys []SortKey, record reflect.Type) error {
	if record == nil {
		return nil
	}
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

// checkQuery refuses a parameter of [WithQuery] whose name is that of a documented one but for the spelling. Any other passes: it is the way
// out for what the SDK does not know.
func (l *list) checkQuery(given url.Values) error {
	if l.params == nil || len(given) == 0 {
		return nil
	}
	return checkNames(l.resource, l.parameters(), given)
}

// checkGetQuery is checkQuery for the options of a Get, which can be nil.
func checkGetQuery(resource string, params any, given url.Values) error {
	if params == nil || len(given) == 0 {
		return nil
	}
	return checkNames(resource, parametersOf(params), given)
}

// checkNames refuses each given name that differs from one of names in its spelling only.
func checkNames(resource string, names []string, given url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.Contains(names, name) {
			continue
		}
		for _, documented := range names {
			if plain(documented) == plain(name) {
				return badArgument("WithQuery", "%q is no parameter of %s; did you mean %q?", name, resource, documented)
			}
		}
	}
	return nil
}

// parameters returns the query parameters that the list is documented to take.
func (l *list) parameters() []string {
	names := parametersOf(l.params)
	if l.paged {
		names = append(names, "page_no", "page_size", "pageinate")
	}
	if l.sorted {
		names = append(names, "order", "orderdesc")
		for n := 2; n <= maxSortKeys; n++ {
			names = append(names, "order"+strconv.Itoa(n), "orderdesc"+strconv.Itoa(n))
		}
	}
	return names
}

// parametersOf returns the query parameters of an options type, from a value of it or a pointer.
func parametersOf(options any) []string {
	t := reflect.TypeOf(options)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var names []string
	if t.Kind() != reflect.Struct {
		return nil // of the caller's own
	}
	for _, field := range reflect.VisibleFields(t) {
		if name := parameter(field); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// parameter returns the query parameter that a field of an options type is sent as, or "".
func parameter(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("url"), ",")
	return strings.TrimPrefix(name, "-")
}

// checkIDs refuses a negative id among the filters of options; 0 is no filter.
func checkIDs(options any) error {
	v := reflect.ValueOf(options)
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for _, field := range reflect.VisibleFields(v.Type()) {
		if parameter(field) == "" {
			continue
		}
		ids := []int64{0}
		switch value := v.FieldByIndex(field.Index).Interface().(type) {
		case int64:
			ids[0] = value
		case []int64:
			ids = value
		}
		for _, id := range ids {
			if id < 0 {
				return badArgument(field.Name, "%d is negative, and no id is", id)
			}
		}
	}
	return nil
}

// plain is name without what spellings of the same name differ in.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
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
