package paging_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// server is a list as a tenant serves it, or as it misbehaves.
type server struct {
	ids                         []int64
	limit                       int // largest page, 0 for none
	fixed                       int
	ignore, ignoreCount, silent bool              // silent: no record_count
	byAsked                     bool              // counts its pages by the size asked for, although it sends fewer
	unsteady                    func(ids []int64) // puts the list into another order for each answer
	requests                    []paging.Request
}

func (s *server) serve(req paging.Request) paging.Answer {
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
	if s.unsteady != nil {
		s.unsteady(s.ids)
	}
	answer := paging.Answer{RecordCount: len(s.ids)}
	if s.silent {
		answer.RecordCount = -1
	}
	for _, id := range s.ids[min(begin, len(s.ids)):min(begin+size, len(s.ids))] {
		answer.Keys = append(answer.Keys, wire.Key{Kind: wire.KeyID, ID: id})
		answer.Print = answer.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
	}
	return answer
}

func (s *server) remove(ids ...int64) {
	s.ids = slices.DeleteFunc(s.ids, func(id int64) bool { return slices.Contains(ids, id) })
}

func newServer(n int) *server {
	s := &server{}
	for i := range n {
		s.ids = append(s.ids, int64(i+1))
	}
	return s
}

// walk reads the whole list; between is called after each answer with the ids that were new.
func walk(t *testing.T, s *server, w *paging.Walk, between func(fresh []int64)) ([]int64, error) {
	t.Helper()
	var got []int64
	for req, more := w.Next(); more; req, more = w.Next() {
		answer := s.serve(req)
		var fresh []int64
		for _, i := range w.Accept(answer) {
			fresh = append(fresh, answer.Keys[i].ID)
		}
		got = append(got, fresh...)
		if between != nil {
			between(fresh)
		}
		require.Less(t, len(s.requests), 5000, "the walk does not end")
	}
	return got, w.Err()
}

func TestWalkReadsEachRecordOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server   server
		n, size  int
		requests int
	}{
		"honest":                              {n: 717, size: 100, requests: 8},
		"honest, exactly two pages":           {n: 200, size: 100, requests: 2},
		"honest, one record":                  {n: 1, size: 100, requests: 1},
		"honest, empty":                       {n: 0, size: 100, requests: 1},
		"caps at 100":                         {server: server{limit: 100}, n: 717, size: 1000, requests: 8},
		"caps at 100, counts pages by 1,000":  {server: server{limit: 100, byAsked: true}, n: 717, size: 1000, requests: 8},
		"fixed size":                          {server: server{fixed: 30}, n: 100, size: 7, requests: 4},
		"ignores paging":                      {server: server{ignore: true}, n: 1254, size: 100, requests: 3},
		"ignores paging, all on one page":     {server: server{ignore: true}, n: 50, size: 100, requests: 1},
		"no count, short last page":           {server: server{silent: true}, n: 250, size: 100, requests: 3},
		"no count, full last page":            {server: server{silent: true}, n: 200, size: 100, requests: 3},
		"no count, first page may be capped":  {server: server{silent: true, limit: 50}, n: 120, size: 100, requests: 3},
		"no count, one short page":            {server: server{silent: true}, n: 3, size: 100, requests: 2},
		"no count, ignores paging, few":       {server: server{silent: true, ignore: true}, n: 30, size: 100, requests: 3},
		"no count, ignores paging, many":      {server: server{silent: true, ignore: true}, n: 1254, size: 100, requests: 3},
		"no count, ignores both, few records": {server: server{silent: true, ignore: true, ignoreCount: true}, n: 30, size: 100, requests: 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.ids = newServer(test.n).ids
			got, err := walk(t, &s, paging.New(test.size, paging.Options{}), nil)
			require.NoError(t, err)
			assert.ElementsMatch(t, s.ids, got)
			assert.Len(t, s.requests, test.requests)
		})
	}
}

func TestWalkSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server server
		seen   int
		count  int
	}{
		"ignores paging and count":          {server{ignore: true, ignoreCount: true}, 50, 1254},
		"ignores both, no count to compare": {server{ignore: true, ignoreCount: true, silent: true}, 50, -1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.ids = newServer(1254).ids
			got, err := walk(t, &s, paging.New(100, paging.Options{}), nil)
			var short *paging.Incomplete
			require.ErrorAs(t, err, &short)
			assert.Equal(t, test.count, short.RecordCount)
			assert.Equal(t, test.seen, short.Seen)
			assert.Len(t, got, test.seen, "what can be read comes before the error")
			assert.LessOrEqual(t, len(s.requests), 4)
		})
	}
}

func TestWalkWhileTheConsumerDeletes(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*server{
		"honest": newServer(717), "capped": {ids: newServer(717).ids, limit: 50}, "ignores paging": {ids: newServer(717).ids, ignore: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := slices.Clone(s.ids)
			got, err := walk(t, s, paging.New(100, paging.Options{}), func(fresh []int64) { s.remove(fresh...) })
			require.NoError(t, err)
			assert.ElementsMatch(t, all, got)
		})
	}
}

// Without record_count only the client's own knowledge of its deletes shows that the pages have moved.
func TestWalkKnowsItsOwnDeletes(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{true, false} {
		s := newServer(450)
		s.silent = silent
		all := slices.Clone(s.ids)
		w := paging.New(100, paging.Options{})
		var got []int64
		gone, fill := 0, int64(10_000)
		for req, more := w.Next(); more; req, more = w.Next() {
			answer := s.serve(req)
			answer.GoneBefore, answer.GoneAfter = gone, gone
			for _, i := range w.Accept(answer) {
				id := answer.Keys[i].ID
				got = append(got, id)
				s.remove(id)
				gone++
				if !silent && id < 10_000 { // an insert for each delete: record_count never falls
					s.ids = append(s.ids, fill)
					fill++
				}
			}
			require.Less(t, len(s.requests), 500)
		}
		require.NoError(t, w.Err())
		for _, id := range all {
			assert.Contains(t, got, id)
		}
	}
}

// An insert hides part of a delete: record_count falls by less than the pages move.
func TestWalkLooksFurtherBackThanTheCountFell(t *testing.T) {
	t.Parallel()
	s := newServer(600)
	all := slices.Clone(s.ids)
	removed := all[:250]
	calls := 0
	got, err := walk(t, s, paging.New(100, paging.Options{}), func([]int64) {
		if calls++; calls == 4 {
			s.remove(removed...)
			for i := range int64(240) {
				s.ids = append(s.ids, 10_000+i)
			}
		}
	})
	require.NoError(t, err)
	for _, id := range all[250:] {
		assert.Contains(t, got, id)
	}
}

func TestWalkTwiceFindsWhatNothingElseShows(t *testing.T) {
	t.Parallel()
	for _, second := range []bool{false, true} {
		s := newServer(300)
		s.silent = true
		calls := 0
		got, err := walk(t, s, paging.New(100, paging.Options{SecondPass: second}), func([]int64) {
			if calls++; calls == 1 {
				s.remove(5, 6, 7)
			}
		})
		require.NoError(t, err)
		if second {
			assert.Len(t, got, 300)
			assert.Len(t, s.requests, 9, "two passes bring something, the third nothing")
		} else {
			assert.Len(t, got, 297, "this is the gap that WithSecondPass closes")
		}
	}
}

func TestWalkOfAnUnpagedList(t *testing.T) {
	t.Parallel()
	s := newServer(30)
	s.ids = append(s.ids, 7) // rows that share an id are two rows of one answer
	got, err := walk(t, s, paging.New(100, paging.Options{Unpaged: true}), nil)
	require.NoError(t, err)
	assert.Equal(t, s.ids, got)
	assert.Len(t, s.requests, 1)

	capped := newServer(120)
	capped.limit = 50
	got, err = walk(t, capped, paging.New(100, paging.Options{Unpaged: true}), nil)
	require.NoError(t, err)
	assert.Equal(t, capped.ids, got)
	assert.Equal(t, paging.Request{Count: 120}, capped.requests[1])
}

func TestAheadNamesOnlyPagesThatExist(t *testing.T) {
	t.Parallel()
	w := paging.New(100, paging.Options{})
	assert.Empty(t, w.Ahead(4), "before the first answer nothing is known")
	s := newServer(450)
	req, _ := w.Next()
	w.Accept(s.serve(req))
	assert.Equal(t, []paging.Request{{Page: 3, Size: 100}, {Page: 4, Size: 100}, {Page: 5, Size: 100}}, w.Ahead(4))
	req, _ = w.Next()
	s.remove(1)
	w.Accept(s.serve(req))
	assert.Empty(t, w.Ahead(4), "something moved")
}

// Two passes over many pages bring nothing new, and still it is not the list that keeps changing.
func TestWalkTwiceOverManyPages(t *testing.T) {
	t.Parallel()
	s := newServer(60)
	s.silent = true
	calls := 0
	got, err := walk(t, s, paging.New(1, paging.Options{SecondPass: true}), func([]int64) {
		if calls++; calls == 61 { // between the first pass and the second
			s.ids = slices.Insert(s.ids, 0, 61)
		}
	})
	require.NoError(t, err)
	assert.Len(t, got, 61)
	assert.Len(t, s.requests, 61+62+62, "a pass that brings one record, and one that brings none")
}

// Records that are inserted faster than they are read push those that were seen in front of the walk for a long time.
func TestWalkOutlastsInserts(t *testing.T) {
	t.Parallel()
	s := newServer(300)
	all := slices.Clone(s.ids)
	calls := 0
	got, err := walk(t, s, paging.New(10, paging.Options{}), func([]int64) {
		if calls++; calls >= 4 && calls < 40 {
			for range 11 {
				s.ids = slices.Insert(s.ids, 0, int64(10_000+len(s.ids)))
			}
		}
	})
	require.NoError(t, err)
	assert.Subset(t, got, all)
}

// Where the sort leaves ties open, records slip over a page's boundary while deletes make up for them in the count: only a pass that sees the whole
// list by itself settles it.
func TestWalkOverALooseOrder(t *testing.T) {
	t.Parallel()
	silent := map[bool]int{}
	for _, loose := range []bool{false, true} {
		for seed := range uint64(300) {
			r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test
			s := newServer(300)
			s.unsteady = func(ids []int64) { // ties among the records in the middle
				middle := ids[min(50, len(ids)):min(150, len(ids))]
				r.Shuffle(len(middle), func(i, j int) { middle[i], middle[j] = middle[j], middle[i] })
			}
			stays := map[int64]bool{}
			for _, id := range s.ids[50:] {
				stays[id] = true
			}
			calls := 0
			got, err := walk(t, s, paging.New(100, paging.Options{Loose: loose}), func([]int64) {
				if calls++; calls == 1 {
					s.remove(s.ids[:50]...)
				}
			})
			for _, id := range got {
				delete(stays, id)
			}
			for id := range stays {
				if !slices.Contains(s.ids, id) {
					delete(stays, id) // it was among those deleted
				}
			}
			if err == nil && len(stays) > 0 {
				silent[loose]++
			}
		}
	}
	assert.Positive(t, silent[false], "the test shows nothing")
	assert.Zero(t, silent[true])
}
