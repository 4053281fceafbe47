// Package page holds what the planners of a walk and of a follower share: what can be asked of a list, and what is known of the servers.
package page

import "github.com/halopsa-go/halopsa/internal/wire"

// Request is one page to read, or, with Count > 0, the whole list in one response without paging.
type Request struct {
	Page, Size int
	Count      int
	// Newest asks for the largest id first, where the list can be sorted. A walk never does.
	Newest bool
}

const (
	// Default is the page that a tenant serves when it does not honor paging: a list as long may be cut off.
	Default = 50
	// AllOfThem is the count to ask for when the true one is unknown.
	AllOfThem = 1_000_000
)

// Why the records of a list cannot be told, in the words of the errors.
const (
	IgnoresPaging = "the server ignores both page_no and count; a narrower filter may bring the rest into reach"
	HidesLength   = "the server ignores both page_no and count and does not say how many records there are: these may be all or only the first; a narrower filter may help"
	NeverRests    = "the list keeps changing while it is read; try again when it is quieter"
)

// IDs returns the ids of rows by their keys, 0 for one that is no positive number.
func IDs(keys []wire.Key) []int64 {
	ids := make([]int64, len(keys))
	for i, key := range keys {
		ids[i] = key.ID // only of a number is it set
	}
	return ids
}
