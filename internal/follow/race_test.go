//go:build race

package follow_test

// underRace says that the race detector slows everything down: the planners have one goroutine, so that it finds nothing in them.
const underRace = true
