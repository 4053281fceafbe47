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
}

// row is a record. It is replaced as a whole when it changes.
type row struct {
	id         int64
	key        string // the id as a path has it
	fields     map[string]any
	full, thin []byte // as JSON, with and without details
}

func newTable(r resource) *table { return &table{resource: r, next: 1} }

// store puts a record into the table, over the one with its id.
func (t *table) store(fields map[string]any) (*row, error) {
	r := &row{fields: fields}
	switch id := fields["id"].(type) {
	case nil:
		r.id = t.next
		fields["id"] = json.Number(strconv.FormatInt(r.id, 10))
		if t.textID {
			fields["id"] = strconv.FormatInt(r.id, 10)
		}
	default:
		n, err := strconv.ParseInt(fmt.Sprint(id), 10, 64)
		if err != nil && !t.textID || err == nil && n <= 0 {
			return nil, fmt.Errorf("the id %v is none", id)
		}
		r.id = n
	}
	r.key = fmt.Sprint(fields["id"])
	t.next = max(t.next, r.id+1)
	var err error
	if r.full, err = json.Marshal(without(fields, t.hidden)); err != nil {
		return nil, err
	}
	if r.thin = r.full; len(t.details) > 0 {
		if r.thin, err = json.Marshal(without(fields, append(t.details[:len(t.details):len(t.details)], t.hidden...))); err != nil {
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

// without returns fields less some members.
func without(fields map[string]any, members []string) map[string]any {
	if len(members) == 0 {
		return fields
	}
	shown := maps.Clone(fields)
	for _, name := range members {
		delete(shown, name)
	}
	return shown
}

// find returns where the record with this id is, or belongs.
func (t *table) find(key string) (at int, found bool) {
	id, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		at = slices.IndexFunc(t.rows, func(r *row) bool { return r.key == key })
		if at < 0 {
			return len(t.rows), false
		}
		return at, true
	}
	at, found = slices.BinarySearchFunc(t.rows, id, func(r *row, id int64) int { return cmp.Compare(r.id, id) })
	return at, found && t.rows[at].key == key
}

func (t *table) get(key string, q url.Values) answer {
	at, found := t.find(key)
	if !found {
		return message(http.StatusNotFound, "The record was not found.")
	}
	if strings.EqualFold(q.Get("includedetails"), "true") {
		return answer{status: http.StatusOK, body: t.rows[at].full}
	}
	return answer{status: http.StatusOK, body: t.rows[at].thin}
}

func (t *table) remove(key string) answer {
	at, found := t.find(key)
	if !found {
		return message(http.StatusNotFound, "The record was not found.")
	}
	gone := t.rows[at]
	t.rows = slices.Delete(t.rows, at, at+1)
	t.order = nil
	return answer{status: http.StatusOK, body: gone.thin}
}

// post creates and updates, all of the array or none of it.
func (t *table) post(body []byte, habits Habits) answer {
	var inputs []map[string]any
	if err := decode(body, &inputs); err != nil {
		return message(http.StatusBadRequest, "An array of objects was expected: "+err.Error())
	}
	records := make([]map[string]any, len(inputs))
	created := false
	for i, input := range inputs {
		key := ""
		if id := input["id"]; id != nil && fmt.Sprint(id) != "0" {
			key = fmt.Sprint(id)
		}
		if key == "" {
			created = true
			records[i] = input
			delete(input, "id")
			if t.dated != "" && input[t.dated] == nil {
				input[t.dated] = time.Now().UTC().Format("2006-01-02T15:04:05.000")
			}
			continue
		}
		at, found := t.find(key)
		if !found {
			return message(http.StatusNotFound, "The record "+key+" was not found.")
		}
		records[i] = maps.Clone(t.rows[at].fields)
		maps.Copy(records[i], input)
	}
	written := make([]json.RawMessage, len(records))
	for i, fields := range records {
		r, err := t.store(fields)
		if err != nil {
			return message(http.StatusBadRequest, err.Error())
		}
		written[i] = r.full
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	if habits.QuietWrites {
		return answer{status: status}
	}
	return jsonAnswer(status, written)
}

// matching returns the rows that the filters of q let through.
func (t *table) matching(q url.Values) []*row {
	rows := t.rows
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
			value, present := r.fields[f.member]
			text := fmt.Sprint(value)
			if !present || value == nil {
				text = "false" // an absent flag is not set; no other value is compared with the word
			}
			if text == wanted {
				kept = append(kept, r)
			}
		}
		rows = kept
	}
	return rows
}

// ordered sorts rows by the order parameters; without them they stay in the order of their ids.
func (t *table) ordered(rows []*row, q url.Values, unstable bool) []*row {
	type key struct {
		member string
		desc   bool
	}
	var keys []key
	for _, number := range []string{"", "2", "3", "4", "5"} {
		if member := q.Get("order" + number); member != "" {
			keys = append(keys, key{member, strings.EqualFold(q.Get("orderdesc"+number), "true")})
		}
	}
	if len(keys) == 0 || keys[0] == (key{member: "id"}) {
		return rows
	}
	cached := fmt.Sprint(keys)
	whole := len(rows) == len(t.rows)
	if sorted, ok := t.order[cached]; ok && whole && !unstable {
		return sorted
	}
	compare := func(a, b *row) int {
		for _, k := range keys {
			if c := compareValues(a.fields[k.member], b.fields[k.member]); c != 0 {
				if k.desc {
					return -c
				}
				return c
			}
		}
		return 0
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, compare)
	switch {
	case unstable:
		shuffleTies(sorted, func(a, b *row) bool { return compare(a, b) == 0 })
	case whole:
		if t.order == nil {
			t.order = make(map[string][]*row)
		}
		t.order[cached] = sorted
	}
	return sorted
}

// compareValues orders numbers as numbers, everything else as text, and nothing first.
func compareValues(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(rank(a), rank(b))
	}
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok {
			return cmp.Compare(s, t)
		}
	}
	x, ok1 := a.(json.Number)
	y, ok2 := b.(json.Number)
	if ok1 && ok2 {
		m, err1 := x.Float64()
		n, err2 := y.Float64()
		if err1 == nil && err2 == nil {
			return cmp.Compare(m, n)
		}
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func rank(v any) int {
	if v == nil {
		return 0
	}
	return 1
}
