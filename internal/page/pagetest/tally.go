package pagetest

import (
	"flag"
	"sync"
)

// Tally adds up the results of runs that are made side by side. Make one with [NewTally]. Its fields are to be read once the last results have been added.
type Tally struct {
	Total    Total              // guarded by mu
	Examples map[string]Example // by what is wrong; guarded by mu

	mu   sync.Mutex
	left int // results that are still to be added; guarded by mu
}

// Example is a run in which something is wrong.
type Example struct {
	Records int
	Words   string
}

// NewTally returns a tally to which so many results will be added.
func NewTally(left int) *Tally { return &Tally{Examples: make(map[string]Example), left: left} }

// Add adds results, and reports whether they were the last.
func (c *Tally) Add(total Total) (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Total.Add(total)
	c.left--
	return c.left == 0
}

// Note notes that something is wrong in a run over so many records. Of each fault the example over the fewest is kept.
func (c *Tally) Note(what string, records int, words func() string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, noted := c.Examples[what]; noted && e.Records <= records {
		return
	}
	c.Examples[what] = Example{records, words()}
}

// FailFast reports whether go test is to end with the first failure.
func FailFast() bool {
	f := flag.Lookup("test.failfast")
	return f != nil && f.Value.String() == "true"
}
