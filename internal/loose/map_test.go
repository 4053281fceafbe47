package loose_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// TestMapIsThatOfJSON: a map is what encoding/json makes of the same text.
func TestMapIsThatOfJSON(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 600 {
		fmt.Fprintf(&many, `"member %d":%d,`, i, i)
	}
	for _, body := range []string{
		`{}`, `{"a":null}`, `{"a":[],"b":{},"c":"","d":0,"e":-0,"f":false}`, `{"a":[1,"x",null,true,[{}],{"b":[2.5]}]}`, `{"a":1,"a":{"x":1},"a":{"y":2}}`,
		`{"a":1e308,"b":1e-400,"c":12345678901234567890,"d":0.1}`, "{\"a\xff\":\"b\xff\",\"\\u0041\":\"\\ud83d\\ude00\\n\"}", `{ "a" : [ 1 , 2 ] , "b" : { "c" : "d" } }`,
		`{"long":"` + strings.Repeat("long ", 100) + `"}`, `{` + many.String() + `"last":{` + many.String() + `"x":1}}`,
	} {
		var want map[string]any
		require.NoError(t, json.Unmarshal([]byte(body), &want), body)
		s := loose.ScannerOf([]byte(body))
		got, id, err := s.Map()
		require.Nil(t, err, body)
		assert.Equal(t, want, got, body)
		assert.Nil(t, id, body)
		assert.Nil(t, s.End(), body)
		s.Free()
	}
}

func TestMapTellsTheID(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"id":9007199254740993}`: `9007199254740993`, `{"a":{"id":1},"ID": "x" }`: `"x"`, `{"id":1,"Id":2}`: `1`, `{"Id":2,"id":1}`: `1`, `{"Id":2,"iD":3}`: `3`,
		`{"id":1,"id":null}`: `null`, `{"\u0069d":4}`: `4`, `{"id":{"a":[1]}}`: `{"a":[1]}`, `{"uid":4}`: ``, `{"id":NaN}`: `NaN`,
	} {
		s := loose.ScannerOf([]byte(body))
		_, id, err := s.Map()
		require.Nil(t, err, body)
		assert.Equal(t, want, string(id), body)
		s.Free()
	}
}

func TestMapFails(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"a":1e400,"b":2}`: "at byte 0: not a map[string]interface {}",
		`{"a":1e400,"b":}`:  "at byte 15: no JSON value", // which matters more: where the row ends is not known
		`{"a":[1,}`:         "at byte 8: no JSON value",
		`{"a":"x`:           "at byte 7: the text does not end",
		`{"a":{"b":1}`:      "at byte 12: no comma or brace after a member",
		`{"a" 1}`:           "at byte 5: no colon after a member name",
		`{"a":tru}`:         "at byte 5: no JSON value",
		`{"a":01}`:          "at byte 6: no comma or brace after a member",
		`{"a":` + strings.Repeat(`[`, 1000) + `}`: "at byte 1004: nested too deeply",
	} {
		s := loose.ScannerOf([]byte(body))
		got, _, err := s.Map()
		require.NotNil(t, err, body)
		assert.Equal(t, want, err.Error(), body)
		assert.Nil(t, got)
		s.Free()
	}
	s := loose.ScannerOf([]byte(`{"a":NaN,"b":1e400}`))
	defer s.Free()
	got, _, err := s.Map()
	require.Nil(t, err, "a bare NaN must not lose the row")
	assert.Nil(t, got)
}
