// Package wire reads what HaloPSA sends: lists and records of JSON in all their forms, dates, and error bodies.
package wire

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Error is a body that is not what was expected.
type Error struct {
	Offset int64  // in bytes
	Path   string // such as "errors[3].date"
	Reason string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("at byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("at byte %d: %s: %s", e.Offset, e.Path, e.Reason)
}

// scanner reads JSON tokens from data.
type scanner struct {
	data  []byte
	at    int
	depth int
}

// deepest is how far values may be nested.
const deepest = 1000

func (s *scanner) fail(reason string) *Error { return &Error{Offset: int64(s.at), Reason: reason} }

// space skips white space and returns the next byte, 0 at the end.
func (s *scanner) space() byte {
	for s.at < len(s.data) {
		switch c := s.data[s.at]; c {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// end makes sure that nothing follows.
func (s *scanner) end() *Error {
	if s.space(); s.at < len(s.data) {
		return s.fail("something follows the JSON value")
	}
	return nil
}

// text reads a string and returns its content; with plain it is a part of data as it is, else it has been decoded.
func (s *scanner) text() (content []byte, plain bool, err *Error) {
	s.at++ // the quote
	begin := s.at
	length := bytes.IndexByte(s.data[begin:], '"')
	if length < 0 {
		s.at = len(s.data)
		return nil, false, s.fail("the text does not end")
	}
	segment := s.data[begin : begin+length]
	ascii := true
	for i, c := range segment {
		if c < 0x20 {
			s.at = begin + i
			return nil, false, s.fail("a control character in a text")
		}
		if c == '\\' {
			if !ascii {
				i = 0 // what came before may need mending, too
			}
			return s.escaped(begin, i)
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	s.at = begin + length + 1
	if !ascii && !utf8.Valid(segment) {
		return s.escaped(begin, 0) // which puts U+FFFD for what is no UTF-8
	}
	return segment, true, nil
}

// escaped reads the rest of a string that has an escape or needs mending, from its first byte at begin.
func (s *scanner) escaped(begin, clean int) ([]byte, bool, *Error) {
	out := append(make([]byte, 0, clean+32), s.data[begin:begin+clean]...)
	s.at = begin + clean
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return out, false, nil
		case c < 0x20:
			return nil, false, s.fail("a control character in a text")
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return nil, false, err
			}
			out = utf8.AppendRune(out, r)
		case c < utf8.RuneSelf:
			out = append(out, c)
			s.at++
		default:
			r, size := utf8.DecodeRune(s.data[s.at:])
			out = utf8.AppendRune(out, r)
			s.at += size
		}
	}
	return nil, false, s.fail("the text does not end")
}

// escape reads one escape sequence.
func (s *scanner) escape() (rune, *Error) {
	if s.at+1 >= len(s.data) {
		return 0, s.fail("the text does not end")
	}
	c := s.data[s.at+1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		return s.unicode()
	default:
		return 0, s.fail("an unknown escape in a text")
	}
	s.at += 2
	return rune(c), nil
}

// unicode reads \uXXXX, or two of them that are a surrogate pair.
func (s *scanner) unicode() (rune, *Error) {
	r, ok := s.hex(s.at)
	if !ok {
		return 0, s.fail("a malformed \\u escape in a text")
	}
	s.at += 6
	if r < 0xd800 || r > 0xdfff {
		return r, nil
	}
	if low, ok := s.hex(s.at); ok && r < 0xdc00 && low >= 0xdc00 && low <= 0xdfff {
		s.at += 6
		return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, nil
	}
	return utf8.RuneError, nil
}

func (s *scanner) hex(at int) (rune, bool) {
	if at+6 > len(s.data) || s.data[at] != '\\' || s.data[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[at+2:at+6]), 16, 32)
	return rune(n), err == nil
}

// number reads a number and returns its text.
func (s *scanner) number() ([]byte, *Error) {
	begin := s.at
	if s.peek() == '-' {
		s.at++
	}
	switch c := s.peek(); {
	case c == '0':
		s.at++
	case c >= '1' && c <= '9':
		s.digits()
	default:
		return nil, s.fail("no JSON value")
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return nil, s.fail("a malformed number")
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return nil, s.fail("a malformed number")
		}
	}
	return s.data[begin:s.at], nil
}

func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) digits() bool {
	begin := s.at
	for s.at < len(s.data) && s.data[s.at]-'0' <= 9 {
		s.at++
	}
	return s.at > begin
}

func (s *scanner) literal(word string) *Error {
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		return s.fail("no JSON value")
	}
	s.at += len(word)
	return nil
}

// skip reads a value and returns its text.
func (s *scanner) skip() ([]byte, *Error) {
	first := s.space()
	begin := s.at
	var err *Error
	switch first {
	case '{':
		err = s.object(func([]byte) *Error { _, err := s.skip(); return err })
	case '[':
		err = s.array(func(int) *Error { _, err := s.skip(); return err })
	case '"':
		_, _, err = s.text()
	case 't':
		err = s.literal("true")
	case 'f':
		err = s.literal("false")
	case 'n':
		err = s.literal("null")
	case 0:
		err = s.fail("the JSON ends early")
	default:
		_, err = s.number()
	}
	if err != nil {
		return nil, err
	}
	return s.data[begin:s.at], nil
}

// object reads an object; member is called for each of its members, with the name, and must read the value.
func (s *scanner) object(member func(name []byte) *Error) *Error {
	if s.depth++; s.depth > deepest {
		return s.fail("nested too deeply")
	}
	defer func() { s.depth-- }()
	s.at++
	if s.space() == '}' {
		s.at++
		return nil
	}
	for {
		if s.space() != '"' {
			return s.fail("no member name")
		}
		name, _, err := s.text()
		if err != nil {
			return err
		}
		if s.space() != ':' {
			return s.fail("no colon after a member name")
		}
		s.at++
		if err := member(name); err != nil {
			return err
		}
		switch s.space() {
		case ',':
			s.at++
		case '}':
			s.at++
			return nil
		default:
			return s.fail("no comma or brace after a member")
		}
	}
}

// array reads an array; element is called for each of its elements, with the index, and must read it.
func (s *scanner) array(element func(i int) *Error) *Error {
	if s.depth++; s.depth > deepest {
		return s.fail("nested too deeply")
	}
	defer func() { s.depth-- }()
	s.at++
	if s.space() == ']' {
		s.at++
		return nil
	}
	for i := 0; ; i++ {
		if err := element(i); err != nil {
			return err
		}
		switch s.space() {
		case ',':
			s.at++
		case ']':
			s.at++
			return nil
		default:
			return s.fail("no comma or bracket after an element")
		}
	}
}
