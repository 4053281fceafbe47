package halopsatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// written returns a record as JSON: whole, or as a list shows it. Shift is added to its id.
func (t *table) written(r *row, habits Habits, whole bool, shift int64) []byte {
	own := habits.Rows
	if !own.Nulls && own.Date == nil && !own.CaseTwins && own.IDs == IDsTrue && shift == 0 {
		if whole {
			return r.full
		}
		return r.thin
	}
	fields := t.shown(r.fields, whole, own.Nulls)
	if own.Date != nil {
		for name, value := range fields {
			if stored, ok := value.(string); ok {
				if _, isDate := parseDate(stored); isDate {
					fields[name] = own.Date(stored)
				}
			}
		}
	}
	if !whole {
		own.IDs.change(fields, r.id)
	}
	if shift != 0 {
		fields["id"] = r.id + shift
	}
	data, err := json.Marshal(fields)
	if err != nil {
		panic("halopsatest: " + err.Error()) // they came from JSON
	}
	if own.CaseTwins {
		return withTwins(data, fields, r.id%2 == 0)
	}
	return data
}

// change replaces the id of a row.
func (i IDs) change(fields map[string]any, id int64) {
	switch i {
	case IDsPerParent:
		fields["id"] = (id-1)%3 + 1
	case IDsZero:
		fields["id"] = 0
	case IDsZeroText:
		fields["id"] = "0"
	case IDsEmptyGUID:
		fields["id"] = "00000000-0000-0000-0000-000000000000"
	case IDsNone:
		delete(fields, "id")
	case IDsText:
		fields["id"] = strconv.FormatInt(id, 10)
	case IDsDecimal:
		fields["id"] = json.Number(strconv.FormatInt(id, 10) + ".0")
	}
}

// withTwins adds members whose names differ in case only, before the others or after them.
func withTwins(object []byte, fields map[string]any, before bool) []byte {
	twins := make(map[string]any)
	for name, value := range fields {
		switch value.(type) {
		case string:
			twins[strings.ToUpper(name[:min(1, len(name))])+name[min(1, len(name)):]] = "twin of " + fmt.Sprint(value)
		default:
			if name == "id" {
				twins["ID"] = 900_000
			}
		}
	}
	for name := range fields {
		delete(twins, name) // a name without a small letter has no twin
	}
	if len(twins) == 0 {
		return object
	}
	data, err := json.Marshal(twins)
	if err != nil {
		panic("halopsatest: " + err.Error()) // texts and a number
	}
	if len(fields) == 0 {
		return data
	}
	first, second := object, data
	if before {
		first, second = data, object
	}
	return bytes.Join([][]byte{first[:len(first)-1], second[1:]}, []byte{','})
}

// warned adds a _warning to a response that is an object.
func warned(a Response, warning string) Response {
	if warning == "" || len(a.Body) < 2 || a.Body[0] != '{' {
		return a
	}
	head := `{"_warning":` + quote(warning)
	if len(a.Body) > 2 {
		head += ","
	}
	a.Body = append([]byte(head), a.Body[1:]...)
	return a
}
