package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/halopsa-go/halopsa"
)

// lookArgs is the job of one look at a log.
type lookArgs struct {
	Tenant string `json:"tenant"`
	Log    string `json:"log"`
}

// Kind names the job.
func (lookArgs) Kind() string { return "look" }

// InsertOpts let there be one look at a log at a time, in whichever process.
func (lookArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: looks, UniqueOpts: once, MaxAttempts: forever}
}

// mostOfALook and longestLook bound what one look takes; what is left comes with the next, at once.
const (
	mostOfALook = 1000
	longestLook = jobTimeout / 2
)

// lookWorker mirrors what is new in a log: the records, the cursor behind them, the end of the job and the next one are committed together, or
// none of them.
type lookWorker[D riverdriver.Driver[T], T any] struct {
	river.WorkerDefaults[lookArgs]
	*fleet[D, T]
}

// Work looks once.
func (w *lookWorker[D, T]) Work(ctx context.Context, job *river.Job[lookArgs]) error {
	tenant, log := w.find(job.Args.Tenant, job.Args.Log)
	if tenant == nil {
		return river.JobCancel(fmt.Errorf("tenant %s is not worked for", job.Args.Tenant)) // once it is again, plan looks again
	}
	at, err := placeOf(ctx, w.db.pool, tenant, log.name)
	if err != nil {
		return err
	}
	cursor, quiet := at.cursor, at.quiet+1
	began := w.now()
	var rows [][]any
	complete := true
	var bad []halopsa.BadRow
	setAside := halopsa.WithBadRow(func(row halopsa.BadRow) error {
		bad = append(bad, row)
		if id, ok := numberOf(row); ok { // it comes in the order of the records
			cursor = max(cursor, id)
		}
		return nil
	})
	for entry, err := range log.since(ctx, cursor, setAside) {
		if err != nil {
			return w.failed(ctx, tenant, log.name, err)
		}
		rows = append(rows, append([]any{tenant.Name}, entry.row...))
		cursor = entry.id
		if len(rows) == mostOfALook || w.now().Sub(began) > longestLook {
			complete = false
			break
		}
	}
	if len(rows)+len(bad) > 0 {
		quiet = 0
	}
	next := &river.InsertOpts{}
	if complete {
		next.ScheduledAt = w.now().Add(w.pause(quiet))
	}
	err = w.db.transact(ctx, func(raw T, tx querier) error {
		if err := tie(ctx, tx, tenant, at); err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := tx.exec(ctx, log.insert, row...); err != nil {
				return err
			}
		}
		if err := aside(ctx, tx, tenant, log.name, bad, w.now()); err != nil {
			return err
		}
		if err := looked(ctx, tx, tenant.Name, log.name, cursor, quiet, began, complete); err != nil {
			return err
		}
		if _, err := river.JobCompleteTx[D](ctx, raw, job); err != nil {
			return err
		}
		_, err := w.river.InsertTx(ctx, raw, job.Args, next)
		return err
	})
	if err == nil {
		w.mirrored(tenant, log.name, len(rows))
		w.tellAside(ctx, tenant, bad)
	}
	return err
}

// find returns the tenant and the log of a job, nil for a tenant that is not worked for.
func (f *fleet[D, T]) find(name, logName string) (*tenant, haloLog) {
	t := f.roster.get(name)
	if t == nil {
		return nil, haloLog{}
	}
	for _, log := range t.logs {
		if log.name == logName {
			return t, log
		}
	}
	return nil, haloLog{}
}

// looked notes a look that succeeded.
func looked(ctx context.Context, tx querier, tenant, log string, cursor int64, quiet int, at time.Time, complete bool) error {
	_, err := tx.exec(ctx, `INSERT INTO looks (tenant, log, last_id, quiet, looked_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (tenant, log) DO UPDATE SET quiet = excluded.quiet, looked_at = excluded.looked_at, failing_since = NULL, failures = 0, last_error = '',
			last_id = CASE WHEN excluded.last_id > looks.last_id THEN excluded.last_id ELSE looks.last_id END`,
		tenant, log, cursor, quiet, moment(at))
	if err != nil || !complete {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE looks SET complete_at = $3 WHERE tenant = $1 AND log = $2`, tenant, log, moment(at))
	return err
}

// failed notes why a look did not succeed, and says when the job is to be tried again. A wait for the tenant's limit is no failure, and is not
// slept out by a worker that others could use.
func (f *fleet[D, T]) failed(ctx context.Context, t *tenant, what string, err error) error {
	if pause := (*rivertype.JobSnoozeError)(nil); errors.As(asked(err), &pause) {
		return pause
	}
	if errors.Is(ctx.Err(), context.Canceled) { // it is told to stop
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStop)
	defer cancel()
	f.logger.WarnContext(ctx, "a look failed", "tenant", t.Name, "log", what, "error", err)
	_, noted := f.db.pool.exec(ctx, `INSERT INTO looks (tenant, log, failing_since, failures, last_error) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (tenant, log) DO UPDATE SET failures = looks.failures + 1, last_error = excluded.last_error,
			failing_since = COALESCE(looks.failing_since, excluded.failing_since)`, t.Name, what, moment(f.now()), text(err.Error()))
	return errors.Join(err, noted)
}
