package wire

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// DecodeWanted reads a body that is nothing but the record with this id, a positive one, as nearly every body of a Get is. It is read once, straight into
// the record, and warning is what [Warning] finds in it. sure is false for every other body and for records that can say in a member that a request
// failed: what these are is for [Elements], [Unwrap], [Failure] and [ID] to find out.
func DecodeWanted[T any](body []byte, id int64) (record *T, warning string, sure bool) {
	t := reflect.TypeFor[T]()
	if !plainRecord(t) {
		return nil, "", false
	}
	s := loose.ScannerOf(loose.Trim(body))
	defer s.Free()
	if s.Space() != '{' {
		return nil, "", false
	}
	record = new(T)
	plan, v := loose.PlanOf(t), reflect.ValueOf(record).Elem()
	if s.Record(v, plan) != nil || s.End() != nil {
		return nil, "", false
	}
	if got := plan.Field(v, plan.ID()); !got.IsValid() || !got.CanInt() || got.Int() != id {
		return nil, "", false
	}
	warned := false
	for name := range plan.Extra(v) {
		if isFlag(name) {
			return nil, "", false
		}
		warned = warned || isWarning(name)
	}
	if field := plan.Find(warningName); field >= 0 {
		read := plan.Field(v, field)
		warned = warned || read.IsValid() && !read.IsZero()
	}
	if warned {
		warning = Warning(body)
	}
	return record, warning, true
}

var warningName = []byte("_warning")

func isWarning(name string) bool { return strings.EqualFold(name, "_warning") }

// isFlag reports whether a member of this name outweighs an id where it is false, see [Failure].
func isFlag(name string) bool { return keyOf(name) == "success" }

var plainRecords sync.Map // reflect.Type → bool

// plainRecord reports whether a record has an id, no field for such a member, and a place where one is kept.
func plainRecord(t reflect.Type) bool {
	if known, ok := plainRecords.Load(t); ok {
		return known.(bool) //nolint:errcheck,forcetypeassert // the map holds nothing else
	}
	plain := hasID(t) && loose.PlanOf(t).HasExtra() && !slices.ContainsFunc(loose.PlanOf(t).Names(), isFlag)
	plainRecords.Store(t, plain)
	return plain
}
