package main_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestWritesAreShownFirst: nothing is sent without -yes, not even for a token.
func TestWritesAreShownFirst(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	tests := map[string]struct {
		args []string
		out  string
	}{
		"create":  {[]string{"create", "errors", "module_id=12", "error=a b"}, "POST /api/IntegrationError\n[\n  {\n    \"module_id\": 12,\n    \"error\": \"a b\"\n  }\n]\n"},
		"update":  {[]string{"update", "exports", "id=5", "ready_for_import=true"}, "POST /api/IntegrationExport\n[\n  {\n    \"id\": 5,\n    \"ready_for_import\": true\n  }\n]\n"},
		"untyped": {[]string{"create", "Tickets", "summary=printer"}, "POST /api/Tickets\n[\n  {\n    \"summary\": \"printer\"\n  }\n]\n"},
		"delete":  {[]string{"delete", "errors", "5", "6"}, "DELETE /api/IntegrationError/5\nDELETE /api/IntegrationError/6\n"},
	}
	for name, test := range tests {
		r := of(server).halopsa(t, test.args...)
		assert.Equal(t, result{test.out, "Nothing was sent; -yes sends it.\n", 0}, r, name)
	}
	assert.Empty(t, server.Requests())
}

func TestWrites(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	env := of(server)
	r := env.halopsa(t, "create", "errors", "module_id=12", "error=first", "-yes")
	require.Equal(t, 0, r.code, r.err)
	assert.Equal(t, []int{1}, ids(t, r.out))
	assert.Equal(t, "1 of 1 created.\n", r.err)

	r = env.with(t, `[{"error":"second"},{"error":"third"}] {"error":"fourth"}`, "create", "errors", "-file", "-", "-yes")
	require.Equal(t, 0, r.code, r.err)
	assert.Equal(t, []int{2, 3, 4}, ids(t, r.out))

	file := filepath.Join(t.TempDir(), "inputs.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"module_id":12,"export_id":"e"}`), 0o600))
	r = env.halopsa(t, "create", "exports", "-f", file, "-yes")
	require.Equal(t, 0, r.code, r.err)
	r = env.halopsa(t, "update", "exports", "id=1", "export_progress=half", "-yes")
	require.Equal(t, 0, r.code, r.err)
	assert.Equal(t, "half", server.Stored("IntegrationExport")[0]["export_progress"])

	r = env.halopsa(t, "delete", "errors", "2", "4", "-yes")
	require.Equal(t, 0, r.code, r.err)
	assert.Equal(t, "2 of 2 deleted.\n", r.err)
	assert.Equal(t, 2, server.Len("IntegrationError"))
	r = env.halopsa(t, "delete", "errors", "1", "77", "3", "-yes")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "1 of 3 deleted; not deleted: 77; not sent: 3.\n")

	for in, says := range map[string]string{`[1]`: "input 0 is not a JSON object", `{`: "the file is not JSON", ``: "the file holds no records"} {
		r = env.with(t, in, "create", "errors", "-file", "-", "-yes")
		assert.Equal(t, 1, r.code)
		assert.Contains(t, r.err, says)
	}
	r = env.with(t, "\uFEFF{\"error\":\"x\"}", "create", "errors", "-file", "-")
	assert.Equal(t, 0, r.code, "a file of PowerShell: %s", r.err)
	r = env.halopsa(t, "create", "errors", "error=x", "-file", file)
	assert.Contains(t, r.err, "give members or -file, not both")
}

// TestAWriteWhoseFateIsUnknown is not taken for one that did not happen.
func TestAWriteWhoseFateIsUnknown(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	server.Fault(halopsatest.Fault{Method: "POST", Resource: "IntegrationError", Kind: halopsatest.HTML504, Applied: true})
	r := of(server).halopsa(t, "create", "errors", "error=x", "-yes")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "outcome unknown")
	assert.Equal(t, 1, server.Len("IntegrationError"))
}

// TestACreateWithAKeyEndsKnown: what a gateway hid is looked for, and nothing is created twice.
func TestACreateWithAKeyEndsKnown(t *testing.T) {
	t.Parallel()
	for _, resource := range []string{"errors", "Tickets"} {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			server := halopsatest.NewServer()
			t.Cleanup(server.Close)
			api := map[string]string{"errors": "IntegrationError", "Tickets": "Tickets"}[resource]
			server.Seed(api, map[string]any{"entity_name": "another"})
			server.Fault(halopsatest.Fault{Method: "POST", Resource: api, Kind: halopsatest.HTML504, Applied: true})
			r := of(server).halopsa(t, "create", resource, "entity_name=Asset 5", "module_id=12", "-key", "entity_name,module_id", "-yes")
			require.Equal(t, 0, r.code, r.err)
			assert.Equal(t, []int{2}, ids(t, r.out))
			assert.Equal(t, 2, server.Len(api))
		})
	}
	r := environment{"HALOPSA_URL=http://127.0.0.1:1", "HALOPSA_CLIENT_ID=x", "HALOPSA_CLIENT_SECRET=y"}.halopsa(t, "create", "instances", "name=x", "-key", "name", "-yes")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "cannot be looked for by a key")
}
