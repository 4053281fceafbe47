package wire

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// setter reads the value that comes next into v. The scanner stands at its first byte.
type setter func(s *scanner, v reflect.Value) *Error

// setterOf returns the setter for a type. It must not resolve plans of structs: a record can hold records of its own kind.
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
	case readsItself(t):
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
		return setStruct
	case reflect.Pointer:
		inner := setterOf(t.Elem())
		return func(s *scanner, v reflect.Value) *Error { return setPointer(s, v, inner) }
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return setBytes
		}
		inner := setterOf(t.Elem())
		return func(s *scanner, v reflect.Value) *Error { return setSlice(s, v, inner) }
	}
	return setAny
}

// What scalar returns for the literals; nobody changes it.
var wordTrue, wordFalse = []byte("true"), []byte("false")

// scalar reads a string, number or literal. kind is its first byte, with 'n' for null and '0' for a number.
func (s *scanner) scalar() (text []byte, kind byte, err *Error) {
	switch c := s.peek(); c {
	case '"':
		text, err = s.text()
		return text, '"', err
	case 't':
		return wordTrue, c, s.literal("true")
	case 'f':
		return wordFalse, c, s.literal("false")
	case 'n':
		return nil, c, s.literal("null")
	case '{', '[':
		text, err = s.skip()
		return text, c, err
	case 0:
		return nil, 0, s.fail("the JSON ends early")
	}
	if text, err = s.number(); err == nil && (text[len(text)-1] == 'N' || text[len(text)-1] == 'y') {
		return text, 'N', nil
	}
	return text, '0', err
}

func setString(s *scanner, v reflect.Value) *Error {
	text, kind, err := s.scalar()
	if kind == '{' || kind == '[' { // JSON as it came, whose texts have not been mended
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
	}
	if kind == 'N' && v.Type() == numberType {
		text = nil
	}
	if err == nil {
		v.SetString(string(text))
	}
	return err
}

func setInt(s *scanner, v reflect.Value) *Error {
	begin := s.at
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	n, ok := integer(text, kind)
	if !ok || v.OverflowInt(n) {
		return &Error{Offset: int64(begin), Reason: "not an integer that fits"}
	}
	v.SetInt(n)
	return nil
}

func setUint(s *scanner, v reflect.Value) *Error {
	begin := s.at
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	signed, ok := integer(text, kind)
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

// integer reads 12, "12", 12.0, 1.2e1, true, false, null and "". NaN and Infinity are no integer and become 0, as null does.
func integer(text []byte, kind byte) (int64, bool) {
	switch kind {
	case 'n', 'f', 'N':
		return 0, true
	case 't':
		return 1, true
	case '{', '[':
		return 0, false
	}
	if n, ok := small(text); ok {
		return n, true
	}
	word := strings.TrimSpace(string(text))
	if word == "" || len(word) >= 32 && noID(text) { // an empty GUID is no id, in the place of one that is a number too
		return 0, kind == '"'
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n, true
	}
	if _, ok := symbol(word); ok {
		return 0, true
	}
	return scaled(word)
}

// scaled reads an integer with a fraction or an exponent, to the last digit, which a float would not do above 2⁵³.
func scaled(word string) (int64, bool) {
	mantissa, power, found := strings.Cut(strings.ToLower(word), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := whole + fraction
	digits := strings.TrimRight(all, "0")
	exponent := 0
	if found {
		var err error
		if exponent, err = strconv.Atoi(power); err != nil {
			return 0, false
		}
	}
	zeros := exponent - len(fraction) + len(all) - len(digits)
	if strings.Trim(digits, "+-") == "" {
		digits, zeros = all, 0
	}
	if zeros < 0 || zeros > 18 {
		return 0, false
	}
	n, err := strconv.ParseInt(digits+strings.Repeat("0", zeros), 10, 64)
	return n, err == nil
}

// small reads the integers of up to 18 digits, which are nearly all.
func small(text []byte) (n int64, ok bool) {
	digits := text
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 18 { // more might not fit
		return 0, false
	}
	for _, c := range digits {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if len(digits) < len(text) {
		n = -n
	}
	return n, true
}

// decimal reports whether word is written in decimal digits, which ParseFloat does not insist on.
func decimal(word string) bool { return strings.Trim(word, "+-0123456789.eE") == "" }

func setBool(s *scanner, v reflect.Value) *Error {
	begin := s.at
	text, kind, err := s.scalar()
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
			n, ok := integer([]byte(word), kind)
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
func setFloat(s *scanner, v reflect.Value) *Error {
	begin := s.at
	text, kind, err := s.scalar()
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

func setRaw(s *scanner, v reflect.Value) *Error {
	symbols := s.symbols
	raw, err := s.skip()
	if err == nil && s.symbols > symbols {
		raw = standard(raw, true)
	}
	if err == nil {
		v.SetBytes(append([]byte(nil), raw...))
	}
	return err
}

func setUnmarshaler(s *scanner, v reflect.Value) *Error {
	return s.setBy(v, func(raw []byte) error {
		return v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw) //nolint:errcheck,forcetypeassert // that is why it is read here
	})
}

// setBy has the value that comes next read by one who knows how. Where a bare NaN or Infinity is in it, which that one cannot know, a refusal
// leaves the zero value.
func (s *scanner) setBy(v reflect.Value, read func(raw []byte) error) *Error {
	begin, before := s.at, scanner{objects: s.objects, members: s.members, symbols: s.symbols}
	raw, err := s.skip()
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

func setStruct(s *scanner, v reflect.Value) *Error {
	begin := s.at
	if s.peek() == '{' {
		return s.record(v, planOf(v.Type()))
	}
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	if kind != 'n' && kind != 'N' && (kind != '"' || len(text) > 0) {
		return &Error{Offset: int64(begin), Reason: "not an object"}
	}
	v.SetZero()
	return nil
}

func setPointer(s *scanner, v reflect.Value, inner setter) *Error {
	if s.peek() == 'n' {
		v.SetZero()
		return s.literal("null")
	}
	if v.IsNil() {
		if err := s.charge(int(v.Type().Elem().Size())); err != nil { //nolint:gosec // small
			return err
		}
		v.Set(reflect.New(v.Type().Elem()))
	}
	return inner(s, v.Elem())
}

// setSlice reads an array, a single object as its only element, and null, "" or an object without a member as none.
func setSlice(s *scanner, v reflect.Value, inner setter) *Error {
	begin := s.at
	switch s.peek() {
	case '[':
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		return s.array(func(i int) *Error {
			s.space()
			if i == v.Cap() {
				if err := s.charge(max(4, i) * int(v.Type().Elem().Size())); err != nil { //nolint:gosec // small
					return err
				}
				v.Grow(max(4, i))
			}
			v.SetLen(i + 1)
			err := inner(s, v.Index(i))
			if err != nil {
				err.Path = join("["+strconv.Itoa(i)+"]", err.Path)
			}
			return err
		})
	case '{':
		s.at++
		if s.space() == '}' {
			s.at++
			v.SetZero()
			return nil
		}
		s.at = begin
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return inner(s, v.Index(0))
	}
	text, kind, err := s.scalar()
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
func setAny(s *scanner, v reflect.Value) *Error {
	return s.setBy(v, func(raw []byte) error { return json.Unmarshal(raw, v.Addr().Interface()) })
}
