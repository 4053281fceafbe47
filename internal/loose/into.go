package loose

import (
	"bytes"
	"reflect"
)

// Into reads the one JSON value of body into the value that into, a pointer, points to. A nil into only checks that there is one.
//
// The value is replaced as a whole and only when all of body could be read: nothing of what it held before is left in it, which a caller that
// reads page after page into one variable would take for what has just come. found is false where there is nothing, null or "": then the value
// becomes the zero value. Structs and slices are read as records are; maps and interfaces as encoding/json reads them.
func Into(body []byte, into any) (found bool, err error) {
	s := ScannerOf(body)
	defer s.Free()
	if bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		s.At = 3
	}
	s.Space()
	rest := bytes.TrimSpace(body[s.At:])
	found = len(rest) > 0 && string(rest) != "null" && string(rest) != `""`
	if into == nil {
		into = new(skipped)
	}
	to := reflect.ValueOf(into).Elem()
	value := reflect.New(to.Type()).Elem()
	if found {
		if err := s.Read(value); err != nil {
			return false, err
		}
		if err := s.End(); err != nil {
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

// Trim drops a byte order mark and white space.
func Trim(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
}
