package limit_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/limit"
)

const delay = 300 * time.Millisecond

// forms are the ways in which servers refuse.
func forms(t *testing.T, test func(t *testing.T, silent bool)) {
	t.Helper()
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("silent %t", silent), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, silent) })
		})
	}
}

// TestFullRate makes 10,000 calls at the server's own limit: it refuses none, and they take hardly longer than the limit makes them.
func TestFullRate(t *testing.T) {
	t.Parallel()
	const n, calls = 700, 10_000
	synctest.Test(t, func(t *testing.T) {
		tenant := &server{limit: n, window: fiveMinutes}
		c := &client{limit.NewWindow(n, fiveMinutes), tenant, delay}
		begin := time.Now()
		c.calls(t, calls)
		accepted, refused := tenant.counts()
		assert.Equal(t, calls, accepted)
		assert.Zero(t, refused, "requests that the server refused")
		const shortest = (calls - 1) / n * fiveMinutes
		assert.GreaterOrEqual(t, time.Since(begin), shortest)
		assert.LessOrEqual(t, time.Since(begin), shortest*105/100)
		assert.False(t, c.window.Armed())
	})
}

// TestLowerLimit is about a server that accepts less than it is known for. At first all that are in flight are refused, then one request a
// window, which finds out whether that is still so.
func TestLowerLimit(t *testing.T) {
	t.Parallel()
	forms(t, func(t *testing.T, silent bool) {
		const n, calls = 300, 3000
		tenant := &server{limit: n, window: fiveMinutes, silent: silent}
		c := &client{limit.NewWindow(700, fiveMinutes), tenant, delay}
		begin := time.Now()
		c.calls(t, calls)
		_, refused := tenant.counts()
		const windows = (calls - 1) / n
		assert.LessOrEqual(t, refused, 64+8+3*windows)
		assert.LessOrEqual(t, time.Since(begin), windows*fiveMinutes*105/100)
		assert.False(t, c.window.Armed())
	})
}

// TestLyingServer asks for a second whatever is true. Holds that were of no use grow, so it is not hammered.
func TestLyingServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n, calls = 300, 3000
		tenant := &server{limit: n, window: fiveMinutes, asks: time.Second}
		c := &client{limit.NewWindow(700, fiveMinutes), tenant, delay}
		begin := time.Now()
		c.calls(t, calls)
		_, refused := tenant.counts()
		const windows = (calls - 1) / n
		assert.LessOrEqual(t, refused, 64+8+3*windows)
		assert.LessOrEqual(t, time.Since(begin), windows*fiveMinutes*105/100)
	})
}

// TestSharedLimit is about another client that uses half of the tenant's limit: at an even pace, or as much of its half as it can at once.
func TestSharedLimit(t *testing.T) {
	t.Parallel()
	others := map[string]struct {
		use     func(ctx context.Context, tenant *server)
		refused int // of ours in a window, at most
	}{
		"at an even pace": {func(ctx context.Context, tenant *server) {
			for ctx.Err() == nil {
				time.Sleep(fiveMinutes / 350)
				tenant.answer()
			}
		}, 16},
		"at once": {func(ctx context.Context, tenant *server) {
			(&client{limit.NewWindow(350, fiveMinutes), tenant, delay}).keepCalling(ctx)
		}, 64},
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forms(t, func(t *testing.T, silent bool) {
				const calls = 3500
				tenant := &server{limit: 700, window: fiveMinutes, silent: silent}
				c := &client{limit.NewWindow(700, fiveMinutes), tenant, delay}
				ctx, cancel := context.WithCancel(t.Context())
				stopped := make(chan struct{})
				go func() { other.use(ctx, tenant); close(stopped) }()
				time.Sleep(fiveMinutes)
				begin := time.Now()
				refused := c.calls(t, calls)
				const windows = (calls - 1) / 350
				assert.LessOrEqual(t, time.Since(begin), windows*fiveMinutes*110/100)
				assert.LessOrEqual(t, refused, 64+other.refused*windows)
				cancel()
				<-stopped
			})
		})
	}
}

// TestRestart begins with a server whose window a process before has filled, in one go or at an even pace.
func TestRestart(t *testing.T) {
	t.Parallel()
	for name, pause := range map[string]time.Duration{"in one go": 0, "at an even pace": fiveMinutes / 700} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forms(t, func(t *testing.T, silent bool) {
				const n, calls = 700, 3500
				tenant := &server{limit: n, window: fiveMinutes, silent: silent}
				for range n {
					tenant.answer()
					time.Sleep(pause)
				}
				c := &client{limit.NewWindow(n, fiveMinutes), tenant, delay}
				begin := time.Now()
				refused := c.calls(t, calls)
				assert.LessOrEqual(t, time.Since(begin), calls/n*fiveMinutes*110/100)
				assert.LessOrEqual(t, refused, 200)
				assert.GreaterOrEqual(t, c.window.State().Limit, n*95/100)
			})
		})
	}
}

// TestRecovery lets the server accept less for a while: as soon as it accepts more again, that is used.
func TestRecovery(t *testing.T) {
	t.Parallel()
	forms(t, func(t *testing.T, silent bool) {
		const n, calls = 700, 7000
		tenant := &server{limit: 300, window: fiveMinutes, silent: silent}
		c := &client{limit.NewWindow(n, fiveMinutes), tenant, delay}
		c.calls(t, 1500)
		assert.InDelta(t, 300, c.window.State().Limit, 10)

		tenant.set(n)
		begin := time.Now()
		refused := c.calls(t, calls)
		const shortest = (calls - 1) / n * fiveMinutes
		assert.LessOrEqual(t, time.Since(begin), shortest+fiveMinutes*3/2)
		assert.LessOrEqual(t, refused, 5)
		assert.GreaterOrEqual(t, c.window.State().Limit, n*95/100)
	})
}

// TestNoLimit leaves the number of requests to the server, which refuses what is in flight when its limit is reached.
func TestNoLimit(t *testing.T) {
	t.Parallel()
	forms(t, func(t *testing.T, silent bool) {
		const n, calls = 700, 7000
		tenant := &server{limit: n, window: fiveMinutes, silent: silent}
		c := &client{limit.NewWindow(0, fiveMinutes), tenant, delay}
		begin := time.Now()
		refused := c.calls(t, calls)
		const windows = (calls - 1) / n
		assert.LessOrEqual(t, refused, (64+8)*(windows+1))
		assert.LessOrEqual(t, time.Since(begin), windows*fiveMinutes*115/100)
		checkState(t, c.window, 0, 0, 0)
	})
}
