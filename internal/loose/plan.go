package loose

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
)

// Plan is how a struct type is read.
type Plan struct {
	fields []field
	byName map[string]int
	byFold map[string]int // by folded name
	extra  []int          // index path of the Extra field, nil if there is none
	id     int            // field of the member "id", or -1
	lists  map[string]bool
	unread []state        // of its fields
	next   []atomic.Int32 // by the field before, from 1: which one came next the last time, a guess; at 0 the first
}

type field struct {
	name   string
	quoted string // the name as it comes: in quotes, with a colon
	index  []int
	direct bool // it is no field of an embedded struct
	set    setter
}

var plans sync.Map // reflect.Type → *Plan

// PlanOf returns the plan of a struct type, which is made once.
func PlanOf(t reflect.Type) *Plan {
	if p, ok := plans.Load(t); ok {
		return p.(*Plan) //nolint:errcheck,forcetypeassert // the map holds nothing else
	}
	p := &Plan{byName: make(map[string]int), byFold: make(map[string]int), id: -1, lists: make(map[string]bool)}
	p.collect(t)
	p.unread = make([]state, len(p.fields))
	p.next = make([]atomic.Int32, len(p.fields)+1)
	for i, f := range p.fields {
		p.next[i].Store(int32(i)) //nolint:gosec // no struct has as many fields
		folded := string(fold(nil, []byte(f.name)))
		if _, taken := p.byFold[folded]; !taken {
			p.byFold[folded] = i
		}
		if strings.EqualFold(f.name, "id") {
			p.id = i
		}
		if t.FieldByIndex(f.index).Type.Kind() == reflect.Slice {
			p.lists[strings.ToLower(f.name)] = true
		}
	}
	stored, _ := plans.LoadOrStore(t, p)
	return stored.(*Plan) //nolint:errcheck,forcetypeassert // the map holds nothing else
}

var (
	extraType       = reflect.TypeFor[map[string]json.RawMessage]()
	rawType         = reflect.TypeFor[json.RawMessage]()
	numberType      = reflect.TypeFor[json.Number]()
	timeType        = reflect.TypeFor[time.Time]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// ReadsItself reports whether a type says itself how it is read.
func ReadsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(unmarshalerType) || reflect.PointerTo(t).Implements(textType)
}

// collect adds the fields of t level by level, so that of two with one name the shallower wins, as in encoding/json.
func (p *Plan) collect(t reflect.Type) {
	type level struct {
		t     reflect.Type
		index []int
	}
	seen := map[reflect.Type]bool{}
	for todo := []level{{t, nil}}; len(todo) > 0; {
		var next []level
		for _, l := range todo {
			if seen[l.t] {
				continue
			}
			seen[l.t] = true
			for i := range l.t.NumField() {
				f := l.t.Field(i)
				index := append(append([]int{}, l.index...), i)
				tag := f.Tag.Get("json")
				name, _, _ := strings.Cut(tag, ",")
				inner := f.Type
				if inner.Kind() == reflect.Pointer {
					inner = inner.Elem()
				}
				switch {
				case f.Anonymous && name == "" && inner.Kind() == reflect.Struct && (f.IsExported() || f.Type.Kind() == reflect.Struct):
					next = append(next, level{inner, index})
				case !f.IsExported():
				case f.Name == "Extra" && f.Type == extraType:
					if p.extra == nil {
						p.extra = index
					}
				case tag == "-":
				default:
					if name == "" {
						name = f.Name
					}
					p.add(name, index, f.Type)
				}
			}
		}
		todo = next
	}
}

func (p *Plan) add(name string, index []int, t reflect.Type) {
	if _, taken := p.byName[name]; taken {
		return
	}
	p.byName[name] = len(p.fields)
	p.fields = append(p.fields, field{name, quoted(name), index, len(index) == 1, setterOf(t)})
}

// Find returns the index of the field for a member name in any case, -1 for none.
func (p *Plan) Find(name []byte) int {
	i, _ := p.find(name)
	return i
}

// Len returns how many fields the struct has that members are read into.
func (p *Plan) Len() int { return len(p.fields) }

// ID returns the index of the field for the member id, -1 for none.
func (p *Plan) ID() int { return p.id }

// Field returns field i of a record, not valid where it is in an embedded struct that is nil.
func (p *Plan) Field(record reflect.Value, i int) reflect.Value {
	if p.fields[i].direct {
		return record.Field(p.fields[i].index[0])
	}
	field, err := record.FieldByIndexErr(p.fields[i].index)
	if err != nil {
		return reflect.Value{}
	}
	return field
}

// Names returns the names of the members that the struct has fields for.
func (p *Plan) Names() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return names
}

// HasExtra reports whether the struct keeps members that it has no field for.
func (p *Plan) HasExtra() bool { return p.extra != nil }

// Extra returns the members that a record has kept, nil for none.
func (p *Plan) Extra(record reflect.Value) map[string]json.RawMessage {
	if p.extra == nil {
		return nil
	}
	extra, err := record.FieldByIndexErr(p.extra)
	if err != nil { // in an embedded struct that is nil
		return nil
	}
	return extra.Interface().(map[string]json.RawMessage) //nolint:errcheck,forcetypeassert // the field is of that type
}

// Slice reports whether the member with this name is read into a slice.
func (p *Plan) Slice(name string) bool { return p.lists[strings.ToLower(name)] }

// quoted returns a member's name as a JSON text, with the colon behind it.
func quoted(name string) string {
	text, _ := json.Marshal(name) //nolint:errchkjson // a string can always be written
	return string(text) + ":"
}

// find returns the index of the field for a member name, -1 for none, and whether the name is spelled exactly so.
func (p *Plan) find(name []byte) (i int, exact bool) {
	if i, ok := p.byName[string(name)]; ok {
		return i, true
	}
	var room [64]byte
	if i, ok := p.byFold[string(fold(room[:0], name))]; ok {
		return i, false
	}
	return -1, false
}

// fold appends name in the form that all its spellings in upper and lower case share, the one that encoding/json goes by.
func fold(to, name []byte) []byte {
	for i := 0; i < len(name); {
		if c := name[i]; c < utf8.RuneSelf {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			to = append(to, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(name[i:])
		for next := unicode.SimpleFold(r); next > r; next = unicode.SimpleFold(r) {
			r = next
		}
		to = utf8.AppendRune(to, unicode.SimpleFold(r)) // the first of the circle, after its last
		i += size
	}
	return to
}

// at returns the field of v with this index path, making embedded pointers on the way.
func at(v reflect.Value, index []int) reflect.Value {
	for i, n := range index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(n)
	}
	return v
}
