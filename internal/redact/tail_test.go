package redact_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/redact"
)

func TestTail(t *testing.T) {
	t.Parallel()
	secrets := redact.Secrets{"hunter22", "swordfish", "abc"}
	for text, want := range map[string]string{
		"":                      "",
		"nothing of it":         "nothing of it",
		"key=hunt":              "key=",
		"key=hunter2":           "key=",
		"key=hun":               "key=hun", // as short as a word
		"key=sword":             "key=",
		"hunt":                  "",
		"hunt that goes on":     "hunt that goes on",
		"key=ab":                "key=ab",
		"in the end, hunter22.": "in the end, hunter22.",
	} {
		assert.Equal(t, want, string(secrets.Tail([]byte(text))), text)
	}
}
