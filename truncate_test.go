package halopsa_test

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa"
)

func TestTruncate(t *testing.T) {
	t.Parallel()
	const family, flags, e = "👩‍👩‍👧", "🇩🇪🇫🇷", "e\u0301"
	tests := []struct {
		s       string
		longest int
		want    string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"abc", 2, "a…"},
		{"abc", 1, "…"},
		{"a", 1, "a"},
		{"abc", 0, ""},
		{"abc", -5, ""},
		{"", 0, ""},
		{"", 5, ""},
		{"äöü", 3, "äöü"},
		{"äöüß", 3, "äö…"},
		{"🚀🚀", 4, "🚀🚀"},
		{"🚀🚀", 3, "🚀…"},
		{"🚀🚀", 2, "…"},
		{"a🚀b", 3, "a…"},
		{e + e + e, 6, e + e + e},
		{e + e + e, 5, e + e + "…"},
		{e + e + e, 4, e + "…"},
		{"x" + family + "y", 10, "x" + family + "y"},
		{"x" + family + "yz", 10, "x" + family + "…"},
		{"x" + family + "yz", 9, "x…"},
		{"👍🏽👍🏽", 7, "👍🏽…"},
		{"👍🏽👍🏽", 4, "…"},
		{flags, 8, flags},
		{flags, 7, "🇩🇪…"},
		{flags + flags, 13, flags + "🇩🇪…"},
		{"\u1112\u1161\u11ab\u1112\u1161", 4, "\u1112\u1161\u11ab…"},
		{"\u1112\u1161\u11ab\u1112\u1161", 3, "…"},
		{"1️⃣2️⃣", 4, "1️⃣…"},
		{"a\r\nb", 3, "a…"},
		{"\xff\xfe\xfd", 2, "\xff…"},
		{"क्षि" + "x", 3, "क्…"},
	}
	for _, test := range tests {
		got := halopsa.Truncate(test.s, test.longest)
		assert.Equal(t, test.want, got, "%q to %d", test.s, test.longest)
		assert.LessOrEqual(t, len(utf16.Encode([]rune(got))), max(0, test.longest))
	}
}

func FuzzTruncate(f *testing.F) {
	f.Add("a long text", 5)
	f.Add("👩‍👩‍👧🇩🇪e\u0301\xff", 7)
	f.Fuzz(func(t *testing.T, s string, longest int) {
		got := halopsa.Truncate(s, longest)
		assert.LessOrEqual(t, len(utf16.Encode([]rune(got))), max(0, longest))
		rest, cut := strings.CutSuffix(got, "…")
		assert.True(t, strings.HasPrefix(s, rest) || !cut && got == s)
		assert.Equal(t, utf8.ValidString(s), utf8.ValidString(s) && utf8.ValidString(got))
	})
}
