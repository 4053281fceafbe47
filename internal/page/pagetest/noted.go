package pagetest

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Noted is a file that notes how many requests all runs of each kind take, and how many of them have a fault. A rule of a planner prevents a fault or saves
// requests: one without which no run goes wrong and none takes more requests is not needed. Make one with [ReadNoted].
type Noted struct {
	path   string
	update bool

	mu    sync.Mutex
	lines map[string]string // by kind; guarded by mu
}

// ReadNoted reads the file. With update it is written again, by [Noted.Write].
func ReadNoted(t *testing.T, path string, update bool) *Noted {
	t.Helper()
	n := &Noted{path: path, update: update, lines: make(map[string]string)}
	text, err := os.ReadFile(path)
	if err != nil && !update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		kind, _, _ := strings.Cut(line, ": ")
		n.lines[kind] = strings.TrimSpace(line)
	}
	return n
}

// Check holds the runs of a kind against what is noted, or notes them. So many of them had a fault.
func (n *Noted) Check(t *testing.T, kind string, total Total, faults int64) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	const format = "%s: %d requests in %d runs, %d faults"
	line := fmt.Sprintf(format, kind, total.Requests, total.Runs, faults)
	before := n.lines[kind]
	if n.update {
		n.lines[kind] = line
		return
	}
	var requests, runs, faulty int64
	if _, err := fmt.Sscanf(strings.TrimPrefix(before, kind), format[2:], &requests, &runs, &faulty); err != nil {
		t.Errorf("%s does not note %q: add it with -update", n.path, line)
		return
	}
	switch {
	case faults > faulty:
		t.Errorf("%s, and %q was noted: more faults", line, before)
	case total.Requests*runs > requests*total.Runs:
		t.Errorf("%s, and %q was noted: more requests a run", line, before)
	case line != before:
		t.Logf("%s, and %q was noted: note it with -update", line, before)
	}
}

// Write writes the file again, with what was noted.
func (n *Noted) Write(t *testing.T) {
	t.Helper()
	if !n.update {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	var lines []string
	for _, line := range n.lines {
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	if err := os.WriteFile(n.path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Error(err)
	}
}
