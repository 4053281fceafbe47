package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"

	"github.com/halopsa-go/halopsa"
)

// deliverArgs is the job of bringing one export to the destination.
type deliverArgs struct {
	Tenant string `json:"tenant"`
	Export int64  `json:"export"`
}

// Kind names the job.
func (deliverArgs) Kind() string { return "deliver" }

// InsertOpts let there be one delivery of an export at a time.
func (deliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: deliveries, UniqueOpts: once, MaxAttempts: forever}
}

// attemptGrace is how much longer than its time an attempt may be under way at the destination.
const attemptGrace = 5 * time.Second

// attemptTime is how long an attempt can be under way.
const attemptTime = deliveryTimeout + attemptGrace

// deliverWorker delivers an export once and deletes it in HaloPSA.
//
// The order of the steps is what makes it safe to be killed between any two of them: the ledger has the attempt before the first request to the
// destination, and "delivered" before the export is deleted. What may have been sent is asked for at the destination before it is sent again,
// and not sent while an attempt can be under way. The row of the delivery is locked during one, so that a worker that was only slow, and whose
// job River has given to another, does not meet it.
type deliverWorker[D riverdriver.Driver[T], T any] struct {
	river.WorkerDefaults[deliverArgs]
	*fleet[D, T]
}

// Work brings one export a step or all the way.
func (w *deliverWorker[D, T]) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	tenant := w.roster.get(job.Args.Tenant)
	if tenant == nil {
		return river.JobCancel(fmt.Errorf("tenant %s is not worked for", job.Args.Tenant))
	}
	done, err := w.slowDeliveries.turn(tenant)
	if err != nil {
		return err
	}
	defer done()
	select {
	case tenant.slots <- struct{}{}:
		defer func() { <-tenant.slots }()
	default:
		return river.JobSnooze(time.Second + rand.N(4*time.Second))
	}
	from, to, err := w.step(ctx, tenant, job.Args.Export)
	if err != nil {
		return err
	}
	return w.db.transact(ctx, func(raw T, tx querier) error {
		if err := over(ctx, tx, tenant.Name, job.Args.Export, from, to, w.now()); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[D](ctx, raw, job)
		return err
	})
}

// step does what can be done for an export now, and returns the state that the ledger has it in, and the one that it is to get.
func (w *deliverWorker[D, T]) step(ctx context.Context, t *tenant, id int64) (from, to string, err error) {
	d, err := entryOf(ctx, w.db.pool, t.Name, id)
	if err != nil {
		return "", "", err
	}
	if d.key != deliveryKey(t.source(), id) { // the name has come to another HaloPSA by a way around bind
		w.logger.ErrorContext(ctx, "an export is left alone: the ledger has it under another key", "tenant", t.Name, "export", id, "key", d.key)
		return "", "", river.JobCancel(fmt.Errorf("export %d: the ledger has it as %s", id, d.key))
	}
	if d.state == sending {
		if d, err = w.bring(ctx, t, id); err != nil {
			return "", "", w.postponed(ctx, t, id, err)
		}
	}
	to = d.state
	if d.state == delivered {
		if to, err = w.remove(ctx, t, id, d); err != nil {
			return "", "", w.postponed(ctx, t, id, err)
		}
	}
	return d.state, to, nil
}

// postponed notes in the ledger why a delivery is not further, and says when the job is to be tried again.
func (w *deliverWorker[D, T]) postponed(ctx context.Context, t *tenant, export int64, err error) error {
	if early := (*tooEarly)(nil); errors.As(err, &early) {
		return river.JobSnooze(max(early.until.Sub(w.now()), time.Second))
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStop)
	defer cancel()
	return errors.Join(asked(err), missed(noting, w.db.pool, t.Name, export, err))
}

// asked turns the error of whoever said how long to wait into a pause of that length; after any other River's own pauses come.
func asked(err error) error {
	var limited *halopsa.WaitError
	var refused *halopsa.APIError
	var busy *reply
	var paused *pausedError
	pause := time.Duration(0)
	switch {
	case errors.As(err, &paused):
		pause = paused.pause
	case errors.As(err, &limited):
		pause = max(limited.Wait, time.Second)
	case errors.Is(err, halopsa.ErrRateLimited) && errors.As(err, &refused):
		pause = refused.RetryAfter
	case errors.As(err, &busy):
		pause = busy.retryAfter
	}
	if pause > 0 {
		return river.JobSnooze(pause)
	}
	return err
}

// tooEarly is a delivery that an attempt may still be under way of.
type tooEarly struct{ until time.Time }

func (e *tooEarly) Error() string {
	return "an attempt may be under way until " + e.until.Format(time.RFC3339)
}

// bring sends an export to the destination, if it is not there, and returns its entry in the ledger, which is then no longer in state sending.
func (w *deliverWorker[D, T]) bring(ctx context.Context, t *tenant, id int64) (d delivery, err error) {
	tx, err := w.db.lock(ctx, t.Name, id)
	if err != nil {
		return d, err
	}
	if tx == nil {
		return d, &tooEarly{w.now().Add(attemptGrace)}
	}
	// What has come of a request is noted although the service was told to stop while it ran.
	finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), jobTimeout+softStop)
	defer cancel()
	defer func() { _ = tx.rollback(finishing) }() // after the commit there is nothing to roll back
	if d, err = entryOf(ctx, tx, t.Name, id); err != nil || d.state != sending {
		return d, err
	}
	sent, has, err := w.askFirst(ctx, t, id, d)
	switch {
	case err != nil:
		return d, err
	case has && differ(sent, d.digest):
		d.state, err = retired, w.retired(ctx, tx, t, id, errOtherContent)
	case has:
		d.state = delivered
	default:
		d.state, err = w.send(ctx, finishing, t, id, d, tx)
	}
	switch {
	case err != nil:
	case d.state == delivered:
		err = arrived(finishing, tx, t.Name, id, w.now())
	default:
		err = becomes(finishing, tx, t.Name, id, sending, d.state)
	}
	if err != nil {
		return d, err
	}
	if err := tx.commit(finishing); err != nil {
		return d, err
	}
	if d.state != retired {
		w.counted(t, d.state)
		w.logger.InfoContext(ctx, d.state, "tenant", t.Name, "export", id, "key", d.key)
	}
	return d, nil
}

// askFirst asks the destination for what a former attempt may have brought, once that cannot be under way any more: until then neither it nor the
// destination's "not found" is final.
func (w *deliverWorker[D, T]) askFirst(ctx context.Context, t *tenant, id int64, d delivery) (sent string, has bool, err error) {
	sent, until, before, err := attempted(ctx, w.db.pool, t.Name, id)
	switch {
	case err != nil || !before:
		return "", false, err
	case until.Sub(w.now()) > attemptTime: // the clock was set back
		until = w.now().Add(attemptTime)
		return "", false, errors.Join(&tooEarly{until}, attempting(ctx, w.db.pool, t.Name, id, sent, until))
	case w.now().Before(until):
		return "", false, &tooEarly{until}
	}
	state, err := w.destination.ask(ctx, d.key)
	if err != nil {
		return "", false, w.missed(ctx, t, id, d, err)
	}
	if state == underWay {
		return "", false, &tooEarly{w.now().Add(attemptGrace)}
	}
	return sent, state == present, nil
}

// send sends an export and returns what has become of it.
func (w *deliverWorker[D, T]) send(ctx, finishing context.Context, t *tenant, id int64, d delivery, tx querier) (state string, err error) {
	body, err := bodyOf(ctx, tx, t.Name, id)
	if err != nil {
		return sending, err
	}
	if d.gone || len(body) == 0 {
		return withdrawn, nil
	}
	switch err := w.report(ctx, t, id, "50%", ""); {
	case errors.Is(err, halopsa.ErrNotFound): // deleted since it was listed
		return withdrawn, nil
	case err != nil: // the progress is there to be looked at: the delivery does not depend on it
		w.logger.WarnContext(ctx, "the progress of an export could not be reported", "tenant", t.Name, "export", id, "error", err)
	}
	if err := attempting(ctx, w.db.pool, t.Name, id, d.digest, w.now().Add(attemptTime)); err != nil {
		return sending, err
	}
	err = w.destination.send(ctx, d.key, body)
	if err == nil {
		return delivered, nil
	}
	var answer *reply
	if errors.As(err, &answer) && answer.final() { // it is over: the next may begin
		if noted := attempting(finishing, w.db.pool, t.Name, id, d.digest, w.now()); noted != nil {
			return sending, noted
		}
	}
	return sending, w.missed(ctx, t, id, d, err)
}

// missed notes a failed delivery on the export, and returns why.
func (w *deliverWorker[D, T]) missed(ctx context.Context, t *tenant, id int64, d delivery, why error) error {
	if errors.Is(ctx.Err(), context.Canceled) { // it is told to stop
		return why
	}
	w.counted(t, failed)
	w.logger.WarnContext(ctx, "an export could not be delivered", "tenant", t.Name, "export", id, "error", why)
	if d.gone || ctx.Err() != nil {
		return why
	}
	if err := w.report(ctx, t, id, "0%", why.Error()); err != nil {
		w.logger.WarnContext(ctx, "the error of an export could not be reported", "tenant", t.Name, "export", id, "error", err)
	}
	return why
}
