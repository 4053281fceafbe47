package wire

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Elements splits what a write was answered with: the elements of an array, an object alone, or none for null, "", true and nothing.
//
// What is neither, such as false or a text, is an error.
func Elements(body []byte) (elements []json.RawMessage, array bool, err error) {
	s := scannerOf(trim(body))
	defer s.free()
	switch string(s.data) {
	case "", "null", `""`, "true":
		return nil, false, nil
	}
	var failed *Error
	switch s.space() {
	case '[':
		array = true
		failed = s.array(func(int) *Error {
			s.space()
			raw, err := s.skip()
			elements = append(elements, raw)
			return err
		})
	case '{':
		var raw []byte
		raw, failed = s.skip()
		elements = append(elements, raw)
	default:
		failed = s.fail("neither a record nor an array of them")
	}
	if failed == nil {
		failed = s.end()
	}
	if failed != nil {
		return nil, false, failed
	}
	return elements, array, nil
}

// DecodeElement reads one element of [Elements] into a record.
func DecodeElement[T any](raw []byte) (record T, err error) {
	r := newReader[T](raw, "", 1)
	defer r.free()
	var list List[T]
	if err := r.row(&list, 1); err != nil {
		return record, err
	}
	return list.Records[0], nil
}

// ID returns the member id of an object as a text, and whether there is one; null is none. Of two spellings the exact one counts.
func ID(object []byte) (id string, ok bool) {
	s := scannerOf(object)
	defer s.free()
	if s.space() != '{' {
		return "", false
	}
	exact := false
	_ = s.object(func(name []byte) *Error { // it is decoded too, which tells of what is no JSON
		isExact := string(name) == "id"
		isID := isExact || !exact && strings.EqualFold(string(name), "id")
		s.space()
		text, kind, err := s.scalar()
		if !isID || err != nil || kind == 'n' {
			return err
		}
		exact = exact || isExact
		id, ok = strings.TrimSpace(string(text)), true
		if n, isNumber := integer(text, kind); isNumber && (kind == '0' || id != "") {
			id = strconv.FormatInt(n, 10)
		}
		return nil
	})
	return id, ok
}

// Warning returns the member _warning of an object, "" where there is none.
func Warning(object []byte) string {
	s := scannerOf(trim(object))
	defer s.free()
	warning := ""
	if s.space() != '{' {
		return ""
	}
	_ = s.object(func(name []byte) *Error { // as in ID
		isWarning := strings.EqualFold(string(name), "_warning")
		s.space()
		text, kind, err := s.scalar()
		if isWarning && err == nil && kind == '"' {
			warning = strings.TrimSpace(string(text))
		}
		return err
	})
	return warning
}

// HasID reports whether records of type T have a member id.
func HasID[T any]() bool {
	t := reflect.TypeFor[T]()
	return t.Kind() == reflect.Struct && !readsItself(t) && planOf(t).id >= 0
}

// RealID reports whether an id, as [ID] returns it, names a record: it is neither empty nor 0 nor negative nor an empty GUID.
func RealID(id string) bool {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n > 0
	}
	return !noID([]byte(id))
}

// Judged reports whether an object in the place of a T can be taken for an error by its members: a struct without an id may well have a member
// message of its own.
func Judged[T any]() bool { return HasID[T]() || reflect.TypeFor[T]().Kind() != reflect.Struct }
