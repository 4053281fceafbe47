package halopsa

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

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

// checkNames refuses a parameter of [WithQuery] whose name is that of a documented one but for the spelling, or HaloPSA's name of the same id
// elsewhere. Any other passes: it is the way out for what the SDK does not know.
func checkNames(resource string, names []string, given url.Values) error {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if slices.Contains(names, name) {
			continue
		}
		for _, documented := range names {
			if sameName(documented) == sameName(name) {
				return badArgument("WithQuery", "%q is not a parameter of %s; did you mean %q?", name, resource, documented)
			}
		}
	}
	return nil
}

// sameName is name without what its spellings differ in, and one for all that HaloPSA has for the same id: a filter by module is called module_id,
// moduleId or msid, and that by connection is a detail_id where the record has a details_id [db].
func sameName(name string) string {
	switch name = plain(name); name {
	case "msid":
		return "moduleid"
	case "detailsid":
		return "detailid"
	}
	return name
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

// filters are the fields of an options type, found once for each.
type filters struct {
	ids    []filter // that a filter of ids is
	plain  []filter // all that are sent, where simple
	simple bool     // nothing is sent but texts, numbers and bools, each where it is not zero
}

// filter is a field that is sent as a query parameter.
type filter struct {
	reflect.StructField
	parameter string
}

var optionTypes sync.Map // reflect.Type → *filters

// filtersOf returns the fields of an options type, a struct.
func filtersOf(t reflect.Type) *filters {
	if known, ok := optionTypes.Load(t); ok {
		return known.(*filters) //nolint:errcheck,forcetypeassert // the map holds nothing else
	}
	all := &filters{simple: true}
	for _, field := range reflect.VisibleFields(t) {
		tag := field.Tag.Get("url")
		f := filter{field, parameter(field)}
		switch {
		case tag == "-", !field.IsExported(), tag == "" && field.Anonymous && field.Type.Kind() == reflect.Struct:
			continue
		case f.parameter == "", tag != f.parameter+",omitempty":
			all.simple = false
		}
		switch field.Type {
		case reflect.TypeFor[string](), reflect.TypeFor[bool](), reflect.TypeFor[int](), reflect.TypeFor[int64]():
			all.plain = append(all.plain, f)
		default:
			all.simple = false
		}
		if f.parameter != "" && (field.Type.Kind() == reflect.Int64 || field.Type == reflect.TypeFor[[]int64]()) {
			all.ids = append(all.ids, f)
		}
	}
	stored, _ := optionTypes.LoadOrStore(t, all)
	return stored.(*filters) //nolint:errcheck,forcetypeassert // the map holds nothing else
}

// check refuses a negative id among the filters of options; 0 is no filter.
func (all *filters) check(options reflect.Value) error {
	for _, f := range all.ids {
		value := options.FieldByIndex(f.Index)
		var least int64
		switch {
		case value.Kind() == reflect.Int64:
			least = value.Int()
		case value.Len() > 0:
			least = slices.Min(value.Interface().([]int64)) //nolint:errcheck,forcetypeassert // it is of that type
		}
		if least < 0 {
			return badArgument(f.Name, "%d is negative, and no id is", least)
		}
	}
	return nil
}

// isTrue is shared by all queries; nobody changes it.
var isTrue = []string{"true"}

// encode makes the query of options that are simple.
func (all *filters) encode(options reflect.Value) url.Values {
	q := url.Values{}
	for _, f := range all.plain {
		switch value := options.FieldByIndex(f.Index); {
		case value.IsZero():
		case value.Kind() == reflect.String:
			q[f.parameter] = []string{value.String()}
		case value.Kind() == reflect.Bool:
			q[f.parameter] = isTrue
		default:
			q[f.parameter] = []string{strconv.FormatInt(value.Int(), 10)}
		}
	}
	return q
}

// encodeQuery makes a query of a struct with url tags, nil or a pointer that can be nil.
func encodeQuery(params any) (url.Values, error) {
	options := reflect.ValueOf(params)
	if options.Kind() == reflect.Pointer {
		options = options.Elem()
	}
	if options.Kind() == reflect.Struct {
		all := filtersOf(options.Type())
		if err := all.check(options); err != nil {
			return nil, err
		}
		if all.simple {
			return all.encode(options), nil
		}
	}
	if params == nil {
		return url.Values{}, nil
	}
	q, err := query.Values(params)
	if err != nil {
		return nil, badArgument("options", "%s", err)
	}
	return q, nil
}
