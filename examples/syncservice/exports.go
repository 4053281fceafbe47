package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/halopsa-go/halopsa"
)

// exportQueue takes the exports that HaloPSA has ready, delivers each once, and deletes it there.
//
// The order of the steps is what makes it safe to be killed between any two of them: the ledger says "sending" before the first request
// to the destination, and "delivered" before the export is deleted. Whatever is found in state sending is asked for at the destination, or
// sent again under the same key.
type exportQueue struct {
	client      *halopsa.Client
	store       *store
	destination *destination
	source      string
	interval    time.Duration
	logger      *slog.Logger
	now         func() time.Time
	counted     func(outcome string) // for the metrics: delivered, failed, withdrawn
	heart       *heartbeat
}

const (
	// parallelDeliveries is how many exports are on their way at a time.
	parallelDeliveries = 4
	// deliveryGrace is how long what is on its way may take after the service was told to stop.
	deliveryGrace = 10 * time.Second
)

// run works the queue until ctx ends.
func (q *exportQueue) run(ctx context.Context) error {
	return repeat(ctx, q.interval, q.interval, q.pass, func(err error, pause time.Duration) {
		q.heart.failed(err)
		q.logger.ErrorContext(ctx, "the export queue goes on after a pause", "pause", pause, "error", err)
	})
}

// pass works on every export that is ready now. A delivery that fails is noted and no error of the pass.
func (q *exportQueue) pass(ctx context.Context) error {
	open, err := q.store.openDeliveries(ctx) // before the list: what is open and not in the list is then known to be gone from it
	if err != nil {
		return err
	}
	listed, err := halopsa.Collect(q.client.IntegrationExport.All(ctx, &halopsa.IntegrationExportListOptions{ReadyForImport: halopsa.Set(true)}))
	if err != nil {
		return err
	}
	q.heart.beat()
	finishing, cancel := lingering(ctx, deliveryGrace)
	defer cancel()
	var queue []*halopsa.IntegrationExport
	ready := make(map[int64]bool, len(listed))
	for _, export := range listed {
		// A server that does not know the filter sends the others too, and the rows of this list come as they were sent.
		if export.ID > 0 && export.ReadyForImport && !ready[export.ID] {
			ready[export.ID] = true
			queue = append(queue, export)
		}
	}
	var work errgroup.Group
	work.SetLimit(parallelDeliveries)
	for _, d := range open {
		if !ready[d.ExportID] && ctx.Err() == nil {
			work.Go(func() error { return q.gone(finishing, d) })
		}
	}
	for _, export := range queue {
		if ctx.Err() == nil {
			work.Go(func() error { return q.work(finishing, export) })
		}
	}
	return work.Wait()
}

// gone settles a delivery whose export is no longer ready in HaloPSA.
func (q *exportQueue) gone(ctx context.Context, d delivery) error {
	if d.State == delivered {
		return q.store.removed(ctx, d.ExportID, q.now())
	}
	if q.now().Before(d.NextTry) {
		return nil
	}
	arrived, err := q.destination.has(ctx, d.Key)
	if err != nil {
		return q.postpone(ctx, d, err)
	}
	if arrived {
		if err := q.arrived(ctx, d); err != nil {
			return err
		}
		return q.store.removed(ctx, d.ExportID, q.now())
	}
	return q.withdraw(ctx, d)
}

// work brings one export a step or all the way. Its errors are those of the database; others are noted in the ledger and on the export.
func (q *exportQueue) work(ctx context.Context, export *halopsa.IntegrationExport) error {
	d, fresh, err := q.store.claim(ctx, export.ID, deliveryKey(q.source, export.ID), q.now())
	switch {
	case err != nil:
		return err
	case d.State == delivered: // the delete failed, or its outcome was unknown
		return q.remove(ctx, export)
	case q.now().Before(d.NextTry):
		return nil
	case !fresh: // a former try: whether it arrived is not known
		arrived, err := q.destination.has(ctx, d.Key)
		if err != nil {
			return q.fail(ctx, export, d, err)
		}
		if arrived {
			return q.finish(ctx, export, d)
		}
	}
	switch err := q.report(ctx, export, "50%", ""); {
	case errors.Is(err, halopsa.ErrNotFound): // deleted since it was listed
		return q.withdraw(ctx, d)
	case err != nil: // the progress is there to be looked at: the delivery does not depend on it
		q.logger.WarnContext(ctx, "the progress of an export could not be reported", "export", export.ID, "error", err)
	}
	if err := q.destination.send(ctx, d.Key, export); err != nil {
		return q.fail(ctx, export, d, err)
	}
	return q.finish(ctx, export, d)
}

// finish notes that an export has arrived, and deletes it in HaloPSA.
func (q *exportQueue) finish(ctx context.Context, export *halopsa.IntegrationExport, d delivery) error {
	if err := q.arrived(ctx, d); err != nil {
		return err
	}
	return q.remove(ctx, export)
}

func (q *exportQueue) arrived(ctx context.Context, d delivery) error {
	if err := q.store.delivered(ctx, d.ExportID, q.now()); err != nil {
		return err
	}
	q.heart.beat()
	q.counted(delivered)
	q.logger.InfoContext(ctx, "delivered", "export", d.ExportID, "key", d.Key)
	return nil
}

func (q *exportQueue) withdraw(ctx context.Context, d delivery) error {
	q.counted(withdrawn)
	q.logger.WarnContext(ctx, "an export was withdrawn before it was delivered", "export", d.ExportID)
	return q.store.withdrawn(ctx, d.ExportID)
}

// fail notes a failed delivery in the ledger and on the export.
func (q *exportQueue) fail(ctx context.Context, export *halopsa.IntegrationExport, d delivery, why error) error {
	if err := q.postpone(ctx, d, why); err != nil || ctx.Err() != nil {
		return err
	}
	if err := q.report(ctx, export, "0%", why.Error()); err != nil {
		q.logger.WarnContext(ctx, "the error of an export could not be reported", "export", export.ID, "error", err)
	}
	return nil
}

// postpone notes a failed try in the ledger.
func (q *exportQueue) postpone(ctx context.Context, d delivery, why error) error {
	pause := pauseAfter(q.interval, d.Failures)
	var answer *reply
	if errors.As(why, &answer) {
		pause = max(pause, answer.retryAfter)
	}
	q.counted(failed)
	q.logger.WarnContext(ctx, "an export could not be delivered", "export", d.ExportID, "failures", d.Failures+1, "pause", pause, "error", why)
	return q.store.deliveryFailed(ctx, d.ExportID, why.Error(), q.now().Add(pause))
}

// deliveryKey names the delivery of an export for good. The source is in it because a destination can serve several tenants.
func deliveryKey(source string, exportID int64) string {
	return fmt.Sprintf("%s-export-%d", source, exportID)
}
