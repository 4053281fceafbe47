package paging_test

import (
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
