package main

import (
	"bytes"
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

// plainly returns where to write what is not made for a terminal: on one, characters that it would obey are replaced.
func (t *terminal) plainly() io.Writer {
	if f, ok := t.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return harmless{t.out}
	}
	return t.out
}

type harmless struct{ io.Writer }

func (h harmless) Write(p []byte) (int, error) {
	_, err := h.Writer.Write(bytes.Map(func(r rune) rune {
		if r != '\n' && unprintable(r) {
			return '\uFFFD'
		}
		return r
	}, p))
	return len(p), err
}

// lively reports whether progress can be shown: on a terminal that obeys control characters.
func (t *terminal) lively() bool {
	f, ok := t.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && t.getenv("TERM") != "dumb"
}
