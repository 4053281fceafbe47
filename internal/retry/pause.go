package retry

import (
	"math/rand/v2"
	"time"
)

// Backoff is a random duration up to lowest·2ⁿ, at most highest ("full jitter").
func Backoff(lowest, highest time.Duration, n int) time.Duration {
	ceiling := doubled(lowest, highest, n)
	if ceiling <= 0 {
		return 0
	}
	return rand.N(ceiling) + 1 //nolint:gosec // jitter is no secret
}

// Pause is how long to wait after the nth failure in a row, counted from 0: about lowest·2ⁿ, at most highest. It is at least half of
// that, so that pauses grow, and the rest is random, so that followers which failed together do not come back together.
func Pause(lowest, highest time.Duration, n int) time.Duration {
	pause := doubled(lowest, highest, n)
	if pause < 2 {
		return pause
	}
	return pause/2 + rand.N(pause/2) + 1 //nolint:gosec // jitter is no secret
}

// doubled is lowest·2ⁿ, at most highest.
func doubled(lowest, highest time.Duration, n int) time.Duration {
	if n < 63 && lowest <= highest>>n { // so that lowest<<n cannot overflow
		return lowest << n
	}
	return highest
}
