package loose

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
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
	unread []state // of its fields
}

type field struct {
	name  string
	index []int
	set   setter
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
	for i, f := range p.fields {
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
	p.fields = append(p.fields, field{name, index, setterOf(t)})
}

// Find returns the index of the field for a member name in any case, -1 for none.
func (p *Plan) Find(name []byte) int {
	i, _ := p.find(name, 0)
	return i
}

// Len returns how many fields the struct has that members are read into.
func (p *Plan) Len() int { return len(p.fields) }

// ID returns the index of the field for the member id, -1 for none.
func (p *Plan) ID() int { return p.id }

// IDOf returns that field of a record, not valid where it is in an embedded struct that is nil.
func (p *Plan) IDOf(record reflect.Value) reflect.Value {
	id, err := record.FieldByIndexErr(p.fields[p.id].index)
	if err != nil {
		return reflect.Value{}
	}
	return id
}

// Slice reports whether the member with this name is read into a slice.
func (p *Plan) Slice(name string) bool { return p.lists[strings.ToLower(name)] }

// find returns the index of the field for a member name, -1 for none, and whether the name is spelled exactly so. guess is where it probably
// is, since members come in the same order in every record.
func (p *Plan) find(name []byte, guess int) (i int, exact bool) {
	if guess < len(p.fields) && p.fields[guess].name == string(name) {
		return guess, true
	}
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

// state says whether a field of a record has been read.
type state uint8

const (
	unread  state = iota
	loosely       // from a member whose name is spelled in another case
	exactly
)

// spelled is a member that was read into a field although its name is spelled in another case.
type spelled struct {
	field      int
	name       int    // where its name begins
	begin, end int    // of its value
	err        *Error // why the field cannot hold it, which matters if the field's own member does not come
}

// Record reads an object into the struct v. Of members whose names differ in case only the one that is spelled as the field is read, in either
// order, and of other spellings the last; what is not read is kept as a member that no field is for.
func (s *Scanner) Record(v reflect.Value, p *Plan) *Error {
	guess := 0
	states, spellings := len(s.states), len(s.loose)
	s.states = append(s.states, p.unread...)
	err := s.Object(func(name []byte) *Error {
		i, exact := p.find(name, guess)
		if i < 0 {
			return s.spare(v, p, name)
		}
		guess = i + 1
		f := &p.fields[i]
		switch before := s.states[states+i]; {
		case before == exactly && !exact:
			return s.spare(v, p, name)
		case before == loosely:
			if err := s.setAside(v, p, i, spellings, name); err != nil {
				return err
			}
		}
		s.states[states+i] = exactly
		nameAt := s.nameAt
		s.Space()
		begin := s.At
		err := f.set(s, at(v, f.index))
		if err != nil {
			err.Path = Join(f.name, err.Path)
		}
		if exact {
			return err
		}
		if err != nil {
			s.At = begin
			if _, broken := s.Skip(); broken != nil {
				return err
			}
		}
		s.states[states+i] = loosely
		s.loose = append(s.loose, spelled{i, nameAt, begin, s.At, err})
		return nil
	})
	for _, l := range s.loose[spellings:] {
		if err == nil {
			err = l.err
		}
	}
	s.states, s.loose = s.states[:states], s.loose[:spellings]
	return err
}

// setAside clears a field that was read from a member under another spelling than name, and keeps that member as one that no field is for.
func (s *Scanner) setAside(v reflect.Value, p *Plan, field, spellings int, name []byte) *Error {
	at := spellings + slices.IndexFunc(s.loose[spellings:], func(l spelled) bool { return l.field == field })
	before := s.loose[at]
	s.loose = slices.Delete(s.loose, at, at+1)
	again := Scanner{Data: s.Data, At: before.name}
	spelling, err := again.Text()
	if err != nil || bytes.Equal(spelling, name) { // the same member twice
		return err
	}
	if into, err := v.FieldByIndexErr(p.fields[field].index); err == nil {
		into.SetZero()
	}
	if p.extra == nil {
		return nil
	}
	return s.keep(v, p, string(spelling), standard(s.Data[before.begin:before.end], true))
}

// spare keeps a member that no field is for, where the struct has a place for it.
func (s *Scanner) spare(v reflect.Value, p *Plan, name []byte) *Error {
	if p.extra == nil {
		_, err := s.Skip()
		return err
	}
	member, symbols := string(name), s.symbols // reading the value can overwrite name
	raw, err := s.Skip()
	if err != nil {
		return err
	}
	if s.symbols > symbols {
		raw = standard(raw, true)
	}
	return s.keep(v, p, member, raw)
}

// keep puts a member into the Extra field.
func (s *Scanner) keep(v reflect.Value, p *Plan, name string, raw []byte) *Error {
	extra := at(v, p.extra)
	room := memberRoom
	switch {
	case !extra.IsNil() && extra.Len() >= 8:
		room = manyRoom
	case extra.IsNil():
		room += mapRoom + 8*(int(extraType.Elem().Size())+16) //nolint:gosec // small
		extra.Set(reflect.MakeMap(extraType))
	}
	if err := s.Charge(room + len(raw)); err != nil {
		return err
	}
	extra.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(json.RawMessage(append([]byte(nil), raw...))))
	return nil
}

// Join puts a member's name, or an index in brackets, before the path within it.
func Join(name, path string) string {
	switch {
	case path == "":
		return name
	case path[0] == '[':
		return name + path
	}
	return name + "." + path
}
