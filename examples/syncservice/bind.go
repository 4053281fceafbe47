package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
)

// bind ties a name to a HaloPSA for good: what the database holds under this name is of that one, and deleting exports by it in another would
// destroy what was never delivered. Only a name of which nothing has come yet, such as one with a mistake in its URL, can be tied anew.
func bind(ctx context.Context, db querier, s settings) error {
	if _, err := db.exec(ctx, `DELETE FROM tenants WHERE (name = $1 OR source = $2) AND NOT (name = $1 AND source = $2) AND NOT served`, s.Name, s.source()); err != nil {
		return err
	}
	var wrong error
	err := db.rows(ctx, func(row scanner) error {
		var name, source string
		err := row.Scan(&name, &source)
		switch {
		case name != s.Name:
			wrong = fmt.Errorf("tenant %s: this database has served %s under the name %s; give it that name", s.Name, source, name)
		case source != s.source():
			wrong = &boundError{s.Name, source, s.source()}
		}
		return err
	}, `SELECT name, source FROM tenants WHERE name = $1 OR source = $2 ORDER BY name = $1`, s.Name, s.source())
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	_, err = db.exec(ctx, `INSERT INTO tenants (name, source) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, s.Name, s.source())
	return err
}

// boundError is a name that another HaloPSA has in this database.
type boundError struct{ name, bound, source string }

func (e *boundError) Error() string {
	return fmt.Sprintf("tenant %s: this database has served %s under that name, not %s; give it another name", e.name, e.bound, e.source)
}

// place is where a look at a log begins.
type place struct {
	reading
	quiet  int  // how many looks have found nothing
	served bool // something has come of the tenant before
}

// errTied ends the job of a process that knows other settings of a tenant than another one, until it has read them again.
var errTied = errors.New("the tenant's name is that of another HaloPSA in the database")

// placeOf reads where the next look at a log begins.
func placeOf(ctx context.Context, db querier, t *tenant, log string) (p place, err error) {
	var marked sql.NullTime
	err = db.row(ctx, `SELECT COALESCE(last_id, 0), COALESCE(settled_id, 0), COALESCE(marked_id, 0), marked_at, COALESCE(quiet, 0), served
		FROM tenants LEFT JOIN looks ON tenant = name AND log = $2 WHERE name = $1 AND source = $3`, t.Name, log, t.source()).
		Scan(&p.last, &p.settled, &p.marked, &marked, &p.quiet, &p.served)
	p.at = marked.Time
	if none(err) {
		err = river.JobCancel(errTied)
	}
	return p, err
}

// tie notes that something has come of a tenant, so that its name is not tied anew. It is of the transaction that brings the first of it.
func tie(ctx context.Context, tx querier, t *tenant, p place) error {
	if p.served { // for good
		return nil
	}
	tied, err := tx.exec(ctx, `UPDATE tenants SET served = TRUE WHERE name = $1 AND source = $2`, t.Name, t.source())
	if err == nil && tied == 0 {
		err = river.JobCancel(errTied)
	}
	return err
}
