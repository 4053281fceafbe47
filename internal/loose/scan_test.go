package loose_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/loose"
)

func TestEscapesInTexts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"plain":                       {`"abc"`, "abc"},
		"one letter":                  {`"\"\\\/\b\f\n\r\t"`, "\"\\/\b\f\n\r\t"},
		"in the middle":               {`"a\tb\nc"`, "a\tb\nc"},
		"hexadecimal":                 {`"\u0041\u00e9\u00E9\u20ac"`, "Aéé€"},
		"NUL":                         {`"\u0000"`, "\x00"},
		"surrogate pair":              {`"\ud83d\ude00"`, "😀"},
		"the last of all pairs":       {`"\udbff\udfff"`, "\U0010ffff"},
		"the first of all pairs":      {`"\ud800\udc00"`, "\U00010000"},
		"high surrogate alone":        {`"\ud83d"`, "\ufffd"},
		"high surrogate and letter":   {`"\ud83dA"`, "\ufffdA"},
		"high surrogate and escape":   {`"\ud83d\n"`, "\ufffd\n"},
		"high surrogate and no low":   {`"\ud83d\u0041"`, "\ufffdA"},
		"high surrogate and beyond":   {`"\ud83d\ue000"`, "\ufffd\ue000"},
		"two high surrogates":         {`"\ud83d\ud83d\ude00"`, "\ufffd😀"},
		"low surrogate alone":         {`"\ude00"`, "\ufffd"},
		"two low surrogates":          {`"\ude00\ude00"`, "\ufffd\ufffd"},
		"low surrogate first":         {`"\ude00\ud83d"`, "\ufffd\ufffd"},
		"beyond ASCII":                {`"Größe 日本 😀"`, "Größe 日本 😀"},
		"beyond ASCII and an escape":  {`"Größe\t日本"`, "Größe\t日本"},
		"delete and C1":               {"\"\x7f\u0085\"", "\x7f\u0085"},
		"no UTF-8":                    {"\"a\xffb\"", "a\ufffdb"},
		"no UTF-8 before an escape":   {"\"a\xde\\b\"", "a\ufffd\b"},
		"no UTF-8 behind an escape":   {"\"\\n\xff\xfe\"", "\n\ufffd\ufffd"},
		"a cut rune":                  {"\"\xe2\x82\"", "\ufffd\ufffd"},
		"an overlong rune":            {"\"\xc0\xaf\"", "\ufffd\ufffd"},
		"a surrogate in UTF-8":        {"\"\xed\xa0\x80\"", "\ufffd\ufffd\ufffd"},
		"U+FFFD itself":               {"\"\ufffd\"", "\ufffd"},
		"a byte order mark inside":    {"\"\ufeffa\"", "\ufeffa"},
		"brackets":                    {`"]}{[,:"`, "]}{[,:"},
		"quotes at the end":           {`"a\""`, `a"`},
		"backslashes before the end":  {`"a\\"`, `a\`},
		"backslashes and a quote":     {`"a\\\""`, `a\"`},
		"line separators of Unicode":  {"\"\u2028\u2029\"", "\u2028\u2029"},
		"escapes that look like more": {`"\\u0041"`, `\u0041`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := one[holder[string]](t, `{"v":`+test.text+`}`)
			assert.Equal(t, test.want, got.V)
			var same string
			require.NoError(t, json.Unmarshal([]byte(test.text), &same))
			assert.Equal(t, same, got.V, "encoding/json reads it otherwise")
		})
	}
}

// Texts are looked through several bytes at a time: what is special must be found wherever it stands, and nothing else.
func TestTextsOfEveryLength(t *testing.T) {
	t.Parallel()
	fillers := []string{"a", " ", "!", "#", "[", "]", "\x7f", "~"} // neighbours of what is special
	specials := []string{"", `\n`, `\"`, `\\`, "é", "日", "\xff", "\x80", "\x1f", "\x00", "\n"}
	for _, filler := range fillers {
		for _, special := range specials {
			for before := range 20 {
				for _, behind := range []int{0, 1, 7, 8, 9} {
					text := `"` + strings.Repeat(filler, before) + special + strings.Repeat(filler, behind) + `"`
					var want string
					valid := json.Unmarshal([]byte(text), &want) == nil
					got, err := decode[holder[string]](`{"v":` + text + `}`)
					assert.Equal(t, valid, err == nil, "%q", text)
					assert.Equal(t, want, got.V, "%q", text)
				}
			}
		}
	}
}

func TestMalformedJSON(t *testing.T) {
	t.Parallel()
	const (
		noEnd  = "the text does not end"
		noText = "no member name"
		noComm = "no comma or brace after a member"
		noBrak = "no comma or bracket after an element"
		noVal  = "no JSON value"
		early  = "the JSON ends early"
		badNum = "a malformed number"
	)
	tests := []struct {
		body   string
		offset int64
		path   string
		reason string
	}{
		{`{`, 1, "", noText},
		{`{1:2}`, 1, "", noText},
		{`{"a":1,}`, 7, "", noText},
		{`{,"a":1}`, 1, "", noText},
		{`{'a':1}`, 1, "", noText},
		{`{"a`, 3, "", noEnd},
		{`{"a"`, 4, "", "no colon after a member name"},
		{`{"a" 1}`, 5, "", "no colon after a member name"},
		{`{"a"=1}`, 4, "", "no colon after a member name"},
		{`{"a":`, 5, "", early},
		{`{"a":}`, 5, "", noVal},
		{`{"v":`, 5, "v", early},
		{`{"v": }`, 6, "v", noVal},
		{`{"a":1`, 6, "", noComm},
		{`{"a":1 "b":2}`, 7, "", noComm},
		{`{"a":1;"b":2}`, 6, "", noComm},
		{`{"a":1]`, 6, "", noComm},
		{`{"a":[1,]}`, 8, "", noVal},
		{`{"a":[1 2]}`, 8, "", noBrak},
		{`{"a":[1}`, 7, "", noBrak},
		{`{"a":[`, 6, "", early},
		{`{"a":[1`, 7, "", noBrak},
		{`{"a":"x`, 7, "", noEnd},
		{`{"v":"x`, 7, "v", noEnd},
		{`{"v":"x\"`, 9, "v", noEnd},
		{`{"v":"x\"\`, 9, "v", noEnd},
		{`{"v":"x\"y`, 10, "v", noEnd},
		{`{"v":"\x"}`, 6, "v", "an unknown escape in a text"},
		{`{"v":"ab\'"}`, 8, "v", "an unknown escape in a text"},
		{`{"v":"\u12"}`, 6, "v", `a malformed \u escape in a text`},
		{`{"v":"\u12g4"}`, 6, "v", `a malformed \u escape in a text`},
		{`{"v":"\u+123"}`, 6, "v", `a malformed \u escape in a text`},
		{`{"v":"\u"`, 6, "v", `a malformed \u escape in a text`},
		{`{"v":"\ud83d\u12"}`, 12, "v", `a malformed \u escape in a text`},
		{"{\"v\":\"a\nb\"}", 7, "v", "a control character in a text"},
		{"{\"v\":\"\\n\tb\"}", 8, "v", "a control character in a text"},
		{"{\"v\":\"\x00\"}", 6, "v", "a control character in a text"},
		{"{\"a\nb\":1}", 3, "", "a control character in a text"},
		{`{"v":-}`, 6, "v", noVal},
		{`{"v":-Inf}`, 6, "v", noVal},
		{`{"v":01}`, 6, "", noComm},
		{`{"v":1.}`, 7, "v", badNum},
		{`{"v":1.e1}`, 7, "v", badNum},
		{`{"v":1e}`, 7, "v", badNum},
		{`{"v":1e+}`, 8, "v", badNum},
		{`{"a":1E-x}`, 8, "", badNum},
		{`{"v":0x10}`, 6, "", noComm},
		{`{"v":1_000}`, 6, "", noComm},
		{`{"a":tru}`, 5, "", noVal},
		{`{"a":True}`, 5, "", noVal},
		{`{"a":fals`, 5, "", noVal},
		{`{"a":nul`, 5, "", noVal},
		{`{"a":nulls}`, 9, "", noComm},
		{"{\"a\":\x00}", 5, "", early},
		{"{\"a\":\u00a01}", 5, "", noVal},
		{`{"a":1}x`, 7, "", "something follows the JSON value"},
		{`{"a":1}` + "\x00", 7, "", "something follows the JSON value"},
		{`{"a":1}//`, 7, "", "something follows the JSON value"},
	}
	for _, test := range tests {
		t.Run(test.body, func(t *testing.T) {
			t.Parallel()
			_, err := decode[holder[string]](test.body)
			var at *loose.Error
			require.ErrorAs(t, err, &at)
			assert.Equal(t, loose.Error{Offset: test.offset, Path: test.path, Reason: test.reason}, *at)
			assert.False(t, json.Valid([]byte(test.body)), "this is JSON")
		})
	}
}
