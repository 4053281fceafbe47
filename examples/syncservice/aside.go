package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"github.com/halopsa-go/halopsa"
)

// longestID is as much as a key of the table may hold; PostgreSQL refuses larger ones.
const longestID = 200

// aside stores rows that could not be read, with their raw text: what is behind them need not wait for them. It returns those that are new.
func aside(ctx context.Context, tx querier, t *tenant, log string, bad []halopsa.BadRow, now time.Time) (added []halopsa.BadRow, err error) {
	for _, row := range bad {
		id := row.ID
		if id == "" || len(id) > longestID {
			id = fmt.Sprintf("sha256:%x", sha256.Sum256(row.Raw))
		}
		n, err := tx.exec(ctx, `INSERT INTO set_aside (tenant, log, record_id, reason, raw, set_aside_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (tenant, log, record_id) DO NOTHING`, t.Name, log, text(id), text(row.Reason), text(string(row.Raw)), moment(now))
		if err != nil {
			return nil, err
		}
		if n > 0 {
			added = append(added, row)
		}
	}
	return added, nil
}

// tellAside logs what was set aside; a BadRow does not show its raw text.
func (f *fleet[D, T]) tellAside(ctx context.Context, t *tenant, bad []halopsa.BadRow) {
	for _, row := range bad {
		f.logger.ErrorContext(ctx, "a record could not be read and is set aside", "tenant", t.Name, "row", row)
	}
}

// numberOf is the id of a row that could not be read, if that can be.
func numberOf(row halopsa.BadRow) (int64, bool) {
	id, err := strconv.ParseInt(row.ID, 10, 64)
	return id, err == nil && id > 0
}
