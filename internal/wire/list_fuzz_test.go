package wire_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// FuzzDecodeList: whatever the body, no panic, no half of a list, and nothing accepted that is no JSON. An array that encoding/json reads
// into records is read to as many.
func FuzzDecodeList(f *testing.F) {
	for _, seed := range []string{
		`{"page_no":1,"page_size":50,"record_count":717,"errors":[{"id":1,"name":"a"},null,{"id":"2"}]}`, `{"faults":[{"id":1}],"columns":[{"id":2}],"x":[1]}`,
		`[{"id":1,"trace":[{"log":"x"}]},{"ID":2.0,"trace":{"log":"y"}}]`, `{"id":7,"trace":[{"log":"x"}],"error":"e"}`, `{"error":{"message":"x"}}`,
		`{"record_count":"3","errors":[],"integrationerrors":[{"id":-1}]}`, `{"a":[{"id":1}],"b":[{"id":2}]}`, `[null]`, `null`, `""`, ``, `{}`, `{ }`, "\xef\xbb\xbf[]",
		`{"errors":[{"id":`, `[{"id":"\ud800\u0041","x":"\xff"}]`, `[[[[[[]]]]]]`, `{"record_count":0,"errors":[nul]}`, "[\x00]", "\u00a0[{}]\u2028", `{"":[{"":""}]}`,
	} {
		f.Add([]byte(seed), "IntegrationError", 50)
		f.Add([]byte(seed), "", 0)
	}
	f.Fuzz(func(t *testing.T, body []byte, resource string, hint int) {
		list := decodesWell[row](t, body, resource, hint)
		decodesWell[openRow](t, body, resource, hint)
		decodesWell[map[string]any](t, body, resource, hint)
		decodesWell[json.RawMessage](t, body, resource, hint)

		var same []*row
		if json.Unmarshal(body, &same) == nil && !tooDeep(body) {
			require.NotNil(t, list, "encoding/json reads it")
			rows := 0
			for _, row := range same {
				if row != nil {
					rows++
				}
			}
			require.Len(t, list.Records, rows)
		}
	})
}

// bare are the numbers that are read although they are no JSON.
var bare = regexp.MustCompile(`NaN|Infinity`)

// decodesWell decodes a list and checks what must hold of any outcome. It returns nil after an error.
func decodesWell[T any](t *testing.T, body []byte, resource string, hint int) *wire.List[T] {
	t.Helper()
	before := bytes.Clone(body)
	list, err := wire.DecodeList[T](body, resource, hint)
	require.Equal(t, before, body, "the body is not ours to change")
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch err := err.(type) { //nolint:errorlint // an error of this very type is the promise
	case nil:
		require.True(t, len(trimmed) == 0 || json.Valid(trimmed) || bare.Match(trimmed), "accepted, but no JSON")
		require.Len(t, list.Keys, len(list.Records))
		require.True(t, list.RecordCount == -1 || list.RecordCount >= len(list.Records))
		require.GreaterOrEqual(t, min(list.PageNo, list.PageSize), 0)
		for _, key := range list.Keys {
			require.Equal(t, key.Kind == wire.KeyID, key.ID > 0)
		}
		return &list
	case *wire.Error:
		require.True(t, err.Offset >= 0 && err.Offset <= int64(len(trimmed)))
		require.NotEmpty(t, err.Reason)
	case *wire.PayloadError:
		require.True(t, trimmed[0] == '{' || json.Valid(trimmed), "of a text the whole, of an object its members")
		require.NotEmpty(t, err.Error())
	default:
		require.Fail(t, "an error of another type", "%T", err)
	}
	require.Equal(t, wire.List[T]{RecordCount: -1}, list)
	return nil
}

// tooDeep reports whether JSON is nested further than is read, which encoding/json does up to 10,000.
func tooDeep(body []byte) bool {
	depth, deepest := 0, 0
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return deepest > 1000
		}
		if bracket, ok := token.(json.Delim); ok {
			if strings.ContainsRune("{[", rune(bracket)) {
				depth++
			} else {
				depth--
			}
			deepest = max(deepest, depth)
		}
	}
}
