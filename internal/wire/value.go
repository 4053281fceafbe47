package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
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
	text, err = s.number()
	return text, '0', err
}

func setString(s *scanner, v reflect.Value) *Error {
	text, kind, err := s.scalar()
	if kind == '{' || kind == '[' { // JSON as it came, whose texts have not been mended
		text = bytes.ToValidUTF8(text, []byte("\ufffd"))
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

// integer reads 12, "12", 12.0, 1.2e1, true, false, null and "".
func integer(text []byte, kind byte) (int64, bool) {
	switch kind {
	case 'n', 'f':
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
	if word == "" {
		return 0, kind == '"'
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return n, true
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
	case 't', 'f', 'n':
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

func setFloat(s *scanner, v reflect.Value) *Error {
	begin := s.at
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	f := 0.0
	switch word := strings.TrimSpace(string(text)); {
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

func setTime(s *scanner, v reflect.Value) *Error {
	begin := s.at
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	t, ok := ParseTime(string(text))
	if kind != '"' && kind != 'n' || !ok {
		return &Error{Offset: int64(begin), Reason: "not a date"}
	}
	*(v.Addr().Interface().(*time.Time)) = t //nolint:errcheck,forcetypeassert // it is the setter of this type
	return nil
}

// dateType is the root package's struct that embeds a time.Time and nothing else.
var dateType reflect.Type

// UseDate has D read as time.Time is, which its embedded one is set to. It must be called before anything is decoded.
func UseDate[D any]() { dateType = reflect.TypeFor[D]() }

func setDate(s *scanner, v reflect.Value) *Error { return setTime(s, v.Field(0)) }

func setRaw(s *scanner, v reflect.Value) *Error {
	raw, err := s.skip()
	if err == nil {
		v.SetBytes(append([]byte(nil), raw...))
	}
	return err
}

func setUnmarshaler(s *scanner, v reflect.Value) *Error {
	begin := s.at
	raw, err := s.skip()
	if err != nil {
		return err
	}
	into := v.Addr().Interface().(json.Unmarshaler) //nolint:errcheck,forcetypeassert // that is why it is read here
	if err := into.UnmarshalJSON(raw); err != nil {
		return &Error{Offset: int64(begin), Reason: "not a " + v.Type().String()} // err may quote the value
	}
	return nil
}

func setBytes(s *scanner, v reflect.Value) *Error {
	if s.peek() == '[' {
		return setAny(s, v)
	}
	begin := s.at
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	switch kind {
	case 'n':
		v.SetZero()
	case '"':
		v.SetBytes(unbase64(text))
	default:
		return &Error{Offset: int64(begin), Reason: "not base64 text"}
	}
	return nil
}

// unbase64 decodes either alphabet, padded or not; what is no base64 is kept as it is.
func unbase64(text []byte) []byte {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if decoded, err := encoding.DecodeString(string(text)); err == nil {
			return decoded
		}
	}
	return append([]byte{}, text...)
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
	if kind != 'n' && (kind != '"' || len(text) > 0) {
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
		v.Set(reflect.New(v.Type().Elem()))
	}
	return inner(s, v.Elem())
}

// setSlice reads an array, a single object as its only element, and null or "" as none.
func setSlice(s *scanner, v reflect.Value, inner setter) *Error {
	begin := s.at
	switch s.peek() {
	case '[':
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		return s.array(func(i int) *Error {
			s.space()
			if i == v.Cap() {
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
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return inner(s, v.Index(0))
	}
	text, kind, err := s.scalar()
	if err != nil {
		return err
	}
	if kind != 'n' && (kind != '"' || len(text) > 0) {
		return &Error{Offset: int64(begin), Reason: "not an array"}
	}
	v.SetZero()
	return nil
}

// setAny leaves every other type to encoding/json.
func setAny(s *scanner, v reflect.Value) *Error {
	begin := s.at
	raw, err := s.skip()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v.Addr().Interface()); err != nil {
		return &Error{Offset: int64(begin), Reason: "not a " + v.Type().String()}
	}
	return nil
}
