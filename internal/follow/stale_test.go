package follow_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// What pages have shown of where the cursor is does not hold once records come or go in front of it: a search that continues between bounds that
// contradict each other asks for the same page until it gives up.
func TestSearchForgetsBoundsThatWentStale(t *testing.T) {
	t.Parallel()
	orders := map[string]pagetest.Order{
		"as asked": pagetest.AsAsked, "oldest first": pagetest.OldestFirst, "newest first": pagetest.NewestFirst,
	}
	events := map[string]func(s *pagetest.Server){
		"records go":   func(s *pagetest.Server) { s.Cut(0, 5000) },
		"records come": func(s *pagetest.Server) { s.Add(5000) },
	}
	for name, order := range orders {
		for what, event := range events {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				for when := 1; when <= 13; when++ { // at every step of the search
					s := &pagetest.Server{Order: order}
					for i := range int64(20_000) {
						s.Next = 2 + i + i*i/100 // ever further apart, so that the first guess is wrong
						s.IDs = append(s.IDs, s.Next)
					}
					after, newest := s.IDs[9000], s.Next
					f := follow.New(after, 100, order == pagetest.AsAsked)
					requests, found := 0, 0
					got, err := pass(t, s, f, func() {
						if requests++; requests == when {
							event(s)
						}
						if found == 0 && f.Cursor() > after {
							found = requests
						}
					})
					require.NoError(t, err, "changed after request %d: %v", when, s.Requests)
					assert.GreaterOrEqual(t, got[len(got)-1], newest, "of those that were there when the pass began")
					assert.LessOrEqual(t, found, 25, "requests to find the cursor, changed after request %d", when)
				}
			})
		}
	}
}

// A list that comes in another order each time, with pages turned or not, is read in one response in the end, or the pass ends with an error.
func TestOrderThatTurnsEachTime(t *testing.T) {
	t.Parallel()
	for _, sortable := range []bool{false, true} {
		for _, size := range []int{2, 10} {
			for _, every := range []int{1, 2, 3} {
				s := pagetest.Of(60)
				s.Order = pagetest.OldestFirst
				f := follow.New(0, size, sortable)
				got, err := pass(t, s, f, func() {
					if len(s.Requests)%every == 0 {
						s.Order = pagetest.OldestFirst + pagetest.NewestFirst - s.Order
					}
				})
				if err == nil {
					assert.Equal(t, upTo(1, 60), got, "by %d, turned after %d", size, every)
				}
				assert.LessOrEqual(t, len(s.Requests), 14)
			}
		}
	}
}

// A row that comes twice, in all of its members, is one record.
func TestRowThatComesTwice(t *testing.T) {
	t.Parallel()
	for _, size := range []int{2, 3, 10} {
		for after := range int64(7) {
			s := pagetest.Of(0)
			for id := range int64(7) {
				s.IDs = append(s.IDs, id+1, id+1)
			}
			got, err := pass(t, s, follow.New(after, size, true), nil)
			if err == nil {
				assert.Equal(t, upTo(after+1, 7), append([]int64{}, got...), "%d by %d", after, size)
			}
		}
	}
}

// Where no page shows both the last record that was given out and the next one, a poll looks at one of two places. What is in the other one comes with
// the next poll, and at once where record_count says that the list is another one.
func TestPollThatIsNotQuiet(t *testing.T) {
	t.Parallel()
	for quiet := range 4 { // so many polls found nothing
		for _, silent := range []bool{false, true} {
			s := pagetest.Of(4)
			s.Order, s.Silent = pagetest.OldestFirst, silent
			f := follow.New(0, 2, false)
			got, err := pass(t, s, f, nil)
			require.NoError(t, err)
			require.Equal(t, upTo(1, 4), got)
			for range quiet {
				f.Begin()
				got, err = pass(t, s, f, nil)
				require.NoError(t, err)
				require.Empty(t, got)
			}
			s.Cut(0, 2)
			s.Add(1)
			f.Begin()
			got, err = pass(t, s, f, nil)
			require.NoError(t, err)
			if silent && len(got) == 0 {
				f.Begin()
				got, err = pass(t, s, f, nil)
				require.NoError(t, err)
			}
			assert.Equal(t, []int64{5}, got, "after %d quiet polls, silent %t", quiet, silent)
		}
	}
}

// A list that turns out not to be in the order of its ids is refused at once where records have been given out for its order, and read as a whole where
// none have been.
func TestPageInNoOrder(t *testing.T) {
	t.Parallel()
	for _, at := range []int{2, 12, 22} {
		s := pagetest.Of(30)
		s.Order = pagetest.OldestFirst
		s.IDs[at], s.IDs[at+1] = s.IDs[at+1], s.IDs[at]
		f := follow.New(0, 10, false)
		given := 0
		for req, more := f.Next(); more; req, more = f.Next() {
			next, _ := f.Accept(serve(s, req))
			given += len(next)
			require.LessOrEqual(t, len(s.Requests), 2+at/10, "%v", s.Requests)
		}
		if at < 10 {
			require.NoError(t, f.Err())
			assert.Equal(t, 30, given)
		} else {
			require.ErrorContains(t, f.Err(), "not in the order of its ids")
		}
	}
}

// A page of one row that comes several times says nothing of how far apart the ids are: the search is not led astray.
func TestRowThatFillsAPage(t *testing.T) {
	t.Parallel()
	most := 0
	for at := range 30 {
		for after := range int64(30) {
			for _, silent := range []bool{false, true} {
				s := &pagetest.Server{Order: pagetest.OldestFirst, Silent: silent}
				for id := range int64(30) {
					s.IDs = append(s.IDs, 10*id+10)
				}
				s.IDs = slices.Insert(s.IDs, at, s.IDs[at], s.IDs[at], s.IDs[at])
				f := follow.New(10*after+10, 2, false)
				for f.Cursor() == 10*after+10 {
					req, more := f.Next()
					if !more {
						break
					}
					f.Accept(serve(s, req))
				}
				most = max(most, len(s.Requests))
			}
		}
	}
	assert.LessOrEqual(t, most, 11)
}

// A record_count from before the last change hides that one record came where another went: that page 1 and it are what they were proves nothing then.
func TestPassWhereTheCountIsLate(t *testing.T) {
	t.Parallel()
	s := &pagetest.Server{Order: pagetest.NewestFirst}
	s.Add(5)
	f := follow.New(0, 2, false)
	requests := 0
	got, err := pass(t, s, f, func() {
		s.Extra = 0
		switch requests++; requests {
		case 2: // page 3 has brought record 1
			s.Remove(1)
			s.Add(1)
		case 3: // page 2 ends with record 3
			s.Remove(6)
			s.Extra = 1
		}
	})
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 2, 3, 4, 5}, got)
}
