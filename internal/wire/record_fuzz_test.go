package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// plain is a record of fields that encoding/json knows how to read, too.
type plain struct {
	ID       int64              `json:"id"`
	Name     string             `json:"name"`
	On       bool               `json:"on"`
	Rate     float64            `json:"rate"`
	Ratio    float32            `json:"ratio"`
	Small    int8               `json:"small"`
	Count    uint16             `json:"count"`
	Big      uint64             `json:"big"`
	Text     *string            `json:"text"`
	Number   *int               `json:"number"`
	Raw      json.RawMessage    `json:"raw,omitempty"`
	Bytes    []byte             `json:"bytes"`
	Any      any                `json:"any"`
	Map      map[string]int     `json:"map"`
	List     []string           `json:"list"`
	Lists    [][]int            `json:"lists"`
	Pair     [2]bool            `json:"pair"`
	Inner    struct{ A, B int } `json:"inner"`
	Children []plain            `json:"children"`
	Parent   *plain             `json:"parent"`
	Untagged string
	Dotted   string `json:"kelvin.straße"`
	Mixin
}

// Mixin is embedded in plain.
type Mixin struct {
	Name  string `json:"name"` // the outer one is nearer
	Mixed int    `json:"mixed"`
}

// FuzzDecodeRecord: what encoding/json reads into a record is read to the same values, and what is read reads the same again once it is
// written. Where the values may differ is written down in mustAgree.
func FuzzDecodeRecord(f *testing.F) {
	for _, seed := range []string{
		`{"id":12,"name":"a","on":true,"rate":1.5e3,"ratio":0.1,"small":-128,"count":65535,"big":18446744073709551615,"text":"x","number":-0}`,
		`{"raw":{ "a":[1,null,"<"] },"bytes":"aGFsbw==","any":{"a":[1e2,null,true,"x"]},"map":{"a":1,"":2},"list":["a","b"],"lists":[[1],[],null]}`,
		`{"pair":[true,false,true],"inner":{"a":1,"B":2},"children":[{"id":1,"children":[{}]},null],"parent":{"parent":{"id":3}},"mixed":4}`,
		`{"ID":1,"Id":2,"UNTAGGED":"x","\u212aelvin.stra\u00dfe":"y","k\u0130nd":1,"\u017fmall":5}`, `{"name":"\ud83d\ude00\ud800\u0041\n"}`, "{\"name\":\"\xde\\b\",\"list\":[\"\xff\",\"\"]}",
		`{"id":"12","on":"1","rate":"1.5","name":12,"text":true,"list":"","inner":"","bytes":"no base64!","children":{"id":1}}`,
		`{"id":12.0,"small":1e2,"big":1.5e1,"count":null,"name":{"a":"\xff"},"on":0}`, `{"bytes":[104,105],"any":"x","text":null,"number":null,"map":null}`,
		`[{"id":1}]`, `null`, `{}`, ` {"id":1} `, `{"error":"x"}`, `{"id":1,"error":"x"}`, `{"id":1,"id":null}`, `{"list":["a","b"],"list":["c"]}`, `{"rate":-0.0,"ratio":1e-50}`,
		`{"bytes":"aGFsbw=\n=","raw":null,"name":"\u2028<>&"}`, `{"unknown":[{"a":[{}]}],"id":3}`, `{"rate":1e400}`, `{"id":9223372036854775807}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		record, ok, err := wire.DecodeOne[plain](body)
		var same plain
		if json.Unmarshal(body, &same) == nil && !tooDeep(body) {
			var failure *wire.PayloadError
			if errors.As(err, &failure) { // an error that came as a success, which encoding/json knows nothing of
				_, failed := wire.Failure(body)
				require.True(t, failed)
				return
			}
			require.NoError(t, err, "encoding/json reads it")
			if mustAgree(t, body) {
				require.Equal(t, withoutBytes(same), withoutBytes(record))
			}
		}
		if err != nil {
			require.Equal(t, plain{}, record)
			return
		}
		written, err := json.Marshal(record)
		if bytes.Contains(bytes.ToLower(body), []byte("nan")) || bytes.Contains(bytes.ToLower(body), []byte("inf")) || bytes.Contains(body, []byte(`\u`)) {
			var number *json.UnsupportedValueError
			if errors.As(err, &number) { // JSON has no number for it
				return
			}
		}
		require.NoError(t, err)
		again, _, err := wire.DecodeOne[plain](written)
		require.NoError(t, err)
		if !ok {
			require.Equal(t, plain{}, record)
		}
		require.Equal(t, withoutBytes(compacted(t, record)), withoutBytes(compacted(t, again)))
	})
}

// withoutBytes leaves out what is read by another rule than that of encoding/json: base64 without padding may be a text.
func withoutBytes(record plain) plain {
	record.Bytes = nil
	if record.Parent != nil {
		parent := withoutBytes(*record.Parent)
		record.Parent = &parent
	}
	record.Children = slices.Clone(record.Children)
	for i, child := range record.Children {
		record.Children[i] = withoutBytes(child)
	}
	return record
}

// compacted writes the raw members of a record as json.Marshal does: without white space, and with <, > and & escaped.
func compacted(t *testing.T, record plain) plain {
	t.Helper()
	if len(record.Raw) > 0 {
		raw, err := json.Marshal(record.Raw)
		require.NoError(t, err)
		record.Raw = raw
	}
	if record.Parent != nil {
		parent := compacted(t, *record.Parent)
		record.Parent = &parent
	}
	record.Children = slices.Clone(record.Children)
	for i, child := range record.Children {
		record.Children[i] = compacted(t, child)
	}
	return record
}

// mustAgree reports whether two readers of body must agree. They need not where an object has a member twice and one of the two is null,
// an array or an object: then encoding/json leaves something of the one before; nor where two names differ in case. Of two numbers, texts or literals the last counts.
func mustAgree(t *testing.T, body []byte) bool {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // 1e999 is no float64
	_, same := members(t, d)
	return same
}

// members reads a value and returns whether it is a scalar, and whether two readings of it must agree.
func members(t *testing.T, d *json.Decoder) (scalar, same bool) {
	t.Helper()
	token, err := d.Token()
	require.NoError(t, err)
	bracket, ok := token.(json.Delim)
	if !ok {
		return token != nil, true
	}
	same = true
	kinds := map[string]bool{}       // by the name in one case
	spellings := map[string]string{} // of the names, in that case
	for d.More() {
		name, spelling := "", ""
		if bracket == '{' {
			token, err := d.Token()
			require.NoError(t, err)
			spelling = token.(string)
			name = strings.ToUpper(strings.ToLower(spelling))
		}
		scalar, inner := members(t, d)
		same = same && inner
		if before, twice := kinds[name]; twice && bracket == '{' && !(before && scalar) {
			same = false
		}
		if before, twice := spellings[name]; twice && before != spelling {
			same = false
		}
		kinds[name], spellings[name] = scalar, spelling
	}
	_, err = d.Token()
	require.NoError(t, err)
	return false, same
}
