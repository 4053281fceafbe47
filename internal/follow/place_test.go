package follow_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// TestPlaceAmongAMillion: after page 1, which tells how many records there are, the place of a cursor among 10,000 pages is found with 14 requests,
// whatever the gaps between the ids, and where it is at the edge of a page one more.
func TestPlaceAmongAMillion(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	gaps := map[string]func(i int64) int64{
		"dense":          func(i int64) int64 { return i + 1 },
		"behind a gap":   func(i int64) int64 { return i + 1_000_000_000 },
		"squares":        func(i int64) int64 { return 1 + i*i },
		"one jump":       func(i int64) int64 { return 1 + i + i/700_000*5_000_000_000 },
		"jumps":          func(i int64) int64 { return 1 + i + i/9_999*(i/9_999)*1_000_003 },
		"ever denser":    func(i int64) int64 { return 1 << 50 / (n + 1 - i) },
		"random by 1000": func(i int64) int64 { return i*1000 + r.Int64N(1000) + 1 },
	}
	for name, id := range gaps {
		s := &pagetest.Server{}
		for i := range int64(n) {
			s.Next = max(s.Next+1, id(i))
			s.IDs = append(s.IDs, s.Next)
		}
		for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own, sum := *s, 0
				own.Order = order
				for i := range 200 {
					after := s.IDs[int(uint32(i)*2654435761%(n-1))] //nolint:gosec // small
					own.Requests = nil
					f := follow.New(after, 100, order == pagetest.AsAsked)
					for f.Cursor() == after {
						req, more := f.Next()
						require.True(t, more)
						f.Accept(serve(&own, req))
					}
					sum += len(own.Requests)
					assert.LessOrEqual(t, len(own.Requests), 16, "order %d, after %d: %v", order, after, own.Requests)
				}
				t.Logf("order %d: %.1f requests", order, float64(sum)/200)
			})
		}
	}
}
