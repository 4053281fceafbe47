package loose

import (
	"bytes"
	"strconv"
	"strings"
)

// number reads a number and returns its text.
func (s *Scanner) number() ([]byte, *Error) {
	begin := s.At
	if s.Peek() == '-' {
		s.At++
	}
	switch c := s.Peek(); {
	case c == '0':
		s.At++
	case c >= '1' && c <= '9':
		s.digits()
	case c == 'N' || c == 'I':
		for _, word := range []string{"NaN", "Infinity"} {
			if s.Literal(word) == nil {
				s.symbols++
				return s.Data[begin:s.At], nil
			}
		}
		fallthrough
	default:
		return nil, s.Fail("no JSON value")
	}
	if s.Peek() == '.' {
		s.At++
		if !s.digits() {
			return nil, s.Fail("a malformed number")
		}
	}
	if c := s.Peek(); c == 'e' || c == 'E' {
		s.At++
		if c := s.Peek(); c == '+' || c == '-' {
			s.At++
		}
		if !s.digits() {
			return nil, s.Fail("a malformed number")
		}
	}
	return s.Data[begin:s.At], nil
}

func (s *Scanner) digits() bool {
	begin := s.At
	for s.At < len(s.Data) && s.Data[s.At]-'0' <= 9 {
		s.At++
	}
	return s.At > begin
}

// short reads a number of at most 15 digits without an exponent, as nearly all are: its digits, how many of them are behind the point, and its sign. Of
// anything else ok is false, and the scanner stays where it is.
func (s *Scanner) short() (digits int64, behind int, minus, ok bool) {
	const most = 15 // any such integer fits into a float, too
	data := s.Data[s.At:min(s.At+most+4, len(s.Data))]
	at := 0
	if minus = len(data) > 0 && data[0] == '-'; minus {
		at = 1
	}
	begin := at
	for at < len(data) && data[at]-'0' <= 9 {
		digits = digits*10 + int64(data[at]-'0')
		at++
	}
	n := at - begin
	if n == 0 || n > 1 && data[begin] == '0' {
		return 0, 0, false, false
	}
	if at < len(data) && data[at] == '.' {
		at++
		for at < len(data) && data[at]-'0' <= 9 {
			digits = digits*10 + int64(data[at]-'0')
			at++
			behind++
		}
		if behind == 0 {
			return 0, 0, false, false
		}
	}
	if n+behind > most || at == len(data) || data[at]|0x20 == 'e' { // a number that ends the body is no value of a member
		return 0, 0, false, false
	}
	s.At += at
	return digits, behind, minus, true
}

// powers are those of ten that a float holds exactly, as far as they are needed.
var powers = [16]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// Integer reads 12, "12", 12.0, 1.2e1, true, false, null and "". NaN and Infinity are no integer and become 0, as null does.
func Integer(text []byte, kind byte) (int64, bool) {
	switch kind {
	case 'n', 'f', 'N':
		return 0, true
	case 't':
		return 1, true
	case '{', '[':
		return 0, false
	}
	if n, ok := Small(text); ok {
		return n, true
	}
	word := strings.TrimSpace(string(text))
	if word == "" || len(word) >= 32 && NoID(text) { // an empty GUID is no id, in the place of one that is a number too
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

// Small reads the integers of up to 18 digits, which are nearly all.
func Small(text []byte) (n int64, ok bool) {
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

// NoID reports whether a text stands for no id: "", "0", an empty GUID.
func NoID(text []byte) bool { return len(bytes.Trim(text, " \t\r\n0.-{}()")) == 0 }
