package main

import (
	"fmt"
	"sync"
	"time"
)

// standing is how far the mirror of a log is, for the metrics, the health and the progress bar. It is safe for concurrent use.
//
// Beside the follower, which only says what is new, a look asks HaloPSA for its newest id. When the cursor has reached that id, the mirror
// is known to hold everything that HaloPSA had when it was asked.
type standing struct {
	name string

	mu       sync.Mutex
	begun    time.Time // when the process began
	cursor   int64
	newest   int64     // of the last look
	count    int       // records that HaloPSA had at the last look, -1 if unknown
	before   int       // records that the mirror had when the process began
	stored   int       // records that this process has stored
	complete time.Time // the mirror holds everything that HaloPSA had at this time; zero when that is not known of any
	moved    time.Time // when records were last stored
	pending  *look     // the oldest that the cursor has not reached
	failure  string    // of the last try, empty after a success
}

// look is HaloPSA's newest id at a time.
type look struct {
	at     time.Time
	newest int64
}

func newStanding(name string, begun time.Time) *standing {
	return &standing{name: name, begun: begun, count: -1}
}

// resume sets where the mirror is before the first record comes.
func (s *standing) resume(cursor int64, mirrored int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor, s.before = cursor, mirrored
}

// advance notes that n records up to cursor have been committed.
func (s *standing) advance(now time.Time, cursor int64, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cursor, s.moved, s.failure = max(s.cursor, cursor), now, ""
	s.stored += n
	if s.pending != nil && s.cursor >= s.pending.newest {
		s.complete, s.pending = s.pending.at, nil
	}
}

// looked notes the newest id that HaloPSA had at a time.
//
// The oldest look that was not reached is kept, so that a busy log is seen to be caught up with. A newer one takes its place only when its
// newest id is smaller: the record that was waited for has been deleted.
func (s *standing) looked(at time.Time, newest int64, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.newest, s.count = newest, count
	switch {
	case s.cursor >= newest:
		s.complete, s.pending, s.failure = at, nil, ""
	case s.pending == nil || newest < s.pending.newest:
		s.pending = &look{at, newest}
	}
}

// failed notes why the last try did not succeed.
func (s *standing) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failure = err.Error()
}

// lag is how long ago HaloPSA held nothing that the mirror does not hold now, as far as that is known; before it is known at all, it is how
// long the process has run.
func (s *standing) lag(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.complete.IsZero() {
		return now.Sub(s.begun)
	}
	return now.Sub(s.complete)
}

// behind is by how many ids the mirror was behind at the last look: it lacks no more records than that.
func (s *standing) behind() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(0, s.newest-s.cursor)
}

// problem says why the follower is not well, or is empty: within patience it must have stored something or been found complete.
func (s *standing) problem(now time.Time, patience time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.moved
	if s.complete.After(last) {
		last = s.complete
	}
	why := s.failure
	switch {
	case !last.IsZero() && now.Sub(last) <= patience:
		return ""
	case why == "":
		why = "no failure is known"
	}
	if last.IsZero() {
		return fmt.Sprintf("%s: nothing was mirrored yet: %s", s.name, why)
	}
	return fmt.Sprintf("%s: nothing was mirrored for %s: %s", s.name, now.Sub(last).Round(time.Second), why)
}

// total is how many records this process has stored.
func (s *standing) total() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored
}

// progress is how many records the mirror holds of how many there are; all is -1 while that is unknown. reached says that the mirror was
// found complete once.
func (s *standing) progress() (done, all int, reached bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.before + s.stored, s.count, !s.complete.IsZero()
}
