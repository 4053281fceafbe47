package wire_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

const muchRoom = 1 << 20

func TestPlainReadsCharsets(t *testing.T) {
	t.Parallel()
	const json = `{"name":"Größe"}`
	tests := map[string]struct{ contentType, body, want string }{
		"no label":                 {"", json, json},
		"no charset":               {"application/json", json, json},
		"utf-8":                    {"application/json; charset=utf-8", json, json},
		"UTF8 in quotes":           {`application/json;Charset="UTF8"`, json, json},
		"utf-8, with a mark":       {"application/json; charset=iso-8859-1", "\xef\xbb\xbf" + json, "\xef\xbb\xbf" + json},
		"iso-8859-1":               {"application/json; charset=iso-8859-1", "{\"name\":\"Gr\xf6\xdfe\"}", json},
		"ISO-8859-1 in quotes":     {`application/json; CHARSET="ISO-8859-1"; x=y`, "{\"name\":\"Gr\xf6\xdfe\"}", json},
		"in single quotes":         {"application/json; charset='latin1'", "{\"name\":\"Gr\xf6\xdfe\"}", json},
		"a malformed parameter":    {"application/json; charset=latin1; charset=latin1", "{\"name\":\"Gr\xf6\xdfe\"}", json},
		"us-ascii that is not":     {"text/plain; charset=us-ascii", "{\"name\":\"Gr\xf6\xdfe\"}", json},
		"windows-1252":             {"application/json; charset=windows-1252", "\"\x80 \x93a\x94 \x96 \xe9\x81\"", "\"€ “a” – é\u0081\""},
		"iso-8859-1 that is utf-8": {"application/json; charset=iso-8859-1", json, json},
		"utf-16, little, mark":     {"application/json; charset=utf-16", "\xff\xfe\"\x00\xf6\x00\"\x00", `"ö"`},
		"utf-16, big, mark":        {"application/json; charset=utf-16", "\xfe\xff\x00\"\x00\xf6\x00\"", `"ö"`},
		"utf-16, mark, no label":   {"application/json", "\xff\xfe\"\x00\xf6\x00\"\x00", `"ö"`},
		"utf-16, little, no mark":  {"application/json; charset=utf-16", "\"\x00\xf6\x00\"\x00", `"ö"`},
		"utf-16, big, no mark":     {"application/json; charset=UTF-16", "\x00\"\x00\xf6\x00\"", `"ö"`},
		"utf-16le":                 {"application/json; charset=utf-16le", "\"\x00\xf6\x00\"\x00", `"ö"`},
		"utf-16be":                 {"application/json; charset=utf-16be", "\x00\"\x00\xf6\x00\"", `"ö"`},
		"utf-16, a pair":           {"application/json; charset=utf-16le", "\"\x00\x3d\xd8\x00\xde\"\x00", "\"\U0001f600\""},
		"utf-16, half a pair":      {"application/json; charset=utf-16le", "\"\x00\x3d\xd8\"\x00", "\"\ufffd\""},
		"utf-16, half a unit":      {"application/json; charset=utf-16le", "\"\x00\"", "\"\ufffd"},
		"nothing":                  {"application/json; charset=utf-16", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := wire.Plain(test.contentType, "", []byte(test.body), muchRoom)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
		})
	}
	for _, charset := range []string{"shift_jis", "EBCDIC-CP-US", "utf-7", "iso-8859-15"} {
		_, err := wire.Plain("application/json; charset="+charset, "", []byte(json), muchRoom)
		var unread *wire.EncodingError
		require.ErrorAs(t, err, &unread)
		assert.Contains(t, err.Error(), `the charset "`+charset+`"`)
	}
	_, err := wire.Plain("application/json; charset=\""+strings.Repeat("x\\\"\u00f6", 900)+`"`, "", []byte(json), muchRoom)
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 200)
}

// packed returns text as a content encoding makes it.
func packed(t *testing.T, name, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	var into io.WriteCloser
	switch name {
	case "gzip":
		into = gzip.NewWriter(&out)
	case "zlib":
		into = zlib.NewWriter(&out)
	default:
		raw, err := flate.NewWriter(&out, flate.BestCompression)
		require.NoError(t, err)
		into = raw
	}
	_, err := io.WriteString(into, text)
	require.NoError(t, err)
	require.NoError(t, into.Close())
	return out.Bytes()
}

func TestPlainReadsContentEncodings(t *testing.T) {
	t.Parallel()
	const json = `[{"id":1,"name":"a"},{"id":2,"name":"b"}]`
	tests := map[string]struct {
		label string
		body  []byte
	}{
		"none":               {"", []byte(json)},
		"identity":           {"Identity", []byte(json)},
		"gzip":               {"gzip", packed(t, "gzip", json)},
		"GZIP":               {` "GZIP" `, packed(t, "gzip", json)},
		"x-gzip":             {"x-gzip", packed(t, "gzip", json)},
		"deflate":            {"deflate", packed(t, "zlib", json)},
		"deflate, raw":       {"deflate", packed(t, "raw", json)},
		"one behind another": {"deflate, gzip, identity", packed(t, "gzip", string(packed(t, "zlib", json)))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := wire.Plain("application/json", test.label, test.body, muchRoom)
			require.NoError(t, err)
			assert.Equal(t, []byte(json), got) //nolint:testifylint // to the letter
		})
	}
	got, err := wire.Plain("application/json; charset=iso-8859-1", "gzip", packed(t, "gzip", "\"\xf6\""), muchRoom)
	require.NoError(t, err)
	assert.Equal(t, `"ö"`, string(got))
	got, err = wire.Plain("", "br", nil, muchRoom)
	require.NoError(t, err, "nothing is nothing in every encoding")
	assert.Empty(t, got)
}

func TestPlainRefuses(t *testing.T) {
	t.Parallel()
	bomb := packed(t, "gzip", strings.Repeat(" ", 1<<20))
	tests := map[string]struct {
		label string
		body  []byte
		want  string
	}{
		"br":            {"br", []byte("x"), `encoded as "br"`},
		"zstd":          {"ZSTD", []byte("x"), `encoded as "ZSTD"`},
		"br below gzip": {"br, gzip", packed(t, "gzip", "x"), `encoded as "br"`},
		"no gzip":       {"gzip", []byte(`[{"id":1}]`), `says that it is encoded as "gzip", and is not`},
		"no deflate":    {"deflate", []byte(`[{"id":1}]`), `says that it is encoded as "deflate", and is not`},
		"cut":           {"gzip", packed(t, "gzip", `[{"id":1},{"id":2}]`)[:20], `says that it is encoded as "gzip", and is not`},
		"larger":        {"gzip", bomb, "larger than the limit of 1000 bytes once it is decompressed"},
		"larger, raw":   {"deflate", packed(t, "raw", strings.Repeat(" ", 1001)), "larger than the limit of 1000 bytes once it is decompressed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := wire.Plain("application/json", test.label, test.body, 1000)
			var unread *wire.EncodingError
			require.ErrorAs(t, err, &unread)
			assert.ErrorContains(t, err, test.want)
		})
	}
	got, err := wire.Plain("", "deflate", packed(t, "raw", strings.Repeat(" ", 1000)), 1000)
	require.NoError(t, err)
	assert.Len(t, got, 1000)
}

// What needs no decoding is not copied.
func TestPlainCopiesNothing(t *testing.T) {
	t.Parallel()
	body := []byte(`[{"id":1}]`)
	for _, label := range []string{"", "application/json", "application/json; charset=utf-8", "application/json; charset=iso-8859-1"} {
		got, err := wire.Plain(label, "identity", body, 1)
		require.NoError(t, err)
		assert.Same(t, &body[0], &got[0])
	}
}

// FuzzPlain: whatever the labels and the body, no panic, and no more than the limit or an error. What is recoded is UTF-8.
func FuzzPlain(f *testing.F) {
	f.Add("application/json; charset=utf-16", "", []byte("\xff\xfe\"\x00\xf6\x00\"\x00"))
	f.Add("text/html; charset='latin1'", "deflate", []byte("x\x9c\x03\x00\x00\x00\x00\x01"))
	f.Add("charset=windows-1252", "gzip,gzip", []byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, contentType, contentEncoding string, body []byte) {
		const longest = 4096
		got, err := wire.Plain(contentType, contentEncoding, body, longest)
		if err != nil {
			require.Nil(t, got)
			require.True(t, utf8.ValidString(err.Error()))
			require.Less(t, len(err.Error()), 300)
			return
		}
		require.LessOrEqual(t, len(got), 3*max(longest, len(body)))
	})
}
