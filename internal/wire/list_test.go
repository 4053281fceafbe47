package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestDecodeListSaysWhereItFails(t *testing.T) {
	t.Parallel()
	const notOne = "an object that is neither a list nor a record of it"
	tests := map[string]struct {
		body string
		want wire.Error
	}{
		"several arrays":             {`{"a":[{"id":1}],"b":[{"id":2}],"c":[]}`, wire.Error{Reason: "which array is the list? there are a, b"}},
		"several arrays, paged":      {`{"record_count":1,"a":[{"id":1}],"b":[{"id":2}]}`, wire.Error{Reason: "which array is the list? there are a, b"}},
		"several of the own name":    {`{"errors":[{"id":1}],"integrationerrors":[{"id":2}]}`, wire.Error{Reason: "which array is the list? there are errors, integrationerrors"}},
		"the same one twice":         {`{"errors":[{"id":1}],"errors":[{"id":2}]}`, wire.Error{Reason: "which array is the list? there are errors, errors"}},
		"counted but not there":      {`{"record_count":5,"page_no":1}`, wire.Error{Reason: "record_count says that there are records, but there is no array of them"}},
		"counted but no rows":        {`{"record_count":5,"rows":[1,2]}`, wire.Error{Reason: "record_count says that there are records, but there is no array of them"}},
		"nested, but no list":        {`{"data":{"colour":"red"}}`, wire.Error{Reason: notOne}},
		"nested in two objects":      {`{"a":{"x":[{"id":1}]},"b":{"y":[{"id":1}]}}`, wire.Error{Reason: "which object holds the list? there are a, b"}},
		"nested too deeply":          {`{"a":{"b":{"c":{"x":[{"id":1}]}}}}`, wire.Error{Reason: notOne}},
		"nested, wrong type":         {`{"data":{"x":[{"id":"x"}]}}`, wire.Error{Offset: 20, Path: "data.x[0].id", Reason: "not an integer that fits"}},
		"an id of 0 alone":           {`{"id":0,"colour":"red"}`, wire.Error{Reason: notOne}},
		"an object of something":     {` {"colour":"red"}`, wire.Error{Reason: notOne}},
		"number":                     {`12`, wire.Error{Reason: "neither a list nor an object"}},
		"text that is cut":           {`"no access`, wire.Error{Reason: "neither a list nor an object"}},
		"blank text":                 {`" "`, wire.Error{Reason: "neither a list nor an object"}},
		"literal":                    {`true`, wire.Error{Reason: "neither a list nor an object"}},
		"HTML":                       {`<html></html>`, wire.Error{Reason: "neither a list nor an object"}},
		"two values":                 {`[{"id":1}] [{"id":2}]`, wire.Error{Offset: 11, Reason: "something follows the JSON value"}},
		"two objects":                {`{"id":1}{"id":2}`, wire.Error{Offset: 8, Reason: "something follows the JSON value"}},
		"two empty objects":          {`{}{}`, wire.Error{Offset: 2, Reason: "something follows the JSON value"}},
		"a row that is a number":     {`[{"id":1},2]`, wire.Error{Offset: 10, Path: "[1]", Reason: "a row that is not an object"}},
		"a row that is nul":          {`[{"id":1},nul]`, wire.Error{Offset: 10, Path: "[1]", Reason: "no JSON value"}},
		"nul in the place of a list": {`{"errors":[nul]}`, wire.Error{Offset: 11, Reason: "no JSON value"}},
		"wrong type":                 {`{"record_count":2,"errors":[{"id":1},{"id":"x"}]}`, wire.Error{Offset: 43, Path: "errors[1].id", Reason: "not an integer that fits"}},
		"wrong type, other key":      {`{"faults":[{"id":1},{"id":"x"}]}`, wire.Error{Offset: 26, Path: "faults[1].id", Reason: "not an integer that fits"}},
		"wrong type, read again":     {`{"trace":[{"log":"x"}],"faults":[{"id":"x"}]}`, wire.Error{Offset: 39, Path: "faults[0].id", Reason: "not an integer that fits"}},
		"wrong type deep inside":     {`[{"trace":[{},{"log":"x"},{"level":[]}]}]`, wire.Error{Offset: 35, Path: "[0].trace[2].level", Reason: "not an integer that fits"}},
		"wrong type, single object":  {`{"id":7,"trace":3}`, wire.Error{Offset: 16, Path: "trace", Reason: "not an array"}},
		"cut in a row":               {`{"errors":[{"id":1},{"id":2,"na`, wire.Error{Offset: 31, Path: "errors[1]", Reason: "the text does not end"}},
		"cut in a value":             {`{"errors":[{"id":1},{"name":"ab`, wire.Error{Offset: 31, Path: "errors[1].name", Reason: "the text does not end"}},
		"cut behind a row":           {`{"errors":[{"id":1}`, wire.Error{Offset: 19, Path: "errors", Reason: "no comma or bracket after an element"}},
		"cut behind the list":        {`{"errors":[{"id":1}]`, wire.Error{Offset: 20, Reason: "no comma or brace after a member"}},
		"cut at once":                {`[`, wire.Error{Offset: 1, Path: "[0]", Reason: "a row that is not an object"}},
		"cut in the list at once":    {`{"errors":[`, wire.Error{Offset: 11, Reason: "the JSON ends early"}},
		"broken behind a wrong type": {`{"agents":[{"id":"x"}],"a":?}`, wire.Error{Offset: 27, Reason: "no JSON value"}},
		"offset without the mark":    {"\xef\xbb\xbf [{\"id\":\"x\"}]", wire.Error{Offset: 7, Path: "[0].id", Reason: "not an integer that fits"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			type leveled struct {
				row
				Trace []struct {
					Log   string
					Level int `json:"level"`
				} `json:"trace"`
			}
			list, err := wire.DecodeList[leveled]([]byte(test.body), "IntegrationError", 10)
			if err == nil && len(list.Bad) > 0 { // the rest of the list can be read
				err = list.Bad[0].Err
			} else {
				assert.Equal(t, wire.List[leveled]{RecordCount: -1}, list, "no half of a list")
			}
			var at *wire.Error
			require.ErrorAs(t, err, &at)
			assert.Equal(t, test.want, *at)
		})
	}
}

func TestErrorIsOneLineWithThePlace(t *testing.T) {
	t.Parallel()
	assert.EqualError(t, &wire.Error{Offset: 7, Reason: "no JSON value"}, "at byte 7: no JSON value")
	assert.EqualError(t, &wire.Error{Offset: 7, Path: "errors[3].date", Reason: "not a date"}, "at byte 7: errors[3].date: not a date")
}

func TestDecodeOne(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		id   int64 // 0 when there is no record
		err  string
	}{
		"object":                  {`{"id":7}`, 7, ""},
		"array of one":            {`[{"id":7}]`, 7, ""},
		"array of one and nulls":  {`[null,{"id":7}]`, 7, ""},
		"byte order mark":         {"\xef\xbb\xbf {\"id\":7}\n", 7, ""},
		"with an error":           {`{"id":7,"error":"404 Not Found"}`, 7, ""},
		"null":                    {`null`, 0, ""},
		"empty text":              {`""`, 0, ""},
		"nothing":                 {``, 0, ""},
		"empty array":             {`[]`, 0, ""},
		"object without a member": {`{}`, 0, ""},
		"array of two":            {`[{"id":7},{"id":8}]`, 0, "at byte 0: 2 records where one was asked for"},
		"text":                    {`"no access"`, 0, "at byte 0: neither a record nor an array of them"},
		"wrong type":              {`{"id":"x"}`, 0, "at byte 6: id: not an integer that fits"},
		"wrong type in an array":  {`[{"id":"x"}]`, 0, "at byte 7: [0].id: not an integer that fits"},
		"something behind":        {`{"id":7},`, 0, "at byte 8: something follows the JSON value"},
		"an error":                {`{"message":"no access"}`, 0, "no access"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, ok, err := wire.DecodeOne[row]([]byte(test.body))
			if test.err != "" {
				require.EqualError(t, err, test.err)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, test.id != 0, ok)
			assert.Equal(t, test.id, record.ID)
		})
	}
}

func TestDecodeMany(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		ids  []int64
	}{
		"object":                     {`{"id":7}`, []int64{7}},
		"array":                      {`[{"id":7},{"id":8}]`, []int64{7, 8}},
		"null":                       {`null`, []int64{}},
		"empty text":                 {`""`, []int64{}},
		"nothing":                    {"\xef\xbb\xbf", []int64{}},
		"no id and no error":         {`{"name":"a"}`, []int64{0}},
		"no id in an array":          {`[{"error":"404 Not Found"}]`, []int64{0}},
		"an array of its own, no id": {`{"trace":[{"log":"x"}]}`, []int64{0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records, err := wire.DecodeMany[row]([]byte(test.body))
			require.NoError(t, err)
			assert.Equal(t, test.ids, ids(records))
		})
	}
	_, err := wire.DecodeMany[row]([]byte(`{"error":"bad","error_description":"no such field"}`))
	var failure *wire.PayloadError
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "bad: no such field", failure.Message)

	// A type that has no id, or takes any member, may well have one that errors have.
	pongs, err := wire.DecodeMany[struct{ Message string }]([]byte(`{"message":"pong"}`))
	require.NoError(t, err)
	assert.Equal(t, "pong", pongs[0].Message)
	objects, err := wire.DecodeMany[map[string]any]([]byte(`{"message":"pong"}`))
	require.NoError(t, err)
	assert.Equal(t, []map[string]any{{"message": "pong"}}, objects)
}

// A server's page_size or a caller's count of a million must not make room for a million records.
func TestRoomIsNoLargerThanTheBody(t *testing.T) {
	t.Parallel()
	body := []byte(`{"page_size":2000000000,"errors":[` + strings.Repeat(`{"id":1,"name":"`+strings.Repeat("x", 60)+`"},`, 99) + `{"id":1}]}`)
	list, err := wire.DecodeList[row](body, "IntegrationError", 1_000_000)
	require.NoError(t, err)
	assert.Len(t, list.Records, 100)
	assert.Less(t, cap(list.Records), 500)
	assert.Less(t, cap(list.Keys), 500)

	list, err = wire.DecodeList[row]([]byte(`{"page_size":-5,"errors":[{"id":1}]}`), "IntegrationError", -7)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, ids(list.Records))
}

// The body's memory is used again after the call: nothing of a record may still point into it.
func TestRecordsDoNotShareMemoryWithTheBody(t *testing.T) {
	t.Parallel()
	type record struct {
		ID    string                     `json:"id"`
		Raw   json.RawMessage            `json:"raw"`
		Bytes []byte                     `json:"bytes"`
		Any   any                        `json:"any"`
		Map   map[string]string          `json:"map"`
		List  []string                   `json:"list"`
		Extra map[string]json.RawMessage `json:"-"`
	}
	const text = `[{"id":"a\u0061\u0061a","raw":"aaaa","bytes":"a-a a","any":["aaaa"],"map":{"aaaa":"aaaa"},"list":["aaaa"],"aaaa":"aaaa"}]`
	body := []byte(text)
	list, err := wire.DecodeList[record](body, "", 1)
	require.NoError(t, err)
	for i := range body {
		body[i] = '#'
	}
	for range 100 { // nor into that of texts with escapes
		_ = one[holder[string]](t, `{"v":"\t\t\t\t\t\t\t\t"}`)
	}
	raw := json.RawMessage(`"aaaa"`)
	assert.Equal(t, []record{{
		ID: "aaaa", Raw: raw, Bytes: []byte("a-a a"), Any: []any{"aaaa"}, Map: map[string]string{"aaaa": "aaaa"}, List: []string{"aaaa"},
		Extra: map[string]json.RawMessage{"aaaa": raw},
	}}, list.Records)
}
