package main

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/halopsa-go/halopsa"
)

// follower mirrors one log into the database.
type follower[T any] struct {
	log      haloLog[T]
	store    *store
	standing *standing
	interval time.Duration
	logger   *slog.Logger
	stored   func(n int) // counts for the metrics
}

// largestBatch is how many records one transaction takes at most.
const largestBatch = 200

// run mirrors until ctx ends. Follow waits out by itself what may pass; what does not, such as credentials that are refused, and failures of
// the database are tried again too: a service that goes on when the cause is mended needs no restart.
func (f *follower[T]) run(ctx context.Context) error {
	return repeat(ctx, f.interval, time.Second, f.mirror, func(err error, pause time.Duration) {
		f.standing.failed(err)
		f.logger.ErrorContext(ctx, "mirroring goes on after a pause", "log", f.log.name, "pause", pause, "error", err)
	})
}

// mirror follows the log from where the database is.
//
// Records are handed over as they come and committed together as far as they have come: one by one in a quiet log, up to largestBatch of
// them while there is much to catch up on.
func (f *follower[T]) mirror(ctx context.Context) error {
	cursor, err := f.store.cursor(ctx, f.log.name)
	if err != nil {
		return err
	}
	records := make(chan halopsa.Followed[T], largestBatch)
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		defer close(records)
		for record, err := range f.log.follow(ctx, cursor, f.interval) {
			if err != nil {
				return err
			}
			select {
			case records <- record:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		return nil
	})
	work.Go(func() error {
		for record := range records {
			batch := gather(record, records)
			if err := f.commit(ctx, batch); err != nil {
				return err
			}
		}
		return nil
	})
	return work.Wait()
}

// gather returns first and what has come after it already.
func gather[T any](first T, more <-chan T) []T {
	batch := []T{first}
	for len(batch) < largestBatch {
		select {
		case next, open := <-more:
			if !open {
				return batch
			}
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// commit stores records and the cursor after the last of them.
func (f *follower[T]) commit(ctx context.Context, batch []halopsa.Followed[T]) error {
	rows := make([][]any, len(batch))
	for i, record := range batch {
		rows[i] = f.log.row(record.Record)
	}
	cursor := batch[len(batch)-1].Cursor
	if err := f.store.add(ctx, f.log.name, f.log.insert, rows, cursor); err != nil {
		return err
	}
	f.standing.advance(time.Now(), cursor, len(batch))
	f.stored(len(batch))
	f.logger.DebugContext(ctx, "mirrored", "log", f.log.name, "records", len(batch), "cursor", cursor)
	return nil
}

// look asks again and again for the newest id of the log, and so finds out how far the mirror is behind.
func (f *follower[T]) look(ctx context.Context) error {
	return repeat(ctx, f.interval, f.interval, func(ctx context.Context) error {
		at := time.Now()
		newest, count, err := f.log.newest(ctx)
		if err == nil {
			f.standing.looked(at, newest, count)
		}
		return err
	}, func(err error, pause time.Duration) {
		f.standing.failed(err)
		f.logger.WarnContext(ctx, "the newest record could not be read", "log", f.log.name, "pause", pause, "error", err)
	})
}
