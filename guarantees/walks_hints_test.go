package guarantees_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// hinted walks a list of n records, whose ids are step apart, in pages of size. after is called when so many of its responses have been made; nil is nothing.
func hinted(t *testing.T, n, step, size int, habits halopsatest.Habits, after func(h *halopsatest.Handler, responses int), opts ...halopsa.RequestOption) ([]*halopsa.IntegrationError, int, error) {
	t.Helper()
	var h *halopsatest.Handler
	var responses atomic.Int64
	habits.Respond = func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
		if made := int(responses.Add(1)); after != nil {
			after(h, made)
		}
		return a
	}
	c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithRateLimit(0, 0)}, halopsa.WithoutRateLimit(), halopsa.WithBackoff(0, 0))
	h.SetHabits("IntegrationError", habits)
	for i := range n {
		h.Seed("IntegrationError", map[string]any{"id": step*i + 1, "error": "e"})
	}
	const most = 500
	var requests atomic.Int64
	h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if requests.Add(1) > most {
			return &halopsatest.Fault{Status: http.StatusForbidden, Body: "the walk does not end"}
		}
		return nil
	})
	options := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: size}}
	rows, err := halopsa.Collect(c.IntegrationError.All(t.Context(), options, opts...))
	return rows, int(requests.Load()), err
}

// unlike makes the rows differ in more than their id.
func unlike(h *halopsatest.Handler, n int) {
	for i := range n {
		h.Seed("IntegrationError", map[string]any{"error": i})
	}
}

// A record_count that is too small is no proof of the end in a list whose rows have no id either.
func TestRowsWithoutAnIDAndACountThatIsTooSmall(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]func(halopsatest.Listed) int{
		"of the rows": halopsatest.CountOfRows(), "capped": halopsatest.CountCapped(10), "too few": halopsatest.CountPlus(-3),
	} {
		for _, size := range []int{1, 10, 30} {
			c, h := trial.NewStandin(t, []halopsatest.Option{
				halopsatest.WithRateLimit(0, 0), halopsatest.WithHabits(halopsatest.Habits{RecordCount: count, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsZero}}),
			}, halopsa.WithoutRateLimit())
			unlike(h, 60)
			options := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: size}}
			rows, err := halopsa.Collect(c.IntegrationError.All(t.Context(), options))
			require.NoError(t, err, "%s, pages of %d", name, size)
			assert.Len(t, rows, 60, "%s, pages of %d", name, size)
		}
	}
}

// Where pages are of different lengths, a short one whose end happens to be at record_count is no proof of the end.
func TestShortPagesThatSeemToReachTheCount(t *testing.T) {
	t.Parallel()
	rows, _, err := hinted(t, 82, 3, 7, halopsatest.Habits{Uneven: true}, func(h *halopsatest.Handler, responses int) {
		if responses == 7 {
			h.Seed("IntegrationError", errorRow(0))
		}
	})
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(rows), 82)
}

// A refusal of a page behind the end has no record_count: a late one may tell of a change in the response after it.
func TestLateCountAfterARefusedPage(t *testing.T) {
	t.Parallel()
	for _, past := range []halopsatest.PastEnd{halopsatest.PastEnd404, halopsatest.PastEnd400} {
		rows, _, err := hinted(t, 4, 3, 1, halopsatest.Habits{PastEnd: past, RecordCount: halopsatest.CountLate()}, func(h *halopsatest.Handler, responses int) {
			if responses == 1 {
				h.Remove("IntegrationError", 1, 4)
			}
		})
		require.NoError(t, err)
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		assert.ElementsMatch(t, []int64{1, 7, 10}, ids)
	}
}

// A page that is too much is not asked for again in the same size, whatever came before it.
func TestPageThatIsTooMuchAfterAShortOne(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n, size int
		habits  halopsatest.Habits
	}{
		"first page behind the end": {9, 3, halopsatest.Habits{TooLarge: 2, PastEnd: halopsatest.PastEndFirst, RecordCount: halopsatest.CountOfRows()}},
		"uneven":                    {137, 15, halopsatest.Habits{TooLarge: 5, Uneven: true, RecordCount: halopsatest.CountLate()}},
	}
	for name, test := range tests {
		rows, requests, err := hinted(t, test.n, 3, test.size, test.habits, nil)
		require.NoError(t, err, name)
		assert.Len(t, rows, test.n, name)
		assert.Less(t, requests, 450, name)
	}
}

// A list of which every page was read says so, also where a page behind the end is refused.
func TestHiddenRecordsWhereAPageBehindTheEndIsRefused(t *testing.T) {
	t.Parallel()
	for _, past := range []halopsatest.PastEnd{halopsatest.PastEnd404, halopsatest.PastEnd400} {
		habits := halopsatest.Habits{PastEnd: past, RecordCount: halopsatest.CountPlus(37)}
		rows, _, err := hinted(t, 13, 3, 10, habits, nil)
		var short *halopsa.PaginationError
		require.ErrorAs(t, err, &short)
		assert.True(t, short.AllPagesRead)
		assert.Len(t, rows, 13)
		rows, _, err = hinted(t, 13, 3, 10, habits, nil, halopsa.WithHiddenRecords())
		require.NoError(t, err)
		assert.Len(t, rows, 13)
	}
}

// Pages of another size than those before begin elsewhere: in an order that is not that of the ids too, nothing between them is passed over.
func TestSmallerPagesInAnotherOrder(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]func(halopsatest.Listed) int{"true": nil, "too few": halopsatest.CountPlus(-3), "capped": halopsatest.CountCapped(10)} {
		for size := 5; size <= 12; size++ {
			habits := halopsatest.Habits{TooLarge: 3, RecordCount: count}
			rows, requests, err := hinted(t, 36, 3, size, habits, nil, halopsa.WithSort(halopsa.Desc("date"), halopsa.Asc("id")))
			require.NoError(t, err, "%s, pages of %d", name, size)
			assert.Len(t, rows, 36, "%s, pages of %d", name, size)
			assert.Less(t, requests, 200, "%s, pages of %d", name, size)
		}
	}
}

// A server that pays no heed to page_no and counts the rows of the response has not said that those are all.
func TestPagingIgnoredAndCountOfTheRows(t *testing.T) {
	t.Parallel()
	for _, size := range []int{7, 50, 100} {
		for _, order := range []halopsa.SortKey{halopsa.Asc("id"), halopsa.Desc("date")} {
			rows, _, err := hinted(t, 62, 3, size, halopsatest.Habits{IgnorePaging: true, RecordCount: halopsatest.CountOfRows()}, nil, halopsa.WithSort(order))
			require.NoError(t, err, "pages of %d", size)
			assert.Len(t, rows, 62, "pages of %d", size)
		}
	}
}

// An empty page in the middle is not the end for WithSecondPass either: that record_count tells of more is believed there.
func TestSecondPassWithAnEmptyPageInTheMiddle(t *testing.T) {
	t.Parallel()
	rows, _, err := hinted(t, 132, 3, 15, halopsatest.Habits{EmptyPage: 2}, nil, halopsa.WithSecondPass())
	if err == nil {
		assert.Len(t, rows, 132)
	}
}

// Where pages have one size and begin as if they had the one that was asked for, nothing says where a page of another size begins.
func TestFixedPagesThatBeginAsAsked(t *testing.T) {
	t.Parallel()
	for at := range 16 {
		rows, _, err := hinted(t, 334, 1, 30, halopsatest.Habits{FixedSize: 15, OffsetByAsked: true}, func(h *halopsatest.Handler, responses int) {
			if responses == at+1 || responses == at+2 {
				h.Seed("IntegrationError", errorRow(0))
			}
		})
		require.NoError(t, err)
		assert.GreaterOrEqual(t, len(rows), 334, at)
	}
}
