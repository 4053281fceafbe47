package main

import (
	"context"
	"database/sql"
	"time"
)

// The states of a delivery.
const (
	// sending: the destination may have it or not. It is written before the first request, and stays after a failure.
	sending = "sending"
	// delivered: the destination has it, and is never sent it again.
	delivered = "delivered"
	// withdrawn: HaloPSA no longer offers the export, and the destination does not have it.
	withdrawn = "withdrawn"
)

// failed is what the metrics call a try that did not succeed: the delivery stays in state sending.
const failed = "failed"

// delivery is an entry of the ledger: what became of one export. There is at most one for each.
type delivery struct {
	ExportID int64
	Key      string
	State    string
	Failures int
	NextTry  time.Time // not to be tried again before; zero is at once
}

// claim returns the entry of an export, and makes it, in state sending, if there is none: then fresh is true, and nothing was sent before.
// An export that had been withdrawn is back, and sending again.
func (s *store) claim(ctx context.Context, exportID int64, key string, now time.Time) (d delivery, fresh bool, err error) {
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		made, err := tx.ExecContext(ctx, `INSERT INTO deliveries (export_id, delivery_key, state, failures, last_error, begun_at)
			VALUES ($1, $2, '`+sending+`', 0, '', $3) ON CONFLICT (export_id) DO NOTHING`, exportID, key, moment(now))
		if err != nil {
			return err
		}
		n, err := made.RowsAffected()
		if err != nil {
			return err
		}
		fresh = n > 0
		if _, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = '`+sending+`'
			WHERE export_id = $1 AND state = '`+withdrawn+`'`, exportID); err != nil {
			return err
		}
		d, err = scanDelivery(tx.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries WHERE export_id = $1`, exportID))
		return err
	})
	return d, fresh, err
}

// openDeliveries are those whose export may still be in HaloPSA.
func (s *store) openDeliveries(ctx context.Context) (open []delivery, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries
		WHERE state = '`+sending+`' OR state = '`+delivered+`' AND removed_at IS NULL ORDER BY export_id`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has said what there is to say
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		open = append(open, d)
	}
	return open, rows.Err()
}

const deliveryColumns = `export_id, delivery_key, state, failures, next_try`

func scanDelivery(row interface{ Scan(into ...any) error }) (d delivery, err error) {
	var next sql.NullTime
	err = row.Scan(&d.ExportID, &d.Key, &d.State, &d.Failures, &next)
	d.NextTry = next.Time
	return d, err
}

// deliveryFailed notes a try that did not succeed, and when the next one is due.
func (s *store) deliveryFailed(ctx context.Context, exportID int64, why string, next time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE deliveries SET failures = failures + 1, last_error = $2, next_try = $3
		WHERE export_id = $1 AND state = '`+sending+`'`, exportID, text(why), moment(next))
	return err
}

// delivered notes that the destination has the export.
func (s *store) delivered(ctx context.Context, exportID int64, now time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE deliveries SET state = '`+delivered+`', last_error = '', next_try = NULL, delivered_at = $2
		WHERE export_id = $1 AND state = '`+sending+`'`, exportID, moment(now))
	return err
}

// withdrawn notes that there is nothing to deliver any more.
func (s *store) withdrawn(ctx context.Context, exportID int64) error {
	_, err := s.db.ExecContext(ctx, `UPDATE deliveries SET state = '`+withdrawn+`', next_try = NULL
		WHERE export_id = $1 AND state = '`+sending+`'`, exportID)
	return err
}

// removed notes that a delivered export is no longer in HaloPSA's queue.
func (s *store) removed(ctx context.Context, exportID int64, now time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE deliveries SET removed_at = $2 WHERE export_id = $1 AND state = '`+delivered+`'`, exportID, moment(now))
	return err
}
