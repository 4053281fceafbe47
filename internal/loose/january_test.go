package loose_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Three days stand for no date. The same days of other years, and the other days of those years, are dates like any other.
func TestParseTimeKeepsRealDatesThatLookLikeNone(t *testing.T) {
	t.Parallel()
	for _, none := range []time.Time{
		{}, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		year, month, day := none.Date()
		got, ok := loose.ParseTime(none.Format("2006-01-02T15:04:05"))
		assert.True(t, ok)
		assert.True(t, got.IsZero(), "%s stands for no date", none)
		for _, date := range []time.Time{
			time.Date(year+1, month, day, 0, 0, 0, 0, time.UTC), // the year is another one
			time.Date(1999, month, day, 0, 0, 0, 0, time.UTC),
			time.Date(2000, month, day, 0, 0, 0, 0, time.UTC),
			time.Date(2026, month, day, 0, 0, 0, 0, time.UTC),
			time.Date(2026, month, day, 23, 59, 59, 457_000_000, time.UTC),
			time.Date(year, 6, day, 0, 0, 0, 0, time.UTC),    // the month is
			time.Date(year, month, 15, 0, 0, 0, 0, time.UTC), // the day is
		} {
			for _, layout := range []string{"2006-01-02T15:04:05.999", "2006-01-02T15:04:05.999Z07:00", "2006-01-02T15:04:05.999+00:00"} {
				text := date.Format(layout)
				got, ok := loose.ParseTime(text)
				assert.True(t, ok, text)
				assert.Equal(t, date, got, text)
			}
		}
	}
}
