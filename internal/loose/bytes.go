package loose

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

func setBytes(s *Scanner, v reflect.Value) *Error {
	if s.Peek() == '[' {
		return setAny(s, v)
	}
	begin := s.At
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	switch kind {
	case 'n', 'N':
		v.SetZero()
	case '"':
		v.SetBytes(unbase64(text))
	default:
		return &Error{Offset: int64(begin), Reason: "not base64 text"}
	}
	return nil
}

// unbase64 decodes what is certain to be base64: a text that is padded, in either alphabet, or that says so as data:…;base64,… does. A body whose
// length is a multiple of three has no padding: that is decoded where the outcome is a readable text, which that of a word such as "test" is not,
// or where the text is too long and too mixed to be anything else. What the SDK sends is so read back as it was, save short binary bodies.
// Everything else is kept as it is. [live]
func unbase64(text []byte) []byte {
	plain := string(text)
	trimmed := strings.TrimSpace(plain)
	encodings := []*base64.Encoding{base64.StdEncoding.Strict(), base64.URLEncoding.Strict()}
	if kind, data, found := strings.Cut(trimmed, ","); found && len(kind) >= len("data:;base64") &&
		strings.EqualFold(kind[:5], "data:") && strings.EqualFold(kind[len(kind)-7:], ";base64") {
		trimmed = data
		encodings = append(encodings, base64.RawStdEncoding, base64.RawURLEncoding)
	} else if !strings.HasSuffix(trimmed, "=") {
		decoded, err := base64.StdEncoding.Strict().DecodeString(trimmed)
		if err == nil && (readable(decoded) || mixed(trimmed)) {
			return decoded
		}
		return []byte(plain)
	}
	for _, encoding := range encodings {
		if decoded, err := encoding.DecodeString(trimmed); err == nil {
			return decoded
		}
	}
	return []byte(plain)
}

// readable reports whether b is a text.
func readable(b []byte) bool {
	return len(b) > 0 && utf8.Valid(b) && bytes.IndexFunc(b, func(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }) < 0
}

// mixed reports whether a text is too long for a word and has what no other code of one word has: letters of both cases, and digits.
func mixed(text string) bool {
	const shortest = 64
	return len(text) >= shortest && strings.ContainsFunc(text, unicode.IsUpper) && strings.ContainsFunc(text, unicode.IsLower) && strings.ContainsFunc(text, unicode.IsDigit)
}
