package doctor

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// How wide the drawings are where the report gives them all the room they ask for. Slim ones are for a phone, where they are as wide as the
// screen and nothing is scrolled sideways.
const wide, narrow, broad, slim = 1060, 350, 650, 326

// periodsOf names the periods in which errors are counted.
func periodsOf(r *Report) (unit, layout string) {
	switch step := time.Duration(r.Step); {
	case step < 24*time.Hour:
		return "hour", "15:04"
	case step > 24*time.Hour:
		return Span(step), "2 Jan"
	case len(r.Periods) <= 10:
		return "day", "Mon 2 Jan"
	}
	return "day", "2 Jan"
}

// plotErrors draws the errors of each integration in each period: the more, the darker. On a phone it draws those of all together, the newest
// period first, since what each has is beside its name already.
func plotErrors(r *Report) *chart {
	unit, layout := periodsOf(r)
	c := &chart{
		ID: "errors", Title: "Errors per integration and " + unit, W: wide,
		About: fmt.Sprintf("The first and the last %s are not whole. Times are UTC.", unit),
	}
	totals, most := make([]int, len(r.Periods)), 0
	var erring []*integration
	for i := range r.Integrations {
		for p, n := range r.Integrations[i].ErrorsPerPeriod {
			totals[p] += n
			most = max(most, n)
		}
		if r.Integrations[i].Errors > 0 {
			erring = append(erring, &r.Integrations[i])
		}
	}
	if most == 0 {
		c.Empty = "No integration has logged an error."
		return c
	}
	c.Alt = fmt.Sprintf("A grid of %s by %s: %s, at most %d in one field.", count(len(erring), "integration"), count(len(r.Periods), unit), count(r.Errors, "error"), most)
	const left, right, top, row = 250, 60, 6, 26
	band := (c.W - left - right) / px(len(r.Periods))
	every := (len(r.Periods) + 15) / 16
	for i, in := range erring {
		y := px(top + i*row)
		c.Labels = append(c.Labels, label{0, y + 17, "start", "name", table.Cut(in.Label(), 36), in.Label()})
		for p, n := range in.ErrorsPerPeriod {
			tip := fmt.Sprintf("%s, %s: %s of %d", in.Label(), r.Periods[p].Format("Mon 2 Jan 2006 15:04"), count(n, "error"), totals[p])
			c.Marks = append(c.Marks, mark{left + band*px(p) + 1, y, max(band-2, 1), row - 3, heat(n, most), tip})
			if n > 0 && band >= 30 {
				c.Labels = append(c.Labels, label{left + band*px(p) + band/2, y + 16, "middle", "in-" + heat(n, most), grouped(n), tip})
			}
		}
		c.text(c.W-2, y+17, "end", "value", grouped(in.Errors))
	}
	foot := px(top + len(erring)*row)
	c.H = foot + 62
	c.Labels = append(c.Labels, label{0, foot + 17, "start", "title", "all together", ""})
	for p, at := range r.Periods {
		middle := left + band*px(p) + band/2
		if p%every == 0 {
			if band*px(every) >= 30 {
				c.text(middle, foot+17, "middle", "value", grouped(totals[p]))
			}
			c.text(middle, foot+35, "middle", "tick", at.Format(layout))
		}
	}
	c.text(c.W-2, foot+17, "end", "value", grouped(r.Errors))
	c.text(left+(c.W-left-right)/2, foot+56, "middle", "title", unit+" (UTC)")
	c.Figures = errorFigures(r, layout)
	c.Slim = slimErrors(r, totals, unit)
	return c
}

// heats is how many shades the grid has; the first is for none.
const heats = 5

// heat returns the class of a field with n errors, of most in any: shades by the square root, so that few are not taken for none.
func heat(n, most int) string {
	if n == 0 {
		return "h0"
	}
	return fmt.Sprintf("h%d", 1+min(int(math.Sqrt(float64(n)/float64(most))*(heats-1)), heats-2))
}

// slimErrors draws the errors of all integrations together, the newest period first.
func slimErrors(r *Report, totals []int, unit string) *chart {
	c := &chart{W: slim, Alt: fmt.Sprintf("Bars: %s by %s, newest first.", count(r.Errors, "error"), unit)}
	layout := "Mon 2 Jan"
	if time.Duration(r.Step) < 24*time.Hour {
		layout = "Mon 15:04"
	}
	const row, left, right, top = 22, 82, 50, 20
	c.text(0, 12, "start", "title", "all integrations together, newest first")
	most := float64(max(slices.Max(totals), 1))
	for i := range totals {
		p := len(totals) - 1 - i
		y := px(top + i*row)
		tip := fmt.Sprintf("%s: %s", r.Periods[p].Format("Mon 2 Jan 2006 15:04"), count(totals[p], "error"))
		c.Labels = append(c.Labels, label{0, y + 15, "start", "name", r.Periods[p].Format(layout), tip})
		wide := (c.W - left - right) * px(float64(totals[p])/most)
		c.Marks = append(c.Marks, mark{left, y + 4, max(wide, 1), 14, "took", tip})
		c.text(left+wide+6, y+15, "start", "value", grouped(totals[p]))
	}
	c.H = px(top + len(totals)*row)
	return c
}

// errorFigures are the numbers of the drawing of the errors, newest first.
func errorFigures(r *Report, layout string) *figures {
	f := &figures{Head: []string{"Integration", "Together"}}
	for _, at := range slices.Backward(r.Periods) {
		f.Head = append(f.Head, at.Format(layout))
	}
	for i := range r.Integrations {
		row := []string{r.Integrations[i].Label(), grouped(r.Integrations[i].Errors)}
		for _, n := range slices.Backward(r.Integrations[i].ErrorsPerPeriod) {
			row = append(row, grouped(n))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// spark draws the errors of one integration, small enough for a table.
func spark(in integration) *chart {
	const height, gap = 24, 2
	c := &chart{W: 110, H: height, Spark: true, Alt: fmt.Sprintf("%s over the time looked at", count(in.Errors, "error"))}
	most := 1
	for _, n := range in.ErrorsPerPeriod {
		most = max(most, n)
	}
	band := c.W / px(max(len(in.ErrorsPerPeriod), 1))
	for p, n := range in.ErrorsPerPeriod {
		tall := max(px(n)/px(most)*(height-2), 1)
		c.Marks = append(c.Marks, mark{band * px(p), height - tall, max(band-gap, 1), tall, "spark", count(n, "error")})
	}
	return c
}

// plotCodes draws how often requests got which code.
func plotCodes(r *Report) *chart {
	c := &chart{
		ID: "codes", Title: "Response codes", W: narrow,
		About: fmt.Sprintf("%s, of which %d got a status of 400 or above.", count(r.Requests, "request"), r.Failed),
	}
	if len(r.Codes) == 0 {
		c.Empty = "No requests were logged."
		return c
	}
	classes := []legendItem{
		{"box", "ok", "succeeded"}, {"box", "moved", "redirected"}, {"box", "refused", "refused (4xx)"},
		{"box", "broken", "server error (5xx)"}, {"box", "none", "no code logged"},
	}
	var bars []bar
	most, seen := 0, map[string]bool{}
	for _, code := range r.Codes {
		name := strings.TrimSpace(fmt.Sprintf("%d %s", code.Code, http.StatusText(code.Code)))
		class := classes[4].Class
		switch {
		case code.Code >= 500:
			class = classes[3].Class
		case code.Code >= 400:
			class = classes[2].Class
		case code.Code >= 300:
			class = classes[1].Class
		case code.Code >= 100:
			class = classes[0].Class
		default:
			name = "no code"
		}
		seen[class] = true
		most = max(most, code.Count)
		share := fmt.Sprintf("%s · %.0f %%", grouped(code.Count), 100*float64(code.Count)/float64(r.Requests))
		bars = append(bars, bar{label: name, right: share, value: float64(code.Count), class: class, tip: name + ": " + count(code.Count, "request")})
	}
	for _, item := range classes {
		if seen[item.Class] {
			c.Legend = append(c.Legend, item)
		}
	}
	c.Alt = fmt.Sprintf("Bars: %s by %d response codes.", count(r.Requests, "request"), len(bars))
	c.horizontal(bars, wholeTicks(most, 4), "requests", false)
	c.Slim = &chart{W: slim, Alt: c.Alt}
	c.Slim.horizontal(bars, wholeTicks(most, 4), "requests", false)
	return c
}

// mostEndpoints is how many of the slowest endpoints are drawn.
const mostEndpoints = 8

// plotEndpoints draws the slowest endpoints.
func plotEndpoints(r *Report) *chart {
	c := &chart{ID: "endpoints", Title: "Slowest endpoints", About: "By the time that 95 of 100 requests do not exceed.", W: broad}
	if len(r.Endpoints) == 0 {
		c.Empty = "No durations of requests were logged."
		return c
	}
	shown := r.Endpoints[:min(len(r.Endpoints), mostEndpoints)]
	var bars []bar
	for _, e := range shown {
		name := strings.TrimSpace(e.Operation + " " + e.Route)
		if e.Inbound {
			name = "inbound " + name
		}
		bars = append(bars, bar{
			label: shorten(name, 48), right: shorten(e.Integration, 26) + " · " + count(e.Count, "request"), end: rounded(e.P95),
			value: e.P95, mark: e.Median, class: "took",
			tip: fmt.Sprintf("%s, %s: median %s, 95%% %s, longest %s, of %s", e.Integration, name,
				rounded(e.Median), rounded(e.P95), rounded(e.Longest), count(e.Count, "request")),
		})
	}
	c.Legend = []legendItem{{"box", "took", "95 of 100 took no longer"}, {"tick", "median", "median"}}
	c.Alt = fmt.Sprintf("Bars: the %d slowest of %d endpoints.", len(shown), len(r.Endpoints))
	c.horizontal(bars, ticks(shown[0].P95, 6), "duration, in the unit that the tenant logs (seconds as a rule)", true)
	c.Slim = &chart{W: slim, Alt: c.Alt}
	for i := range bars {
		bars[i].label, bars[i].right = shorten(bars[i].label, 36), fmt.Sprintf("%s ×", grouped(shown[i].Count))
	}
	c.Slim.horizontal(bars, ticks(shown[0].P95, 4), "duration (seconds as a rule)", true)
	return c
}

// mostSchedules is how many schedules are drawn.
const mostSchedules = 30

// plotSchedules draws the last and the next run of each schedule around now.
func plotSchedules(r *Report) *chart {
	c := &chart{
		ID: "schedules", Title: "Schedule and last run", W: wide,
		About: "The overdue first. Runs more than two days away stand at the edge.",
	}
	if len(r.Schedules) == 0 {
		c.Empty = "No schedules were found."
		return c
	}
	shown := r.Schedules[:min(len(r.Schedules), mostSchedules)]
	if len(shown) < len(r.Schedules) {
		c.About = fmt.Sprintf("The first %d of %d. %s", len(shown), len(r.Schedules), c.About)
	}
	c.Legend = []legendItem{{"dot", "last", "last run"}, {"dot", "next", "next run"}, {"dot", "late", "overdue"}, {"tick", "now", "now"}}
	c.Alt = fmt.Sprintf("Time line of %s: last and next runs.", count(len(r.Schedules), "schedule"))
	c.schedules(r, shown, timeline{row: 30, left: 290, right: 170, line: 15, text: 19, room: 40, ticks: 10})
	c.Slim = &chart{W: slim, Alt: c.Alt}
	c.Slim.schedules(r, shown, timeline{row: 48, left: 8, right: 8, line: 32, text: 15, room: 26, ticks: 5})
	return c
}

// timeline is how the rows of a time line are laid out: beside their names, or on a phone below them.
type timeline struct {
	row, left, right px
	line, text       px  // where in a row its line and its texts are
	room             int // letters for a name
	ticks            int
	x                func(time.Time) px
}

func (c *chart) schedules(r *Report, shown []schedule, l timeline) {
	const top, bottom, farthest = 8, 46, 48 * time.Hour
	back, ahead := 30*time.Minute, 30*time.Minute
	for _, s := range shown {
		for _, at := range []time.Time{s.LastRun, s.NextRun} {
			if !at.IsZero() {
				back, ahead = max(back, min(r.To.Sub(at), farthest)), max(ahead, min(at.Sub(r.To), farthest))
			}
		}
	}
	all := back + ahead
	back, ahead = back+all/25, ahead+all/25
	c.H = px(len(shown))*l.row + top + bottom
	width := c.W - l.left - l.right
	l.x = func(at time.Time) px {
		return l.left + width*px(min(max(float64(at.Sub(r.To)+back)/float64(back+ahead), 0), 1))
	}
	foot := c.H - bottom + 4
	gap := timeStep(back+ahead, l.ticks)
	for d := -back.Truncate(gap); d <= ahead; d += gap {
		class := "grid"
		if d == 0 {
			class = "now"
		}
		at := l.x(r.To.Add(d))
		c.line(at, top, at, foot, class)
		c.text(min(max(at, 20), c.W-20), foot+16, "middle", "tick", fromNow(d))
	}
	c.text(l.left+width/2, c.H-6, "middle", "title", "time before and after "+date(r.To)+" UTC")
	for i, s := range shown {
		c.schedule(s, r.To, top+px(i)*l.row, l)
	}
}

// schedule draws one row, which begins at y.
func (c *chart) schedule(s schedule, now time.Time, y px, l timeline) {
	x, at := l.x, y+l.line
	c.Labels = append(c.Labels, label{0, y + l.text, "start", "name", table.Cut(s.Name, l.room), s.Name})
	text := "value"
	if s.Overdue {
		text = "value late"
	}
	c.text(c.W, y+l.text, "end", text, s.State(now))
	if !s.LastRun.IsZero() && !s.NextRun.IsZero() {
		c.Lines = append(c.Lines, stroke{x(s.LastRun), at, x(s.NextRun), at, "span", ""})
	}
	if s.Overdue {
		c.Lines = append(c.Lines, stroke{x(s.NextRun), at, x(now), at, "overdue", "overdue by " + Span(now.Sub(s.NextRun))})
	}
	if !s.NextRun.IsZero() {
		next := "next"
		if s.Overdue {
			next = "late"
		}
		c.Dots = append(c.Dots, dot{x(s.NextRun), at, 5, next, s.Name + ": next run " + date(s.NextRun) + " UTC"})
	}
	if !s.LastRun.IsZero() {
		c.Dots = append(c.Dots, dot{x(s.LastRun), at, 5, "last", s.Name + ": last run " + date(s.LastRun) + " UTC, " + ago(s.LastRun, now)})
	}
}

// timeStep returns a round gap between the ticks of a time line: at most about n of them.
func timeStep(all time.Duration, n int) time.Duration {
	for _, gap := range []time.Duration{10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour} {
		if all/gap <= time.Duration(n) {
			return gap
		}
	}
	return 24 * time.Hour
}

// fromNow writes a tick of a time line.
func fromNow(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "−", -d
	}
	switch {
	case d == 0:
		return "now"
	case d%time.Hour != 0:
		return fmt.Sprintf("%s%d min", sign, d/time.Minute)
	}
	return fmt.Sprintf("%s%d h", sign, d/time.Hour)
}
