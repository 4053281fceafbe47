package halopsarecord

import "time"

// note is what waits to be written.
type note interface {
	*call | *fault
	size() int64
}

// queue holds notes of one kind, oldest first. It requires that the recorder's mu is held.
type queue[N note] struct {
	notes  []N
	since  time.Time // when the oldest of them began to wait, or a later one if that was sent
	most   int       // notes of a batch, after a refusal that may be about one of them; 0 is batchSize
	counts Counts
}

// size is how many notes make a batch.
func (q *queue[N]) size() int {
	if q.most > 0 {
		return q.most
	}
	return batchSize
}

func (q *queue[N]) state() Counts {
	c := q.counts
	c.Waiting = c.Seen - c.Written - c.Unknown - c.Refused - c.Dropped
	return c
}

// due is when the next batch is to be sent, and whether there is one.
func (q *queue[N]) due(closing bool) (time.Time, bool) {
	switch {
	case len(q.notes) == 0:
		return time.Time{}, false
	case closing || len(q.notes) >= q.size():
		return time.Time{}, true
	}
	return q.since.Add(longestWait), true
}

// pop takes the next batch out.
func (q *queue[N]) pop() []N {
	n := min(len(q.notes), q.size())
	batch := append([]N(nil), q.notes[:n]...)
	clear(q.notes[:n]) // what is written can be collected
	if q.notes, q.since = q.notes[n:], time.Now(); len(q.notes) == 0 {
		q.notes = nil
	}
	return batch
}

// drop drops what waits.
func (q *queue[N]) drop() int64 {
	n := int64(len(q.notes))
	q.counts.Dropped += n
	q.notes = nil
	return n
}
