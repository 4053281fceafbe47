// Package table prints tables that fit the width of a terminal.
package table

import (
	"bufio"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Table has its columns side by side, fitted to a width.
type Table struct {
	// Head are the names of the columns, and Rows the cells of each row, as many.
	Head []string
	Rows [][]string
	// Whole are the names of columns that are never cut, besides those of ids and numbers.
	Whole []string
	// Width is that of the terminal, in characters; 0 does not cut.
	Width int
}

const gap = 2 // blanks between columns

// least is how narrow a column may get; ids and names of members are never cut.
const least = 8

// Write prints the table. Columns of ids, numbers and dates are never cut: the widest texts give way, and where that is not enough the last
// columns go to a separate line below the row.
func (t *Table) Write(out io.Writer) error {
	natural := make([]int, len(t.Head))
	text := make([]bool, len(t.Head)) // may be cut
	for i, name := range t.Head {
		natural[i] = Width(name)
		for _, row := range t.Rows {
			natural[i] = max(natural[i], Width(row[i]))
			text[i] = text[i] || !whole(row[i])
		}
		text[i] = text[i] && !isID(name) && !slices.Contains(t.Whole, name)
	}
	beside := len(t.Head)
	widths := t.fit(natural[:beside], text)
	for beside > 1 && t.Width > 0 && sum(widths)+gap*(beside-1) > t.Width {
		beside--
		widths = t.fit(natural[:beside], text)
	}
	w := bufio.NewWriter(out)
	for _, row := range append([][]string{upper(t.Head)}, t.Rows...) {
		line(w, row[:beside], widths)
		for i, cell := range row[beside:] {
			if text[beside+i] {
				cell = Cut(cell, max(t.Width-indent, least))
			}
			if cell != "" {
				_, _ = w.WriteString(strings.Repeat(" ", indent) + cell + "\n")
			}
		}
	}
	return w.Flush()
}

// indent is how far the columns below a row are set in.
const indent = 4

// fit narrows the widest columns of text until the row fits, or none can give more.
func (t *Table) fit(natural []int, text []bool) []int {
	widths := slices.Clone(natural)
	if t.Width <= 0 {
		return widths
	}
	for over := sum(widths) + gap*(len(widths)-1) - t.Width; over > 0; over-- {
		widest := -1
		for i, w := range widths {
			if floor := max(least, min(Width(t.Head[i]), 12)); text[i] && w > floor && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// line prints cells side by side.
func line(w *bufio.Writer, cells []string, widths []int) {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", gap))
		}
		cell = Cut(cell, widths[i])
		b.WriteString(cell)
		b.WriteString(strings.Repeat(" ", widths[i]-Width(cell)))
	}
	_, _ = w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

// whole reports whether a cell means nothing once it is cut: a number, a date, true or false.
func whole(cell string) bool {
	return !strings.ContainsFunc(cell, func(r rune) bool {
		return (r < '0' || r > '9') && !strings.ContainsRune("+-.:TZ ", r)
	}) || slices.Contains([]string{"true", "false", ""}, cell)
}

// isID reports whether a member is an id, by HaloPSA's names for them.
func isID(name string) bool {
	name = strings.ToLower(name)
	return name == "id" || name == "msid" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "date")
}

// Cut shortens s to a width, with an ellipsis; an id in parentheses at its end, as in "Datto RMM (12)", stays.
func Cut(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	id := trailingID.FindString(s)
	if keep := Width(id); keep > 0 && keep < width {
		return Cut(s[:len(s)-len(id)], width-keep) + id
	}
	return Fit(s, max(width-1, 0)) + "…"
}

var trailingID = regexp.MustCompile(` ?\(\d+\)$`)

func upper(head []string) []string {
	all := make([]string, len(head))
	for i, name := range head {
		all[i] = strings.ToUpper(name)
	}
	return all
}

func sum(all []int) (n int) {
	for _, one := range all {
		n += one
	}
	return n
}
