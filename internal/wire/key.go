package wire

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Key tells a record from the others of its list.
type Key struct {
	ID   int64
	Hash uint64
	Kind KeyKind
}

// KeyKind says what a Key is built from.
type KeyKind uint8

// The kinds of keys.
const (
	KeyID      KeyKind = iota // a positive integer id
	KeyText                   // another id, by its hash
	KeyContent                // no id: the hash of the whole row
)

var seed = maphash.MakeSeed()

// key makes the key of a row that has been read into v.
func (r *reader[T]) key(v reflect.Value, raw []byte) Key {
	if r.plan.ID() < 0 {
		return rawKey(raw)
	}
	id := r.plan.Field(v, r.plan.ID())
	if !id.IsValid() { // in an embedded struct of which nothing came
		return contentKey(raw)
	}
	switch id.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n := id.Int(); n != 0 {
			return numberKey(n, raw)
		}
	case reflect.String:
		return textKey([]byte(id.String()), raw)
	default:
		return rawKey(raw)
	}
	return contentKey(raw)
}

// rawKey makes the key of a row from its JSON.
func rawKey(raw []byte) Key {
	s := &loose.Scanner{Data: raw}
	if s.Space() != '{' {
		return contentKey(raw)
	}
	var id []byte
	exact := false
	_ = s.Object(func(name []byte) *loose.Error { // it has been read once
		isID := strings.EqualFold(string(name), "id")
		spelled := string(name) == "id"
		value, err := s.Skip()
		if isID && (spelled || !exact) {
			exact, id = spelled, value
		}
		return err
	})
	return idKey(id, raw)
}

// idKey makes the key of a row from the JSON of its id, nil for none.
func idKey(id, raw []byte) Key {
	if id == nil {
		return contentKey(raw)
	}
	s := &loose.Scanner{Data: id}
	text, kind, _ := s.Scalar() // it has been read once
	switch n, ok := loose.Integer(text, kind); {
	case kind == '"', kind == '0' && !ok:
		return textKey(text, raw)
	case kind == '0' && n != 0:
		return numberKey(n, raw)
	}
	return contentKey(raw)
}

// numberKey makes the key of an integer that is not 0; the set of a walk is made for positive ones.
func numberKey(n int64, raw []byte) Key {
	if n > 0 {
		return Key{ID: n}
	}
	return textKey(strconv.AppendInt(nil, n, 10), raw)
}

// textKey makes the key of a text, which is that of the number if it is written as one: 007 is not 7. "", "0" and an empty GUID are no id.
func textKey(text, raw []byte) Key {
	if n, ok := loose.Small(text); ok && n > 0 && text[0] != '0' {
		return Key{ID: n}
	}
	if loose.NoID(text) {
		return contentKey(raw)
	}
	return Key{Kind: KeyText, Hash: maphash.Bytes(seed, text)}
}

// keysOf makes the keys of rows from these members together. It returns false where there are rows and none has one of them.
func keysOf(raw []byte, members []string, keys []Key) (found bool) {
	contents(raw, func(i int, row []byte) {
		if key, has := memberKey(row, members); has {
			keys[i], found = key, true
		} else {
			keys[i] = contentKey(row)
		}
	})
	return found || len(keys) == 0
}

// memberKey makes the key of a row from these members; false means that it has none of them. Exact spelling wins.
func memberKey(raw []byte, members []string) (key Key, has bool) {
	values := make([][]byte, len(members))
	exact := make([]bool, len(members))
	s := &loose.Scanner{Data: raw}
	if s.Space() != '{' {
		return Key{}, false
	}
	_ = s.Object(func(name []byte) *loose.Error { // it has been read once
		s.Space()
		value, err := s.Skip()
		for i, member := range members {
			if spelled := string(name) == member; spelled || !exact[i] && strings.EqualFold(string(name), member) {
				values[i], exact[i], has = bytes.Trim(value, `"`), spelled, true // 12 is "12"
			}
		}
		return err
	})
	var h maphash.Hash
	h.SetSeed(seed)
	for _, value := range values {
		_, _ = h.Write(value)
		_ = h.WriteByte(0)
	}
	return Key{Kind: KeyText, Hash: h.Sum64()}, has
}

// KeyOf returns the key of the record with this id, as it is written in a path.
func KeyOf(id string) Key { return textKey([]byte(id), nil) }

func contentKey(raw []byte) Key { return Key{Kind: KeyContent, Hash: maphash.Bytes(seed, raw)} }

// shared reports whether two rows have the same id.
func shared(keys []Key) bool {
	up, down := true, true
	for i := 1; i < len(keys) && (up || down); i++ { // nearly every list is sorted by id
		a, b := keys[i-1], keys[i]
		up = up && a.ID > 0 && a.ID < b.ID
		down = down && b.ID > 0 && a.ID > b.ID
	}
	if up || down {
		return false
	}
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, func(a, b Key) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Hash, b.Hash))
	})
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] && sorted[i].Kind != KeyContent {
			return true
		}
	}
	return false
}

// differ reports whether two rows with the same id have not the same content.
func differ(raw []byte, keys []Key) bool {
	found := false
	seen := make(map[Key]Key, len(keys))
	contents(raw, func(i int, row []byte) {
		content := contentKey(row)
		before, twice := seen[keys[i]]
		found = found || twice && before != content
		seen[keys[i]] = content
	})
	return found
}

// contents gives each row of an array, which has been read once, to row.
func contents(raw []byte, row func(i int, raw []byte)) {
	s := &loose.Scanner{Data: raw}
	s.Space()
	n := 0
	_ = s.Array(func(int) *loose.Error {
		one, err := s.Skip()
		if err == nil && string(one) != "null" {
			row(n, one)
			n++
		}
		return err
	})
}
