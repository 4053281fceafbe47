package wire

import (
	"encoding/json"
	"slices"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Unwrap looks into an object that is no record itself, since it has no id, but holds one or an array of them in a member such as "data" or one
// that is named after the resource: what it says of a write is in there, an error too. Other elements are returned as they are.
func Unwrap(elements []json.RawMessage, array bool, resource string) ([]json.RawMessage, bool) {
	for range 3 { // an envelope in an envelope
		if array || len(elements) != 1 || len(elements[0]) == 0 || elements[0][0] != '{' {
			break
		}
		if _, named := ID(elements[0]); named {
			break
		}
		inner := wrapped(elements[0], resource)
		if inner == nil {
			break
		}
		within, isArray, err := Elements(inner)
		if err != nil {
			break
		}
		elements, array = within, isArray
	}
	return elements, array
}

// wrapped returns the one object or array of an object that is such a member, or nil.
func wrapped(object []byte, resource string) []byte {
	s := loose.ScannerOf(object)
	defer s.Free()
	s.Space()
	var inner []byte
	found := 0
	_ = s.Object(func(name []byte) *loose.Error { // it has been read once
		member := string(name)
		first := s.Space()
		raw, err := s.Skip()
		if (first == '{' || first == '[') && (slices.Contains(wrappers, keyOf(member)) || ownName(member, resource)) {
			inner = raw
			found++
		}
		return err
	})
	if found != 1 {
		return nil
	}
	return inner
}
