package doctor

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTicksAreRound(t *testing.T) {
	t.Parallel()
	tests := []struct {
		top  float64
		n    int
		want []float64
	}{
		{0, 5, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{1, 2, []float64{0, 0.5, 1}},
		{85, 5, []float64{0, 20, 40, 60, 80, 100}},
		{100, 5, []float64{0, 20, 40, 60, 80, 100}},
		{8.93, 6, []float64{0, 2, 4, 6, 8, 10}},
		{1000, 4, []float64{0, 500, 1000}},
		{0.03, 3, []float64{0, 0.01, 0.02, 0.03}},
	}
	for _, test := range tests {
		assert.InDeltaSlice(t, test.want, ticks(test.top, test.n), 1e-9, fmt.Sprint(test.top))
	}
	assert.Equal(t, []float64{0, 1, 2, 3, 4, 5}, wholeTicks(2, 5), "what is counted has no fractions")
}

// within asserts that a drawing keeps to its frame.
func within(t *testing.T, c *chart) {
	t.Helper()
	if c.Slim != nil {
		within(t, c.Slim)
	}
	inside := func(what string, x, y px) {
		assert.True(t, x >= -0.01 && x <= c.W+0.01 && y >= -0.01 && y <= c.H+0.01, "%s: %s at %s,%s of %s,%s", c.ID, what, x, y, c.W, c.H)
	}
	for _, l := range c.Lines {
		inside("line", l.X1, l.Y1)
		inside("line", l.X2, l.Y2)
	}
	for _, m := range c.Marks {
		inside("mark", m.X, m.Y)
		inside("mark", m.X+m.W, m.Y+m.H)
		assert.Positive(t, float64(m.W))
		assert.Positive(t, float64(m.H))
	}
	for _, d := range c.Dots {
		inside("dot", d.X, d.Y)
	}
	for _, l := range c.Labels {
		inside("text "+l.Text, l.X, l.Y)
	}
}

func TestErrorsAreShadedByTheirNumber(t *testing.T) {
	t.Parallel()
	r := &Report{Step: duration(24 * time.Hour), Errors: 13, Periods: []time.Time{noon.Add(-24 * time.Hour), noon}, Integrations: []integration{
		{ModuleID: 12, Name: "A", Errors: 10, ErrorsPerPeriod: []int{2, 8}},
		{ModuleID: 24, Name: "B", Errors: 3, ErrorsPerPeriod: []int{1, 2}},
		{ModuleID: 31, Name: "C", ErrorsPerPeriod: []int{0, 0}},
	}}
	c := plotErrors(r)
	within(t, c)
	require.Len(t, c.Marks, 4, "a field for each integration that failed, and period")
	var classes []string
	for _, m := range c.Marks {
		classes = append(classes, m.Class)
	}
	assert.Equal(t, []string{"h3", "h4", "h2", "h3"}, classes, "the more, the darker")
	assert.InDelta(t, float64(c.Marks[1].X), float64(c.Marks[3].X), 0, "the same day")
	assert.Greater(t, c.Marks[2].Y, c.Marks[0].Y)
	assert.Equal(t, "B (24), Thu 8 Oct 2026 12:00: 2 errors of 10", c.Marks[3].Tip)
	assert.Equal(t, []string{"A (12)", "10", "8", "2"}, c.Figures.Rows[0], "the newest first")
	assert.Subset(t, texts(c), []string{"day (UTC)", "Wed 7 Oct", "Thu 8 Oct", "3", "10", "13"}, "axes, their titles and the totals")
	within(t, c.Slim)
	assert.Equal(t, []string{"all integrations together, newest first", "Thu 8 Oct", "10", "Wed 7 Oct", "3"}, texts(c.Slim), "on a phone the newest comes first")
	assert.InDelta(t, 10.0/3, float64(c.Slim.Marks[0].W/c.Slim.Marks[1].W), 1e-9)
}

// texts returns what is written in a drawing.
func texts(c *chart) (all []string) {
	for _, l := range c.Labels {
		all = append(all, l.Text)
	}
	return all
}

func TestManyIntegrationsHaveARowEach(t *testing.T) {
	t.Parallel()
	r := &Report{Step: duration(time.Hour), Periods: []time.Time{noon}}
	for i := range 30 {
		r.Integrations = append(r.Integrations, integration{Name: fmt.Sprint("Integration ", strings.Repeat("M", 40)), ModuleID: int64(i + 1), Errors: 1, ErrorsPerPeriod: []int{1}})
		r.Errors++
	}
	c := plotErrors(r)
	within(t, c)
	assert.Len(t, c.Marks, 30)
	assert.Equal(t, "Errors per integration and hour", c.Title)
	assert.Contains(t, c.Labels[0].Text, "… (1)", "an id is never cut")
}

func TestCodesAreDrawnByTheirClass(t *testing.T) {
	t.Parallel()
	r := &Report{Requests: 20, Failed: 5, Codes: []codeCount{{0, 1}, {200, 10}, {302, 4}, {404, 3}, {500, 2}}}
	c := plotCodes(r)
	within(t, c)
	require.Len(t, c.Marks, 5)
	var classes []string
	for _, m := range c.Marks {
		classes = append(classes, m.Class)
	}
	assert.Equal(t, []string{"none", "ok", "moved", "refused", "broken"}, classes)
	assert.InDelta(t, 2.5, float64(c.Marks[1].W/c.Marks[2].W), 1e-9)
	assert.Equal(t, "404 Not Found: 3 requests", c.Marks[3].Tip)
	assert.Len(t, c.Legend, 5)
	assert.Len(t, plotCodes(&Report{Requests: 1, Codes: []codeCount{{200, 1}}}).Legend, 1, "only what is there")
}

func TestSlowestEndpointsAreDrawn(t *testing.T) {
	t.Parallel()
	r := &Report{}
	for i := range 20 {
		r.Endpoints = append(r.Endpoints, endpoint{
			Integration: "A", Operation: "GET", Route: "/" + strings.Repeat("x", 90), Count: 2, Median: 1, P95: float64(40 - i), Longest: 50,
		})
	}
	c := plotEndpoints(r)
	within(t, c)
	require.Len(t, c.Marks, 2*mostEndpoints, "a bar and its median")
	assert.InDelta(t, 40.0/39, float64(c.Marks[0].W/c.Marks[2].W), 1e-9)
	assert.Contains(t, c.Marks[0].Tip, r.Endpoints[0].Route, "the tip has the whole name")
	assert.Contains(t, c.Marks[0].Tip, "median 1, 95% 40, longest 50, of 2 requests")
}

func TestSchedulesStandAroundNow(t *testing.T) {
	t.Parallel()
	at := noon.Add
	r := &Report{To: noon, Schedules: []schedule{
		{Name: "late", LastRun: at(-2 * time.Hour), NextRun: at(-time.Hour), Overdue: true},
		{Name: "fine", LastRun: at(-time.Hour), NextRun: at(time.Hour)},
		{Name: "far", LastRun: at(-1000 * time.Hour), NextRun: at(1000 * time.Hour)},
		{Name: "running", LastRun: at(-3 * time.Hour), Running: true},
		{Name: "unknown"},
	}}
	c := plotSchedules(r)
	within(t, c)
	require.Len(t, c.Dots, 7)
	middle := (c.Dots[2].X + c.Dots[3].X) / 2 // an hour before and after now
	var now px
	for _, l := range c.Lines {
		if l.Class == "now" {
			now = l.X1
		}
	}
	assert.InDelta(t, float64(now), float64(middle), 1e-6)
	assert.Equal(t, "late", c.Dots[0].Class)
	assert.Less(t, c.Dots[0].X, now)
	assert.Equal(t, "last", c.Dots[6].Class)
	assert.Contains(t, c.Dots[5].Tip, "far: last run 2026-08-27 20:00 UTC")
	assert.LessOrEqual(t, c.Dots[5].X, min(c.Dots[1].X, c.Dots[6].X), "what is far away stands at the edge")
}

func TestTicksOfATimeLine(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"now": 0, "+30 min": 30 * time.Minute, "−90 min": -90 * time.Minute, "+1 h": time.Hour, "−36 h": -36 * time.Hour,
	} {
		assert.Equal(t, want, fromNow(d))
	}
	for _, all := range []time.Duration{time.Hour, 3 * time.Hour, 10 * time.Hour, 30 * time.Hour, 105 * time.Hour} {
		assert.LessOrEqual(t, all/timeStep(all, 10), time.Duration(10), all)
		assert.LessOrEqual(t, all/timeStep(all, 5), time.Duration(5), all)
	}
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	r := newTally(week).report()
	for _, c := range []*chart{plotErrors(r), plotCodes(r), plotEndpoints(r), plotSchedules(r)} {
		assert.NotEmpty(t, c.Empty, c.ID)
		assert.NotEmpty(t, c.Title)
	}
}
