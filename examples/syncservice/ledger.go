package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/halopsa-go/halopsa"
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
	// retired: it was delivered, and is left in HaloPSA, which refuses to delete it or has something else in its place.
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
	digest   string
}

// offered is an export that HaloPSA has ready.
type offered struct {
	body   []byte // as JSON; it is bytes since PostgreSQL refuses some texts in JSON
	digest string // of what it is about: how far it has got is left out
}

// offerOf returns what the ledger keeps of an export.
func offerOf(export *halopsa.IntegrationExport) (offered, error) {
	body, err := json.Marshal(export)
	if err != nil {
		return offered{}, err
	}
	type part struct {
		ThirdPartyID string
		Body         []byte
	}
	parts := make([]part, len(export.ExportData))
	for i, p := range export.ExportData {
		parts[i] = part{p.ThirdPartyID, p.ExportBody}
	}
	about, err := json.Marshal([]any{
		export.ExportID, export.ModuleID, export.DetailsID, export.HaloID, export.ThirdPartyID, export.ExportURL, export.ExportBody, parts,
	})
	return offered{body, fmt.Sprintf("%x", sha256.Sum256(about))}, err
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
		err := row.Scan(&id, &d.key, &d.state, &d.gone, &d.refusals, &d.digest)
		all[id] = d
		return err
	}, `SELECT export_id, delivery_key, state, gone, refusals, digest FROM deliveries
		WHERE tenant = $1 AND state IN ('`+sending+`', '`+delivered+`', '`+withdrawn+`', '`+retired+`')`, tenant) // an index has these: it grows with what was removed
	return all, err
}

// entryOf reads the entry of one export.
func entryOf(ctx context.Context, db querier, tenant string, export int64) (d delivery, err error) {
	err = db.row(ctx, `SELECT delivery_key, state, gone, refusals, digest FROM deliveries WHERE tenant = $1 AND export_id = $2`, tenant, export).
		Scan(&d.key, &d.state, &d.gone, &d.refusals, &d.digest)
	return d, err
}

// bodyOf reads what is to be delivered.
func bodyOf(ctx context.Context, db querier, tenant string, export int64) (body []byte, err error) {
	err = db.row(ctx, `SELECT body FROM deliveries WHERE tenant = $1 AND export_id = $2`, tenant, export).Scan(&body)
	return body, err
}

// errOtherContent is why a delivery is retired whose export is not what was delivered.
var errOtherContent = errors.New("HaloPSA has other content under the id of what was delivered")

// differ reports whether two exports with one id are known to be different ones.
func differ(a, b string) bool { return a != "" && b != "" && a != b }

// offer notes what HaloPSA offers now: an entry for each export that is new, what has changed in the others, and which are gone or back. It returns
// those that HaloPSA has under the id of one that was delivered: they are something else, and are not deleted.
func offer(ctx context.Context, tx querier, t *tenant, ready map[int64]offered, known map[int64]delivery, now time.Time) (others []int64, err error) {
	for id, export := range ready {
		d, there := known[id]
		if !there {
			added, err := tx.exec(ctx, `INSERT INTO deliveries (tenant, export_id, delivery_key, state, begun_at, body, digest) VALUES ($1, $2, $3, '`+sending+`', $4, $5, $6)
				ON CONFLICT (tenant, export_id) DO NOTHING`, t.Name, id, deliveryKey(t.source(), id), moment(now), export.body, export.digest)
			if err != nil {
				return nil, err
			}
			if added > 0 {
				continue
			}
			if d, err = entryOf(ctx, tx, t.Name, id); err != nil { // it was removed, and is back
				return nil, err
			}
		}
		set := func(change, from string, args ...any) {
			_, err = tx.exec(ctx, `UPDATE deliveries SET `+change+` WHERE tenant = $1 AND export_id = $2 AND state IN (`+from+`)`, append([]any{t.Name, id}, args...)...)
		}
		switch came := d.state == delivered || d.state == removed; {
		case came && differ(d.digest, export.digest):
			others = append(others, id)
			set(`state = 'retired'`, `'delivered', 'removed'`)
		case d.state == removed:
			set(`state = 'delivered', gone = FALSE`, `'removed'`)
		case came && d.gone:
			set(`gone = FALSE`, `'delivered'`)
		case !came && (d.gone || d.state == withdrawn || d.digest != export.digest):
			set(`state = 'sending', gone = FALSE, body = $3, digest = $4`, `'sending', 'withdrawn'`, export.body, export.digest)
		}
		if err != nil {
			return nil, err
		}
	}
	for id, d := range known {
		if _, there := ready[id]; !there && !d.gone && (d.state == sending || d.state == delivered) {
			if _, err := tx.exec(ctx, `UPDATE deliveries SET gone = TRUE WHERE tenant = $1 AND export_id = $2`, t.Name, id); err != nil {
				return nil, err
			}
		}
	}
	return others, nil
}

// becomes moves an entry from one state to another, which needs its content no longer; in any other state it stays.
func becomes(ctx context.Context, tx querier, tenant string, export int64, from, to string) error {
	_, err := tx.exec(ctx, `UPDATE deliveries SET state = $4, body = NULL, last_error = CASE WHEN $4 = '`+retired+`' THEN last_error ELSE '' END
		WHERE tenant = $1 AND export_id = $2 AND state = $3`, tenant, export, from, to)
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

// attempting notes an attempt before it begins: what is sent, and until when it can be under way. It is committed while the row of the delivery is
// locked, and therefore in a separate table.
func attempting(ctx context.Context, db querier, tenant string, export int64, digest string, until time.Time) error {
	_, err := db.exec(ctx, `INSERT INTO attempts (tenant, export_id, digest, attempt_until) VALUES ($1, $2, $3, $4)
		ON CONFLICT (tenant, export_id) DO UPDATE SET digest = excluded.digest, attempt_until = excluded.attempt_until`, tenant, export, digest, moment(until))
	return err
}

// attempted returns what the last attempt has sent, and until when it can be under way; false if there was none.
func attempted(ctx context.Context, db querier, tenant string, export int64) (digest string, until time.Time, before bool, err error) {
	var at sql.NullTime
	err = db.row(ctx, `SELECT digest, attempt_until FROM attempts WHERE tenant = $1 AND export_id = $2`, tenant, export).Scan(&digest, &at)
	if none(err) {
		return "", time.Time{}, false, nil
	}
	return digest, at.Time, true, err
}

// missed notes a try that did not succeed.
func missed(ctx context.Context, tx querier, tenant string, export int64, why error) error {
	_, err := tx.exec(ctx, `UPDATE deliveries SET failures = failures + 1, last_error = $3 WHERE tenant = $1 AND export_id = $2`,
		tenant, export, text(why.Error()))
	return err
}
