package wire

import (
	"reflect"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// grown returns records and keys with room for at least one more, where there is memory for it. Once some have been read, the rest of the body
// tells how many will come.
func (r *reader[T]) grown(list *List[T], first int) *loose.Error {
	size := int(reflect.TypeFor[T]().Size() + reflect.TypeFor[Key]().Size()) //nolint:gosec // small
	n := len(list.Records)
	want := max(1, first)
	if n > 0 {
		want = min(max(n*len(r.Data)/max(1, r.At)+n/16+1, n+n/4+1), 4*n)
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
