package loose_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// holder is a record with one member of each type that is tested.
type holder[T any] struct {
	V T `json:"v"`
}

type row struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Trace []trace `json:"trace"`
}

type trace struct {
	Log string `json:"log"`
}

// openRow keeps the members that it has no field for.
type openRow struct {
	ID    int64                      `json:"id"`
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// decode reads a body.
func decode[T any](body string) (record T, err error) {
	_, err = loose.Into([]byte(body), &record)
	return record, err
}

// one reads a body that is no error.
func one[T any](t *testing.T, body string) T {
	t.Helper()
	record, err := decode[T](body)
	require.NoError(t, err)
	return record
}

// reads checks what the JSON texts become in a field of type T.
func reads[T any](t *testing.T, tests map[string]T) {
	t.Helper()
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			record, err := decode[holder[T]](`{"v": ` + text + ` }`)
			require.NoError(t, err)
			assert.Equal(t, want, record.V)
		})
	}
}

// refuses checks that the JSON texts are errors in a field of type T, which say where the value is and show nothing of it.
func refuses[T any](t *testing.T, reason string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := decode[holder[T]](`{"v": ` + text + ` }`)
			var at *loose.Error
			require.ErrorAs(t, err, &at)
			assert.Equal(t, loose.Error{Offset: 6, Path: "v", Reason: reason}, *at)
		})
	}
}

func TestIntegers(t *testing.T) {
	t.Parallel()
	reads(t, map[string]int64{
		`12`: 12, `"12"`: 12, `12.0`: 12, `"12.0"`: 12, `12.000`: 12, `"12."`: 12, `" 12 "`: 12, `"+12"`: 12, `"012"`: 12, `"\u0031\u0032"`: 12,
		`-5`: -5, `"-5"`: -5, `-5.0`: -5, `0`: 0, `-0`: 0, `0.0`: 0, `-0.0`: 0, `0e0`: 0, `0e99`: 0, `0.00e-5`: 0,
		`1e2`: 100, `1E+2`: 100, `"1e2"`: 100, `-1.5e1`: -15, `150e-1`: 15, `1.20e1`: 12, `1e18`: 1e18, `0.1e1`: 1,
		`true`: 1, `false`: 0, `null`: 0, `""`: 0, `"  "`: 0,
		// Above 2⁵³ a float would not do.
		`9007199254740993`: 1<<53 + 1, `"9007199254740993"`: 1<<53 + 1, `9007199254740993.0`: 1<<53 + 1, `"-9007199254740993"`: -1<<53 - 1,
		`9223372036854775807`: math.MaxInt64, `"9223372036854775807"`: math.MaxInt64, `9223372036854775807.0`: math.MaxInt64,
		`-9223372036854775808`: math.MinInt64, `"-9223372036854775808"`: math.MinInt64, `999999999999999999`: 1e18 - 1, `1000000000000000000`: 1e18,
	})
	reads(t, map[string]int8{`127`: 127, `"-128"`: -128, `1.2e1`: 12})
	reads(t, map[string]int{`"12"`: 12})
	refuses[int64](t, "not an integer that fits",
		`1.5`, `"1.5"`, `12.000000000000000000001`, `9007199254740991.4`, `1e-1`, `1e-400`, `1.25e1`, `9223372036854775808`, `"9223372036854775808"`,
		`-9223372036854775809`, `1e19`, `1e400`, `1e99999999999999999999`, `-1e-99999999999999999999`,
		`"abc"`, `"12a"`, `"1 2"`, `"0x10"`, `"0x1p4"`, `"1_000"`, `"1,000"`, `"."`, `"-"`, `"1e"`, `"e5"`, `"--5"`, `"+-0"`, `"1.-5"`,
		`"true"`, `"null"`, `{}`, `[]`, `[12]`)
	refuses[int8](t, "not an integer that fits", `128`, `"-129"`, `1e3`)
	refuses[int64](t, "no JSON value", `nan`, `Inf`, `+5`, `.5`, `nul`, `tru`, `fals`, `'12'`, `undefined`)
}

func TestUnsignedIntegers(t *testing.T) {
	t.Parallel()
	reads(t, map[string]uint64{
		`12`: 12, `"12"`: 12, `12.0`: 12, `1e2`: 100, `true`: 1, `null`: 0, `""`: 0, `18446744073709551615`: math.MaxUint64, `" 18446744073709551615 "`: math.MaxUint64,
	})
	reads(t, map[string]uint8{`255`: 255, `"0"`: 0})
	refuses[uint64](t, "not an unsigned integer that fits", `-1`, `"-1"`, `1.5`, `18446744073709551616`, `"x"`, `{}`, `[]`)
	refuses[uint8](t, "not an unsigned integer that fits", `256`, `-1`)
}

func TestBooleans(t *testing.T) {
	t.Parallel()
	reads(t, map[string]bool{
		`true`: true, `1`: true, `1.0`: true, `"true"`: true, `"True"`: true, `"TRUE"`: true, `" true "`: true, `"1"`: true, `"1.0"`: true, `1e0`: true,
		`false`: false, `0`: false, `0.0`: false, `"false"`: false, `"False"`: false, `"0"`: false, `null`: false, `""`: false, `" "`: false,
	})
	refuses[bool](t, "neither true nor false", `2`, `-1`, `0.5`, `"yes"`, `"no"`, `"t"`, `"null"`, `"2"`, `{}`, `[]`, `[true]`)
	refuses[bool](t, "no JSON value", `True`, `tru`)
}

func TestFloats(t *testing.T) {
	t.Parallel()
	reads(t, map[string]float64{
		`1.5`: 1.5, `"1.5"`: 1.5, `" 1.5 "`: 1.5, `12`: 12, `-1e-3`: -0.001, `1E2`: 100, `true`: 1, `false`: 0, `null`: 0, `""`: 0, `" "`: 0, `1e-999`: 0,
		`1.7976931348623157e308`: math.MaxFloat64,
	})
	// As a float64 first and a float32 then it would be rounded twice, to 1.
	reads(t, map[string]float32{`0.1`: 0.1, `1.000000059604644775390625000000001`: 1.0000001})
	refuses[float64](t, "not a number that fits",
		`1e400`, `-1e400`, `"1e400"`, `"0x1p4"`, `"1_0"`, `"abc"`, `"."`, `"true"`)
	refuses[float32](t, "not a number that fits", `1e39`, `"-1e39"`)
	refuses[float64](t, "not a number", `{}`, `[]`, `[1.5]`)
	refuses[float64](t, "no JSON value", `nan`, `Inf`, `+1`, `+Infinity`)
}

func TestTexts(t *testing.T) {
	t.Parallel()
	reads(t, map[string]string{
		`"a"`: "a", `""`: "", `null`: "", `12`: "12", `-12.50`: "-12.50", `1e2`: "1e2", `true`: "true", `false`: "false",
		`{"a": [1]}`: `{"a": [1]}`, `[1, "x"]`: `[1, "x"]`, "{\"a\":\"\xff\"}": "{\"a\":\"\ufffd\"}", `9007199254740993`: "9007199254740993",
	})
	type kind string
	reads(t, map[string]kind{`"a"`: "a", `12`: "12"})
	reads(t, map[string]json.Number{`12.50`: "12.50", `"12"`: "12", `null`: ""})
	refuses[string](t, "no JSON value", `nope`)
}

func TestDates(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC)
	reads(t, map[string]time.Time{
		`"2026-10-02T11:22:33"`: date, `"2026-10-02T11:22:33Z"`: date, `"2026-10-02T13:22:33\u002b02:00"`: date,
		`"\/Date(1790940153000)\/"`: date, `"Fri, 02 Oct 2026 11:22:33 GMT"`: date,
		`"2026-10-02T11:22:33.457"`: date.Add(457 * time.Millisecond),
		`null`:                      {}, `""`: {}, `" "`: {}, `NaN`: {}, `"0001-01-01T00:00:00"`: {}, `"1899-12-30T00:00:00"`: {}, `"1900-01-01T00:00:00Z"`: {},
	})
	refuses[time.Time](t, "not a date", `"yesterday"`, `"10/02/2026"`, `"2026-02-30T00:00:00"`, `12`, `20261002`, `true`, `false`, `{}`, `[]`)
}

// dated stands for the root package's type of a date.
type dated struct{ time.Time }

func init() { loose.UseDate[dated]() }

func (d *dated) UnmarshalJSON([]byte) error { return errors.New("a detour") }

func TestDatesWithoutADetour(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC)
	reads(t, map[string]dated{`"2026-10-02T13:22:33\u002b02:00"`: {date}, `null`: {}, `""`: {}, `"1899-12-30T00:00:00"`: {}})
	reads(t, map[string]*dated{`"2026-10-02T11:22:33"`: {date}, `null`: nil})
	refuses[dated](t, "not a date", `"yesterday"`, `12`, `{}`)
}

func TestBytes(t *testing.T) {
	t.Parallel()
	reads(t, map[string][]byte{
		`"aGFsbw=="`: []byte("halo"), `"aGFs\r\nbw=="`: []byte("halo"), `"aGFsbw=\n="`: []byte("halo"),
		`"_-8="`: {0xff, 0xef}, `"\/+8="`: {0xff, 0xef}, `""`: {}, `null`: nil, `[104,105]`: []byte("hi"), `[]`: {},
		`"not base64!"`: []byte("not base64!"), `"{\"a\":1}"`: []byte(`{"a":1}`), `"Größe"`: []byte("Größe"),
		// Nothing says that these are base64.
		`"string"`: []byte("string"), `"test"`: []byte("test"), `"aGFsbw"`: []byte("aGFsbw"), `"_-8"`: []byte("_-8"), `"key="`: []byte("key="), `"a=b="`: []byte("a=b="),
		`"aGFsbw="`: []byte("aGFsbw="), `"data:text/plain,aGFsbw=="`: []byte("data:text/plain,aGFsbw=="), `"data:;base64,!"`: []byte("data:;base64,!"),
		// Without padding: a readable text comes of the first ones only.
		`"aGFs"`: []byte("hal"), `"eyJhIjoxMn0K"`: []byte("{\"a\":12}\n"), `"data"`: []byte("data"), `"Sync"`: []byte("Sync"), `"d41d8cd98f00b204e9800998ecf8427e"`: []byte("d41d8cd98f00b204e9800998ecf8427e"),
		// These say so.
		`"data:;base64,aGFsbw"`: []byte("halo"), `"DATA:text/plain;charset=utf-8;BASE64,dGVzdA"`: []byte("test"), `" aGFsbw== "`: []byte("halo"),
	})
	refuses[[]byte](t, "not base64 text", `5`, `true`, `{}`)
	refuses[[]byte](t, "not a []uint8", `[300]`, `["a"]`)
}

func TestPointers(t *testing.T) {
	t.Parallel()
	twelve, text := int64(12), "12"
	inner := &twelve
	reads(t, map[string]*int64{`12`: &twelve, `"12"`: &twelve, `null`: nil})
	reads(t, map[string]*string{`12`: &text, `null`: nil})
	reads(t, map[string]**int64{`12`: &inner, `null`: nil})
	reads(t, map[string]*row{`{"id":7}`: {ID: 7}, `null`: nil, `""`: {}})
	refuses[*int64](t, "not an integer that fits", `"x"`)
	refuses[*int64](t, "no JSON value", `nil`)
}

func TestArrays(t *testing.T) {
	t.Parallel()
	reads(t, map[string][]int64{`[1,"2",3.0,null]`: {1, 2, 3, 0}, `[]`: {}, `[ ]`: {}, `null`: nil, `""`: nil, `{}`: nil, `{ }`: nil, `NaN`: nil})
	reads(t, map[string][]trace{`{}`: nil, `null`: nil, `[{"log":"a"},null,{"log":"b"}]`: {{"a"}, {}, {"b"}}, `{"log":"a"}`: {{"a"}}})
	reads(t, map[string][][]int64{`[[1],[],null,[2,3]]`: {{1}, {}, nil, {2, 3}}})
	reads(t, map[string][]*trace{`[{"log":"a"},null]`: {{"a"}, nil}})
	reads(t, map[string][2]int64{`[1,2]`: {1, 2}, `[1]`: {1, 0}, `[1,2,3]`: {1, 2}, `null`: {}})
	refuses[[]int64](t, "not an array", `12`, `"a"`, `" "`, `true`)
	refuses[[]int64](t, "not an integer that fits", `{"a":1}`)
	refuses[[2]int64](t, "not a [2]int64", `["a"]`, `{}`)

	_, err := decode[holder[[][]int64]](`{"v":[[1],[2,{}]]}`)
	require.EqualError(t, err, "at byte 13: v[1][1]: not an integer that fits")
}

func TestObjects(t *testing.T) {
	t.Parallel()
	reads(t, map[string]row{`{"id":"7","trace":[{}]}`: {ID: 7, Trace: []trace{{}}}, `null`: {}, `""`: {}, `{}`: {}})
	reads(t, map[string]map[string]int{`{"a":1}`: {"a": 1}, `{}`: {}, `null`: nil})
	reads(t, map[string]map[int]string{`{"1":"a"}`: {1: "a"}})
	reads(t, map[string]any{`{"a":[1,"x",null,true]}`: map[string]any{"a": []any{1.0, "x", nil, true}}, `null`: nil, `1`: 1.0})
	reads(t, map[string]json.RawMessage{
		`{ "a" : [ 1 ] }`: json.RawMessage(`{ "a" : [ 1 ] }`), `null`: json.RawMessage(`null`), `"x"`: json.RawMessage(`"x"`),
	})
	refuses[row](t, "not an object", `12`, `"x"`, `" "`, `true`, `[]`, `[{}]`)
	refuses[map[string]int](t, "not a map[string]int", `{"a":"x"}`, `[]`, `12`)
}

// upper reads itself.
type upper string

func (u *upper) UnmarshalJSON(data []byte) error {
	if data[0] != '"' {
		return errors.New("the value is " + string(data))
	}
	*u = upper(strings.ToUpper(string(data)))
	return nil
}

// selfish is a struct that reads itself.
type selfish struct{ text string }

func (s *selfish) UnmarshalJSON(data []byte) error {
	s.text = "read " + string(data)
	return nil
}

func TestTypesThatReadThemselves(t *testing.T) {
	t.Parallel()
	reads(t, map[string]upper{`"a"`: `"A"`})
	reads(t, map[string]*upper{`null`: nil})
	reads(t, map[string]selfish{`null`: {"read null"}, `{ "a":1}`: {`read { "a":1}`}})
	reads(t, map[string][]selfish{`[1]`: {{"read 1"}}})
	reads(t, map[string]netip.Addr{`"10.0.0.1"`: netip.AddrFrom4([4]byte{10, 0, 0, 1}), `""`: {}})
	refuses[upper](t, "not a loose_test.upper", `12`, `null`)
	refuses[netip.Addr](t, "not a netip.Addr", `12`, `"x"`, `{}`)
}

// A bare NaN is no JSON, and yet some serializers write it. It must not lose the page, whatever the field is.
func TestNaNAndInfinity(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`NaN`, `"NaN"`, `"nan"`, `" NaN "`, `-NaN`} {
		assert.True(t, math.IsNaN(one[holder[float64]](t, `{"v":`+text+`}`).V), text)
	}
	reads(t, map[string]float64{`Infinity`: math.Inf(1), `-Infinity`: math.Inf(-1), `"Infinity"`: math.Inf(1), `"-Inf"`: math.Inf(-1), `"+Inf"`: math.Inf(1)})
	reads(t, map[string]float32{`Infinity`: float32(math.Inf(1))})
	reads(t, map[string]int64{`NaN`: 0, `-Infinity`: 0, `"NaN"`: 0})
	reads(t, map[string]uint64{`NaN`: 0})
	reads(t, map[string]bool{`NaN`: false})
	reads(t, map[string]string{`NaN`: "NaN", `-Infinity`: "-Infinity", `{"a":NaN}`: `{"a":NaN}`})
	reads(t, map[string]json.Number{`NaN`: ""})
	reads(t, map[string][]byte{`NaN`: nil})
	reads(t, map[string]row{`NaN`: {}})
	reads(t, map[string]upper{`NaN`: ""})
	reads(t, map[string]selfish{`NaN`: {"read null"}})
	reads(t, map[string]netip.Addr{`NaN`: {}})
	reads(t, map[string]map[string]int{`{"a":NaN,"b":2}`: {"a": 0, "b": 2}, `NaN`: nil})
	reads(t, map[string]any{`[NaN,"NaN, \"Infinity",-Infinity,1]`: []any{nil, `NaN, "Infinity`, nil, 1.0}})
	reads(t, map[string]json.RawMessage{`NaN`: json.RawMessage(`"NaN"`), `[-Infinity,"N\\",1]`: json.RawMessage(`["-Infinity","N\\",1]`)})
	record := one[openRow](t, `{"id":7,"a":NaN,"b":{"c":[Infinity,"I"]}}`)
	assert.Equal(t, map[string]json.RawMessage{"a": json.RawMessage(`"NaN"`), "b": json.RawMessage(`{"c":["Infinity","I"]}`)}, record.Extra)
}
