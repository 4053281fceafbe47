package halopsa

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// next is what comes next in a log: a record, or a row that cannot be read.
type next[T any] struct {
	Followed[T]
	bad *wire.Bad // then there is no record
}

// response is one response of a log, with the ids of its rows.
type response[T any] struct {
	rows wire.List[T]
	ids  []int64
}

// unplaced returns the rows that cannot be read where no row has an id.
func (r response[T]) unplaced(cursor int64) []next[T] {
	if slices.ContainsFunc(r.ids, func(id int64) bool { return id != 0 }) {
		return nil
	}
	all := make([]next[T], len(r.rows.Bad))
	for i := range all {
		all[i] = next[T]{Followed[T]{Cursor: cursor}, &r.rows.Bad[i]}
	}
	return all
}

// next returns the rows with these indices, and those without an id that are at the place of one of them.
func (r response[T]) next(chosen []int) []next[T] {
	if len(r.rows.Bad) == 0 {
		all := make([]next[T], len(chosen))
		for i, at := range chosen {
			all[i].Followed = Followed[T]{Record: &r.rows.Records[at], Cursor: r.ids[at]}
		}
		return all
	}
	bad := make(map[int]*wire.Bad, len(r.rows.Bad))
	at := make(map[int64][]int, len(r.ids)) // the rows with an id
	for i := range r.rows.Bad {
		bad[r.rows.Bad[i].At] = &r.rows.Bad[i]
	}
	for i, id := range r.ids {
		at[id] = append(at[id], i)
	}
	var all []next[T]
	for _, i := range chosen {
		var record *T
		for _, j := range at[r.ids[i]] {
			if bad[j] != nil {
				all = append(all, next[T]{Followed[T]{Cursor: r.ids[i] - 1}, bad[j]})
			} else {
				record = &r.rows.Records[j]
			}
		}
		if record != nil {
			all = append(all, next[T]{Followed: Followed[T]{Record: record, Cursor: r.ids[i]}})
		} else {
			all[len(all)-1].Cursor = r.ids[i]
		}
	}
	return all
}

// setAside gives a row that cannot be read to the caller's handler, if there is one. It returns why the log ends there, or nil.
func (t *tail[T]) setAside(bad *wire.Bad) error {
	if bad == nil {
		return nil
	}
	return t.oldest.conf.setAside(*bad)
}

// responseOf returns the response with the ids of its rows. A row of which not even that can be read is placed between its neighbors.
func responseOf[T any](rows wire.List[T], newestFirst bool) response[T] {
	ids := page.IDs(rows.Keys)
	lost := false
	for _, bad := range rows.Bad {
		text, _ := wire.ID(bad.Raw)
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id <= 0 {
			id, lost = 0, true
		}
		ids[bad.At] = id
	}
	if lost {
		place(ids, rows.Bad, newestFirst)
	}
	return response[T]{rows, ids}
}

// place gives each row that cannot be read and has no id one between those of its neighbors, or where there is none that of the larger neighbor. Where
// no row has an id there is nothing to place it by.
func place(ids []int64, bad []wire.Bad, newestFirst bool) {
	first, last := int64(0), int64(0)
	for _, id := range ids {
		if id > 0 {
			first, last = cmp.Or(first, id), id
		}
	}
	if first == 0 {
		return
	}
	step := int64(1)
	if first > last || first == last && newestFirst {
		step = -1
	}
	known := 0 // the next row with an id
	for _, b := range bad {
		i := b.At
		if ids[i] != 0 {
			continue
		}
		for known = max(known, i+1); known < len(ids) && ids[known] == 0; {
			known++
		}
		switch {
		case i == 0 || ids[i-1] == 0:
			ids[i] = max(1, ids[known]-step)
		case known == len(ids):
			ids[i] = max(1, ids[i-1]+step)
		case (ids[known]-ids[i-1])*step > 1:
			ids[i] = ids[i-1] + step
		default:
			ids[i] = max(ids[known], ids[i-1])
		}
	}
}
