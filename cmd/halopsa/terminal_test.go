//go:build linux

package main_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// pseudoTerminal returns both ends of a terminal of 80 columns.
func pseudoTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = ours.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(ours.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(ours.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	require.NoError(t, unix.IoctlSetWinsize(int(theirs.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}))
	return ours, theirs
}

// onTerminal runs the command on a terminal of 80 columns and returns what that shows.
func (e environment) onTerminal(t *testing.T, args ...string) (string, int) {
	t.Helper()
	ours, theirs := pseudoTerminal(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, e...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	require.NoError(t, cmd.Start())
	require.NoError(t, theirs.Close())
	shown := make(chan string)
	go func() {
		all, _ := io.ReadAll(ours) // the read ends with an error when the other end is closed
		shown <- string(all)
	}()
	_ = cmd.Wait()
	return strings.ReplaceAll(<-shown, "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

func TestOnATerminalOf80Columns(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	for _, args := range [][]string{{"list", "errors"}, {"list", "requests"}, {"list", "exports"}, {"get", "errors", "5"}, {"tail", "errors", "-for", "400ms"}, {"doctor"}, {"check"}, {"probe", "errors", "lookups"}, {"help", "resources"}, {"help", "list"}, {"help", "filters"}, {"help", "codes"}, {"help", "environment"}, {"help"}} {
		out, code := append(of(server), "TERM=dumb").onTerminal(t, args...)
		assert.Equal(t, 0, code, out)
		assert.NotContains(t, out, "\x1b", "%v: nothing that a dumb terminal would not understand", args)
		for line := range strings.SplitSeq(out, "\n") {
			assert.LessOrEqual(t, table.Width(line), 80, "%v: %s", args, line)
		}
	}
}

// TestATerminalObeysNothing of what others have logged, in any form.
func TestATerminalObeysNothing(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	server.Seed("IntegrationError", map[string]any{"error": "\x1b]0;title\x07 \u009b31m \u202e end\r\nof it", "module_name": "日本語の名前", "entity_name": "🙂🙂🙂🙂"})
	for _, args := range [][]string{{"list", "errors"}, {"list", "errors", "-csv"}, {"list", "errors", "-json"}, {"get", "errors", "1"}, {"tail", "errors", "-for", "400ms"}, {"doctor"}} {
		out, code := append(of(server), "TERM=dumb").onTerminal(t, args...)
		assert.Equal(t, 0, code, out)
		for line := range strings.SplitSeq(out, "\n") {
			assert.False(t, strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }), "%v: %q", args, line)
		}
	}
	assert.Contains(t, of(server).halopsa(t, "list", "errors", "-csv").out, "\x1b]0;title", "a file has every character")
}

func TestProgressIsShownOnATerminal(t *testing.T) {
	t.Parallel()
	probed, _ := append(of(tenant(t)), "TERM=xterm").onTerminal(t, "probe", "lookups")
	assert.Regexp(t, `\d+ of at most \d+ requests: IntegrationLookUp, `, probed)
	server := tenant(t, halopsatest.WithLatency(150*time.Millisecond))
	halopsatest.SeedDemo(server.Handler, 700)
	out, code := append(of(server), "TERM=xterm").onTerminal(t, "list", "errors", "-json", "-before", "2001-01-01")
	assert.Equal(t, 0, code)
	assert.Regexp(t, `\d+ of IntegrationError read`, out)
	assert.Contains(t, out, "\r\x1b[KNo records.\n", "and taken away")
	out, _ = append(of(server), "TERM=dumb").onTerminal(t, "list", "errors", "-json", "-before", "2001-01-01")
	assert.Equal(t, "No records.\n", out)
}

// TestAFullDisk is an error, not an empty list.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	for _, args := range [][]string{{"list", "errors"}, {"list", "errors", "-json"}, {"list", "errors", "-csv"}, {"get", "errors", "5"}, {"doctor"}, {"check"}, {"check", "-json"}, {"probe", "lookups"}, {"doctor", "-json"}, {"help", "list"}, {"help", "resources"}, {"version"}, {"completion", "bash"}, {"create", "errors", "error=x"}} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), binary, args...)
		cmd.Env = of(server)
		cmd.Stdout = full
		errs := &strings.Builder{}
		cmd.Stderr = errs
		assert.Error(t, cmd.Run(), args)
		assert.Equal(t, 1, cmd.ProcessState.ExitCode(), args)
		assert.Contains(t, errs.String(), "no space left on device", args)
		_ = full.Close()
	}
}

// TestAClosedPipe ends it quietly, as head does to a program.
func TestAClosedPipe(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", binary+" list errors -json -sort id | head -n 1; echo ${PIPESTATUS[1]}")
	cmd.Env = append(of(tenant(t)), "PATH="+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	assert.Regexp(t, `^\{"id":1,.*\n0\n$`, string(out))
}

func TestCtrlC(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	for _, args := range [][]string{{"tail", "errors"}, {"standin", "-addr", "127.0.0.1:0"}} {
		cmd := exec.CommandContext(t.Context(), binary, args...)
		cmd.Env = of(server)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		errs := &strings.Builder{}
		cmd.Stderr = errs
		require.NoError(t, cmd.Start())
		_, err = out.Read(make([]byte, 1)) // it has begun
		require.NoError(t, err)
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		if args[0] == "standin" {
			assert.Equal(t, 0, cmd.ProcessState.ExitCode(), "it was served as long as it was wanted")
			continue
		}
		assert.Equal(t, 130, cmd.ProcessState.ExitCode())
		assert.Equal(t, "stopped\n", errs.String())
	}
}
