package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// moment is a time on the command line: a date, or a duration back from now.
type moment struct{ time.Time }

func (m moment) set() bool { return !m.IsZero() }

// Decode reads it from the command line.
func (m *moment) Decode(c *kong.DecodeContext) error {
	var text string
	if err := c.Scan.PopValueInto("moment", &text); err != nil {
		return err
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			m.Time = at
			return nil
		}
	}
	back, err := span(text)
	if err != nil {
		return fmt.Errorf("%q is neither a duration such as 90m, 24h, 7d or 2w nor a date such as 2026-10-01", text)
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
