package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// cursor is a file that holds the id of the last record that was printed.
type cursor string

// read returns the id, and false where there is no file yet.
func (c cursor) read() (int64, bool, error) {
	data, err := os.ReadFile(string(c))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	id, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	if err != nil || id < 0 {
		return 0, false, fmt.Errorf("%s holds no id; it is the file that -cursor has written before", string(c))
	}
	return id, true, nil
}

// write replaces the file in one step: a program that is killed leaves the old id or the new one.
func (c cursor) write(id int64) error {
	f, err := os.CreateTemp(filepath.Dir(string(c)), filepath.Base(string(c))+".*")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, id)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), string(c))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
