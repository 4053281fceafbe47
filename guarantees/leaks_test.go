package guarantees_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// checkGoroutines runs f and fails when a goroutine is left that it has started, at whatever remove: all of them inherit a label. Those of
// other tests do not matter.
func checkGoroutines(t *testing.T, f func()) {
	t.Helper()
	pprof.Do(t.Context(), pprof.Labels("started by", t.Name()), func(context.Context) { f() })
	var left []string
	for range 2_000 { // they end soon after what they wait for
		if left = goroutinesOf(t, t.Name()); len(left) == 0 {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	assert.Empty(t, left, "goroutines are left")
}

// goroutinesOf returns the stacks of the goroutines that a test has started and that still run.
func goroutinesOf(t *testing.T, name string) []string {
	t.Helper()
	var profile bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&profile, 1))
	var stacks []string
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(stack, `{"started by":"`+name+`"}`) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// TestNoGoroutineIsLeft uses a network in every way and closes it.
func TestNoGoroutineIsLeft(t *testing.T) {
	t.Parallel()
	for name, use := range useOfTheNetwork {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkGoroutines(t, func() {
				server := halopsatest.NewServer()
				defer server.Close()
				seedErrors(server.Handler)
				network := &http.Transport{}
				defer network.CloseIdleConnections()
				require.NoError(t, use(t.Context(), networkClient(t, server.URL(), network), server.Handler))
			})
		})
	}
}

// TestCheckGoroutinesFindsOne keeps the check itself from passing because it looks at nothing.
func TestCheckGoroutinesFindsOne(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	started := make(chan struct{})
	pprof.Do(t.Context(), pprof.Labels("started by", t.Name()), func(context.Context) {
		go func() {
			go func() {
				close(started)
				<-stop
			}()
		}()
	})
	<-started
	left := goroutinesOf(t, t.Name())
	require.NotEmpty(t, left)
	assert.Contains(t, strings.Join(left, "\n"), "TestCheckGoroutinesFindsOne")
}

func seedErrors(h *halopsatest.Handler) {
	for i := range 100 {
		h.Seed("IntegrationError", errorRow(i))
	}
}

// networkClient is a client of the server at url whose answers may be no larger than 64 KiB.
func networkClient(t *testing.T, url string, network http.RoundTripper) *halopsa.Client {
	t.Helper()
	client, err := halopsa.NewClient(url, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: network}), halopsa.WithBackoff(0, time.Millisecond), halopsa.WithMaxResponseSize(64<<10))
	require.NoError(t, err)
	return client
}

// countedBodies counts the responses of a transport, and how many of them were closed.
type countedBodies struct {
	next           http.RoundTripper
	opened, closed atomic.Int64
}

func (c *countedBodies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err == nil {
		c.opened.Add(1)
		resp.Body = &countedBody{ReadCloser: resp.Body, of: c}
	}
	return resp, err
}

type countedBody struct {
	io.ReadCloser
	of   *countedBodies
	once sync.Once
}

func (b *countedBody) Close() error {
	b.once.Do(func() { b.of.closed.Add(1) })
	return b.ReadCloser.Close()
}

func TestEveryBodyIsClosed(t *testing.T) {
	t.Parallel()
	for name, use := range useOfTheNetwork {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := halopsatest.NewHandler()
				seedErrors(h)
				bodies := &countedBodies{next: h.Transport()}
				require.NoError(t, use(t.Context(), networkClient(t, trial.StandinURL, bodies), h))
				synctest.Wait()
				assert.Equal(t, bodies.opened.Load(), bodies.closed.Load())
				if !strings.HasPrefix(name, "a slow token") {
					assert.Positive(t, bodies.opened.Load())
				}
			})
		})
	}
}

// connectionCount counts the connections that a server accepts.
func connectionCount(server *httptest.Server) *atomic.Int64 {
	var n atomic.Int64
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			n.Add(1)
		}
	}
	return &n
}

// TestWhichErrorsCostAConnection: errors of the API cost no connection, those of the connection cost that one.
func TestWhichErrorsCostAConnection(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	seedErrors(h)
	server := httptest.NewUnstartedServer(h)
	made := connectionCount(server)
	server.Start()
	defer server.Close()
	network := &http.Transport{}
	defer network.CloseIdleConnections()
	client := networkClient(t, server.URL, network)
	for _, fault := range []halopsatest.Fault{
		{Status: 400, Body: strings.Repeat("x", 100<<10)}, {Status: 401}, {Status: 403}, {Status: 404}, {Status: 500}, {Status: 502, Body: "<html>"},
		{Kind: halopsatest.HTML504}, {Status: 200, Body: "junk"}, {Status: 302, Header: http.Header{"Location": {"https://evil.example.com"}}},
	} {
		h.Fault(fault)
		_ = trial.GetOne(t.Context(), client) // the error is the business of other tests
		require.NoError(t, trial.GetOne(t.Context(), client))
		assert.EqualValues(t, 1, made.Load(), "after %v", fault)
	}
	for i, fault := range []halopsatest.Fault{{Kind: halopsatest.Reset}, {Kind: halopsatest.Truncated}, {Status: 200, Body: strings.Repeat(" ", 1<<20)}} {
		h.Fault(fault)
		_ = trial.GetOne(t.Context(), client)
		require.NoError(t, trial.GetOne(t.Context(), client))
		assert.EqualValues(t, 2+i, made.Load(), "after %v", fault)
	}
}

// TestConnectionsOfParallelCalls: the client's own transport keeps as many idle connections as parallel calls need, and none is in use
// once they have returned.
func TestConnectionsOfParallelCalls(t *testing.T) {
	t.Parallel()
	const callers = 16
	h := halopsatest.NewHandler()
	seedErrors(h)
	var together sync.WaitGroup // of each round, so that all its calls are under way at once
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			together.Done()
			together.Wait()
		}
		h.ServeHTTP(rw, r)
	}))
	made := connectionCount(server)
	inUse := connectionsInUse(server)
	server.Start()
	defer server.Close()
	client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	for range 10 {
		together.Add(callers)
		var calls sync.WaitGroup
		for range callers {
			calls.Go(func() { assert.NoError(t, trial.GetOne(t.Context(), client)) })
		}
		calls.Wait()
	}
	// net/http may begin a connection for a call that then gets another one, and a connection may come back to it a moment too late.
	assert.LessOrEqual(t, made.Load(), int64(2*callers))
	assert.Eventually(t, func() bool { return inUse() == 0 }, 10*time.Second, 5*time.Millisecond, "connections are in use after the calls")
}

// connectionsInUse tells how many connections of a server are neither idle nor closed, after connectionCount.
func connectionsInUse(server *httptest.Server) func() int {
	var mu sync.Mutex
	states, next := make(map[net.Conn]http.ConnState), server.Config.ConnState
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		next(conn, state)
		mu.Lock()
		defer mu.Unlock()
		states[conn] = state
	}
	return func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, state := range states {
			if state == http.StateActive {
				n++
			}
		}
		return n
	}
}

func TestBreakStopsTheRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, h := trial.NewStandin(t, nil)
		seedErrors(h)
		opts := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: 10}}
		require.NoError(t, walkErrors(t.Context(), client, 25))
		pages := 0
		for _, err := range client.IntegrationError.Pages(t.Context(), opts) {
			require.NoError(t, err)
			if pages++; pages == 2 {
				break
			}
		}
		time.Sleep(time.Hour) // of the bubble
		assert.Equal(t, 3+2, h.Count(http.MethodGet, "IntegrationError"))
	})
}
