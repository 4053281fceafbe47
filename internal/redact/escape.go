package redact

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// levels is how many times a text may have been escaped: a server that puts JSON into JSON escapes twice.
const levels = 3

// unit is what stands at a place of a text: the bytes that it means, and where it ends.
type unit struct {
	means  [utf8.UTFMax]byte
	size   int
	end    int
	broken bool // the text ends in the middle of an escape
}

func (u *unit) bytes() []byte { return u.means[:u.size] }

func rune1(r rune, end int) unit {
	u := unit{end: end}
	u.size = utf8.EncodeRune(u.means[:], r)
	return u
}

// readings appends all that may stand at i of text: the byte itself, and what it means as the beginning of an escape, at each level.
func readings(to []unit, text []byte, i int) (all []unit, broken bool) {
	last := unitAt(text, i, 0)
	to = append(to, last)
	switch last.means[0] {
	case '%', '\\', '&', '+':
	default:
		return to, false
	}
	for level := 1; level <= levels; level++ {
		u := unitAt(text, i, level)
		broken = broken || u.broken
		if u.end == last.end && u.means == last.means {
			break
		}
		to = append(to, u)
		last = u
	}
	return to, broken
}

// unitAt reads text at i after level times of decoding.
func unitAt(text []byte, i, level int) unit {
	if level == 0 {
		return unit{means: [utf8.UTFMax]byte{text[i]}, size: 1, end: i + 1}
	}
	u := unitAt(text, i, level-1)
	if u.size != 1 {
		return u
	}
	r := reader{text: text, at: u.end, level: level - 1}
	var escaped unit
	var ok bool
	switch u.means[0] {
	case '+':
		return rune1(' ', u.end)
	case '%':
		escaped, ok = r.percent()
	case '\\':
		escaped, ok = r.backslash()
	case '&':
		escaped, ok = r.entity()
	}
	if !ok {
		u.broken = u.broken || r.broken
		return u
	}
	escaped.broken = u.broken || r.broken
	return escaped
}

// reader reads the bytes of an escape, which may be escaped themselves.
type reader struct {
	text      []byte
	at, level int
	broken    bool
}

// next returns the byte that comes next, or 0 for what is in no escape.
func (r *reader) next() byte {
	if r.at >= len(r.text) {
		r.broken = true
		return 0
	}
	u := unitAt(r.text, r.at, r.level)
	r.broken = r.broken || u.broken
	r.at = u.end
	if u.size != 1 {
		return 0
	}
	return u.means[0]
}

// number reads digits of a base, and reports whether there are as many.
func (r *reader) number(digits, base int) (rune, bool) {
	var n uint64
	for range digits {
		digit, err := strconv.ParseUint(string(rune(r.next())), base, 8)
		if err != nil {
			return 0, false
		}
		n = n*uint64(base) + digit
	}
	return rune(min(n, utf8.MaxRune+1)), true
}

func (r *reader) byteOf(digits, base int) (unit, bool) {
	n, ok := r.number(digits, base)
	return unit{means: [utf8.UTFMax]byte{byte(n)}, size: 1, end: r.at}, ok && n < 256
}

// percent reads what follows a percent sign: two digits, or u and four as JavaScript's escape writes them.
func (r *reader) percent() (unit, bool) {
	begin := r.at
	if r.next() == 'u' {
		return r.utf16()
	}
	r.at = begin
	return r.byteOf(2, 16)
}

// utf16 reads four digits, or twice four of a character outside of 16 bits.
func (r *reader) utf16() (unit, bool) {
	n, ok := r.number(4, 16)
	if !ok {
		return unit{}, false
	}
	if utf16.IsSurrogate(n) {
		u := reader{text: r.text, at: r.at, level: r.level}
		if intro := u.next(); intro == '\\' || intro == '%' {
			if u.next() == 'u' {
				if low, ok := u.number(4, 16); ok {
					r.at = u.at
					return rune1(utf16.DecodeRune(n, low), r.at), true
				}
			}
		}
		r.broken = r.broken || u.broken
	}
	return rune1(n, r.at), true
}

// backslash reads what follows a backslash in JSON, Go or C.
func (r *reader) backslash() (unit, bool) {
	begin := r.at
	switch c := r.next(); c {
	case 'u':
		return r.utf16()
	case 'U':
		n, ok := r.number(8, 16)
		return rune1(n, r.at), ok
	case 'x':
		return r.byteOf(2, 16)
	case '0', '1', '2', '3':
		r.at = begin
		return r.byteOf(3, 8)
	case 'a', 'b', 't', 'n', 'v', 'f', 'r':
		return rune1(rune("\a\b\t\n\v\f\r"[bytes.IndexByte([]byte("abtnvfr"), c)]), r.at), true
	default:
		punctuation := c > ' ' && c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' && c < 0x7f
		return rune1(rune(c), r.at), punctuation
	}
}

// entity reads what follows an ampersand in HTML.
func (r *reader) entity() (unit, bool) {
	const longest = 32 // of a name in HTML 5
	name := make([]byte, 0, longest+2)
	name = append(name, '&')
	for len(name) < longest {
		c := r.next()
		name = append(name, c)
		if c == ';' {
			means := html.UnescapeString(string(name))
			if len(means) > utf8.UTFMax || len(name) < 4 || means == string(name) {
				return unit{}, false
			}
			u := unit{size: len(means), end: r.at}
			copy(u.means[:], means)
			return u, true
		}
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '#' && len(name) == 2) {
			break
		}
	}
	return unit{}, false
}
