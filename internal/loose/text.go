package loose

import (
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

const (
	each = 0x0101010101010101 // a one in each of eight bytes
	high = 0x8080808080808080 // the bit of each of them that no ASCII character has
)

// special returns eight bytes of a text with the high bit set in those that end a run: a quote, a backslash or a control character. What a borrow
// sets besides is above the first of them.
func special(x uint64) uint64 {
	quote, backslash := x^each*'"', x^each*'\\'
	return ((x-each*0x20)&^x | (quote-each)&^quote | (backslash-each)&^backslash) & high
}

// run returns where the run of characters that begins at at ends: at a quote, a backslash, a control character, or the end. ascii is false if some of
// them, or of the seven bytes behind, may be beyond ASCII. It looks at eight bytes at a time.
func (s *Scanner) run(at int) (end int, ascii bool) {
	data := s.Data
	seen := uint64(0)
	for ; at+8 <= len(data); at += 8 {
		x := binary.LittleEndian.Uint64(data[at:])
		seen |= x
		if found := special(x); found != 0 {
			return at + bits.TrailingZeros64(found)/8, seen&high == 0
		}
	}
	for ; at < len(data); at++ {
		c := data[at]
		if c < 0x20 || c == '"' || c == '\\' {
			break
		}
		seen |= uint64(c)
	}
	return at, seen&high == 0
}

// Text reads a string and returns its content, which is good until the next one is read.
func (s *Scanner) Text() ([]byte, *Error) {
	begin := s.At + 1 // after the quote
	at, ascii := s.run(begin)
	switch {
	case at >= len(s.Data):
		return nil, s.endless()
	case s.Data[at] == '\\':
		return s.decoded(begin, at, ascii)
	case s.Data[at] != '"':
		s.At = at
		return nil, s.Fail("a control character in a text")
	}
	s.At = at + 1
	if text := s.Data[begin:at]; ascii || utf8.Valid(text) {
		return text, nil
	}
	return s.mended(s.Data[begin:at]), nil
}

func (s *Scanner) endless() *Error {
	s.At = len(s.Data)
	return s.Fail("the text does not end")
}

// escaped are the characters that one letter behind a backslash stands for, 0 for none.
var escaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// decoded reads the rest of a string that begins at begin and has its first escape at at. It copies what it looks at, sixteen bytes at a time, and
// checks the outcome once: no escape makes UTF-8 of what was none.
func (s *Scanner) decoded(begin, at int, ascii bool) ([]byte, *Error) {
	const block = 16
	data, out := s.Data, s.scratch[:cap(s.scratch)]
	n := at - begin
	if n+2*block > len(out) {
		out = make([]byte, 2*n+256)
	}
	copy(out, data[begin:at])
	seen := uint64(0)
	for {
		if n+2*block > len(out) {
			out = append(out, make([]byte, len(out))...)
		}
		if at+block <= len(data) {
			first, second := binary.LittleEndian.Uint64(data[at:]), binary.LittleEndian.Uint64(data[at+8:])
			binary.LittleEndian.PutUint64(out[n:], first)
			binary.LittleEndian.PutUint64(out[n+8:], second)
			seen |= first | second
			found := special(first)
			length := bits.TrailingZeros64(found) / 8
			if found == 0 {
				length = 8 + bits.TrailingZeros64(special(second))/8
			}
			at, n = at+length, n+length
			if length == block {
				continue
			}
		} else {
			for ; at < len(data) && data[at] >= 0x20 && data[at] != '"' && data[at] != '\\'; at++ {
				out[n] = data[at]
				seen |= uint64(data[at])
				n++
			}
			if at >= len(data) {
				return nil, s.endless()
			}
		}
		switch c := data[at]; {
		case c == '\\' && at+1 < len(data) && escaped[data[at+1]] != 0:
			out[n] = escaped[data[at+1]]
			n++
			at += 2
		case c == '\\':
			s.At = at
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			n += utf8.EncodeRune(out[n:n+utf8.UTFMax], r)
			at = s.At
		case c == '"':
			s.At, s.scratch = at+1, out
			if out = out[:n]; (!ascii || seen&high != 0) && !utf8.Valid(out) {
				out = s.mended(out)
			}
			return out, nil
		default:
			s.At = at
			return nil, s.Fail("a control character in a text")
		}
	}
}

// mended returns a text with U+FFFD for each byte that is no UTF-8.
func (s *Scanner) mended(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8+utf8.UTFMax)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		out = utf8.AppendRune(out, r)
		text = text[size:]
	}
	return out
}

// escape reads a \u escape, the only one of more than a letter: a character, or two of them that are a surrogate pair.
func (s *Scanner) escape() (rune, *Error) {
	switch {
	case s.At+1 >= len(s.Data):
		return 0, s.Fail("the text does not end")
	case s.Data[s.At+1] != 'u':
		return 0, s.Fail("an unknown escape in a text")
	}
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
