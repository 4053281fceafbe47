package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deadline is how long a test polls for what must come to be.
const deadline = 2 * time.Minute

// freePort is one that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// postgresServer is a PostgreSQL server of a test's own, which it can crash.
type postgresServer struct {
	data, port string
	as         *syscall.SysProcAttr // PostgreSQL refuses root
}

func newPostgres(t *testing.T) *postgresServer {
	t.Helper()
	folder, err := os.MkdirTemp("", "syncservice-postgres-") // t.TempDir is closed to the other user
	require.NoError(t, err)
	p := &postgresServer{data: filepath.Join(folder, "data"), port: freePort(t)}
	if os.Getuid() == 0 {
		owner, err := user.Lookup("postgres")
		if err != nil {
			owner, err = user.Lookup("nobody")
		}
		require.NoError(t, err)
		uid, err := strconv.ParseUint(owner.Uid, 10, 32)
		require.NoError(t, err)
		gid, err := strconv.ParseUint(owner.Gid, 10, 32)
		require.NoError(t, err)
		require.NoError(t, os.Chown(folder, int(uid), int(gid)))
		p.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	p.run(t, "initdb", "-D", p.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
	p.start(t)
	t.Cleanup(func() {
		p.run(t, "pg_ctl", "-D", p.data, "-m", "immediate", "stop")
		assert.NoError(t, os.RemoveAll(folder))
	})
	return p
}

func (p *postgresServer) url() string { return "postgres://postgres@127.0.0.1:" + p.port + "/postgres" }

func (p *postgresServer) start(t *testing.T) {
	t.Helper()
	p.run(t, "pg_ctl", "-D", p.data, "-w", "-l", p.data+"/log", "-o",
		"-p "+p.port+" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200", "start")
}

// crash ends it as a power cut does, and starts it again.
func (p *postgresServer) crash(t *testing.T) {
	t.Helper()
	p.run(t, "pg_ctl", "-D", p.data, "-m", "immediate", "stop")
	p.start(t)
}

// run runs one of PostgreSQL's own programs; Debian keeps them out of the PATH.
func (p *postgresServer) run(t *testing.T, program string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
		require.NotEmpty(t, found, "%s is needed: apt-get install postgresql", program)
		path = found[len(found)-1]
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	command.Dir, command.SysProcAttr = "/", p.as
	output, err := os.CreateTemp("", "syncservice-output-") // a pipe would be held open by the server
	require.NoError(t, err)
	defer func() { _ = os.Remove(output.Name()) }()
	command.Stdout, command.Stderr = output, output
	err = command.Run()
	said, _ := os.ReadFile(output.Name())
	require.NoError(t, err, "%s", said)
}

// redisServer is a Redis server of a test's own.
type redisServer struct {
	port    string
	command *exec.Cmd
}

func newRedis(t *testing.T) *redisServer {
	t.Helper()
	r := &redisServer{port: freePort(t)}
	r.start(t)
	t.Cleanup(r.kill)
	return r
}

func (r *redisServer) url() string { return "redis://127.0.0.1:" + r.port + "/0" }

func (r *redisServer) start(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	require.NoError(t, err, "redis-server is needed: apt-get install redis-server")
	r.command = exec.CommandContext(context.WithoutCancel(t.Context()), path, "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	require.NoError(t, r.command.Start())
	options, err := redis.ParseURL(r.url())
	require.NoError(t, err)
	client := redis.NewClient(options)
	defer client.Close()
	require.Eventually(t, func() bool { return client.Ping(t.Context()).Err() == nil }, deadline, 20*time.Millisecond)
}

func (r *redisServer) kill() {
	_ = r.command.Process.Kill()
	_ = r.command.Wait()
}

// crash ends it and starts it again, without what it held.
func (r *redisServer) crash(t *testing.T) {
	t.Helper()
	r.kill()
	r.start(t)
}

// binary builds the service once and returns its path.
var binary = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "syncservice-test-")
	if err != nil {
		return "", err
	}
	built = folder
	path := filepath.Join(folder, "syncservice")
	output, err := exec.CommandContext(context.Background(), "go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, output)
	}
	return path, nil
})

// built is the folder of the binary, which goes when the tests have ended.
var built string

// sideBySide is how many tests run at the same time: most of them wait for a process, a pause or a poll, and not for the processor.
const sideBySide = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", sideBySide) // it is a number
	}
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// process is the service as a child of the test.
type process struct {
	command *exec.Cmd
	out     logBook
	log     logBook
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

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// newProcess starts the service with this environment and no other, and returns when it listens.
func newProcess(t *testing.T, env map[string]string, args ...string) *process {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	p := &process{command: exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)}
	p.command.Dir = t.TempDir()
	p.command.Env = []string{"HOME=" + p.command.Dir, "TMPDIR=" + p.command.Dir}
	for name, value := range env {
		p.command.Env = append(p.command.Env, name+"="+value)
	}
	p.command.Stdout, p.command.Stderr = &p.out, &p.log
	require.NoError(t, p.command.Start())
	t.Cleanup(func() {
		if p.command.ProcessState == nil { // the test has failed
			_ = p.command.Process.Kill()
			_ = p.command.Wait()
		}
	})
	require.Eventually(t, func() bool { return p.worker() != "" }, deadline, 10*time.Millisecond, "%s", &p.log)
	return p
}

// field returns a text of its line that says it has started, empty before.
func (p *process) field(name string) string {
	_, after, found := strings.Cut(p.log.String(), `"msg":"started"`)
	if !found {
		return ""
	}
	_, after, _ = strings.Cut(after, `"`+name+`":"`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// worker is how River knows it.
func (p *process) worker() string { return p.field("worker") }

// address is where it listens.
func (p *process) address() string { return "http://" + p.field("listen") }

// kill ends it as kill -9 does, at whatever it is.
func (p *process) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.command.Process.Signal(syscall.SIGKILL), "it had ended by itself: %s", &p.log)
	_ = p.command.Wait() // says that it was killed
	status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok && status.Signal() == syscall.SIGKILL, "it had ended by itself: %s\n%s", p.command.ProcessState, &p.log)
}

// terminate ends it as an orchestrator does, and expects it to end well.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	require.NoError(t, p.command.Process.Signal(syscall.SIGTERM))
	killed := time.AfterFunc(deadline, func() { _ = p.command.Process.Kill() })
	defer killed.Stop()
	assert.NoError(t, p.command.Wait(), "%s", &p.log)
}
