package main

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadingBeginsWhereSomethingCanBeMissing(t *testing.T) {
	t.Parallel()
	later := noon.Add(defaultSettle)
	pending := reading{last: 150, settled: 100, marked: 130, at: noon}
	for name, c := range map[string]struct {
		before       reading
		now          time.Time
		after, to    int64
		complete     bool
		want         reading
		wantedSecond bool
	}{
		"the first of all":              {reading{}, noon, 0, 7, true, reading{7, 0, 7, noon}, false},
		"nothing is new":                {reading{7, 7, 7, noon}, later, 7, 7, true, reading{7, 7, 7, later}, false},
		"new ones":                      {reading{7, 7, 7, noon}, later, 7, 9, true, reading{9, 7, 9, later}, false},
		"more, while some are young":    {pending, noon.Add(time.Second), 150, 160, true, reading{160, 100, 130, noon}, false},
		"a second reading":              {pending, later, 100, 170, true, reading{170, 130, 170, later}, true},
		"one that finds nothing":        {pending, later, 100, 100, true, reading{150, 130, 150, later}, true},
		"one that is not at the end":    {pending, later, 100, 120, false, reading{150, 120, 130, noon}, true},
		"one that is beyond the mark":   {pending, later, 100, 140, false, reading{150, 130, 130, noon}, true},
		"the first part of a long log":  {reading{}, noon, 0, 1000, false, reading{1000, 0, 1000, noon}, false},
		"the second part of a long log": {reading{1000, 0, 1000, noon}, noon, 1000, 2000, false, reading{2000, 1000, 2000, noon}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, second := c.before.begin(c.now, defaultSettle)
			assert.Equal(t, c.after, after)
			assert.Equal(t, c.wantedSecond, second)
			assert.Equal(t, c.want, c.before.read(after, c.to, c.complete, c.now))
		})
	}
}

// TestReadingFindsRecordsThatBecomeVisibleOutOfOrder has records be visible up to defaultSettle after those with larger ids, and looks at any time.
func TestReadingFindsRecordsThatBecomeVisibleOutOfOrder(t *testing.T) {
	t.Parallel()
	for range 2000 {
		const records = 60
		visible := make([]time.Time, records+1)
		for id := 1; id <= records; id++ {
			visible[id] = noon.Add(time.Duration(id)*time.Duration(rand.IntN(5))*time.Second + rand.N(defaultSettle/2))
		}
		for id := 1; id <= records; id++ { // none is later by more than defaultSettle than any above it
			for above := id + 1; above <= records; above++ {
				if latest := visible[above].Add(defaultSettle); visible[id].After(latest) {
					visible[id] = latest
				}
			}
		}
		found, readings := map[int]int{}, 0
		var r reading
		now := noon
		for range 200 {
			now = now.Add(rand.N(20 * time.Second))
			after, _ := r.begin(now, defaultSettle)
			to := after
			for id := int(after) + 1; id <= records; id++ {
				if !visible[id].After(now) {
					found[id]++
					readings++
					to = int64(id)
				}
			}
			r = r.read(after, to, true, now)
		}
		require.Len(t, found, records)
		assert.LessOrEqual(t, readings, 4*records, "it is not read again and again")
	}
}

// TestMirrorHasWhatBecomesVisibleLater has records come below the cursor, and the newest ones go.
func TestMirrorHasWhatBecomesVisibleLater(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		halos, file := newTenants(t, "acme")
		halo := halos["acme"]
		seed := func(ids ...int) {
			for _, id := range ids {
				halo.Seed("IntegrationError", map[string]any{"id": id, "module_id": 12, "error": "no such site"})
			}
		}
		seed(1, 2, 3)
		env := fileEnvironment(file, databaseURL)
		env["SYNC_QUIET_INTERVAL"] = "1s"
		s := start(t, env, "-ui")
		db := read(t, databaseURL)
		mirrored := func(n int) func() bool {
			return func() bool { return count(t, db, `SELECT count(*) FROM integration_errors`) == n }
		}
		require.Eventually(t, mirrored(3), deadline, 5*time.Millisecond, "%s", s.log)
		seed(11, 13)
		require.Eventually(t, mirrored(5), deadline, 5*time.Millisecond, "%s", s.log)
		seed(10, 12)
		require.Eventually(t, mirrored(7), deadline, 50*time.Millisecond, "%s", s.log)
		shows := func(path, text string) { // a database that is busy may not respond in the time that a page has
			t.Helper()
			require.Eventually(t, func() bool {
				_, body := fetch(t, s.address()+path)
				return strings.Contains(body, text)
			}, deadline, 50*time.Millisecond, "%s does not show %s", path, text)
		}
		shows("/metrics", `syncservice_mirrored_records_total{log="errors",tenant="acme"} 7`) // what is read twice counts once
		shows("/metrics", `syncservice_cursor_ahead_ids{log="errors",tenant="acme"} 0`)
		halo.Remove("IntegrationError", 12, 13)
		shows("/metrics", `syncservice_cursor_ahead_ids{log="errors",tenant="acme"} 2`)
		shows("/tenants", "The cursor is above every id, by 2")
		s.end(t)
	})
}
