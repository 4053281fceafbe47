package loose_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/loose"
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
		read, skipped := loose.ScannerOf([]byte(body)), loose.ScannerOf([]byte(body))
		if len(body) > 1 { // a text that nobody wants is read to the same place, or to the same error
			read.At, skipped.At = 1, 1
			_, readErr := read.Text()
			_, skipErr := skipped.Skip()
			if !assert.Equal(t, readErr, skipErr, "%q", body) || readErr == nil && !assert.Equal(t, read.At, skipped.At, "%q", body) {
				return
			}
		}
		switch {
		case len(body) == 0: // which is not an error here
		case !assert.Equal(t, valid, err == nil, "%q", body):
			return
		case valid && !assert.Equal(t, want, got, "%q", body):
			return
		}
	}
}

// TestTextsAreValidUTF8 puts every kind of character, whole and in part, at every place of a text, with an escape and without, against encoding/json.
func TestTextsAreValidUTF8(t *testing.T) {
	t.Parallel()
	odd := []string{"", "\x80", "\xc0\x80", "ü", "\xc3", "東", "\xe6\x9d", "\xed\xa0\x80", "😀", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xff", "ü東", "ü\x80", "\ufffd"}
	for _, one := range odd {
		for _, other := range odd {
			for before := range 18 {
				for _, between := range []string{"", "b", "bbbbbbb", "bbbbbbbb", `\n`, `bbbbbbb\"bb`} {
					for _, end := range []string{"", "c"} {
						body := []byte(`"` + strings.Repeat("a", before) + one + between + other + end + `"`)
						var want, got string
						_ = json.Unmarshal(body, &want)
						_, err := loose.Into(body, &got)
						if err != nil || got != want {
							assert.Equal(t, want, got, "%q: %v", body, err)
						}
					}
				}
			}
		}
	}
}
