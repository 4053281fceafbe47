package follow_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// serve returns what a server sends for a request.
func serve(s *pagetest.Server, req page.Request) follow.Answer {
	ids, count := s.Serve(req)
	return follow.Answer{IDs: ids, RecordCount: count}
}

// pass runs one pass and returns what it gave. Of every answer it is held that no record that is there has been passed over.
func pass(t *testing.T, s *pagetest.Server, f *follow.Follower, between func()) ([]int64, error) {
	t.Helper()
	return passAhead(t, s, f, 0, between)
}

// passAhead is a pass that reads so many pages before their turn.
func passAhead(t *testing.T, s *pagetest.Server, f *follow.Follower, most int, between func()) ([]int64, error) {
	t.Helper()
	early := map[page.Request]follow.Answer{}
	var got []int64
	var before follow.Answer
	asked := len(s.Requests)
	for req, more := f.Next(); more; req, more = f.Next() {
		answer, isEarly := early[req]
		if f.Shrank() || !isEarly {
			clear(early)
			answer = serve(s, req)
		}
		delete(early, req)
		for _, next := range f.Ahead(most) {
			if _, read := early[next]; !read {
				early[next] = serve(s, next)
			}
		}
		cursor := f.Cursor()
		next, previous := f.Accept(answer)
		from := answer
		if previous {
			from = before
		}
		before = answer
		taken := make([]int64, 0, len(next))
		for _, i := range next {
			taken = append(taken, from.IDs[i])
		}
		require.True(t, slices.IsSorted(taken), "%v", taken)
		if len(taken) > 0 {
			require.Greater(t, taken[0], cursor, "once more, or too late")
			require.Equal(t, taken[len(taken)-1], f.Cursor())
		}
		after, _ := slices.BinarySearch(s.IDs, cursor+1)
		for _, id := range s.IDs[after:] {
			if id > f.Cursor() {
				break
			}
			_, found := slices.BinarySearch(taken, id)
			require.True(t, found, "%d was passed over: order %d limit %d fixed %d ignore %t ignoreCount %t silent %t asked %t extra %d, %d records, cursor %d; %v: %v", id, s.Order, s.Limit, s.Fixed, s.Ignore, s.IgnoreCount, s.Silent, s.ByAsked, s.Extra, len(s.IDs), cursor, s.Requests[asked:], from.IDs)
		}
		got = append(got, taken...)
		require.Less(t, len(s.Requests)-asked, 2000+len(got), "the pass does not end")
		if between != nil {
			between()
		}
	}
	return got, f.Err()
}

// upTo returns the ids from first to last.
func upTo(first, last int64) []int64 {
	ids := []int64{}
	for id := first; id <= last; id++ {
		ids = append(ids, id)
	}
	return ids
}

// TestPassReadsWhatIsNew: the numbers of requests are those of the pass that finds what is new, and of the quiet one after it.
func TestPassReadsWhatIsNew(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server          pagetest.Server
		unsortable      bool
		n, size         int
		after           int64
		requests, quiet int
	}{
		"a few new":                            {n: 1000, after: 995, requests: 1, quiet: 1},
		"nothing new":                          {n: 1000, after: 1000, requests: 1, quiet: 1},
		"an empty list":                        {n: 0, after: 0, requests: 1, quiet: 1},
		"all of a short list":                  {n: 100, after: 0, requests: 2, quiet: 1},
		"a page and one":                       {n: 1000, after: 899, requests: 4, quiet: 1},
		"several pages":                        {n: 10_000, after: 9_499, requests: 8, quiet: 1},
		"all of a long list":                   {n: 1000, after: 0, requests: 13, quiet: 1},
		"caps at 50":                           {server: pagetest.Server{Limit: 50}, n: 1000, size: 1000, after: 899, requests: 5, quiet: 1},
		"caps at 50, counts pages as asked":    {server: pagetest.Server{Limit: 50, ByAsked: true}, n: 1000, size: 1000, after: 899, requests: 5, quiet: 1},
		"caps at 5":                            {server: pagetest.Server{Limit: 5}, n: 100, after: 80, requests: 11, quiet: 1},
		"caps at 1":                            {server: pagetest.Server{Limit: 1}, n: 30, after: 25, requests: 20, quiet: 1},
		"fixed size":                           {server: pagetest.Server{Fixed: 30}, n: 1000, after: 900, requests: 11, quiet: 1},
		"fixed size above what is asked":       {server: pagetest.Server{Fixed: 150}, n: 1000, size: 100, after: 700, requests: 6, quiet: 1},
		"ignores paging":                       {server: pagetest.Server{Ignore: true}, n: 1254, after: 1000, requests: 7, quiet: 1},
		"no count":                             {server: pagetest.Server{Silent: true}, n: 1000, after: 899, requests: 3, quiet: 1},
		"no count, caps at 50":                 {server: pagetest.Server{Silent: true, Limit: 50}, n: 1000, after: 899, requests: 5, quiet: 1},
		"no count, ignores paging":             {server: pagetest.Server{Silent: true, Ignore: true}, n: 1254, after: 1000, requests: 6, quiet: 1},
		"no count, all of a short list":        {server: pagetest.Server{Silent: true}, n: 30, after: 0, requests: 2, quiet: 1},
		"no count, one record":                 {server: pagetest.Server{Silent: true}, n: 1, after: 0, requests: 1, quiet: 1},
		"oldest first":                         {server: pagetest.Server{Order: pagetest.OldestFirst}, unsortable: true, n: 1000, after: 899, requests: 5, quiet: 1},
		"oldest first, sort ignored":           {server: pagetest.Server{Order: pagetest.OldestFirst}, n: 1000, after: 899, requests: 5, quiet: 1},
		"oldest first, all":                    {server: pagetest.Server{Order: pagetest.OldestFirst}, unsortable: true, n: 1000, after: 0, requests: 12, quiet: 1},
		"oldest first, short":                  {server: pagetest.Server{Order: pagetest.OldestFirst}, unsortable: true, n: 30, after: 7, requests: 2, quiet: 1},
		"oldest first, fixed size":             {server: pagetest.Server{Order: pagetest.OldestFirst, Fixed: 30}, unsortable: true, n: 900, after: 840, requests: 11, quiet: 1},
		"oldest first, ignores paging":         {server: pagetest.Server{Order: pagetest.OldestFirst, Ignore: true}, unsortable: true, n: 1254, after: 1000, requests: 5, quiet: 1},
		"oldest first, ignores pages, few new": {server: pagetest.Server{Order: pagetest.OldestFirst, Ignore: true}, unsortable: true, n: 1254, after: 1249, requests: 5, quiet: 1},
		"oldest first, no count":               {server: pagetest.Server{Order: pagetest.OldestFirst, Silent: true}, unsortable: true, n: 1000, after: 899, requests: 4, quiet: 1},
		"oldest first, no count, short":        {server: pagetest.Server{Order: pagetest.OldestFirst, Silent: true}, unsortable: true, n: 30, after: 7, requests: 2, quiet: 1},
		"oldest first, no count, caps at 50":   {server: pagetest.Server{Order: pagetest.OldestFirst, Silent: true, Limit: 50}, unsortable: true, n: 1000, after: 899, requests: 5, quiet: 1},
		"oldest first, no count, fixed size":   {server: pagetest.Server{Order: pagetest.OldestFirst, Silent: true, Fixed: 30}, unsortable: true, n: 905, after: 840, requests: 14, quiet: 1},
		"oldest first, count too large":        {server: pagetest.Server{Order: pagetest.OldestFirst, Extra: 7}, unsortable: true, n: 1000, after: 899, requests: 7, quiet: 1},
		"newest first":                         {server: pagetest.Server{Order: pagetest.NewestFirst}, unsortable: true, n: 1000, after: 899, requests: 4, quiet: 1},
		"newest first, sort ignored":           {server: pagetest.Server{Order: pagetest.NewestFirst}, n: 1000, after: 899, requests: 6, quiet: 1},
		"newest first, all":                    {server: pagetest.Server{Order: pagetest.NewestFirst}, unsortable: true, n: 1000, after: 0, requests: 14, quiet: 1},
		"newest first, fixed size":             {server: pagetest.Server{Order: pagetest.NewestFirst, Fixed: 30}, unsortable: true, n: 1000, after: 911, requests: 10, quiet: 1},
		"newest first, fixed size, all":        {server: pagetest.Server{Order: pagetest.NewestFirst, Fixed: 30}, n: 717, after: 0, requests: 95, quiet: 1},
		"newest first, fixed size, on an edge": {server: pagetest.Server{Order: pagetest.NewestFirst, Fixed: 30}, unsortable: true, n: 1000, after: 910, requests: 14, quiet: 1},
		"newest first, ignores paging":         {server: pagetest.Server{Order: pagetest.NewestFirst, Ignore: true}, unsortable: true, n: 1254, after: 1000, requests: 6, quiet: 1},
		"newest first, no count, all":          {server: pagetest.Server{Order: pagetest.NewestFirst, Silent: true}, unsortable: true, n: 1000, after: 0, requests: 16, quiet: 1},
		"no order":                             {server: pagetest.Server{Order: pagetest.NoOrder}, unsortable: true, n: 1000, after: 899, requests: 2, quiet: 1},
		"no order, sort ignored":               {server: pagetest.Server{Order: pagetest.NoOrder}, n: 1000, after: 899, requests: 2, quiet: 1},
		"no order, short":                      {server: pagetest.Server{Order: pagetest.NoOrder}, unsortable: true, n: 60, after: 7, requests: 2, quiet: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.Add(test.n)
			if test.size == 0 {
				test.size = 100
			}
			f := follow.New(test.after, test.size, !test.unsortable)
			got, err := pass(t, &s, f, nil)
			require.NoError(t, err)
			assert.Equal(t, upTo(test.after+1, int64(test.n)), append([]int64{}, got...))
			assert.LessOrEqual(t, len(s.Requests), test.requests, "%v", s.Requests)

			s.Requests = nil
			f.Begin()
			got, err = pass(t, &s, f, nil)
			require.NoError(t, err)
			assert.Empty(t, got)
			assert.Len(t, s.Requests, test.quiet, "of a quiet pass: %v", s.Requests)

			s.Add(3)
			f.Begin()
			got, err = pass(t, &s, f, nil)
			require.NoError(t, err)
			assert.Equal(t, upTo(s.Next-2, s.Next), got)
		})
	}
}

func TestPassSaysWhereItCannotTell(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server     pagetest.Server
		unsortable bool
		after      int64
		passing    bool
	}{
		"ignores paging and count":                   {pagetest.Server{Ignore: true, IgnoreCount: true}, false, 1000, false},
		"ignores paging and count, no count":         {pagetest.Server{Ignore: true, IgnoreCount: true, Silent: true}, false, 1000, false},
		"ignores all, oldest first":                  {pagetest.Server{Ignore: true, IgnoreCount: true, Order: pagetest.OldestFirst}, true, 1000, false},
		"ignores all, newest first":                  {pagetest.Server{Ignore: true, IgnoreCount: true, Order: pagetest.NewestFirst}, true, 1000, false},
		"newest first, ignores paging, no count":     {pagetest.Server{Ignore: true, IgnoreCount: true, Silent: true, Order: pagetest.NewestFirst}, true, 1000, false},
		"no order, ignores count":                    {pagetest.Server{IgnoreCount: true, Order: pagetest.NoOrder}, true, 1000, false},
		"no order, ignores count, although sortable": {pagetest.Server{IgnoreCount: true, Order: pagetest.NoOrder}, false, 1000, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.Add(1254)
			f := follow.New(test.after, 100, !test.unsortable)
			got, err := pass(t, &s, f, nil)
			var failure *follow.Failure
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, test.passing, failure.Passing)
			assert.NotEmpty(t, failure.Reason)
			assert.Empty(t, got)
			assert.Less(t, len(s.Requests), 20)
		})
	}
	t.Run("a row without an id", func(t *testing.T) {
		t.Parallel()
		f := follow.New(0, 100, true)
		f.Accept(follow.Answer{IDs: []int64{2, 0}, RecordCount: 2})
		var failure *follow.Failure
		require.ErrorAs(t, f.Err(), &failure)
		assert.Contains(t, failure.Error(), "no id")
	})
}

// A list of which more goes between any two requests than a page can hold is given up, and begun again when it is quieter.
func TestPassOverAListThatNeverRests(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(1_000_000)
	f := follow.New(900_000, 100, true)
	_, err := pass(t, s, f, func() { s.Cut(0, 5000); s.Add(5000) })
	var failure *follow.Failure
	require.ErrorAs(t, err, &failure)
	assert.True(t, failure.Passing)

	f.Begin()
	got, err := pass(t, s, f, nil)
	require.NoError(t, err)
	assert.NotEmpty(t, got)
	assert.Equal(t, s.Next, f.Cursor())
}

// A list without a record_count that was short when it was first read, and so seemed to have short pages, is read in full pages once it is long.
func TestPagesGrowWithTheList(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(12)
	s.Order, s.Silent = pagetest.OldestFirst, true
	f := follow.New(0, 100, false)
	for n := range 10 {
		s.Requests = nil
		got, err := pass(t, s, f, nil)
		require.NoError(t, err)
		if n == 0 {
			assert.Len(t, got, 12)
		} else {
			assert.Len(t, got, 1000)
			assert.Less(t, len(s.Requests), 20, "%v", s.Requests)
		}
		s.Add(1000)
		f.Begin()
	}
}

// randomServer draws a list and the way in which it is served.
func randomServer(r *rand.Rand) *pagetest.Server {
	s := pagetest.Of(0)
	s.Next = r.Int64N(2) * r.Int64N(100_000) // ids need not begin with 1
	s.Add(r.IntN(700))
	if r.IntN(3) == 0 { // nor be dense
		s.IDs = slices.DeleteFunc(s.IDs, func(int64) bool { return r.IntN(3) == 0 })
	}
	s.Order = pagetest.Order(r.IntN(4))
	s.Limit = []int{0, 0, 100, 50, 20}[r.IntN(5)]
	s.Fixed = []int{0, 0, 0, 30, 120}[r.IntN(5)]
	s.Ignore = r.IntN(6) == 0
	s.IgnoreCount = r.IntN(4) == 0
	s.Silent = r.IntN(4) == 0
	s.ByAsked = r.IntN(4) == 0
	if r.IntN(8) == 0 {
		s.Extra = 1 + r.IntN(50)
	}
	return s
}

// change inserts at the end and deletes anywhere: at the front, as a retention does, or about the cursor, as a consumer does.
func change(s *pagetest.Server, r *rand.Rand, cursor int64) {
	switch r.IntN(4) {
	case 0:
		s.Add(r.IntN(150))
	case 1:
		s.Cut(0, r.IntN(40))
	case 2:
		at, _ := slices.BinarySearch(s.IDs, cursor)
		s.Cut(at-r.IntN(80), r.IntN(100))
	case 3:
		if len(s.IDs) > 0 {
			s.Cut(r.IntN(len(s.IDs)), r.IntN(10))
		}
	}
}

// FuzzFollower drives the passes of a follower with servers and changes drawn from a seed. Whatever they do, a pass ends, no record that is
// there is passed over, and a pass that ends well has seen all that was there when it began.
func FuzzFollower(f *testing.F) {
	for seed := range uint64(400) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
		s := randomServer(r)
		after := int64(0)
		if len(s.IDs) > 0 && r.IntN(4) > 0 {
			after = s.IDs[r.IntN(len(s.IDs))] + r.Int64N(2)
		}
		follower := follow.New(after, []int{10, 17, 50, 100, 1000}[r.IntN(5)], r.IntN(2) == 0)
		busy := r.IntN(3) // of three requests so many see a change
		complete, ahead := 0, r.IntN(2)*r.IntN(6)
		there := slices.Clone(s.IDs)
		for range 6 {
			// Without record_count a poll that meets the end of a page can find what is new one pass later; see Begin.
			late, changes := there, 0
			if there = slices.Clone(s.IDs); !s.Silent {
				late = there
			}
			_, err := passAhead(t, s, follower, ahead, func() {
				if changes++; changes < 30 && r.IntN(3) < busy { // records may come faster than they can be read, but not forever
					change(s, r, follower.Cursor())
				}
			})
			var failure *follow.Failure
			if err == nil {
				complete++
				for _, id := range late {
					if _, still := slices.BinarySearch(s.IDs, id); still {
						require.LessOrEqual(t, id, follower.Cursor(), "the pass ended before it: order %d limit %d fixed %d ignore %t ignoreCount %t silent %t asked %t extra %d, %d records to %d: %v", s.Order, s.Limit, s.Fixed, s.Ignore, s.IgnoreCount, s.Silent, s.ByAsked, s.Extra, len(s.IDs), s.Next, s.Requests[max(0, len(s.Requests)-12):])
					}
				}
			} else {
				require.ErrorAs(t, err, &failure)
			}
			change(s, r, follower.Cursor())
			follower.Begin()
		}
		if s.Order == pagetest.AsAsked && !s.Ignore && !s.IgnoreCount && s.Extra == 0 {
			require.Equal(t, 6, complete, "nothing is in the way")
		}
	})
}
