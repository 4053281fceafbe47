package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
)

// secretMembers are the names of record members whose values can be credentials, of HaloPSA or of other systems. HaloPSA reads names in any
// case.
var secretMembers = []string{
	"new_clientsecret", "_retry_webhook_token",
	"new_client_secret", "new_access_token", "new_refresh_token", "new_alternate_client_secret", "new_webhook_password",
	"request_headers", "response_headers", "request_body", "response_body",
}

// members returns the texts in members for secrets of a JSON body, wherever they are.
func members(body []byte) []string {
	var values []string
	done := 0
	for text, behind := range stringsOf(body) {
		after := bytes.TrimLeft(body[behind:], " \t\r\n")
		if behind <= done || len(after) == 0 || after[0] != ':' || !isSecret(text) {
			continue
		}
		value := bytes.TrimLeft(after[1:], " \t\r\n")
		if len(value) == 0 {
			continue
		}
		whole := value[:valueLength(value)]
		done = len(body) - len(value) + len(whole)
		for text, behind := range stringsOf(whole) {
			if after := bytes.TrimLeft(whole[behind:], " \t\r\n"); len(after) == 0 || after[0] != ':' {
				values = append(values, unquoted(text))
			}
		}
	}
	return values
}

func isSecret(quoted []byte) bool {
	name := strings.ToLower(unquoted(quoted))
	for _, secret := range secretMembers {
		if name == secret {
			return true
		}
	}
	return strings.HasPrefix(name, "new_") && (strings.HasSuffix(name, "secret") || strings.HasSuffix(name, "token") || strings.HasSuffix(name, "password"))
}

// stringsOf yields each string of a JSON text, in its quotes, and where the text continues behind it.
func stringsOf(body []byte) func(yield func(quoted []byte, behind int) bool) {
	return func(yield func([]byte, int) bool) {
		for i := 0; i < len(body); i++ {
			next := bytes.IndexByte(body[i:], '"')
			if next < 0 {
				return
			}
			i += next
			end := i + stringLength(body[i:])
			if !yield(body[i:end], end) {
				return
			}
			i = end - 1
		}
	}
}

// stringLength returns how long the string is with which b begins, or b when it does not end.
func stringLength(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// valueLength returns how long the JSON value is with which b begins.
func valueLength(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += stringLength(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
		default:
			continue
		}
		if depth <= 0 {
			return min(i+1, len(b))
		}
	}
	return len(b)
}

func unquoted(quoted []byte) string {
	var text string
	if bytes.IndexByte(quoted, '\\') >= 0 && json.Unmarshal(quoted, &text) == nil {
		return text
	}
	return strings.Trim(string(quoted), `"`)
}

// parts yields a text of a secret member and what a server could repeat of it alone: its lines, a header's value and all parts of that, the
// values of a form, the members of a body inside, and the words that are not part of a sentence. It reports whether yield took them all.
func parts(text string, yield func(string) bool) bool {
	if !yield(text) {
		return false
	}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		name, value, header := strings.Cut(line, ":")
		header = header && name != "" && !strings.ContainsFunc(name, separates)
		if !yield(line) {
			return false
		}
		if header {
			line = strings.TrimSpace(value)
		}
		_, token, _ := strings.Cut(line, " ") // "Bearer" and a token
		if token = strings.TrimSpace(token); strings.ContainsFunc(token, unicode.IsSpace) {
			token = ""
		}
		if !yield(line) || !yield(token) || !form(line, yield) {
			return false
		}
		for word := range strings.FieldsFuncSeq(line, separates) {
			if (header || !ordinary(word)) && !yield(word) {
				return false
			}
		}
	}
	if inside := strings.TrimSpace(text); strings.HasPrefix(inside, "{") || strings.HasPrefix(inside, "[") {
		body := []byte(inside)
		for quoted, behind := range stringsOf(body) {
			if after := bytes.TrimLeft(body[behind:], " \t\r\n"); len(after) > 0 && after[0] == ':' {
				continue // a name
			}
			if !parts(unquoted(quoted), yield) {
				return false
			}
		}
	}
	return true
}

// form yields the values of a form.
func form(line string, yield func(string) bool) bool {
	for pair := range strings.SplitSeq(line, "&") {
		if _, value, ok := strings.Cut(pair, "="); ok && value != "" {
			if value, err := url.QueryUnescape(value); err == nil && !yield(value) {
				return false
			}
		}
	}
	return true
}

// separates reports whether r stands between the words of a header, a form or a markup.
func separates(r rune) bool {
	switch r {
	case ';', ',', '&', '=', '"', '\'', '<', '>', '(', ')', '{', '}', '[', ']':
		return true
	}
	return unicode.IsSpace(r)
}

// ordinary reports whether a word may be one of a sentence, or a short number: an error that says it again shows no secret.
func ordinary(word string) bool {
	const longest = 15 // letters; 8 digits and more can be a password
	letters := !strings.ContainsFunc(strings.Trim(word, ".:!?-/"), func(r rune) bool { return !unicode.IsLetter(r) })
	digits := !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
	return letters && len(word) <= longest || digits && len(word) < 8
}

// encoded returns what of a secret can be found in the base64 of a text that holds it, such as the header of HTTP's basic authentication.
// That depends on where it begins there.
func encoded(secret string) []string {
	const worthwhile = 8 // a shorter one would leave too little to be told from other texts
	if len(secret) < worthwhile {
		return nil
	}
	secret = secret[:min(len(secret), longestText)] // no text that is shown holds more of it
	var all []string
	for before, cut := range []int{0, 2, 3} { // so many characters also hold bits of what stands before
		padded := append(make([]byte, before), secret...)
		padded = padded[:len(padded)/3*3] // what would hold bits of what stands behind
		all = append(all, base64.StdEncoding.EncodeToString(padded)[cut:], base64.URLEncoding.EncodeToString(padded)[cut:])
	}
	return all
}
