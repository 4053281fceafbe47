package halopsatest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// table holds the records of a resource, by id.
type table struct {
	resource
	rows  []*row
	next  int64
	order map[string][]*row // sorted lists, until something changes
	total int               // record_count of the last list
}

// row is a record. It is replaced as a whole when it changes.
type row struct {
	id         int64
	key        string // what names it in a path
	fields     map[string]any
	full, thin []byte // as JSON: all of it, and what a list shows
}

func newTable(r resource) *table { return &table{resource: r, next: 1, total: -1} }

// store puts a record into the table, over the one with its key.
func (t *table) store(fields map[string]any) (*row, error) {
	r := &row{fields: fields}
	switch {
	case t.key != "": // ids are texts
		for _, id := range []any{fields[t.key], fields["id"], t.next} {
			if r.key = fmt.Sprint(id); id != nil && r.key != "" {
				break
			}
		}
		fields[t.key] = r.key
		t.next++
	case fields["id"] == nil:
		r.id = t.next
		r.key = strconv.FormatInt(r.id, 10)
		fields["id"] = json.Number(r.key)
	default:
		r.key = fmt.Sprint(fields["id"])
		id, err := strconv.ParseInt(r.key, 10, 64)
		if err != nil || id <= 0 {
			return nil, fmt.Errorf("the id %v is not a positive number", fields["id"])
		}
		r.id = id
	}
	t.next = max(t.next, r.id+1)
	var err error
	if r.full, err = json.Marshal(t.shown(fields, true, false)); err != nil {
		return nil, err
	}
	if r.thin = r.full; t.details != nil || t.listed != nil {
		if r.thin, err = json.Marshal(t.shown(fields, false, false)); err != nil {
			return nil, err
		}
	}
	if at, found := t.find(r.key); found {
		t.rows[at] = r
	} else {
		t.rows = slices.Insert(t.rows, at, r)
	}
	t.order = nil
	return r, nil
}

// shown returns what a response has of a record: nothing that is null [live], unless nulls are wanted.
func (t *table) shown(fields map[string]any, whole, nulls bool) map[string]any {
	shown := make(map[string]any, len(fields))
	for name, value := range fields {
		switch {
		case value == nil && !nulls, slices.Contains(t.hidden, name), !whole && slices.Contains(t.details, name),
			!whole && t.listed != nil && !slices.Contains(t.listed, name):
		default:
			shown[name] = value
		}
	}
	return shown
}

// find returns where the record with this key is, or belongs.
func (t *table) find(key string) (at int, found bool) {
	id, err := strconv.ParseInt(key, 10, 64)
	if err != nil || t.key != "" {
		if at = slices.IndexFunc(t.rows, func(r *row) bool { return r.key == key }); at < 0 {
			return len(t.rows), false
		}
		return at, true
	}
	at, found = slices.BinarySearchFunc(t.rows, id, func(r *row, id int64) int { return cmp.Compare(r.id, id) })
	return at, found && t.rows[at].key == key
}

// named finds the record that a path names, or says why there is none: 400 for an id that is no number, 404 with an empty body for a text [live].
func (t *table) named(key string) (int, Response, bool) {
	if t.key == "" {
		if _, err := strconv.ParseInt(key, 10, 64); err != nil {
			return 0, noNumber(key), false
		}
	}
	at, found := t.find(key)
	switch {
	case found:
		return at, Response{}, true
	case t.key != "":
		return 0, Response{Status: http.StatusNotFound}, false
	}
	return 0, message(http.StatusNotFound, "The record was not found."), false
}

func (t *table) get(key string, q url.Values, habits Habits) Response {
	at, refusal, ok := t.named(key)
	if !ok {
		return refusal
	}
	r := t.rows[at]
	body := t.written(r, habits, t.listed != nil || strings.EqualFold(q.Get("includedetails"), "true"), habits.Rows.WrongID)
	if habits.Rows.GetAsList {
		body = append(append([]byte{'['}, body...), ']')
	}
	return Response{Body: body}
}

func (t *table) remove(key string, habits Habits) Response {
	at, refusal, ok := t.named(key)
	if !ok {
		return refusal
	}
	gone := t.rows[at]
	t.rows = slices.Delete(t.rows, at, at+1)
	t.order = nil
	return warned(Response{Body: gone.thin}, habits.Warning)
}

// post creates and updates, all of the array or none of it.
func (t *table) post(body []byte, habits Habits) Response {
	inputs, refusal, ok := readArray(body)
	if ok {
		refusal, ok = t.check(inputs)
	}
	if !ok {
		return refusal
	}
	records := make([]map[string]any, len(inputs))
	status := http.StatusOK
	for i, input := range inputs {
		if isNew(input) {
			status = max(status, t.created)
			records[i] = input
			delete(input, "id")
			if t.dated != "" && input[t.dated] == nil {
				input[t.dated] = sqlDate(time.Now())
			}
			continue
		}
		key := fmt.Sprint(input["id"])
		at, found := t.find(key)
		if !found {
			return message(http.StatusNotFound, "The record "+key+" was not found.")
		}
		records[i] = maps.Clone(t.rows[at].fields)
		maps.Copy(records[i], input)
	}
	written := []byte{'['}
	for i, fields := range records {
		var shift int64
		if fields["id"] != nil {
			shift = habits.Rows.WrongID
		}
		r, err := t.store(fields)
		if err != nil {
			return message(http.StatusBadRequest, err.Error())
		}
		if i > 0 {
			written = append(written, ',')
		}
		written = append(written, warned(Response{Body: t.written(r, habits, true, shift)}, habits.Warning).Body...)
	}
	if habits.QuietWrites {
		return Response{Status: status}
	}
	return Response{Status: status, Body: append(written, ']')}
}

// readArray reads the array of objects that a write is. Anything else is a 400 [live].
func readArray(body []byte) ([]map[string]any, Response, bool) {
	var value any
	if err := decode(body, &value); err != nil {
		return nil, problems{"": {"The request is not valid JSON: " + err.Error() + "."}}.response(), false
	}
	array, ok := value.([]any)
	if !ok {
		return nil, problems{"": {"Cannot deserialize the current JSON value because the type requires a JSON array (e.g. [1,2,3]) to deserialize correctly."}}.response(), false
	}
	inputs := make([]map[string]any, len(array))
	for i, element := range array {
		if inputs[i], ok = element.(map[string]any); !ok {
			at := "[" + strconv.Itoa(i) + "]"
			return nil, problems{at: {"Error converting the value to an object. Path '" + at + "'."}}.response(), false
		}
	}
	return inputs, Response{}, true
}

// matching returns the rows that the filters of q let through.
func (t *table) matching(q url.Values, habits Habits) []*row {
	rows := t.rows
	if habits.IgnoreFilters {
		return rows
	}
	for name, f := range t.filters {
		wanted := q.Get(name)
		if wanted == "" || f.flag != "" && !strings.EqualFold(wanted, "true") {
			continue
		}
		if f.flag != "" {
			wanted = f.flag
		}
		kept := make([]*row, 0, len(rows))
		for _, r := range rows {
			if f.keeps(r, wanted) {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	return rows
}

func (f filter) keeps(r *row, wanted string) bool {
	for _, name := range f.members {
		value := r.fields[name]
		text := fmt.Sprint(value)
		if value == nil {
			text = "false" // an absent flag is not set; no other value is compared with the word
		}
		if text == wanted {
			return true
		}
	}
	return false
}
