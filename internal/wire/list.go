package wire

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// List is what a list endpoint answered.
type List[T any] struct {
	Records          []T
	Keys             []Key  // of the records, in their order
	ByContent        bool   // the keys are made of the rows' content, since ids do not tell them apart
	Print            uint64 // tells these rows from others as a whole, by their content
	RecordCount      int    // -1 when unknown
	PageNo, PageSize int    // 0 when absent
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
	*scanner
	resource  string
	hint      int
	lists     bool  // a list was asked for
	byContent bool  // and keys of the rows' content
	plan      *plan // nil when T is no struct, or one that reads itself
}

func newReader[T any](body []byte, resource string, hint int) *reader[T] {
	r := &reader[T]{scanner: scannerOf(trim(body)), resource: resource, hint: hint}
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Struct && !readsItself(t) {
		r.plan = planOf(t)
	}
	return r
}

// trim drops a byte order mark and white space.
func trim(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
}

// DecodeList reads a list of a resource in any of the shapes that HaloPSA is known to use: an envelope, a bare array, null, "", nothing, or
// a single object. hint is how many rows are expected.
func DecodeList[T any](body []byte, resource string, hint int) (List[T], error) {
	return decodeList[T](body, resource, hint, false)
}

// DecodeListByContent is [DecodeList] for a list whose ids were found not to tell its records apart: every key is made of the row's content.
func DecodeListByContent[T any](body []byte, resource string, hint int) (List[T], error) {
	return decodeList[T](body, resource, hint, true)
}

func decodeList[T any](body []byte, resource string, hint int, byContent bool) (List[T], error) {
	r := newReader[T](body, resource, hint)
	defer r.free()
	r.lists, r.byContent = true, byContent
	list := List[T]{RecordCount: -1}
	if empty(r.data) {
		return list, nil
	}
	var err *Error
	switch r.space() {
	case '[':
		err = r.rows(&list)
	case '{':
		var failure *PayloadError
		if failure, err = r.envelope(&list, 1); failure != nil {
			return List[T]{RecordCount: -1}, failure
		}
	case '"':
		if json.Valid(r.data) && says(r.data) { // the server's words
			return List[T]{RecordCount: -1}, &PayloadError{Message: Words(r.data), Object: bytes.Clone(r.data)}
		}
		fallthrough
	default:
		err = r.fail("neither a list nor an object")
	}
	if err == nil {
		err = r.end()
	}
	switch {
	case err != nil && err.payload != nil:
		return List[T]{RecordCount: -1}, err.payload
	case err != nil:
		return List[T]{RecordCount: -1}, err
	}
	if list.RecordCount < len(list.Records) {
		list.RecordCount = -1
	}
	return list, nil
}

// empty reports whether a body holds no record: an object without a member is none.
func empty(data []byte) bool {
	s := &scanner{data: data}
	if s.space() == '{' {
		s.at++
		return s.space() == '}' && s.at == len(data)-1
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
		return record, false, &Error{Reason: strconv.Itoa(len(records)) + " records where one was asked for"}
	}
	return records[0], true, nil
}

// DecodeMany reads what a write is answered with: an object, an array, null, "" or nothing.
func DecodeMany[T any](body []byte) ([]T, error) {
	r := newReader[T](body, "", 1)
	defer r.free()
	if empty(r.data) {
		return nil, nil
	}
	var list List[T]
	var err *Error
	switch r.space() {
	case '[':
		err = r.rows(&list)
	case '{':
		err = r.row(&list, 1)
	default:
		err = r.fail("neither a record nor an array of them")
	}
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return nil, err
	}
	if r.plan != nil && r.plan.id >= 0 && len(list.Keys) == 1 && list.Keys[0].Kind == KeyContent {
		if message, failed := Failure(r.data); failed {
			return nil, &PayloadError{Message: message, Object: bytes.Clone(r.data)}
		}
	}
	return list.Records, nil
}

// rows reads an array of rows.
func (r *reader[T]) rows(list *List[T]) *Error {
	list.Records, list.Keys = nil, nil
	// A record takes more memory than its JSON: what the server or a caller expects must not decide about more than the body can hold.
	const shortest, most = 32, 1024
	room := min(max(r.hint, list.PageSize, 0), len(r.data)/shortest, most)
	begin := r.at
	err := r.array(func(i int) *Error {
		var err *Error
		if r.space() == 'n' {
			err = r.literal("null")
		} else {
			err = r.row(list, room)
		}
		if err != nil {
			err.Path = join("["+strconv.Itoa(i)+"]", err.Path)
		}
		return err
	})
	if err == nil && r.lists {
		raw := r.data[begin:r.at]
		list.Print = maphash.Bytes(seed, raw)
		list.ByContent = r.byContent || shared(list.Keys) && differ(raw, list.Keys)
		if list.ByContent {
			contents(raw, func(i int, row []byte) { list.Keys[i] = contentKey(row) })
		}
	}
	return err
}

// row reads one row into the next place of the list, for which it makes room.
func (r *reader[T]) row(list *List[T], room int) *Error {
	if len(list.Records) == cap(list.Records) {
		if err := r.grown(list, room); err != nil {
			return err
		}
	}
	var zero T
	list.Records = append(list.Records, zero)
	v := reflect.ValueOf(&list.Records[len(list.Records)-1]).Elem()
	r.space()
	begin := r.at
	if r.plan == nil {
		if err := setterOf(v.Type())(r.scanner, v); err != nil {
			return err
		}
		key := rawKey(r.data[begin:r.at])
		list.Keys = append(list.Keys, key)
		if key.Kind == KeyContent && r.lists && r.data[begin] == '{' {
			return r.errorRow(begin)
		}
		return nil
	}
	if r.space() != '{' {
		return r.fail("a row that is no object")
	}
	if err := r.record(v, r.plan); err != nil {
		return err
	}
	key := r.key(v, r.data[begin:r.at])
	list.Keys = append(list.Keys, key)
	if key.Kind == KeyContent && r.lists {
		return r.errorRow(begin)
	}
	return nil
}

// errorRow returns an error if the row that began at begin, which has no id, holds nothing but an error: no id at all, and no member of the
// record that says something else. Where a record can be any object it must be sure, and have members of errors alone.
func (r *reader[T]) errorRow(begin int) *Error {
	raw := r.data[begin:r.at]
	s := &scanner{data: raw}
	data := false
	s.space()
	stop := s.object(func(name []byte) *Error {
		if r.typed() {
			field, _ := r.plan.find(name, 0)
			data = field >= 0 && (field == r.plan.id || r.plan.id < 0 || !slices.Contains(errorMembers, strings.ToLower(string(name))))
		} else {
			data = !isErrorMember(string(name))
		}
		if data {
			return s.fail("no error") // the rest does not matter
		}
		s.space()
		_, err := s.skip()
		return err
	})
	if data || stop != nil {
		return nil
	}
	said := failureOf(raw)
	if said == nil || said.vague && !r.typed() {
		return nil
	}
	return &Error{Offset: int64(begin), Reason: "an error in the place of a row", payload: said}
}

// errorMembers are the members of an error that a record can have, too.
var errorMembers = []string{"error", "errors", "message", "title", "status", "success", "_success"}

// besideRecord reports whether a member says nothing of whether an object is a record, even where the record has a field for it.
func besideRecord(name string) bool {
	name = strings.ToLower(name)
	return name == "_warning" || slices.Contains(errorMembers, name)
}
