package loose_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/loose"
)

type payment struct {
	ID    int64                      `json:"id"`
	Name  string                     `json:"name"`
	Lines []payment                  `json:"lines"`
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

func TestInto(t *testing.T) {
	t.Parallel()
	text := "before"
	tests := map[string]struct {
		body  string
		into  any
		want  any
		found bool
	}{
		"struct, tolerantly":    {"\xef\xbb\xbf {\"ID\":\"12\",\"name\":7,\"new\":true}\n", &payment{}, &payment{ID: 12, Name: "7", Extra: map[string]json.RawMessage{"new": json.RawMessage("true")}}, true},
		"nothing is left over":  {`{"id":1}`, &payment{ID: 9, Name: "old", Lines: []payment{{}}}, &payment{ID: 1}, true},
		"slice":                 {`[{"id":1},{"id":2}]`, &[]payment{{Name: "old"}}, &[]payment{{ID: 1}, {ID: 2}}, true},
		"slice of a single one": {`{"id":1}`, &[]payment{}, &[]payment{{ID: 1}}, true},
		"pointer":               {`{"id":1}`, new(*payment), func() any { p := &payment{ID: 1}; return &p }(), true},
		"map":                   {`{"a":1}`, &map[string]int{"b": 2}, &map[string]int{"a": 1}, true},
		"any":                   {`[1,"a"]`, new(any), func() any { var v any = []any{1.0, "a"}; return &v }(), true},
		"raw":                   {` {"a": [1, 2]} `, &json.RawMessage{}, func() any { v := json.RawMessage(`{"a": [1, 2]}`); return &v }(), true},
		"text":                  {`"after"`, &text, func() any { v := "after"; return &v }(), true},
		"null":                  {`null`, &payment{ID: 9}, &payment{}, false},
		"empty text":            {` "" `, &[]payment{{}}, new([]payment), false},
		"nothing":               {``, &map[string]int{"b": 2}, new(map[string]int), false},
		"blanks":                {"\n\n", new(any), new(any), false},
		"an empty object":       {`{}`, &payment{ID: 9}, &payment{}, true},
		"discarded":             {`{"a":[1]}`, nil, nil, true},
		"nothing to discard":    {``, nil, nil, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := loose.Into([]byte(test.body), test.into)
			require.NoError(t, err)
			assert.Equal(t, test.found, found)
			assert.Equal(t, test.want, test.into)
		})
	}
}

func TestIntoFails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		into   any
		offset int64
		path   string
	}{
		"a page of HTML":            {"  <html>", &payment{}, 2, ""},
		"a page that is discarded":  {"<html>", nil, 0, ""},
		"text":                      {"OK", nil, 0, ""},
		"two values":                {"\xef\xbb\xbf{\"id\":1} {}", &payment{}, 12, ""},
		"two that are discarded":    {`{} {}`, nil, 3, ""},
		"something after null":      {`null x`, &payment{}, 5, ""},
		"broken off":                {`{"id":1,"lines":[{"id":2`, &payment{}, 24, "lines[0]"},
		"broken off, and discarded": {`{"id":1`, nil, 7, ""},
		"another type, deep":        {`[{"id":1},{"id":1,"lines":[{"id":{}}]}]`, &[]payment{}, 33, "[1].lines[0].id"},
		"an array for a struct":     {` [1]`, &payment{}, 1, ""},
		"a text for a map":          {`"a"`, &map[string]int{}, 0, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := mustJSON(t, test.into)
			found, err := loose.Into([]byte(test.body), test.into)
			var at *loose.Error
			require.ErrorAs(t, err, &at)
			assert.False(t, found)
			assert.Equal(t, test.offset, at.Offset, at.Reason)
			assert.Equal(t, test.path, at.Path)
			assert.Equal(t, before, mustJSON(t, test.into), "stays as it was")
		})
	}
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}
