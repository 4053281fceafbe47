// Package loose reads JSON into Go values as leniently as a server that is not strict about types needs: ids that come as texts, bools as numbers, dates in
// many forms, member names in another case.
package loose

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

	// Cause is why a caller that reads with a [Scanner] refuses a value that is well-formed, nil for the errors of this package.
	Cause error
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("at byte %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("at byte %d: %s: %s", e.Offset, e.Path, e.Reason)
}

// Scanner reads JSON tokens from data.
type Scanner struct {
	Data    []byte
	At      int // where the next token is looked for
	depth   int
	scratch []byte // the last text that had to be decoded

	nameAt  int       // where the name of the last member begins, at its quote
	members int       // how many members and elements have been read
	objects int       // how many objects with a member
	symbols int       // how many bare NaN and Infinity
	room    int       // how much memory what is read may still take, see Charge
	states  []state   // of the fields of the records that are being read
	loose   []spelled // members of those that were read under another spelling
}

var scanners = sync.Pool{New: func() any { return new(Scanner) }}

// ScannerOf returns a scanner of data, which is to be given back with Free.
func ScannerOf(data []byte) *Scanner {
	s := scanners.Get().(*Scanner) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	*s = Scanner{Data: data, scratch: s.scratch, states: s.states[:0], loose: s.loose[:0], room: memory(len(data))}
	return s
}

// Free gives the scanner back. Texts that it returned must not be used any more.
func (s *Scanner) Free() {
	const largest = 1 << 20 // one enormous text must not stay in memory for good
	if s.Data = nil; cap(s.scratch) <= largest {
		scanners.Put(s)
	}
}

// deepest is how far values may be nested.
const deepest = 1000

// Fail returns an error at the place that the scanner has come to.
func (s *Scanner) Fail(reason string) *Error { return &Error{Offset: int64(s.At), Reason: reason} }

// Space skips white space and returns the next byte, 0 at the end.
func (s *Scanner) Space() byte {
	for s.At < len(s.Data) {
		switch c := s.Data[s.At]; c {
		case ' ', '\t', '\n', '\r':
			s.At++
		default:
			return c
		}
	}
	return 0
}

// End makes sure that nothing follows.
func (s *Scanner) End() *Error {
	if s.Space(); s.At < len(s.Data) {
		return s.Fail("something follows the JSON value")
	}
	return nil
}

// plain returns where the run of plain ASCII that begins at at ends: at a quote, a backslash, a control character, a byte of more than seven
// bits, or the end. It looks at eight bytes at a time.
func (s *Scanner) plain(at int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	data := s.Data
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

// Text reads a string and returns its content, which is good until the next one is read.
func (s *Scanner) Text() ([]byte, *Error) {
	begin := s.At + 1 // after the quote
	for at := s.plain(begin); at < len(s.Data); at = s.plain(at) {
		switch c := s.Data[at]; {
		case c == '"':
			s.At = at + 1
			return s.Data[begin:at], nil
		case c == '\\':
			return s.decoded(begin, at)
		case c < 0x20:
			s.At = at
			return nil, s.Fail("a control character in a text")
		}
		r, size := utf8.DecodeRune(s.Data[at:])
		if r == utf8.RuneError && size == 1 {
			return s.decoded(begin, at) // which puts U+FFFD for what is no UTF-8
		}
		at += size
	}
	s.At = len(s.Data)
	return nil, s.Fail("the text does not end")
}

// decoded reads the rest of a string that begins at begin and has its first escape or its first byte to mend at at.
func (s *Scanner) decoded(begin, at int) ([]byte, *Error) {
	out := append(s.scratch[:0], s.Data[begin:at]...) //nolint:gocritic // the scratch is reused, and stays where it is on an error
	for at < len(s.Data) {
		switch c := s.Data[at]; {
		case c == '"':
			s.At, s.scratch = at+1, out
			return out, nil
		case c == '\\':
			s.At = at
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			at = s.At
		case c < 0x20:
			s.At = at
			return nil, s.Fail("a control character in a text")
		case c < utf8.RuneSelf:
			end := s.plain(at)
			out = append(out, s.Data[at:end]...)
			at = end
		default:
			r, size := utf8.DecodeRune(s.Data[at:])
			out = utf8.AppendRune(out, r)
			at += size
		}
	}
	s.At = len(s.Data)
	return nil, s.Fail("the text does not end")
}

// escape reads one escape sequence.
func (s *Scanner) escape() (rune, *Error) {
	if s.At+1 >= len(s.Data) {
		return 0, s.Fail("the text does not end")
	}
	c := s.Data[s.At+1]
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
		return 0, s.Fail("an unknown escape in a text")
	}
	s.At += 2
	return rune(c), nil
}

// unicode reads \uXXXX, or two of them that are a surrogate pair.
func (s *Scanner) unicode() (rune, *Error) {
	r, ok := s.hex(s.At)
	if !ok {
		return 0, s.Fail("a malformed \\u escape in a text")
	}
	s.At += 6
	if r < 0xd800 || r > 0xdfff {
		return r, nil
	}
	if low, ok := s.hex(s.At); ok && r < 0xdc00 && low >= 0xdc00 && low <= 0xdfff {
		s.At += 6
		return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, nil
	}
	return utf8.RuneError, nil
}

func (s *Scanner) hex(at int) (rune, bool) {
	if at+6 > len(s.Data) || s.Data[at] != '\\' || s.Data[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.Data[at+2:at+6]), 16, 32)
	return rune(n), err == nil
}

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

// Peek returns the next byte, 0 at the end.
func (s *Scanner) Peek() byte {
	if s.At < len(s.Data) {
		return s.Data[s.At]
	}
	return 0
}

func (s *Scanner) digits() bool {
	begin := s.At
	for s.At < len(s.Data) && s.Data[s.At]-'0' <= 9 {
		s.At++
	}
	return s.At > begin
}

// Literal reads this word.
func (s *Scanner) Literal(word string) *Error {
	if len(s.Data)-s.At < len(word) || string(s.Data[s.At:s.At+len(word)]) != word {
		return s.Fail("no JSON value")
	}
	s.At += len(word)
	return nil
}

// Skip reads a value and returns its text.
func (s *Scanner) Skip() ([]byte, *Error) {
	first := s.Space()
	begin := s.At
	var err *Error
	switch first {
	case '{':
		err = s.Object(func([]byte) *Error { _, err := s.Skip(); return err })
	case '[':
		err = s.Array(func(int) *Error { _, err := s.Skip(); return err })
	case '"':
		_, err = s.Text()
	case 't':
		err = s.Literal("true")
	case 'f':
		err = s.Literal("false")
	case 'n':
		err = s.Literal("null")
	case 0:
		err = s.Fail("the JSON ends early")
	default:
		_, err = s.number()
	}
	if err != nil {
		return nil, err
	}
	return s.Data[begin:s.At], nil
}

// Object reads an object; member is called for each of its members, with the name, which it must use before it reads the value.
func (s *Scanner) Object(member func(name []byte) *Error) *Error {
	if s.depth++; s.depth > deepest {
		return s.Fail("nested too deeply")
	}
	defer func() { s.depth-- }()
	s.At++
	if s.Space() == '}' {
		s.At++
		return nil
	}
	s.objects++
	for {
		if s.Space() != '"' {
			return s.Fail("no member name")
		}
		s.nameAt = s.At
		s.members++
		name, err := s.Text()
		if err != nil {
			return err
		}
		if s.Space() != ':' {
			return s.Fail("no colon after a member name")
		}
		s.At++
		if err := member(name); err != nil {
			return err
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

// Array reads an array; element is called for each of its elements, with the index, and must read it.
func (s *Scanner) Array(element func(i int) *Error) *Error {
	if s.depth++; s.depth > deepest {
		return s.Fail("nested too deeply")
	}
	defer func() { s.depth-- }()
	s.At++
	if s.Space() == ']' {
		s.At++
		return nil
	}
	for i := 0; ; i++ {
		s.members++
		if err := element(i); err != nil {
			return err
		}
		switch s.Space() {
		case ',':
			s.At++
		case ']':
			s.At++
			return nil
		default:
			return s.Fail("no comma or bracket after an element")
		}
	}
}
