// Package line makes one line of a text: an error of several would be taken for its end by a log.
package line

import (
	"strings"
	"unicode"
)

// Fold puts one space for each run of white space and control characters, and none at the ends.
func Fold(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// Join puts separator between the parts that are not empty. What a server says ends with a period, which stays at the end of the text only.
func Join(separator string, parts ...string) string {
	text := ""
	for _, part := range parts {
		switch {
		case part == "":
		case text == "":
			text = part
		default:
			if strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "..") {
				text = text[:len(text)-1]
			}
			text += separator + part
		}
	}
	return text
}
