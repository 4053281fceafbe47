package guarantees_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// onceFate is a CreateOnce whose attempts to write are struck, and if blind those to read what was written too.
type onceFate struct {
	fate
	blind bool
}

// check compares what the caller is told of each input with the store.
func (f onceFate) check(t *testing.T, name string) (told verdict) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		transport := &fateTransport{fate: f.fate}
		transport.next = transport.refusing(h.Transport())
		h.FaultFunc(transport.fault)
		client := clientThrough(t, trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet && (!f.blind || transport.attempts.Load() == 0) || strings.HasSuffix(req.URL.Path, "/token") {
				transport.current.Store(nil)
				return transport.next.RoundTrip(req)
			}
			return transport.RoundTrip(req)
		}))
		var ro []halopsa.RequestOption
		if f.once {
			ro = append(ro, halopsa.WithoutRetry())
		}
		names := []string{"a", "b", "c"}
		records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed(names...), byName, append(ro, halopsa.WithBatchSize(2))...)
		told = verdictOf(err)
		there := make(map[string]int)
		for _, stored := range storedNames(h) {
			there[stored]++
		}
		if err == nil {
			assert.Equal(t, names, entityNames(records), name)
			assert.Equal(t, map[string]int{"a": 1, "b": 1, "c": 1}, there, name)
			return
		}
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch, name)
		assert.Len(t, append(append(append(batch.Written, batch.Refused...), batch.Unknown...), batch.NotSent...), len(names), name)
		for _, i := range batch.Written {
			assert.Equal(t, 1, there[names[i]], "%s: told that input %d was written: %v", name, i, err)
		}
		for _, i := range append(batch.Refused, batch.NotSent...) {
			assert.Zero(t, there[names[i]], "%s: told that input %d was not written: %v", name, i, err)
		}
		for _, i := range batch.Unknown {
			assert.LessOrEqual(t, there[names[i]], 1, "%s: input %d", name, i)
		}
		if !f.blind {
			assert.NotEqual(t, unknown, told, "%s: it could be read back: %v", name, err)
			assert.True(t, f.forever || f.once || f.refuses(), "%s: it could be sent again: %v", name, err)
		}
	})
	return told
}

// refuses reports whether a strike is the word of HaloPSA, or of what stands in its place, that it will not do it.
func (f onceFate) refuses() bool {
	lacking := 0
	for _, s := range f.strikes {
		switch s.class {
		case definite, foreign:
			return true
		case unauthorised:
			lacking++
		}
	}
	return lacking > 1
}

// TestFateOfCreateOnce strikes it in every way, once, twice, forever, and with every two in a row, with retries and without. Where the list can be
// read, nothing stays unknown; nothing is ever written twice.
func TestFateOfCreateOnce(t *testing.T) {
	t.Parallel()
	var cases, left atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d cases, of which %d unknown, none of them where the list could be read", cases.Load(), left.Load())
	})
	for first, s := range strikes() {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			try := func(name string, f fate) {
				for _, blind := range []bool{false, true} {
					cases.Add(1)
					if (onceFate{f, blind}).check(t, name) == unknown {
						left.Add(1)
					}
				}
			}
			try(first, fate{strikes: []strike{s}})
			try(first+" forever", fate{strikes: []strike{s}, forever: true})
			try(first+" without retry", fate{strikes: []strike{s}, once: true})
			for second, s2 := range strikes() {
				try(first+", then "+second, fate{strikes: []strike{s, s2}})
				try(first+", then "+second+" forever", fate{strikes: []strike{s, s2}, forever: true})
			}
		})
	}
}

// TestCreateOnceReadsTheWholeList: an option that makes lists shorter must not hide what was written.
func TestCreateOnceReadsTheWholeList(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.HTML504, Applied: true})
		inputs := []halopsa.IntegrationExportInput{{HaloName: halopsa.Set("a")}, {HaloName: halopsa.Set("b")}, {HaloName: halopsa.Set("c")}}
		_, err := client.IntegrationExport.CreateOnce(t.Context(), inputs, func(record *halopsa.IntegrationExport, input halopsa.IntegrationExportInput) bool {
			return input.HaloName == halopsa.Set(record.HaloName)
		}, halopsa.WithLimit(1), halopsa.WithSort(), halopsa.WithPage(1, 1))
		require.NoError(t, err)
		assert.Equal(t, 3, h.Len("IntegrationExport"))
	})
}

func TestCreateOnceWithAMatchThatPanics(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) { // a bubble finds a goroutine or timer that is left
		h.Fault(struck(halopsatest.HTML504, true, 1))
		assert.PanicsWithValue(t, "boom", func() {
			_, _ = client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), //nolint:errcheck // it panics
				func(*halopsa.IntegrationError, halopsa.IntegrationErrorInput) bool { panic("boom") })
		})
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("b"), byName)
		require.NoError(t, err)
	}, halopsa.WithRateLimit(10, time.Minute))
}
