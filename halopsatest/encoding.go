package halopsatest

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf16"
)

// encoded writes a body in the character set and the compression of habits.
func encoded(a Response, habits Habits) Response {
	if habits.Charset == "" && habits.ContentEncoding == "" || len(a.Body) == 0 {
		return a
	}
	header := a.Header.Clone()
	if header == nil {
		header = make(http.Header)
	}
	if habits.Charset != "" {
		media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
		if err != nil {
			media = "application/json"
		}
		header.Set("Content-Type", media+"; charset="+habits.Charset)
		a.Body = inCharset(a.Body, habits.Charset)
	}
	if habits.ContentEncoding != "" {
		header.Set("Content-Encoding", habits.ContentEncoding)
		a.Body = compressed(a.Body, habits.ContentEncoding)
	}
	a.Header = header
	return a
}

// inCharset writes UTF-8 in another character set; what that does not have becomes a question mark.
func inCharset(body []byte, charset string) []byte {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "latin1", "windows-1252":
		narrow := make([]byte, 0, len(body))
		for _, c := range string(body) {
			if c > 0xff || c >= 0x80 && c < 0xa0 {
				c = '?'
			}
			narrow = append(narrow, byte(c))
		}
		return narrow
	case "utf-16": // little-endian, with its mark
		wide := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(string(body))) {
			wide = append(wide, byte(unit), byte(unit>>8))
		}
		return wide
	}
	return body
}

func compressed(body []byte, encoding string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch strings.ToLower(encoding) {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	default:
		return body
	}
	_, _ = w.Write(body) // into memory
	_ = w.Close()
	return b.Bytes()
}
