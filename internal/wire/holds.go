package wire

import (
	"bytes"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// HoldsData reports whether a body holds more than an error would: it is not an object, or one with a member that is a full array or object and
// that is not one of the errors themselves.
func HoldsData(body []byte) bool {
	s := &loose.Scanner{Data: loose.Trim(body)}
	if s.Space() != '{' {
		return true
	}
	found := false
	err := s.Object(func(name []byte) *loose.Error {
		member := strings.ToLower(string(name))
		first := s.Space()
		raw, err := s.Skip()
		if (first == '{' || first == '[') && !slices.Contains(errorMembers, member) && member != "errors" {
			found = found || len(bytes.TrimSpace(raw[1:max(1, len(raw)-1)])) > 0
		}
		return err
	})
	return err == nil && found
}
