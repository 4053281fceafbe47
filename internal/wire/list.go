// Package wire reads what HaloPSA sends: lists and records, envelopes, error bodies. The JSON itself is read by package loose.
package wire

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Error is a body that is not what was expected.
type Error = loose.Error

// List is the response of a list endpoint.
type List[T any] struct {
	Records          []T
	Keys             []Key  // of the records, in their order
	ByContent        bool   // the keys are built from the rows' content, since ids do not tell them apart
	Bad              []Bad  // those that cannot be read, in their order
	Print            uint64 // tells these rows from others as a whole, by their content
	RecordCount      int    // -1 when unknown
	PageNo, PageSize int    // 0 when absent
	// Keyless is why the keys are not made of the members that were asked for: no row has one. nil where there are no rows.
	Keyless error
	// Warning is the message to the caller beside the list: its _warning, or why it has no rows. "" when there is none.
	Warning string
}

// PayloadError is an error that came as a success.
type PayloadError struct {
	Message string
	Object  []byte // the members that say so, as they came
	vague   bool   // it has a message only
}

func (e *PayloadError) Error() string {
	if e.Message == "" {
		return "an error without a message"
	}
	return e.Message
}

// reader reads the rows of one list.
type reader[T any] struct {
	*loose.Scanner
	resource  string
	hint      int
	lists     bool        // a list was asked for
	byContent bool        // and keys of the rows' content
	first     int         // where the first row of the array begins
	members   []string    // or of these members
	plan      *loose.Plan // nil when T is no struct, or one that reads itself
}

func newReader[T any](body []byte, resource string, hint int) *reader[T] {
	r := &reader[T]{Scanner: loose.ScannerOf(loose.Trim(body)), resource: resource, hint: hint}
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Struct && !loose.ReadsItself(t) {
		r.plan = loose.PlanOf(t)
	}
	return r
}

// DecodeList reads a list of a resource in any of the shapes that HaloPSA is known to use: an envelope, a bare array, null, "", nothing, or
// a single object. hint is how many rows are expected. A row that cannot be read is no error: it is in Bad.
func DecodeList[T any](body []byte, resource string, hint int) (List[T], error) {
	return decodeList[T](body, resource, hint, false)
}

// DecodeListByContent is [DecodeList] for a list whose ids were found not to tell its records apart: every key is built from the row's content.
func DecodeListByContent[T any](body []byte, resource string, hint int) (List[T], error) {
	return decodeList[T](body, resource, hint, true)
}

// DecodeListByKey is [DecodeList] for a list whose rows are told apart by these members together, or by their content where they have none of them.
func DecodeListByKey[T any](body []byte, resource string, hint int, members []string) (List[T], error) {
	return decodeList[T](body, resource, hint, false, members...)
}

func decodeList[T any](body []byte, resource string, hint int, byContent bool, members ...string) (List[T], error) {
	r := newReader[T](body, resource, hint)
	defer r.Free()
	r.lists, r.byContent, r.members = true, byContent, members
	list := List[T]{RecordCount: -1}
	if empty(r.Data) {
		return list, nil
	}
	var err *loose.Error
	switch r.Space() {
	case '[':
		err = r.rows(&list)
	case '{':
		var failure *PayloadError
		if failure, err = r.envelope(&list, 1); failure != nil {
			return List[T]{RecordCount: -1}, failure
		}
	case '"':
		if json.Valid(r.Data) && says(r.Data) { // the server's words
			return List[T]{RecordCount: -1}, &PayloadError{Message: Words(r.Data), Object: bytes.Clone(r.Data)}
		}
		fallthrough
	default:
		err = r.Fail("neither a list nor an object")
	}
	if err == nil {
		err = r.End()
	}
	switch {
	case err != nil && err.Cause != nil:
		return List[T]{RecordCount: -1}, err.Cause
	case err != nil:
		return List[T]{RecordCount: -1}, err
	}
	if list.RecordCount < len(list.Records) {
		list.RecordCount = -1
	}
	return list, nil
}

// empty reports whether a body holds no record: an object without a member does not hold one.
func empty(data []byte) bool {
	s := &loose.Scanner{Data: data}
	if s.Space() == '{' {
		s.At++
		return s.Space() == '}' && s.At == len(data)-1
	}
	return len(data) == 0 || string(data) == "null" || string(data) == `""`
}

// DecodeOne reads a record, or an array of one; false means that there is none.
func DecodeOne[T any](body []byte) (record T, ok bool, err error) {
	records, err := DecodeMany[T](body)
	switch {
	case err != nil:
		return record, false, err
	case len(records) == 0:
		return record, false, nil
	case len(records) > 1:
		return record, false, &loose.Error{Reason: strconv.Itoa(len(records)) + " records where one was asked for"}
	}
	return records[0], true, nil
}

// DecodeMany reads the response to a write: an object, an array, null, "" or nothing.
func DecodeMany[T any](body []byte) ([]T, error) {
	r := newReader[T](body, "", 1)
	defer r.Free()
	if empty(r.Data) {
		return nil, nil
	}
	var list List[T]
	var err *loose.Error
	switch r.Space() {
	case '[':
		err = r.rows(&list)
	case '{':
		err = r.row(&list, 1)
	default:
		err = r.Fail("neither a record nor an array of them")
	}
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return nil, err
	}
	if r.plan != nil && r.plan.ID() >= 0 && len(list.Keys) == 1 && list.Keys[0].Kind == KeyContent {
		if message, failed := Failure(r.Data); failed {
			return nil, &PayloadError{Message: message, Object: bytes.Clone(r.Data)}
		}
	}
	return list.Records, nil
}

// rows reads an array of rows.
func (r *reader[T]) rows(list *List[T]) *loose.Error {
	list.Records, list.Keys, list.Bad = nil, nil, nil
	// A record takes more memory than its JSON: what the server or a caller expects must not decide about more than the body can hold.
	const shortest, most = 32, 1024
	room := min(max(r.hint, list.PageSize, 0), len(r.Data)/shortest, most)
	begin := r.At
	err := r.Array(func(i int) *loose.Error {
		var err *loose.Error
		switch first := r.Space(); {
		case first == 'n':
			err = r.Literal("null")
		case len(list.Records) == 0:
			r.first = r.At
			fallthrough
		default:
			err = r.element(list, i, room)
		}
		if err != nil {
			err.Path = loose.Join("["+strconv.Itoa(i)+"]", err.Path)
		}
		return err
	})
	for _, bad := range list.Bad {
		bad.under("[" + strconv.Itoa(bad.Index) + "]")
	}
	if err == nil && r.lists {
		raw := r.Data[begin:r.At]
		list.Print = maphash.Bytes(seed, raw)
		if list.Keyless = nil; len(r.members) > 0 && !keysOf(raw, r.members, list.Keys) {
			list.Keyless = r.Fail("no row has " + strings.Join(r.members, " or "))
		}
		list.ByContent = r.byContent || shared(list.Keys) && differ(raw, list.Keys)
		if list.ByContent {
			contents(raw, func(i int, row []byte) { list.Keys[i] = contentKey(row) })
		}
	}
	return err
}

// row reads one row into the next place of the list, for which it makes room.
func (r *reader[T]) row(list *List[T], room int) *loose.Error {
	if len(list.Records) == cap(list.Records) {
		if err := r.grown(list, room); err != nil {
			return err
		}
	}
	var zero T
	list.Records = append(list.Records, zero)
	r.Space()
	begin := r.At
	if r.plan == nil {
		key, err := r.untyped(&list.Records[len(list.Records)-1], begin)
		if err != nil {
			return err
		}
		list.Keys = append(list.Keys, key)
		if key.Kind == KeyContent && r.lists && r.Data[begin] == '{' {
			return r.errorRow(begin)
		}
		return nil
	}
	if r.Space() != '{' {
		return r.Fail("a row that is not an object")
	}
	v := reflect.ValueOf(&list.Records[len(list.Records)-1]).Elem()
	if err := r.Record(v, r.plan); err != nil {
		return err
	}
	key := r.key(v, r.Data[begin:r.At])
	list.Keys = append(list.Keys, key)
	if key.Kind == KeyContent && r.lists {
		return r.errorRow(begin)
	}
	return nil
}

// untyped reads a row that is no struct, or one that reads itself, and makes its key.
func (r *reader[T]) untyped(record *T, begin int) (Key, *loose.Error) {
	if object, ok := any(record).(*map[string]any); ok && r.Space() == '{' {
		read, id, err := r.Map()
		if err != nil {
			return Key{}, err
		}
		*object = read
		return idKey(id, r.Data[begin:r.At]), nil
	}
	if err := r.Read(reflect.ValueOf(record).Elem()); err != nil {
		return Key{}, err
	}
	return rawKey(r.Data[begin:r.At]), nil
}

// errorRow returns an error if the row that began at begin, which has no id, holds nothing but an error: no id at all, and no member of the
// record that says something else. Where a record can be any object it must be sure, and have members of errors alone.
func (r *reader[T]) errorRow(begin int) *loose.Error {
	raw := r.Data[begin:r.At]
	s := &loose.Scanner{Data: raw}
	data := false
	s.Space()
	stop := s.Object(func(name []byte) *loose.Error {
		if r.typed() {
			field := r.plan.Find(name)
			data = field >= 0 && (field == r.plan.ID() || r.plan.ID() < 0 || !slices.Contains(errorMembers, strings.ToLower(string(name))))
		} else {
			data = !isErrorMember(string(name))
		}
		if data {
			return s.Fail("no error") // the rest does not matter
		}
		s.Space()
		_, err := s.Skip()
		return err
	})
	if data || stop != nil {
		return nil
	}
	said := failureOf(raw)
	if said == nil || said.vague && !r.typed() {
		return nil
	}
	return &loose.Error{Offset: int64(begin), Reason: "an error in the place of a row", Cause: said}
}

// errorMembers are the members of an error that a record can have, too.
var errorMembers = []string{"error", "errors", "message", "title", "status", "success", "_success"}

// besideRecord reports whether a member says nothing of whether an object is a record, even where the record has a field for it.
func besideRecord(name string) bool {
	name = strings.ToLower(name)
	return name == "_warning" || slices.Contains(errorMembers, name)
}
