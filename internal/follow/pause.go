package follow

import (
	"math/rand/v2"
	"time"
)

// Pause is how long to wait after the nth failure in a row, counted from 0: about lowest·2ⁿ, at most highest. It is at least half of
// that, so that pauses grow, and the rest is random, so that followers which failed together do not come back together.
func Pause(lowest, highest time.Duration, n int) time.Duration {
	pause := highest
	if n < 63 && lowest <= highest>>n { // so that lowest<<n cannot overflow
		pause = lowest << n
	}
	if pause < 2 {
		return pause
	}
	return pause/2 + rand.N(pause/2) + 1 //nolint:gosec // jitter is no secret
}
