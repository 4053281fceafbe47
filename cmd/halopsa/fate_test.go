//go:build linux

package main_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// thousand is a file of inputs.
func thousand(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "inputs.json")
	one, err := json.Marshal(map[string]any{"error": "x"})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat(string(one)+"\n", 1000)), 0o600))
	return file
}

// TestEachInputsFateIsSaid: of a thousand, where it goes wrong in the middle.
func TestEachInputsFateIsSaid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault halopsatest.Fault
		says  string
	}{
		"a gateway":  {halopsatest.Fault{Kind: halopsatest.HTML504, Applied: true, After: 4, Times: -1}, "; unknown: 4"},
		"no right":   {halopsatest.Fault{Status: 403, After: 4, Times: -1}, "; refused: 4"},
		"everything": {halopsatest.Fault{Status: 403, Times: -1}, "0 of 1000 created; refused: 0-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := halopsatest.NewServer()
			t.Cleanup(server.Close)
			test.fault.Method, test.fault.Resource = "POST", "IntegrationError"
			server.Fault(test.fault)
			r := of(server).halopsa(t, "create", "errors", "-file", thousand(t), "-yes")
			assert.Equal(t, 1, r.code)
			assert.Contains(t, r.err, test.says)
			assert.Regexp(t, `; not sent: \d+-999 \(inputs, counted from 0\)\.\nhalopsa: `, r.err)
			assert.Equal(t, 2, strings.Count(r.err, "\n"), r.err)
		})
	}
}

// TestAWriteWithoutWordsIsCounted: HaloPSA may send nothing back, which says that it has written.
func TestAWriteWithoutWordsIsCounted(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer(halopsatest.WithHabits(halopsatest.Habits{QuietWrites: true}))
	t.Cleanup(server.Close)
	server.Seed("Tickets", map[string]any{"summary": "a"})
	assert.Equal(t, result{"", "1 of 1 created.\n", 0}, of(server).halopsa(t, "create", "errors", "error=404", "-yes"))
	assert.Equal(t, "404", server.Stored("IntegrationError")[0]["error"], "a text, since the member is one")
	assert.Equal(t, result{"", "1 of 1 changed.\n", 0}, of(server).halopsa(t, "update", "Tickets", "id=1", "summary=b", "-yes"))
}

// TestADryRunShowsNoCredential: it may run where the output is kept.
func TestADryRunShowsNoCredential(t *testing.T) {
	t.Parallel()
	r := environment{}.halopsa(t, "create", "instances", "name=x", "new_clientsecret="+canary)
	assert.Equal(t, 0, r.code, r.err)
	assert.Contains(t, r.out, `"new_clientsecret": "[redacted]"`)
	assert.NotContains(t, r.out+r.err, canary)

	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	r = of(server).halopsa(t, "create", "instances", "name=x", "new_clientsecret="+canary, "-yes")
	assert.Equal(t, 0, r.code, r.err)
	assert.Equal(t, canary, server.Stored("ConnectedInstance")[0]["new_clientsecret"])
}

// TestNothingIsDeletedWhereAnIdIsNone: a mistake is found before anything is gone.
func TestNothingIsDeletedWhereAnIdIsNone(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	before := server.Len("IntegrationError")
	assert.Equal(t, 1, of(server).halopsa(t, "delete", "errors", "5", "x", "-yes").code)
	assert.Equal(t, before, server.Len("IntegrationError"))
	server.Fault(halopsatest.Fault{Method: "DELETE", Resource: "IntegrationError", Kind: halopsatest.HTML504, After: 1, Times: -1})
	r := of(server).halopsa(t, "delete", "errors", "5", "6", "7", "8", "-yes")
	assert.Contains(t, r.err, "1 of 4 deleted; unknown: 6; not sent: 7 8.\n")
}

// TestAKeyIsComparedAsHaloPSAWritesIt: numbers as texts, dates in its steps, letters with escapes.
func TestAKeyIsComparedAsHaloPSAWritesIt(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	server.Seed("Tickets", map[string]any{"summary": "another"})
	server.Fault(halopsatest.Fault{Method: "POST", Resource: "Tickets", Kind: halopsatest.HTML504, Applied: true})
	server.SetHabits("Tickets", halopsatest.Habits{Respond: func(_ halopsatest.Request, a halopsatest.Response) halopsatest.Response {
		a.Body = []byte(strings.NewReplacer(`"number":12`, `"number":"12"`, "ü", `\u00fc`).Replace(string(a.Body)))
		return a
	}})
	r := of(server).halopsa(t, "create", "Tickets", "summary=Drücker", "number=12", "dateoccurred=2026-10-02T11:22:33.458Z", "-key", "summary,number,dateoccurred", "-yes")
	assert.Equal(t, 0, r.code, r.err)
	assert.Equal(t, 2, server.Len("Tickets"), "it is not created twice")
}

// TestCtrlCWhileWriting: what may have been written is said.
func TestCtrlCWhileWriting(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer(halopsatest.WithLatency(300 * time.Millisecond))
	t.Cleanup(server.Close)
	cmd := exec.CommandContext(t.Context(), binary, "create", "errors", "-file", thousand(t), "-yes")
	cmd.Env = of(server)
	errs := &strings.Builder{}
	cmd.Stderr = errs
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return server.Count("POST", "IntegrationError") > 1 }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	assert.Error(t, cmd.Wait())
	assert.Equal(t, 130, cmd.ProcessState.ExitCode())
	assert.Regexp(t, `^\d+ of 1000 created; created: 0-\d+; unknown: \d+-\d+; not sent: \d+-999 \(inputs, counted from 0\)\.\nstopped\n$`, errs.String())
}

// TestCtrlCWhileTyping ends it, though nobody has ended the input.
func TestCtrlCWhileTyping(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), binary, "create", "errors", "-file", "-")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.WriteString(in, "{"+strings.Repeat(" ", 1<<20)) // more than a pipe holds: it is reading
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	assert.Eventually(t, func() bool { return len(ended) > 0 }, 10*time.Second, 10*time.Millisecond)
	_ = cmd.Process.Kill() // where it has not ended
	assert.Error(t, <-ended)
	assert.Equal(t, 130, cmd.ProcessState.ExitCode())
}
