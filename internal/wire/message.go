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

// ErrorMessage returns what the body of an error says, in one line; "" when it says nothing.
func ErrorMessage(contentType string, body []byte) string {
	body = trim(body)
	var value any
	if len(body) > 0 && json.Unmarshal(body, &value) == nil {
		return oneLine(jsonMessage(value))
	}
	text := strings.ToValidUTF8(string(body), "\ufffd")
	if strings.Contains(strings.ToLower(contentType), "html") || bytes.HasPrefix(body, []byte("<")) {
		return oneLine(htmlMessage(text))
	}
	return oneLine(text)
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
		members := make(map[string]any, len(value))
		for _, name := range slices.Sorted(maps.Keys(value)) { // of two spellings the same one each time
			members[strings.ToLower(name)] = value[name]
		}
		text := func(name string) string { s, _ := members[name].(string); return s }
		message := joined(": ", text("error"), text("error_description"))
		switch nested := members["error"].(type) {
		case map[string]any, []any:
			message = jsonMessage(nested)
		}
		if message == "" {
			message = joined(": ", text("message"), text("exceptionmessage"))
		}
		if message == "" {
			message = joined(": ", text("title"), text("detail"))
		}
		switch errors := members["errors"].(type) {
		case map[string]any:
			parts := []string{message}
			for _, name := range slices.Sorted(maps.Keys(errors)) {
				parts = append(parts, joined(": ", name, jsonMessage(errors[name])))
			}
			message = joined("; ", parts...)
		case []any:
			message = joined("; ", message, jsonMessage(errors))
		}
		if message == "" {
			message = text("classname")
		}
		return message
	case nil:
		return ""
	}
	return fmt.Sprint(value)
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

// oneLine folds white space and control characters, and cuts what is too long.
func oneLine(text string) string {
	runes := []rune(line.Fold(text))
	if len(runes) > longestMessage {
		return string(runes[:longestMessage-1]) + "…"
	}
	return string(runes)
}
