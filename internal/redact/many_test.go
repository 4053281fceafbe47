package redact_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/redact"
)

// TestManyTexts: what is looked for in a body is found once, not for each text that is shown of a call, such as a warning for each of its records.
//
//nolint:paralleltest // it counts allocations
func TestManyTexts(t *testing.T) {
	var body strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&body, `{"request_headers":"X-Key: key%dkey\r\nX-Form: a=%%41value%d&b=2"},`, i, i)
	}
	r := redact.New([]byte(body.String()), "client secret")
	for i := range 3 {
		text := fmt.Sprintf("The key%dkey of client secret and Avalue%d are refused.", 7*i, 11*i)
		assert.Equal(t, "The [redacted] of [redacted] and [redacted] are refused.", r.String(text), "text %d", i)
		assert.Equal(t, "Nothing to hide.", r.String("Nothing to hide."))
	}
	assert.Less(t, testing.AllocsPerRun(10, func() { r.String("The value is too long.") }), 100.0, "of 2,000 records with several parts each")
}
