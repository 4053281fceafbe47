package main_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
