package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// cursor keeps the id of the last record that was printed in a file, and beside it what list of which tenant that is of: an id means nothing in
// another. One without a file keeps nothing.
//
// A program that is killed leaves the id of the last record or of the one before it: one record can be printed twice, and none is lost.
type cursor struct {
	file string
	of   string // the resource and the tenant
	last int64  // what the file holds
}

// read returns the id in the file, and false where there is no file yet.
func (c *cursor) read() (int64, bool, error) {
	if c.file == "" {
		return 0, false, nil
	}
	data, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	number, of, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || id < 0 {
		return 0, false, fmt.Errorf("%s holds no id; it is the file that -cursor has written before", c.file)
	}
	if of != "" && of != c.of { // an id alone was written by hand
		return 0, false, fmt.Errorf("%s holds an id of %s, and this is %s: each needs its own file", c.file, plain(of), c.of)
	}
	return id, true, nil
}

// begin keeps the id that printing begins behind: a file that cannot be written is known before anything is printed, and what is logged after
// a run that printed nothing is not lost.
func (c *cursor) begin(id int64) error {
	c.last = id
	return c.write()
}

// keep keeps the id of a record that was printed. It refuses where the file no longer holds what was kept last: another program keeps its own
// place there.
func (c *cursor) keep(id int64) error {
	if c.file == "" {
		return nil
	}
	if held, _, err := c.read(); err != nil || held != c.last {
		return errors.Join(fmt.Errorf("%s no longer holds %d, the id before: does another tail use it too?", c.file, c.last), err)
	}
	c.last = id
	return c.write()
}

// write replaces the file in one step: a program that is killed leaves the old id or the new one.
func (c *cursor) write() error {
	if c.file == "" {
		return nil
	}
	next := c.file + ".new"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the cursor could not be kept: %w", err)
	}
	_, err = fmt.Fprintln(f, c.last, c.of)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(next, c.file)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("the cursor could not be kept: %w", err), os.Remove(next))
	}
	return nil
}
