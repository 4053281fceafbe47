package wire

import (
	"reflect"
	"slices"
	"sync"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// DecodeWanted reads a body that is nothing but the record with this id, a positive one, as nearly every body of a Get is. It is read once, straight into
// the record. sure is false for every other body and for records that can say in a member that a request failed: what these are is for [Elements],
// [Unwrap], [Failure] and [ID] to find out.
func DecodeWanted[T any](body []byte, id int64) (record *T, sure bool) {
	t := reflect.TypeFor[T]()
	if !HasID[T]() || flagged(t) {
		return nil, false
	}
	s := loose.ScannerOf(loose.Trim(body))
	defer s.Free()
	if s.Space() != '{' {
		return nil, false
	}
	record = new(T)
	plan, v := loose.PlanOf(t), reflect.ValueOf(record).Elem()
	if s.Record(v, plan) != nil || s.End() != nil {
		return nil, false
	}
	if got := plan.IDOf(v); !got.IsValid() || !got.CanInt() || got.Int() != id {
		return nil, false
	}
	for name := range plan.Extra(v) {
		if isFlag(name) {
			return nil, false
		}
	}
	return record, true
}

// isFlag reports whether a member of this name outweighs an id where it is false, see [Failure].
func isFlag(name string) bool { return keyOf(name) == "success" }

var withFlag sync.Map // reflect.Type → bool

// flagged reports whether a record has a field for such a member, or no place where one would be kept.
func flagged(t reflect.Type) bool {
	if known, ok := withFlag.Load(t); ok {
		return known.(bool) //nolint:errcheck,forcetypeassert // the map holds nothing else
	}
	plan := loose.PlanOf(t)
	found := !plan.HasExtra() || slices.ContainsFunc(plan.Names(), isFlag)
	withFlag.Store(t, found)
	return found
}
