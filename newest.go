package halopsa

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// newestIDs are what a client knows of the records that it has made in each list: which is the newest, and whose they are. Its zero value is ready,
// and safe for concurrent use.
type newestIDs struct {
	mu    sync.Mutex
	lists map[string]*madeIn
}

// madeIn is what is known of one list. It requires that the mu of its newestIDs is held.
type madeIn struct {
	newest  int64     // the highest id
	at      time.Time // when it was the highest; zero where a record whose id is not known can be above it
	changes int       // counts what creates have told
	unnamed int       // counts the creates that may have made records whose ids are not known

	calls map[*claims]bool       // of CreateOnce that are under way
	open  map[chan struct{}]bool // creates whose response has not come, each closed when it has
	owed  map[chan struct{}]bool // calls that have records of which they do not know yet which they are, each closed when they do
}

// claims are the ids of records that another call of the client has made, or found to be its own, since a call of CreateOnce began.
type claims struct{ ids map[string]bool }

// newestFor is how long an id that was the newest stands for it.
const newestFor = time.Minute

// list returns what is known of the list at path. It requires that n.mu is held.
func (n *newestIDs) list(path string) *madeIn {
	key := strings.ToLower(strings.Trim(path, "/"))
	if n.lists == nil {
		n.lists = make(map[string]*madeIn)
	}
	if n.lists[key] == nil {
		n.lists[key] = &madeIn{calls: make(map[*claims]bool), open: make(map[chan struct{}]bool), owed: make(map[chan struct{}]bool)}
	}
	return n.lists[key]
}

// begin makes c hear of what is made until end is called.
func (n *newestIDs) begin(path string, c *claims) (end func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.list(path)
	list.calls[c] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(list.calls, c)
	}
}

// writing notes that a create is under way until end is called, with the ids of the records that are known and whether there can be others.
func (n *newestIDs) writing(path string) (end func(made []string, others bool)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list, done := n.list(path), make(chan struct{})
	list.open[done] = true
	began := list.unnamed
	return func(made []string, others bool) {
		n.mu.Lock()
		defer n.mu.Unlock()
		list.changes++
		for _, id := range made {
			// One that is not known can be above it if it was made later, which no create tells that began before.
			list.made(id, list.unnamed == began)
		}
		if others {
			list.unnamed++
			list.at = time.Time{}
		}
		delete(list.open, done)
		close(done)
	}
}

// owing notes that a call may have records of which it does not know yet which they are, until end is called.
func (n *newestIDs) owing(path string) (end func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list, done := n.list(path), make(chan struct{})
	list.owed[done] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(list.owed, done)
		close(done)
	}
}

// settled waits for the creates that are under way, whose records may be read already, and with owed for the calls that do not know theirs yet.
//
// No call waits for itself: a create for none, a call that looks for records that it certainly has for creates only, and it does so before it looks
// for others.
func (n *newestIDs) settled(ctx context.Context, path string, owed bool) error {
	n.mu.Lock()
	list := n.list(path)
	waiting := slices.Collect(maps.Keys(list.open))
	if owed {
		waiting = slices.AppendSeq(waiting, maps.Keys(list.owed))
	}
	n.mu.Unlock()
	for _, done := range waiting {
		select {
		case <-done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// reading returns what notes the id that the tenant says to be the newest: less than before after a restored backup, or when records were deleted.
// A create that was told of in the meantime knows better.
func (n *newestIDs) reading(path string) (set func(id int64)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.list(path)
	began := list.changes
	return func(id int64) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if list.changes == began {
			list.newest, list.at = id, time.Now()
		}
	}
}

// made notes the id of a record that has just been made. known says that no other one is above it.
func (m *madeIn) made(id string, known bool) {
	if id == "" {
		return
	}
	if number, err := strconv.ParseInt(id, 10, 64); err == nil && number > m.newest {
		if m.newest = number; known {
			m.at = time.Now()
		}
	}
	for c := range m.calls {
		if c.ids == nil {
			c.ids = make(map[string]bool)
		}
		c.ids[id] = true
	}
}

// claim takes a record that was read for a call, unless it is another call's by now. One without an id is nobody's.
func (n *newestIDs) claim(path string, c *claims, id string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if id != "" && c.ids[id] {
		return false
	}
	list := n.list(path)
	list.changes++
	list.made(id, false)
	return true
}

// taken returns a copy of the ids that c has heard of.
func (n *newestIDs) taken(c *claims) map[string]bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if taken := maps.Clone(c.ids); taken != nil {
		return taken
	}
	return make(map[string]bool)
}

// recent returns the highest id, if it is not older than newestFor.
func (n *newestIDs) recent(path string) (int64, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.list(path)
	return list.newest, !list.at.IsZero() && time.Since(list.at) <= newestFor
}
