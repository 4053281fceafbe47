package doctor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// noon is when the tests look at their tenants.
var noon = time.Date(2026, 10, 8, 12, 0, 0, 0, time.UTC)

var week = Question{Now: noon, Since: 7 * 24 * time.Hour, Quiet: 6 * time.Hour}

// before returns the time d before noon, as records have it.
func before(d time.Duration) halopsa.Time { return halopsa.NewTime(noon.Add(-d)) }

func logged(module int64, name, text string, ago time.Duration) *halopsa.IntegrationError {
	return &halopsa.IntegrationError{ModuleID: module, ModuleName: name, Error: text, Date: before(ago)}
}

// smallTenant is a tenant whose numbers a reader can count.
func smallTenant() *tally {
	t := newTally(week)
	for _, e := range []*halopsa.IntegrationError{
		{
			ModuleID: 12, ModuleName: "Datto RMM", Error: "Device 81234 is gone",
			Date: before(time.Hour), EntityName: "Acme 1", Endpoint: "/v2/devices/81234?token=x",
		},
		{
			ModuleID: 12, ModuleName: "Datto RMM", Error: "Device 91234 is gone",
			Date: before(3 * time.Hour), EntityName: "Acme 2", Endpoint: "/v2/devices/91234",
		},
		{
			ModuleID: 12, ModuleName: "Datto RMM", Error: "Device 91234 is gone",
			Date: before(8 * time.Hour), EntityName: "Acme 2", Endpoint: "/v2/devices/91234",
		},
		{ModuleID: 12, ModuleName: "Datto RMM", Error: "The site is not mapped", Date: before(50 * time.Hour), EntityType: "Site", EntityID: 7},
		{ModuleID: 24, ModuleName: "QuickBooks", Error: "Duplicate document number", Date: before(30 * time.Hour)},
	} {
		t.addError(e)
	}
	for _, r := range []*halopsa.IntegrationRequest{
		{
			ModuleName: "datto rmm", MSID: 3, ResultCode: 200, Duration: 1,
			DateLogged: before(2 * time.Hour), IsOutgoing: true, Operation: "get", URL: "https://d.example.com/v2/devices/1",
		},
		{
			ModuleName: "Datto RMM", MSID: 3, ResultCode: 404, Duration: 2,
			DateLogged: before(4 * time.Hour), IsOutgoing: true, Operation: "GET", URL: "https://d.example.com/v2/devices/2?x=y",
		},
		{
			ModuleName: "Datto RMM", MSID: 3, ResultCode: 200, Duration: 9,
			DateLogged: before(5 * time.Hour), IsOutgoing: true, Operation: "GET", URL: "https://d.example.com/v2/devices/3",
		},
		{MSID: 24, ResultCode: 503, Duration: 4, DateLogged: before(29 * time.Hour), Operation: "POST", URL: "/webhook/12"},
		{MSID: 47, ModuleName: "Xero", ResultCode: 302, DateLogged: before(time.Hour), Operation: "GET", URL: "https://x.example.com/a"},
		{MSID: 47, ModuleName: "Xero", DateLogged: before(time.Hour)},
	} {
		t.addRequest(r)
	}
	t.addSchedule(&halopsa.IntegratorSchedule{ID: 1, ConfigID: 7, ImportNames: "Devices", LastRun: before(30 * time.Minute), NextRun: before(-30 * time.Minute)})
	t.addSchedule(&halopsa.IntegratorSchedule{ID: 2, ConfigID: 8, ModuleList: "QuickBooks", NextRun: before(30 * time.Minute)})
	t.addLog(line(47, 2*time.Hour, "earlier"))
	t.addLog(line(47, time.Hour, "finished"))
	t.addLog(line(47, 3*time.Hour, "earliest"))
	return t
}

func TestReportCountsASmallTenant(t *testing.T) {
	t.Parallel()
	r := smallTenant().report()
	assert.Equal(t, 5, r.Errors)
	assert.Equal(t, 6, r.Requests)
	assert.Equal(t, 2, r.Failed)
	require.Len(t, r.Periods, 8, "seven days and the rest of the first")
	assert.Equal(t, time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), r.Periods[0])

	require.Len(t, r.Integrations, 3)
	at := func(d time.Duration) time.Time { return noon.Add(-d) }
	assert.Equal(t, integration{
		ModuleID: 12, Name: "Datto RMM", State: failing, Since: at(8 * time.Hour), LastFailure: at(time.Hour),
		Errors: 4, ErrorsPerPeriod: []int{0, 0, 0, 0, 0, 1, 0, 3}, LastError: at(time.Hour), Requests: 3, Failed: 1,
		LastSuccess: at(2 * time.Hour), Main: "Device {id} is gone",
	}, r.Integrations[0], "a request finds its integration by name, whatever its msid")
	assert.Equal(t, integration{
		ModuleID: 24, Name: "QuickBooks", State: quiet, LastFailure: at(29 * time.Hour),
		Errors: 1, ErrorsPerPeriod: []int{0, 0, 0, 0, 0, 0, 1, 0}, LastError: at(30 * time.Hour), Requests: 1, Failed: 1,
		Main: "HTTP 503 Service Unavailable",
	}, r.Integrations[1], "and by its msid when it has no name")
	assert.Equal(t, integration{
		ModuleID: 47, Name: "Xero", State: healthy, ErrorsPerPeriod: make([]int, 8), Requests: 2, LastSuccess: at(time.Hour),
		LastLog: at(time.Hour), LogMessage: "finished",
	}, r.Integrations[2])

	require.Len(t, r.Problems, 4)
	assert.Equal(t, problem{
		ModuleID: 12, Integration: "Datto RMM", Source: "error", Text: "Device {id} is gone", Count: 3, First: at(8 * time.Hour),
		Last: at(time.Hour), Ongoing: true, Entities: 2, Endpoints: 1, Example: "Acme 1", Endpoint: "/v2/devices/{id}",
	}, r.Problems[0])
	assert.Equal(t, problem{
		ModuleID: 24, Integration: "QuickBooks", Source: "request", Text: "HTTP 503 Service Unavailable", Count: 1,
		First: at(29 * time.Hour), Last: at(29 * time.Hour), Endpoints: 1, Endpoint: "POST /webhook/{id}",
	}, r.Problems[1], "of equally frequent ones the latest first")
	assert.Equal(t, "Site 7", r.Problems[3].Example)

	assert.Equal(t, []codeCount{{0, 1}, {200, 2}, {302, 1}, {404, 1}, {503, 1}}, r.Codes)
	assert.Equal(t, []endpoint{
		{Integration: "Datto RMM", Operation: "GET", Route: "d.example.com/v2/devices/{id}", Count: 3, Median: 2, P95: 9, Longest: 9},
		{Integration: "QuickBooks", Operation: "POST", Route: "/webhook/{id}", Inbound: true, Count: 1, Median: 4, P95: 4, Longest: 4},
	}, r.Endpoints, "what has no duration is not among them")
	require.Len(t, r.Schedules, 2)
	assert.Equal(t, "QuickBooks", r.Schedules[0].Name, "the overdue first")
	assert.True(t, r.Schedules[0].Overdue)
	assert.Empty(t, r.Notes)
}

func TestSinceIsWhereTheFailuresBegan(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hoursAgo []float64
		state    state
		since    float64 // hours ago
		before   bool
	}{
		"nothing":                    {nil, healthy, 0, false},
		"one just now":               {[]float64{0}, failing, 0, false},
		"one at the edge":            {[]float64{6}, failing, 6, false},
		"one beyond it":              {[]float64{6.1}, quiet, 0, false},
		"a pause ends a failure":     {[]float64{1, 5, 11.5}, failing, 5, false},
		"a pause that is just short": {[]float64{1, 5, 11, 30}, failing, 11, false},
		"any order":                  {[]float64{11, 1, 30, 5}, failing, 11, false},
		"after now":                  {[]float64{-1, 3}, failing, 3, false},
		"from the beginning on":      {[]float64{5, 10, 15, 20, 24}, failing, 24, true},
		"nearly from the beginning":  {[]float64{5, 10, 15, 18}, failing, 18, true},
		"not from the beginning":     {[]float64{5, 10, 15, 17.9}, failing, 17.9, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counts := newTally(Question{Now: noon, Since: 24 * time.Hour, Quiet: 6 * time.Hour})
			counts.addLog(line(12, 0, ""))
			hours := func(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }
			for i, h := range test.hoursAgo {
				if i%2 == 0 {
					counts.addError(logged(12, "", "x", hours(h)))
				} else {
					counts.addRequest(&halopsa.IntegrationRequest{MSID: 12, ResultCode: 500, DateLogged: before(hours(h))})
				}
			}
			in := counts.report().Integrations[0]
			assert.Equal(t, test.state, in.State)
			assert.Equal(t, test.before, in.SinceBefore)
			if test.state == failing {
				assert.Equal(t, noon.Add(-hours(test.since)), in.Since)
			} else {
				assert.Zero(t, in.Since)
			}
		})
	}
}

func TestOnlySomeCodesAreFailures(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]state{
		0: healthy, 200: healthy, 301: healthy, 400: healthy, 404: healthy, 409: healthy, 429: healthy, 401: failing, 403: failing, 500: failing, 599: failing,
	} {
		counts := newTally(week)
		counts.addRequest(&halopsa.IntegrationRequest{MSID: 12, ResultCode: code, DateLogged: before(time.Minute)})
		r := counts.report()
		assert.Equal(t, want, r.Integrations[0].State, code)
		assert.Equal(t, code >= 400, r.Failed == 1, code)
	}
}

func TestIntegrationsAreToldApart(t *testing.T) {
	t.Parallel()
	counts := newTally(week)
	counts.addError(logged(12, "Datto RMM", "x", time.Hour))
	counts.addError(logged(0, "DATTO RMM", "x", time.Hour))
	counts.addError(logged(24, "", "x", time.Hour))
	counts.addError(logged(0, "Homemade", "x", time.Hour))
	counts.addError(logged(0, "", "x", time.Hour))
	counts.addRequest(&halopsa.IntegrationRequest{MSID: 12, ModuleName: "Xero", DateLogged: before(time.Hour)})
	found := map[string]int{}
	for _, in := range counts.report().Integrations {
		found[in.Label()] = in.Errors
	}
	assert.Equal(t, map[string]int{"Datto RMM (12)": 2, "Module 24 (24)": 1, "Homemade": 1, "(unnamed)": 1, "Xero": 0}, found,
		"an msid that belongs to an integration of another name is no module id")
}

func TestOneModuleOnly(t *testing.T) {
	t.Parallel()
	q := week
	q.Module = 12
	counts := newTally(q)
	for _, module := range []int64{12, 24} {
		counts.addError(logged(module, "", "x", time.Hour))
		counts.addLog(line(module, time.Hour, ""))
		counts.addSchedule(&halopsa.IntegratorSchedule{ID: module})
	}
	r := counts.report()
	require.Len(t, r.Integrations, 1, "also when the server ignores the filter")
	assert.Equal(t, int64(12), r.Integrations[0].ModuleID)
	assert.Len(t, r.Schedules, 2, "none says which module it is for")
}

func TestPeriodsFitAChart(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := map[time.Duration]struct {
		step time.Duration
		n    int
	}{
		time.Minute: {time.Hour, 1}, time.Hour: {time.Hour, 1}, 36 * time.Hour: {time.Hour, 36}, 37 * time.Hour: {day, 3}, 7 * day: {day, 8}, 45 * day: {day, 46},
		46 * day: {7 * day, 8}, 300 * day: {7 * day, 44}, 3650 * day: {84 * day, 45},
	}
	for since, want := range tests {
		counts := newTally(Question{Now: noon, Since: since, Quiet: time.Hour})
		assert.Equal(t, want.step, counts.step, since)
		assert.Len(t, counts.periods, want.n, since)
		assert.False(t, counts.periods[0].After(counts.from), since)
		assert.Equal(t, 0, counts.period(counts.from), since)
		assert.Equal(t, want.n-1, counts.period(noon), since)
		assert.Equal(t, want.n-1, counts.period(noon.Add(1000*day)), since)
	}
}

func TestPercentileIsAValueThatWasMet(t *testing.T) {
	t.Parallel()
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i + 1)
	}
	assert.InDelta(t, 95, percentile(hundred, 95), 0)
	assert.InDelta(t, 50, percentile(hundred, 50), 0)
	assert.InDelta(t, 7, percentile([]float64{7}, 50), 0)
	assert.InDelta(t, 1, percentile([]float64{1, 2}, 50), 0)
	assert.InDelta(t, 2, percentile([]float64{1, 2}, 95), 0)
}
