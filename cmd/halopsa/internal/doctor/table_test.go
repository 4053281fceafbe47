package doctor

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

func tableOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WriteTable(&b, 0))
	return b.String()
}

func TestTableOfASmallTenant(t *testing.T) {
	t.Parallel()
	r := smallTenant().report()
	r.Tenant, r.APIRequests = "acme.halopsa.com", 4
	assert.Equal(t, strings.TrimLeft(`
acme.halopsa.com: 1 of 3 integrations is failing
2026-10-01 12:00 to 2026-10-08 12:00 UTC
5 errors, 6 requests of which 2 failed

INTEGRATION      STATE    FAILING SINCE           ERRORS  LAST ERROR  FAILED REQUESTS  LAST SUCCESS  LAST LOG
Datto RMM (12)   failing  2026-10-08 04:00 (8 h)  4       1 h ago     1 of 3           2 h ago       -
QuickBooks (24)  quiet    -                       1       30 h ago    1 of 1           -             -
Xero (47)        healthy  -                       0       -           0 of 2           1 h ago       1 h ago

INTEGRATION  TIMES  FIRST             LAST        RECORDS  WITH WHAT
Datto RMM    3      2026-10-08 04:00  1 h ago     2        Device {id} is gone
QuickBooks   1      2026-10-07 07:00  29 h ago    -        HTTP 503 Service Unavailable
QuickBooks   1      2026-10-07 06:00  30 h ago    -        Duplicate document number
Datto RMM    1      2026-10-06 10:00  2 days ago  1        The site is not mapped

SCHEDULE    LAST RUN          NEXT RUN          STATE
QuickBooks  -                 2026-10-08 11:30  overdue by 30 min
Devices     2026-10-08 11:30  2026-10-08 12:30  due in 30 min

Read with 4 API requests; nothing was written.
`, "\n"), tableOf(t, r))
}

func TestTableOfNothing(t *testing.T) {
	t.Parallel()
	r := newTally(week).report()
	r.Tenant = "acme.halopsa.com"
	r.Notes = []string{"The schedule is missing."}
	assert.Equal(t, `acme.halopsa.com: nothing was logged by any integration
2026-10-01 12:00 to 2026-10-08 12:00 UTC
0 errors, 0 requests of which 0 failed

Note: The schedule is missing.

Read with 0 API requests; nothing was written.
`, tableOf(t, r))
}

func TestTableSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	counts := newTally(week)
	for i := range rowsOnTerminal + 2 {
		counts.addError(logged(12, "Datto RMM", fmt.Sprint("problem ", i), time.Hour))
		counts.addSchedule(&halopsa.IntegratorSchedule{ID: int64(i)})
	}
	shown := tableOf(t, counts.report())
	assert.Equal(t, rowsOnTerminal, strings.Count(shown, "problem "))
	assert.Contains(t, shown, "and 2 other sorts; -html and -json show more")
	assert.Contains(t, shown, "and 2 other schedules; -html and -json show more")
}

func TestHeadline(t *testing.T) {
	t.Parallel()
	for want, states := range map[string][]state{
		"nothing was logged by any integration": nil,
		"none of 1 integration is failing":      {healthy},
		"none of 2 integrations is failing":     {healthy, quiet},
		"1 of 2 integrations is failing":        {failing, quiet},
		"2 of 2 integrations are failing":       {failing, failing},
	} {
		r := &Report{}
		for _, s := range states {
			r.Integrations = append(r.Integrations, integration{State: s})
		}
		assert.Equal(t, want, headline(r))
	}
}

func TestWordsForTimesAndNumbers(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "less than a minute", 59 * time.Second: "less than a minute", time.Minute: "1 min", 59 * time.Minute: "59 min", 119 * time.Minute: "1 h", 2 * time.Hour: "2 h",
		47 * time.Hour: "47 h", 48 * time.Hour: "2 days", 1000 * time.Hour: "41 days",
	} {
		assert.Equal(t, want, Span(d))
	}
	assert.Equal(t, "-", ago(time.Time{}, noon))
	assert.Equal(t, "just now", ago(noon.Add(time.Hour), noon), "clocks differ")
	assert.Equal(t, "2 h ago", ago(noon.Add(-2*time.Hour), noon))
	for n, want := range map[int]string{0: "0 errors", 1: "1 error", 999: "999 errors", 1000: "1,000 errors", 1234567: "1,234,567 errors"} {
		assert.Equal(t, want, count(n, "error"))
	}
	assert.Equal(t, "2026-10-08 04:00 or before", since(&integration{State: failing, Since: noon.Add(-8 * time.Hour), SinceBefore: true}, noon))
}
