package paging_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// serve returns what a server sends for a request.
func serve(s *pagetest.Server, req page.Request) paging.Answer {
	ids, count := s.Serve(req)
	answer := paging.Answer{RecordCount: count}
	for _, id := range ids {
		answer.Keys = append(answer.Keys, wire.Key{Kind: wire.KeyID, ID: id})
		answer.Print = answer.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
	}
	return answer
}

// walk reads the whole list; between is called after each response with the ids that were new.
func walk(t *testing.T, s *pagetest.Server, w *paging.Walk, between func(fresh []int64)) ([]int64, error) {
	t.Helper()
	var got []int64
	for req, more := w.Next(); more; req, more = w.Next() {
		answer := serve(s, req)
		var fresh []int64
		for _, i := range w.Accept(answer) {
			fresh = append(fresh, answer.Keys[i].ID)
		}
		got = append(got, fresh...)
		if between != nil {
			between(fresh)
		}
		require.Less(t, len(s.Requests), 5000, "the walk does not end")
	}
	return got, w.Err()
}

func TestWalkReadsEachRecordOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server   pagetest.Server
		n, size  int
		requests int
	}{
		"honest":                              {n: 717, size: 100, requests: 8},
		"honest, exactly two pages":           {n: 200, size: 100, requests: 3},
		"honest, one record":                  {n: 1, size: 100, requests: 1},
		"honest, empty":                       {n: 0, size: 100, requests: 1},
		"caps at 100":                         {server: pagetest.Server{Limit: 100}, n: 717, size: 1000, requests: 8},
		"caps at 100, counts pages by 1,000":  {server: pagetest.Server{Limit: 100, ByAsked: true}, n: 717, size: 1000, requests: 8},
		"fixed size":                          {server: pagetest.Server{Fixed: 30}, n: 100, size: 7, requests: 4},
		"ignores paging":                      {server: pagetest.Server{Ignore: true}, n: 1254, size: 100, requests: 3},
		"ignores paging, all on one page":     {server: pagetest.Server{Ignore: true}, n: 50, size: 100, requests: 1},
		"no count, short last page":           {server: pagetest.Server{Silent: true}, n: 250, size: 100, requests: 5},
		"no count, full last page":            {server: pagetest.Server{Silent: true}, n: 200, size: 100, requests: 5},
		"no count, first page may be capped":  {server: pagetest.Server{Silent: true, Limit: 50}, n: 120, size: 100, requests: 5},
		"no count, one short page":            {server: pagetest.Server{Silent: true}, n: 3, size: 100, requests: 3},
		"no count, ignores paging, few":       {server: pagetest.Server{Silent: true, Ignore: true}, n: 30, size: 100, requests: 3},
		"no count, ignores paging, many":      {server: pagetest.Server{Silent: true, Ignore: true}, n: 1254, size: 100, requests: 3},
		"no count, ignores both, few records": {server: pagetest.Server{Silent: true, Ignore: true, IgnoreCount: true}, n: 30, size: 100, requests: 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.IDs = pagetest.Of(test.n).IDs
			got, err := walk(t, &s, paging.New(test.size, paging.Options{}), nil)
			require.NoError(t, err)
			assert.ElementsMatch(t, s.IDs, got)
			assert.Len(t, s.Requests, test.requests)
		})
	}
}

func TestWalkSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server pagetest.Server
		seen   int
		count  int
	}{
		"ignores paging and count":          {pagetest.Server{Ignore: true, IgnoreCount: true}, 50, 1254},
		"ignores both, no count to compare": {pagetest.Server{Ignore: true, IgnoreCount: true, Silent: true}, 50, -1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := test.server
			s.IDs = pagetest.Of(1254).IDs
			got, err := walk(t, &s, paging.New(100, paging.Options{}), nil)
			var short *paging.Incomplete
			require.ErrorAs(t, err, &short)
			assert.Equal(t, test.count, short.RecordCount)
			assert.Equal(t, test.seen, short.Seen)
			assert.Len(t, got, test.seen, "what can be read comes before the error")
			assert.LessOrEqual(t, len(s.Requests), 4)
		})
	}
}

func TestWalkWhileTheConsumerDeletes(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*pagetest.Server{
		"honest": pagetest.Of(717), "capped": {IDs: pagetest.Of(717).IDs, Limit: 50}, "ignores paging": {IDs: pagetest.Of(717).IDs, Ignore: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := slices.Clone(s.IDs)
			got, err := walk(t, s, paging.New(100, paging.Options{}), func(fresh []int64) { s.Remove(fresh...) })
			require.NoError(t, err)
			assert.ElementsMatch(t, all, got)
		})
	}
}

// Without record_count only the client's own knowledge of its deletes shows that the pages have moved.
func TestWalkKnowsItsOwnDeletes(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{true, false} {
		s := pagetest.Of(450)
		s.Silent = silent
		all := slices.Clone(s.IDs)
		w := paging.New(100, paging.Options{})
		var got []int64
		gone, fill := 0, int64(10_000)
		for req, more := w.Next(); more; req, more = w.Next() {
			answer := serve(s, req)
			answer.GoneBefore, answer.GoneAfter = gone, gone
			for _, i := range w.Accept(answer) {
				id := answer.Keys[i].ID
				got = append(got, id)
				s.Remove(id)
				gone++
				if !silent && id < 10_000 { // an insert for each delete: record_count never falls
					s.IDs = append(s.IDs, fill)
					fill++
				}
			}
			require.Less(t, len(s.Requests), 500)
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
	s := pagetest.Of(600)
	all := slices.Clone(s.IDs)
	removed := all[:250]
	calls := 0
	got, err := walk(t, s, paging.New(100, paging.Options{}), func([]int64) {
		if calls++; calls == 4 {
			s.Remove(removed...)
			for i := range int64(240) {
				s.IDs = append(s.IDs, 10_000+i)
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
		s := pagetest.Of(300)
		s.Silent = true
		calls := 0
		got, err := walk(t, s, paging.New(100, paging.Options{SecondPass: second}), func([]int64) {
			if calls++; calls == 1 {
				s.Remove(5, 6, 7)
			}
		})
		require.NoError(t, err)
		assert.Len(t, got, 300)
	}
}

func TestWalkOfAnUnpagedList(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(30)
	s.IDs = append(s.IDs, 7) // rows that share an id are two rows of one response
	got, err := walk(t, s, paging.New(100, paging.Options{Unpaged: true}), nil)
	require.NoError(t, err)
	assert.Equal(t, s.IDs, got)
	assert.Len(t, s.Requests, 1)

	capped := pagetest.Of(120)
	capped.Limit = 50
	got, err = walk(t, capped, paging.New(100, paging.Options{Unpaged: true}), nil)
	require.NoError(t, err)
	assert.Equal(t, capped.IDs, got)
	assert.Equal(t, page.Request{Count: 121}, capped.Requests[1])
}

func TestAheadNamesOnlyPagesThatExist(t *testing.T) {
	t.Parallel()
	w := paging.New(100, paging.Options{})
	assert.Empty(t, w.Ahead(4), "before the first answer nothing is known")
	s := pagetest.Of(450)
	req, _ := w.Next()
	w.Accept(serve(s, req))
	assert.Equal(t, []page.Request{{Page: 3, Size: 100}, {Page: 4, Size: 100}, {Page: 5, Size: 100}}, w.Ahead(4))
	req, _ = w.Next()
	s.Remove(1)
	w.Accept(serve(s, req))
	assert.Empty(t, w.Ahead(4), "something moved")

	w = paging.New(100, paging.Options{Order: paging.ByOther})
	s = pagetest.Of(1000)
	req, _ = w.Next()
	w.Accept(serve(s, req))
	assert.Len(t, w.Ahead(2), 2, "no more than are asked for")
	assert.True(t, w.Seen(wire.KeyOf("7")), "its delete moves the pages")
	assert.False(t, w.Seen(wire.KeyOf("700")))
}

// Two passes over many pages bring nothing new, and still it is not the list that keeps changing.
func TestWalkTwiceOverManyPages(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(60)
	s.Silent = true
	calls := 0
	got, err := walk(t, s, paging.New(1, paging.Options{SecondPass: true}), func([]int64) {
		if calls++; calls == 61 { // between the first pass and the second
			s.IDs = slices.Insert(s.IDs, 0, 61)
		}
	})
	require.NoError(t, err)
	assert.Len(t, got, 61)
	assert.LessOrEqual(t, len(s.Requests), 3*63+1, "a reading that is proved, a pass that brings one record, and one that brings none")
}

// Records that are inserted faster than they are read push those that were seen in front of the walk for a long time.
func TestWalkOutlastsInserts(t *testing.T) {
	t.Parallel()
	s := pagetest.Of(300)
	all := slices.Clone(s.IDs)
	calls := 0
	got, err := walk(t, s, paging.New(10, paging.Options{}), func([]int64) {
		if calls++; calls >= 4 && calls < 40 {
			for range 11 {
				s.IDs = slices.Insert(s.IDs, 0, int64(10_000+len(s.IDs)))
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
			s := pagetest.Of(300)
			s.Unsteady = func(ids []int64) { // ties among the records in the middle
				middle := ids[min(50, len(ids)):min(150, len(ids))]
				r.Shuffle(len(middle), func(i, j int) { middle[i], middle[j] = middle[j], middle[i] })
			}
			stays := map[int64]bool{}
			for _, id := range s.IDs[50:] {
				stays[id] = true
			}
			calls := 0
			got, err := walk(t, s, paging.New(100, paging.Options{Order: looseIf(loose)}), func([]int64) {
				if calls++; calls == 1 {
					s.Remove(s.IDs[:50]...)
				}
			})
			for _, id := range got {
				delete(stays, id)
			}
			for id := range stays {
				if !slices.Contains(s.IDs, id) {
					delete(stays, id) // it was among those deleted
				}
			}
			if err == nil && len(stays) > 0 {
				silent[loose]++
			}
		}
	}
	assert.Zero(t, silent[false])
	assert.Zero(t, silent[true])
}

func looseIf(loose bool) paging.Order {
	if loose {
		return paging.ByOther
	}
	return paging.ByID
}
