package wire

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"mime"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// EncodingError is a body whose charset or content encoding cannot be read.
type EncodingError struct{ Reason string }

func (e *EncodingError) Error() string { return e.Reason }

// Plain returns a body as UTF-8 text without compression, as its Content-Type and Content-Encoding headers say. A body that is so already is
// returned as it is, without a copy. What comes of a decompression may be longest bytes; longer, broken or of an encoding or charset that is
// not known, it is an [EncodingError].
//
// Content encodings: gzip, deflate (with or without the zlib wrapper), identity, and several of them in a row. Charsets: utf-8, us-ascii,
// iso-8859-1, windows-1252, utf-16. A byte order mark outweighs the label.
func Plain(contentType, contentEncoding string, body []byte, longest int64) ([]byte, error) {
	body, err := Decompressed(contentEncoding, body, longest)
	if err != nil {
		return nil, err
	}
	return recoded(charsetOf(contentType), body)
}

// Decompressed returns a body without its content encodings, byte for byte otherwise; see [Plain].
func Decompressed(contentEncoding string, body []byte, longest int64) ([]byte, error) {
	if contentEncoding == "" {
		return body, nil
	}
	encodings := strings.Split(contentEncoding, ",")
	for i := len(encodings) - 1; i >= 0; i-- { // the last one was applied last
		name := strings.Trim(encodings[i], " \t\"")
		if name == "" || strings.EqualFold(name, "identity") || len(body) == 0 {
			continue
		}
		var err error
		if body, err = decompressed(name, body, longest); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// decompressed undoes one content encoding.
func decompressed(name string, body []byte, longest int64) ([]byte, error) {
	var from io.Reader
	var err error
	switch strings.ToLower(name) { // but shown as it came, or a secret in it would not be known any more
	case "gzip", "x-gzip":
		from, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		from, err = zlib.NewReader(bytes.NewReader(body))
		if err != nil { // many servers leave the wrapper out
			from, err = flate.NewReader(bytes.NewReader(body)), nil
		}
	default:
		return nil, &EncodingError{"the response is encoded as " + shownLabel(name) + ", which cannot be decoded; gzip and deflate can"}
	}
	var out bytes.Buffer
	if err == nil {
		_, err = out.ReadFrom(io.LimitReader(from, longest+1))
	}
	switch {
	case err != nil:
		return nil, &EncodingError{"the response says that it is encoded as " + shownLabel(name) + ", and is not"}
	case int64(out.Len()) > longest:
		return nil, &EncodingError{fmt.Sprintf("the response is larger than the limit of %d bytes once it is decompressed", longest)}
	}
	return out.Bytes(), nil
}

// charsetOf returns the charset of a Content-Type, "" for none.
func charsetOf(contentType string) string {
	if !strings.Contains(contentType, "=") {
		return ""
	}
	_, params, err := mime.ParseMediaType(contentType)
	charset := params["charset"]
	if err != nil { // such as a charset in single quotes, or twice
		_, rest, found := cutFold(contentType, "charset=")
		if !found {
			return ""
		}
		charset, _, _ = strings.Cut(rest, ";")
	}
	return strings.Trim(charset, " \t\"'")
}

// cutFold is strings.Cut in any case.
func cutFold(s, sep string) (before, after string, found bool) {
	at := strings.Index(strings.ToLower(s), sep)
	if at < 0 || len(strings.ToLower(s)) != len(s) {
		return s, "", false
	}
	return s[:at], s[at+len(sep):], true
}

// recoded makes UTF-8 of a text in a charset.
func recoded(charset string, body []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(body, []byte{0xef, 0xbb, 0xbf}):
		return body, nil
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}):
		return fromUTF16(body[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}):
		return fromUTF16(body[2:], binary.BigEndian), nil
	}
	switch label := strings.ToLower(charset); label {
	case "", "utf-8", "utf8", "unicode-1-1-utf-8":
		return body, nil
	case "us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252", "cp-1252", "x-cp1252", "ansi":
		// As browsers have it, all of them are windows-1252: what the others leave out are control characters that no text has.
		return fromWindows1252(body), nil
	case "utf-16", "utf16", "utf-16le", "utf16le", "unicode", "ucs-2", "iso-10646-ucs-2":
		// Without a mark the first character of JSON, which is ASCII, tells the order.
		if len(body) >= 2 && body[0] == 0 && label != "utf-16le" && label != "utf16le" {
			return fromUTF16(body, binary.BigEndian), nil
		}
		return fromUTF16(body, binary.LittleEndian), nil
	case "utf-16be", "utf16be":
		return fromUTF16(body, binary.BigEndian), nil
	}
	return nil, &EncodingError{"the response is in the charset " + shownLabel(charset) + ", which cannot be read; utf-8, utf-16, iso-8859-1 and windows-1252 can"}
}

// above7f are the characters of windows-1252 from 0x80 to 0x9f. The five bytes that stand for none are the control characters of iso-8859-1.
var above7f = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// fromWindows1252 makes UTF-8 of a text with a byte for each character. Pure ASCII is UTF-8 already; so is a body whose bytes above it make UTF-8, which
// no text of this charset does by chance: then the label is wrong.
func fromWindows1252(body []byte) []byte {
	if utf8.Valid(body) {
		return body
	}
	out := make([]byte, 0, len(body)+len(body)/8)
	for _, c := range body {
		switch {
		case c < utf8.RuneSelf:
			out = append(out, c)
		case c < 0xa0:
			out = utf8.AppendRune(out, above7f[c-0x80])
		default:
			out = utf8.AppendRune(out, rune(c))
		}
	}
	return out
}

// fromUTF16 makes UTF-8 of units of two bytes. Half a unit at the end, and half of a surrogate pair, become U+FFFD.
func fromUTF16(body []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); i += 2 {
		if i+1 == len(body) {
			return utf8.AppendRune(out, utf8.RuneError)
		}
		r := rune(order.Uint16(body[i:]))
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(body) {
				low = rune(order.Uint16(body[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// shownLabel is a label as an error may show it: whole, or not at all where no label looks like that. It can be anything, a secret too, which is
// known only where it is as it came.
func shownLabel(label string) string {
	const longest = 24
	odd := strings.ContainsFunc(label, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_.:+", r))
	})
	if odd || len(label) > longest {
		return "an unknown one"
	}
	return `"` + label + `"`
}
