package halopsa

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// reading are the options of the call as the list takes them.
func (o *once[T, I]) reading() []RequestOption {
	return append(slices.Clone(o.opts), callOptionFunc(func(c *callConfig) error {
		c.sort, c.page, c.limit = nil, ListOptions{}, 0
		c.badRow = nil // one that is set aside can be that of an input
		return nil
	}))
}

// readable refuses options with which nothing could be read back.
func (o *once[T, I]) readable() error {
	if o.log {
		_, err := newTail[T](o.client, o.at, "Since", nil, 0, o.reading())
		return err
	}
	w, err := newWalker[T](o.client, o.at, "All", nil, o.reading())
	if err != nil {
		return err
	}
	return w.walkable()
}

// newest returns an id that every record of the call will be above.
func (o *once[T, I]) newest(ctx context.Context) (int64, error) {
	if !o.log {
		return 0, nil
	}
	if id, ok := o.client.newest.recent(o.path); ok {
		return id, nil
	}
	w, err := newUnsorted(o.client, o.at, "List", nil, o.reading())
	if err != nil {
		return 0, err
	}
	set := o.client.newest.reading(o.path)
	id, exact, numbered, err := newestID[T](ctx, w.sortedBy(Desc("id")))
	if err != nil {
		return 0, err
	}
	// A log of the SDK's own has ids, also where a row of it has none. Of an empty list it is not known, and all that will be in it is newer.
	if o.log = numbered && (id > 0 || !exact) || !o.at.foreign; !o.log {
		return 0, nil
	}
	if !exact {
		for record, err := range sinceOf[T](ctx, o.client, o.at, nil, id, o.reading()) {
			if err != nil {
				return 0, err
			}
			above, _ := strconv.ParseInt(idText(record), 10, 64)
			id = max(id, above)
		}
	}
	if len(o.conf.query) == 0 { // of a filtered list it is not the newest
		set(id)
	}
	return id, nil
}

// newestRows is how many rows show in which order a list comes.
const newestRows = 10

// newestID returns the highest id of a list: exactly where the list is sorted as it was asked to be, and otherwise that or a lower one.
// numbered is false where rows have no numeric id.
func newestID[T any](ctx context.Context, w *walker) (id int64, exact, numbered bool, err error) {
	rows, err := fetch[T](ctx, w, page.Request{Page: 1, Size: newestRows}, paging.How{})
	if err != nil {
		return 0, false, true, err
	}
	id, descends, numbered := highest(rows.Keys)
	n := len(rows.Records)
	if exact = descends || n == 0; !exact && numbered && rows.RecordCount > n { // a record_count can be that of the page only
		// The end of a list that is oldest first. A page that is not there leaves the id as low as it is.
		if end, err := fetch[T](ctx, w, page.Request{Page: (rows.RecordCount-1)/n + 1, Size: newestRows}, paging.How{}); err == nil {
			atEnd, _, _ := highest(end.Keys)
			id = max(id, atEnd)
		}
	}
	return id, exact, numbered, nil
}

// highest returns the highest id, whether the ids fall, and whether all of them are numbers.
func highest(keys []wire.Key) (id int64, descends, numbered bool) {
	descends, numbered = len(keys) > 1, true
	for i, key := range keys {
		id = max(id, key.ID)
		numbered = numbered && key.Kind == wire.KeyID
		descends = descends && (i == 0 || key.ID < keys[i-1].ID)
	}
	return id, descends, numbered
}

// read returns the rows among which the call's records are, those with the lowest ids first.
func (o *once[T, I]) read(ctx context.Context, before int64) (rows []*T, err error) {
	if o.log {
		return Collect(sinceOf[T](ctx, o.client, o.at, nil, before, o.reading()))
	}
	rows, err = Collect(allOf[T](ctx, o.client, o.at, nil, o.reading()))
	slices.SortStableFunc(rows, func(a, b *T) int {
		x, _ := strconv.ParseInt(idText(a), 10, 64)
		y, _ := strconv.ParseInt(idText(b), 10, 64)
		return cmp.Compare(x, y)
	})
	return rows, err
}

// find reads the records of these inputs and returns the inputs that have none. doubtful says that there may be none: what matches can then be
// the record of another call, which does not know it yet.
func (o *once[T, I]) find(ctx context.Context, before int64, inputs []int, doubtful bool) (missing []int, err error) {
	rows, err := o.read(ctx, before)
	if err != nil {
		return inputs, err
	}
	found, err := o.assign(rows, inputs)
	if err == nil && len(found) > 0 {
		if err = o.client.newest.settled(ctx, o.path, doubtful); err == nil {
			found, err = o.assign(rows, inputs)
		}
	}
	for err == nil && len(found) > 0 {
		for i, row := range found {
			if o.client.newest.claim(o.path, &o.others, idText(row)) { // unless another call was faster
				o.records[i], o.written[i] = row, true
			}
		}
		inputs = slices.DeleteFunc(slices.Clone(inputs), func(i int) bool { return o.records[i] != nil })
		found, err = o.assign(rows, inputs)
	}
	return inputs, err
}

// assign returns the rows that are the records of these inputs.
func (o *once[T, I]) assign(rows []*T, inputs []int) (found map[int]*T, err error) {
	taken, alike := o.client.newest.taken(&o.others), make(map[string]int)
	for _, record := range o.records {
		switch {
		case record == nil:
		case idText(record) != "":
			taken[idText(record)] = true
		default: // so many rows that look like it are taken
			alike[jsonText(record)]++
		}
	}
	found = make(map[int]*T)
	for _, row := range rows {
		id := idText(row)
		if id != "" && taken[id] {
			continue
		}
		if id == "" && len(alike) > 0 && alike[jsonText(row)] > 0 {
			alike[jsonText(row)]--
			continue
		}
		place := -1
		var first []byte
		for _, i := range inputs {
			if !o.match(row, o.inputs[i]) {
				continue
			}
			if first == nil {
				first = o.bodies[i]
			} else if !bytes.Equal(first, o.bodies[i]) {
				return nil, &ArgumentError{Op: o.op, Argument: "match", Reason: fmt.Sprintf(
					"too loose: it takes one record, with the id %s, for two inputs that differ", id)}
			}
			if place < 0 && found[i] == nil {
				place = i
			}
		}
		if place >= 0 {
			found[place] = row
		}
	}
	return found, nil
}

// jsonText is a record as a text, "" where no JSON can be made of it.
func jsonText[T any](record *T) string {
	body, err := json.Marshal(record)
	if err != nil {
		return ""
	}
	return string(body)
}

// verify looks for an input that was sent again because the match did not know its record: it does not know the new one either. A response can
// have members that the rows of a list lack, or the id only, so that the row tells.
func (o *once[T, I]) verify(ctx context.Context, before int64, chunk []int) error {
	var again, doubted []int
	for _, i := range chunk {
		if o.again[i] && o.records[i] != nil {
			again = append(again, i)
			if !o.match(o.records[i], o.inputs[i]) {
				doubted = append(doubted, i)
			}
		}
	}
	if len(again) == 0 {
		return nil
	}
	own, cancel := outliving(ctx, lastReading)
	defer cancel()
	rows, err := o.read(own, before)
	switch {
	case err != nil && len(doubted) > 0:
		return o.failure(markUnknown(err), chunk, nil, doubted)
	case err != nil: // the match does know what HaloPSA made of them
		return nil
	}
	made := make(map[string]*T, len(rows))
	for _, row := range rows {
		made[idText(row)] = row
	}
	var twice []int
	for _, i := range again {
		id := idText(o.records[i])
		if row := made[id]; id != "" && row != nil && !o.match(row, o.inputs[i]) {
			twice = append(twice, i)
		}
	}
	if len(twice) == 0 {
		return nil
	}
	err = &ArgumentError{Op: o.op, Argument: "match", Reason: fmt.Sprintf(
		"too strict: it does not take the record with the id %s, as the list has it, for inputs[%d], of which it was made; the input may be there twice",
		idText(o.records[twice[0]]), twice[0])}
	return o.failure(markUnknown(err), chunk, nil, twice)
}

// idText is the id of a record as a text, "" where it has none.
func idText[T any](record *T) string {
	if t := reflect.TypeFor[T](); t.Kind() == reflect.Struct { // a record with a float that is not a number makes no JSON
		if field, ok := t.FieldByName("ID"); ok && field.Tag.Get("json") == "id" && field.Type.Kind() == reflect.Int64 {
			if v, err := reflect.ValueOf(record).Elem().FieldByIndexErr(field.Index); err == nil && v.Int() > 0 {
				return strconv.FormatInt(v.Int(), 10)
			}
		}
	}
	body, err := json.Marshal(record)
	if err != nil {
		return ""
	}
	if id, ok := wire.ID(body); ok && wire.RealID(id) {
		return id
	}
	return ""
}
