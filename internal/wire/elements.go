package wire

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Elements splits the response to a write: the elements of an array, an object alone, or none for null, "", true and nothing.
//
// What is neither, such as false or a text, is an error.
func Elements(body []byte) (elements []json.RawMessage, array bool, err error) {
	s := loose.ScannerOf(loose.Trim(body))
	defer s.Free()
	switch string(s.Data) {
	case "", "null", `""`, "true":
		return nil, false, nil
	}
	var failed *loose.Error
	switch s.Space() {
	case '[':
		array = true
		failed = s.Array(func(int) *loose.Error {
			s.Space()
			raw, err := s.Skip()
			elements = append(elements, raw)
			return err
		})
	case '{':
		var raw []byte
		raw, failed = s.Skip()
		elements = append(elements, raw)
	default:
		failed = s.Fail("neither a record nor an array of them")
	}
	if failed == nil {
		failed = s.End()
	}
	if failed != nil {
		return nil, false, failed
	}
	return elements, array, nil
}

// DecodeElement reads one element of [Elements] into a record.
func DecodeElement[T any](raw []byte) (record T, err error) {
	r := newReader[T](raw, "", 1)
	defer r.Free()
	var list List[T]
	if err := r.row(&list, 1); err != nil {
		return record, err
	}
	return list.Records[0], nil
}

// ID returns the member id of an object as a text, and whether there is one; null does not count. Of two spellings the exact one counts.
func ID(object []byte) (id string, ok bool) {
	s := loose.ScannerOf(object)
	defer s.Free()
	if s.Space() != '{' {
		return "", false
	}
	exact := false
	_ = s.Object(func(name []byte) *loose.Error { // it is decoded too, which tells of what is not JSON
		isExact := string(name) == "id"
		isID := isExact || !exact && strings.EqualFold(string(name), "id")
		s.Space()
		if !isID {
			_, err := s.Skip()
			return err
		}
		text, kind, err := s.Scalar()
		if err != nil || kind == 'n' {
			return err
		}
		exact = exact || isExact
		id, ok = strings.TrimSpace(string(text)), true
		if n, isNumber := loose.Integer(text, kind); isNumber && (kind == '0' || id != "") {
			id = strconv.FormatInt(n, 10)
		}
		return nil
	})
	return id, ok
}

// Warning returns the member _warning of an object, "" where there is none.
func Warning(object []byte) string {
	s := loose.ScannerOf(loose.Trim(object))
	defer s.Free()
	warning := ""
	if s.Space() != '{' {
		return ""
	}
	_ = s.Object(func(name []byte) *loose.Error { // as in ID
		if !isWarning(string(name)) {
			_, err := s.Skip()
			return err
		}
		s.Space()
		text, kind, err := s.Scalar()
		if err == nil && kind == '"' {
			warning = strings.TrimSpace(string(text))
		}
		return err
	})
	return warning
}

// HasID reports whether records of type T have a member id.
func HasID[T any]() bool { return hasID(reflect.TypeFor[T]()) }

func hasID(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !loose.ReadsItself(t) && loose.PlanOf(t).ID() >= 0
}

// RealID reports whether an id, as [ID] returns it, names a record: it is neither empty nor 0 nor negative nor an empty GUID.
func RealID(id string) bool {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n > 0
	}
	return !loose.NoID([]byte(id))
}

// Judged reports whether an object in the place of a T can be taken for an error by its members: a struct without an id may well have a member
// message itself.
func Judged[T any]() bool { return HasID[T]() || reflect.TypeFor[T]().Kind() != reflect.Struct }
