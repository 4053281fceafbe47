package halopsarecord

import (
	"encoding/json"
	"regexp"
	"strings"
)

// json returns JSON without the values of credentials. It need not be whole or right: a body can be cut anywhere.
func (k *cleaner) json(text string) string {
	if k.depth == deepest {
		return hidden
	}
	k.depth++
	defer func() { k.depth-- }()
	var b strings.Builder
	name := ""   // of the value that comes next
	called := "" // by a member such as "name": the one that "value" belongs to
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			end := i + stringLength(text[i:])
			quoted := text[i:end]
			if strings.HasPrefix(strings.TrimLeft(text[end:], " \t\r\n"), ":") {
				name = unquoted(quoted)
				b.WriteString(quoted)
				i = end
				continue
			}
			value := unquoted(quoted)
			if names[folded(name)] && valueNext.MatchString(text[end:]) {
				called = value // and is no credential itself, also as a "key"
				b.WriteString(quoted)
			} else {
				by := called
				if next := nameNext.FindStringSubmatch(text[end:min(len(text), end+longestName)]); by == "" && next != nil {
					by = unquoted(`"` + next[1] + `"`)
				}
				b.WriteString(k.jsonString(name, by, quoted, value))
			}
			i = end
		case c == '{' || c == '[':
			if name != "" && k.conf.credential(name) { // all of it
				end := i + valueLength(text[i:])
				k.learnAll(text[i:end])
				b.WriteString(`"` + hidden + `"`)
				i, name = end, ""
				continue
			}
			b.WriteByte(c)
			i++
		case c == '-' || '0' <= c && c <= '9':
			end := i
			for end < len(text) && strings.IndexByte("+-.eE0123456789", text[end]) >= 0 {
				end++
			}
			number := text[i:end]
			if k.secret(name, called, number) {
				k.learn(number)
				number = `"` + hidden + `"`
			}
			b.WriteString(number)
			i = end
		case c == '}':
			name, called = "", ""
			b.WriteByte(c)
			i++
		default:
			b.WriteByte(c)
			i++
		}
	}
	return b.String()
}

// names and values are the members of a pair such as {"name":"password","value":"…"}.
var (
	names  = map[string]bool{"name": true, "key": true, "header": true, "field": true, "fieldname": true, "label": true, "parameter": true}
	values = map[string]bool{"value": true, "val": true, "content": true, "data": true, "text": true, "display": true}

	// nameNext is the name of a pair behind its value, in the first so many bytes.
	nameNext = regexp.MustCompile(`^\s*,\s*"(?i:name|key|header|field|fieldname|label|parameter)"\s*:\s*"((?:[^"\\]|\\.)*)"`)

	valueNext = regexp.MustCompile(`^\s*,\s*"(?i:value|val|content|data|text|display)"\s*:`)
)

const longestName = 256

// secret reports whether the value of a member is a credential by its name, or by what the member before has called it.
func (k *cleaner) secret(name, called, value string) bool {
	return name != "" && (k.conf.hides(name, value) || called != "" && values[folded(name)] && k.conf.hides(called, value))
}

// jsonString returns a string with its quotes as it is shown.
func (k *cleaner) jsonString(name, called, quoted, value string) string {
	switch {
	case value == "", identifier(name, value) && !k.secret(name, called, value):
		return quoted
	case k.secret(name, called, value), secretValue(value):
		k.learn(value)
		return `"` + hidden + `"`
	}
	var shown string
	if trimmed := strings.TrimSpace(value); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		shown = k.json(value) // JSON in a string
	} else {
		shown = k.text(value)
	}
	if shown == value {
		return quoted
	}
	again, err := json.Marshal(shown)
	if err != nil {
		return `"` + hidden + `"`
	}
	return string(again)
}

// learnAll takes note of every string in a value.
func (k *cleaner) learnAll(text string) {
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		end := i + stringLength(text[i:])
		if !strings.HasPrefix(strings.TrimLeft(text[end:], " \t\r\n"), ":") {
			k.learn(unquoted(text[i:end]))
		}
		i = end - 1
	}
}

// stringLength returns how long the string is with which text begins, or text when it does not end.
func stringLength(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// valueLength returns how long the object or array is with which text begins, or text when it does not end.
func valueLength(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

// unquoted is what a string says.
func unquoted(quoted string) string {
	var text string
	if strings.IndexByte(quoted, '\\') >= 0 && json.Unmarshal([]byte(quoted), &text) == nil {
		return text
	}
	return strings.Trim(quoted, `"`)
}
