package retry_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/retry"
)

const year = 365 * 24 * time.Hour

var now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func header(retryAfter, date string) http.Header {
	return http.Header{"Retry-After": {retryAfter}, "Date": {date}}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	tests := map[string]struct {
		value, date string
		want        time.Duration
		ok          bool
	}{
		"seconds":                    {value: "120", want: 2 * time.Minute, ok: true},
		"zero":                       {value: "0", ok: true},
		"white space":                {value: "\t 7 ", want: 7 * time.Second, ok: true},
		"a fraction":                 {value: "0.25", want: 250 * time.Millisecond, ok: true},
		"an exponent":                {value: "1e2", want: 100 * time.Second, ok: true},
		"less than a nanosecond":     {value: "1e-12", ok: true},
		"a date":                     {value: at(90 * time.Second), want: 90 * time.Second, ok: true},
		"a date of RFC 850":          {value: now.Add(time.Hour).Format(time.RFC850), want: time.Hour, ok: true},
		"a date of ANSI C":           {value: now.Add(time.Hour).Format(time.ANSIC), want: time.Hour, ok: true},
		"a date in the past":         {value: at(-time.Hour), ok: true},
		"a date by another clock":    {value: at(-time.Hour + time.Minute), date: at(-time.Hour), want: time.Minute, ok: true},
		"a date with a broken Date":  {value: at(time.Minute), date: "yesterday", want: time.Minute, ok: true},
		"a date thousands of years":  {value: "Fri, 31 Dec 9999 23:59:59 GMT", want: year, ok: true},
		"a date before all years":    {value: "Mon, 01 Jan 0001 00:00:00 GMT", ok: true},
		"seconds, and Date says not": {value: "60", date: at(-time.Hour), want: time.Minute, ok: true},
		"a year":                     {value: "31536000", want: year, ok: true},
		"huge":                       {value: "99999999999999999999", want: year, ok: true},
		"too large for a number":     {value: "1e400", want: year, ok: true},
		"infinite":                   {value: "Inf", want: year, ok: true},
		"negative":                   {value: "-5"},
		"negative and too large":     {value: "-1e400"},
		"negative and infinite":      {value: "-Inf"},
		"not a number":               {value: "NaN"},
		"garbage":                    {value: "soon"},
		"two values":                 {value: "5, 6"},
		"a unit":                     {value: "5s"},
		"half a date":                {value: "Mon, 01 Jan"},
		"an ISO date":                {value: "2026-03-01T12:00:00Z"},
		"empty":                      {value: ""},
		"blank":                      {value: "  "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wait, ok := retry.After(header(test.value, test.date), now)
			assert.Equal(t, test.ok, ok)
			assert.Equal(t, test.want, wait)
		})
	}
	_, ok := retry.After(nil, now)
	assert.False(t, ok, "no header at all")
}

func FuzzAfter(f *testing.F) {
	for _, value := range []string{
		"", "0", "120", "1.5", "-1", "-0", "NaN", "Inf", "-Inf", "1e400", "1e-400", "0x1p62", "9223372036854775807", "9223372037", "soon",
		"Sun, 01 Mar 2026 12:01:00 GMT", "Sunday, 01-Mar-26 12:01:00 GMT", "Sun Mar  1 12:01:00 2026", "Fri, 31 Dec 9999 23:59:59 GMT",
	} {
		f.Add(value, "")
		f.Add(value, "Sun, 01 Mar 2026 11:00:00 GMT")
		f.Add(value, "Mon, 01 Jan 0001 00:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		wait, ok := retry.After(header(value, date), now)
		if wait < 0 || wait > year {
			t.Errorf("%q with Date %q: %s is no wait", value, date, wait)
		}
		if !ok && wait != 0 {
			t.Errorf("%q with Date %q: %s, and yet none", value, date, wait)
		}
	})
}
