package halopsatest

import (
	"math"
	"time"
)

// dateForms are the forms in which a write may carry a date; what has no zone is UTC [conv].
var dateForms = []string{"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02"}

// parseDate reads a date of a write or of a record.
func parseDate(text string) (time.Time, bool) {
	if len(text) < len("2006-01-02") || text[4] != '-' {
		return time.Time{}, false
	}
	for _, form := range dateForms {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// sqlDate writes a time as SQL Server's datetime keeps it and .NET sends it [db]: in steps of 1/300 s, in whole milliseconds, without the
// zeros at the end and without a zone.
func sqlDate(at time.Time) string {
	at = at.UTC()
	second := at.Truncate(time.Second)
	steps := math.Floor(float64(at.Sub(second))/float64(time.Second)*300 + 0.5)
	at = second.Add(time.Duration(math.Floor(steps*10/3+0.5)) * time.Millisecond)
	return at.Format("2006-01-02T15:04:05.999")
}
