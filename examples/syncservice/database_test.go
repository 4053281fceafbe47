package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	db, err := openDatabase(server)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `CREATE SCHEMA `+schema)
	require.NoError(t, err, howToStartPostgres)
	t.Cleanup(func() {
		_, err := db.ExecContext(context.WithoutCancel(t.Context()), `DROP SCHEMA `+schema+` CASCADE`)
		assert.NoError(t, err)
		assert.NoError(t, db.Close())
	})
	u, err := url.Parse(server)
	require.NoError(t, err)
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

// newStore opens a database for one test.
func newStore(t *testing.T, databaseURL string) *store {
	t.Helper()
	s, err := openStore(t.Context(), databaseURL)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.close()) })
	return s
}

// ints returns the first column of a query.
func ints(t *testing.T, db *sql.DB, query string) []int64 {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	numbers := []int64{}
	for rows.Next() {
		var n int64
		require.NoError(t, rows.Scan(&n))
		numbers = append(numbers, n)
	}
	require.NoError(t, rows.Err())
	return numbers
}
