package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/loose"
	"github.com/halopsa-go/halopsa/internal/pattern"
)

// longestMessage is how many characters of a message are kept.
const longestMessage = 500

// ErrorMessage returns what the body of an error says, in one line of a sensible length; "" when it says nothing.
func ErrorMessage(contentType string, body []byte) string { return OneLine(words(contentType, body)) }

// words returns what the body of an error says, at its full length: secrets are taken out before a text is cut.
func words(contentType string, body []byte) string {
	body = loose.Trim(body)
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
			parts = append(parts, joined(": ", memberOf(element), jsonMessage(element)))
		}
		return joined("; ", parts...)
	case map[string]any:
		return objectMessage(value)
	case nil:
		return ""
	}
	return fmt.Sprint(value)
}

// memberNames are where an error in an array of them names the member that it is about.
var memberNames = []string{"field", "fieldname", "member", "membername", "property", "propertyname", "target", "key"}

// memberOf returns the member that an element of an array of errors is about, "" where it names none or says nothing of it.
func memberOf(element any) string {
	object, ok := element.(map[string]any)
	if !ok || jsonMessage(element) == "" {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if text, ok := object[name].(string); ok && slices.Contains(memberNames, strings.ToLower(name)) {
			return text
		}
	}
	return ""
}

// wordings are the pairs of members in which errors say what is wrong, in the order of what says most.
var wordings = [][2]string{
	{"error", "error_description"}, {"message", "exceptionmessage"}, {"errormessage", "error_message"}, {"load_error", "msg"}, {"title", "detail"},
	{"faultstring", "reason"},
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
		if name == "error" || name == "message" {
			switch nested := members[name].(type) {
			case map[string]any, []any:
				return jsonMessage(nested)
			}
		}
		return ""
	}
	var message string
	for i := 0; i < len(wordings) && (message == "" || i == 1); i++ { // error can be the text of the status, beside a message
		message = joined(": ", message, text(wordings[i][0]), text(wordings[i][1]))
	}
	for _, name := range []string{"exception", "fault", "innerexception", "innererror", "errorrecord"} {
		if nested, ok := members[name].(map[string]any); ok {
			message = joined(": ", message, jsonMessage(nested))
		}
	}
	details := ""
	for _, name := range []string{"errors", "modelstate", "details"} {
		details = joined("; ", details, membersMessage(members[name]))
	}
	message = joined("; ", message, details)
	if message == "" {
		message = text("classname")
	}
	if message == "" && lists(object) {
		arrays := maps.Clone(object)
		maps.DeleteFunc(arrays, aside)
		message = membersMessage(arrays)
	}
	return message
}

// lists reports whether an object holds nothing but arrays, as a validation error does [live], and what names a trace.
func lists(object map[string]any) bool {
	for name, value := range object {
		if _, ok := value.([]any); !ok && !aside(name, value) {
			return false
		}
	}
	return true
}

// aside reports whether a member stands beside those that a validation error is about, whose values are arrays.
func aside(name string, value any) bool {
	_, list := value.([]any)
	return !list && slices.Contains([]string{"traceid", "status", "type", "instance", "requestid"}, keyOf(name))
}

// membersMessage returns what a validation error says, member by member, as [Members] finds it.
func membersMessage(errors any) string {
	object, ok := errors.(map[string]any)
	if !ok {
		switch errors.(type) {
		case []any, string:
			return jsonMessage(errors)
		}
		return ""
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
	return line.Join(sep, kept...)
}

var (
	titleTag   = pattern.Lazy(`(?is)<title[^>]*>(.*?)</title>`)
	hiddenTags = pattern.Lazy(`(?is)<(script|style|svg)[^>]*>.*?</(script|style|svg)>|<!--.*?-->`)
	anyTag     = pattern.Lazy(`(?s)<[^>]*>`)
)

// htmlMessage returns the title of a page, or its text.
func htmlMessage(page string) string {
	page = hiddenTags().ReplaceAllString(page, " ")
	if title := titleTag().FindStringSubmatch(page); title != nil && strings.TrimSpace(title[1]) != "" {
		return html.UnescapeString(anyTag().ReplaceAllString(title[1], " "))
	}
	return html.UnescapeString(anyTag().ReplaceAllString(page, " "))
}

// HTML reports whether a body is a page, or other markup, that no API sends: by its beginning, or by its label where it is no JSON.
func HTML(contentType string, body []byte) bool {
	body = loose.Trim(body)
	if len(body) > 0 && bytes.IndexByte([]byte(`{["`), body[0]) >= 0 {
		return false
	}
	return bytes.HasPrefix(body, []byte("<")) || strings.Contains(strings.ToLower(contentType), "html") && !json.Valid(body)
}

// Trim drops a byte order mark and white space.
func Trim(body []byte) []byte { return loose.Trim(body) }

// challenge is a part of a WWW-Authenticate header that says what is wrong.
var challenge = pattern.Lazy(`(?i)\b(error|error_description)\s*=\s*(?:"([^"]*)"|([^\s,"]+))`)

// Challenge returns what a WWW-Authenticate header says is wrong, such as "invalid_token: The token expired"; "" where it says nothing.
func Challenge(header string) string {
	var said [2]string
	for _, part := range challenge().FindAllStringSubmatch(header, -1) {
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
