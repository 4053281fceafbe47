//go:build race

package paging_test

// underRace says that the race detector slows everything down: the planners have one goroutine, so that it finds nothing in them.
const underRace = true
