package paging_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/page"
)

// A page that is read in vain costs a request.
func TestAheadIsEmptyWhereNothingFollows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		walk script // as far as it is known
		next page.Request
		done bool
	}{
		"no record_count":             {walk: script{steps: "1*3: 1-3"}, next: page.Request{Page: 2, Size: 3}},
		"paging is ignored":           {walk: script{steps: "1*3: 1-3 of 9 | 2*3: 1-3 of 9"}, next: page.Request{Count: 9}},
		"an empty first page":         {walk: script{options: "second", steps: "1*3: none of 9"}, next: page.Request{Page: 1, Size: 3}},
		"an unpaged list, cut off":    {walk: script{options: "unpaged", steps: "1*3: 1-3 of 9"}, next: page.Request{Count: 9}},
		"an unpaged list, read twice": {walk: script{options: "unpaged second", steps: "1*3: 1-3 of 3"}, next: page.Request{Page: 1, Size: 3}},
		"the list has shrunk":         {walk: script{steps: "1*3: 1-3 of 9 | 2*3: 5-7 of 8"}, next: page.Request{Page: 1, Size: 3}},
		"the order changes":           {walk: script{steps: "1*3: 1-3 of 20 | 2*3: 1 2 4 of 20"}, next: page.Request{Page: 3, Size: 3}},
		"the last page":               {walk: script{steps: "1*3: 1-3 of 5"}, next: page.Request{Page: 2, Size: 3}},
		"the walk is over, and more pages were there": {
			walk: script{steps: "1*3: 1-3 of 8 | 2*3: 4-6 of 8 | 3*3: 7 of 8 | 4*3: none of 8 | 1*3: 1 2 8 of 8"}, next: page.Request{Page: 1, Size: 3}, done: true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := test.walk.play(t)
			next, more := w.Next()
			assert.Equal(t, test.next, next)
			assert.Equal(t, test.done, !more)
			assert.Empty(t, w.Ahead(4))
		})
	}
	w, _ := script{steps: "1*100: 1-3 of 20"}.play(t)
	assert.Equal(t, []page.Request{{Page: 3, Size: 3}, {Page: 4, Size: 3}}, w.Ahead(2), "as many as asked for, of the size that the server sends")
}

func TestSeen(t *testing.T) {
	t.Parallel()
	w, _ := script{steps: "1*3: 1-3 of 9 | 2*3: 4-6 of 9"}.play(t)
	assert.True(t, w.Seen(1))
	assert.True(t, w.Seen(6))
	assert.False(t, w.Seen(7))
}
