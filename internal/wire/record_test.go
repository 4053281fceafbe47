package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// one reads the only record of a body.
func one[T any](t *testing.T, body string) T {
	t.Helper()
	record, ok, err := wire.DecodeOne[T]([]byte(body))
	require.NoError(t, err)
	require.True(t, ok)
	return record
}

// holder is a record with one member.
type holder[T any] struct {
	V T `json:"v"`
}

type openRow struct {
	ID    int64                      `json:"id"`
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

func TestExtraKeepsEveryOtherMember(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body  string
		extra map[string]string
	}{
		"none":                      {`{"id":7}`, nil},
		"as they came":              {`{"Colour": "r\u0065d" ,"id":7,"x":{ "a" : [1] },"n":1.50}`, map[string]string{"Colour": `"r\u0065d"`, "x": `{ "a" : [1] }`, "n": `1.50`}},
		"null and empty":            {`{"id":7,"a":null,"b":"","c":{},"":0}`, map[string]string{"a": `null`, "b": `""`, "c": `{}`, "": `0`}},
		"a member called extra":     {`{"id":7,"extra":{"a":1}}`, map[string]string{"extra": `{"a":1}`}},
		"the last of two":           {`{"id":7,"a":1,"a":2}`, map[string]string{"a": `2`}},
		"names differ by case":      {`{"id":7,"a":1,"A":2}`, map[string]string{"a": `1`, "A": `2`}},
		"escapes in a name":         {`{"id":7,"\u0061\n":1}`, map[string]string{"a\n": `1`}},
		"escapes in both":           {`{"id":7,"a\t":"b\t\t\t"}`, map[string]string{"a\t": `"b\t\t\t"`}},
		"no UTF-8 in a name":        {"{\"id\":7,\"a\xff\":1}", map[string]string{"a\ufffd": `1`}},
		"the id in another case":    {`{"ID":7,"a":1}`, map[string]string{"a": `1`}},
		"arrays that are not lists": {`{"id":7,"tags":["x"]}`, map[string]string{"tags": `["x"]`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := one[openRow](t, test.body)
			assert.Equal(t, int64(7), record.ID)
			require.Len(t, record.Extra, len(test.extra))
			for name, raw := range test.extra {
				assert.Equal(t, raw, string(record.Extra[name]), name)
			}
		})
	}
	type wider struct {
		openRow
		Colour string
	}
	record := one[wider](t, `{"id":7,"colour":"red","size":3}`)
	assert.Equal(t, wider{openRow{7, map[string]json.RawMessage{"size": json.RawMessage(`3`)}}, "red"}, record)

	type nearer struct {
		Extra map[string]json.RawMessage
		openRow
	}
	assert.Equal(t, nearer{Extra: map[string]json.RawMessage{"a": json.RawMessage(`1`)}}, one[nearer](t, `{"a":1}`))

	type other struct{ Extra map[string]string }
	assert.Equal(t, other{map[string]string{"a": "1"}}, one[other](t, `{"extra":{"a":"1"},"b":2}`), "a field as any other")
}

// Each record of a record keeps its own.
func TestExtraOfNestedRecords(t *testing.T) {
	t.Parallel()
	type outer struct {
		List  []openRow
		One   *openRow
		Extra map[string]json.RawMessage
	}
	got := one[outer](t, `{"list":[{"id":1,"a":1},{"id":2}],"one":{"id":3,"a":3},"a":0}`)
	raw := func(text string) map[string]json.RawMessage {
		return map[string]json.RawMessage{"a": json.RawMessage(text)}
	}
	assert.Equal(t, outer{[]openRow{{1, raw(`1`)}, {2, nil}}, &openRow{3, raw(`3`)}, raw(`0`)}, got)
}

func TestNamesOfMembers(t *testing.T) {
	t.Parallel()
	type record struct {
		Kind    string `json:"kind"`
		Twin    string `json:"twin"`
		TWIN    string `json:"TWIN"`
		Groesse string `json:"GröSSe"`
		Plain   string
		Dash    string `json:"-,"` //nolint:staticcheck // a member of that name, as encoding/json has it
		None    string `json:"-"`
		hidden  string
	}
	tests := map[string]struct {
		body string
		want record
	}{
		"as written":              {`{"kind":"a","Plain":"b"}`, record{Kind: "a", Plain: "b"}},
		"upper case":              {`{"KIND":"a","PLAIN":"b"}`, record{Kind: "a", Plain: "b"}},
		"lower case":              {`{"plain":"b"}`, record{Plain: "b"}},
		"the Kelvin sign":         {"{\"\u212aind\":\"a\"}", record{Kind: "a"}},
		"a dotted capital I":      {"{\"k\u0130nd\":\"a\"}", record{}},
		"beyond ASCII":            {`{"gRÖſſE":"a"}`, record{Groesse: "a"}},
		"escaped":                 {`{"\u006bind":"a"}`, record{Kind: "a"}},
		"exact before any case":   {`{"TWIN":"a","twin":"b"}`, record{TWIN: "a", Twin: "b"}},
		"the first for any other": {`{"Twin":"a"}`, record{Twin: "a"}},
		"a dash":                  {`{"-":"a","None":"b","none":"b"}`, record{Dash: "a"}},
		"not exported":            {`{"hidden":"a"}`, record{}},
		"in another order":        {`{"Plain":"b","TWIN":"c","kind":"a","x":1,"twin":"d"}`, record{Kind: "a", Plain: "b", TWIN: "c", Twin: "d"}},
		"the last of two":         {`{"kind":"a","kind":"c"}`, record{Kind: "c"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := one[record](t, test.body)
			assert.Equal(t, test.want, got)
			assert.Empty(t, got.hidden)
			var same record
			require.NoError(t, json.Unmarshal([]byte(test.body), &same))
			assert.Equal(t, same, got, "encoding/json reads it otherwise")
		})
	}
}

func TestDuplicateMembers(t *testing.T) {
	t.Parallel()
	type record struct {
		ID    int64
		Inner row
		List  []row
		Ptr   *row
		Map   map[string]int
	}
	tests := map[string]struct {
		body string
		want record
	}{
		"number":           {`{"id":1,"id":2}`, record{ID: 2}},
		"objects add up":   {`{"inner":{"id":1,"name":"a"},"inner":{"id":2}}`, record{Inner: row{ID: 2, Name: "a"}}},
		"pointers, too":    {`{"ptr":{"id":1,"name":"a"},"ptr":{"id":2}}`, record{Ptr: &row{ID: 2, Name: "a"}}},
		"maps, too":        {`{"map":{"a":1},"map":{"b":2}}`, record{Map: map[string]int{"a": 1, "b": 2}}},
		"pointer and null": {`{"ptr":{"id":1},"ptr":null}`, record{}},
		"array and null":   {`{"list":[{"id":1}],"list":null}`, record{}},
		"longer array":     {`{"list":[{"id":1}],"list":[{"id":2},{"id":3}]}`, record{List: []row{{ID: 2}, {ID: 3}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := one[record](t, test.body)
			assert.Equal(t, test.want, got)
			var same record
			require.NoError(t, json.Unmarshal([]byte(test.body), &same))
			assert.Equal(t, same, got, "encoding/json reads it otherwise")
		})
	}
	// Here encoding/json would leave something of the value before: null means no value, and an array is a whole.
	assert.Equal(t, record{}, one[record](t, `{"id":1,"id":null}`))
	assert.Equal(t, record{}, one[record](t, `{"inner":{"id":1},"inner":null}`))
	assert.Equal(t, record{List: []row{{Name: "b"}}}, one[record](t, `{"list":[{"id":1}],"list":[{"name":"b"}]}`))
}

type (
	base struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	Shared struct {
		Name   string `json:"name"`
		Colour string `json:"colour"`
	}
	text string //nolint:unused // it is embedded below
	Text string
)

func TestEmbeddedStructs(t *testing.T) {
	t.Parallel()
	type record struct {
		base                // not exported, its fields are
		*Shared             // made when one of its members comes
		text                //nolint:unused // no struct and not exported: nothing
		Text                // a field as any other
		Inner   base        `json:"inner"`
		*base2  `json:"b2"` //nolint:govet // a pointer that cannot be set: nothing
		Name    string      `json:"name"`
	}
	type left struct {
		base `json:"-"`
		ID   int64
	}
	assert.Equal(t, left{ID: 7}, one[left](t, `{"id":7,"name":"a"}`))

	got := one[record](t, `{"id":"7","name":"a","Text":"t","inner":{"id":8,"name":"b"},"base":{"id":9},"b2":{"id":9},"Shared":{"colour":"x"}}`)
	assert.Equal(t, record{base: base{ID: 7}, Name: "a", Text: "t", Inner: base{8, "b"}}, got)
	got = one[record](t, `{"colour":"red"}`)
	assert.Equal(t, record{Shared: &Shared{Colour: "red"}}, got)

	// Of two at one depth the first is taken, where encoding/json takes neither.
	type (
		first  struct{ ID, Name string }
		second struct{ Name, Colour string }
		both   struct {
			first
			second
		}
		deep struct{ both }
	)
	assert.Equal(t, both{first{Name: "a"}, second{Colour: "red"}}, one[both](t, `{"name":"a","colour":"red"}`))
	assert.Equal(t, deep{both{first: first{ID: "7"}}}, one[deep](t, `{"id":7}`))
}

type base2 struct{ ID int64 }

// Ring embeds itself.
type Ring struct {
	*Ring
	Name string
}

// tree holds records of its own kind.
type tree struct {
	ID       int64   `json:"id"`
	Children []tree  `json:"child_mappings"`
	Parent   *tree   `json:"parent"`
	Named    *[]tree `json:"named"`
}

func TestRecursiveTypes(t *testing.T) {
	t.Parallel()
	got := one[tree](t, `{"id":1,"child_mappings":[{"id":2,"child_mappings":[{"id":3}]},{"id":4,"parent":{"id":1}}],"named":[{"id":"5"}]}`)
	assert.Equal(t, tree{
		ID: 1, Children: []tree{{ID: 2, Children: []tree{{ID: 3}}}, {ID: 4, Parent: &tree{ID: 1}}}, Named: &[]tree{{ID: 5}},
	}, got)
	assert.Equal(t, Ring{Name: "a"}, one[Ring](t, `{"name":"a"}`))
}

func TestDepthIsLimited(t *testing.T) {
	t.Parallel()
	arrays := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	objects := func(n int) string { return strings.Repeat(`{"a":`, n-1) + "{}" + strings.Repeat("}", n-1) }
	trees := func(n int) string { return strings.Repeat(`{"parent":`, n-1) + "{}" + strings.Repeat("}", n-1) }
	const deepest = 1000
	for name, read := range map[string]func(n int) error{
		"arrays": func(n int) error { _, err := wire.DecodeList[json.RawMessage]([]byte(arrays(n)), "", 0); return err },
		"objects": func(n int) error {
			_, err := wire.DecodeList[row]([]byte(`{"id":1,"x":`+objects(n-1)+`}`), "", 0)
			return err
		},
		"rows": func(n int) error {
			_, err := wire.DecodeList[openRow]([]byte(`[{"x":`+arrays(n-2)+`}]`), "", 0)
			return err
		},
		"records": func(n int) error { _, _, err := wire.DecodeOne[tree]([]byte(trees(n))); return err },
		"maps":    func(n int) error { _, _, err := wire.DecodeOne[map[string]any]([]byte(objects(n))); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, read(deepest))
			for _, n := range []int{deepest + 1, 500_000} {
				require.ErrorContains(t, read(n), "nested too deeply", n)
			}
		})
	}
	wide := `[` + strings.Repeat(`{"x":[[{}]]},`, 2*deepest) + `{"id":1}]`
	list, err := wire.DecodeList[row]([]byte(wide), "", 0)
	require.NoError(t, err, "what is closed counts no more")
	assert.Len(t, list.Records, 2*deepest+1)
}

// Of members that differ in case only the one that is spelled as the field is the record's, in either order. The others are kept.
func TestMembersThatDifferInCase(t *testing.T) {
	t.Parallel()
	type record struct {
		ID    int64                      `json:"id"`
		Name  string                     `json:"name"`
		Inner row                        `json:"inner"`
		List  []string                   `json:"list"`
		Extra map[string]json.RawMessage `json:"-"`
	}
	tests := map[string]struct {
		body  string
		want  record
		extra map[string]string
	}{
		"exact first":          {`{"id":1,"ID":2,"name":"a","Name":"b"}`, record{ID: 1, Name: "a"}, map[string]string{"ID": `2`, "Name": `"b"`}},
		"exact last":           {`{"ID":2,"id":1,"Name":"b","name":"a"}`, record{ID: 1, Name: "a"}, map[string]string{"ID": `2`, "Name": `"b"`}},
		"exact in the middle":  {`{"ID":2,"id":1,"Id":3}`, record{ID: 1}, map[string]string{"ID": `2`, "Id": `3`}},
		"exact is null":        {`{"ID":2,"id":null}`, record{}, map[string]string{"ID": `2`}},
		"no exact one":         {`{"ID":2,"Id":3}`, record{ID: 3}, map[string]string{"ID": `2`}},
		"one in another case":  {`{"ID":2,"NAME":"a"}`, record{ID: 2, Name: "a"}, nil},
		"other is no integer":  {`{"id":1,"ID":"x"}`, record{ID: 1}, map[string]string{"ID": `"x"`}},
		"escaped":              {`{"\u0049D":2,"\u0069d":1}`, record{ID: 1}, map[string]string{"ID": `2`}},
		"objects do not merge": {`{"Inner":{"id":5,"name":"x"},"inner":{"id":6}}`, record{Inner: row{ID: 6}}, map[string]string{"Inner": `{"id":5,"name":"x"}`}},
		"inside as well":       {`{"inner":{"ID":5,"id":6,"Name":"x"},"ID":7}`, record{ID: 7, Inner: row{ID: 6, Name: "x"}}, nil},
		"a bare NaN":           {`{"List":["x",NaN],"list":["a"]}`, record{List: []string{"a"}}, map[string]string{"List": `["x","NaN"]`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.extra != nil {
				test.want.Extra = map[string]json.RawMessage{}
			}
			for name, raw := range test.extra {
				test.want.Extra[name] = json.RawMessage(raw)
			}
			assert.Equal(t, test.want, one[record](t, test.body))
		})
	}
	for _, body := range []string{`[{"id":1,"ID":2}]`, `[{"ID":2,"id":1}]`, `[{"ID":"x","id":"1"}]`} {
		assert.Equal(t, wire.Key{ID: 1}, keysOf[numbered](t, body)[0], body)
		assert.Equal(t, wire.Key{ID: 1}, keysOf[openRecord](t, body)[0], body)
		assert.Equal(t, wire.Key{ID: 1}, keysOf[json.RawMessage](t, body)[0], body)
	}
	_, _, err := wire.DecodeOne[record]([]byte(`{"ID":"x","name":"a"}`))
	require.EqualError(t, err, "at byte 6: id: not an integer that fits")
	type closed struct{ List []row }
	assert.Equal(t, closed{[]row{{ID: 1}}}, one[closed](t, `{"List":[{"id":1}],"LIST":[{"id":2},{"id":3}]}`))
}
