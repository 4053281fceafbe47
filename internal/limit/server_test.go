package limit_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/limit"
)

const fiveMinutes = 5 * time.Minute

// server is a tenant: it accepts so many requests in any window and refuses the others.
type server struct {
	limit  int
	window time.Duration
	silent bool          // its refusals name no wait
	asks   time.Duration // what they name, whatever is true; 0 for when the next request will be accepted

	mu       sync.Mutex
	accepted []time.Time // within the window
	total    int         // requests that were accepted
	refusals []time.Time
}

// answer takes one request and reports whether it is accepted, and if not, after what time the next one will be.
func (s *server) answer() (wait time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.accepted) > 0 && now.Sub(s.accepted[0]) >= s.window {
		s.accepted = s.accepted[1:]
	}
	if len(s.accepted) >= s.limit {
		s.refusals = append(s.refusals, now)
		if s.asks > 0 {
			return s.asks, false
		}
		// In whole seconds, as the header has it.
		return s.accepted[len(s.accepted)-s.limit].Add(s.window).Sub(now).Truncate(time.Second) + time.Second, false
	}
	s.accepted = append(s.accepted, now)
	s.total++
	return 0, true
}

// set changes how much the server accepts.
func (s *server) set(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
}

// counts returns how many requests were accepted and refused until now.
func (s *server) counts() (accepted, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total, len(s.refusals)
}

// client sends requests through a window to a server, with a delay of the network both ways.
type client struct {
	window *limit.Window
	server *server
	delay  time.Duration // the longest, each way
}

func (c *client) travel() {
	if c.delay > 0 {
		time.Sleep(rand.N(c.delay))
	}
}

// call sends a request until it is accepted, and reports how often it was refused.
func (c *client) call(ctx context.Context) (refused int, err error) {
	for {
		slot, err := c.window.Acquire(ctx)
		if err != nil {
			return refused, err
		}
		c.travel()
		wait, ok := c.server.answer()
		c.travel()
		if ok {
			slot.Done()
			return refused, nil
		}
		refused++
		if held := slot.Refused(wait, !c.server.silent); held < time.Second {
			time.Sleep(rand.N(min(30*time.Second, 500*time.Millisecond<<min(refused, 10)))) // as package retry does
		}
	}
}

// calls makes so many calls from 64 goroutines, checks that each ends well, and returns how often they were refused.
func (c *client) calls(t *testing.T, n int) int {
	t.Helper()
	var workers sync.WaitGroup
	var refusals atomic.Int64
	work := make(chan struct{}, n)
	for range n {
		work <- struct{}{}
	}
	close(work)
	for range 64 {
		workers.Go(func() {
			for range work {
				refused, err := c.call(t.Context())
				if err != nil {
					t.Errorf("a call ended badly: %v", err)
				}
				assert.Less(t, refused, 15, "one call is not refused for ever")
				refusals.Add(int64(refused))
			}
		})
	}
	workers.Wait()
	return int(refusals.Load())
}

// keepCalling makes calls from 64 goroutines until ctx is over.
func (c *client) keepCalling(ctx context.Context) {
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for {
				if _, err := c.call(ctx); err != nil {
					return
				}
			}
		})
	}
	workers.Wait()
}
