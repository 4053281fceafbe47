package follow_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// filtered serves the records 1 to n, of which the agent may not see some: their rows are left out of the pages, after these were cut.
func filtered(n int64, order pagetest.Order, hidden func(id int64) bool) odd {
	return func(_ int, req page.Request) follow.Answer {
		all := upTo(1, n)
		if order == pagetest.NewestFirst || order == pagetest.AsAsked && req.Newest {
			slices.Reverse(all)
		}
		a := follow.Answer{IDs: []int64{}}
		begin, end := (req.Page-1)*req.Size, req.Page*req.Size
		if req.Count > 0 {
			begin, end = 0, req.Count
		}
		for i, id := range all {
			if !hidden(id) {
				a.RecordCount++
				if i >= begin && i < end {
					a.IDs = append(a.IDs, id)
				}
			}
		}
		return a
	}
}

// uneven serves the records 1 to n in pages of which every second one is shorter by one.
func uneven(n int64, order pagetest.Order) odd {
	return func(_ int, req page.Request) follow.Answer {
		all := upTo(1, n)
		if order == pagetest.NewestFirst || order == pagetest.AsAsked && req.Newest {
			slices.Reverse(all)
		}
		begin, end := 0, req.Count
		for i := 1; i <= req.Page; i++ {
			if begin, end = end, end+req.Size; i%2 == 0 {
				end--
			}
		}
		return follow.Answer{IDs: all[min(begin, len(all)):min(end, len(all))], RecordCount: len(all)}
	}
}

// A page that is shorter than others is the last one only where record_count says so too, or where the page behind it has no rows. Rows are left out of
// pages where the agent may not see them, and some servers send pages of several lengths.
func TestShortPageThatIsNotTheLast(t *testing.T) {
	t.Parallel()
	none := func(int64) bool { return false }
	ninth := func(id int64) bool { return id%9 == 2 }
	second := func(id int64) bool { return id%2 == 1 }
	for name, test := range map[string]struct {
		n, after int64
		order    pagetest.Order
		size     int
		hidden   func(id int64) bool // nil for pages of several lengths
		requests int
	}{
		"as asked":                            {n: 246, size: 100, hidden: ninth, requests: 6},
		"as asked, after 124":                 {n: 148, after: 124, size: 20, hidden: ninth, requests: 8},
		"as asked, every second":              {n: 600, size: 100, hidden: second, requests: 26},
		"oldest first":                        {n: 250, order: pagetest.OldestFirst, size: 100, hidden: ninth, requests: 8},
		"oldest first, pages of 10":           {n: 43, order: pagetest.OldestFirst, size: 10, hidden: ninth, requests: 12},
		"oldest first, every second":          {n: 600, order: pagetest.OldestFirst, size: 100, hidden: second, requests: 26},
		"newest first":                        {n: 250, order: pagetest.NewestFirst, size: 100, hidden: ninth, requests: 14},
		"newest first, every second":          {n: 600, order: pagetest.NewestFirst, size: 100, hidden: second, requests: 60},
		"newest first, of several lengths":    {n: 200, order: pagetest.NewestFirst, size: 100, requests: 14},
		"newest first, several lengths of 10": {n: 95, order: pagetest.NewestFirst, size: 10, requests: 50},
		"oldest first, of several lengths":    {n: 300, order: pagetest.OldestFirst, size: 100, requests: 8},
		"as asked, of several lengths":        {n: 300, size: 100, requests: 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, hidden := filtered(test.n, test.order, test.hidden), test.hidden
			if hidden == nil {
				server, hidden = uneven(test.n, test.order), none
			}
			want := slices.DeleteFunc(upTo(test.after+1, test.n), hidden)
			f := follow.New(test.after, test.size, test.order == pagetest.AsAsked)
			got, requests, err := passOf(t, server, f)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			assert.LessOrEqual(t, requests, test.requests)
			for range 3 {
				f.Begin()
				got, requests, err = passOf(t, server, f)
				require.NoError(t, err)
				assert.Empty(t, got)
			}
			assert.Equal(t, 1, requests, "of a quiet poll")
		})
	}
}

// Where every page has 100 rows whatever is asked, the page that was to overlap the one before it does not, and is proved by that one all the same.
func TestPagesThatCannotOverlap(t *testing.T) {
	t.Parallel()
	for _, n := range []int{101, 250, 300} {
		s := pagetest.Of(n)
		s.Order, s.Fixed, s.IgnoreCount = pagetest.OldestFirst, 100, true
		got, err := pass(t, s, follow.New(0, 100, false), nil)
		require.NoError(t, err)
		assert.Equal(t, upTo(1, int64(n)), got)
		assert.LessOrEqual(t, len(s.Requests), 9, "%v", s.Requests)
	}
}
