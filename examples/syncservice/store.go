package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// schema is the same for SQLite and PostgreSQL. Times are UTC, and null where HaloPSA has none.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS cursors (
		follower TEXT PRIMARY KEY,
		last_id BIGINT NOT NULL
	)`,
	`CREATE TABLE IF NOT EXISTS integration_errors (
		id BIGINT PRIMARY KEY,
		module_id BIGINT NOT NULL,
		module_name TEXT NOT NULL,
		detail_id BIGINT NOT NULL,
		entity_type TEXT NOT NULL,
		entity_id BIGINT NOT NULL,
		entity_name TEXT NOT NULL,
		endpoint TEXT NOT NULL,
		error TEXT NOT NULL,
		logged_at TIMESTAMP
	)`,
	`CREATE TABLE IF NOT EXISTS integration_requests (
		id BIGINT PRIMARY KEY,
		msid BIGINT NOT NULL,
		module_name TEXT NOT NULL,
		details_id BIGINT NOT NULL,
		outgoing BOOLEAN NOT NULL,
		operation TEXT NOT NULL,
		type TEXT NOT NULL,
		url TEXT NOT NULL,
		result_code BIGINT NOT NULL,
		duration DOUBLE PRECISION NOT NULL,
		logged_at TIMESTAMP
	)`,
	`CREATE TABLE IF NOT EXISTS deliveries (
		export_id BIGINT PRIMARY KEY,
		delivery_key TEXT NOT NULL UNIQUE,
		state TEXT NOT NULL CHECK (state IN ('sending', 'delivered', 'withdrawn')),
		failures BIGINT NOT NULL,
		last_error TEXT NOT NULL,
		begun_at TIMESTAMP NOT NULL,
		next_try TIMESTAMP,
		delivered_at TIMESTAMP,
		removed_at TIMESTAMP
	)`,
}

// store is the database: the mirror of the logs with the cursors, and the ledger of deliveries.
type store struct{ db *sql.DB }

// openStore opens the database that DATABASE_URL names, and makes the tables that it lacks.
func openStore(ctx context.Context, databaseURL string) (*store, error) {
	db, err := openDatabase(databaseURL)
	if err != nil {
		return nil, err
	}
	s := &store{db}
	if err := s.transaction(ctx, func(tx *sql.Tx) error {
		for _, statement := range schema {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return nil, errors.Join(fmt.Errorf("the database cannot be set up: %w", err), db.Close())
	}
	return s, nil
}

// openDatabase does no I/O. Its errors leave the URL out, which can hold a password.
func openDatabase(databaseURL string) (*sql.DB, error) {
	path, isSQLite := strings.CutPrefix(databaseURL, "sqlite:")
	switch {
	case databaseURL == "":
		path, isSQLite = "syncservice.db", true
	case strings.HasPrefix(databaseURL, "postgres://"), strings.HasPrefix(databaseURL, "postgresql://"):
		conf, err := pgx.ParseConfig(databaseURL)
		if err != nil {
			return nil, errors.New("DATABASE_URL: not a URL that PostgreSQL's clients read; it looks like postgres://user:password@host:5432/database")
		}
		db := stdlib.OpenDB(*conf)
		db.SetMaxOpenConns(8)
		return db, nil
	}
	if !isSQLite || path == "" {
		return nil, errors.New("DATABASE_URL: must begin with postgres:// or be sqlite: and the path of a file")
	}
	options := url.Values{
		"_pragma":      {"busy_timeout(10000)", "journal_mode(WAL)"},
		"_txlock":      {"immediate"},
		"_time_format": {"sqlite"},
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer: waiting here is fairer than in its busy loop
	return db, nil
}

func (s *store) close() error { return s.db.Close() }

// transaction commits what work did, or none of it.
func (s *store) transaction(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// cursor is the id of the last record that a follower has stored, 0 for none.
func (s *store) cursor(ctx context.Context, follower string) (id int64, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT last_id FROM cursors WHERE follower = $1`, follower).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// add stores rows and moves the follower's cursor, both or neither. A row that is there already stays as it is, and a cursor never goes back:
// a commit of a process that was killed can still come through when the next one has read its cursor.
func (s *store) add(ctx context.Context, follower, insert string, rows [][]any, cursor int64) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		statement, err := tx.PrepareContext(ctx, insert)
		if err != nil {
			return err
		}
		defer func() { _ = statement.Close() }() // it ends with the transaction
		for _, row := range rows {
			if _, err := statement.ExecContext(ctx, row...); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO cursors (follower, last_id) VALUES ($1, $2)
			ON CONFLICT (follower) DO UPDATE SET last_id = excluded.last_id WHERE excluded.last_id > cursors.last_id`, follower, cursor)
		return err
	})
}

// count is how many rows one of the mirror's tables has.
func (s *store) count(ctx context.Context, table string) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	return n, err
}

// ping reports whether the database answers.
func (s *store) ping(ctx context.Context) error {
	var one int
	return s.db.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
}

// text makes s storable: PostgreSQL refuses a zero byte and what is not UTF-8, for ever and with it everything behind.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// moment is t in UTC, or null for the zero time. PostgreSQL keeps microseconds.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Microsecond)
}
