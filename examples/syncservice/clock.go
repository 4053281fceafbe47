package main

import (
	"context"
	"time"
)

// farthestClock is how far the clock of this machine may be from that of the database. River takes a job for that of a dead replica by its own clock,
// and by then a job must be over.
const farthestClock = takenOverAfter - jobTimeout

// time is the database's, which is the same for all replicas.
func (f *fleet[D, T]) time() time.Time { return time.Now().Add(time.Duration(f.ahead.Load())) }

// readClock finds out how far the database's clock is ahead, and says when that is too far.
func (f *fleet[D, T]) readClock(ctx context.Context) error {
	asked := time.Now()
	at, err := f.db.clock(ctx)
	took := time.Since(asked)
	if err != nil || took > farthestClock { // that says nothing
		return err
	}
	ahead := at.Sub(asked.Add(took / 2))
	before := time.Duration(f.ahead.Swap(int64(ahead)))
	if ahead.Abs() > farthestClock && before.Abs() <= farthestClock {
		f.logger.ErrorContext(ctx, "the clock of this machine is not that of the database: jobs at work are taken for those of dead replicas", "database_ahead", ahead)
	}
	return nil
}
