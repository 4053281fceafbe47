package main

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const postgresVariable = "SYNCSERVICE_TEST_POSTGRES"

const howToStartPostgres = postgresVariable + ` is not set: these tests need a real PostgreSQL server. With Docker
  docker run -d --rm -p 127.0.0.1:54329:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres
or on Debian, not as root
  initdb -D /tmp/pg -U postgres -A trust && pg_ctl -D /tmp/pg -w -o "-p 54329 -c listen_addresses=127.0.0.1 -k /tmp" start
(apt-get install postgresql; both programs are in /usr/lib/postgresql/*/bin), and then
  export ` + postgresVariable + `=postgres://postgres@127.0.0.1:54329/postgres`

// onEachDatabase runs a test on SQLite and on PostgreSQL, each time on a database of its own.
func onEachDatabase(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	for name, fresh := range map[string]func(*testing.T) string{"sqlite": freshSQLite, "postgres": freshPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, fresh(t))
		})
	}
}

func freshSQLite(t *testing.T) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "a sync%20service?.db") // a path is no URL
}

// freshPostgres returns the URL of a schema that is dropped with the test.
func freshPostgres(t *testing.T) string {
	t.Helper()
	server := os.Getenv(postgresVariable)
	require.NotEmpty(t, server, howToStartPostgres)
	schema := "test_" + strings.ToLower(rand.Text())
	statement := func(sql string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, server)
		require.NoError(t, err, howToStartPostgres)
		_, err = conn.Exec(ctx, sql)
		assert.NoError(t, err)
		assert.NoError(t, conn.Close(ctx))
	}
	statement(`CREATE SCHEMA ` + schema)
	t.Cleanup(func() { statement(`DROP SCHEMA ` + schema + ` CASCADE`) })
	u, err := url.Parse(server)
	require.NoError(t, err)
	query := u.Query()
	query.Set("search_path", schema)
	query.Set("pool_max_conns", "24")
	u.RawQuery = query.Encode()
	return u.String()
}

// opened is a database without its types.
type opened struct {
	querier
	migrate func(context.Context) error
	lock    func(ctx context.Context, tenant string, export int64) (transaction, error)
	close   func() error
	clock   func(context.Context) (time.Time, error)
}

// open opens a database for one test.
func open(t *testing.T, databaseURL string) opened {
	t.Helper()
	onPostgres, err := isPostgres(databaseURL)
	require.NoError(t, err)
	if onPostgres {
		db, err := openPostgres(t.Context(), databaseURL)
		require.NoError(t, err)
		return opened{db.pool, db.migrate, db.lock, db.close, db.clock}
	}
	db, err := openSQLite(databaseURL)
	require.NoError(t, err)
	return opened{db.pool, db.migrate, db.lock, db.close, db.clock}
}

// read opens a database that a service has set up, to look at it.
func read(t *testing.T, databaseURL string) opened {
	t.Helper()
	db := open(t, databaseURL)
	t.Cleanup(func() { assert.NoError(t, db.close()) })
	return db
}

// texts returns the first column of a query.
func texts(t *testing.T, db querier, query string, args ...any) []string {
	t.Helper()
	all, err := textsIn(t.Context(), db, query, args...)
	require.NoError(t, err)
	return all
}

// textsIn is texts where a test must not be ended, such as in a handler.
func textsIn(ctx context.Context, db querier, query string, args ...any) ([]string, error) {
	all := []string{}
	err := db.rows(ctx, func(row scanner) error {
		var text string
		err := row.Scan(&text)
		all = append(all, text)
		return err
	}, query, args...)
	return all, err
}

// number returns what a query counts.
func count(t *testing.T, db querier, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.row(t.Context(), query, args...).Scan(&n))
	return n
}

func TestInstancesThatStartTogetherAllLive(t *testing.T) {
	t.Parallel()
	databaseURL := freshPostgres(t)
	var starting sync.WaitGroup
	failures := make(chan error, 15)
	for range cap(failures) {
		starting.Go(func() {
			db, err := openPostgres(t.Context(), databaseURL+"&pool_max_conns=2")
			if err == nil {
				err = db.migrate(t.Context())
				_ = db.close()
			}
			failures <- err
		})
	}
	starting.Wait()
	close(failures)
	for err := range failures {
		assert.NoError(t, err)
	}
	assert.Equal(t, 3, count(t, read(t, databaseURL), `SELECT count(*) FROM syncservice_schema`))
}

func TestMigratingAgainKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		for range 2 {
			db := open(t, databaseURL)
			require.NoError(t, db.migrate(t.Context()))
			_, err := db.exec(t.Context(), `INSERT INTO tenants (name, source) VALUES ('acme', 'acme.halopsa.com') ON CONFLICT DO NOTHING`)
			require.NoError(t, err)
			assert.Equal(t, 1, count(t, db, `SELECT count(*) FROM tenants`))
			require.NoError(t, db.close())
		}
	})
}

// TestFilesOfSQLiteAreTheirOwnersAlone opens what a process has left that was killed, whose files everybody could read.
func TestFilesOfSQLiteAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	alive, folder := t.TempDir(), t.TempDir()
	killed := read(t, "sqlite:"+filepath.Join(alive, "wide.db"))
	require.NoError(t, killed.migrate(t.Context()))
	left, err := os.ReadDir(alive)
	require.NoError(t, err)
	for _, file := range left {
		data, err := os.ReadFile(filepath.Join(alive, file.Name()))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, file.Name()), data, 0o644)) //nolint:gosec // as it was made before
	}
	db := read(t, "sqlite:"+filepath.Join(folder, "wide.db"))
	require.NoError(t, db.migrate(t.Context()))
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, files, 3, "the database, and what SQLite keeps beside it")
	for _, file := range files {
		info, err := file.Info()
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file.Name())
	}
}

func TestDatabaseURLsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, databaseURL := range []string{"mysql://u:hush@db", "sqlite:", "hush", "postgres"} {
		_, err := isPostgres(databaseURL)
		require.ErrorContains(t, err, "DATABASE_URL", databaseURL)
		assert.NotContains(t, err.Error(), "hush")
	}
	_, err := openPostgres(t.Context(), "postgres://u:hush@db:port/x")
	require.ErrorContains(t, err, "DATABASE_URL")
	assert.NotContains(t, err.Error(), "hush")
}

func TestLockKeepsOthersOut(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		db := read(t, databaseURL)
		require.NoError(t, db.migrate(t.Context()))
		for export := range 2 {
			_, err := db.exec(t.Context(), `INSERT INTO deliveries (tenant, export_id, delivery_key, state, begun_at) VALUES ('acme', $1, $2, 'sending', $3)`,
				export, deliveryKey("acme", int64(export)), moment(noon))
			require.NoError(t, err)
		}
		first, err := db.lock(t.Context(), "acme", 0)
		require.NoError(t, err)
		require.NotNil(t, first)
		other, err := db.lock(t.Context(), "acme", 1)
		require.NoError(t, err)
		require.NotNil(t, other, "another export is free")
		require.NoError(t, other.commit(t.Context()))
		second, err := db.lock(t.Context(), "acme", 0)
		require.NoError(t, err)
		require.Nil(t, second)
		require.NoError(t, first.commit(t.Context()))
		second, err = db.lock(t.Context(), "acme", 0)
		require.NoError(t, err)
		require.NotNil(t, second)
		_ = first.rollback(t.Context()) // as a deferred one after the commit
		third, err := db.lock(t.Context(), "acme", 0)
		require.NoError(t, err)
		require.Nil(t, third, "the end of the first lock is not that of the second")
		require.NoError(t, second.rollback(t.Context()))
	})
}
