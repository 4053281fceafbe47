package halopsaprobe

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// body is a response as far as its form goes.
type body struct {
	shape                         Shape
	array, nested                 string
	others                        []string // empty arrays beside the list
	beside                        object   // the members of the envelope
	rows                          []row
	recordCount, pageNo, pageSize int    // -1 where the envelope has none
	errorMember                   string // that has something in it
	warning                       bool
}

// object is one of JSON, by its members.
type object = map[string]json.RawMessage

// row is one of a list.
type row struct {
	members object
	print   uint64 // of its content
	id      string // as it is written, or ""
}

var seed = maphash.MakeSeed()

// bodyOf reads the form of a body in response to a read of path.
func bodyOf(data []byte, path string, html bool) body {
	b := body{shape: Other, recordCount: -1, pageNo: -1, pageSize: -1}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	switch {
	case len(data) == 0:
		b.shape = Empty
	case string(data) == "null":
		b.shape = Null
	case string(data) == `""`:
		b.shape = EmptyText
	case html || data[0] == '<':
		b.shape = Page
	case data[0] == '[' && json.Valid(data):
		b.shape = Array
		b.read(data)
	case data[0] == '{':
		var members object
		if json.Unmarshal(data, &members) == nil {
			b.envelope(members, path, true)
		}
	}
	return b
}

// read reads the rows of an array.
func (b *body) read(array []byte) {
	var elements []json.RawMessage
	if json.Unmarshal(array, &elements) != nil {
		return
	}
	for _, raw := range elements {
		r := row{print: maphash.Bytes(seed, raw)}
		if json.Unmarshal(raw, &r.members) == nil {
			r.id = string(bytes.TrimSpace(r.members["id"]))
		}
		b.rows = append(b.rows, r)
	}
}

// envelope reads an object: an envelope, something around one, or a single object.
func (b *body) envelope(members object, path string, outermost bool) {
	b.beside = members
	b.shape = Object
	for name, into := range map[string]*int{"record_count": &b.recordCount, "page_no": &b.pageNo, "page_size": &b.pageSize} {
		if n, err := strconv.Atoi(strings.Trim(string(members[name]), `"`)); err == nil && n >= 0 {
			*into = n
		}
	}
	name := listIn(members, path)
	for _, other := range slices.Sorted(maps.Keys(members)) {
		switch raw := members[other]; {
		case strings.EqualFold(other, "_warning"):
			b.warning = string(raw) != "null" && string(raw) != `""`
		case errorNames[strings.ToLower(other)] && said(raw) && other != name:
			b.errorMember = other
		case other != name && string(raw) == "[]":
			b.others = append(b.others, other)
		}
	}
	paged := b.recordCount >= 0 || b.pageNo >= 0 || b.pageSize >= 0
	switch {
	case name != "" && (paged || members["id"] == nil):
		b.shape, b.array = Envelope, name
		b.read(members[name])
		delete(b.beside, name)
	case outermost && !paged:
		b.inner(members, path)
	}
}

// inner reads the list that is in a member of an object around it.
func (b *body) inner(members object, path string) {
	for _, name := range []string{"data", "result", "results", "response", "payload"} {
		raw := members[name]
		if len(raw) == 0 || raw[0] != '{' {
			continue
		}
		var nested object
		within := body{recordCount: -1, pageNo: -1, pageSize: -1}
		if json.Unmarshal(raw, &nested) != nil {
			continue
		}
		if within.envelope(nested, path, false); within.shape == Envelope {
			*b, b.nested = within, name
			return
		}
	}
}

// errorNames are the members that say that a query failed [seen].
var errorNames = map[string]bool{"load_error": true, "error": true, "errormessage": true, "error_description": true, "exceptionmessage": true}

// said reports whether a member of an error holds one.
func said(raw json.RawMessage) bool {
	text := string(raw)
	return text != "null" && text != `""` && text != "[]" && text != "false" && text != "0" && raw[0] != '['
}

// listIn returns the name of the array that is the list: the one with rows, and of several one that is called like the resource.
func listIn(members object, path string) string {
	resource, _, _ := strings.Cut(strings.ToLower(path), "/")
	var best string
	rank := 0
	for _, name := range slices.Sorted(maps.Keys(members)) {
		raw := members[name]
		if len(raw) == 0 || raw[0] != '[' {
			continue
		}
		first := bytes.TrimLeft(raw[1:], " \t\r\n")
		own := 1
		switch {
		case first[0] == '{':
			own += 2
		case first[0] != ']':
			continue // an array of something else
		}
		if stem := strings.TrimSuffix(strings.ToLower(name), "s"); strings.HasSuffix(resource, stem) || strings.HasSuffix(resource, strings.TrimSuffix(stem, "e")) {
			own++
		}
		if strings.EqualFold(name, "columns") {
			own = 0
		}
		if own > rank {
			best, rank = name, own
		}
	}
	return best
}

// identity tells a record from others: by its id, or without one by its content.
func (r row) identity() string {
	if id, ok := r.members["id"]; ok {
		return string(id)
	}
	return strconv.FormatUint(r.print, 10)
}

// prints are the rows by their content.
func (b *body) prints() []uint64 {
	all := make([]uint64, len(b.rows))
	for i, r := range b.rows {
		all[i] = r.print
	}
	return all
}

// sameRows reports whether two responses have the same rows in the same order.
func sameRows(a, b *response) bool { return slices.Equal(a.prints(), b.prints()) }

// shared is how many rows of b are rows of a too.
func shared(a, b *response) int {
	of := a.prints()
	n := 0
	for _, r := range b.rows {
		if slices.Contains(of, r.print) {
			n++
		}
	}
	return n
}
