package wire

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
)

// DecodeInto reads the one JSON value of body into the value that into, a pointer, points to. A nil into only checks that there is one.
//
// The value is replaced as a whole and only when all of body could be read: nothing of what it held before is left in it, which a caller that
// reads page after page into one variable would take for what has just come. found is false where there is nothing, null or "": then the value
// becomes the zero value. Structs and slices are read as records are; maps and interfaces as encoding/json reads them.
func DecodeInto(body []byte, into any) (found bool, err error) {
	s := scannerOf(body)
	defer s.free()
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		s.at = 3
	}
	s.space()
	rest := bytes.TrimSpace(body[s.at:])
	found = len(rest) > 0 && string(rest) != "null" && string(rest) != `""`
	if into == nil {
		into = new(skipped)
	}
	to := reflect.ValueOf(into).Elem()
	value := reflect.New(to.Type()).Elem()
	if found {
		if err := setterOf(to.Type())(s, value); err != nil {
			return false, err
		}
		if err := s.end(); err != nil {
			return false, err
		}
	}
	to.Set(value)
	return found, nil
}

// skipped is a value that nobody wants: it is read for its form and not kept.
type skipped struct{}

// UnmarshalJSON takes every value.
func (*skipped) UnmarshalJSON([]byte) error { return nil }

// HoldsData reports whether a body holds more than an error would: it is no object, or one with a member that is a full array or object and
// that is none of the errors themselves.
func HoldsData(body []byte) bool {
	s := &scanner{data: trim(body)}
	if s.space() != '{' {
		return true
	}
	found := false
	err := s.object(func(name []byte) *Error {
		member := strings.ToLower(string(name))
		first := s.space()
		raw, err := s.skip()
		if (first == '{' || first == '[') && !slices.Contains(errorMembers, member) && member != "errors" {
			found = found || len(bytes.TrimSpace(raw[1:max(1, len(raw)-1)])) > 0
		}
		return err
	})
	return err == nil && found
}
