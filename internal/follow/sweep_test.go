package follow_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// TestPassEndsWithAllOrAFailure sweeps lengths, cursors and sizes of pages over every kind of server: what looks like the end of the list must
// be it.
func TestPassEndsWithAllOrAFailure(t *testing.T) {
	t.Parallel()
	kinds := map[string]pagetest.Server{
		"honest": {}, "caps at 50": {Limit: 50}, "caps at 50, counts pages as asked": {Limit: 50, ByAsked: true}, "caps at 5": {Limit: 5},
		"fixed size": {Fixed: 30}, "fixed size, counts pages as asked": {Fixed: 30, ByAsked: true}, "fixed size above what is asked": {Fixed: 120},
		"ignores paging": {Ignore: true}, "ignores paging and count": {Ignore: true, IgnoreCount: true}, "ignores count": {IgnoreCount: true},
	}
	for name, kind := range kinds {
		for _, silent := range []bool{false, true} {
			for order := range pagetest.NoOrder + 1 {
				if order == pagetest.NoOrder && kind.Limit == 5 {
					continue // five rows can be in order by chance
				}
				for _, sortable := range []bool{false, true} {
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						for _, n := range []int64{2, 49, 50, 60, 90, 100, 101, 150, 317} {
							for after := int64(0); after <= n; after += max(1, n/13) {
								for _, size := range []int{10, 50, 100, 1000} {
									s := kind
									s.Silent, s.Order = silent, order
									s.Add(int(n))
									f := follow.New(after, size, sortable)
									got, err := pass(t, &s, f, nil)
									if s.Honest() { // a planner that always gives up would keep the rest of the promise
										require.NoError(t, err, "%+v, sortable %t", s, sortable)
									}
									if err == nil {
										assert.Equal(t, upTo(after+1, n), append([]int64{}, got...), "%+v, sortable %t", s, sortable)
									}
									if t.Failed() {
										return
									}
								}
							}
						}
					})
				}
			}
		}
	}
}
