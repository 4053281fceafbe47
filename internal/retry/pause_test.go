package retry_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/retry"
)

func TestPausesGrowUpToTheHighest(t *testing.T) {
	t.Parallel()
	for range 100 {
		want := time.Second
		for n := range 100 {
			pause := retry.Pause(time.Second, 5*time.Minute, n)
			assert.GreaterOrEqual(t, pause, want/2, n)
			assert.LessOrEqual(t, pause, want, n)
			want = min(2*want, 5*time.Minute)
		}
	}
	assert.Zero(t, retry.Pause(0, 0, 3))
	assert.LessOrEqual(t, retry.Pause(time.Hour, time.Minute, 0), time.Minute)
	assert.LessOrEqual(t, retry.Pause(math.MaxInt64, math.MaxInt64, 5), time.Duration(math.MaxInt64))
}
