package loose

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const (
	each = 0x0101010101010101 // a one in each of eight bytes
	high = 0x8080808080808080 // the bit of each of them that no ASCII character has
)

// special returns eight bytes of a text with the high bit set in those that end a run: a quote, a backslash or a control character. With one bit
// turned over, which leaves the control characters what they are, the quote comes right behind them. What a borrow sets besides is above the first.
func special(x uint64) uint64 {
	return ((x ^ each*('"'^0x20) - each*0x21) | (x ^ each*'\\' - each)) &^ x & high
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
	if text := s.Data[begin:at]; ascii || valid(text) {
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

// block is how many bytes of a text with escapes are looked at before the first of them is read: as many as a mask has bits.
const block = 64

// specials returns a mask of the bytes that end a run, the lowest bit for the first one, and whether all are ASCII.
func specials(from *[block]byte) (mask uint64, ascii bool) {
	x0, x1 := binary.LittleEndian.Uint64(from[0:]), binary.LittleEndian.Uint64(from[8:])
	x2, x3 := binary.LittleEndian.Uint64(from[16:]), binary.LittleEndian.Uint64(from[24:])
	x4, x5 := binary.LittleEndian.Uint64(from[32:]), binary.LittleEndian.Uint64(from[40:])
	x6, x7 := binary.LittleEndian.Uint64(from[48:]), binary.LittleEndian.Uint64(from[56:])
	mask = ends(x0) | ends(x1)<<8 | ends(x2)<<16 | ends(x3)<<24 | ends(x4)<<32 | ends(x5)<<40 | ends(x6)<<48 | ends(x7)<<56
	return mask, (x0|x1|x2|x3|x4|x5|x6|x7)&high == 0
}

// ends is [special] with a bit instead of a byte, and exact in every one.
func ends(x uint64) uint64 {
	const (
		low    = each * 0x7f
		gather = 0x0102040810204080 // brings the lowest bit of each byte together in the highest byte
	)
	neither := (x&low ^ each*('"'^0x20) + each*(0x80-0x21)) & (x&low ^ each*'\\' + low)
	return (^(neither | x) & high) >> 7 * gather >> 56
}

// decoded reads the rest of a string that begins at begin and has its first escape at at. Where the runs end is known for a whole block before they
// are copied, so that no copy waits for the one before. Of UTF-8 only what was beyond ASCII is checked, once: no escape makes valid UTF-8 from what was not.
func (s *Scanner) decoded(begin, at int, ascii bool) ([]byte, *Error) {
	data, out := s.Data, s.scratch[:cap(s.scratch)]
	n, odd, sound := at-begin, -1, true // out[odd:n] may be no UTF-8, the rest is if sound; with -1 there is nothing to check
	if !ascii {
		odd = 0
	}
	if n+4*block > len(out) {
		out = make([]byte, 2*n+8*block)
	}
	copy(out, data[begin:at])
	// A run is copied 16 bytes at a time, the last ones with what is behind it, which must be there.
	for base := at; base+2*block <= len(data); base += block {
		if n+2*block > len(out) {
			out = append(out, make([]byte, len(out))...)
		}
		mask, isASCII := specials((*[block]byte)(data[base:]))
		switch {
		case !isASCII && odd < 0:
			odd = n
		case isASCII && odd >= 0:
			sound, odd = sound && valid(out[odd:n]), -1
		}
		// Both are longer than what is read and written of them, so that a copy needs no look at how much is left.
		from, to := (*[2 * block]byte)(data[base:]), (*[2 * block]byte)(out[n:])
		i, k := at-base, 0
		mask = mask >> uint(i) << uint(i) // an escape can reach into the next block
		for mask != 0 {
			end := bits.TrailingZeros64(mask)
			k = copyRun(to, k, from, i, end)
			i = end
			if from[i] != '\\' {
				return s.ended(out, n+k, base+i, odd, sound)
			}
			if c := escaped[from[i+1]]; c != 0 {
				to[k] = c
				k++
				i += 2
				mask &^= 3 << uint(end)
				continue
			}
			s.At = base + i
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			k += utf8.EncodeRune(to[k:k+utf8.UTFMax], r)
			i = s.At - base
			mask = mask >> uint(i) << uint(i)
		}
		if i < block {
			k = copyRun(to, k, from, i, block)
			i = block
		}
		at, n = base+i, n+k
	}
	if odd < 0 {
		odd = n
	}
	return s.decodedEnd(out, n, at, odd, sound)
}

// copyRun copies from[i:end] to to[k:], 16 bytes at a time, and returns where it ends there. It writes up to 16 bytes beyond that.
func copyRun(to *[2 * block]byte, k int, from *[2 * block]byte, i, end int) int {
	after := k + end - i
	*(*[16]byte)(to[k : k+16]) = *(*[16]byte)(from[i : i+16])
	for i+16 < end {
		i, k = i+16, k+16
		*(*[16]byte)(to[k : k+16]) = *(*[16]byte)(from[i : i+16])
	}
	return after
}

// decodedEnd is [Scanner.decoded] for the last bytes of the body.
func (s *Scanner) decodedEnd(out []byte, n, at, odd int, sound bool) ([]byte, *Error) {
	data := s.Data
	if more := len(data) - at; n+more+utf8.UTFMax > len(out) { // a text is never longer than with its escapes
		out = append(out, make([]byte, more+utf8.UTFMax)...)
	}
	for ; at < len(data); at++ {
		switch c := data[at]; {
		case c == '\\':
			s.At = at
			r, err := s.escape()
			if err != nil {
				return nil, err
			}
			n += utf8.EncodeRune(out[n:n+utf8.UTFMax], r)
			at = s.At - 1
		case c < 0x20, c == '"':
			return s.ended(out, n, at, odd, sound)
		default:
			out[n] = c
			n++
		}
	}
	return nil, s.endless()
}

// ended returns a text of which n bytes have been decoded, those from odd on perhaps no UTF-8, the others only if sound, and which a quote, or a character that must
// not be there, ends at at.
func (s *Scanner) ended(out []byte, n, at, odd int, sound bool) ([]byte, *Error) {
	if s.At = at; s.Data[at] != '"' {
		return nil, s.Fail("a control character in a text")
	}
	s.At++
	s.scratch = out
	if !sound || odd >= 0 && !valid(out[odd:n]) {
		return s.mended(out[:n]), nil
	}
	return out[:n], nil
}

// valid is utf8.Valid for texts that are mostly ASCII, which that looks at byte by byte from the first other character on.
func valid(text []byte) bool {
	for len(text) >= 8 {
		odd := binary.LittleEndian.Uint64(text) & high
		if odd == 0 {
			text = text[8:]
			continue
		}
		begin := bits.TrailingZeros64(odd) / 8
		if begin+1 < len(text) && text[begin]-0xc2 <= 0xdf-0xc2 && text[begin+1]&0xc0 == 0x80 { // two bytes, as most are
			text = text[begin+2:]
			continue
		}
		end := begin + 1
		for end < len(text) && text[end] >= utf8.RuneSelf {
			end++
		}
		if !utf8.Valid(text[begin:end]) {
			return false
		}
		text = text[end:]
	}
	return utf8.Valid(text)
}

// skipText reads a string of which nobody wants the content.
func (s *Scanner) skipText() *Error {
	data := s.Data
	at, _ := s.run(s.At + 1)
	if at < len(data) && data[at] == '"' { // no escape, as in most
		s.At = at + 1
		return nil
	}
	for at+2*block <= len(data) {
		from := (*[2 * block]byte)(data[at:])
		mask, _ := specials((*[block]byte)(data[at:]))
		next := at + block
		for mask != 0 {
			i := bits.TrailingZeros64(mask)
			if from[i] != '\\' {
				return s.skipped(at + i)
			}
			end := i + 2
			if escaped[from[i+1]] == 0 {
				s.At = at + i
				if _, err := s.escape(); err != nil {
					return err
				}
				end = s.At - at
			}
			mask = mask >> uint(end) << uint(end)
			next = max(next, at+end) // an escape can reach into the next block
		}
		at = next
	}
	for {
		if at, _ = s.run(at); at == len(data) || data[at] != '\\' {
			return s.skipped(at)
		}
		s.At = at
		if _, err := s.escape(); err != nil {
			return err
		}
		at = s.At
	}
}

// skipped ends a string at a quote. Anything else must not be there.
func (s *Scanner) skipped(at int) *Error {
	if at == len(s.Data) {
		return s.endless()
	}
	if s.At = at; s.Data[at] != '"' {
		return s.Fail("a control character in a text")
	}
	s.At++
	return nil
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

// escape reads an escape: one of a letter, \u with a character, or two of these that are a surrogate pair.
func (s *Scanner) escape() (rune, *Error) {
	if s.At+1 >= len(s.Data) {
		return 0, s.Fail("the text does not end")
	}
	switch c := s.Data[s.At+1]; {
	case escaped[c] != 0:
		s.At += 2
		return rune(escaped[c]), nil
	case c != 'u':
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

// hex reads the \uXXXX that begins at at.
func (s *Scanner) hex(at int) (r rune, ok bool) {
	if at+6 > len(s.Data) || s.Data[at] != '\\' || s.Data[at+1] != 'u' {
		return 0, false
	}
	for _, c := range s.Data[at+2 : at+6] {
		r <<= 4
		switch {
		case c-'0' <= 9:
			r |= rune(c - '0')
		case c|0x20-'a' <= 5:
			r |= rune(c | 0x20 - 'a' + 10)
		default:
			return 0, false
		}
	}
	return r, true
}
