package wire

import (
	"bytes"
	"hash/maphash"
	"reflect"
	"strconv"
	"strings"
)

// List is what a list endpoint answered.
type List[T any] struct {
	Records          []T
	Keys             []Key // of the records, in their order
	RecordCount      int   // -1 when unknown
	PageNo, PageSize int   // 0 when absent
}

// Key tells a record from the others of its list.
type Key struct {
	ID   int64
	Hash uint64
	Kind KeyKind
}

// KeyKind says what a Key is made of.
type KeyKind uint8

// The kinds of keys.
const (
	KeyID      KeyKind = iota // a positive integer id
	KeyText                   // another id, by its hash
	KeyContent                // no id: the hash of the whole row
)

var seed = maphash.MakeSeed()

// PayloadError is an error that came as a success.
type PayloadError struct{ Message string }

func (e *PayloadError) Error() string { return e.Message }

// reader reads the rows of one list.
type reader[T any] struct {
	*scanner
	resource string
	hint     int
	plan     *plan // nil when T is no struct
}

func newReader[T any](body []byte, resource string, hint int) *reader[T] {
	r := &reader[T]{scanner: &scanner{data: trim(body)}, resource: resource, hint: hint}
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Struct {
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
	r := newReader[T](body, resource, hint)
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
		if failure, err = r.envelope(&list); failure != nil {
			return List[T]{RecordCount: -1}, failure
		}
	default:
		err = r.fail("neither a list nor an object")
	}
	if err == nil {
		err = r.end()
	}
	if err != nil {
		return List[T]{RecordCount: -1}, err
	}
	if list.RecordCount < len(list.Records) {
		list.RecordCount = -1
	}
	return list, nil
}

func empty(data []byte) bool {
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
	return list.Records, nil
}

// rows reads an array of rows.
func (r *reader[T]) rows(list *List[T]) *Error {
	list.Records, list.Keys = nil, nil
	room := min(max(r.hint, list.PageSize, 0), len(r.data)/2)
	return r.array(func(i int) *Error {
		if r.space() == 'n' {
			return r.literal("null")
		}
		err := r.row(list, room)
		if err != nil {
			err.Path = join("["+strconv.Itoa(i)+"]", err.Path)
		}
		return err
	})
}

// row reads one row into the next place of the list, for which it makes room.
func (r *reader[T]) row(list *List[T], room int) *Error {
	if list.Records == nil {
		list.Records, list.Keys = make([]T, 0, room), make([]Key, 0, room)
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
		list.Keys = append(list.Keys, rawKey(r.data[begin:r.at]))
		return nil
	}
	if r.space() != '{' {
		return r.fail("a row that is no object")
	}
	if err := r.record(v, r.plan); err != nil {
		return err
	}
	list.Keys = append(list.Keys, r.key(v, r.data[begin:r.at]))
	return nil
}

// key makes the key of a row that has been read into v.
func (r *reader[T]) key(v reflect.Value, raw []byte) Key {
	if r.plan.id < 0 {
		return rawKey(raw)
	}
	switch id := at(v, r.plan.fields[r.plan.id].index); id.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if id.Int() > 0 {
			return Key{ID: id.Int()}
		}
	case reflect.String:
		if text := id.String(); text != "" {
			return textKey([]byte(text))
		}
	default:
		return rawKey(raw)
	}
	return contentKey(raw)
}

// rawKey makes the key of a row from its JSON.
func rawKey(raw []byte) Key {
	s := &scanner{data: raw}
	if s.space() != '{' {
		return contentKey(raw)
	}
	key := contentKey(raw)
	err := s.object(func(name []byte) *Error {
		isID := strings.EqualFold(string(name), "id")
		c := s.space()
		text, err := s.skip()
		if err != nil || !isID {
			return err
		}
		if c == '"' {
			text = text[1 : len(text)-1]
		} else if c == '{' || c == '[' || c == 'n' || c == 't' || c == 'f' {
			return nil
		}
		if n, ok := integer(text, '0'); ok {
			if n > 0 {
				key = Key{ID: n}
			}
		} else if len(text) > 0 {
			key = textKey(text)
		}
		return nil
	})
	if err != nil {
		return contentKey(raw)
	}
	return key
}

func textKey(text []byte) Key {
	if n, ok := small(text); ok && n > 0 {
		return Key{ID: n}
	}
	return Key{Kind: KeyText, Hash: maphash.Bytes(seed, text)}
}

func contentKey(raw []byte) Key { return Key{Kind: KeyContent, Hash: maphash.Bytes(seed, raw)} }
