package redact

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// matcher finds a secret in a text in which any of its characters may be escaped, each in a way of its own.
type matcher struct {
	secret string
	forms  map[string][]string // of each character
	first  [256]bool           // the bytes with which a form of the first character begins

	buffers [2][]int // of match
}

func newMatcher(secret string) *matcher {
	m := &matcher{secret: secret, forms: make(map[string][]string)}
	for i := 0; i < len(secret); {
		_, size := utf8.DecodeRuneInString(secret[i:])
		char := secret[i : i+size]
		if _, known := m.forms[char]; !known {
			m.forms[char] = forms(char)
		}
		i += size
	}
	_, size := utf8.DecodeRuneInString(secret)
	for _, form := range m.forms[secret[:size]] {
		m.first[form[0]] = true
	}
	return m
}

// shortEscapes are those that JSON, Go and C have for a character, and names those of HTML.
var (
	shortEscapes = map[rune]string{
		'"': `\"`, '\'': `\'`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
	}
	names = map[rune]string{'"': "&quot;", '\'': "&apos;", '&': "&amp;", '<': "&lt;", '>': "&gt;"}
)

// forms returns how char, one character, can be written: as it is, then escaped. None is shorter than char is.
func forms(char string) []string {
	all := []string{char}
	var escaped strings.Builder
	for i := range len(char) {
		fmt.Fprintf(&escaped, "%%%02x", char[i])
	}
	all = append(all, escaped.String())
	r, size := utf8.DecodeRuneInString(char)
	if r == utf8.RuneError && size == 1 {
		return all // a byte that is no text
	}
	escaped.Reset()
	for _, unit := range utf16.Encode([]rune{r}) {
		fmt.Fprintf(&escaped, `\u%04x`, unit)
	}
	all = append(all, escaped.String(), fmt.Sprintf("&#%d;", r), fmt.Sprintf("&#x%x;", r))
	if short, ok := shortEscapes[r]; ok {
		all = append(all, short)
	}
	if name, ok := names[r]; ok {
		all = append(all, name)
	}
	if r == ' ' {
		all = append(all, "+")
	}
	return all
}

// find appends where in b the secret is.
func (m *matcher) find(found []span, b []byte) []span {
	for i := 0; i+len(m.secret) <= len(b); {
		end := -1
		if m.first[b[i]] {
			end = m.match(b, i)
		}
		if end < 0 {
			i++
			continue
		}
		found = append(found, span{i, end})
		i = end
	}
	return found
}

// match returns where a secret that begins at i ends, or -1 when none does.
func (m *matcher) match(b []byte, i int) int {
	// An escape can begin with a character that is itself part of the secret, so there can be more than one place to go on from.
	at, next := m.buffers[0][:0], m.buffers[1]
	at = append(at, i)
	defer func() { m.buffers = [2][]int{at, next} }()
	for rest := m.secret; ; {
		if len(at) == 1 {
			n := verbatim(rest, b[at[0]:])
			at[0] += n
			rest = rest[n:]
		}
		if rest == "" {
			return slices.Max(at)
		}
		_, size := utf8.DecodeRuneInString(rest)
		next = next[:0]
		for _, from := range at {
			for n, form := range m.forms[rest[:size]] {
				end := from + len(form)
				if end > len(b) || slices.Contains(next, end) {
					continue
				}
				if text := string(b[from:end]); text == form || n > 0 && strings.EqualFold(text, form) {
					next = append(next, end)
				}
			}
		}
		if len(next) == 0 {
			return -1
		}
		at, next = next, at
		rest = rest[size:]
	}
}

// verbatim returns for how many bytes b holds secret as it is and can hold it in no other way: up to a character that begins escapes.
func verbatim(secret string, b []byte) int {
	n := 0
	for n < len(secret) && n < len(b) && secret[n] == b[n] && secret[n] != '%' && secret[n] != '\\' && secret[n] != '&' {
		n++
	}
	return n
}
