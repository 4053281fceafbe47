package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWorkIsWhatIsCounted(t *testing.T) {
	t.Parallel()
	require.NoError(t, work(t.Context(), "^Create"))
	require.Error(t, work(t.Context(), "("))
	counted, err := countedContests("")
	require.NoError(t, err)
	var titles []string
	for _, c := range counted {
		titles = append(titles, c.title)
	}
	assert.Equal(t, []string{memoryListTitle, memoryGetTitle, thinTitle, createTitle}, titles)
	assert.Equal(t, "countFrom", functionName(countFrom)[strings.LastIndexByte(functionName(countFrom), '.')+1:])
}

func TestWhatWasMeasuredOutlivesAFailedCount(t *testing.T) {
	t.Parallel()
	counted, without := count(t.Context(), "(")
	assert.Empty(t, counted)
	assert.Contains(t, without, "Instructions were not counted: error parsing regexp")
}

func TestTotalsAreRead(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "counted.1")
	require.NoError(t, os.WriteFile(name, []byte("events: Ir\nsummary: 1200\nfn=(1) main.work\n12 7\n"), 0o600))
	n, err := totals(name)
	require.NoError(t, err)
	assert.InDelta(t, 1200, n, 0)
	require.NoError(t, os.WriteFile(name, []byte("events: Ir\n"), 0o600))
	_, err = totals(name)
	require.ErrorContains(t, err, "no sum")
}

func TestInstructionsStandBesideCPUTime(t *testing.T) {
	t.Parallel()
	c := &contest{title: memoryGetTitle, entries: []entry{{name: rawName}, {name: oursName}}}
	counted := instructions{memoryGetTitle: {rawName: 200_000, oursName: 50_000}}
	text := report(measured(0.4, 0), nil, counted, "", []*contest{c}, 1, full, time.Now())
	assert.Contains(t, text, "| client | CPU | instructions | wall |")
	assert.Contains(t, text, "| halopsa | 0.40 | 0.25 | 0.40 | 0.40 | 0.40 | 400 ms | 50000 | 400 ms |")
	assert.Contains(t, text, "counted by callgrind")
	without := report(measured(0.4, 0), nil, nil, "Instructions were not counted: no reason.", []*contest{c}, 1, full, time.Now())
	assert.Contains(t, without, "\nInstructions were not counted: no reason.\n")
	assert.NotContains(t, without, "instructions/op")
}
