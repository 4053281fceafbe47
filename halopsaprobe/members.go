package halopsaprobe

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// names decides which names of members may be shown. A name can be a value: an object can be keyed by the names of clients.
type names struct {
	values map[string]bool // every text and number that came, in lower case
}

// identifier is how HaloPSA writes names.
var identifier = regexp.MustCompile(`^[A-Za-z_$@][A-Za-z0-9_$@.-]{0,63}$`)

// documented are the names of the records and the envelopes that are known.
var documented = documentedNames()

func documentedNames() map[string]bool {
	known := make(map[string]bool)
	for _, name := range strings.Fields("page_no page_size record_count pageinate count columns columns_id include_children load_error error " +
		"errorMessage error_description exceptionMessage resultCode _warning id auth_url tenant_id label value trace config_id timestamp " +
		"data result results response payload") {
		known[name] = true
	}
	for _, record := range []any{
		halopsa.ConnectedInstance{}, halopsa.IntegrationConfiguration{}, halopsa.IntegrationDelta{}, halopsa.IntegrationError{},
		halopsa.IntegrationExport{}, halopsa.IntegrationExportData{}, halopsa.IntegrationFieldData{}, halopsa.IntegrationFieldMapping{},
		halopsa.IntegrationLookUp{}, halopsa.IntegrationRequest{}, halopsa.IntegrationRunbookVariableGroup{}, halopsa.IntegrationSiteMapping{},
		halopsa.IntegratorLog{}, halopsa.IntegratorSchedule{}, halopsa.IntegratorTrace{}, halopsa.Trace{},
	} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(record)) {
			if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
				known[name] = true
			}
		}
	}
	return known
}

// see takes note of every value in a response, whose texts no name may be.
func (n *names) see(raw json.RawMessage) {
	if n.values == nil {
		n.values = make(map[string]bool)
	}
	var value any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&value) == nil {
		n.seeValue(value)
	}
}

func (n *names) seeValue(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			n.seeValue(member)
		}
	case []any:
		for _, element := range value {
			n.seeValue(element)
		}
	case string:
		n.values[strings.ToLower(value)] = true
	case json.Number:
		n.values[value.String()] = true
	}
}

// shown reports whether the name of a member of a record may be shown.
func (n *names) shown(name string) bool {
	return documented[name] || identifier.MatchString(name) && !n.values[strings.ToLower(name)]
}

// place is what the objects at one place have.
type place struct {
	objects int
	types   map[string]map[string]bool // of each member
	has     map[string]int
	records map[string]int // in how many records a member is
	latest  map[string]int // and in which it was last
	nested  map[string]*place
}

func newPlace() *place {
	return &place{types: make(map[string]map[string]bool), has: make(map[string]int), records: make(map[string]int), latest: make(map[string]int), nested: make(map[string]*place)}
}

// deepest is how far nested objects are looked into.
const deepest = 4

// add looks at one object of a record, which has its own number above 0.
func (p *place) add(members object, depth, record int) {
	p.objects++
	for name, raw := range members {
		if p.types[name] == nil {
			p.types[name] = make(map[string]bool)
		}
		p.has[name]++
		if p.latest[name] != record {
			p.records[name]++
			p.latest[name] = record
		}
		kind := typeOf(raw)
		p.types[name][kind] = true
		if depth == deepest {
			continue
		}
		switch kind {
		case "object":
			p.inner(name, raw, depth, record)
		case "array":
			var elements []json.RawMessage
			if json.Unmarshal(raw, &elements) == nil {
				for _, element := range elements {
					p.inner(name+"[]", element, depth, record)
				}
			}
		}
	}
}

func (p *place) inner(name string, raw json.RawMessage, depth, record int) {
	var members object
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return
	}
	if p.nested[name] == nil {
		p.nested[name] = newPlace()
	}
	p.nested[name].add(members, depth+1, record)
}

// list returns the members whose names may be shown, and how many others there are.
func (p *place) list(n *names, prefix string) (all []Member, others int) {
	keyed := prefix != "" && p.keyed(n)
	for _, name := range slices.Sorted(maps.Keys(p.types)) {
		if !n.shown(name) || keyed && !documented[name] {
			others++
			continue
		}
		all = append(all, Member{Name: prefix + name, Types: slices.Sorted(maps.Keys(p.types[name]))})
		for _, nested := range []string{name, name + "[]"} {
			if inner := p.nested[nested]; inner != nil {
				members, more := inner.list(n, prefix+nested+".")
				all, others = append(all, members...), others+more
			}
		}
	}
	return all, others
}

// keyed reports whether the names of nested objects can be data, such as the names of clients: one of them is no name that HaloPSA gives, or is
// not in half of the objects and in two records. The members of a record are the same each time.
func (p *place) keyed(n *names) bool {
	for name, has := range p.has {
		if !documented[name] && (!n.shown(name) || p.records[name] < 2 || 2*has < p.objects) {
			return true
		}
	}
	return false
}

// typeOf names the type of a value.
func typeOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "null"
	}
	switch raw[0] {
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return "text"
		}
		return typeOfText(text)
	}
	if bytes.ContainsAny(raw, ".eE") {
		return "decimal"
	}
	return "integer"
}

var guid = regexp.MustCompile(`^\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?$`)

func typeOfText(text string) string {
	switch layout := layoutOf(text); {
	case text == "":
		return "empty text"
	case layout != "" && (strings.HasPrefix(text, "0001-01-01") || strings.HasPrefix(text, "1899-12-30") || strings.HasPrefix(text, "1900-01-01")):
		return "no date"
	case layout != "" && strings.HasSuffix(layout, "Z07:00"), layout == aspDate:
		return "date with zone"
	case layout != "":
		return "date"
	case guid.MatchString(text):
		return "guid"
	case strings.EqualFold(text, "true"), strings.EqualFold(text, "false"):
		return "text of a boolean"
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return "text of a number"
	}
	return "text"
}

// aspDate is the layout of a date of ASP.NET.
const aspDate = "/Date(ms)/"

var dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d(?:([.,])(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?$`)

// layoutOf returns the layout of a date, as package time has it, or "" for what is not a date.
func layoutOf(text string) string {
	if rest, ok := strings.CutPrefix(text, "/Date("); ok {
		if ms, ok := strings.CutSuffix(rest, ")/"); ok {
			if _, err := strconv.ParseInt(ms, 10, 64); err == nil {
				return aspDate
			}
		}
		return ""
	}
	parts := dateForm.FindStringSubmatch(text)
	if parts == nil {
		return ""
	}
	layout := time.DateOnly + parts[1] + "15:04"
	if parts[2] != "" {
		layout += ":05"
	}
	if parts[4] != "" {
		layout += parts[3] + strings.Repeat("0", len(parts[4]))
	}
	if parts[5] != "" {
		layout += "Z07:00"
	}
	return layout
}

// layoutsOf returns the layouts of the dates at the top of rows.
func layoutsOf(rows []row) []string {
	found := make(map[string]bool)
	for _, r := range rows {
		for _, raw := range r.members {
			var text string
			if len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &text) == nil && typeOfText(text) != "no date" {
				if layout := layoutOf(text); layout != "" {
					found[layout] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
