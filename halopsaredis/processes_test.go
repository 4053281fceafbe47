package halopsaredis_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// The tenant's rule, scaled down. The margin is not: it is for what the machine that runs the tests may need.
const (
	limit  = 70
	window = time.Second
	margin = time.Second
)

// countingServer is a stand-in that notes when requests to the API arrive.
type countingServer struct {
	*halopsatest.Handler
	url string

	mu       sync.Mutex
	arrivals []time.Time
	reached  map[int]chan struct{} // closed at so many
}

func newCountingServer(t *testing.T, opts ...halopsatest.Option) *countingServer {
	t.Helper()
	s := &countingServer{Handler: halopsatest.NewHandler(opts...), reached: make(map[int]chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			s.mu.Lock()
			s.arrivals = append(s.arrivals, time.Now())
			if reached := s.reached[len(s.arrivals)]; reached != nil {
				close(reached)
			}
			s.mu.Unlock()
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// at returns a channel that is closed when n requests have arrived.
func (s *countingServer) at(n int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reached[n] = make(chan struct{})
	return s.reached[n]
}

// most is how many requests arrived in the fullest window.
func (s *countingServer) most(window time.Duration) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	most, first := 0, 0
	for i, at := range s.arrivals {
		for at.Sub(s.arrivals[first]) >= window {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// assertKept asserts that the limit was kept: by the server's own count and by what it answered.
func (s *countingServer) assertKept(t *testing.T, requests int) {
	t.Helper()
	assert.LessOrEqual(t, s.most(window), limit, "requests in one window")
	assert.Equal(t, requests, s.Count("GET", ""))
	for _, request := range s.Requests() {
		assert.Equal(t, http.StatusOK, request.Status)
	}
}

func TestProcessesShareTheLimit(t *testing.T) {
	t.Parallel()
	server := newCountingServer(t, halopsatest.WithRateLimit(limit, window))
	workers := newWorkers(t, 8, workerConfig{newRedis(t).addr, server.url, limit, window, margin})
	order(t, workers, 3*limit/len(workers))
	server.assertKept(t, 3*limit/len(workers)*len(workers))
	assert.GreaterOrEqual(t, server.most(window), limit*9/10, "the limit is made use of")
	assert.Equal(t, 1, server.TokensIssued())
}

// TestRedisIsRestarted kills Redis in the middle of a burst of eight processes. It comes back empty, or with a copy of some time ago: a count that is
// too low, with no sign of that but the run id. Without the wait for a window a second burst would follow the first.
func TestRedisIsRestarted(t *testing.T) {
	t.Parallel()
	for name, save := range map[string]bool{"empty": false, "with an old copy": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The responses take so long that a burst is under way for a while.
			server := newCountingServer(t, halopsatest.WithRateLimit(limit, window), halopsatest.WithLatency(100*time.Millisecond))
			first, second := server.at(limit), server.at(limit+limit/2)
			redis := newRedis(t)
			workers := newWorkers(t, 8, workerConfig{redis.addr, server.url, limit, window, margin})
			said := func() (n int) {
				for _, w := range workers {
					n += w.log.count("Redis has lost what was sent within the window")
				}
				return n
			}
			var ordered sync.WaitGroup
			ordered.Go(func() { order(t, workers, 3*limit/len(workers)-1) })
			<-first
			if save {
				require.NoError(t, redis.client(t).Save(t.Context()).Err())
			}
			<-second
			before := said() // each worker says it at the start, unless it came when a window had passed already
			redis.kill(t)
			redis.start(t)
			ordered.Wait()
			order(t, workers, 1) // so that some call comes after the restart, however fast the others were
			server.assertKept(t, 3*limit/len(workers)*len(workers))
			assert.Eventually(t, func() bool { return said() > before }, 10*time.Second, 10*time.Millisecond, "whoever comes first after the restart says it again")
		})
	}
}

func TestProcessesShareTheToken(t *testing.T) {
	t.Parallel()
	server := newCountingServer(t, halopsatest.WithRateLimit(0, window))
	server.Fault(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Slow, Pause: 2 * time.Millisecond})
	redis := newRedis(t)
	workers := newWorkers(t, 8, workerConfig{Redis: redis.addr, HaloPSA: server.url})

	order(t, workers, 8)
	assert.Equal(t, 1, server.TokensIssued(), "one process fetches the token")

	server.RevokeTokens()
	order(t, workers, 8)
	assert.Equal(t, 2, server.TokensIssued(), "one process replaces the token that was revoked")

	value, err := redis.client(t).Get(t.Context(), "halopsa:acme:token").Result()
	require.NoError(t, err)
	assert.NotContains(t, value, "access_token", "it is encrypted")

	redis.kill(t)
	order(t, workers, 8)
	assert.Equal(t, 2, server.TokensIssued(), "without Redis the processes go on with the token they have")
	server.RevokeTokens()
	order(t, workers, 8)
	assert.Equal(t, 2+len(workers), server.TokensIssued(), "without Redis each fetches one of its own")
	for _, w := range workers {
		assert.Equal(t, 1, w.log.count("Redis fails, this process fetches tokens for itself"), "%s", w.log)
	}
}
