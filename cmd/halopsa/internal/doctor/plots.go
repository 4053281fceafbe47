package doctor

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// How wide the drawings are where the report gives them all the room they ask for.
const wide, narrow, broad = 1060, 350, 650

// mostSeries is how many integrations have a colour of their own; together the others have one more.
const mostSeries = 8

// colour is what is drawn in one colour: the errors of an integration, or of all that have no colour of their own.
type colour struct {
	class, name string
	counts      []int
}

// colours returns the integrations that have logged errors, the last of them together where they are too many.
func colours(r *Report) (all []colour) {
	var erring []*integration
	for i := range r.Integrations {
		if r.Integrations[i].Errors > 0 {
			erring = append(erring, &r.Integrations[i])
		}
	}
	for i, in := range erring {
		if i < mostSeries-1 || len(erring) == mostSeries {
			all = append(all, colour{fmt.Sprintf("s%d", i+1), in.Label(), in.ErrorsPerPeriod})
			continue
		}
		if i == mostSeries-1 {
			all = append(all, colour{"s0", fmt.Sprintf("%d others", len(erring)-i), make([]int, len(r.Periods))})
		}
		for p, n := range in.ErrorsPerPeriod {
			all[mostSeries-1].counts[p] += n
		}
	}
	return all
}

// plotErrors draws the errors of each period, one integration upon another.
func plotErrors(r *Report) *chart {
	unit, layout := "day", "2 Jan"
	switch step := time.Duration(r.Step); {
	case step < 24*time.Hour:
		unit, layout = "hour", "15:04"
	case step > 24*time.Hour:
		unit = Span(step)
	case len(r.Periods) <= 10:
		layout = "Mon 2 Jan"
	}
	c := &chart{
		ID: "errors", Title: "Errors per integration and " + unit, W: wide, H: 310, Wide: true,
		About: fmt.Sprintf("The first and the last %s are not whole. Times are UTC.", unit),
	}
	totals, most := make([]int, len(r.Periods)), 0
	for i := range r.Integrations {
		for p, n := range r.Integrations[i].ErrorsPerPeriod {
			totals[p] += n
			most = max(most, totals[p])
		}
	}
	if most == 0 {
		c.Empty = "No integration has logged an error."
		return c
	}
	c.Alt = fmt.Sprintf("Stacked bars: %s over %d periods, at most %d in one.", count(r.Errors, "error"), len(r.Periods), most)
	const left, right, top, bottom = 50, 8, 30, 46
	height, width := c.H-top-bottom, c.W-left-right
	axis := wholeTicks(most, 5)
	y := func(v float64) px { return top + height*px(1-v/axis[len(axis)-1]) }
	for _, v := range axis {
		c.line(left, y(v), c.W-right, y(v), "grid")
		c.text(left-8, y(v)+4, "end", "tick", number(v))
	}
	c.text(2, 14, "start", "title", "errors per "+unit)
	c.text(left+width/2, c.H-6, "middle", "title", unit+" (UTC)")
	band := width / px(len(r.Periods))
	thick, every := min(band*0.7, 72), (len(r.Periods)+15)/16
	bases := make([]int, len(r.Periods))
	for _, s := range colours(r) {
		c.Legend = append(c.Legend, legendItem{"box", s.class, s.name})
		for p, n := range s.counts {
			if n == 0 {
				continue
			}
			from, to := y(float64(bases[p])), y(float64(bases[p]+n))
			bases[p] += n
			tip := fmt.Sprintf("%s, %s: %s of %d", s.name, r.Periods[p].Format("Mon 2 Jan 2006 15:04"), count(n, "error"), totals[p])
			c.Marks = append(c.Marks, mark{left + band*px(p) + (band-thick)/2, to, thick, from - to, s.class, tip})
		}
	}
	for p, at := range r.Periods {
		middle := left + band*px(p) + band/2
		if p%every == 0 {
			c.text(middle, c.H-bottom+18, "middle", "tick", at.Format(layout))
		}
		if totals[p] > 0 && band >= 24 {
			c.text(middle, y(float64(totals[p]))-6, "middle", "value", grouped(totals[p]))
		}
	}
	c.line(left, y(0), c.W-right, y(0), "axis")
	c.Figures = errorFigures(r, layout)
	return c
}

// errorFigures are the numbers of the drawing of the errors.
func errorFigures(r *Report, layout string) *figures {
	f := &figures{Head: []string{"Integration"}}
	for _, at := range r.Periods {
		f.Head = append(f.Head, at.Format(layout))
	}
	f.Head = append(f.Head, "Together")
	for i := range r.Integrations {
		row := []string{r.Integrations[i].Label()}
		for _, n := range r.Integrations[i].ErrorsPerPeriod {
			row = append(row, grouped(n))
		}
		f.Rows = append(f.Rows, append(row, grouped(r.Integrations[i].Errors)))
	}
	return f
}

// spark draws the errors of one integration, small enough for a table.
func spark(in integration) *chart {
	const height, gap = 24, 2
	c := &chart{W: 110, H: height, Alt: fmt.Sprintf("%s over the time looked at", count(in.Errors, "error"))}
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

// plotCodes draws how often requests were answered with which code.
func plotCodes(r *Report) *chart {
	c := &chart{
		ID: "codes", Title: "Response codes", W: narrow,
		About: fmt.Sprintf("%s, %d of them answered 400 or above.", count(r.Requests, "request"), r.Failed),
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
	return c
}

// mostEndpoints is how many of the slowest endpoints are drawn.
const mostEndpoints = 8

// plotEndpoints draws the slowest endpoints.
func plotEndpoints(r *Report) *chart {
	c := &chart{ID: "endpoints", Title: "Slowest endpoints", About: "By the time that 95 of 100 requests do not exceed.", W: broad, Wide: true}
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
	return c
}

// mostSchedules is how many schedules are drawn.
const mostSchedules = 30

// plotSchedules draws the last and the next run of each schedule around now.
func plotSchedules(r *Report) *chart {
	c := &chart{
		ID: "schedules", Title: "Schedule and last run", W: wide, Wide: true,
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
	const row, left, right, top, bottom, farthest = 30, 290, 170, 8, 46, 48 * time.Hour
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
	c.H = px(len(shown)*row) + top + bottom
	width := c.W - left - right
	x := func(at time.Time) px {
		return left + width*px(min(max(float64(at.Sub(r.To)+back)/float64(back+ahead), 0), 1))
	}
	foot := c.H - bottom + 4
	gap := timeStep(back + ahead)
	for d := -back.Truncate(gap); d <= ahead; d += gap {
		class := "grid"
		if d == 0 {
			class = "now"
		}
		c.line(x(r.To.Add(d)), top, x(r.To.Add(d)), foot, class)
		c.text(x(r.To.Add(d)), foot+16, "middle", "tick", fromNow(d))
	}
	c.text(left+width/2, c.H-6, "middle", "title", "time before and after "+date(r.To)+" UTC")
	for i, s := range shown {
		c.schedule(s, r.To, top+px(i*row)+row/2, x)
	}
	c.Legend = []legendItem{{"dot", "last", "last run"}, {"dot", "next", "next run"}, {"dot", "late", "overdue"}, {"tick", "now", "now"}}
	c.Alt = fmt.Sprintf("Time line of %s: last and next runs.", count(len(r.Schedules), "schedule"))
	return c
}

// schedule draws one row.
func (c *chart) schedule(s schedule, now time.Time, y px, x func(time.Time) px) {
	const room = 40 // letters before the time line
	c.Labels = append(c.Labels, label{0, y + 4, "start", "name", shorten(s.Name, room), s.Name})
	class, text := "span", "value"
	if s.Overdue {
		class, text = "span late", "value late"
	}
	c.text(c.W, y+4, "end", text, s.State(now))
	if !s.LastRun.IsZero() && !s.NextRun.IsZero() {
		c.Lines = append(c.Lines, stroke{x(s.LastRun), y, x(s.NextRun), y, class, ""})
	}
	if s.Overdue {
		c.Lines = append(c.Lines, stroke{x(s.NextRun), y, x(now), y, "overdue", "overdue by " + Span(now.Sub(s.NextRun))})
	}
	if !s.NextRun.IsZero() {
		next := "next"
		if s.Overdue {
			next = "late"
		}
		c.Dots = append(c.Dots, dot{x(s.NextRun), y, 5, next, s.Name + ": next run " + date(s.NextRun) + " UTC"})
	}
	if !s.LastRun.IsZero() {
		c.Dots = append(c.Dots, dot{x(s.LastRun), y, 5, "last", s.Name + ": last run " + date(s.LastRun) + " UTC, " + ago(s.LastRun, now)})
	}
}

// timeStep returns a round gap between the ticks of a time line: at most some ten of them.
func timeStep(all time.Duration) time.Duration {
	for _, gap := range []time.Duration{10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour} {
		if all/gap <= 10 {
			return gap
		}
	}
	return 12 * time.Hour
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
