package pagetest

import (
	"math/rand/v2"
	"slices"
)

// Chooser makes every sequence of choices, one after the other, depth first.
type Chooser struct {
	picks, of []int
	at        int
	random    *rand.Rand // draws them instead, unless nil
	rarely    int
}

// Draw returns a chooser that makes the first choice but for one time in rarely, and then any.
func Draw(r *rand.Rand, rarely int) *Chooser { return &Chooser{random: r, rarely: rarely} }

// Pick chooses one of n.
func (c *Chooser) Pick(n int) int {
	if c.random != nil {
		if c.random.IntN(c.rarely) > 0 {
			return 0
		}
		return c.random.IntN(n)
	}
	if c.at == len(c.picks) {
		c.picks, c.of = append(c.picks, 0), append(c.of, n)
	}
	c.at++
	return c.picks[c.at-1]
}

// again begins the next sequence, and reports whether there is one.
func (c *Chooser) again() bool {
	c.at = 0
	for n := len(c.picks) - 1; n >= 0; n-- {
		if c.picks[n]+1 < c.of[n] {
			c.picks[n]++
			c.picks, c.of = c.picks[:n+1], c.of[:n+1]
			return true
		}
	}
	return false
}

// Repeat returns a chooser that makes these choices first.
func Repeat(picks []int) *Chooser {
	return &Chooser{picks: slices.Clone(picks), of: make([]int, len(picks))}
}
