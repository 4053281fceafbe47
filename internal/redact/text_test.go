package redact_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/redact"
)

// TestTextThatBreaksOff: the beginning of a secret at the end of a text goes too, also where it is escaped or an escape is not complete.
func TestTextThatBreaksOff(t *testing.T) {
	t.Parallel()
	secrets := redact.New(nil, "hunter/22", "swordfish", "abc", `pass"word`, "smile😀word")
	for text, want := range map[string]string{
		"":                        "",
		"nothing of it":           "nothing of it",
		"key=hunt":                "key=[redacted]",
		"key=hunter/2":            "key=[redacted]",
		"key=hun":                 "key=hun", // as short as a word
		"hunt":                    "[redacted]",
		"hunt that goes on":       "hunt that goes on",
		"in the end, hunter/22.":  "in the end, [redacted].",
		"key=hunter%2f2":          "key=[redacted]",
		"key=hunter%2f":           "key=[redacted]",
		"key=hunter%2":            "key=[redacted]",
		"key=hunter%":             "key=[redacted]",
		`key=hunter\`:             "key=[redacted]",
		`key=hunter\u00`:          "key=[redacted]",
		`key=%68unter\\u00`:       "key=[redacted]",
		"key=hunter%252":          "key=[redacted]",
		"key=hunter&#x2":          "key=[redacted]",
		"key=pass&quo":            "key=[redacted]",
		`key=pass\\\`:             "key=[redacted]",
		`key=smile\ud83d`:         "key=[redacted]", // the first half of a character
		`key=smile\ud83d\ude`:     "key=[redacted]",
		`key=smile%ud83d%ude0`:    "key=[redacted]",
		`key=smile\ud83d goes on`: `key=smile\ud83d goes on`,
	} {
		assert.Equal(t, want, secrets.String(text), text)
	}
}

func TestTextIsCutFirst(t *testing.T) {
	t.Parallel()
	secrets := redact.New(nil, "hunter22")
	text := strings.Repeat("x", 100) + "hunter22"
	for longest := range len(text) + 10 {
		got := string(secrets.Text(t.Context(), []byte(text), longest))
		assert.LessOrEqual(t, len(got), longest)
		assert.NotContains(t, got, "hunt")
	}
}

func TestTextOfAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, redact.Placeholder, string(redact.New(nil, "hunter22").Text(ctx, []byte("no secret here"), 1<<10)))
}

// TestTextEscapedMoreThanOnce: JSON inside of JSON, and what other encoders write.
func TestTextEscapedMoreThanOnce(t *testing.T) {
	t.Parallel()
	secret := "p/s\"w+é\\x y"
	for _, text := range []string{
		marshalled(marshalled(secret)), marshalled(marshalled(marshalled(secret))), dotNet(dotNet(secret)),
		`p%2Fs%2522w%252B%25C3%25A9%255cx%20y`, `p&sol;s&amp;quot;w&plus;&eacute;&bsol;x&#32;y`, `p%u002fs\x22w\053\U000000e9\\x+y`,
	} {
		assert.Equal(t, "<[redacted]>", redact.New(nil, secret).String("<"+text+">"), text)
	}
}

func TestTextInBase64(t *testing.T) {
	t.Parallel()
	for before := range 4 {
		for behind := range 4 {
			text := strings.Repeat("i", before) + "hunter22-canary" + strings.Repeat("o", behind)
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
				got := redact.New(nil, "hunter22-canary").String("Basic " + encoding.EncodeToString([]byte(text)) + " was refused")
				assert.Contains(t, got, redact.Placeholder, text)
				assert.Less(t, len(got), len("Basic  was refused")+len(redact.Placeholder)+14, text)
			}
		}
	}
}

// hostile are texts and secrets made to be slow.
func hostile(size int) map[string]struct {
	text    string
	secrets []string
} {
	var prefixes, words []string
	for n := range 5000 {
		prefixes = append(prefixes, strings.Repeat("a", n))
		words = append(words, fmt.Sprintf("word-%d-of-a-write", n))
	}
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	return map[string]struct {
		text    string
		secrets []string
	}{
		"words":              {fill("no word-4711-of-a-write and others,"), words},
		"percent":            {fill("%"), words},
		"backslashes":        {fill(`\`), []string{strings.Repeat(`\`, 5000) + "x", "word"}},
		"references":         {fill("&#"), words},
		"ampersands":         {fill("&amp;"), []string{strings.Repeat("&amp;", 5000) + "x"}},
		"escaped percent":    {fill("%25"), []string{strings.Repeat("%25", 5000) + "x"}},
		"prefixes":           {fill("a"), prefixes},
		"one long run":       {fill("a"), []string{strings.Repeat("a", 5000) + "b"}},
		"queries":            {fill("?a"), words},
		"an enormous secret": {fill("ab"), []string{strings.Repeat("ab", 16<<20)}},
	}
}

func BenchmarkText(b *testing.B) {
	for name, test := range hostile(256 << 10) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(256 << 10)
			for b.Loop() {
				redact.New(nil, test.secrets...).Text(b.Context(), []byte(test.text), 256<<10)
			}
		})
	}
}

// FuzzText compares with a search for the secrets as they are: they are not shown, and nothing goes from a text without escapes that holds
// no beginning of one.
func FuzzText(f *testing.F) {
	f.Add("a text with abcd in it", "abcd", "bcde")
	f.Add(`abc\u0064e`, "abcd", `\u0064e`)
	f.Add("%25%25%25ab", "%25ab", "25%a")
	f.Add(`\\\\\\ab`, `\\\ab`, "ab")
	f.Fuzz(func(t *testing.T, text, one, other string) {
		got := bytesOf(redact.New(nil, one, other), text)
		held := false
		for _, secret := range []string{one, other} {
			if len(secret) < 4 {
				continue
			}
			held = held || strings.Contains(text, secret)
			for part := range strings.SplitSeq(got, redact.Placeholder) {
				if strings.Contains(part, secret) {
					t.Errorf("%q is left in %q of %q", secret, got, text)
				}
			}
			for n := 4; n < len(secret); n++ {
				held = held || strings.HasSuffix(text, secret[:n])
			}
		}
		if !held && !strings.ContainsAny(text, `%\&+?`) && len(one) < 8 && len(other) < 8 && got != text {
			t.Errorf("%q became %q for %q and %q", text, got, one, other)
		}
		if held && got == text {
			t.Errorf("%q stayed for %q and %q", text, one, other)
		}
	})
}
