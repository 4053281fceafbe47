package halopsa

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// HaloPSA stores what is written in columns of SQL Server, whose lengths are known for some members [db]. What it does with a longer text is
// not known, and the server refuses the whole statement by default, so a write that cannot fit is refused before anything is sent.
//
// A field of an input says what its column takes in the tag column:"100", or column:"100,notnull" where it takes no null.

// oldestDate and latestDate bound what SQL Server's datetime holds; it counts in steps of 3.33 ms, of which .997 is the last of a second.
var (
	oldestDate = time.Date(1753, 1, 1, 0, 0, 0, 0, time.UTC)
	latestDate = time.Date(9999, 12, 31, 23, 59, 59, 997e6, time.UTC)
)

// checked is an input that has its own rules.
type checked interface {
	// check returns the first field that breaks one, and why; "" for none.
	check() (field, reason string)
}

// checkInputs returns an [ArgumentError] for the first field that HaloPSA could not store.
func checkInputs[I any](op string, inputs []I) error {
	for i, input := range inputs {
		place := "inputs[" + strconv.Itoa(i) + "]"
		if own, ok := any(input).(checked); ok {
			if field, reason := own.check(); field != "" {
				return &ArgumentError{Op: op, Argument: place + "." + field, Reason: reason}
			}
		}
		if v := reflect.ValueOf(input); v.Kind() == reflect.Struct {
			if err := checkColumns(place, v); err != nil {
				return named(op, err)
			}
		}
	}
	return nil
}

// column is what is known of a field of an input.
type column struct {
	index   int
	field   string
	member  string
	longest int // in UTF-16 code units; 0 is not known
	notNull bool
}

var columns sync.Map // reflect.Type → []column

// columnsOf reads the tags of an input's type.
func columnsOf(input reflect.Type) []column {
	if known, ok := columns.Load(input); ok {
		return known.([]column) //nolint:errcheck,forcetypeassert // the map holds nothing else
	}
	var all []column
	for i := range input.NumField() {
		field := input.Field(i)
		if !field.IsExported() {
			continue
		}
		c := column{index: i, field: field.Name}
		c.member, _, _ = strings.Cut(field.Tag.Get("json"), ",")
		longest, null, _ := strings.Cut(field.Tag.Get("column"), ",")
		c.longest, _ = strconv.Atoi(longest)
		c.notNull = null == "notnull"
		all = append(all, c)
	}
	columns.Store(input, all)
	return all
}

// checkColumns returns an error for the first field of input, or of an input within it, that does not fit its column.
func checkColumns(place string, input reflect.Value) error {
	for _, c := range columnsOf(input.Type()) {
		field, ok := input.Field(c.index).Interface().(interface {
			held() any
			IsNull() bool
		})
		if !ok {
			continue
		}
		argument := func() string { return place + "." + c.field }
		switch value := field.held().(type) {
		case nil:
			if c.notNull && field.IsNull() {
				return badArgument(argument(), "%s is null; HaloPSA's column takes none", c.member)
			}
		case string:
			if c.longest == 0 || len(value) <= c.longest { // no text has more characters than bytes
				continue
			}
			if n := units(value); n > c.longest {
				return badArgument(argument(), "%s has %d characters; HaloPSA's column holds %d; Truncate cuts", c.member, n, c.longest)
			}
		case Time:
			if !value.IsZero() && (value.Before(oldestDate) || value.After(latestDate)) {
				return badArgument(argument(), "%s is in the year %d; HaloPSA's dates are from %d to %d", c.member, value.UTC().Year(), oldestDate.Year(), latestDate.Year())
			}
		default:
			if parts := reflect.ValueOf(value); parts.Kind() == reflect.Slice && parts.Type().Elem().Kind() == reflect.Struct {
				for i := range parts.Len() {
					if err := checkColumns(fmt.Sprintf("%s[%d]", argument(), i), parts.Index(i)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}
