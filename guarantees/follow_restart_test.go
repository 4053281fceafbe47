package guarantees_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// followFaults are the ways in which a look can fail.
var followFaults = []halopsatest.Fault{
	{Kind: halopsatest.Reset}, {Kind: halopsatest.Reset, Applied: true}, {Kind: halopsatest.Truncated}, {Kind: halopsatest.HTML504},
	{Status: 500}, {Status: 502}, {Status: 503}, {Status: 503, Header: http.Header{"Retry-After": {"4"}}}, {Status: 429, Header: http.Header{"Retry-After": {"2"}}},
	{Kind: halopsatest.Slow, Pause: time.Hour}, {Status: 200, Body: `<html>maintenance</html>`}, {Status: 200, Body: `{"error":"maintenance"}`},
}

// logWriter is what else happens to a log while it is followed.
type logWriter struct {
	h        *halopsatest.Handler
	resource string
	mu       sync.Mutex
	random   *rand.Rand
	last     int64          // the newest record
	deleted  map[int64]bool // of which nobody can say whether they are read
}

func (w *logWriter) add(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	seedLog(w.h, w.resource, n)
	w.last += int64(n)
}

// remove deletes n records from one on.
func (w *logWriter) remove(from int64, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := max(1, from); id < from+int64(n) && id <= w.last; id++ {
		w.h.Remove(w.resource, id)
		w.deleted[id] = true
	}
}

// draw returns a number below n.
func (w *logWriter) draw(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

// newest is the last id that was given.
func (w *logWriter) newest() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// newestKept is the last id that is in the log and will stay.
func (w *logWriter) newestKept() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := w.last
	for id > 0 && w.deleted[id] {
		id--
	}
	return id
}

// run writes and deletes for a while: mostly a little, now and then more than a page, as a burst of errors or a retention does.
func (w *logWriter) run(lasts time.Duration) {
	for begin := time.Now(); time.Since(begin) < lasts; time.Sleep(time.Duration(1+w.draw(8000)) * time.Millisecond) {
		switch w.draw(10) {
		case 0:
			w.add(w.draw(400))
		case 1:
			w.remove(1, w.draw(int(w.newest())))
		case 2, 3:
			w.remove(w.newest()-int64(w.draw(200)), w.draw(30))
		default:
			w.add(w.draw(12))
		}
	}
}

// mirror is a service that keeps what it has read together with its cursor.
type mirror struct {
	cursor int64
	rows   []int64
	killed map[string]int // how often, and where
}

// kills are those of all services. One of them alone may be spared by chance.
type kills struct {
	mu             sync.Mutex
	services, rows int
	killed         map[string]int
}

func (k *kills) add(m *mirror) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.killed == nil {
		k.killed = make(map[string]int)
	}
	k.services++
	k.rows += len(m.rows)
	for where, n := range m.killed {
		k.killed[where] += n
	}
}

// check wants that the services had something to do and were killed in every way.
func (k *kills) check(t *testing.T) {
	t.Helper()
	assert.Len(t, k.killed, 3)
	for where, n := range k.killed {
		assert.Greater(t, n, 2*k.services, where)
	}
	assert.Greater(t, k.rows, 500*k.services)
	t.Logf("%d services stored %d records and were killed %v", k.services, k.rows, k.killed)
}

// errKilled ends the context of a life.
var errKilled = errors.New("killed")

// live follows the log until it is killed: at a random moment, which may be in a request or a pause, at a record, or between the work on a
// record and the next.
func (m *mirror) live(t *testing.T, log followable, c *halopsa.Client, w *logWriter) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	timer := time.AfterFunc(time.Duration(w.draw(60_000))*time.Millisecond, func() { cancel(errKilled) })
	defer timer.Stop()
	left := 1 + w.draw(400)
	for id, err := range log.follow(ctx, c, m.cursor, 5*time.Second) {
		if err != nil {
			require.ErrorIs(t, err, errKilled)
			assert.GreaterOrEqual(t, id, m.cursor)
			m.killed["in a request or a pause"]++
			return
		}
		if left--; left == 0 {
			m.killed["before a record was stored"]++
			return
		}
		m.rows, m.cursor = append(m.rows, id), id // one transaction
		switch w.draw(40) {
		case 0:
			time.Sleep(time.Duration(w.draw(500)) * time.Millisecond) // some records are much work
		case 1:
			w.remove(id-int64(w.draw(3)), 1+w.draw(3)) // some are deleted when they are done
		}
		if w.draw(300) == 0 {
			m.killed["after a record was stored"]++
			return
		}
	}
	assert.Fail(t, "Follow ended by itself")
}

// TestFollowerThatIsKilledMissesAndDoublesNothing kills a service at random points, time and again, while a fifth of the responses is faulty and
// records are written and deleted. What it has stored in the end are the records of the log, each once and in their order.
func TestFollowerThatIsKilledMissesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	var all kills
	t.Cleanup(func() { all.check(t) })
	servers := map[string]halopsatest.Habits{
		"honest": {}, "caps at 50": {PageCap: 50}, "caps at 50, offsets as asked": {PageCap: 50, OffsetByAsked: true}, "fixed size": {FixedSize: 30},
		"ignores paging": {IgnorePaging: true}, "no record_count": {NoRecordCount: true}, "bare array": {BareArray: true},
		"no record_count, caps at 50": {NoRecordCount: true, PageCap: 50}, "ignores count": {IgnoreCount: true},
	}
	for server, habits := range servers {
		for order, logs := range map[string][]int{"as asked": {0, 2, 3}, "oldest first": {1, 4}, "newest first": {1, 2, 3, 4}} {
			for _, i := range logs {
				log := followables[i]
				if log.resource == "IntegrationDelta" && habits.IgnorePaging {
					continue // it takes no count either: see followable.mayBeIncomplete
				}
				t.Run(fmt.Sprintf("%s/%s/%s", server, order, log.resource), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						seed := uint64(len(server)*100 + len(order)*10 + i)
						w := &logWriter{resource: log.resource, random: rand.New(rand.NewPCG(seed, 7)), deleted: map[int64]bool{}} //nolint:gosec // a test
						c, h := newLogStandin(t, order, []halopsatest.Option{
							halopsatest.WithHabits(inLogOrder(order, habits)), halopsatest.WithLatency(80 * time.Millisecond), halopsatest.WithTokenLife(10 * time.Minute),
						})
						w.h = h
						w.add(300)
						h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
							if w.draw(5) > 0 {
								return nil
							}
							fault := followFaults[w.draw(len(followFaults))]
							if r.URL.Path == "/auth/token" && fault.Status == http.StatusOK {
								return nil
							}
							return &fault
						})
						written := make(chan struct{})
						go func() {
							defer close(written)
							w.run(3 * time.Minute)
						}()
						m := &mirror{killed: map[string]int{}}
						for lives, more := 0, 3; more > 0 && lives < 1_000; lives++ { // three more when all is stored: nothing comes twice
							m.live(t, log, c, w)
							select {
							case <-written:
								if w.newestKept() <= m.cursor {
									more--
								}
							default:
							}
						}
						time.Sleep(2 * time.Minute) // an early refresh of the token can be under way: a bubble ends when nobody is in it
						m.check(t, w)
						all.add(m)
					})
				})
			}
		}
	}
}

// check holds what was stored against what was written.
func (m *mirror) check(t *testing.T, w *logWriter) {
	t.Helper()
	require.True(t, slices.IsSorted(m.rows))
	assert.Len(t, slices.Compact(slices.Clone(m.rows)), len(m.rows), "records were stored twice")
	missing := 0
	for id := int64(1); id <= w.last; id++ {
		if _, found := slices.BinarySearch(m.rows, id); !found && !w.deleted[id] {
			missing++
		}
	}
	assert.Zero(t, missing, "of %d records", w.last)
	assert.LessOrEqual(t, m.cursor, w.last)
	t.Logf("%d of %d records stored, %d deleted, killed %v", len(m.rows), w.last, len(w.deleted), m.killed)
}
