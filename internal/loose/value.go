package loose

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// setter reads the value that comes next into v. The Scanner stands at its first byte.
type setter func(s *Scanner, v reflect.Value) *Error

// Read reads the value that comes next into v, which must be addressable.
func (s *Scanner) Read(v reflect.Value) *Error { return setterOf(v.Type())(s, v) }

// setterOf returns the setter for a type.
func setterOf(t reflect.Type) setter {
	switch {
	case t == timeType:
		return setTime
	case t == dateType:
		return setDate
	case t == rawType:
		return setRaw
	case reflect.PointerTo(t).Implements(unmarshalerType):
		return setUnmarshaler
	case ReadsItself(t):
		return setAny
	}
	switch t.Kind() {
	case reflect.String:
		return setString
	case reflect.Bool:
		return setBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return setUint
	case reflect.Float32, reflect.Float64:
		return setFloat
	case reflect.Struct:
		plan := sync.OnceValue(func() *Plan { return PlanOf(t) }) // not before it is needed: a record can hold records of its own kind
		return func(s *Scanner, v reflect.Value) *Error { return setStruct(s, v, plan) }
	case reflect.Pointer:
		inner := setterOf(t.Elem())
		return func(s *Scanner, v reflect.Value) *Error { return setPointer(s, v, inner) }
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return setBytes
		}
		inner := setterOf(t.Elem())
		return func(s *Scanner, v reflect.Value) *Error { return setSlice(s, v, inner) }
	}
	return setAny
}

// What scalar returns for the literals; nobody changes it.
var wordTrue, wordFalse = []byte("true"), []byte("false")

// Scalar reads a string, number or literal. kind is its first byte, with 'n' for null and '0' for a number.
func (s *Scanner) Scalar() (text []byte, kind byte, err *Error) {
	switch c := s.Peek(); c {
	case '"':
		text, err = s.Text()
		return text, '"', err
	case 't':
		return wordTrue, c, s.Literal("true")
	case 'f':
		return wordFalse, c, s.Literal("false")
	case 'n':
		return nil, c, s.Literal("null")
	case '{', '[':
		text, err = s.Skip()
		return text, c, err
	case 0:
		return nil, 0, s.Fail("the JSON ends early")
	}
	if text, err = s.number(); err == nil && (text[len(text)-1] == 'N' || text[len(text)-1] == 'y') {
		return text, 'N', nil
	}
	return text, '0', err
}

func setString(s *Scanner, v reflect.Value) *Error {
	if s.Peek() == '"' {
		text, err := s.Text()
		if err == nil {
			v.SetString(s.keepText(text))
		}
		return err
	}
	text, kind, err := s.Scalar()
	if kind == '{' || kind == '[' { // JSON as it came, whose texts have not been mended
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
	}
	if kind == 'N' && v.Type() == numberType {
		text = nil
	}
	if err == nil {
		v.SetString(s.keepText(text))
	}
	return err
}

func setInt(s *Scanner, v reflect.Value) *Error {
	begin := s.At
	if n, behind, minus, ok := s.short(); ok && behind == 0 {
		if minus {
			n = -n
		}
		if v.OverflowInt(n) {
			return &Error{Offset: int64(begin), Reason: "not an integer that fits"}
		}
		v.SetInt(n)
		return nil
	}
	s.At = begin
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	n, ok := Integer(text, kind)
	if !ok || v.OverflowInt(n) {
		return &Error{Offset: int64(begin), Reason: "not an integer that fits"}
	}
	v.SetInt(n)
	return nil
}

func setUint(s *Scanner, v reflect.Value) *Error {
	begin := s.At
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	signed, ok := Integer(text, kind)
	n := uint64(max(signed, 0)) //nolint:gosec // not negative
	if ok = ok && signed >= 0; !ok {
		parsed, parseErr := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
		n, ok = parsed, parseErr == nil
	}
	if !ok || v.OverflowUint(n) {
		return &Error{Offset: int64(begin), Reason: "not an unsigned integer that fits"}
	}
	v.SetUint(n)
	return nil
}

// decimal reports whether word is written in decimal digits, which ParseFloat does not insist on.
func decimal(word string) bool { return strings.Trim(word, "+-0123456789.eE") == "" }

func setBool(s *Scanner, v reflect.Value) *Error {
	begin := s.At
	switch s.Peek() {
	case 't':
		v.SetBool(true) // or an error
		return s.Literal("true")
	case 'f':
		v.SetBool(false)
		return s.Literal("false")
	}
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	b := false
	switch kind {
	case 't', 'f', 'n', 'N':
		b = kind == 't'
	case '"', '0':
		switch word := strings.ToLower(strings.TrimSpace(string(text))); word {
		case "true":
			b = true
		case "", "false":
		default:
			n, ok := Integer([]byte(word), kind)
			if !ok || n != 0 && n != 1 {
				return &Error{Offset: int64(begin), Reason: "neither true nor false"}
			}
			b = n == 1
		}
	default:
		return &Error{Offset: int64(begin), Reason: "neither true nor false"}
	}
	v.SetBool(b)
	return nil
}

// setFloat reads a number. NaN and Infinity, bare or as a text, are what they say: a zero in their place would be a measurement that nobody made.
func setFloat(s *Scanner, v reflect.Value) *Error {
	begin := s.At
	if v.Kind() == reflect.Float64 { // the quotient of two that a float64 holds exactly is the nearest one
		if digits, behind, minus, ok := s.short(); ok {
			f := float64(digits) / powers[behind]
			if minus {
				f = -f
			}
			v.SetFloat(f)
			return nil
		}
	}
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	f := 0.0
	word := strings.TrimSpace(string(text))
	special, ok := symbol(word)
	switch {
	case ok && (kind == 'N' || kind == '"'):
		f = special
	case kind == '0', kind == '"' && word != "":
		parsed, parseErr := strconv.ParseFloat(word, v.Type().Bits())
		if parseErr != nil || !decimal(word) {
			return &Error{Offset: int64(begin), Reason: "not a number that fits"}
		}
		f = parsed
	case kind == 't':
		f = 1
	case kind == '{', kind == '[':
		return &Error{Offset: int64(begin), Reason: "not a number"}
	}
	v.SetFloat(f)
	return nil
}

func setRaw(s *Scanner, v reflect.Value) *Error {
	symbols := s.symbols
	raw, err := s.Skip()
	if err == nil && s.symbols > symbols {
		raw = standard(raw, true)
	}
	if err == nil {
		v.SetBytes(append([]byte(nil), raw...))
	}
	return err
}

func setUnmarshaler(s *Scanner, v reflect.Value) *Error {
	return s.setBy(v, func(raw []byte) error {
		return v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw) //nolint:errcheck,forcetypeassert // that is why it is read here
	})
}

// setBy has the value that comes next read by one who knows how. Where a bare NaN or Infinity is in it, which that one cannot know, a refusal
// leaves the zero value.
func (s *Scanner) setBy(v reflect.Value, read func(raw []byte) error) *Error {
	begin, before := s.At, Scanner{objects: s.objects, members: s.members, symbols: s.symbols}
	raw, err := s.Skip()
	if err != nil {
		return err
	}
	if err := s.chargeRead(before, v.Type()); err != nil {
		return err
	}
	bare := s.symbols > before.symbols
	if bare {
		raw = standard(raw, false)
	}
	switch err := read(raw); {
	case err != nil && bare:
		v.SetZero()
	case err != nil:
		return &Error{Offset: int64(begin), Reason: "not a " + v.Type().String()} // err may quote the value
	}
	return nil
}

func setStruct(s *Scanner, v reflect.Value, plan func() *Plan) *Error {
	begin := s.At
	if s.Peek() == '{' {
		return s.Record(v, plan())
	}
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	if kind != 'n' && kind != 'N' && (kind != '"' || len(text) > 0) {
		return &Error{Offset: int64(begin), Reason: "not an object"}
	}
	v.SetZero()
	return nil
}

func setPointer(s *Scanner, v reflect.Value, inner setter) *Error {
	if s.Peek() == 'n' {
		v.SetZero()
		return s.Literal("null")
	}
	if v.IsNil() {
		if err := s.Charge(int(v.Type().Elem().Size())); err != nil { //nolint:gosec // small
			return err
		}
		v.Set(reflect.New(v.Type().Elem()))
	}
	return inner(s, v.Elem())
}

// setSlice reads an array, a single object as its only element, and null, "" or an object without a member as none.
func setSlice(s *Scanner, v reflect.Value, inner setter) *Error {
	begin := s.At
	switch s.Peek() {
	case '[':
		v.SetZero()
		err := s.Array(func(i int) *Error {
			s.Space()
			if i == v.Cap() {
				if err := s.Charge(max(4, i) * int(v.Type().Elem().Size())); err != nil { //nolint:gosec // small
					return err
				}
				v.Grow(max(4, i))
			}
			v.SetLen(i + 1)
			err := inner(s, v.Index(i))
			if err != nil {
				err.Path = Join("["+strconv.Itoa(i)+"]", err.Path)
			}
			return err
		})
		if err == nil && v.IsNil() { // [] is empty, not absent
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		return err
	case '{':
		s.At++
		if s.Space() == '}' {
			s.At++
			v.SetZero()
			return nil
		}
		s.At = begin
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return inner(s, v.Index(0))
	}
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	if kind != 'n' && kind != 'N' && (kind != '"' || len(text) > 0) {
		return &Error{Offset: int64(begin), Reason: "not an array"}
	}
	v.SetZero()
	return nil
}

// setAny leaves every other type to encoding/json.
func setAny(s *Scanner, v reflect.Value) *Error {
	return s.setBy(v, func(raw []byte) error { return json.Unmarshal(raw, v.Addr().Interface()) })
}
