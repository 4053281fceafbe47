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

// Where pages are too much, a pass over a whole list sends at most twice the requests that it needs, and 8: those of a follower that asks for pages that
// can be obtained from the start, and around a record that is too much for a larger page two for each time that the page is halved. What is too much is
// remembered: polls that find nothing new take one request as ever, but for one that tries a larger page.
func TestRequestsWherePagesAreTooMuch(t *testing.T) {
	t.Parallel()
	const n, size = 2971, 100
	tests := pagetest.TooMuches(map[string]pagetest.TooMuch{
		"a heavy record":         pagetest.Heavy(n, 165, 2, 6),
		"a heavy one at the end": pagetest.Heavy(n, n-3, 2, 6),
	})
	for name, test := range tests {
		for _, order := range []pagetest.Order{pagetest.AsAsked, pagetest.OldestFirst, pagetest.NewestFirst} {
			for count, s := range map[string]pagetest.Server{"true": {}, "none": {Silent: true}, "too large": {Extra: 37}, "too small": {Extra: -137}} {
				t.Run(name+"/"+[]string{"as asked", "oldest first", "newest first"}[order]+"/"+count, func(t *testing.T) {
					t.Parallel()
					s.Order = order
					fits := size
					if test.Fits > 0 {
						fits = test.Fits
					}
					needed, _ := passWhereSomeIsTooMuch(t, n, s, fits, nil)
					needed += test.Slow + 2*test.Halved
					requests, poll := passWhereSomeIsTooMuch(t, n, s, size, test.Of)
					assert.LessOrEqual(t, requests, 2*needed+8, "%d are needed", needed)
					assert.Equal(t, 1, poll, "a poll")
				})
			}
		}
	}
}

// passWhereSomeIsTooMuch follows n records from the first one on, and returns how many requests that took and how many the second poll after it takes.
func passWhereSomeIsTooMuch(t *testing.T, n int, s pagetest.Server, size int, tooMuch func(req page.Request, request int) bool) (requests, poll int) {
	t.Helper()
	for id := range int64(n) {
		s.IDs = append(s.IDs, 10*id+10)
	}
	f := follow.New(0, size, s.Order == pagetest.AsAsked)
	var got []int64
	pass := func() {
		var before follow.Answer
		for req, more := f.Next(); more; req, more = f.Next() {
			if requests++; tooMuch != nil && tooMuch(req, requests) {
				require.True(t, f.TooMuch(), "%v", req)
				continue
			}
			answer := serve(&s, req)
			next, previous := f.Accept(answer)
			for _, i := range next {
				if previous {
					got = append(got, before.IDs[i])
				} else {
					got = append(got, answer.IDs[i])
				}
			}
			before = answer
		}
		require.NoError(t, f.Err())
	}
	pass()
	require.True(t, slices.Equal(s.IDs, got), "each record once, in order")
	whole := requests
	for range 2 {
		f.Begin()
		poll = requests
		pass()
	}
	return whole, requests - poll
}
