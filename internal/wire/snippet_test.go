package wire_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`{"id":1,"name":"a"},`, 50)
	tests := map[string]struct {
		body   string
		offset int64
		want   string
	}{
		"names and numbers":         {`{"id":12,"name":"canary","ok":true,"none":null,"list":[1.5,"canary",[],{}]}`, 0, `{"id":12,"name":"…","ok":true,"none":null,"list":[1.5,…`},
		"the whole":                 {`{"id":12,"list":[1.5,"canary",[],{}]}`, 20, `{"id":12,"list":[1.5,"…",[],{}]}`},
		"array":                     {`["canary", "canary" ]`, 0, `["…","…"]`},
		"white space":               {" \n{ \"id\" :\t1 ,\r\n \"name\" : \"canary\" }", 0, `{"id":1,"name":"…"}`},
		"byte order mark":           {"\xef\xbb\xbf{\"id\":1}", 0, `{"id":1}`},
		"escapes in a name":         {`{"a\"b\n":"canary","\u2028":2}`, 0, `{"a\"b\n":"…","\u2028":2}`},
		"names beyond ASCII":        {"{\"größe\":1,\"\xff\":2}", 0, `{"größe":1,"�":2}`},
		"a name of 60 bytes":        {`{"` + strings.Repeat("x", 60) + `":1}`, 70, `…:1}`},
		"a name longer than names":  {`{"canary` + strings.Repeat("x", 60) + `":1}`, 0, `{"…":1}`},
		"in the middle":             {`[` + long + `{"id":"x"},` + long + `{}]`, 1001, `…1,"name":"…"},{"id":1,"name":"…"},{"id":1,"name":"…"},{"id":"…"},{"id":1,"name":"…"},{"id":1,"name":"…"},{…`},
		"at the end":                {`[` + long + `{"id":"x"}]`, 1001, `…1,"name":"…"},{"id":1,"name":"…"},{"id":1,"name":"…"},{"id":"…"}]`},
		"offset before the body":    {`{"id":1}`, -5, `{"id":1}`},
		"offset behind the body":    {`{"id":1}`, 1 << 60, `{"id":1}`},
		"cut in a text":             {`{"id":1,"name":"canary`, 22, `{"id":1,"name":`},
		"cut in a name":             {`{"id":1,"canary`, 15, `{"id":1`},
		"cut behind a name":         {`{"id":1,"canary"`, 16, `{"id":1`},
		"cut behind a value":        {`[{"id":1`, 8, `[{"id":1`},
		"quotes in a text":          {`{"a":"x"canary 42 true":1,"b":2}`, 8, `{"a":"…"…`},
		"quotes in a text, as name": {`{"a":"canary":"canary"}`, 13, `{"a":"…"…`},
		"text without quotes":       {`{"a":canary 42}`, 5, `{"a":…`},
		"text that begins as true":  {`{"a":true canary 42}`, 10, `{"a":true…`},
		"control in a text":         {"{\"a\":\"cana\nry\"}", 10, `{"a":…`},
		"something behind":          {`{"a":1} canary`, 8, `{"a":1}…`},
		"HTML":                      {" <html>canary</html>", 0, "HTML of 20 bytes"},
		"text":                      {"canary", 0, "text of 6 bytes"},
		"JSON text":                 {`"canary"`, 0, "text of 8 bytes"},
		"number":                    {"42", 0, "text of 2 bytes"},
		"empty":                     {"", 0, "an empty body"},
		"white space alone":         {"\xef\xbb\xbf \n", 0, "an empty body"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, wire.Snippet([]byte(test.body), test.offset))
		})
	}
}

// FuzzSnippet puts a text into whatever body there is: as a value, or behind a quote that is not where it should be. It must not be shown.
func FuzzSnippet(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"name"`, `}`}, {`[{"id":1,"name"`, `,"x":2}]`}, {`{"a":"b`, `":1}`}, {`{"a":{"b":[1,{"c"`, `}]}}`}, {`{"a":"\`, `,`}, {`{"a":"b","c`, ``},
		{`{"a" `, `:1}`}, {`{`, `}`}, {`[1,"x","`, `]`}, {"\xef\xbb\xbf {\"\xff\"", `}`}, {`[[[[{"a":[{"b"`, `}]}]]]]`}, {`{"a":1}`, ``}, {`{"a":"x","b"`, `"y":1}`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]), int64(0))
		f.Add([]byte(seed[0]), []byte(seed[1]), int64(len(seed[0])))
		f.Add([]byte(strings.Repeat(`[{"a":"b"},`, 30)+seed[0]), []byte(seed[1]), int64(330+len(seed[0])))
	}
	f.Fuzz(func(t *testing.T, before, behind []byte, offset int64) {
		const canary = "true7351false" // each part of it could stand outside of a text
		body := append(append(append([]byte{}, before...), `:"`+canary+`"`...), behind...)
		snippet := wire.Snippet(body, offset)
		if !strings.Contains(string(before), "7351") && !strings.Contains(string(behind), "7351") {
			require.NotContains(t, snippet, "7351")
		}
		require.True(t, utf8.ValidString(snippet))
		require.LessOrEqual(t, len(snippet), 2*(60+len("…")))
		require.NotContains(t, snippet, "\n")
	})
}
