package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"

	"github.com/halopsa-go/halopsa"
)

// slowAfter is how long a request may take, with its wait for the tenant's limit, before the tenant counts as slow.
const slowAfter = 2 * time.Second

// How many jobs of slow tenants run at once in a process. The other workers are for the tenants that respond.
const (
	slowLooks      = lookWorkers * 3 / 4
	slowDeliveries = deliveryWorkers / 2
)

// observe notes how long HaloPSA took; it is given to halopsa.WithObserver.
func (t *tenant) observe(_ context.Context, attempt halopsa.Attempt) {
	t.slow.Store(attempt.Wait+attempt.Duration > slowAfter)
}

// lane holds one entry for each job of a slow tenant that runs.
type lane chan struct{}

// turn lets a job of a tenant begin, and returns what to call at its end. The error snoozes a job that begins when fewer of slow tenants run.
func (l lane) turn(t *tenant) (done func(), err error) {
	if !t.slow.Load() {
		return func() {}, nil
	}
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	default:
		return nil, river.JobSnooze(10*time.Second + rand.N(10*time.Second))
	}
}
