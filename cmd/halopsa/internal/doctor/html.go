package doctor

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

//go:embed report.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"date": func(t time.Time) string { return dash(date(t)) }, "ago": func(t, now time.Time) string { return dash(ago(t, now)) }, "span": Span, "count": count, "grouped": grouped, "spark": spark,
	"stamp": func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return date(t) + " UTC"
	},
	"set": func(problems []problem, to time.Time) problemTable { return problemTable{problems, to} },
}).Parse(reportText))

// dash is the sign for nothing in the report.
func dash(text string) string {
	if text == "-" {
		return "–"
	}
	return text
}

// rowsInReport is how many problems the report shows, rowsFolded how many more it has folded up.
const rowsInReport, rowsFolded = 12, 60

// page is what the template is given.
type page struct {
	*Report
	Headline string
	Period   string // the time looked at, in words
	Top      []problem
	Others   []problem
	More     int // problems that are in neither
	Overdue  int
	Version  string

	ErrorChart    *chart
	SideCharts    []*chart
	ScheduleChart *chart
}

// problemTable is a table of problems, as seen at a time.
type problemTable struct {
	Problems []problem
	To       time.Time
}

// Detail says where a problem was met last.
func (p problem) Detail() string {
	switch {
	case p.Endpoints > 1:
		return fmt.Sprintf("%d endpoints, lately %s", p.Endpoints, p.Endpoint)
	case p.Example != "" && p.Endpoint != "":
		return p.Endpoint + " · lately " + p.Example
	case p.Example != "":
		return "lately " + p.Example
	}
	return p.Endpoint
}

// sentence begins a text with a capital.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// Count returns how many integrations are in a state.
func (p page) Count(s state) int { return p.count(s) }

// Calls returns how many requests to the API the report took.
func (p page) Calls() int { return int(p.APIRequests) }

// QuietTime returns how long a pause ends a failure.
func (p page) QuietTime() time.Duration { return time.Duration(p.Quiet) }

// Symbol returns a sign that tells the state where its color does not.
func (s state) Symbol() string {
	return map[state]string{failing: "▲", quiet: "◆", healthy: "●"}[s]
}

// WriteHTML writes the report as one file that needs no other, no script and no network.
func (r *Report) WriteHTML(w io.Writer) error {
	p := page{
		Report: r, Headline: sentence(headline(r)), Period: Span(r.To.Sub(r.From)), Version: halopsa.Version,
		ErrorChart: plotErrors(r), SideCharts: []*chart{plotCodes(r), plotEndpoints(r)}, ScheduleChart: plotSchedules(r),
	}
	shown := min(len(r.Problems), rowsInReport)
	folded := min(len(r.Problems), rowsInReport+rowsFolded)
	p.Top, p.Others, p.More = r.Problems[:shown], r.Problems[shown:folded], len(r.Problems)-folded
	for _, s := range r.Schedules {
		if s.Overdue {
			p.Overdue++
		}
	}
	return reportTemplate.Execute(w, p)
}
