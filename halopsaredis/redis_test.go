package halopsaredis_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// redisServer is a redis-server of a test's own.
type redisServer struct {
	addr, dir string
	args      []string
	process   *exec.Cmd
}

// withPersistence has Redis write every change to disk before it answers, so that a restart loses nothing.
var withPersistence = []string{"--appendonly", "yes", "--appendfsync", "always"}

// newRedis starts a redis-server on a free port of the loopback interface, which ends with the test.
func newRedis(t testing.TB, args ...string) *redisServer {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &redisServer{addr: listener.Addr().String(), dir: t.TempDir(), args: args}
	require.NoError(t, listener.Close())
	s.start(t)
	t.Cleanup(func() { s.kill(t) })
	return s
}

// start starts the server, or starts it again with what it had on disk.
func (s *redisServer) start(t testing.TB) {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	require.NoError(t, err, "these tests need a real redis-server: apt-get install redis-server")
	_, port, err := net.SplitHostPort(s.addr)
	require.NoError(t, err)
	args := append([]string{"--bind", "127.0.0.1", "--port", port, "--dir", s.dir, "--save", "", "--loglevel", "warning"}, s.args...)
	var output bytes.Buffer
	s.process = exec.CommandContext(context.WithoutCancel(t.Context()), binary, args...)
	s.process.Stdout, s.process.Stderr = &output, &output
	require.NoError(t, s.process.Start())
	client := s.client(t)
	require.Eventually(t, func() bool { return client.Ping(t.Context()).Err() == nil }, 10*time.Second, 10*time.Millisecond, "redis-server: %s", &output)
}

// kill ends the server as a crash does.
func (s *redisServer) kill(t testing.TB) {
	t.Helper()
	if s.process == nil {
		return
	}
	assert.NoError(t, s.process.Process.Kill())
	_ = s.process.Wait() // says that it was killed
	s.process = nil
}

func (s *redisServer) client(t testing.TB) redis.UniversalClient {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.addr})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

// impatient returns a client that does not repeat what fails, for tests of a Redis that is gone.
func (s *redisServer) impatient(t testing.TB) redis.UniversalClient {
	t.Helper()
	client := redis.NewClient(&redis.Options{Addr: s.addr, MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	return client
}

// logBook is a log that a test reads.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// count is how many lines hold text.
func (b *logBook) count(text string) int { return strings.Count(b.String(), text) }

func TestMain(m *testing.M) {
	if config := os.Getenv(workerVariable); config != "" {
		os.Exit(work(config))
	}
	logging.Disable() // go-redis's own, of each connection that a test breaks
	os.Exit(m.Run())
}
