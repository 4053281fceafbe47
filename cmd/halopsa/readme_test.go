package main_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheReadmesCommandsRun as they stand there, without configuration.
func TestTheReadmesCommandsRun(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	run := 0
	for line := range strings.SplitSeq(string(page), "\n") {
		command, ok := strings.CutPrefix(line, "$ halopsa ")
		if !ok {
			continue
		}
		run++
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "bash", "-c", binary+" "+command)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := cmd.Output()
			want := 0
			if strings.Contains(command, "-check") {
				want = 2
			}
			assert.Equal(t, want, cmd.ProcessState.ExitCode(), "%s %v", out, err)
			assert.NotEmpty(t, out)
		})
	}
	assert.Greater(t, run, 12, "every subcommand is shown")
}
