package halopsa

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-querystring/query"
)

// HaloPSA ignores a query parameter that it does not know [seen]: a misspelled filter returns everything. Where the options are ours, their names
// are known, and a wrong one is refused before anything is sent.

// parameters returns the query parameters that the list is documented to take, those of its options among them.
func (e endpoint) parameters(options any) []string {
	names := parametersOf(options)
	if e.paged {
		names = append(names, "page_no", "page_size", "pageinate")
	}
	if e.sorted {
		names = slices.Concat(names, orderFields, orderDirections)
	}
	return names
}

// checkNames refuses a parameter of [WithQuery] whose name is that of a documented one but for the spelling. Any other passes: it is the way
// out for what the SDK does not know.
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

// parametersOf returns the query parameters of an options type, from a value of it or a pointer, none from nil.
func parametersOf(options any) []string {
	if options == nil {
		return nil
	}
	t := reflect.TypeOf(options)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	var names []string
	if t.Kind() != reflect.Struct {
		return nil
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
		value := v.FieldByIndex(field.Index)
		var least int64
		switch {
		case value.Kind() == reflect.Int64:
			least = value.Int()
		case value.Type() == reflect.TypeFor[[]int64]() && value.Len() > 0:
			least = slices.Min(value.Interface().([]int64)) //nolint:errcheck,forcetypeassert // it is of that type
		}
		if least < 0 {
			return badArgument(field.Name, "%d is negative, and no id is", least)
		}
	}
	return nil
}

// encodeQuery makes a query of a struct with url tags.
func encodeQuery(params any) (url.Values, error) {
	if params == nil {
		return url.Values{}, nil
	}
	if err := checkIDs(params); err != nil {
		return nil, err
	}
	q, err := query.Values(params)
	if err != nil {
		return nil, badArgument("options", "%s", err)
	}
	return q, nil
}
