package wire

import (
	"bytes"
	"reflect"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// grown returns records and keys with room for at least one more, where there is memory for it. Once some have been read, they and the rest of the
// body tell how many will come.
func (r *reader[T]) grown(list *List[T], first int) *loose.Error {
	size := int(reflect.TypeFor[T]().Size() + reflect.TypeFor[Key]().Size()) //nolint:gosec // small
	n := len(list.Records)
	want := max(1, first)
	if n > 0 {
		want = max(r.expected(n), n+n/4+1)
	}
	// At most half of what is left, since each record may take more than its place in the list. Less than a quarter more is not worth a copy.
	if most := n + r.Room()/size/2; want > most {
		if want = most; want < n+n/4+1 {
			r.Full()
		}
	}
	if err := r.Charge(max(1, want-n) * size); err != nil {
		return err
	}
	list.Records = append(make([]T, 0, want), list.Records...)
	list.Keys = append(make([]Key, 0, want), list.Keys...)
	return nil
}

// expected is how many rows the list has, judging by the first n of them: by how often the rest of the body begins an object as they begin, and where
// they differ in that by their length.
func (r *reader[T]) expected(n int) int {
	const enough = 64 // rows, to judge by
	if head := r.Data[r.first:min(r.first+64, r.At)]; n >= enough && head[0] == '{' {
		head = head[:bytes.IndexByte(head, ':')+1]
		if before := bytes.Count(r.Data[r.first:r.At], head); len(head) > 0 && before >= n { // more where rows hold such objects
			return n + scaled(bytes.Count(r.Data[r.At:], head), n, before) + 1
		}
	}
	return min(scaled(n, len(r.Data), max(1, r.At))+n/16+1, 4*n)
}

// scaled is n*by/of, also where an int has 32 bits.
func scaled(n, by, of int) int { return int(int64(n) * int64(by) / int64(of)) }
