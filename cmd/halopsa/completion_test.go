package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBashCompletes what a person has begun to type.
func TestBashCompletes(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "completion")
	r := environment{}.halopsa(t, "completion", "bash")
	require.NoError(t, os.WriteFile(script, []byte(r.out), 0o600))
	for typed, want := range map[string]string{
		"halopsa do": "doctor", "halopsa list err": "errors", "halopsa list errors -js": "-json", "halopsa tail tra": "traces", "halopsa tail exp": "",
		"halopsa completion z": "zsh", "halopsa help env": "environment",
		"halopsa create errors -file -": "", "halopsa doctor -html -": "", "halopsa list errors -cs": "-csv",
	} {
		words := strings.Fields(typed)
		last := len(words) - 1
		cmd := exec.CommandContext(t.Context(), "bash", "-c", `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _halopsa; echo "${COMPREPLY[*]}"`)
		cmd.Args = append(cmd.Args, script)
		cmd.Args = append(cmd.Args, words...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Equal(t, want, strings.TrimSpace(string(out)), words[last])
	}
}

// TestZshAndFishComplete where they are installed.
func TestZshAndFishComplete(t *testing.T) {
	t.Parallel()
	for shell, program := range map[string]string{
		"zsh":  `source "$1"; COMP_WORDS=(halopsa list errors -js); COMP_CWORD=3; emulate sh -c 'setopt ksharrays; _halopsa'; print -r -- $COMPREPLY; whence -w _halopsa`,
		"fish": `source $argv[1]; for typed in "halopsa do" "halopsa list err" "halopsa list errors -js" "halopsa list errors --js"; complete -C "$typed"; end; complete -C "halopsa list errors x"`,
	} {
		r := environment{}.halopsa(t, "completion", shell)
		assert.Equal(t, 0, r.code)
		assert.Contains(t, r.out, "doctor")
		if _, err := exec.LookPath(shell); err != nil {
			continue
		}
		script := filepath.Join(t.TempDir(), "completion")
		require.NoError(t, os.WriteFile(script, []byte(r.out), 0o600))
		cmd := exec.CommandContext(t.Context(), shell, map[string][]string{"zsh": {"-fc", program, "zsh", script}, "fish": {"-c", program, script}}[shell]...)
		cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		if shell == "fish" {
			assert.Equal(t, "doctor\tWhich integrations are failing, since when, and with what.\nerrors\n-json\n--json\n", string(out))
		} else {
			assert.Regexp(t, ` -json .*\n_halopsa: function\n$`, string(out), "zsh itself chooses what fits")
		}
	}
}

// TestALibrarysUsersCompileNoneOfIt: what a program with only the library pulls in has nothing of the command.
func TestALibrarysUsersCompileNoneOfIt(t *testing.T) {
	t.Parallel()
	deps := func(pkg string) []string {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", pkg)
		cmd.Dir = filepath.Join("..", "..")
		out, err := cmd.Output()
		require.NoError(t, err)
		return strings.Fields(string(out))
	}
	library := deps("github.com/halopsa-go/halopsa")
	for _, pkg := range library {
		own := strings.HasPrefix(pkg, "github.com/halopsa-go/halopsa")
		assert.True(t, own && !strings.Contains(pkg, "/cmd/") || allowed(pkg), pkg)
	}
	assert.Contains(t, deps("github.com/halopsa-go/halopsa/cmd/halopsa"), "github.com/alecthomas/kong", "or the test looks at nothing")
	for _, pkg := range deps("github.com/halopsa-go/halopsa/halopsatest") {
		assert.NotContains(t, pkg, "kong")
	}
}

// allowed are the modules of others that the library needs.
func allowed(pkg string) bool {
	for _, module := range []string{"github.com/hashicorp/go-retryablehttp", "github.com/hashicorp/go-cleanhttp", "github.com/google/go-querystring", "golang.org/x/oauth2"} {
		if pkg == module || strings.HasPrefix(pkg, module+"/") {
			return true
		}
	}
	return false
}
