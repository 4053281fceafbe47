package loose_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLongTexts holds texts with escapes, of which whole blocks are looked at, against encoding/json.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	parts := []string{
		`\"`, `\\`, `\/`, `\n`, `\r\n`, `\t`, `\u0041`, `\u00e9`, `\u20AC`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\\\"`, `\\u0041`, "é", "日本", "😀", "a", "ab ", "!#[]",
		strings.Repeat("x", 7), strings.Repeat("y", 16), strings.Repeat("z", 33), strings.Repeat("~", 64), strings.Repeat("é", 40),
	}
	broken := []string{"\xff", "\xe2\x82", "\xc3", "\xa9", "\x1f", "\x00", "\n", `\x`, `\u12g4`, `\U0041`, `"`}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // test data
	for range 20_000 {
		var text strings.Builder
		for range 1 + random.IntN(30) {
			text.WriteString(parts[random.IntN(len(parts))])
		}
		if random.IntN(3) == 0 {
			at := random.IntN(text.Len())
			whole := text.String()
			text.Reset()
			text.WriteString(whole[:at] + broken[random.IntN(len(broken))] + whole[at:])
		}
		body := `["` + text.String() + `","` + strings.Repeat("-", random.IntN(200)) + `"]`
		if random.IntN(20) == 0 {
			body = body[:random.IntN(len(body))]
		}
		var want []string
		valid := json.Unmarshal([]byte(body), &want) == nil
		got, err := decode[[]string](body)
		switch {
		case len(body) == 0: // which is not an error here
		case !assert.Equal(t, valid, err == nil, "%q", body):
			return
		case valid && !assert.Equal(t, want, got, "%q", body):
			return
		}
	}
}
