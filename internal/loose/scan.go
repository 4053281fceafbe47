// Package loose reads JSON into Go values as leniently as a server that is not strict about types needs: ids that come as texts, bools as numbers, dates in
// many forms, member names in another case.
package loose

import (
	"fmt"
	"strings"
	"sync"
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

	piece     strings.Builder // for the short texts of the record that is being read
	pieceSize int
	shorts    int               // how many bytes of short texts it has so far
	names     map[string]string // of members of maps
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
	s.piece.Reset()
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

// Peek returns the next byte, 0 at the end.
func (s *Scanner) Peek() byte {
	if s.At < len(s.Data) {
		return s.Data[s.At]
	}
	return 0
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
		err = s.skipText()
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
