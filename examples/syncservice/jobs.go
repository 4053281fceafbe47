package main

import (
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The queues, each with its own workers: deliveries wait for the destination, and must not hold up looks.
const (
	looks      = "looks"
	deliveries = "deliveries"
)

// exports is what the table of looks calls the export queue.
const exports = "exports"

// Workers of each queue in a process. A look holds no connection to the database while it waits for HaloPSA, a delivery does.
const (
	lookWorkers     = 96
	deliveryWorkers = 12
)

// lookWrites is how many looks write at once. The other connections are for what must not wait: River itself, and what is seen from outside.
const lookWrites = 8

const (
	// jobTimeout is how long a job may take. A wait for the tenant's limit that outlasts it is not slept out by a worker.
	jobTimeout = 15 * time.Second
	// takenOverAfter is when a job that is still running is given to another worker: its process has died.
	takenOverAfter = jobTimeout + 2*time.Second
	// longestPause is the longest wait after a failure.
	longestPause = 5 * time.Minute
	// softStop is how long what is on its way may take after the service was told to stop.
	softStop = 10 * time.Second
)

// forever is how often a job is tried before River puts it down. It is tried forever all the same: plan and the next look at the export
// queue begin with a new one, so that the errors that River keeps with a job do not grow without end.
const forever = 25

// once lets there be one job of its arguments at a time. A completed one is no obstacle to the next.
var once = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}}

// retries are the pauses after failures: they double from a second, and none is longer than longestPause.
type retries struct{}

// NextRetry says when a job that failed is tried again. One that is taken over has not failed: its process has died.
func (retries) NextRetry(job *rivertype.JobRow) time.Time {
	if job.AttemptedAt != nil && time.Since(*job.AttemptedAt) >= takenOverAfter {
		return time.Now()
	}
	pause := min(time.Second<<min(max(job.Attempt-1, 0), 10), longestPause)
	return time.Now().Add(pause - rand.N(pause/10)) // so that those that failed together do not come back together
}
