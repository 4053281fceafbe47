package halopsatest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Seed puts records into a resource: maps, structs or anything else that JSON makes an object of.
//
// A record without an id gets the next one; one with the id of another takes its place. A resource outside the integration API comes to be
// with its first record and can then be listed, read, written and deleted. Seed panics when a record is no JSON object.
func (h *Handler) Seed(resource string, records ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tableFor(resource)
	for i, record := range records {
		data, err := json.Marshal(record)
		var fields map[string]any
		if err == nil {
			err = decode(data, &fields)
		}
		if err == nil {
			err = t.seed(fields)
		}
		if err != nil {
			panic(fmt.Sprintf("halopsatest: record %d of %s: %s", i, resource, err))
		}
	}
}

// seed stores what the tenant holds already: as it is, without the checks of a write.
func (t *table) seed(fields map[string]any) error {
	if fields == nil {
		return errors.New("it is not an object")
	}
	if isNew(fields) { // as structs have it
		delete(fields, "id")
	}
	_, err := t.store(fields)
	return err
}

// Stored returns the records of a resource by id, as the server holds them: with what it never sends.
func (h *Handler) Stored(resource string) []map[string]any {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.table(resource)
	if t == nil {
		return nil
	}
	records := make([]map[string]any, len(t.rows))
	for i, r := range t.rows {
		records[i] = maps.Clone(r.fields)
	}
	return records
}

// Len returns how many records a resource has.
func (h *Handler) Len(resource string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.table(resource); t != nil {
		return len(t.rows)
	}
	return 0
}

// Remove deletes records behind the client's back, as another client does. Ids that are not there do not matter.
func (h *Handler) Remove(resource string, ids ...int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.table(resource)
	if t == nil {
		return
	}
	for _, id := range ids {
		if at, found := t.find(strconv.FormatInt(id, 10)); found {
			t.rows = slices.Delete(t.rows, at, at+1)
		}
	}
	t.order = nil
}
