package wire

import (
	"bytes"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Bad is a row of a list that cannot be read into a record, although it is JSON. Its place among the records holds the zero value, and its key is
// made of what it is.
type Bad struct {
	At    int    // its place among the records
	Index int    // in the array, where null counts too
	Begin int64  // where in the body it begins
	Raw   []byte // a copy
	Err   error  // a *loose.Error: what is wrong with it
}

// badRoom is what a row that cannot be read takes beside its text, about.
const badRoom = 256

// element reads a row of a list, which is in the index-th place of its array. A row that cannot be read is set aside where a list was asked for.
func (r *reader[T]) element(list *List[T], index, room int) *loose.Error {
	r.Space()
	begin, records := r.At, len(list.Records)
	failed := r.row(list, room)
	if failed == nil || failed.Cause != nil || !r.lists || r.Room() < 0 {
		return failed
	}
	r.At = begin
	raw, err := r.Skip()
	if err != nil {
		return failed // it is no JSON, and where it ends is not known
	}
	if err := r.Charge(badRoom + len(raw)); err != nil {
		return err
	}
	if len(list.Records) == records { // there was no room for it
		return failed
	}
	var zero T
	key := rawKey(raw)
	list.Records[records], list.Keys = zero, append(list.Keys[:records], key)
	if key.Kind == KeyContent && raw[0] == '{' {
		if err := r.errorRow(begin); err != nil {
			return err
		}
	}
	list.Bad = append(list.Bad, Bad{At: records, Index: index, Begin: int64(begin), Raw: bytes.Clone(raw), Err: failed})
	return nil
}

// under puts the name of what holds the row into the path of its error.
func (b Bad) under(name string) {
	if err, ok := b.Err.(*loose.Error); ok { //nolint:errorlint // made above
		err.Path = loose.Join(name, err.Path)
	}
}
