package doctor

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// rowsOnTerminal is how many problems, and how many schedules, the table shows.
const rowsOnTerminal = 12

// WriteTable prints the report for a terminal of this width in characters; 0 does not cut.
func (r *Report) WriteTable(out io.Writer, width int) error {
	fmt.Fprintf(out, "%s: %s\n", r.Tenant, headline(r))
	fmt.Fprintf(out, "%s to %s UTC\n%s, %s of which %d failed\n", date(r.From), date(r.To),
		count(r.Errors, "error"), count(r.Requests, "request"), r.Failed)

	if len(r.Integrations) > 0 {
		integrations := table.Table{Width: width, Head: []string{"INTEGRATION", "STATE", "FAILING SINCE", "ERRORS", "LAST ERROR", "FAILED REQUESTS", "LAST SUCCESS", "LAST LOG"}}
		for i := range r.Integrations {
			in := &r.Integrations[i]
			integrations.Rows = append(integrations.Rows, []string{
				table.Cut(in.Label(), 32), string(in.State), since(in, r.To), fmt.Sprint(in.Errors), ago(in.LastError, r.To),
				fmt.Sprintf("%d of %d", in.Failed, in.Requests), ago(in.LastSuccess, r.To), ago(in.LastLog, r.To),
			})
		}
		if err := section(out, integrations); err != nil {
			return err
		}
	}
	if len(r.Problems) > 0 {
		problems := table.Table{Width: width, Head: []string{"INTEGRATION", "TIMES", "FIRST", "LAST", "RECORDS", "WITH WHAT"}}
		for _, p := range r.Problems[:min(len(r.Problems), rowsOnTerminal)] {
			problems.Rows = append(problems.Rows, []string{
				shorten(p.Integration, 24), fmt.Sprint(p.Count), date(p.First), ago(p.Last, r.To),
				cmp.Or(strings.TrimLeft(grouped(p.Entities), "0"), "-"), shorten(p.Text, 72),
			})
		}
		if err := section(out, problems); err != nil {
			return err
		}
	}
	if more := len(r.Problems) - rowsOnTerminal; more > 0 {
		fmt.Fprintf(out, "and %s; -html and -json show more\n", count(more, "other sort"))
	}
	if len(r.Schedules) > 0 {
		schedules := table.Table{Width: width, Head: []string{"SCHEDULE", "LAST RUN", "NEXT RUN", "STATE"}}
		for _, s := range r.Schedules[:min(len(r.Schedules), rowsOnTerminal)] {
			schedules.Rows = append(schedules.Rows, []string{shorten(s.Name, 40), date(s.LastRun), date(s.NextRun), s.State(r.To)})
		}
		if err := section(out, schedules); err != nil {
			return err
		}
	}
	if more := len(r.Schedules) - rowsOnTerminal; more > 0 {
		fmt.Fprintf(out, "and %s; -html and -json show more\n", count(more, "other schedule"))
	}
	for _, note := range r.Notes {
		fmt.Fprintf(out, "\n%s\n", wrap("Note: "+note, width))
	}
	_, err := fmt.Fprintf(out, "\nRead with %s; nothing was written.\n", count(int(r.APIRequests), "API request"))
	return err
}

// section prints a table below an empty line.
func section(out io.Writer, t table.Table) error {
	fmt.Fprintln(out)
	return t.Write(out)
}

// wrap breaks a text into lines of at most a width, at blanks; 0 does not break it.
func wrap(text string, width int) string {
	var b strings.Builder
	used := 0
	for _, word := range strings.Fields(text) {
		n := table.Width(word)
		switch {
		case used == 0:
		case width > 0 && used+1+n > width:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
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
	case d < time.Hour:
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
