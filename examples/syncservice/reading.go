package main

import "time"

// defaultSettle is how long a record may be invisible after one with a larger id was seen: databases give ids when a write begins, and show records when
// it has ended.
const defaultSettle = 30 * time.Second

// reading is how far a log has been read. Everything is read a second time, when what was invisible then can be seen.
type reading struct {
	last    int64     // the largest id that was read
	settled int64     // everything up to here was read twice, or is old
	marked  int64     // what last was at the time at
	at      time.Time // zero where there is nothing between settled and last
}

// begin returns the id behind which the next look begins, and whether that reads a second time.
func (r reading) begin(now time.Time, settle time.Duration) (after int64, second bool) {
	if r.settled < r.last && !now.Before(r.at.Add(settle)) {
		return r.settled, true
	}
	return r.last, false
}

// read returns how far the log has been read after a look behind after, which came to the id to, and to the end of the log or not.
func (r reading) read(after, to int64, complete bool, now time.Time) reading {
	second := after < r.last
	next := r
	next.last = max(r.last, to)
	switch {
	case second && !complete:
		next.settled = min(to, r.marked)
	case second:
		next.settled, next.marked, next.at = r.marked, next.last, now
	case !complete: // what so many come after is old
		next.settled, next.marked, next.at = after, next.last, now
	case r.settled == r.last:
		next.marked, next.at = next.last, now
	}
	return next
}
