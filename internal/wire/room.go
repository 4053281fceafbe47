package wire

import (
	"reflect"
	"strconv"
)

// A response can be made of values that take a hundred times their length once they are read, such as {},{},{}. What is read from one may take
// freeRoom, and besides roomPerByte for each of its bytes; honest records take one to four.
const (
	freeRoom    = 96 << 20
	roomPerByte = 8
)

// memory is how much memory what is read from a body of n bytes may take.
func memory(n int) int { return freeRoom + roomPerByte*n }

// charge takes n bytes of memory out of the room that is left, or says that there is not as much.
func (s *scanner) charge(n int) *Error {
	if s.room -= n; s.room < 0 {
		return s.fail("the records would take more than " + strconv.Itoa(memory(len(s.data))>>20) +
			" MB of memory; a smaller page or a filter makes them fewer")
	}
	return nil
}

// What a map and each of its members take, about; the first eight members come with the map.
const (
	mapRoom    = 48
	memberRoom = 32
	manyRoom   = 96 // of a member behind the eighth
)

// chargeRead takes the room for what encoding/json makes of the members and objects that were read since before.
func (s *scanner) chargeRead(before scanner, t reflect.Type) *Error {
	element := 16 // of an interface
	for k := t.Kind(); k == reflect.Map || k == reflect.Slice || k == reflect.Array || k == reflect.Pointer; k = t.Kind() {
		t = t.Elem()
		element = max(element, int(t.Size())) //nolint:gosec // small
	}
	objects, members := s.objects-before.objects, s.members-before.members
	return s.charge(mapRoom + objects*(mapRoom+8*(element+16)) + members*(element+memberRoom))
}

// grown returns records and keys with room for at least one more, where there is memory for it. Once some have been read, the rest of the body
// tells how many will come.
func (r *reader[T]) grown(list *List[T], first int) *Error {
	size := int(reflect.TypeFor[T]().Size() + reflect.TypeFor[Key]().Size()) //nolint:gosec // small
	n := len(list.Records)
	want := max(1, first)
	if n > 0 {
		want = min(max(n*len(r.data)/max(1, r.at)+n/16+1, n+n/4+1), 4*n)
	}
	// At most half of what is left, since each record may take more than its place in the list. Less than a quarter more is not worth a copy.
	if most := n + r.room/size/2; want > most {
		if want = most; want < n+n/4+1 {
			r.room = 0
		}
	}
	if err := r.charge(max(1, want-n) * size); err != nil {
		return err
	}
	list.Records = append(make([]T, 0, want), list.Records...)
	list.Keys = append(make([]Key, 0, want), list.Keys...)
	return nil
}
