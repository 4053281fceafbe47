package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets the test program be the server too, as the command does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == serveFlag {
		exit(serve())
	}
	os.Exit(m.Run())
}

// tiny is the least that has every contest in it.
var tiny = scale{time.Millisecond, 200, 4, 1, 3, time.Millisecond, 500, 200}

func TestBenchmarkReportsEveryClientInEveryContest(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "RESULTS.md")
	var out strings.Builder
	require.NoError(t, benchmark(t.Context(), job{tiny, 1, "", file}, &out, io.Discard))

	written, err := os.ReadFile(file) //nolint:gosec // the test's own
	require.NoError(t, err)
	assert.Equal(t, out.String(), string(written))
	assert.NotContains(t, out.String(), "NaN")
	assert.NotContains(t, out.String(), "Inf")
	assert.NotContains(t, out.String(), "not measured")
	sections := strings.Split(out.String(), "\n## ")
	require.Len(t, sections, 2+14+1, "a head, the targets, fourteen contests and the versions")
	every := 7 + len(builds())
	for title, clients := range map[string]int{
		listTitle: every + 1, longListTitle: every + 1, getTitle: every + 1, memoryListTitle: every + 1, memoryLongTitle: every + 1, memoryGetTitle: every + 1,
		thinTitle: every + 1,
		keptTitle: every, createTitle: 2, parallelTitle: 7, http2Title: 2, walkTitle: 8, gzipTitle: 2, millionTitle: 3,
	} {
		found := ""
		for _, section := range sections {
			if strings.HasPrefix(section, title+"\n") {
				found = section
			}
		}
		assert.Equal(t, clients+2, strings.Count(found, "\n|"), "rows of %s:\n%s", title, found)
	}
}

func TestBenchmarkNeedsARound(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, benchmark(t.Context(), job{size: tiny}, io.Discard, io.Discard), "-rounds 0")
}
