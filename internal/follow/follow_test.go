package follow_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
)

// The orders in which a server sends a list.
const (
	asAsked = iota
	oldestFirst
	newestFirst
	noOrder
)

// server is a list as a tenant serves it, or as it misbehaves.
type server struct {
	ids                         []int64 // in their order
	next                        int64
	order                       int
	limit                       int // largest page, 0 for none
	fixed                       int
	ignore, ignoreCount, silent bool // silent: no record_count
	byAsked                     bool // counts its pages by the size asked for, although it sends fewer
	extra                       int  // what record_count is too large by
	requests                    []follow.Request
}

func newServer(n int) *server {
	s := &server{}
	s.add(n)
	return s
}

// add appends n records.
func (s *server) add(n int) {
	for range n {
		s.next++
		s.ids = append(s.ids, s.next)
	}
}

// remove deletes n records from a position on.
func (s *server) remove(at, n int) {
	at = min(max(0, at), len(s.ids))
	s.ids = slices.Delete(s.ids, at, min(at+n, len(s.ids)))
}

func (s *server) serve(req follow.Request) follow.Answer {
	s.requests = append(s.requests, req)
	size := req.Size
	if s.limit > 0 {
		size = min(size, s.limit)
	}
	if s.fixed > 0 {
		size = s.fixed
	}
	begin := (req.Page - 1) * size
	if s.byAsked {
		begin = (req.Page - 1) * req.Size
	}
	switch {
	case req.Count > 0 && s.ignoreCount:
		begin, size = 0, 50
	case req.Count > 0:
		begin, size = 0, req.Count
	case s.ignore:
		begin, size = 0, 50
	}
	answer := follow.Answer{RecordCount: len(s.ids) + s.extra, IDs: s.rows(begin, size, req.Newest)}
	if s.silent {
		answer.RecordCount = -1
	}
	return answer
}

// rows cuts a page of size rows out of the list, in the order in which it is sent.
func (s *server) rows(begin, size int, newest bool) []int64 {
	n := len(s.ids)
	begin, end := min(begin, n), min(begin+size, n)
	switch {
	case s.order == noOrder:
		ids := slices.SortedFunc(slices.Values(s.ids), func(a, b int64) int { return cmp.Compare(a*7919%1009, b*7919%1009) })
		return ids[begin:end]
	case s.order == newestFirst, s.order == asAsked && newest:
		ids := slices.Clone(s.ids[n-end : n-begin])
		slices.Reverse(ids)
		return ids
	}
	return slices.Clone(s.ids[begin:end])
}

// pass runs one pass and returns what it gave. Of every answer it is held that no record that is there has been passed over.
func (s *server) pass(t *testing.T, f *follow.Follower, between func()) ([]int64, error) {
	t.Helper()
	var got []int64
	var before follow.Answer
	asked := len(s.requests)
	for req, more := f.Next(); more; req, more = f.Next() {
		answer := s.serve(req)
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
		after, _ := slices.BinarySearch(s.ids, cursor+1)
		for _, id := range s.ids[after:] {
			if id > f.Cursor() {
				break
			}
			_, found := slices.BinarySearch(taken, id)
			require.True(t, found, "%d was passed over", id)
		}
		got = append(got, taken...)
		require.Less(t, len(s.requests)-asked, 2000+len(got), "the pass does not end")
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
		server          server
		unsortable      bool
		n, size         int
		after           int64
		requests, quiet int
	}{
		"a few new":                            {n: 1000, after: 995, requests: 1, quiet: 1},
		"nothing new":                          {n: 1000, after: 1000, requests: 1, quiet: 1},
		"an empty list":                        {n: 0, after: 0, requests: 1, quiet: 1},
		"all of a short list":                  {n: 100, after: 0, requests: 1, quiet: 1},
		"a page and one":                       {n: 1000, after: 899, requests: 3, quiet: 1},
		"several pages":                        {n: 10_000, after: 9_499, requests: 8, quiet: 1},
		"all of a long list":                   {n: 1000, after: 0, requests: 13, quiet: 1},
		"caps at 50":                           {server: server{limit: 50}, n: 1000, size: 1000, after: 899, requests: 5, quiet: 1},
		"caps at 50, counts pages as asked":    {server: server{limit: 50, byAsked: true}, n: 1000, size: 1000, after: 899, requests: 5, quiet: 1},
		"caps at 5":                            {server: server{limit: 5}, n: 100, after: 80, requests: 9, quiet: 1},
		"caps at 1":                            {server: server{limit: 1}, n: 30, after: 25, requests: 12, quiet: 2},
		"fixed size":                           {server: server{fixed: 30}, n: 1000, after: 900, requests: 10, quiet: 1},
		"fixed size above what is asked":       {server: server{fixed: 150}, n: 1000, size: 100, after: 700, requests: 6, quiet: 1},
		"ignores paging":                       {server: server{ignore: true}, n: 1254, after: 1000, requests: 5, quiet: 1},
		"no count":                             {server: server{silent: true}, n: 1000, after: 899, requests: 3, quiet: 1},
		"no count, caps at 50":                 {server: server{silent: true, limit: 50}, n: 1000, after: 899, requests: 5, quiet: 1},
		"no count, ignores paging":             {server: server{silent: true, ignore: true}, n: 1254, after: 1000, requests: 5, quiet: 1},
		"no count, all of a short list":        {server: server{silent: true}, n: 30, after: 0, requests: 2, quiet: 1},
		"no count, one record":                 {server: server{silent: true}, n: 1, after: 0, requests: 1, quiet: 1},
		"oldest first":                         {server: server{order: oldestFirst}, unsortable: true, n: 1000, after: 899, requests: 3, quiet: 1},
		"oldest first, sort ignored":           {server: server{order: oldestFirst}, n: 1000, after: 899, requests: 3, quiet: 1},
		"oldest first, all":                    {server: server{order: oldestFirst}, unsortable: true, n: 1000, after: 0, requests: 12, quiet: 1},
		"oldest first, short":                  {server: server{order: oldestFirst}, unsortable: true, n: 30, after: 7, requests: 1, quiet: 1},
		"oldest first, fixed size":             {server: server{order: oldestFirst, fixed: 30}, unsortable: true, n: 900, after: 840, requests: 8, quiet: 1},
		"oldest first, ignores paging":         {server: server{order: oldestFirst, ignore: true}, unsortable: true, n: 1254, after: 1000, requests: 5, quiet: 1},
		"oldest first, ignores pages, few new": {server: server{order: oldestFirst, ignore: true}, unsortable: true, n: 1254, after: 1249, requests: 5, quiet: 1},
		"oldest first, no count":               {server: server{order: oldestFirst, silent: true}, unsortable: true, n: 1000, after: 899, requests: 3, quiet: 1},
		"oldest first, no count, short":        {server: server{order: oldestFirst, silent: true}, unsortable: true, n: 30, after: 7, requests: 2, quiet: 1},
		"oldest first, no count, caps at 50":   {server: server{order: oldestFirst, silent: true, limit: 50}, unsortable: true, n: 1000, after: 899, requests: 5, quiet: 1},
		"oldest first, no count, fixed size":   {server: server{order: oldestFirst, silent: true, fixed: 30}, unsortable: true, n: 905, after: 840, requests: 10, quiet: 1},
		"oldest first, count too large":        {server: server{order: oldestFirst, extra: 7}, unsortable: true, n: 1000, after: 899, requests: 6, quiet: 2},
		"newest first":                         {server: server{order: newestFirst}, unsortable: true, n: 1000, after: 899, requests: 3, quiet: 1},
		"newest first, sort ignored":           {server: server{order: newestFirst}, n: 1000, after: 899, requests: 5, quiet: 1},
		"newest first, all":                    {server: server{order: newestFirst}, unsortable: true, n: 1000, after: 0, requests: 12, quiet: 1},
		"newest first, fixed size":             {server: server{order: newestFirst, fixed: 30}, unsortable: true, n: 1000, after: 911, requests: 4, quiet: 1},
		"newest first, fixed size, all":        {server: server{order: newestFirst, fixed: 30}, n: 717, after: 0, requests: 8, quiet: 1},
		"newest first, fixed size, on an edge": {server: server{order: newestFirst, fixed: 30}, unsortable: true, n: 1000, after: 910, requests: 4, quiet: 1},
		"newest first, ignores paging":         {server: server{order: newestFirst, ignore: true}, unsortable: true, n: 1254, after: 1000, requests: 6, quiet: 1},
		"newest first, no count, all":          {server: server{order: newestFirst, silent: true}, unsortable: true, n: 1000, after: 0, requests: 16, quiet: 1},
		"no order":                             {server: server{order: noOrder}, unsortable: true, n: 1000, after: 899, requests: 2, quiet: 1},
		"no order, sort ignored":               {server: server{order: noOrder}, n: 1000, after: 899, requests: 2, quiet: 1},
		"no order, short":                      {server: server{order: noOrder}, unsortable: true, n: 60, after: 7, requests: 1, quiet: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.add(test.n)
			if test.size == 0 {
				test.size = 100
			}
			f := follow.New(test.after, test.size, !test.unsortable)
			got, err := s.pass(t, f, nil)
			require.NoError(t, err)
			assert.Equal(t, upTo(test.after+1, int64(test.n)), append([]int64{}, got...))
			assert.LessOrEqual(t, len(s.requests), test.requests, "%v", s.requests)

			s.requests = nil
			f.Begin()
			got, err = s.pass(t, f, nil)
			require.NoError(t, err)
			assert.Empty(t, got)
			assert.Len(t, s.requests, test.quiet, "of a quiet pass: %v", s.requests)

			s.add(3)
			f.Begin()
			got, err = s.pass(t, f, nil)
			require.NoError(t, err)
			assert.Equal(t, upTo(s.next-2, s.next), got)
		})
	}
}

func TestPassSaysWhereItCannotTell(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server     server
		unsortable bool
		after      int64
		passing    bool
	}{
		"ignores paging and count":                   {server{ignore: true, ignoreCount: true}, false, 1000, false},
		"ignores paging and count, no count":         {server{ignore: true, ignoreCount: true, silent: true}, false, 1000, false},
		"ignores all, oldest first":                  {server{ignore: true, ignoreCount: true, order: oldestFirst}, true, 1000, false},
		"ignores all, newest first":                  {server{ignore: true, ignoreCount: true, order: newestFirst}, true, 1000, false},
		"newest first, fixed size, on an edge":       {server{fixed: 30, ignoreCount: true, order: newestFirst}, true, 1254 - 90, true},
		"newest first, ignores paging, no count":     {server{ignore: true, ignoreCount: true, silent: true, order: newestFirst}, true, 1000, false},
		"no order, ignores count":                    {server{ignoreCount: true, order: noOrder}, true, 1000, false},
		"no order, ignores count, although sortable": {server{ignoreCount: true, order: noOrder}, false, 1000, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.add(1254)
			f := follow.New(test.after, 100, !test.unsortable)
			got, err := s.pass(t, f, nil)
			var failure *follow.Failure
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, test.passing, failure.Passing)
			assert.NotEmpty(t, failure.Reason)
			assert.Empty(t, got)
			assert.Less(t, len(s.requests), 20)
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
	s := newServer(1_000_000)
	f := follow.New(900_000, 100, true)
	_, err := s.pass(t, f, func() { s.remove(0, 5000); s.add(5000) })
	var failure *follow.Failure
	require.ErrorAs(t, err, &failure)
	assert.True(t, failure.Passing)

	f.Begin()
	got, err := s.pass(t, f, nil)
	require.NoError(t, err)
	assert.NotEmpty(t, got)
	assert.Equal(t, s.next, f.Cursor())
}

// A list without a record_count that was short when it was first read, and so seemed to have short pages, is read in full pages once it is long.
func TestPagesGrowWithTheList(t *testing.T) {
	t.Parallel()
	s := newServer(12)
	s.order, s.silent = oldestFirst, true
	f := follow.New(0, 100, false)
	for n := range 10 {
		s.requests = nil
		got, err := s.pass(t, f, nil)
		require.NoError(t, err)
		if n == 0 {
			assert.Len(t, got, 12)
		} else {
			assert.Len(t, got, 1000)
			assert.Less(t, len(s.requests), 20, "%v", s.requests)
		}
		s.add(1000)
		f.Begin()
	}
}

// randomServer draws a list and the way in which it is served.
func randomServer(r *rand.Rand) *server {
	s := newServer(0)
	s.next = r.Int64N(2) * r.Int64N(100_000) // ids need not begin with 1
	s.add(r.IntN(700))
	if r.IntN(3) == 0 { // nor be dense
		s.ids = slices.DeleteFunc(s.ids, func(int64) bool { return r.IntN(3) == 0 })
	}
	s.order = r.IntN(4)
	s.limit = []int{0, 0, 100, 50, 20}[r.IntN(5)]
	s.fixed = []int{0, 0, 0, 30, 120}[r.IntN(5)]
	s.ignore = r.IntN(6) == 0
	s.ignoreCount = r.IntN(4) == 0
	s.silent = r.IntN(4) == 0
	s.byAsked = r.IntN(4) == 0
	if r.IntN(8) == 0 {
		s.extra = 1 + r.IntN(50)
	}
	return s
}

// change inserts at the end and deletes anywhere: at the front, as a retention does, or about the cursor, as a consumer does.
func (s *server) change(r *rand.Rand, cursor int64) {
	switch r.IntN(4) {
	case 0:
		s.add(r.IntN(150))
	case 1:
		s.remove(0, r.IntN(40))
	case 2:
		at, _ := slices.BinarySearch(s.ids, cursor)
		s.remove(at-r.IntN(80), r.IntN(100))
	case 3:
		if len(s.ids) > 0 {
			s.remove(r.IntN(len(s.ids)), r.IntN(10))
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
		if len(s.ids) > 0 && r.IntN(4) > 0 {
			after = s.ids[r.IntN(len(s.ids))] + r.Int64N(2)
		}
		follower := follow.New(after, []int{1, 7, 50, 100, 1000}[r.IntN(5)], r.IntN(2) == 0)
		busy := r.IntN(3) // of three requests so many see a change
		complete := 0
		for range 6 {
			there, changes := slices.Clone(s.ids), 0
			_, err := s.pass(t, follower, func() {
				if changes++; changes < 30 && r.IntN(3) < busy { // records may come faster than they can be read, but not for ever
					s.change(r, follower.Cursor())
				}
			})
			var failure *follow.Failure
			if err == nil {
				complete++
				for _, id := range there {
					if _, still := slices.BinarySearch(s.ids, id); still {
						require.LessOrEqual(t, id, follower.Cursor(), "the pass ended before it")
					}
				}
			} else {
				require.ErrorAs(t, err, &failure)
			}
			s.change(r, follower.Cursor())
			follower.Begin()
		}
		if s.order == asAsked && !s.ignore && !s.ignoreCount && s.extra == 0 {
			require.Equal(t, 6, complete, "nothing is in the way")
		}
	})
}
