package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"

	"github.com/halopsa-go/halopsa"
)

// exportsArgs is the job of one look at a tenant's export queue.
type exportsArgs struct {
	Tenant string `json:"tenant"`
}

// Kind names the job.
func (exportsArgs) Kind() string { return "exports" }

// InsertOpts let there be one look at a queue at a time.
func (exportsArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: looks, UniqueOpts: once, MaxAttempts: forever}
}

// exportsWorker asks which exports are ready, and has each delivered.
type exportsWorker[D riverdriver.Driver[T], T any] struct {
	river.WorkerDefaults[exportsArgs]
	*fleet[D, T]
}

// Work looks once.
func (w *exportsWorker[D, T]) Work(ctx context.Context, job *river.Job[exportsArgs]) error {
	tenant := w.roster.get(job.Args.Tenant)
	if tenant == nil {
		return river.JobCancel(fmt.Errorf("tenant %s is not worked for", job.Args.Tenant))
	}
	done, err := w.slowLooks.turn(tenant)
	if err != nil {
		return err
	}
	defer done()
	at, err := placeOf(ctx, w.db.pool, tenant, exports)
	if err != nil {
		return err
	}
	known, err := ledger(ctx, w.db.pool, tenant.Name) // before the list: what is open and not in the list is then known to be gone from it
	if err != nil {
		return err
	}
	began := w.now()
	var bad []halopsa.BadRow
	listed, err := halopsa.Collect(tenant.client.IntegrationExport.All(ctx, &halopsa.IntegrationExportListOptions{ReadyForImport: halopsa.Set(true)},
		halopsa.WithBadRow(func(row halopsa.BadRow) error { bad = append(bad, row); return nil })))
	if err != nil {
		return w.failed(ctx, tenant, exports, err)
	}
	var jobs []river.InsertManyParams
	ready := make(map[int64]offered, len(listed))
	for _, export := range listed {
		// A server that does not know the filter sends the others too, and the rows of this list come as they were sent.
		if _, twice := ready[export.ID]; twice || export.ID <= 0 || !export.ReadyForImport || known[export.ID].state == retired {
			continue
		}
		if ready[export.ID], err = offerOf(export); err != nil {
			return err
		}
	}
	for id := range ready {
		jobs = append(jobs, river.InsertManyParams{Args: deliverArgs{Tenant: tenant.Name, Export: id}})
	}
	for _, row := range bad {
		id, ok := numberOf(row)
		if !ok { // it can be any: none is known to be gone
			known = nil
		}
		delete(known, id) // it is there, as far as anybody knows
	}
	for id, d := range known {
		if _, there := ready[id]; !there && (d.state == sending || d.state == delivered) {
			jobs = append(jobs, river.InsertManyParams{Args: deliverArgs{Tenant: tenant.Name, Export: id}})
		}
	}
	quiet := at.quiet + 1
	if len(jobs) > 0 {
		quiet = 0
	}
	slices.SortFunc(jobs, func(a, b river.InsertManyParams) int { // oldest first
		return cmp.Compare(a.Args.(deliverArgs).Export, b.Args.(deliverArgs).Export)
	})
	err = w.db.transact(ctx, func(raw T, tx querier) error {
		if err := tie(ctx, tx, tenant, at); err != nil {
			return err
		}
		others, err := offer(ctx, tx, tenant, ready, known, w.now())
		if err != nil {
			return err
		}
		for _, id := range others {
			if err := w.retired(ctx, tx, tenant, id, errOtherContent); err != nil {
				return err
			}
		}
		if err := w.asideExports(ctx, tx, tenant, bad); err != nil {
			return err
		}
		if len(jobs) > 0 {
			if _, err := w.river.InsertManyTx(ctx, raw, jobs); err != nil {
				return err
			}
		}
		if err := looked(ctx, tx, tenant.Name, exports, quiet, began, true); err != nil {
			return err
		}
		if _, err := river.JobCompleteTx[D](ctx, raw, job); err != nil {
			return err
		}
		_, err = w.river.InsertTx(ctx, raw, job.Args, &river.InsertOpts{ScheduledAt: w.now().Add(w.pause(quiet))})
		return err
	})
	if err != nil {
		return w.failed(ctx, tenant, exports, err)
	}
	return nil
}

// asideExports sets exports aside that could not be read. They are in the list until they can be, so that an empty one says that none is left.
func (w *exportsWorker[D, T]) asideExports(ctx context.Context, tx querier, t *tenant, bad []halopsa.BadRow) error {
	if len(bad) == 0 {
		_, err := tx.exec(ctx, `DELETE FROM set_aside WHERE tenant = $1 AND log = $2`, t.Name, exports)
		return err
	}
	_, err := aside(ctx, tx, t, exports, bad, w.now())
	return err
}
