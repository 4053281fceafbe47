package halopsaprobe

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteTable writes the report as text: a line for each list, then the open questions with what was found. The error is that of w.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(t, strings.Join(cells, "\t")) } // Flush returns the error
	complete := ""
	if !r.Complete {
		complete = ", not complete"
	}
	row(fmt.Sprintf("%s, halopsa-go %s: %d requests%s", r.At.Format(time.RFC3339), r.SDK, r.Requests, complete))
	row()
	row("LIST", "STATUS", "FORM", "PAGING", "SIZE", "DEFAULT", "CAP", "COUNT", "ORDER", "RECORD_COUNT", "MEMBERS")
	for i := range r.Lists {
		l := &r.Lists[i]
		form := string(l.Shape)
		if l.Array != "" {
			form = l.Array
		}
		if l.Status != 200 {
			row(l.Resource, strconv.Itoa(l.Status), "-", "-", "-", "-", "-", "-", "-", "-", "-")
			continue
		}
		row(l.Resource, strconv.Itoa(l.Status), form, string(l.Paging), l.size(), dash(l.DefaultSize), dash(l.Cap), string(l.Count), string(l.Sort),
			string(l.RecordCount.Paged), dash(len(l.Members)+l.OtherNames))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	text := "\n"
	for _, f := range r.Facts {
		text += f.Question + "\n  " + f.Found + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

func (l *List) size() string {
	if l.FixedSize > 0 {
		return "always " + strconv.Itoa(l.FixedSize)
	}
	return string(l.PageSize)
}

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}
