package follow

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A guess from ids that are far apart is no position that a list could have, on any processor.
func TestPosition(t *testing.T) {
	t.Parallel()
	for off, expected := range map[float64]int{0: 0, 2.7: 2, -2.7: -2, 1e30: farthest, -1e30: -farthest} {
		assert.Equal(t, expected, position(off), "%g", off)
	}
}

// Where no page shows the end of a list, each step of the search for it is twice as long, up to a limit: no page below 1 is asked for.
func TestStepsThatFindNoEnd(t *testing.T) {
	t.Parallel()
	f := New(5, 100, false)
	f.state = up
	for range mostIdle {
		f.seek()
		assert.Positive(t, f.next.Page)
	}
}
