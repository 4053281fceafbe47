package paging_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// TestRequestBounds holds the table of DESIGN.md: what a walk in the order of the ids costs.
func TestRequestBounds(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 2, 3, 7, 50, 100} {
		for _, n := range []int{0, 1, 2, 6, 7, 50, 99, 100, 101, 300, 717} {
			static := n/size + 1 // which is as many as there are pages where the last one is short
			s := pagetest.Of(n)
			got, err := walk(t, s, paging.New(size, paging.Options{}), nil)
			require.NoError(t, err)
			assert.ElementsMatch(t, s.IDs, got)
			assert.Len(t, s.Requests, static, "%d by %d", n, size)

			for name, s := range map[string]*pagetest.Server{"record_count": pagetest.Of(n), "none": {IDs: pagetest.Of(n).IDs, Silent: true}} {
				_, err = walk(t, s, paging.New(size, paging.Options{}), func([]int64) { s.Cut(0, 1) }) // another client deletes at every response
				require.NoError(t, err)
				assert.LessOrEqual(t, len(s.Requests), 3*static+1, "%d by %d, %s", n, size, name)
			}
		}
	}
}

// A response that shows that nothing is between two pages is not idle although it brings nothing new: the whole list is not read again because of it.
func TestRequestsThatProve(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		server        pagetest.Server
		n, size, goes int // the newest record goes after so many responses
		requests      int
	}{
		"newest first":                             {server: pagetest.Server{Order: pagetest.NewestFirst}, n: 24, size: 1, requests: 25},
		"newest first, one goes":                   {server: pagetest.Server{Order: pagetest.NewestFirst}, n: 13, size: 2, goes: 5, requests: 13},
		"newest first, count too large":            {server: pagetest.Server{Order: pagetest.NewestFirst, Extra: 2}, n: 24, size: 1, requests: 26},
		"newest first, count too large, one goes":  {server: pagetest.Server{Order: pagetest.NewestFirst, Extra: 2}, n: 29, size: 1, goes: 3, requests: 38},
		"oldest first, count too small by a page":  {server: pagetest.Server{Extra: -30}, n: 717, size: 30, requests: 49},
		"oldest first, count too small, of capped": {server: pagetest.Server{Extra: -30, Limit: 30}, n: 717, size: 100, requests: 49},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, order := test.server, paging.ByID
			if s.Order == pagetest.NewestFirst {
				order = paging.ByIDDown
			}
			for id := range int64(test.n) {
				s.IDs = append(s.IDs, 10*id+10)
			}
			there := slices.Clone(s.IDs)
			got, err := walk(t, &s, paging.New(test.size, paging.Options{Order: order}), func([]int64) {
				if len(s.Requests) == test.goes {
					s.Cut(len(s.IDs)-1, 1)
				}
			})
			if test.server.Extra <= 0 || test.goes > 0 {
				require.NoError(t, err)
			}
			assert.ElementsMatch(t, there, got)
			assert.LessOrEqual(t, len(s.Requests), test.requests)
		})
	}
}

// Where others delete at every answer, a walk that goes back by as much as the list has shrunk finds what moved, and ends.
func TestRequestsWhereRecordsGoAllTheTime(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		order          paging.Order
		gone, requests int // between two requests, from the third one on
	}{
		{paging.ByID, 1, 78}, {paging.ByID, 3, 85}, {paging.ByID, 7, 87},
		{paging.ByIDDown, 1, 78}, {paging.ByIDDown, 3, 85}, {paging.ByIDDown, 7, 150},
		{paging.ByOther, 3, 341}, {paging.ByOther, 7, 150}, // read until a pass proves itself
	} {
		s := pagetest.Of(0)
		for id := range int64(1000) {
			s.IDs = append(s.IDs, 10*id+10)
		}
		if test.order == paging.ByIDDown {
			s.Order = pagetest.NewestFirst
		}
		got, err := walk(t, s, paging.New(20, paging.Options{Order: test.order}), func([]int64) {
			if len(s.Requests) > 3 {
				at := 0
				if test.order == paging.ByIDDown {
					at = len(s.IDs) - test.gone
				}
				s.Cut(at, test.gone)
			}
		})
		require.NoError(t, err, "%+v", test)
		assert.Subset(t, got, s.IDs, "%+v", test)
		assert.LessOrEqual(t, len(s.Requests), test.requests, "%+v", test)
	}
}
