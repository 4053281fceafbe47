package halopsatest

import (
	"maps"
	"net/http"
	"slices"
)

// Unknown lists what HaloPSA would have ignored silently: query parameters, sort fields and members of a write that nobody knows, each
// once and in the order of the alphabet, as "IntegrationError: query parameter modul_id". See also [Strict].
//
// Of a resource outside the integration API it knows paging, sorting and what [Handler.SetFilter] has taught.
func (h *Handler) Unknown() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(maps.Keys(h.unknown))
}

// notice keeps what is unknown in a request and returns what Strict refuses: that of reads. It requires that h.mu is held.
func (h *Handler) notice(t *table, request Request, hasID bool) problems {
	if request.Method == http.MethodPost {
		if t.members != nil {
			h.noticeMembers(t, request.Body)
		}
		return nil
	}
	var found problems
	add := func(key, what string) {
		if found == nil {
			found = make(problems)
		}
		found[key] = append(found[key], "The "+what+" is not known.")
		h.unknown[t.name+": "+what] = true
	}
	for name := range request.Query {
		if !t.knows(name, hasID) {
			add(name, "query parameter "+name)
		}
	}
	if hasID || !t.sorted {
		return found
	}
	for _, n := range sortParams {
		if field := request.Query.Get("order" + n); field != "" && !t.sortsBy(field) {
			add("order"+n, "sort field "+field)
		}
	}
	return found
}

// noticeMembers requires that h.mu is held.
func (h *Handler) noticeMembers(t *table, body []byte) {
	var inputs []map[string]any
	if decode(body, &inputs) != nil {
		return
	}
	for _, input := range inputs {
		for name := range input {
			if _, known := t.members[name]; !known {
				h.unknown[t.name+": member "+name] = true
			}
		}
	}
}

// knows reports whether a read has this parameter.
func (t *table) knows(name string, hasID bool) bool {
	if hasID {
		return slices.Contains(t.getParams, name)
	}
	switch name {
	case "page_no", "page_size", "pageinate":
		return t.paged
	case "count":
		return t.counted
	}
	for _, n := range sortParams {
		if name == "order"+n || name == "orderdesc"+n {
			return t.sorted
		}
	}
	_, filters := t.filters[name]
	return filters || slices.Contains(t.params, name)
}

// Unstruck lists the faults that never struck: a test that waits for one of them has proved nothing. It knows those of [Handler.Fault]
// that are still set, not what [Handler.FaultFunc] chooses.
func (h *Handler) Unstruck() []Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	var faults []Fault
	for _, f := range h.faults {
		if f.struck == 0 {
			faults = append(faults, f.Fault)
		}
	}
	return faults
}

// SetFilter teaches a list a query parameter: it keeps the rows of which one of the members has its value. Without members it is the one of
// the same name. A resource that nobody has seeded comes to be.
func (h *Handler) SetFilter(resource, parameter string, members ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.tableFor(resource)
	filters := maps.Clone(t.filters) // the resources of the package are shared
	if filters == nil {
		filters = make(map[string]filter)
	}
	if len(members) == 0 {
		members = []string{parameter}
	}
	filters[parameter] = filter{members: slices.Clone(members)}
	t.filters = filters
}
