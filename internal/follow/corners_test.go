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

// No record has an id below 1: a cursor below 0 is taken for 0.
func TestCursorBelowTheFirstRecord(t *testing.T) {
	t.Parallel()
	f := follow.New(-5, 10, true)
	assert.Zero(t, f.Cursor())
}

// A list without a record_count that is as long as the most that can be asked for may be longer.
func TestListThatIsTooLongForOneResponse(t *testing.T) {
	t.Parallel()
	f := follow.New(0, 10, false)
	f.Accept(follow.Answer{IDs: []int64{7, 3, 9}, RecordCount: -1}) // in no order
	req, more := f.Next()
	require.True(t, more)
	assert.Equal(t, page.AllOfThem, req.Count)
	ids := make([]int64, req.Count)
	for i := range ids {
		ids[i] = int64(i)%1000 + 1
	}
	next, _ := f.Accept(follow.Answer{IDs: ids, RecordCount: -1})
	assert.Empty(t, next)
	require.ErrorContains(t, f.Err(), "too long for one response")
}

// Page 1 can look sorted by chance. As long as nothing was given out of such a list, it is read as one in no order.
func TestListThatLooksSortedAtFirst(t *testing.T) {
	t.Parallel()
	ids := []int64{30, 20, 10, 5, 25, 1, 29, 3, 4, 40}
	f := follow.New(2, 4, true)
	f.Accept(follow.Answer{IDs: ids[:4], RecordCount: len(ids)})
	for req, more := f.Next(); more; req, more = f.Next() {
		answer := follow.Answer{IDs: ids, RecordCount: len(ids)}
		if req.Count == 0 {
			begin := min((req.Page-1)*req.Size, len(ids))
			answer.IDs = ids[begin:min(begin+req.Size, len(ids))]
		}
		if next, _ := f.Accept(answer); len(next) > 0 {
			assert.Len(t, next, 9)
		}
	}
	require.NoError(t, f.Err())
	assert.EqualValues(t, 40, f.Cursor())
}

// All records can go while page 1 is read again, to see whether anything has changed.
func TestListThatIsEmptiedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, back := range []int{0, 7} {
		s := &pagetest.Server{Order: pagetest.NewestFirst}
		s.Add(5)
		f := follow.New(0, 2, false)
		requests := 0
		got, err := pass(t, s, f, func() {
			switch requests++; requests {
			case 3: // the page before page 1 is held
				s.Cut(0, 5)
			case 4:
				s.Add(back)
			}
		})
		require.NoError(t, err)
		assert.Equal(t, upTo(1, 1), got[:1])
		assert.Len(t, got, 1+back)
	}
}

// Pages of two rows can be read before their turn only where each of them would be another one.
func TestShortPagesReadAhead(t *testing.T) {
	t.Parallel()
	for n := range 12 {
		for after := range int64(n) + 1 {
			s := pagetest.Of(n)
			f := follow.New(after, 2, true)
			got, err := passAhead(t, s, f, 3, nil)
			require.NoError(t, err)
			assert.True(t, slices.Equal(upTo(after+1, int64(n)), got), "%v", got)
		}
	}
}

// A pass may bring nothing new for long, as where records go before they can be read. If the response after which it would be given up shows that
// there is nothing new, it has not failed.
func TestPassThatEndsWithItsLastIdleResponse(t *testing.T) {
	t.Parallel()
	const mostIdle = 80
	s := pagetest.Of(13)
	f := follow.New(9, 4, true)
	requests := 0
	got, err := pass(t, s, f, func() {
		requests++
		req, _ := f.Next()
		s.Cut(9, 4)
		if req.Newest && requests < mostIdle {
			s.Add(4)
		}
	})
	require.NoError(t, err)
	assert.Empty(t, got)
	assert.Equal(t, mostIdle+1, requests)
}
