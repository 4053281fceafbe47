package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/line"
)

// longestMessage is how many characters of a message are kept.
const longestMessage = 500

// ErrorMessage returns what the body of an error says, in one line of a sensible length; "" when it says nothing.
func ErrorMessage(contentType string, body []byte) string { return OneLine(words(contentType, body)) }

// words returns what the body of an error says, at its full length: secrets are taken out before a text is cut.
func words(contentType string, body []byte) string {
	body = trim(body)
	var value any
	if len(body) > 0 && json.Unmarshal(body, &value) == nil {
		return jsonMessage(value)
	}
	text := strings.ToValidUTF8(string(body), "\ufffd")
	if HTML(contentType, body) {
		return htmlMessage(text)
	}
	return text
}

func jsonMessage(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []any:
		var parts []string
		for _, element := range value {
			parts = append(parts, jsonMessage(element))
		}
		return joined("; ", parts...)
	case map[string]any:
		return objectMessage(value)
	case nil:
		return ""
	}
	return fmt.Sprint(value)
}

// wordings are the pairs of members in which errors say what is wrong, in the order of what says most.
var wordings = [][2]string{
	{"error", "error_description"}, {"message", "exceptionmessage"}, {"errormessage", "error_message"}, {"load_error", "msg"}, {"title", "detail"},
}

func objectMessage(object map[string]any) string {
	members := make(map[string]any, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) { // of two spellings the same one each time
		members[strings.ToLower(name)] = object[name]
	}
	text := func(name string) string {
		if s, ok := members[name].(string); ok {
			return s
		}
		if name == "error" {
			switch nested := members[name].(type) {
			case map[string]any, []any:
				return jsonMessage(nested)
			}
		}
		return ""
	}
	var message string
	for i := 0; i < len(wordings) && message == ""; i++ {
		message = joined(": ", text(wordings[i][0]), text(wordings[i][1]))
	}
	inner := ""
	if nested, ok := members["innerexception"].(map[string]any); ok {
		inner = jsonMessage(nested)
	}
	message = joined(": ", message, inner)
	details := ""
	for _, name := range []string{"errors", "modelstate"} {
		details = joined("; ", details, membersMessage(members[name]))
	}
	message = joined("; ", message, details)
	if message == "" {
		message = text("classname")
	}
	if message == "" && lists(object) {
		message = membersMessage(object)
	}
	return message
}

// lists reports whether an object holds nothing but arrays, as a validation error does [live].
func lists(object map[string]any) bool {
	for _, value := range object {
		if _, ok := value.([]any); !ok {
			return false
		}
	}
	return true
}

// membersMessage returns what a validation error says, member by member, as [Members] finds it.
func membersMessage(errors any) string {
	object, ok := errors.(map[string]any)
	if !ok {
		list, _ := errors.([]any)
		return jsonMessage(list)
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		parts = append(parts, joined(": ", name, jsonMessage(object[name])))
	}
	return joined("; ", parts...)
}

// joined puts sep between the parts that say something new.
func joined(sep string, parts ...string) string {
	var kept []string
	said := map[string]bool{"": true}
	for _, part := range parts {
		if part = strings.TrimSpace(part); !said[part] {
			said[part] = true
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, sep)
}

var (
	titleTag   = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	hiddenTags = regexp.MustCompile(`(?is)<(script|style)[^>]*>.*?</(script|style)>|<!--.*?-->`)
	anyTag     = regexp.MustCompile(`(?s)<[^>]*>`)
)

// htmlMessage returns the title of a page, or its text.
func htmlMessage(page string) string {
	if title := titleTag.FindStringSubmatch(page); title != nil && strings.TrimSpace(title[1]) != "" {
		return html.UnescapeString(anyTag.ReplaceAllString(title[1], " "))
	}
	return html.UnescapeString(anyTag.ReplaceAllString(hiddenTags.ReplaceAllString(page, " "), " "))
}

// HTML reports whether a body is a page, or other markup, that no API sends: by its beginning, or by its label where it is no JSON.
func HTML(contentType string, body []byte) bool {
	body = trim(body)
	if len(body) > 0 && bytes.IndexByte([]byte(`{["`), body[0]) >= 0 {
		return false
	}
	return bytes.HasPrefix(body, []byte("<")) || strings.Contains(strings.ToLower(contentType), "html")
}

// Trim drops a byte order mark and white space.
func Trim(body []byte) []byte { return trim(body) }

// challenge is a part of a WWW-Authenticate header that says what is wrong.
var challenge = regexp.MustCompile(`(?i)\b(error|error_description)\s*=\s*(?:"([^"]*)"|([^\s,"]+))`)

// Challenge returns what a WWW-Authenticate header says is wrong, such as "invalid_token: The token expired"; "" where it says nothing.
func Challenge(header string) string {
	var said [2]string
	for _, part := range challenge.FindAllStringSubmatch(header, -1) {
		at := 0
		if len(part[1]) > len("error") {
			at = 1
		}
		said[at] = part[2] + part[3]
	}
	return OneLine(joined(": ", said[:]...))
}

// OneLine folds white space and control characters, and cuts what is too long.
func OneLine(text string) string {
	runes := []rune(line.Fold(text))
	if len(runes) > longestMessage {
		return string(runes[:longestMessage-1]) + "…"
	}
	return string(runes)
}
