package halopsatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// SeedJSON reads fixtures: a JSON object of resources, each with an array of records, such as {"Tickets":[{"id":1,"summary":"printer"}]}.
// Records are taken as [Handler.Seed] takes them. An error is returned, and nothing is seeded, when the JSON is not of that form; a record
// with an invalid id leaves the ones before it seeded.
func (h *Handler) SeedJSON(fixtures io.Reader) error {
	data, err := io.ReadAll(fixtures)
	if err != nil {
		return fmt.Errorf("halopsatest: read fixtures: %w", err)
	}
	var resources map[string][]map[string]any
	if err := decode(data, &resources); err != nil {
		return fmt.Errorf("halopsatest: fixtures: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, resource := range slices.Sorted(maps.Keys(resources)) {
		for i, fields := range resources[resource] {
			if err := h.tableFor(resource).seed(fields); err != nil {
				return fmt.Errorf("halopsatest: record %d of %s: %w", i, resource, err)
			}
		}
	}
	return nil
}

// StoredAs returns the records of a resource as the server holds them, in a type of the caller's. An error is returned when a record does
// not fit it.
func StoredAs[T any](server interface {
	Stored(resource string) []map[string]any
}, resource string) ([]T, error) {
	stored := server.Stored(resource)
	records := make([]T, len(stored))
	for i, fields := range stored {
		data, err := json.Marshal(fields)
		if err == nil {
			err = json.Unmarshal(data, &records[i])
		}
		if err != nil {
			return nil, fmt.Errorf("halopsatest: record %d of %s: %w", i, resource, err)
		}
	}
	return records, nil
}

// Sent returns what was posted to a resource, each input of each write, oldest first: those of attempts that failed too. An error is
// returned when an input does not fit T.
func Sent[T any](server interface{ Requests() []Request }, resource string) ([]T, error) {
	var sent []T
	for _, r := range server.Requests() {
		if r.Method != http.MethodPost || !strings.EqualFold(r.Resource, resource) {
			continue
		}
		if body := bytes.TrimSpace(r.Body); len(body) == 0 || body[0] != '[' { // one object, as CreateTicket takes it
			var one T
			if err := json.Unmarshal(body, &one); err != nil {
				return nil, fmt.Errorf("halopsatest: a write of %s: %w", resource, err)
			}
			sent = append(sent, one)
			continue
		}
		var inputs []T
		if err := json.Unmarshal(r.Body, &inputs); err != nil {
			return nil, fmt.Errorf("halopsatest: a write of %s: %w", resource, err)
		}
		sent = append(sent, inputs...)
	}
	return sent, nil
}
