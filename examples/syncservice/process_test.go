package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
		return "", &buildError{err, output}
	}
	return path, nil
})

// built is the folder of the binary, which goes when the tests have ended.
var built string

type buildError struct {
	err    error
	output []byte
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + string(e.output) }

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// process is the service as a child of the test.
type process struct {
	command  *exec.Cmd
	out, log bytes.Buffer
}

// newProcess starts the service with this environment and no other.
func newProcess(t *testing.T, env map[string]string) *process {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	p := &process{command: exec.CommandContext(context.WithoutCancel(t.Context()), path)}
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
	return p
}

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

func TestSignalsEndItCleanly(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := &process{}
			path, err := binary()
			require.NoError(t, err)
			p.command = exec.CommandContext(t.Context(), path)
			p.command.Dir = t.TempDir()
			p.command.Env = []string{"TMPDIR=" + p.command.Dir}
			var out, log logBook
			p.command.Stdout, p.command.Stderr = &out, &log
			require.NoError(t, p.command.Start())
			require.Eventually(t, func() bool { return bytes.Contains([]byte(log.String()), []byte(`"msg":"delivered"`)) }, deadline, 10*time.Millisecond)
			require.NoError(t, p.command.Process.Signal(signal))
			require.NoError(t, p.command.Wait(), "%s", log.String())
			assert.Regexp(t, `mirrored \d+ errors and \d+ requests, delivered [1-9]\d* exports`, out.String())
			left, err := filepath.Glob(filepath.Join(p.command.Dir, "*"))
			require.NoError(t, err)
			assert.Empty(t, left, "the demonstration leaves nothing behind")
		})
	}
}
