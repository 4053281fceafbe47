// Package wire reads what HaloPSA sends: lists and records of JSON in all their forms, dates, and error bodies.
package wire

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Error is a body that is not what was expected.
type Error struct {
	Offset int64  // in bytes
	Path   string // such as "errors[3].date"
	Reason string

	payload *PayloadError // what a row says that is an error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("at byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("at byte %d: %s: %s", e.Offset, e.Path, e.Reason)
}

// scanner reads JSON tokens from data.
type scanner struct {
	data    []byte
	at      int
	depth   int
	scratch []byte // the last text that had to be decoded

	nameAt  int       // where the name of the last member begins, at its quote
	members int       // how many members and elements have been read
	objects int       // how many objects with a member
	symbols int       // how many bare NaN and Infinity
	room    int       // how much memory what is read may still take, see charge
	states  []state   // of the fields of the records that are being read
	loose   []spelled // members of those that were read under another spelling
}

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// scannerOf returns a scanner of data, which is to be given back with free.
func scannerOf(data []byte) *scanner {
	s := scanners.Get().(*scanner) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	*s = scanner{data: data, scratch: s.scratch, states: s.states[:0], loose: s.loose[:0], room: memory(len(data))}
	return s
}

func (s *scanner) free() {
	const largest = 1 << 20 // one enormous text must not stay in memory for good
	if s.data = nil; cap(s.scratch) <= largest {
		scanners.Put(s)
	}
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

// plain returns where the run of plain ASCII that begins at at ends: at a quote, a backslash, a control character, a byte of more than seven
// bits, or the end. It looks at eight bytes at a time.
func (s *scanner) plain(at int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	data := s.data
	for ; at+8 <= len(data); at += 8 {
		x := binary.LittleEndian.Uint64(data[at:])
		// A byte's high bit is set where it is special. What a borrow sets besides is above the first of them.
		special := (x | (x - each*0x20) | ((x ^ each*'"') - each) | ((x ^ each*'\\') - each)) & high
		if special != 0 {
			return at + bits.TrailingZeros64(special)/8
		}
	}
	for at < len(data) {
		if c := data[at]; c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
		at++
	}
	return at
}

// text reads a string and returns its content, which is good until the next one is read.
func (s *scanner) text() ([]byte, *Error) {
	begin := s.at + 1 // after the quote
	for at := s.plain(begin); at < len(s.data); at = s.plain(at) {
		switch c := s.data[at]; {
		case c == '"':
			s.at = at + 1
			return s.data[begin:at], nil
		case c == '\\':
			return s.decoded(begin, at)
		case c < 0x20:
			s.at = at
			return nil, s.fail("a control character in a text")
		}
		r, size := utf8.DecodeRune(s.data[at:])
		if r == utf8.RuneError && size == 1 {
			return s.decoded(begin, at) // which puts U+FFFD for what is no UTF-8
		}
		at += size
	}
	s.at = len(s.data)
	return nil, s.fail("the text does not end")
}

// decoded reads the rest of a string that begins at begin and has its first escape or its first byte to mend at at.
func (s *scanner) decoded(begin, at int) ([]byte, *Error) {
	out := append(s.scratch[:0], s.data[begin:at]...) //nolint:gocritic // the scratch is reused, and stays where it is on an error
	for at < len(s.data) {
		switch c := s.data[at]; {
		case c == '"':
			s.at, s.scratch = at+1, out
			return out, nil
		case c == '\\':
			s.at = at
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			at = s.at
		case c < 0x20:
			s.at = at
			return nil, s.fail("a control character in a text")
		case c < utf8.RuneSelf:
			end := s.plain(at)
			out = append(out, s.data[at:end]...)
			at = end
		default:
			r, size := utf8.DecodeRune(s.data[at:])
			out = utf8.AppendRune(out, r)
			at += size
		}
	}
	s.at = len(s.data)
	return nil, s.fail("the text does not end")
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
	case c == 'N' || c == 'I':
		for _, word := range []string{"NaN", "Infinity"} {
			if s.literal(word) == nil {
				s.symbols++
				return s.data[begin:s.at], nil
			}
		}
		fallthrough
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
		_, err = s.text()
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

// object reads an object; member is called for each of its members, with the name, which it must use before it reads the value.
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
	s.objects++
	for {
		if s.space() != '"' {
			return s.fail("no member name")
		}
		s.nameAt = s.at
		s.members++
		name, err := s.text()
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
		s.members++
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
