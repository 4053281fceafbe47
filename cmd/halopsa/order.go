package main

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"time"
)

// order is a member by which a list comes, with the largest first unless it rises: the id, a date, another number. A server may ignore what it is asked to sort by, so that
// is believed only of rows that come in that order.
type order struct {
	member string
	asked  bool // whether the server could be asked for it
	rises  bool
}

// enough is how many rows in order show that a server sorts: by chance so many are in order once in 3 million times.
const enough = 10

// rank is where a record stands in an order.
type rank struct {
	at    int64
	known bool
}

// rank returns where a record stands.
func (o order) rank(r row) rank {
	n, err := strconv.ParseInt(r.text(o.member), 10, 64)
	if when := r.when(o.member); !when.IsZero() {
		n, err = when.UnixNano(), nil
	}
	if o.rises {
		n = -n
	}
	return rank{n, err == nil}
}

// trail watches whether records come in an order.
type trail struct {
	order
	last   rank
	falls  int  // records that stand below the one before
	broken bool // some record stood above the one before
}

// pass takes notice of a record.
func (t *trail) pass(r row) rank {
	now := t.rank(r)
	if now.known && t.last.known {
		t.broken = t.broken || now.at > t.last.at
		if now.at < t.last.at {
			t.falls++
		}
	}
	if now.known {
		t.last = now
	}
	return now
}

// first passes on records so that the first n are those with the largest ranks. From a server that sorts it takes as many as that needs, and
// from one that does not the whole list, which it sorts.
func (o order) first(n int, records iter.Seq2[any, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		type ranked struct {
			record any
			rank
		}
		var held []ranked
		var failure error
		seen := trail{order: o, broken: !o.asked}
		trusted := false
		flush := func() bool {
			for _, one := range held {
				if !yield(one.record, nil) {
					return false
				}
			}
			held = nil
			return true
		}
		for record, err := range records {
			if err != nil {
				failure = err
				break
			}
			if trusted {
				if !yield(record, nil) {
					return
				}
				continue
			}
			row, err := rowOf(record)
			if err != nil {
				failure = err
				break
			}
			held = append(held, ranked{record, seen.pass(row)})
			if !seen.broken && len(held) > max(n, enough) {
				trusted = true
				if !flush() {
					return
				}
			}
		}
		if seen.broken {
			slices.SortStableFunc(held, func(a, b ranked) int { return cmp.Compare(b.at, a.at) })
		}
		if flush() && failure != nil {
			yield(nil, failure)
		}
	}
}

// watched passes records on and calls late once they have not come in the order.
func (o order) watched(records iter.Seq2[any, error], late func()) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		seen := trail{order: o}
		for record, err := range records {
			if row, bad := rowOf(record); err == nil && bad == nil && !seen.broken {
				if seen.pass(row); seen.broken {
					late()
				}
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// period is the time that records are wanted of, by the date in a member.
type period struct {
	since, before time.Time
	member        string
	undated       int // records that had no date there
}

// within passes on what was made in the time. Where the newest are asked to come first it ends with an older record, once enough records have
// come in that order: a server that does not sort is read to the end.
func (p *period) within(records iter.Seq2[any, error], newestFirst bool) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		seen := trail{order: order{member: p.member}}
		for record, err := range records {
			if err != nil {
				yield(nil, err)
				return
			}
			row, err := rowOf(record)
			if err != nil {
				yield(nil, err)
				return
			}
			when := row.when(p.member)
			if when.IsZero() {
				p.undated++
				continue
			}
			seen.pass(row)
			if when.Before(p.since) {
				if newestFirst && !seen.broken && seen.falls >= enough {
					return
				}
				continue
			}
			if !p.before.IsZero() && !when.Before(p.before) {
				continue
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}
