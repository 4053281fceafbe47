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
	seen  map[string]newestSeen
	calls map[string]map[*claims]bool       // of CreateOnce that are under way
	open  map[string]map[chan struct{}]bool // creates whose response has not come, each closed when it has
}

type newestSeen struct {
	id int64
	at time.Time
}

// claims are the ids of records that another call of the client has made, or found to be its own, since a call of CreateOnce began.
type claims struct{ ids map[string]bool }

// newestFor is how long an id that was the newest stands for it.
const newestFor = time.Minute

func listKey(path string) string { return strings.ToLower(strings.Trim(path, "/")) }

// begin makes c hear of what is made until end is called.
func (n *newestIDs) begin(path string, c *claims) (end func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := listKey(path)
	if n.calls == nil {
		n.calls = make(map[string]map[*claims]bool)
	}
	if n.calls[key] == nil {
		n.calls[key] = make(map[*claims]bool)
	}
	n.calls[key][c] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if delete(n.calls[key], c); len(n.calls[key]) == 0 {
			delete(n.calls, key)
		}
	}
}

// writing notes that a create is under way until end is called.
func (n *newestIDs) writing(path string) (end func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key, done := listKey(path), make(chan struct{})
	if n.open == nil {
		n.open = make(map[string]map[chan struct{}]bool)
	}
	if n.open[key] == nil {
		n.open[key] = make(map[chan struct{}]bool)
	}
	n.open[key][done] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if delete(n.open[key], done); len(n.open[key]) == 0 {
			delete(n.open, key)
		}
		close(done)
	}
}

// settled waits for the creates that are under way, whose records may be read already, and reports whether there were any.
func (n *newestIDs) settled(ctx context.Context, path string) (waited bool, err error) {
	n.mu.Lock()
	open := slices.Collect(maps.Keys(n.open[listKey(path)]))
	n.mu.Unlock()
	for _, done := range open {
		select {
		case <-done:
		case <-ctx.Done():
			return true, context.Cause(ctx)
		}
	}
	return len(open) > 0, nil
}

// set notes the id that the tenant says to be the newest: less than before after a restored backup, or when records were deleted.
func (n *newestIDs) set(path string, id int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.setLocked(listKey(path), id)
}

// setLocked requires that n.mu is held.
func (n *newestIDs) setLocked(key string, id int64) {
	if n.seen == nil {
		n.seen = make(map[string]newestSeen)
	}
	n.seen[key] = newestSeen{id: id, at: time.Now()}
}

// made notes the ids of records that have just been made.
func (n *newestIDs) made(path string, ids ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, id := range ids {
		n.madeLocked(listKey(path), id)
	}
}

// madeLocked requires that n.mu is held.
func (n *newestIDs) madeLocked(key, id string) {
	if id == "" {
		return
	}
	if number, err := strconv.ParseInt(id, 10, 64); err == nil && number > n.seen[key].id {
		n.setLocked(key, number)
	}
	for c := range n.calls[key] {
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
	n.madeLocked(listKey(path), id)
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
	known, ok := n.seen[listKey(path)]
	return known.id, ok && time.Since(known.at) <= newestFor
}

// since returns the highest id that is known, or before.
func (n *newestIDs) since(path string, before int64) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return max(before, n.seen[listKey(path)].id)
}
