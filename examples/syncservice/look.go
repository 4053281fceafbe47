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
	done, err := w.slowLooks.turn(tenant)
	if err != nil {
		return err
	}
	defer done()
	at, err := placeOf(ctx, w.db.pool, tenant, log.name)
	if err != nil {
		return err
	}
	seen, err := w.look(ctx, tenant, log, at)
	if err == nil {
		err = w.commit(ctx, job, tenant, log, at, seen)
	}
	if err != nil {
		return w.failed(ctx, tenant, log.name, err)
	}
	return nil
}

// seen is what a look has seen.
type seen struct {
	began    time.Time
	after    int64 // it began behind this id
	to       int64 // and came to this one
	newest   int64 // the largest id that there is; known at the end of the log
	complete bool  // it came to the end of the log
	rows     [][]any
	bad      []halopsa.BadRow
}

func (w *lookWorker[D, T]) look(ctx context.Context, t *tenant, log haloLog, at place) (*seen, error) {
	s := &seen{began: w.now(), complete: true}
	s.after, _ = at.begin(s.began, w.conf.settle)
	s.to = s.after
	setAside := halopsa.WithBadRow(func(row halopsa.BadRow) error {
		s.bad = append(s.bad, row)
		if id, ok := numberOf(row); ok { // it comes in the order of the records
			s.to = max(s.to, id)
		}
		return nil
	})
	looks := halopsa.WithLooks(func(_ context.Context, look halopsa.Look) { s.newest = look.Newest })
	for entry, err := range log.since(ctx, s.after, setAside, looks) {
		if err != nil {
			return nil, err
		}
		s.rows = append(s.rows, append([]any{t.Name}, entry.row...))
		s.to = entry.id
		if len(s.rows) == mostOfALook || w.now().Sub(s.began) > longestLook {
			s.complete = false
			break
		}
	}
	return s, nil
}

// commit writes what a look has seen, and the next look.
func (w *lookWorker[D, T]) commit(ctx context.Context, job *river.Job[lookArgs], t *tenant, log haloLog, at place, s *seen) error {
	select {
	case w.writes <- struct{}{}:
		defer func() { <-w.writes }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var added int64
	var bad []halopsa.BadRow // that were not known
	err := w.db.transact(ctx, func(raw T, tx querier) error {
		if err := tie(ctx, tx, t, at); err != nil {
			return err
		}
		for _, row := range s.rows {
			n, err := tx.exec(ctx, log.insert, row...)
			if err != nil {
				return err
			}
			added += n
		}
		var err error
		if bad, err = aside(ctx, tx, t, log.name, s.bad, w.now()); err != nil {
			return err
		}
		quiet := at.quiet + 1
		if added > 0 || len(bad) > 0 {
			quiet = 0
		}
		if err := looked(ctx, tx, t.Name, log.name, quiet, s.began, s.complete); err != nil {
			return err
		}
		if err := came(ctx, tx, t.Name, log.name, at.read(s.after, s.to, s.complete, w.now()), s); err != nil {
			return err
		}
		if _, err := river.JobCompleteTx[D](ctx, raw, job); err != nil {
			return err
		}
		next := &river.InsertOpts{}
		if s.complete {
			next.ScheduledAt = w.now().Add(w.pause(quiet))
		}
		_, err = w.river.InsertTx(ctx, raw, job.Args, next)
		return err
	})
	if err == nil {
		w.mirrored(t, log.name, int(added))
		w.tellAside(ctx, t, bad)
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
func looked(ctx context.Context, tx querier, tenant, log string, quiet int, at time.Time, complete bool) error {
	_, err := tx.exec(ctx, `INSERT INTO looks (tenant, log, quiet, looked_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, log) DO UPDATE SET quiet = excluded.quiet, looked_at = excluded.looked_at, failing_since = NULL, failures = 0, last_error = ''`,
		tenant, log, quiet, moment(at))
	if err != nil || !complete {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE looks SET complete_at = $3 WHERE tenant = $1 AND log = $2`, tenant, log, moment(at))
	return err
}

// came notes how far a log has been read.
func came(ctx context.Context, tx querier, tenant, log string, r reading, s *seen) error {
	_, err := tx.exec(ctx, `UPDATE looks SET last_id = CASE WHEN last_id > $3 THEN last_id ELSE $3 END, settled_id = $4, marked_id = $5, marked_at = $6
		WHERE tenant = $1 AND log = $2`, tenant, log, r.last, r.settled, r.marked, moment(r.at))
	if err != nil || !s.complete {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE looks SET newest_id = $3 WHERE tenant = $1 AND log = $2`, tenant, log, s.newest)
	return err
}

// failed notes why a look did not succeed, and says when the job is to be tried again. A wait for the tenant's limit is no failure, and is not
// slept out by a worker that others could use.
func (f *fleet[D, T]) failed(ctx context.Context, t *tenant, what string, err error) error {
	if pause := (*rivertype.JobSnoozeError)(nil); errors.As(asked(err), &pause) {
		return pause
	}
	var ended *rivertype.JobCancelError
	if errors.As(err, &ended) || errors.Is(ctx.Err(), context.Canceled) { // it is nothing of the log, or it is told to stop
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
