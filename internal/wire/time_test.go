package wire_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestParseTime(t *testing.T) {
	t.Parallel()
	at := func(nanos int) time.Time { return time.Date(2026, 10, 2, 11, 22, 33, nanos, time.UTC) }
	tests := map[string]time.Time{
		"2026-10-02T11:22:33":           at(0),
		"2026-10-02T11:22:33Z":          at(0),
		"2026-10-02T11:22:33z":          at(0),
		"2026-10-02 11:22:33":           at(0),
		"2026-10-02T11:22:33.4":         at(400_000_000),
		"2026-10-02T11:22:33.457":       at(457_000_000),
		"2026-10-02T11:22:33.4571234":   at(457_123_400),
		"2026-10-02T11:22:33.457123456": at(457_123_456),
		"2026-10-02T11:22:33.0000001Z":  at(100),
		"2026-10-02T11:22:33.457Z":      at(457_000_000),
		"2026-10-02T13:22:33+02:00":     at(0),
		"2026-10-02T13:22:33.457+02:00": at(457_000_000),
		"2026-10-02T05:52:33-05:30":     at(0),
		"2026-10-02T13:22:33+0200":      at(0),
		"2026-10-02 13:22:33.457+02:00": at(457_000_000),
		"2026-10-02 13:22:33+0200":      at(0),
		"2026-10-02 11:22:33.457Z":      at(457_000_000),
		"2026-10-02T11:22":              at(-33_000_000_000),
		"2026-10-02":                    time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC),
		"2024-02-29T23:59:59.9999999":   time.Date(2024, 2, 29, 23, 59, 59, 999_999_900, time.UTC),
		"0001-01-02T00:00:00":           time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC),
		"9999-12-31T23:59:59":           time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		"1899-12-31T00:00:00":           time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC),
		"1900-01-02T00:00:00":           time.Date(1900, 1, 2, 0, 0, 0, 0, time.UTC),
		// These stand for no date.
		"":                             {},
		"0001-01-01T00:00:00":          {},
		"0001-01-01T00:00:00Z":         {},
		"0001-01-01T00:00:00+00:00":    {},
		"0001-01-01":                   {},
		"1899-12-30T00:00:00":          {},
		"1899-12-30T00:00:00.000Z":     {},
		"1899-12-30 00:00:00":          {},
		"1900-01-01T00:00:00":          {},
		"1900-01-01T00:00:00+11:00":    {},
		"1900-01-01T00:00:00.0000000Z": {},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, ok := wire.ParseTime(text)
			assert.True(t, ok)
			assert.Equal(t, want, got)
			assert.Equal(t, time.UTC, got.Location())
		})
	}
}

func TestParseTimeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		" ", "null", "0", "yesterday", "20261002", "2026-10", "02/10/2026", "2026/10/02T11:22:33", "2026-1-2T11:22:33",
		"2026-02-30T00:00:00", "2025-02-29T00:00:00", "2026-13-01T00:00:00", "2026-00-01T00:00:00", "2026-01-00T00:00:00", "2026-04-31T00:00:00Z",
		"2026-10-02T24:00:00", "2026-10-02T11:60:00", "2026-10-02T11:22:60", "2026-10-02T11:22:60Z", "2026-10-02T1x:22:33", "20x6-10-02T11:22:33",
		"2026-x0-02T11:22:33", "2026-10-0xT11:22:33", "2026-10-02T11:x2:33", "2026-10-02T11:22:x3", "-026-10-02T11:22:33", "+026-10-02T11:22:33",
		"2026-10-02T11:22:33.", "2026-10-02T11:22:33.Z", "2026-10-02T11:22:33.x", "2026-10-02T11:22:33.12x", "2026-10-02T11:22:33Zx", "2026-10-02T11:22:33 Z",
		"2026-10-02x11:22:33", "2026-10-02T11-22-33", "2026-10-02T11:22:33+25:00", "2026-10-02T11:22:33+02:00x", "2026-10-02T11:22:33 ", " 2026-10-02T11:22:33",
		"/Date(1790940153000)/", "2026-10-02T11:22:33\x00", "２０２６-10-02T11:22:33",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			got, ok := wire.ParseTime(text)
			assert.False(t, ok)
			assert.Equal(t, time.Time{}, got)
		})
	}
}

// FuzzParseTime: what time.Parse reads as RFC 3339 is read to the same instant, and what is read reads the same again once it is written.
func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"2026-10-02T11:22:33.457", "2026-10-02T11:22:33Z", "2026-10-02T11:22:33.4571234+02:00", "2026-10-02T11:22:33,5Z", "2026-10-02T1:22:33Z",
		"0001-01-01T00:00:00Z", "1899-12-30T00:00:00+14:00", "1900-01-01T23:59:59.999999999-12:00", "0000-02-29T00:00:00Z", "9999-12-31T23:59:59-00:01",
		"2026-10-02", "2026-10-02 11:22:33+0200", "2026-10-02T11:22", "2026-02-30T00:00:00Z", "2026-10-02T11:22:33.1234567891Z", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := wire.ParseTime(text)
		if want, err := time.Parse(time.RFC3339Nano, text); err == nil {
			require.True(t, ok)
			year, month, day := want.Date()
			switch date := [3]int{year, int(month), day}; date {
			case [3]int{1, 1, 1}, [3]int{1899, 12, 30}, [3]int{1900, 1, 1}: // these stand for no date, at any time of the day and in any zone
				require.Equal(t, time.Time{}, got)
			default:
				require.True(t, want.Equal(got), "%s and not %s", got, want)
			}
		}
		if !ok {
			require.Equal(t, time.Time{}, got)
			return
		}
		require.Equal(t, time.UTC, got.Location())
		if year := got.Year(); year < 0 || year > 9999 { // a zone can move a date out of what RFC 3339 can write
			return
		}
		again, ok := wire.ParseTime(got.Format(time.RFC3339Nano))
		require.True(t, ok)
		switch got.Format(time.DateOnly) {
		case "0001-01-01", "1899-12-30", "1900-01-01": // it was another day in its own zone
			require.Equal(t, time.Time{}, again)
		default:
			require.Equal(t, got, again)
		}
	})
}
