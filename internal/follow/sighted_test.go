package follow_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// A record that a page has shown is not passed over by what another response says, unless it is gone.
func TestRecordThatWasSighted(t *testing.T) {
	t.Parallel()
	ninth := func(id int64) bool { return id%9 == 2 }
	for _, n := range []int64{3, 21} { // 1 of 3 is on page 1 by 50, and not on page 1 by 2
		got, requests, err := passOf(t, filtered(n, pagetest.NewestFirst, ninth), follow.New(0, 100, true))
		require.NoError(t, err)
		assert.Equal(t, slices.DeleteFunc(upTo(1, n), ninth), got)
		assert.LessOrEqual(t, requests, 8)
	}
}

// A response that is cut off whatever is asked is not the whole list, although its record_count is that of its rows or too small.
func TestWholeListThatIsCutOff(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]func(rows int) int{
		"of the rows": func(rows int) int { return rows },
		"too small":   func(int) int { return 30 },
	} {
		for _, fixed := range []int{0, 10} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				got, requests, err := passOf(t, func(_ int, req page.Request) follow.Answer {
					ids, rows := upTo(1, 300), req.Size
					if req.Newest {
						slices.Reverse(ids)
					}
					if req.Count > 0 {
						rows = 50
					}
					if fixed > 0 {
						rows = fixed
					}
					a := follow.Answer{IDs: ids[:rows], RecordCount: count(rows)}
					if a.RecordCount < rows {
						a.RecordCount = -1 // package wire does not believe it
					}
					return a
				}, follow.New(0, 20, true))
				require.Error(t, err)
				assert.Equal(t, upTo(1, int64(len(got))), got)
				assert.LessOrEqual(t, requests, 20)
			})
		}
	}
}
