package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// database is PostgreSQL or SQLite. T is a transaction of its driver, which River needs to know.
type database[D riverdriver.Driver[T], T any] struct {
	driver D
	pool   querier
	// begin begins a transaction, which querier reads and writes in.
	begin func(ctx context.Context) (T, transaction, error)
	// lock keeps every other worker, in whichever process, from a delivery until the transaction that it returns ends; nil where another has it.
	lock  func(ctx context.Context, tenant string, export int64) (transaction, error)
	close func() error
	// clock is the time that all its processes can agree on.
	clock func(ctx context.Context) (time.Time, error)
	// exclusive has only one process at a time do what migrates the schema.
	exclusive func(ctx context.Context, work func() error) error
}

// querier is what the SQL of this service needs of a database or a transaction. Both databases read the same SQL.
type querier interface {
	exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	row(ctx context.Context, query string, args ...any) scanner
	rows(ctx context.Context, each func(scanner) error, query string, args ...any) error
}

type scanner interface{ Scan(into ...any) error }

type transaction interface {
	querier
	commit(ctx context.Context) error
	rollback(ctx context.Context) error
}

// transact commits what work did, or none of it.
func (db *database[D, T]) transact(ctx context.Context, work func(raw T, tx querier) error) error {
	raw, tx, err := db.begin(ctx)
	if err != nil {
		return err
	}
	if err := work(raw, tx); err != nil {
		return errors.Join(err, tx.rollback(context.WithoutCancel(ctx)))
	}
	return tx.commit(ctx)
}

// none reports whether a row was looked for that there is not.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) || errors.Is(err, pgx.ErrNoRows) }

// isPostgres reports which database a URL names. Its errors leave the URL out, which can hold a password.
func isPostgres(databaseURL string) (bool, error) {
	switch {
	case strings.HasPrefix(databaseURL, "postgres://"), strings.HasPrefix(databaseURL, "postgresql://"):
		return true, nil
	case databaseURL == "", len(databaseURL) > len("sqlite:") && strings.HasPrefix(databaseURL, "sqlite:"):
		return false, nil
	}
	return false, errors.New("DATABASE_URL: must begin with postgres:// or be sqlite: and the path of a file")
}

// openPostgres connects to PostgreSQL.
func openPostgres(ctx context.Context, databaseURL string) (*database[*riverpgxv5.Driver, pgx.Tx], error) {
	conf, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, errors.New("DATABASE_URL: not a URL that PostgreSQL's clients read; it looks like postgres://user:password@host:5432/database")
	}
	conf.MaxConns = max(conf.MaxConns, deliveryWorkers+12) // each delivery that is on its way holds one
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, err
	}
	return &database[*riverpgxv5.Driver, pgx.Tx]{
		driver: riverpgxv5.New(pool),
		pool:   postgres{pool},
		begin: func(ctx context.Context) (pgx.Tx, transaction, error) {
			tx, err := pool.Begin(ctx)
			return tx, postgresTx{postgres{tx}, tx}, err
		},
		lock: func(ctx context.Context, tenant string, export int64) (transaction, error) {
			raw, err := pool.Begin(ctx)
			if err != nil {
				return nil, err
			}
			tx := postgresTx{postgres{raw}, raw}
			var one int
			err = raw.QueryRow(ctx, `SELECT 1 FROM deliveries WHERE tenant = $1 AND export_id = $2 FOR UPDATE SKIP LOCKED`, tenant, export).Scan(&one)
			if err == nil {
				return tx, nil
			}
			_ = tx.rollback(context.WithoutCancel(ctx)) // it has changed nothing
			if none(err) {
				return nil, nil //nolint:nilnil // another has it
			}
			return nil, err
		},
		close: func() error { pool.Close(); return nil },
		clock: func(ctx context.Context) (now time.Time, err error) {
			err = pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now)
			return now, err
		},
		exclusive: func(ctx context.Context, work func() error) error {
			conn, err := pool.Acquire(ctx)
			if err != nil {
				return err
			}
			defer conn.Release()
			const lock = 7_462_001 // any number that nobody else takes
			if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, lock); err != nil {
				return err
			}
			err = work()
			_, unlocked := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, lock)
			return errors.Join(err, unlocked)
		},
	}, nil
}

// openSQLite opens a file, which only its owner can read.
func openSQLite(databaseURL string) (*database[*riversqlite.Driver, *sql.Tx], error) {
	path := strings.TrimPrefix(databaseURL, "sqlite:")
	if path == "" {
		path = "syncservice.db"
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil { // SQLite gives its other files the rights of this one
		return nil, err
	}
	for _, beside := range []string{"-wal", "-shm"} { // those of a process that was killed have what it had then
		if err := os.Chmod(path+beside, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	options := url.Values{
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)"}, "_txlock": {"immediate"}, "_time_format": {"sqlite"},
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // SQLite has one writer: waiting here is fairer than in its busy loop
	locks := &heldLocks{held: map[string]bool{}}
	return &database[*riversqlite.Driver, *sql.Tx]{
		driver: riversqlite.New(db),
		pool:   sqlite{db},
		begin: func(ctx context.Context) (*sql.Tx, transaction, error) {
			tx, err := db.BeginTx(ctx, nil)
			return tx, sqliteTx{sqlite{tx}, tx}, err
		},
		lock: func(_ context.Context, tenant string, export int64) (transaction, error) {
			return locks.take(fmt.Sprint(tenant, "/", export), sqlite{db}), nil
		},
		close:     db.Close,
		clock:     func(context.Context) (time.Time, error) { return time.Now(), nil },
		exclusive: func(_ context.Context, work func() error) error { return work() },
	}, nil
}

// sqlite is database/sql, of a database or of a transaction.
type sqlite struct {
	sql interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
}

func (s sqlite) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := s.sql.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (s sqlite) row(ctx context.Context, query string, args ...any) scanner {
	return s.sql.QueryRowContext(ctx, query, args...)
}

func (s sqlite) rows(ctx context.Context, each func(scanner) error, query string, args ...any) error {
	rows, err := s.sql.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has said what there is to say
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

type sqliteTx struct {
	sqlite
	tx *sql.Tx
}

func (t sqliteTx) commit(context.Context) error   { return t.tx.Commit() }
func (t sqliteTx) rollback(context.Context) error { return t.tx.Rollback() }

// postgres is pgx, of a pool or of a transaction.
type postgres struct {
	pgx interface {
		Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
		QueryRow(ctx context.Context, query string, args ...any) pgx.Row
	}
}

func (p postgres) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := p.pgx.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

func (p postgres) row(ctx context.Context, query string, args ...any) scanner {
	return p.pgx.QueryRow(ctx, query, args...)
}

func (p postgres) rows(ctx context.Context, each func(scanner) error, query string, args ...any) error {
	rows, err := p.pgx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

type postgresTx struct {
	postgres
	tx pgx.Tx
}

func (t postgresTx) commit(ctx context.Context) error   { return t.tx.Commit(ctx) }
func (t postgresTx) rollback(ctx context.Context) error { return t.tx.Rollback(ctx) }

// heldLocks are the deliveries that are locked on SQLite. A file of it has one process, so that they need be known in that one only.
type heldLocks struct {
	mu   sync.Mutex
	held map[string]bool
}

// take returns a transaction that holds a lock until it ends, nil where the lock is taken. A real one would hold SQLite's only connection: what
// is written in this one is there at once.
func (l *heldLocks) take(key string, db querier) transaction {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[key] {
		return nil
	}
	l.held[key] = true
	return heldLock{db, sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.held, key)
	})}
}

type heldLock struct {
	querier
	release func()
}

func (h heldLock) commit(context.Context) error   { h.release(); return nil }
func (h heldLock) rollback(context.Context) error { h.release(); return nil }
