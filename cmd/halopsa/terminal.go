package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// terminal is where the command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// width is how many characters a line of the output may have; 0 is any number, as in a pipe or a file.
func (t *terminal) width() int {
	if n, err := strconv.Atoi(t.getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := t.out.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// lively reports whether progress can be shown: on a terminal that obeys control characters.
func (t *terminal) lively() bool {
	f, ok := t.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && t.getenv("TERM") != "dumb"
}
