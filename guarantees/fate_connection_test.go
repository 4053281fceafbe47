package guarantees_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// watchedConn is a client's connection that tells when net/http has given it up, and fails to write when it is told to.
type watchedConn struct {
	net.Conn
	unwritable *atomic.Bool
	once       sync.Once
	closed     chan struct{}
}

func (c *watchedConn) Write(data []byte) (int, error) {
	if c.unwritable.Load() {
		return 0, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
	}
	return c.Conn.Write(data)
}

func (c *watchedConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// connections is a network whose connections can be watched, in the order in which they were made.
type connections struct {
	http.Transport
	mu  sync.Mutex
	all []*watchedConn
}

func newConnections(t *testing.T) *connections {
	t.Helper()
	c := &connections{}
	c.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		watched := &watchedConn{Conn: conn, unwritable: new(atomic.Bool), closed: make(chan struct{})}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.all = append(c.all, watched)
		return watched, nil
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func (c *connections) list() []*watchedConn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*watchedConn(nil), c.all...)
}

// overTCP returns a client of the server at url, with a connection that it has already used.
func overTCP(t *testing.T, url string, network http.RoundTripper, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	client, err := halopsa.NewClient(url, append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithBackoff(0, time.Millisecond),
		halopsa.WithHTTPClient(&http.Client{Transport: network}), halopsa.WithoutRateLimit(),
	}, opts...)...)
	require.NoError(t, err)
	_, err = client.IntegrationExport.List(t.Context(), nil)
	require.NoError(t, err)
	return client
}

// TestConnectionThatIsGone: the next write takes a new connection, and happens once. net/http repeats it there by itself only where no byte of it
// was written, which needs a body that can be read again. The caller hears nothing of it.
func TestConnectionThatIsGone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		breaks func(server *httptest.Server, idle *watchedConn)
		ro     []halopsa.RequestOption
	}{
		"closed by the server": {breaks: func(server *httptest.Server, idle *watchedConn) {
			server.CloseClientConnections()
			<-idle.closed // net/http has noticed
		}},
		"takes no byte": {
			breaks: func(_ *httptest.Server, idle *watchedConn) { idle.unwritable.Store(true) },
			ro:     []halopsa.RequestOption{halopsa.WithoutRetry()},
		},
	}
	for name, test := range tests {
		for op, w := range writes {
			t.Run(name+" "+op, func(t *testing.T) {
				t.Parallel()
				h := halopsatest.NewHandler()
				seedExports(h)
				server := httptest.NewServer(h)
				defer server.Close()
				network := newConnections(t)
				client := overTCP(t, server.URL, network)
				require.Len(t, network.list(), 1)
				test.breaks(server, network.list()[0])
				require.NoError(t, w.call(t.Context(), client, test.ro...))
				assert.Len(t, network.list(), 2)
				assert.Equal(t, 1, effects(t, h, w))
				assert.Equal(t, 2, h.Count("", "IntegrationExport"), "the list and the write")
			})
		}
	}
}

// TestConnectionClosedInsteadOfAResponse: once a byte of a write was sent, net/http must not repeat it by itself, also when it has a header
// that net/http takes for a promise that it may.
func TestConnectionClosedInsteadOfAResponse(t *testing.T) {
	t.Parallel()
	for op, w := range writes {
		for _, header := range []string{"", "Idempotency-Key", "X-Idempotency-Key"} {
			t.Run(op+" "+header, func(t *testing.T) {
				t.Parallel()
				h := halopsatest.NewHandler()
				seedExports(h)
				var received atomic.Int64
				server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodGet || r.URL.Path == "/auth/token" {
						h.ServeHTTP(rw, r)
						return
					}
					received.Add(1)
					if header != "" {
						assert.Equal(t, "the caller's", r.Header.Get(header))
					}
					h.ServeHTTP(httptest.NewRecorder(), r)
					conn, _, err := http.NewResponseController(rw).Hijack()
					if assert.NoError(t, err) {
						assert.NoError(t, conn.Close())
					}
				}))
				defer server.Close()
				client := overTCP(t, server.URL, newConnections(t))
				ro := []halopsa.RequestOption{halopsa.WithoutRetry()}
				if header != "" {
					ro = append(ro, halopsa.WithHeader(header, "the caller's"))
				}
				err := w.call(t.Context(), client, ro...)
				assert.Equal(t, unknown, verdictOf(err), "%v", err)
				assert.EqualValues(t, 1, received.Load())
				assert.Equal(t, 1, effects(t, h, w))
			})
		}
	}
}

// TestRefusedConnection is a tenant that is down: every attempt is refused, and it is known that nothing happened.
func TestRefusedConnection(t *testing.T) {
	t.Parallel()
	for op, w := range writes {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			server := halopsatest.NewServer()
			seedExports(server.Handler)
			network := newConnections(t)
			client := overTCP(t, server.URL(), network)
			server.Close()
			<-network.list()[0].closed
			err := w.call(t.Context(), client)
			assert.Equal(t, notHappened, verdictOf(err), "%v", err)
			require.ErrorIs(t, err, syscall.ECONNREFUSED)
			var failed *halopsa.CallError
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, 1+maxRetries, failed.Attempts)
			assert.Zero(t, effects(t, server.Handler, w))
		})
	}
}

// TestWriteThatWaitsForAConnection: a caller who leaves while all connections are in use has sent nothing.
func TestWriteThatWaitsForAConnection(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	seedExports(h)
	arrived, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/IntegratorTrace" {
			close(arrived)
			<-release
		}
		h.ServeHTTP(rw, r)
	}))
	defer server.Close()
	network := newConnections(t)
	network.MaxConnsPerHost = 1
	client := overTCP(t, server.URL, network)
	done := make(chan error)
	go func() {
		_, err := client.IntegratorTrace.List(t.Context(), nil)
		done <- err
	}()
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asking := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) { cancel() }})
	err := writes["Create"].call(asking, client)
	assert.Equal(t, notHappened, verdictOf(err), "%v", err)
	require.ErrorIs(t, err, context.Canceled)
	close(release)
	require.NoError(t, <-done)
	assert.Zero(t, effects(t, h, writes["Create"]))
}
