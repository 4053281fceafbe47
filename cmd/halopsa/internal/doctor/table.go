package doctor

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// rowsOnTerminal is how many problems, and how many schedules, the table shows.
const rowsOnTerminal = 12

// WriteTable prints the report for a terminal.
func (r *Report) WriteTable(out io.Writer) error {
	fmt.Fprintf(out, "%s: %s\n", r.Tenant, headline(r))
	fmt.Fprintf(out, "%s to %s UTC: %s, %s of which %d failed\n", date(r.From), date(r.To),
		count(r.Errors, "error"), count(r.Requests, "request"), r.Failed)

	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(r.Integrations) > 0 {
		fmt.Fprintln(table, "\nINTEGRATION\tSTATE\tFAILING SINCE\tERRORS\tLAST ERROR\tFAILED REQUESTS\tLAST SUCCESS\tLAST LOG")
	}
	for i := range r.Integrations {
		in := &r.Integrations[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\t%d of %d\t%s\t%s\n", shorten(in.Label(), 32), in.State, since(in, r.To), in.Errors,
			ago(in.LastError, r.To), in.Failed, in.Requests, ago(in.LastSuccess, r.To), ago(in.LastLog, r.To))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(r.Problems) > 0 {
		fmt.Fprintln(table, "\nINTEGRATION\tTIMES\tFIRST\tLAST\tRECORDS\tWITH WHAT")
	}
	for _, p := range r.Problems[:min(len(r.Problems), rowsOnTerminal)] {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%s\n", shorten(p.Integration, 24), p.Count,
			date(p.First), ago(p.Last, r.To), cmp.Or(strings.TrimLeft(grouped(p.Entities), "0"), "-"), shorten(p.Text, 72))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more := len(r.Problems) - rowsOnTerminal; more > 0 {
		fmt.Fprintf(out, "and %s; -html and -json show more\n", count(more, "other sort"))
	}
	if len(r.Schedules) > 0 {
		fmt.Fprintln(table, "\nSCHEDULE\tLAST RUN\tNEXT RUN\tSTATE")
	}
	for _, s := range r.Schedules[:min(len(r.Schedules), rowsOnTerminal)] {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", shorten(s.Name, 40), date(s.LastRun), date(s.NextRun), s.State(r.To))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more := len(r.Schedules) - rowsOnTerminal; more > 0 {
		fmt.Fprintf(out, "and %s; -html and -json show more\n", count(more, "other schedule"))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(out, "\nNote: %s\n", note)
	}
	_, err := fmt.Fprintf(out, "\nRead with %s; nothing was written.\n", count(int(r.APIRequests), "API request"))
	return err
}

// headline says in one line how the tenant does.
func headline(r *Report) string {
	n := r.count(failing)
	switch {
	case len(r.Integrations) == 0:
		return "nothing was logged by any integration"
	case n == 0:
		return fmt.Sprintf("none of %s is failing", count(len(r.Integrations), "integration"))
	case n == 1:
		return fmt.Sprintf("1 of %s is failing", count(len(r.Integrations), "integration"))
	}
	return fmt.Sprintf("%d of %s are failing", n, count(len(r.Integrations), "integration"))
}

// since says from when on an integration has been failing.
func since(in *integration, now time.Time) string {
	switch {
	case in.State != failing:
		return "-"
	case in.SinceBefore:
		return date(in.Since) + " or before"
	}
	return fmt.Sprintf("%s (%s)", date(in.Since), Span(now.Sub(in.Since)))
}

func date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// ago says how long before now t was.
func ago(t, now time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case now.Sub(t) < time.Minute:
		return "just now"
	}
	return Span(now.Sub(t)) + " ago"
}

// Span writes a duration in the one unit that suits it, rounded down.
func Span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/(24*time.Hour))
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", grouped(n), noun)
}

// grouped writes a number with its thousands set apart.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0 && n > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// progress is a line that counts up.
type progress struct{ w io.Writer }

// show tells how many records of a list were read, and back to when.
func (p *progress) show(name string, read int, back time.Time) {
	fmt.Fprintf(p.w, "\r\033[K%s of %s", cmp.Or(grouped(read), "0"), name)
	if !back.IsZero() {
		fmt.Fprintf(p.w, ", back to %s", date(back))
	}
}

func (p *progress) end() { fmt.Fprint(p.w, "\r\033[K") }
