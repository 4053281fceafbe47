// Package redact takes known secrets out of what a server sent, before it gets into an error.
package redact

import (
	"regexp"
	"slices"
)

// Placeholder stands where a secret was.
const Placeholder = "[redacted]"

// shortest is the length below which a text is no secret that could be told from ordinary words.
const shortest = 4

// Secrets are texts that must not be shown.
type Secrets []string

// String returns text without the secrets, and without the query of any URL in it.
func (s Secrets) String(text string) string {
	return string(Queries(s.Bytes([]byte(text))))
}

// query is that of a URL wherever one stands in a text, also where JSON has escaped its ampersands.
var query = regexp.MustCompile(`\?[A-Za-z_$][\w.$%\[\]-]*=[^\s"'<>]*`)

// Queries returns b without the queries of the URLs in it: a server that finds no route repeats the whole URL.
func Queries(b []byte) []byte { return query.ReplaceAllLiteral(b, []byte("?"+Placeholder)) }

// span is a part of a text: the bytes from begin up to but not including end.
type span struct{ begin, end int }

// Bytes returns b without the secrets, plain or as a URL, JSON or HTML writes them.
//
// Secrets of fewer than 4 bytes are left. Where some overlap, all that they cover goes, and so the longest of them does. b is never
// changed; it is itself what is returned when no secret is in it.
func (s Secrets) Bytes(b []byte) []byte {
	distinct := slices.Clone(s)
	slices.Sort(distinct)
	var found []span
	for _, secret := range slices.Compact(distinct) {
		if len(secret) >= shortest {
			found = newMatcher(secret).find(found, b)
		}
	}
	if len(found) == 0 {
		return b
	}
	slices.SortFunc(found, func(a, b span) int { return a.begin - b.begin })
	shown := make([]byte, 0, len(b))
	end := 0 // of what is copied or taken out
	for i := 0; i < len(found); {
		whole := found[i]
		for i++; i < len(found) && found[i].begin <= whole.end; i++ {
			whole.end = max(whole.end, found[i].end)
		}
		shown = append(append(shown, b[end:whole.begin]...), Placeholder...)
		end = whole.end
	}
	return append(shown, b[end:]...)
}
