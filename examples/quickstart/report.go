package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/halopsa-go/halopsa"
)

// module is what the report says of one integration.
type module struct {
	name   string
	errors int
	latest halopsa.Time
}

// report walks all errors and prints the failing modules and the newest errors.
func report(ctx context.Context, client *halopsa.Client, out, terminal io.Writer, newest int) error {
	modules := map[int64]*module{}
	var latest []halopsa.IntegrationError
	seen := 0
	progress := newProgress(terminal)
	options := &halopsa.IntegrationErrorListOptions{Sort: []halopsa.SortKey{halopsa.Desc("date"), halopsa.Asc("id")}}
	for page, err := range client.IntegrationError.Pages(ctx, options) {
		if err != nil {
			return err
		}
		for _, e := range page.Records {
			m := modules[e.ModuleID]
			if m == nil {
				m = &module{name: cmp.Or(e.ModuleName, fmt.Sprintf("module %d", e.ModuleID))}
				modules[e.ModuleID] = m
			}
			m.errors++
			if e.Date.After(m.latest.Time) {
				m.latest = e.Date
			}
			if len(latest) < newest {
				latest = append(latest, e)
			}
		}
		seen += len(page.Records)
		progress.show(seen, page.RecordCount)
	}
	progress.end()

	fmt.Fprintf(out, "%d integration errors in %d modules\n\n", seen, len(modules))
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "MODULE\tERRORS\tLATEST")
	for _, m := range slices.SortedFunc(values(modules), func(a, b *module) int {
		return cmp.Or(b.errors-a.errors, cmp.Compare(a.name, b.name))
	}) {
		fmt.Fprintf(table, "%s\t%d\t%s\n", m.name, m.errors, date(m.latest))
	}
	fmt.Fprintln(table, "\nNEWEST ERRORS\t\t")
	for _, e := range latest {
		fmt.Fprintf(table, "%s\t%s\t%s\n", shorten(e.ModuleName, 28), date(e.Date), shorten(e.Error, 70))
	}
	return table.Flush()
}

func values(modules map[int64]*module) func(yield func(*module) bool) {
	return func(yield func(*module) bool) {
		for _, m := range modules {
			if !yield(m) {
				return
			}
		}
	}
}

func date(t halopsa.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format("2006-01-02 15:04")
}

// shorten cuts s to at most n characters of one line.
func shorten(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

// progress is a line on a terminal that counts up; elsewhere it is silent.
type progress struct{ w io.Writer }

func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &progress{w}
		}
	}
	return &progress{io.Discard}
}

func (p *progress) show(done, all int) {
	if all < done {
		fmt.Fprintf(p.w, "\rread %d", done)
		return
	}
	const width = 30
	filled := width
	if all > 0 {
		filled = width * done / all
	}
	fmt.Fprintf(p.w, "\rread %d of %d [%s%s]", done, all, strings.Repeat("█", filled), strings.Repeat("·", width-filled))
}

func (p *progress) end() { fmt.Fprint(p.w, "\r\033[K") }
