package guarantees_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

func TestOptionsAreReadWhenTheRangeStarts(t *testing.T) {
	t.Parallel()
	c, h := trial.NewStandin(t, nil)
	for i := range 10 {
		h.Seed("IntegrationError", errorRow(i))
	}
	options := pagesOfSize(3)
	pages := c.IntegrationError.Pages(t.Context(), options)
	for _, size := range []int{4, 5} {
		options.PageSize = size
		for page, err := range pages {
			require.NoError(t, err)
			assert.Len(t, page.Records, size)
			options.PageSize = 1 // in the middle of a walk it is too late
			if page.Number == 2 {
				break
			}
		}
	}
}

// A page that came without paging is the first.
func TestNumberOfAPage(t *testing.T) {
	t.Parallel()
	c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithHabits(halopsatest.Habits{IgnorePaging: true})})
	for i := range 60 {
		h.Seed("IntegrationError", errorRow(i))
	}
	pages, err := halopsa.Collect(c.IntegrationError.Pages(t.Context(), nil))
	require.NoError(t, err)
	require.Len(t, pages, 2)
	assert.Equal(t, []int{1, 50, 60}, []int{pages[0].Number, len(pages[0].Records), pages[0].RecordCount})
	assert.Equal(t, []int{1, 10, 60}, []int{pages[1].Number, len(pages[1].Records), pages[1].RecordCount})
}

// An error is the last that a walk yields, also to a caller who continues.
func TestErrorsEndAWalk(t *testing.T) {
	t.Parallel()
	c, h := trial.NewStandin(t, nil, halopsa.WithMaxRetries(0))
	for i := range 10 {
		h.Seed("IntegrationError", errorRow(i))
	}
	h.Fault(halopsatest.Fault{Resource: "IntegrationError", After: 1, Status: http.StatusForbidden})
	pages, failures := 0, 0
	for page, err := range c.IntegrationError.Pages(t.Context(), pagesOfSize(3), halopsa.WithSecondPass()) {
		if err == nil {
			pages++
			continue
		}
		failures++
		assert.Nil(t, page)
		require.ErrorIs(t, err, halopsa.ErrForbidden)
	}
	assert.Equal(t, []int{1, 1}, []int{pages, failures})
	assert.Equal(t, 2, h.Count(http.MethodGet, "IntegrationError"))
}

// The last page of a walk that cannot be complete comes before the error, which says all that is known.
func TestWalkThatEndsWithAPageAndAnError(t *testing.T) {
	t.Parallel()
	c, h := trial.NewStandin(t, nil)
	h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		switch {
		case r.Method != http.MethodGet:
			return nil
		case r.URL.Query().Has("count"):
			return &halopsatest.Fault{Status: http.StatusOK, Body: `{"record_count":9,"errors":[{"id":1},{"id":2},{"id":3}]}`}
		}
		return &halopsatest.Fault{Status: http.StatusOK, Body: `{"record_count":9,"errors":[{"id":1},{"id":2}]}`}
	})
	all := c.IntegrationError.All(t.Context(), pagesOfSize(2))
	records, err := halopsa.Collect(all)
	assert.Len(t, records, 3)
	var short *halopsa.PaginationError
	require.ErrorAs(t, err, &short)
	assert.Equal(t, halopsa.PaginationError{
		Call: halopsa.Call{Op: "IntegrationError.All", Method: "GET", Path: "/IntegrationError"}, RecordCount: 9, Seen: 3, Page: 1,
		Reason: "the server ignores both page_no and count; a narrower filter may bring the rest into reach",
	}, *short)
	for e, err := range all {
		require.NoError(t, err)
		if e.ID == 3 {
			break // the error is not for a caller who has left
		}
	}
}
