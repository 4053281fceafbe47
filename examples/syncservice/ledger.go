package main

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// The states of a delivery.
const (
	// sending: the destination may have it or not. It stays after a failure.
	sending = "sending"
	// delivered: the destination has it, and is never sent it again.
	delivered = "delivered"
	// withdrawn: HaloPSA no longer offers the export, and the destination does not have it.
	withdrawn = "withdrawn"
	// removed: it was delivered, and is no longer in HaloPSA's queue.
	removed = "removed"
	// retired: it was delivered, and HaloPSA refuses to delete it.
	retired = "retired"
)

// failed is what the metrics call a try that did not succeed: the delivery stays in state sending.
const failed = "failed"

// delivery is an entry of the ledger: what became of one export. There is at most one for each.
type delivery struct {
	key      string
	state    string
	gone     bool // HaloPSA no longer offers the export
	refusals int  // of HaloPSA to delete it
}

// deliveryKey names the delivery of an export for good. The source is in it because a destination can serve several tenants.
func deliveryKey(source string, exportID int64) string {
	return fmt.Sprintf("%s-export-%d", source, exportID)
}

// ledger returns the entries of a tenant that are not over: those that HaloPSA may offer still, or again.
func ledger(ctx context.Context, db querier, tenant string) (map[int64]delivery, error) {
	all := map[int64]delivery{}
	err := db.rows(ctx, func(row scanner) error {
		var id int64
		var d delivery
		err := row.Scan(&id, &d.key, &d.state, &d.gone, &d.refusals)
		all[id] = d
		return err
	}, `SELECT export_id, delivery_key, state, gone, refusals FROM deliveries WHERE tenant = $1 AND state <> '`+removed+`'`, tenant)
	return all, err
}

// entryOf reads the entry of one export.
func entryOf(ctx context.Context, db querier, tenant string, export int64) (d delivery, err error) {
	err = db.row(ctx, `SELECT delivery_key, state, gone, refusals FROM deliveries WHERE tenant = $1 AND export_id = $2`, tenant, export).
		Scan(&d.key, &d.state, &d.gone, &d.refusals)
	return d, err
}

// offer notes what HaloPSA offers now: an entry for each export that is new, and which of the others are gone or back.
func offer(ctx context.Context, tx querier, t *tenant, ready map[int64]bool, known map[int64]delivery, now time.Time) error {
	for id := range ready {
		switch d, there := known[id]; {
		case !there:
			if _, err := tx.exec(ctx, `INSERT INTO deliveries (tenant, export_id, delivery_key, state, begun_at) VALUES ($1, $2, $3, '`+sending+`', $4)
				ON CONFLICT (tenant, export_id) DO NOTHING`, t.Name, id, deliveryKey(t.source(), id), moment(now)); err != nil {
				return err
			}
		case d.gone || d.state == withdrawn:
			if err := becomes(ctx, tx, t.Name, id, withdrawn, sending); err != nil {
				return err
			}
			if _, err := tx.exec(ctx, `UPDATE deliveries SET gone = FALSE WHERE tenant = $1 AND export_id = $2`, t.Name, id); err != nil {
				return err
			}
		}
	}
	for id, d := range known {
		if !ready[id] && !d.gone && (d.state == sending || d.state == delivered) {
			if _, err := tx.exec(ctx, `UPDATE deliveries SET gone = TRUE WHERE tenant = $1 AND export_id = $2`, t.Name, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// becomes moves an entry from one state to another; in any other state it stays.
func becomes(ctx context.Context, tx querier, tenant string, export int64, from, to string) error {
	_, err := tx.exec(ctx, `UPDATE deliveries SET state = $4, last_error = '' WHERE tenant = $1 AND export_id = $2 AND state = $3`, tenant, export, from, to)
	return err
}

// arrived notes that the destination has the export.
func arrived(ctx context.Context, tx querier, tenant string, export int64, now time.Time) error {
	if err := becomes(ctx, tx, tenant, export, sending, delivered); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE deliveries SET delivered_at = $3 WHERE tenant = $1 AND export_id = $2`, tenant, export, moment(now)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM attempts WHERE tenant = $1 AND export_id = $2`, tenant, export)
	return err
}

// over notes how an export has ended: removed, retired or withdrawn.
func over(ctx context.Context, tx querier, tenant string, export int64, from, to string, now time.Time) error {
	if err := becomes(ctx, tx, tenant, export, from, to); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE deliveries SET removed_at = $3 WHERE tenant = $1 AND export_id = $2 AND state IN ('`+removed+`', '`+retired+`')`,
		tenant, export, moment(now))
	return err
}

// attempting notes an attempt before it begins, and until when it can be under way. It is committed while the row of the delivery is locked,
// and therefore in a separate table.
func attempting(ctx context.Context, db querier, tenant string, export int64, until time.Time) error {
	_, err := db.exec(ctx, `INSERT INTO attempts (tenant, export_id, attempt_until) VALUES ($1, $2, $3)
		ON CONFLICT (tenant, export_id) DO UPDATE SET attempt_until = excluded.attempt_until`, tenant, export, moment(until))
	return err
}

// attempted returns until when the last attempt can be under way; false if there was none.
func attempted(ctx context.Context, db querier, tenant string, export int64) (until time.Time, before bool, err error) {
	var at sql.NullTime
	err = db.row(ctx, `SELECT attempt_until FROM attempts WHERE tenant = $1 AND export_id = $2`, tenant, export).Scan(&at)
	if none(err) {
		return time.Time{}, false, nil
	}
	return at.Time, true, err
}

// missed notes a try that did not succeed.
func missed(ctx context.Context, tx querier, tenant string, export int64, why error) error {
	_, err := tx.exec(ctx, `UPDATE deliveries SET failures = failures + 1, last_error = $3 WHERE tenant = $1 AND export_id = $2`,
		tenant, export, text(why.Error()))
	return err
}
