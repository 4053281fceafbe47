package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

const (
	// takeOverPause is how often each replica looks for jobs of dead ones.
	takeOverPause = 10 * time.Second
	// mostTakenOver is how many it takes over at once.
	mostTakenOver = 1000
)

// keepTakingOver gives the jobs of dead replicas to others until ctx ends. River's leader does that too, every half minute: where that dies as well,
// which takes others twenty seconds to notice, they would wait for more than a minute.
func (f *fleet[D, T]) keepTakingOver(ctx context.Context) {
	ticker := time.NewTicker(takeOverPause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		n, err := f.takeOver(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			f.logger.WarnContext(ctx, "jobs of dead replicas could not be looked for", "error", err)
		case n > 0:
			f.logger.InfoContext(ctx, "jobs of dead replicas are taken over", "jobs", n)
		}
	}
}

// takeOver makes jobs available that have been at work for longer than any can be.
func (f *fleet[D, T]) takeOver(ctx context.Context) (int, error) {
	now := f.now()
	horizon := now.Add(-takenOverAfter)
	exec := f.db.driver.GetExecutor()
	stuck, err := exec.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: mostTakenOver, StuckHorizon: horizon})
	if err != nil || len(stuck) == 0 {
		return 0, err
	}
	params := &riverdriver.JobRescueManyParams{StuckHorizon: horizon}
	for _, job := range stuck {
		note, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: job.Attempt, Error: "its replica has died"})
		if err != nil {
			return 0, err
		}
		params.ID = append(params.ID, job.ID)
		params.Error = append(params.Error, note)
		params.FinalizedAt = append(params.FinalizedAt, nil)
		params.ScheduledAt = append(params.ScheduledAt, now)
		params.State = append(params.State, string(rivertype.JobStateAvailable))
	}
	_, err = exec.JobRescueMany(ctx, params)
	return len(stuck), err
}
