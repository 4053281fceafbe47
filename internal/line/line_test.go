package line_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/line"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "",
		" \r\n\t ":                      "",
		"as it is":                      "as it is",
		" two \r\n lines\n":             "two lines",
		"a\x00b\x1b[31mc\x7f":           "a b [31mc",
		"next\u0085line\u00a0and\u2028": "next line and",
		"été":                           "été",
	} {
		assert.Equal(t, want, line.Fold(text), "%q", text)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	for want, parts := range map[string][]string{
		"":                            nil,
		"The record was not found.":   {"", "The record was not found.", ""},
		"404: It was not found: look": {"404", "It was not found.", "", "look"},
		"and so on...: look":          {"and so on...", "look"},
		"a: b: c.":                    {"a.", "b.", "c."},
	} {
		assert.Equal(t, want, line.Join(": ", parts...))
	}
}
