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
