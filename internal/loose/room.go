package loose

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

// Charge takes n bytes of memory out of the room that is left, or says that there is not as much.
func (s *Scanner) Charge(n int) *Error {
	if s.room -= n; s.room < 0 {
		return s.Fail("the records would take more than " + strconv.Itoa(memory(len(s.Data))>>20) +
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

// chargeRead takes the room for what encoding/json builds from the members and objects that were read since before.
func (s *Scanner) chargeRead(before Scanner, t reflect.Type) *Error {
	element := 16 // of an interface
	for k := t.Kind(); k == reflect.Map || k == reflect.Slice || k == reflect.Array || k == reflect.Pointer; k = t.Kind() {
		t = t.Elem()
		element = max(element, int(t.Size())) //nolint:gosec // small
	}
	objects, members := s.objects-before.objects, s.members-before.members
	return s.Charge(mapRoom + objects*(mapRoom+8*(element+16)) + members*(element+memberRoom))
}

// Room returns how much memory what is read may still take, in bytes.
func (s *Scanner) Room() int { return s.room }

// Full makes every further [Scanner.Charge] fail.
func (s *Scanner) Full() { s.room = 0 }
