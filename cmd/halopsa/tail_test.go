package main_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestTailBeginsWithTheNewest(t *testing.T) {
	t.Parallel()
	server := dated(t, 25)
	tests := map[string]struct {
		args []string
		want []int
	}{
		"ten":                         {nil, []int{16, 17, 18, 19, 20, 21, 22, 23, 24, 25}},
		"two":                         {[]string{"-n", "2"}, []int{24, 25}},
		"none":                        {[]string{"-n", "0"}, nil},
		"more":                        {[]string{"-n", "100", "module_id=12"}, []int{1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25}},
		"behind one":                  {[]string{"-after", "23"}, []int{24, 25}},
		"a log that cannot be sorted": {nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource := "errors"
			if name == "a log that cannot be sorted" {
				resource = "log"
			}
			r := of(server).halopsa(t, append([]string{"tail", resource, "-json", "-for", "400ms"}, test.args...)...)
			require.Equal(t, 0, r.code, r.err)
			assert.Equal(t, test.want, ids(t, r.out))
		})
	}
}

// TestTailGoesOnBehindItsCursor: what one run has printed the next does not print again.
func TestTailGoesOnBehindItsCursor(t *testing.T) {
	t.Parallel()
	server := dated(t, 5)
	file := filepath.Join(t.TempDir(), "cursor")
	run := func() result {
		return of(server).halopsa(t, "tail", "errors", "-json", "-n", "3", "-cursor", file, "-for", "400ms")
	}
	assert.Equal(t, []int{3, 4, 5}, ids(t, run().out))
	server.Seed("IntegrationError", map[string]any{"error": "x"}, map[string]any{"error": "y"})
	assert.Equal(t, []int{6, 7}, ids(t, run().out))
	assert.Empty(t, run().out)

	require.NoError(t, os.WriteFile(file, []byte("what"), 0o600))
	r := run()
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "holds no id")
}

// TestTailPrintsALineARecord: where it is read by a person.
func TestTailPrintsALineARecord(t *testing.T) {
	t.Parallel()
	r := append(of(dated(t, 3)), "COLUMNS=60").halopsa(t, "tail", "errors", "-n", "1", "-for", "400ms")
	assert.Regexp(t, `^3  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  12  Datto RMM  Asset \[31m 5  fail.*…\n$`, r.out)
}

// TestACursorFile is written before the first record is printed, holds none back, and has one owner.
func TestACursorFile(t *testing.T) {
	t.Parallel()
	server := dated(t, 5)
	folder := t.TempDir()
	file := filepath.Join(folder, "cursor")
	r := of(server).halopsa(t, "tail", "errors", "-cursor", filepath.Join(folder, "none", "x"), "-for", "400ms")
	assert.Equal(t, 1, r.code)
	assert.Empty(t, r.out, "what could not be noted is not printed")
	assert.Contains(t, r.err, "the cursor could not be kept")

	run := func(args ...string) result {
		return of(server).halopsa(t, append([]string{"tail", "errors", "-json", "-cursor", file, "-for", "400ms"}, args...)...)
	}
	assert.Empty(t, run("-n", "0").out)
	server.Seed("IntegrationError", map[string]any{"error": "x"}, map[string]any{"error": "y"})
	assert.Equal(t, []int{6, 7}, ids(t, run("-n", "0").out), "logged after a run that printed nothing")

	r = of(server).halopsa(t, "tail", "requests", "-cursor", file, "-for", "400ms")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "holds an id of IntegrationError 127.0.0.1:", "of another list")
	assert.Contains(t, r.err, ", and this is IntegrationRequest 127.0.0.1:")
	r = of(dated(t, 1)).halopsa(t, "tail", "errors", "-cursor", file, "-for", "400ms")
	assert.Contains(t, r.err, "each needs its own file", "of another tenant")
	r = run("-after", "900")
	assert.Contains(t, r.err, "the cursor is above every id: was a backup restored, or is it of another list? op=IntegrationError.Follow cursor=900 newest=7\n")
	assert.Equal(t, 1, strings.Count(r.err, "\n"), "said once: %s", r.err)

	cmd, out := begun(t, server, "-cursor", file, "-every", "1s", "-after", "6")
	assert.True(t, out.Scan(), "the last one again")
	require.Eventually(t, func() bool {
		held, err := os.ReadFile(file)
		return err == nil && strings.HasPrefix(string(held), "7 ")
	}, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, os.WriteFile(file, []byte("3\n"), 0o600))
	server.Seed("IntegrationError", map[string]any{"error": "z"})
	for out.Scan() {
		assert.Contains(t, out.Text(), `"id":8,`)
	}
	assert.Error(t, cmd.Wait())
	assert.Equal(t, 1, cmd.ProcessState.ExitCode())
	assert.Contains(t, fmt.Sprint(cmd.Stderr), "no longer holds 7, the id before: does another tail use it too?")
	left, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no other file is left behind")
}

// begun starts a tail of errors as JSON.
func begun(t *testing.T, server *halopsatest.Server, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"tail", "errors", "-json"}, args...)...)
	cmd.Env = of(server)
	cmd.Stderr = &strings.Builder{}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// TestAKilledTailHasNotedAllButTheLast record that it printed, so that one comes twice and none is lost.
func TestAKilledTailHasNotedAllButTheLast(t *testing.T) {
	t.Parallel()
	server := dated(t, 400)
	for _, n := range []int{1, 20, 150} {
		file := filepath.Join(t.TempDir(), "cursor")
		cmd, out := begun(t, server, "-n", "400", "-cursor", file)
		for range n {
			require.True(t, out.Scan())
		}
		require.NoError(t, cmd.Process.Kill())
		last := out.Text()
		for out.Scan() {
			last = out.Text()
		}
		_ = cmd.Wait()
		noted, err := os.ReadFile(file)
		require.NoError(t, err)
		id, err := strconv.Atoi(strings.Fields(string(noted))[0])
		require.NoError(t, err)
		printed := ids(t, last)[0]
		assert.GreaterOrEqual(t, printed, n)
		assert.Contains(t, []int{printed - 1, printed}, id)
	}
}
