package table_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

func TestTablesFit(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"1234567890123", "Datto RMM (1234567890123)", "a text that is rather long, by any measure"}, {"2", "Xero (47)", "x"}}
	tests := map[string]struct {
		width int
		want  string
	}{
		"with room": {0, `
ID             INTEGRATION                ERROR
1234567890123  Datto RMM (1234567890123)  a text that is rather long, by any measure
2              Xero (47)                  x
`},
		"with less room": {60, `
ID             INTEGRATION            ERROR
1234567890123  Datt… (1234567890123)  a text that is rather…
2              Xero (47)              x
`},
		"with little room": {24, `
ID
    INTEGRATION
    ERROR
1234567890123
    Dat… (1234567890123)
    a text that is rath…
2
    Xero (47)
    x
`},
	}
	for name, test := range tests {
		var b bytes.Buffer
		require.NoError(t, (&table.Table{Head: []string{"id", "integration", "error"}, Rows: rows, Width: test.width}).Write(&b))
		assert.Equal(t, strings.TrimPrefix(test.want, "\n"), b.String(), name)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"äöüß", 3, "äö…"}, {"abc", 0, "…"}, {"Datto RMM (12)", 10, "Datt… (12)"}, {"(123456)", 4, "(12…"},
	} {
		assert.Equal(t, test.want, table.Cut(test.text, test.width), test.text)
	}
}

func TestWidthIsThatOfATerminal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"abc": 3, "日本語": 6, "한국": 4, "e\u0301": 1, "🙂": 2, "…": 1, "Ä": 1, "ｆｕｌｌ": 8, "▲": 1, "": 0} {
		assert.Equal(t, want, table.Width(text), text)
	}
	assert.Equal(t, "日本…", table.Cut("日本語の文", 5))
	assert.Equal(t, "日本…", table.Cut("日本語の文", 6))
	var out strings.Builder
	wide := table.Table{Head: []string{"a", "b"}, Rows: [][]string{{"日本", "x"}, {"abcd", "y"}}}
	require.NoError(t, wide.Write(&out))
	assert.Equal(t, "A     B\n日本  x\nabcd  y\n", out.String())
}
