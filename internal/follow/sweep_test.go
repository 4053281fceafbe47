package follow_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/follow"
)

// TestPassEndsWithAllOrAFailure sweeps lengths, cursors and sizes of pages over every kind of server: what looks like the end of the list must
// be it.
func TestPassEndsWithAllOrAFailure(t *testing.T) {
	t.Parallel()
	kinds := map[string]server{
		"honest": {}, "caps at 50": {limit: 50}, "caps at 50, counts pages as asked": {limit: 50, byAsked: true}, "caps at 5": {limit: 5},
		"fixed size": {fixed: 30}, "fixed size, counts pages as asked": {fixed: 30, byAsked: true}, "fixed size above what is asked": {fixed: 120},
		"ignores paging": {ignore: true}, "ignores paging and count": {ignore: true, ignoreCount: true}, "ignores count": {ignoreCount: true},
	}
	for name, kind := range kinds {
		for _, silent := range []bool{false, true} {
			for order := range noOrder + 1 {
				if order == noOrder && kind.limit == 5 {
					continue // five rows can be in order by chance
				}
				for _, sortable := range []bool{false, true} {
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						for _, n := range []int64{2, 49, 50, 60, 90, 100, 101, 150, 317} {
							for after := int64(0); after <= n; after += max(1, n/13) {
								for _, size := range []int{10, 50, 100, 1000} {
									s := kind
									s.silent, s.order = silent, order
									s.add(int(n))
									f := follow.New(after, size, sortable)
									got, err := s.pass(t, f, nil)
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
