package main

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPartsOfStacks(t *testing.T) {
	t.Parallel()
	const (
		loose, wire = "github.com/halopsa-go/halopsa/internal/loose.(*Scanner).decoded", "github.com/halopsa-go/halopsa/internal/wire.DecodeWanted[...]"
		send, do    = "github.com/halopsa-go/halopsa/internal/attempt.(*Client).send", "github.com/halopsa-go/halopsa.(*Client).do"
	)
	for name, test := range map[string]struct {
		want  string
		stack []string
	}{
		"the decoder":              {decodingPart, []string{loose, wire, do}},
		"memory for a text":        {decodingPart, []string{"runtime.memmove", "runtime.mallocgc", "strings.(*Builder).Grow", loose, wire, do}},
		"garbage, on the way":      {garbagePart, []string{"runtime.scanobject", "runtime.gcDrainN", "runtime.gcAssistAlloc1", "runtime.mallocgc", loose}},
		"garbage, by itself":       {garbagePart, []string{"runtime.scanObject", "runtime.gcDrain", "runtime.gcBgMarkWorker.func2", "runtime.systemstack", "runtime.gcBgMarkWorker"}},
		"a timeout":                {attemptPart, []string{"runtime.(*timer).modify", "time.newTimer", "context.WithDeadlineCause", send, "net/http.send", do}},
		"a library's loop":         {attemptPart, []string{"sync.(*Once).doSlow", "github.com/hashicorp/go-retryablehttp.(*Client).Do", do}},
		"a write to the network":   {networkPart, []string{"internal/runtime/syscall.Syscall6", "syscall.write", "internal/poll.(*FD).Write", "net/http.(*persistConn).writeLoop"}},
		"net/http, of ours":        {networkPart, []string{"net/http.(*Transport).getConn", send, do}},
		"a wait for the network":   {networkPart, []string{"runtime.futex", "runtime.findRunnable", "runtime.schedule", "runtime.mcall"}},
		"a path":                   {requestPart, []string{"strings.(*Builder).WriteString", "github.com/halopsa-go/halopsa.resourcePath", do}},
		"the limit":                {limitPart, []string{"sync.(*Mutex).Lock", "github.com/halopsa-go/halopsa/internal/limit.(*Window).Free", send}},
		"the token":                {tokenPart, []string{"github.com/halopsa-go/halopsa/internal/auth.(*Source).Token", send}},
		"the transport in memory":  {standInPart, []string{"runtime.newobject", "main.memory.RoundTrip", send}},
		"the same, of a test":      {standInPart, []string{"github.com/halopsa-go/halopsa/benchmarks.memory.RoundTrip", send}},
		"nothing that has a place": {networkPart, nil},
	} {
		assert.Equal(t, test.want, partOf(test.stack), name)
	}
}

func stack(took int64, names ...string) *profile.Sample {
	s := &profile.Sample{Value: []int64{took, 10_000_000 * took}}
	for _, name := range names {
		s.Location = append(s.Location, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}})
	}
	return s
}

func TestAMissedTargetIsShownInParts(t *testing.T) {
	t.Parallel()
	shares, looks := sharesOf(&profile.Profile{Sample: []*profile.Sample{
		stack(30, "runtime.mallocgc", "github.com/halopsa-go/halopsa/internal/loose.(*Scanner).decoded"), stack(60, "net/http.(*persistConn).readLoop"), stack(10, "main.main"),
	}})
	assert.Equal(t, map[string]float64{decodingPart: 0.3, networkPart: 0.6, standInPart: 0.1}, shares)
	assert.EqualValues(t, 100, looks)
	_, looks = sharesOf(&profile.Profile{})
	assert.Zero(t, looks)

	took := func(cpu time.Duration) []sample { return []sample{{n: 1, cpu: cpu}} }
	r := results{getTitle: {rawName: took(100), oursName: took(90), "resty": took(200)}, memoryGetTitle: {rawName: took(100), oursName: took(20), "resty": took(200)}}
	assert.Equal(t, []string{getTitle}, missedTitles(r, full), "once, and none that is met or was not measured")
	found := profiles{getTitle: shares}
	text := report(r, found, nil, "", nil, 1, full, time.Now())
	assert.Contains(t, text, "### What stands in the way")
	assert.Contains(t, text, "| part | "+getTitle+" |\n| --- | ---: |\n| "+networkPart+" | 60 %, 0.54 |\n| "+decodingPart+" | 30 %, 0.27 |\n| "+garbagePart+" | 0 %, 0.00 |")
	assert.NotContains(t, report(r, nil, nil, "", nil, 1, full, time.Now()), "stands in the way", "nothing was profiled")
	r[getTitle][oursName] = took(20)
	assert.NotContains(t, report(r, found, nil, "", nil, 1, full, time.Now()), "stands in the way", "nothing was missed")
}

// TestOursIsProfiled finds the decoder in a real profile.
func TestOursIsProfiled(t *testing.T) { //nolint:paralleltest // there is one profiler
	all, err := memoryContests(quick)
	require.NoError(t, err)
	for _, c := range all {
		c.n = 100
	}
	var progress strings.Builder
	found, err := profileOurs(t.Context(), all, []string{memoryListTitle, keptTitle + "?"}, 300*time.Millisecond, &progress)
	require.NoError(t, err)
	require.Len(t, found, 1)
	assert.Greater(t, found[memoryListTitle][decodingPart], 0.3, found)
	assert.Contains(t, progress.String(), "profile: "+memoryListTitle)
	_, err = profileOurs(t.Context(), all, nil, time.Hour, io.Discard)
	require.NoError(t, err)
}
