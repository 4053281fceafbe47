package wire

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

// plan is how a struct type is read.
type plan struct {
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

var plans sync.Map // reflect.Type → *plan

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan) //nolint:errcheck,forcetypeassert // the map holds nothing else
	}
	p := &plan{byName: make(map[string]int), byFold: make(map[string]int), id: -1, lists: make(map[string]bool)}
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
	return stored.(*plan) //nolint:errcheck,forcetypeassert // the map holds nothing else
}

var (
	extraType       = reflect.TypeFor[map[string]json.RawMessage]()
	rawType         = reflect.TypeFor[json.RawMessage]()
	numberType      = reflect.TypeFor[json.Number]()
	timeType        = reflect.TypeFor[time.Time]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// readsItself reports whether a type says itself how it is read.
func readsItself(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(unmarshalerType) || reflect.PointerTo(t).Implements(textType)
}

// collect adds the fields of t level by level, so that of two with one name the shallower wins, as in encoding/json.
func (p *plan) collect(t reflect.Type) {
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

func (p *plan) add(name string, index []int, t reflect.Type) {
	if _, taken := p.byName[name]; taken {
		return
	}
	p.byName[name] = len(p.fields)
	p.fields = append(p.fields, field{name, index, setterOf(t)})
}

// find returns the index of the field for a member name, -1 for none, and whether the name is spelled exactly so. guess is where it probably
// is, since members come in the same order in every record.
func (p *plan) find(name []byte, guess int) (i int, exact bool) {
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

// record reads an object into the struct v. Of members whose names differ in case only the one that is spelled as the field is read, in either
// order, and of other spellings the last; what is not read is kept as a member that no field is for.
func (s *scanner) record(v reflect.Value, p *plan) *Error {
	guess := 0
	states, spellings := len(s.states), len(s.loose)
	s.states = append(s.states, p.unread...)
	err := s.object(func(name []byte) *Error {
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
		s.space()
		begin := s.at
		err := f.set(s, at(v, f.index))
		if err != nil {
			err.Path = join(f.name, err.Path)
		}
		if exact {
			return err
		}
		if err != nil {
			s.at = begin
			if _, broken := s.skip(); broken != nil {
				return err
			}
		}
		s.states[states+i] = loosely
		s.loose = append(s.loose, spelled{i, nameAt, begin, s.at, err})
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
func (s *scanner) setAside(v reflect.Value, p *plan, field, spellings int, name []byte) *Error {
	at := spellings + slices.IndexFunc(s.loose[spellings:], func(l spelled) bool { return l.field == field })
	before := s.loose[at]
	s.loose = slices.Delete(s.loose, at, at+1)
	again := scanner{data: s.data, at: before.name}
	spelling, err := again.text()
	if err != nil || bytes.Equal(spelling, name) { // the same member twice
		return err
	}
	if into, err := v.FieldByIndexErr(p.fields[field].index); err == nil {
		into.SetZero()
	}
	if p.extra == nil {
		return nil
	}
	return s.keep(v, p, string(spelling), standard(s.data[before.begin:before.end], true))
}

// spare keeps a member that no field is for, where the struct has a place for it.
func (s *scanner) spare(v reflect.Value, p *plan, name []byte) *Error {
	if p.extra == nil {
		_, err := s.skip()
		return err
	}
	member, symbols := string(name), s.symbols // reading the value can overwrite name
	raw, err := s.skip()
	if err != nil {
		return err
	}
	if s.symbols > symbols {
		raw = standard(raw, true)
	}
	return s.keep(v, p, member, raw)
}

// keep puts a member into the Extra field.
func (s *scanner) keep(v reflect.Value, p *plan, name string, raw []byte) *Error {
	extra := at(v, p.extra)
	room := memberRoom
	switch {
	case !extra.IsNil() && extra.Len() >= 8:
		room = manyRoom
	case extra.IsNil():
		room += mapRoom + 8*(int(extraType.Elem().Size())+16) //nolint:gosec // small
		extra.Set(reflect.MakeMap(extraType))
	}
	if err := s.charge(room + len(raw)); err != nil {
		return err
	}
	extra.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(json.RawMessage(append([]byte(nil), raw...))))
	return nil
}

func join(name, path string) string {
	switch {
	case path == "":
		return name
	case path[0] == '[':
		return name + path
	}
	return name + "." + path
}
