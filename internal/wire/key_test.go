package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// keysOf returns the keys of the rows of a bare array.
func keysOf[T any](t *testing.T, body string) []wire.Key {
	t.Helper()
	list, err := wire.DecodeList[T]([]byte(body), "", 0)
	require.NoError(t, err)
	require.Len(t, list.Keys, len(list.Records))
	return list.Keys
}

type (
	numbered struct {
		ID int64 `json:"id"`
	}
	named struct {
		Name string
		ID   string `json:"id"`
	}
	small      struct{ Id int8 } //nolint:revive // a name that folds to id
	unsigned   struct{ ID uint64 }
	maybe      struct{ ID *int64 }
	anonymous  struct{ Name string }
	embedding  struct{ *numbered }
	Embedded   struct{ ID int64 }
	farther    struct{ *Embedded }
	openRecord map[string]any
)

// keys are the functions that read rows into records of every kind.
var keys = map[string]func(*testing.T, string) []wire.Key{
	"int64 id": keysOf[numbered], "string id": keysOf[named], "int8 id": keysOf[small], "uint64 id": keysOf[unsigned], "pointer id": keysOf[maybe],
	"no field":         keysOf[anonymous],
	"embedded pointer": keysOf[farther], "embedded pointer out of reach": keysOf[embedding], "map": keysOf[openRecord], "raw": keysOf[json.RawMessage],
	"pointer": keysOf[*numbered],
}

func TestKeyOfANumberIsTheNumber(t *testing.T) {
	t.Parallel()
	for name, keys := range keys {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, row := range []string{`{"id":12}`, `{"id":"12"}`, `{"name":"a","ID":12}`, `{"id":11,"id":12}`, ` { "Id" : 12 } `} {
				assert.Equal(t, wire.Key{ID: 12, Kind: wire.KeyID}, keys(t, "["+row+"]")[0], row)
			}
		})
	}
	assert.Equal(t, wire.Key{ID: 12}, keysOf[numbered](t, `[{"id":12.0}]`)[0])
	assert.Equal(t, wire.Key{ID: 12}, keysOf[openRecord](t, `[{"id":12.0}]`)[0])
	assert.Equal(t, wire.Key{ID: 1<<53 + 1}, keysOf[openRecord](t, `[{"id":9007199254740993}]`)[0])
	assert.Equal(t, wire.Key{ID: 1<<63 - 1}, keysOf[numbered](t, `[{"id":"9223372036854775807"}]`)[0])
}

const nothings = `[{"id":"0"},{"id":"00000000-0000-0000-0000-000000000000"},{"id":"{00000000-0000-0000-0000-000000000000}"},{"id":" "},{"id":0}]`

// Rows that share a key are taken for one record: what differs must get different keys, on every page.
func TestKeysTellRecordsApart(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		keys        func(*testing.T, string) []wire.Key
		body, again string // the same ids, in the same order, on another page
		kind        wire.KeyKind
	}{
		"text ids": {
			keysOf[named], `[{"id":"a"},{"id":"b"},{"id":"12a"},{"id":"007"},{"id":"7 "},{"id":"-7"},{"id":"9999999999999999999"}]`,
			`[{"id":"a","name":"x"},{"id":"b"},{"id":"12a"},{"id":"007"},{"id":"7 "},{"id":"-7"},{"id":9999999999999999999}]`, wire.KeyText,
		},
		"text ids in maps": {
			keysOf[openRecord], `[{"id":"a"},{"id":"b"},{"id":"007"},{"id":"-7"},{"id":"\""}]`,
			`[{"x":1,"id":"\u0061"},{"id":"b"},{"id":"007"},{"ID":"-7"},{"id":"\u0022"}]`, wire.KeyText,
		},
		"negative ids":             {keysOf[numbered], `[{"id":-1},{"id":-2}]`, `[{"id":-1.0,"name":"x"},{"id":"-2"}]`, wire.KeyText},
		"negative ids in maps":     {keysOf[openRecord], `[{"id":-1},{"id":-2}]`, `[{"id":-1.0,"name":"x"},{"id":"-2"}]`, wire.KeyText},
		"fractions in maps":        {keysOf[openRecord], `[{"id":1.5},{"id":2.5}]`, `[{"id":1.5,"name":"x"},{"id":2.5}]`, wire.KeyText},
		"no id":                    {keysOf[numbered], `[{"name":"a"},{"name":"b"},{}]`, `[{"name":"a"},{"name":"b"},{}]`, wire.KeyContent},
		"no text id":               {keysOf[named], `[{"name":"a"},{"name":"b","id":""}]`, `[{"name":"a"},{"name":"b","id":""}]`, wire.KeyContent},
		"an id of 0":               {keysOf[numbered], `[{"id":0,"name":"a"},{"id":0}]`, `[{"id":0,"name":"a"},{"id":0}]`, wire.KeyContent},
		"an id of null":            {keysOf[numbered], `[{"id":null,"name":"a"},{"id":null}]`, `[{"id":null,"name":"a"},{"id":null}]`, wire.KeyContent},
		"an id of 0 as a text":     {keysOf[numbered], `[{"id":"0","name":"a"},{"id":" 0"}]`, `[{"id":"0","name":"a"},{"id":" 0"}]`, wire.KeyContent},
		"texts that are no id":     {keysOf[named], nothings, nothings, wire.KeyContent},
		"and in maps":              {keysOf[openRecord], nothings, nothings, wire.KeyContent},
		"a type without id":        {keysOf[anonymous], `[{"name":"a"},{"name":"b"}]`, `[{"name":"a"},{"name":"b"}]`, wire.KeyContent},
		"no id of an embedded one": {keysOf[farther], `[{"name":"a"},{"name":"b"}]`, `[{"name":"a"},{"name":"b"}]`, wire.KeyContent},
		"ids of other kinds in maps": {
			keysOf[openRecord], `[{"id":null},{"id":true},{"id":{"id":5}},{"id":[5]},{"id":""},{"id":0}]`,
			`[{"id":null},{"id":true},{"id":{"id":5}},{"id":[5]},{"id":""},{"id":0}]`, wire.KeyContent,
		},
		"rows that are not objects": {keysOf[json.RawMessage], `[12,"12",[12],true]`, `[12,"12",[12],true]`, wire.KeyContent},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys := test.keys(t, test.body)
			assert.Equal(t, keys, test.keys(t, test.again))
			seen := map[wire.Key]bool{}
			for _, key := range keys {
				assert.Equal(t, test.kind, key.Kind)
				assert.Zero(t, key.ID)
				assert.False(t, seen[key], "two records with one key")
				seen[key] = true
			}
		})
	}
}

// A row in whose embedded struct nothing came keeps its nil pointer, as with encoding/json.
func TestKeyMakesNoEmbeddedStruct(t *testing.T) {
	t.Parallel()
	list, err := wire.DecodeList[farther]([]byte(`[{"name":"a"},{"id":3}]`), "", 0)
	require.NoError(t, err)
	assert.Equal(t, []farther{{}, {&Embedded{ID: 3}}}, list.Records)
}

// Two rows of one page that share an id and differ are two: then ids are no keys, of any row of the page.
func TestIDsThatComeTwiceOnAPage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body      string
		byContent bool
	}{
		"none":               {`[{"id":1},{"id":2}]`, false},
		"none, newest first": {`[{"id":2},{"id":1}]`, false},
		"none, in no order":  {`[{"id":2},{"id":1},{"id":3}]`, false},
		"side by side":       {`[{"id":1,"name":"a"},{"id":1,"name":"b"},{"id":2}]`, true},
		"far apart":          {`[{"id":1,"name":"a"},{"id":2},{"id":3},{"id":"1","name":"b"}]`, true},
		"behind a null row":  {`[null,{"id":1,"name":"a"},{"id":2},null,{"id":1,"name":"b"}]`, true},
		"the same row":       {`[{"id":1,"name":"a"},{"id":2},{"id":1,"name":"a"}]`, false},
		"no ids":             {`[{"id":0,"name":"a"},{"id":0,"name":"b"},{"id":0,"name":"b"}]`, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, body := range []string{test.body, `{"rows":` + test.body + `}`} {
				list, err := wire.DecodeList[row]([]byte(body), "", 0)
				require.NoError(t, err)
				assert.Equal(t, test.byContent, list.ByContent)
				asked, err := wire.DecodeListByContent[row]([]byte(body), "", 0)
				require.NoError(t, err)
				assert.True(t, asked.ByContent)
				assert.Equal(t, asked.Print, list.Print)
				assert.NotZero(t, list.Print)
				for i := range asked.Keys {
					assert.Equal(t, wire.KeyContent, asked.Keys[i].Kind)
					if test.byContent {
						assert.Equal(t, asked.Keys[i], list.Keys[i])
					}
				}
			}
		})
	}
	texts, err := wire.DecodeList[named]([]byte(`[{"id":"a","name":"x"},{"id":"b"},{"id":"a","name":"y"}]`), "", 0)
	require.NoError(t, err)
	assert.True(t, texts.ByContent)
}

// selfish is a struct that reads itself.
type selfish struct{ text string }

func (s *selfish) UnmarshalJSON(data []byte) error {
	s.text = "read " + string(data)
	return nil
}

func TestKeysOfRecordsThatReadThemselves(t *testing.T) {
	t.Parallel()
	list, err := wire.DecodeList[selfish]([]byte(`{"tickets":[{"id":5},{"id":6}]}`), "Tickets", 0)
	require.NoError(t, err)
	assert.Equal(t, []selfish{{`read {"id":5}`}, {`read {"id":6}`}}, list.Records)
	assert.Equal(t, []wire.Key{{ID: 5}, {ID: 6}}, list.Keys)
}

func TestKeysOfMapsWithNaN(t *testing.T) {
	t.Parallel()
	maps, err := wire.DecodeList[map[string]any]([]byte(`[{"id":1,"a":NaN},{"id":2}]`), "", 0)
	require.NoError(t, err)
	assert.Len(t, maps.Records, 2)
	assert.Equal(t, wire.Key{ID: 1}, maps.Keys[0])
}
