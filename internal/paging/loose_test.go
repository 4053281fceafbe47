package paging_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// Where page_no is ignored and ties are open, the first rows are other ones each time. Once as many have been seen as record_count says all the time,
// and nothing new comes, the list has been read; without a record_count nobody can know.
func TestWalkWherePagingIsIgnoredAndTiesAreOpen(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		for seed := range uint64(20) {
			for _, size := range []int{10, 50, 100} {
				r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test
				s := pagetest.Of(120)
				s.Ignore, s.Silent = true, silent
				s.Unsteady = func(ids []int64) { r.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] }) }
				got, err := walk(t, s, paging.New(size, paging.Options{Order: paging.ByOther}), nil)
				assert.LessOrEqual(t, len(s.Requests), 60)
				if silent && err != nil {
					continue
				}
				require.NoError(t, err, "%d by %d: %v", seed, size, s.Requests)
				assert.Len(t, got, 120)
				if !silent {
					assert.LessOrEqual(t, len(s.Requests), 26)
				}
			}
		}
	}
}
