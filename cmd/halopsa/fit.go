package main

import (
	"io"
	"regexp"
	"strings"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// fit prints a report of the library for a terminal: its tables, which begin with a line of capitals, are fitted to the width, and its other
// lines are broken at blanks.
func (t *terminal) fit(out io.Writer, report string) error {
	width := t.width()
	lines := strings.Split(strings.TrimRight(report, "\n"), "\n")
	for len(lines) > 0 {
		line := lines[0]
		if !heading.MatchString(line) {
			if _, err := io.WriteString(out, broken(line, width)+"\n"); err != nil {
				return err
			}
			lines = lines[1:]
			continue
		}
		end := 1
		for end < len(lines) && lines[end] != "" {
			end++
		}
		if err := retabled(lines[:end], width).Write(out); err != nil {
			return err
		}
		lines = lines[end:]
	}
	return nil
}

var (
	heading = regexp.MustCompile(`^[A-Z_]+  +[A-Z]`)
	column  = regexp.MustCompile(`[A-Z_]+( [A-Z_]+)*`)
)

// retabled reads a table back: its cells begin where the columns of the first line do.
func retabled(lines []string, width int) *table.Table {
	starts := column.FindAllStringIndex(lines[0], -1)
	rows := make([][]string, len(lines))
	for i, line := range lines {
		text := []rune(line)
		for c, start := range starts {
			end := len(text)
			if c+1 < len(starts) {
				end = min(starts[c+1][0], len(text))
			}
			rows[i] = append(rows[i], strings.TrimSpace(string(text[min(start[0], end):end])))
		}
	}
	return &table.Table{Head: rows[0], Rows: rows[1:], Whole: rows[0][:1], Width: width}
}

// broken breaks a line at blanks, with what follows set in; a width of 0 does not.
func broken(line string, width int) string {
	if width <= 0 || table.Width(line) <= width {
		return strings.TrimRight(line, " ")
	}
	const indent = "    "
	var b strings.Builder
	used := 0
	for i, word := range strings.SplitAfter(line, " ") {
		n := table.Width(word)
		if used > len(indent) && used+n > width+1 {
			b.WriteString("\n" + indent)
			used = len(indent)
		}
		if i > 0 && used == len(indent) && word == " " {
			continue
		}
		b.WriteString(word)
		used += n
	}
	text := strings.Split(b.String(), "\n")
	for i := range text {
		text[i] = strings.TrimRight(text[i], " ")
	}
	return strings.Join(text, "\n")
}
