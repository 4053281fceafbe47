package main

import (
	"context"
	"slices"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// planArgs is the job that inserts the looks that are missing: those of new tenants, and of jobs that were put down. Every other look is inserted
// by the one before it.
type planArgs struct{}

// Kind names the job.
func (planArgs) Kind() string { return "plan" }

// InsertOpts let there be one plan at a time.
func (planArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: looks, UniqueOpts: once, MaxAttempts: forever, Priority: 1}
}

type planWorker[D riverdriver.Driver[T], T any] struct {
	river.WorkerDefaults[planArgs]
	*fleet[D, T]
}

// mostAtOnce is how many jobs are inserted by one statement.
const mostAtOnce = 500

// Work inserts every look. There is one of each at a time, so that those that are not missing stay as they are.
func (w *planWorker[D, T]) Work(ctx context.Context, _ *river.Job[planArgs]) error {
	tenants, _ := w.roster.all()
	var all []river.InsertManyParams
	for _, t := range tenants {
		for _, log := range t.logs {
			all = append(all, river.InsertManyParams{Args: lookArgs{Tenant: t.Name, Log: log.name}})
		}
		if w.destination != nil {
			all = append(all, river.InsertManyParams{Args: exportsArgs{Tenant: t.Name}})
		}
	}
	for some := range slices.Chunk(all, mostAtOnce) {
		if _, err := w.river.InsertMany(ctx, some); err != nil {
			return err
		}
	}
	return nil
}
