package redact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/redact"
)

// awkward has what every way of writing escapes, and a character outside of ASCII and one outside of 16 bits.
const awkward = `p/s+w%2B "<\'&>é😀=x`

// dotNet writes text as .NET's encoder of JSON does, which escapes more than Go's.
func dotNet(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(`"'+&<>`, r) || r > 126 && r < 1<<16 {
			fmt.Fprintf(&b, `\u%04X`, r)
			continue
		}
		quoted := strconv.QuoteToASCII(string(r))
		if r >= 1<<16 {
			quoted = `"\uD83D\uDE00"`
		}
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

func marshalled(text string) string {
	data, _ := json.Marshal(text)
	return string(data[1 : len(data)-1])
}

func TestBytesHidesEveryForm(t *testing.T) {
	t.Parallel()
	forms := map[string]func(string) string{
		"plain":                 func(s string) string { return s },
		"query":                 url.QueryEscape,
		"query, lower case":     func(s string) string { return lowerEscapes(url.QueryEscape(s)) },
		"path":                  url.PathEscape,
		"JSON of Go":            marshalled,
		"JSON of .NET":          dotNet,
		"JSON, slashes escaped": func(s string) string { return strings.ReplaceAll(marshalled(s), "/", `\/`) },
		"quoted by Go":          func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
		"HTML of Go":            html.EscapeString,
		"HTML, hexadecimal":     func(s string) string { return strings.ReplaceAll(html.EscapeString(s), "+", "&#x2B;") },
		"HTML, by names":        strings.NewReplacer(`&`, "&amp;", `"`, "&quot;", `'`, "&apos;", "<", "&lt;", ">", "&gt;").Replace,
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, secret := range []string{awkward, "s3cr3t/with+plus", "plainsecret"} {
				written := form(secret)
				got := bytesOf(redact.New(nil, secret), "before "+written+", and "+written+" behind")
				assert.Equal(t, "before [redacted], and [redacted] behind", got, written)
			}
		})
	}
}

// lowerEscapes writes the hexadecimal digits of an escaped text in lower case, as .NET does.
func lowerEscapes(text string) string {
	b := []byte(text)
	for i := range b {
		if b[i] == '%' {
			copy(b[i:], bytes.ToLower(b[i:i+3]))
		}
	}
	return string(b)
}

func bytesOf(r *redact.Redactor, text string) string {
	return string(r.Text(context.Background(), []byte(text), 1<<20))
}

func TestBytes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		secrets    []string
		text, want string
	}{
		"no secrets":                   {nil, "text", "text"},
		"not there":                    {[]string{"hunter22"}, "text", "text"},
		"text shorter than the secret": {[]string{"hunter22"}, "hunter2", "[redacted]"},
		"empty text":                   {[]string{"hunter22"}, "", ""},
		"alone":                        {[]string{"hunter22"}, "hunter22", "[redacted]"},
		"short ones are left":          {[]string{"", "a", "abc"}, "abc a", "abc a"},
		"the shortest that goes":       {[]string{"abcd"}, "abc abcd", "abc [redacted]"},
		"another case is another text": {[]string{"hunter22"}, "HUNTER22", "HUNTER22"},
		"the longest first":            {[]string{"secret", "secret-long", "cret"}, "a secret-long b secret", "a [redacted] b [redacted]"},
		"one ends within another":      {[]string{"abcd", "bcdefgh"}, "-abcdefgh-", "-[redacted]-"},
		"next to each other":           {[]string{"abcd", "efgh"}, "abcdefgh.abcd", "[redacted].[redacted]"},
		"the placeholder stays":        {[]string{"hunter22", "redacted", "acted"}, "hunter22", "[redacted]"},
		"given twice":                  {[]string{"hunter22", "hunter22"}, "hunter22", "[redacted]"},
		"begins where one broke off":   {[]string{"aaab"}, "aaaab", "a[redacted]"},
		"an escape in the secret":      {[]string{`a%25b`}, `a%25b a%2525b a%b`, `[redacted] [redacted] a%b`},
		"a backslash in the secret":    {[]string{`a\\b`}, `a\\b a\\\\b a\b`, `[redacted] [redacted] a\b`},
		"broken off within an escape":  {[]string{"abc+"}, `abc%2`, `abc%2`},
		"bytes that are not text":      {[]string{"ab\xff\xfe"}, "-ab\xff\xfe- ab%FF%fe", "-[redacted]- [redacted]"},
		"each character in a way":      {[]string{"p/s+w&x"}, `%70%2Fs\u002bw&#38;x &#112;/s%2bw&amp;x`, "[redacted] [redacted]"},
		"differs within a character":   {[]string{"abcé"}, "abcè", "abcè"},
		"a plus is no space":           {[]string{"abc+def"}, "abc def", "abc def"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := []byte(test.text)
			got := redact.New(nil, test.secrets...).Text(t.Context(), text, 1<<20)
			assert.Equal(t, test.want, string(got))
			assert.Equal(t, test.text, string(text), "the text that was given stays")
			if test.want == test.text && len(text) > 0 {
				assert.Same(t, &text[0], &got[0], "and is returned when there is nothing to hide")
			}
		})
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"nothing to hide":       {"no such record?", "no such record?"},
		"a secret":              {"no hunter22 here", "no [redacted] here"},
		"a query":               {"GET /api/Error?id=5&name=x failed", "GET /api/Error?[redacted] failed"},
		"a secret in a query":   {"/api/Error?key=hunter22", "/api/Error?[redacted]"},
		"a query in JSON":       {`{"message":"/api?a=1\u0026b=2"}`, `{"message":"/api?[redacted]"}`},
		"queries":               {"<a href='/x?y=1'>/z?w=2</a>", "<a href='/x?[redacted]'>/z?[redacted]</a>"},
		"a question, no query":  {"really? a=b", "really? a=b"},
		"a name with a bracket": {"?filter[0].x=1", "?[redacted]"},
		"a name with a dollar":  {"?$filter=1", "?[redacted]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, redact.New(nil, "hunter22").String(test.text))
		})
	}
}

// FuzzBytes checks that no secret is left, whatever it is and wherever it stands.
func FuzzBytes(f *testing.F) {
	f.Add("before", awkward, "after")
	f.Add("%", `\\\\`, "\\")
	f.Add("&amp", "&amp;amp;", ";")
	f.Add("aaa", "aaaa", "aaaa")
	f.Add("", "%25%25", "25")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		text := before + secret + after + url.QueryEscape(secret) + after + dotNet(secret)
		got := bytesOf(redact.New(nil, secret), text)
		if len(secret) < 4 {
			if got != string(redact.Queries([]byte(text))) {
				t.Errorf("%q is too short for a secret, and yet %q became %q", secret, text, got)
			}
			return
		}
		for part := range strings.SplitSeq(got, redact.Placeholder) {
			if strings.Contains(part, secret) {
				t.Errorf("%q is left in %q of %q", secret, got, text)
			}
		}
	})
}
