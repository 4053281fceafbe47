package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// moment is a time on the command line: a date, in UTC where it names no zone and as tables print it, or a duration back from now.
type moment struct{ time.Time }

func (m moment) set() bool { return !m.IsZero() }

// Decode reads it from the command line.
func (m *moment) Decode(c *kong.DecodeContext) error {
	var text string
	if err := c.Scan.PopValueInto("moment", &text); err != nil {
		return err
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if at, err := time.Parse(layout, strings.Replace(text, " ", "T", 1)); err == nil {
			m.Time = at
			return nil
		}
	}
	back, err := span(text)
	if err != nil {
		return fmt.Errorf("%q is neither a duration such as 90m, 24h, 7d or 2w nor a date such as 2026-10-01 or 2026-10-01T14:30", text)
	}
	m.Time = time.Now().Add(-back)
	return nil
}

// span is time.ParseDuration with days and weeks.
func span(text string) (time.Duration, error) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			count, err := strconv.ParseFloat(n, 64)
			if err != nil || !(count > 0 && count < 10_000) {
				return 0, fmt.Errorf("%q is not a duration", text)
			}
			return time.Duration(count * float64(length)), nil
		}
	}
	d, err := time.ParseDuration(text)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%q is not positive", text)
	}
	return d, err
}

// stretch is a duration on the command line.
type stretch time.Duration

// Decode reads it from the command line.
func (s *stretch) Decode(c *kong.DecodeContext) error {
	var text string
	if err := c.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := span(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 30s, 5m or 7d", text)
	}
	*s = stretch(d)
	return nil
}

// count is a number on the command line that is not negative.
type count int64

// Decode reads it from the command line.
func (n *count) Decode(c *kong.DecodeContext) error {
	var text string
	if err := c.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value < 0 {
		return fmt.Errorf("%q is not a number of 0 or above", text)
	}
	*n = count(value)
	return nil
}

// file is the name of a file on the command line.
type file string

// Decode reads it from the command line. A name that is empty is that of a variable that is not set.
func (f *file) Decode(c *kong.DecodeContext) error {
	var text string
	if err := c.Scan.PopValueInto("file", &text); err != nil {
		return err
	}
	if text == "" {
		return errors.New("the name of a file is missing")
	}
	*f = file(text)
	return nil
}

// placed refuses a file that is to be written into a folder that is not there: better known before minutes of reading. flag names it.
func (f file) placed(flag string) error {
	folder := filepath.Dir(string(f))
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s: there is no folder %s", flag, folder)
	}
	return nil
}
