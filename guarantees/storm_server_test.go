package guarantees_test

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// The headers of the storm: who asks, which attempt it is, and that this one must get stuck.
const (
	workerHeader  = "X-Storm-Worker"
	attemptHeader = "X-Storm-Attempt"
	stuckHeader   = "X-Storm-Stuck"
)

// badWeather is the share of responses that are faulty: 30 % and four standard deviations of what 30,000 responses make of a chance.
const badWeather = 0.311

// stormFault is a way to fail, with its weight among the others.
type stormFault struct {
	name   string
	weight int
	fault  halopsatest.Fault
	writes bool // only a response to a write or to a Get is short enough to come byte by byte
}

var soon = http.Header{"Retry-After": {"0.002"}}

var stormFaults = []stormFault{
	{name: "reset before", weight: 10, fault: halopsatest.Fault{Kind: halopsatest.Reset}},
	{name: "reset after", weight: 10, fault: halopsatest.Fault{Kind: halopsatest.Reset, Applied: true}},
	{name: "truncated", weight: 10, fault: halopsatest.Fault{Kind: halopsatest.Truncated}},
	{name: "slow", weight: 2, fault: halopsatest.Fault{Kind: halopsatest.Slow, Pause: 10 * time.Microsecond}, writes: true},
	{name: "429", weight: 8, fault: halopsatest.Fault{Status: 429, Header: soon}},
	{name: "500", weight: 7, fault: halopsatest.Fault{Status: 500}},
	{name: "500 applied", weight: 7, fault: halopsatest.Fault{Status: 500, Applied: true}},
	{name: "502", weight: 7, fault: halopsatest.Fault{Status: 502}},
	{name: "502 applied", weight: 7, fault: halopsatest.Fault{Status: 502, Applied: true}},
	{name: "503", weight: 7, fault: halopsatest.Fault{Status: 503, Header: soon}},
	{name: "503 applied", weight: 7, fault: halopsatest.Fault{Status: 503, Header: soon, Applied: true}},
	{name: "504", weight: 7, fault: halopsatest.Fault{Status: 504}},
	{name: "504 applied", weight: 7, fault: halopsatest.Fault{Status: 504, Applied: true}},
	{name: "HTML 504", weight: 7, fault: halopsatest.Fault{Kind: halopsatest.HTML504}},
	{name: "HTML 504 applied", weight: 7, fault: halopsatest.Fault{Kind: halopsatest.HTML504, Applied: true}},
}

// stuck is the response that a storm never waits for.
var stuckForever = halopsatest.Fault{Kind: halopsatest.Slow, Pause: time.Hour}

// tally counts by name.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = make(map[string]int)
	}
	c.counts[name]++
}

// weather chooses the faults: for each worker, and for the token endpoint, by a random source of its own.
type weather struct {
	seed    uint64
	mu      sync.Mutex
	sources map[string]*rand.Rand
	struck  tally
	answers tally
	// sinceRefusal is the number of responses after the last 429.
	sinceRefusal int
}

// patience is how many answers are none between two 429: a server that refuses again what has waited as long as it asked is held to be in
// earnest, and waited for by the second.
const patience = 2 * stormWorkers

func (w *weather) choose(r *http.Request) *halopsatest.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	worker, isToken := r.Header.Get(workerHeader), r.URL.Path == "/auth/token"
	random := w.sources[worker]
	if random == nil {
		n, _ := strconv.ParseUint(worker, 10, 64)
		if isToken {
			n = 1 << 32
		}
		random = rand.New(rand.NewPCG(w.seed, n))
		w.sources[worker] = random
	}
	w.answers.add("all")
	w.sinceRefusal++
	if r.Header.Get(stuckHeader) != "" {
		w.struck.add("stuck")
		return &stuckForever
	}
	if random.Float64() >= badWeather {
		return nil
	}
	f := pick(random)
	for f.writes && (isToken || r.Method == http.MethodGet) || f.fault.Status == 429 && w.sinceRefusal < patience {
		f = pick(random)
	}
	if f.fault.Status == 429 && !isToken {
		w.sinceRefusal = 0
	}
	name := f.name
	if isToken {
		name = "token: " + name
	}
	w.struck.add(name)
	return &f.fault
}

func pick(random *rand.Rand) stormFault {
	sum := 0
	for _, f := range stormFaults {
		sum += f.weight
	}
	n := random.IntN(sum)
	for _, f := range stormFaults {
		if n -= f.weight; n < 0 {
			return f
		}
	}
	panic("unreachable")
}

// attempts knows what became of every attempt at the server: a client that has lost one can wait until it can have no effect any more.
type attempts struct {
	next     http.RoundTripper
	mu       sync.Mutex
	last     int
	underWay map[string]chan struct{}
	lost     map[string][]chan struct{} // by worker
}

// RoundTrip gives the attempt a number.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	worker := req.Header.Get(workerHeader)
	if worker == "" {
		return a.next.RoundTrip(req)
	}
	if req.Method == http.MethodGet { // as a pause does for a client that reads back
		a.settle(worker)
	}
	finished := make(chan struct{})
	a.mu.Lock()
	a.last++
	number := strconv.Itoa(a.last)
	a.underWay[number] = finished
	a.mu.Unlock()
	own := req.Clone(req.Context())
	own.Header.Set(attemptHeader, number)
	resp, err := a.next.RoundTrip(own)
	var op *net.OpError
	if err != nil && !(errors.As(err, &op) && op.Op == "dial") {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.lost[worker] = append(a.lost[worker], finished)
	}
	return resp, err
}

// over tells that the server has done with an attempt.
func (a *attempts) over(number string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if finished := a.underWay[number]; finished != nil {
		close(finished)
		delete(a.underWay, number)
	}
}

// settle waits for the attempts that a worker has lost. One that never came to the server is given up after a while.
func (a *attempts) settle(worker string) {
	a.mu.Lock()
	lost := a.lost[worker]
	delete(a.lost, worker)
	a.mu.Unlock()
	for _, finished := range lost {
		select {
		case <-finished:
		case <-time.After(5 * time.Second):
		}
	}
}

// stormServer serves h on a port of the loopback interface.
func stormServer(t *testing.T, h *halopsatest.Handler, a *attempts) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		defer a.over(r.Header.Get(attemptHeader))
		h.ServeHTTP(rw, r)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server
}
