package loose

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
)

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
	if s.depth++; s.depth > deepest {
		return s.Fail("nested too deeply")
	}
	s.At++
	if s.Space() == '}' {
		s.At++
		s.depth--
		return nil
	}
	s.objects++
	r := record{v, p, len(s.states), len(s.loose)}
	if r.states == 0 {
		s.newPiece()
	}
	s.states = append(s.states, p.unread...)
	err := s.readMembers(r)
	for _, l := range s.loose[r.spellings:] {
		if err == nil {
			err = l.err
		}
	}
	s.states, s.loose = s.states[:r.states], s.loose[:r.spellings]
	s.depth--
	return err
}

// record is a struct that is being read.
type record struct {
	v                 reflect.Value
	plan              *Plan
	states, spellings int // where those of this record begin
}

// readMembers reads the members of an object up to its closing brace. Those of a list's rows come in the same order in every row, so the name that came
// next the last time is compared before one is looked for.
func (s *Scanner) readMembers(r record) *Error {
	next := &r.plan.next[0]
	for {
		first := s.Space()
		s.nameAt = s.At
		i := int(next.Load())
		if s.follows(r.plan, i) {
			s.members++
			if err := s.member(r, i, nil); err != nil {
				return err
			}
			next = &r.plan.next[i+1]
		} else {
			if first != '"' {
				return s.Fail("no member name")
			}
			s.members++
			name, err := s.Text()
			if err != nil {
				return err
			}
			if s.Space() != ':' {
				return s.Fail("no colon after a member name")
			}
			s.At++
			i, exact := r.plan.find(name)
			switch {
			case i < 0, !exact && s.states[r.states+i] == exactly:
				err = s.spare(r.v, r.plan, name)
			case exact:
				err = s.member(r, i, nil)
			default:
				err = s.member(r, i, name)
			}
			if err != nil {
				return err
			}
			if exact {
				next.Store(int32(i)) //nolint:gosec // no struct has as many fields
				next = &r.plan.next[i+1]
			}
		}
		switch s.Space() {
		case ',':
			s.At++
		case '}':
			s.At++
			return nil
		default:
			return s.Fail("no comma or brace after a member")
		}
	}
}

// follows reads the name of field i and the colon behind it, if they come next and in just this form.
func (s *Scanner) follows(p *Plan, i int) bool {
	if i >= len(p.fields) {
		return false
	}
	quoted := p.fields[i].quoted
	if len(s.Data)-s.At < len(quoted) || string(s.Data[s.At:s.At+len(quoted)]) != quoted {
		return false
	}
	s.At += len(quoted)
	return true
}

// member reads the value of a member into field i. spelling is the member's name where it is not exactly the field's.
func (s *Scanner) member(r record, i int, spelling []byte) *Error {
	f := &r.plan.fields[i]
	if s.states[r.states+i] == loosely {
		if err := s.setAside(r, i, spelling); err != nil {
			return err
		}
	}
	s.states[r.states+i] = exactly
	nameAt := s.nameAt
	s.Space()
	begin := s.At
	var err *Error
	if f.direct {
		err = f.set(s, r.v.Field(f.index[0]))
	} else {
		err = f.set(s, at(r.v, f.index))
	}
	if err != nil {
		err.Path = Join(f.name, err.Path)
	}
	if spelling == nil {
		return err
	}
	if err != nil {
		s.At = begin
		if _, broken := s.Skip(); broken != nil {
			return err
		}
	}
	s.states[r.states+i] = loosely
	s.loose = append(s.loose, spelled{i, nameAt, begin, s.At, err})
	return nil
}

// setAside clears a field that was read from a member under another spelling, and keeps that member as one that no field is for. now is the spelling
// that has come, nil for the exact one.
func (s *Scanner) setAside(r record, field int, now []byte) *Error {
	v, p := r.v, r.plan
	at := r.spellings + slices.IndexFunc(s.loose[r.spellings:], func(l spelled) bool { return l.field == field })
	before := s.loose[at]
	s.loose = slices.Delete(s.loose, at, at+1)
	again := Scanner{Data: s.Data, At: before.name}
	spelling, err := again.Text()
	if err != nil || now != nil && bytes.Equal(spelling, now) { // the same member twice
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
