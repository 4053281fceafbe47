package paging_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// TestRequestsStepByStep holds walks over lists with more than one oddity to the requests that they need: another one would pass over a record, raise an
// alarm or bring nothing. Each step is a request and its response: page*size:ids/record_count, or page*size:much for one that is too much.
func TestRequestsStepByStep(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		size    int
		options paging.Options
		steps   string
		fails   string
	}{
		"newest first, the page before was empty, and page 1 is empty twice": {
			size: 4, options: paging.Options{Order: paging.ByIDDown},
			steps: "1*4:11 10 9/-1; 2*3:7 6/-1; 1*3:/-1; 1*3:/-1; 2*3:7 6/-1; 1*3:11 10 9/-1; 2*3:7 6/-1; 3*3:5 3/-1; 4*3:2 1/-1; 5*3:/-1; 6*3:/-1; 1*3:11 10 9/-1; 2*3:7 6/-1; 3*3:5 3/-1; 4*3:2 1/-1; 5*3:/-1",
		},
		"every page longer than asked for, as a row comes twice": {
			size: 3, options: paging.Options{Order: paging.ByRows},
			steps: "1*3:70 70 60 50/7; 2*4:60 60 50 40 30/10; 3*5:/10; 4*5:/10; 1*5:100 100 90 80 70 60/10; 2*6:40 40 30 20 10/10; 3*6:/10; 4*6:/10; 1*6:100 100 90 80 70 60 50/10; 2*7:30 30 20 10/10; 3*7:/10; 1*7:100 100 90 80 70 60 50 40/10; 2*8:20 20 10/10; 3*8:/10; 1*8:100 100 90 80 70 60 50 40 30/10; 2*9:10/10; 3*9:/10; 1*9:100 100 90 80 70 60 50 40 30 20/10; 2*10:/10; 1*10:100 100 90 80 70 60 50 40 30 20 10/-1; 2*11:/10; 1*11:100 100 90 80 70 60 50 40 30 20 10/-1; 2*11:/10",
		},
		"pages share a row, and the last one is too much": {
			size: 2, options: paging.Options{Order: paging.ByRows},
			steps: "1*2:10 20/4; 2*2:20 30/4; 3*2:30 40/4; 4*2:much; 7*1:/4; 6*1:60/4; 5*1:50/4; 4*1:40/4",
		},
		"a hidden record makes a page empty, and record_count is too small": {
			size: 1, options: paging.Options{SecondPass: true},
			steps: "1*1:10/3; 2*1:20/3; 1*1:10/3; 3*1:30/3; 2*1:20/3; 4*1:/3; 5*1:50/3; 4*1:/3; 5*1:50/3",
			fails: "a page comes without records although there are more behind it",
		},
		"newest first, no record_count, every second page shorter, the last one empty once": {
			size: 2, options: paging.Options{Order: paging.ByIDDown},
			steps: "1*2:7 6/-1; 2*2:5/-1; 3*2:4 3/-1; 4*2:2/-1; 5*2:/-1; 6*2:/-1; 1*2:7 6/-1; 2*2:5/-1; 3*2:4 3/-1; 4*2:2/-1; 5*2:1/-1; 6*2:/-1; 7*2:/-1; 1*2:7 6/-1; 2*2:5/-1; 3*2:4 3/-1; 4*2:2/-1; 5*2:1/-1; 6*2:/-1",
		},
		"newest first, fixed pages, and the oldest records go": {
			size: 9, options: paging.Options{Order: paging.ByIDDown, SecondPass: true},
			steps: "1*9:40 30 20/4; 2*2:10/4; 1*2:20 10/2; 1*3:20 10/2",
		},
		"page 1 was read again in another size, and page 3 is empty once": {
			size:  3,
			steps: "1*3:10 20/7; 2*2:30 40/7; 3*2:50 60/7; 4*2:70 80/7; 1*3:10 20/7; 1*2:10 20/7; 2*2:30 40/7; 3*2:/-1; 4*2:70 80/7; 3*2:50 60/7; 5*2:90/7; 4*2:70 80/7; 5*2:90/7; 6*2:/7; 7*2:/7; 5*2:90/7",
		},
		"WithSecondPass, record_count too large": {
			size: 4, options: paging.Options{SecondPass: true},
			steps: "1*4:10 20 30/5; 2*2:30/5; 3*2:/5; 2*2:30/5; 2*3:/5; 1*4:10 20 30/5; 2*2:30/5; 3*2:/5; 2*2:30/5; 2*3:/5",
			fails: "no further page brought the others",
		},
		"half of the records hidden, record_count missing once": {
			size:  2,
			steps: "1*2:10/3; 2*1:/-1; 1*1:10/3; 2*1:/3; 3*1:30/3; 1*1:10/3; 2*1:/3; 3*1:30/3; 4*1:/3; 5*1:/3; 1*1:10/3; 2*1:/3; 3*1:30/3",
			fails: "a page comes without records although there are more behind it",
		},
		"no record_count, and a record too much for its page": {
			size: 5, options: paging.Options{Order: paging.ByRows},
			steps: "1*5:1 2 3 4 5/-1; 2*5:much; 6*1:6/-1; 4*2:7 8/-1; 3*4:9 10/-1; 1*5:1 2 3 4 5/-1; 3*4:9 10/-1; 4*4:/-1; 3*4:9 10/-1",
		},
		"the list becomes empty, and so it ends": {
			size:  6,
			steps: "1*6:10/3; 2*1:/3; 3*1:/2; 1*1:/2; 1*1:/0",
		},
		"another page in place of one behind the end, and a record_count that is not true": {
			size: 10, options: paging.Options{Order: paging.ByIDDown},
			steps: "1*10:2 1/3; 2*2:1/3; 3*2:1/3; 1*2:2/3; 2*2:1/3; 3*2:1/3; 1000000*2:1/3; 1*2:2/-1; 2*2:1/3; 3*2:1/3",
		},
		"a page empty once, and the first one in place of the next": {
			size:  2,
			steps: "1*2:10 20/15; 2*2:30 40/15; 3*2:50 60/15; 4*2:70 80/15; 5*2:90 100/15; 6*2:130 140/13; 4*2:90 100/13; 3*2:70 80/13; 2*2:30 60/13; 1*2:10 20/13; 5*2:110 120/13; 4*2:/13; 5*2:10 20/13; 4*2:90 100/13; 7*2:150/13; 6*2:130 140/13",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := paging.New(test.size, test.options)
			for i, step := range strings.Split(test.steps, "; ") {
				req, more := w.Next()
				require.True(t, more, "it ends before step %d", i+1)
				require.Equal(t, strings.SplitN(step, ":", 2)[0], fmt.Sprintf("%d*%d", req.Page, req.Size), "step %d", i+1)
				_, response, _ := strings.Cut(step, ":")
				if response == "much" {
					require.True(t, w.Shrink())
					continue
				}
				w.Accept(answerOf(t, response))
			}
			_, more := w.Next()
			assert.False(t, more)
			if test.fails != "" {
				require.ErrorContains(t, w.Err(), test.fails)
				return
			}
			require.NoError(t, w.Err())
		})
	}
}

// answerOf reads a response: ids/record_count.
func answerOf(t *testing.T, response string) (a paging.Answer) {
	t.Helper()
	ids, count, _ := strings.Cut(response, "/")
	_, err := fmt.Sscan(count, &a.RecordCount)
	require.NoError(t, err)
	for _, field := range strings.Fields(ids) {
		var id int64
		_, err := fmt.Sscan(field, &id)
		require.NoError(t, err)
		a.Keys = append(a.Keys, wire.Key{ID: id})
		a.Print = a.Print*1099511628211 ^ uint64(id) //nolint:gosec // positive
	}
	return a
}
