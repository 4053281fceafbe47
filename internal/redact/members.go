package redact

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// members are the names of record members whose values can be credentials, of HaloPSA or of other systems. HaloPSA reads names in any case.
var members = []string{
	"new_clientsecret", "_retry_webhook_token",
	"new_client_secret", "new_access_token", "new_refresh_token", "new_alternate_client_secret", "new_webhook_password",
	"request_headers", "response_headers", "request_body", "response_body",
}

// Members returns the texts that a JSON body holds in members for secrets, wherever they are: the whole value, and the parts of it that a
// server could repeat alone, which are the headers, the members of a body inside the body, and the words that are none of a sentence.
func Members(body []byte) Secrets {
	folded := bytes.ToLower(body)
	if !slices.ContainsFunc(members, func(name string) bool { return bytes.Contains(folded, []byte(name)) }) {
		return nil
	}
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil
	}
	return collect(nil, value, false)
}

func collect(found Secrets, value any, secret bool) Secrets {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			found = collect(found, member, secret || slices.Contains(members, strings.ToLower(name)))
		}
	case []any:
		for _, element := range value {
			found = collect(found, element, secret)
		}
	case string:
		if !secret {
			break
		}
		found = parts(found, value)
		var nested any
		if text := strings.TrimSpace(value); strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			if json.Unmarshal([]byte(text), &nested) == nil {
				found = collect(found, nested, true)
			}
		}
	}
	return found
}

// parts appends a text, its lines and what they hold: a header's value and all parts of it, the values of a form, and such words.
func parts(found Secrets, text string) Secrets {
	found = append(found, text)
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		found = append(found, line)
		name, value, header := strings.Cut(line, ":")
		header = header && name != "" && !strings.ContainsFunc(name, separates)
		if header {
			line = strings.TrimSpace(value)
			found = append(found, line)
		}
		if fields := strings.Fields(line); len(fields) == 2 {
			found = append(found, fields[1]) // "Bearer" and a token
		}
		if form, err := url.ParseQuery(line); err == nil {
			for _, values := range form {
				found = append(found, values...)
			}
		}
		for word := range strings.FieldsFuncSeq(line, separates) {
			if header || !ordinary(word) {
				found = append(found, word)
			}
		}
	}
	return found
}

// separates reports whether r stands between the words of a header, a form or a markup.
func separates(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`;,&="'<>(){}[]`, r) }

// ordinary reports whether a word may be one of a sentence, or a short number: an error that says it again shows no secret.
func ordinary(word string) bool {
	const longest = 15 // letters; 8 digits and more can be a password
	letters := !strings.ContainsFunc(strings.Trim(word, ".:!?-/"), func(r rune) bool { return !unicode.IsLetter(r) })
	digits := !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) })
	return letters && len(word) <= longest || digits && len(word) < 8
}
