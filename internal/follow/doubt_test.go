package follow_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// odd is a server that sends something odd as the response that it is asked for nth.
type odd func(nth int, req page.Request) follow.Answer

// passOf runs a pass against a server, and returns what it gave and how many requests it took.
func passOf(t *testing.T, serve odd, f *follow.Follower) (got []int64, requests int, err error) {
	t.Helper()
	var before follow.Answer
	for req, more := f.Next(); more; req, more = f.Next() {
		a := serve(requests, req)
		requests++
		require.Less(t, requests, 300, "the pass does not end")
		next, previous := f.Accept(a)
		from := a
		if previous {
			from = before
		}
		before = a
		for _, i := range next {
			got = append(got, from.IDs[i])
		}
	}
	return got, requests, f.Err()
}

// A page that is empty although record_count, or what was seen, tells of rows there is asked for again: of a page that came empty once nothing is lost.
func TestPageThatIsEmptyOnce(t *testing.T) {
	t.Parallel()
	orders := map[string]pagetest.Order{"as asked": pagetest.AsAsked, "oldest first": pagetest.OldestFirst, "newest first": pagetest.NewestFirst}
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for when := range 12 {
				for _, zero := range []bool{false, true} {
					if zero && when == 0 {
						continue // nothing tells of rows
					}
					s := pagetest.Of(250)
					s.Order = order
					got, requests, err := passOf(t, func(nth int, req page.Request) follow.Answer {
						a := serve(s, req)
						if nth == when {
							a.IDs = nil
							if zero {
								a.RecordCount = 0
							}
						}
						return a
					}, follow.New(0, 100, order == pagetest.AsAsked))
					require.NoError(t, err)
					assert.Equal(t, upTo(1, 250), got, "response %d was empty, with record_count 0: %t", when, zero)
					assert.LessOrEqual(t, requests, 16)
				}
			}
		})
	}
}

// A record_count that counts more records than there are costs a request more where the end is found, and none in a quiet poll.
func TestQuietPollWhereTheCountIsTooLarge(t *testing.T) {
	t.Parallel()
	for _, order := range []pagetest.Order{pagetest.AsAsked, pagetest.OldestFirst, pagetest.NewestFirst} {
		for _, n := range []int{0, 1, 99, 100, 130, 200, 250} {
			for _, extra := range []int{3, 37} {
				s := pagetest.Of(n)
				s.Order, s.Extra = order, extra
				f := follow.New(0, 100, order == pagetest.AsAsked)
				got, err := pass(t, s, f, nil)
				require.NoError(t, err)
				require.Len(t, got, n)
				for range 6 {
					s.Requests = nil
					f.Begin()
					got, err = pass(t, s, f, nil)
					require.NoError(t, err)
					require.Empty(t, got)
				}
				assert.Len(t, s.Requests, 1, "order %d, %d records, record_count %d more: %v", order, n, extra, s.Requests)
			}
		}
	}
}

// A response that is too much in the midst of a proof lets the proof begin anew, with smaller pages.
func TestTooMuchInTheMidstOfAProof(t *testing.T) {
	t.Parallel()
	for when := range 60 {
		s := pagetest.Of(60)
		s.Order = pagetest.NewestFirst
		f := follow.New(0, 5, false)
		tries := 0
		got, err := pass(t, s, f, func() {
			if tries++; tries == when+1 {
				f.TooMuch()
			}
		})
		require.NoError(t, err)
		assert.Equal(t, upTo(1, 60), got, "request %d was too much", when)
		for _, req := range s.Requests {
			require.Positive(t, req.Page, "request %d was too much: %v", when, s.Requests)
		}
	}
}
