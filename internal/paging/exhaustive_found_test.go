package paging_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWalksOverListsThatMove makes walks that the exhaustive check found to be wrong: each with what the list was at each request.
func TestWalksOverListsThatMove(t *testing.T) {
	t.Parallel()
	times := func(n int, list ...int64) [][]int64 { return slices.Repeat([][]int64{list}, n) }
	for _, c := range []struct {
		kind  string
		size  int
		lists [][][]int64 // the last one stays
	}{
		{"first page behind the end, sparse", 1, [][][]int64{times(4, 10, 20, 30, 40, 50), times(4, 10, 30, 40, 50), times(2, 10, 40, 50), times(1, 40, 50)}},
		{"newest first asked for, oldest first sent, sparse", 2, [][][]int64{times(1, 10, 20, 30), times(3, 10, 20), times(1, 10, 20, 40), times(1, 10, 20)}},
		{"newest first, WithSecondPass, sparse", 1, [][][]int64{times(11, 10, 20, 30), times(3, 10, 20, 30, 40), times(3, 10, 20, 30), times(1, 10, 20, 30, 50)}},
		{"newest first, no count, sparse", 1, [][][]int64{times(10, 10, 20), times(3, 10, 20, 30), times(2, 10, 20), times(1, 10, 20, 40)}},
		{"newest first, no count, sparse", 1, [][][]int64{times(1, 10, 20), times(1, 10, 20, 30), times(2, 10, 20), times(1, 10)}},
		{"newest first, first page behind the end, no count, sparse", 1, [][][]int64{times(6, 10, 20, 30), times(2, 10, 20, 30, 40), times(2, 10, 20, 30), times(1, 10, 30)}},
		{"newest first, first page behind the end, no count, sparse", 1, [][][]int64{times(6, 10, 20, 30), times(1, 10, 20, 30, 40), times(3, 10, 20, 30), times(1, 10, 30)}},
		{"newest first, last page behind the end, no count, sparse", 1, [][][]int64{times(6, 10, 20, 30), times(2, 10, 20, 30, 40), times(2, 10, 20, 30), times(1, 10, 20, 30, 50)}},
		{"newest first, 404 behind the end, sparse", 1, [][][]int64{times(1, 10, 20), times(1, 10, 20, 30), times(2, 10, 20), times(1, 10)}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			at := slices.IndexFunc(kinds, func(k kind) bool { return k.name == c.kind })
			require.GreaterOrEqual(t, at, 0)
			lists := slices.Concat(c.lists...)
			w := kinds[at].world(len(lists[0]), c.size, 0)
			w.tell = true
			for more := true; more; more = w.Step(nil) {
				w.list = slices.Clone(lists[min(w.requests, len(lists)-1)])
			}
			_, found := w.Judge()
			assert.Empty(t, found, "%v", w.words)
			assert.Less(t, w.requests, endless)
		})
	}
}
