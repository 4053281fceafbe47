package main

import (
	"database/sql"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// errorRows makes rows of integration errors with these ids.
func errorRows(ids ...int64) [][]any {
	log := errorLog(noClient())
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = log.row(&halopsa.IntegrationError{ID: id, Error: "no such site"})
	}
	return rows
}

// noClient is a client for rows alone: nothing is asked of it.
func noClient() *halopsa.Client { return &halopsa.Client{} }

func TestRecordsAndCursorAreStoredTogether(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s := newStore(t, databaseURL)
		insert := errorLog(noClient()).insert
		cursor, err := s.cursor(t.Context(), "errors")
		require.NoError(t, err)
		assert.Zero(t, cursor, "of a follower that has stored nothing")

		require.NoError(t, s.add(t.Context(), "errors", insert, errorRows(1, 2, 5), 5))
		broken := errorRows(6, 7)
		broken[1][1] = nil // module_id cannot be null
		require.Error(t, s.add(t.Context(), "errors", insert, broken, 7))
		cursor, err = s.cursor(t.Context(), "errors")
		require.NoError(t, err)
		assert.EqualValues(t, 5, cursor)
		assert.Equal(t, []int64{1, 2, 5}, ints(t, s.db, `SELECT id FROM integration_errors ORDER BY id`), "all of a batch or none of it")

		other, err := s.cursor(t.Context(), "requests")
		require.NoError(t, err)
		assert.Zero(t, other, "each follower has its own cursor")
	})
}

func TestRepeatedRecordsAreNotDoubledAndCursorsNeverGoBack(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s := newStore(t, databaseURL)
		insert := errorLog(noClient()).insert
		require.NoError(t, s.add(t.Context(), "errors", insert, errorRows(1, 2, 3, 4), 4))
		require.NoError(t, s.add(t.Context(), "errors", insert, errorRows(2, 3), 3))
		cursor, err := s.cursor(t.Context(), "errors")
		require.NoError(t, err)
		assert.EqualValues(t, 4, cursor)
		assert.Equal(t, []int64{1, 2, 3, 4}, ints(t, s.db, `SELECT id FROM integration_errors ORDER BY id`))
	})
}

func TestStoreIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		first := newStore(t, databaseURL)
		require.NoError(t, first.add(t.Context(), "errors", errorLog(noClient()).insert, errorRows(9), 9))
		second := newStore(t, databaseURL)
		cursor, err := second.cursor(t.Context(), "errors")
		require.NoError(t, err)
		assert.EqualValues(t, 9, cursor)
		n, err := second.count(t.Context(), "integration_errors")
		require.NoError(t, err)
		assert.Equal(t, 1, n)
	})
}

func TestRowsHoldWhatTheRecordsSay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 2, 11, 22, 33, 457_000_000, time.FixedZone("", 2*60*60))
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s := newStore(t, databaseURL)
		errors, requests := errorLog(noClient()), requestLog(noClient())
		require.NoError(t, s.add(t.Context(), errors.name, errors.insert, [][]any{
			errors.row(&halopsa.IntegrationError{
				ID: math.MaxInt64, ModuleID: 12, ModuleName: "Datto", DetailID: 3, EntityType: "Asset", EntityID: 4, EntityName: "A\x00B\xff",
				Endpoint: "/v2/x?token=hush", Error: "größer als \x00", Date: halopsa.Time{Time: at},
			}),
			errors.row(&halopsa.IntegrationError{ID: 1}),
		}, math.MaxInt64))
		var e halopsa.IntegrationError
		var logged sql.NullTime
		read := `SELECT id, module_id, module_name, detail_id, entity_type, entity_id, entity_name, endpoint, error, logged_at
			FROM integration_errors WHERE id = $1`
		into := []any{&e.ID, &e.ModuleID, &e.ModuleName, &e.DetailID, &e.EntityType, &e.EntityID, &e.EntityName, &e.Endpoint, &e.Error, &logged}
		require.NoError(t, s.db.QueryRowContext(t.Context(), read, int64(math.MaxInt64)).Scan(into...))
		assert.Equal(t, halopsa.IntegrationError{
			ID: math.MaxInt64, ModuleID: 12, ModuleName: "Datto", DetailID: 3, EntityType: "Asset", EntityID: 4, EntityName: "A\uFFFDB\uFFFD",
			Endpoint: "/v2/x", Error: "größer als \uFFFD",
		}, e)
		assert.WithinDuration(t, at, logged.Time, 0)
		require.NoError(t, s.db.QueryRowContext(t.Context(), read, 1).Scan(into...))
		assert.False(t, logged.Valid, "no date is null")

		require.NoError(t, s.add(t.Context(), requests.name, requests.insert, [][]any{requests.row(&halopsa.IntegrationRequest{
			ID: 7, MSID: 12, ModuleName: "Xero", DetailsID: 2, IsOutgoing: true, Operation: "POST", Type: "Invoice", ResultCode: 429, Duration: 0.125,
			URL: "https://user:hush@api.example.com/v2?key=hush#hush", DateLogged: halopsa.Time{Time: at},
		})}, 7))
		var r halopsa.IntegrationRequest
		require.NoError(t, s.db.QueryRowContext(t.Context(), `SELECT id, msid, module_name, details_id, outgoing, operation, type, url,
			result_code, duration, logged_at FROM integration_requests`).
			Scan(&r.ID, &r.MSID, &r.ModuleName, &r.DetailsID, &r.IsOutgoing, &r.Operation, &r.Type, &r.URL, &r.ResultCode, &r.Duration, &logged))
		assert.Equal(t, halopsa.IntegrationRequest{
			ID: 7, MSID: 12, ModuleName: "Xero", DetailsID: 2, IsOutgoing: true, Operation: "POST", Type: "Invoice", ResultCode: 429, Duration: 0.125,
			URL: "https://api.example.com/v2",
		}, r)
		assert.WithinDuration(t, at, logged.Time, 0)
	})
}

func TestDatabaseURLs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, want string }{
		"another scheme":      {"mysql://root:hush@db/x", "must begin with postgres://"},
		"a list of settings":  {"host=db password=hush", "must begin with postgres://"},
		"malformed":           {"postgres://user:hush@db:port/x", "not a URL that PostgreSQL's clients read"},
		"a file without name": {"sqlite:", "the path of a file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := openStore(t.Context(), c.url)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "hush")
		})
	}
	for _, url := range []string{"", "sqlite:/tmp/x.db", "postgres://user:hush@db/x", "postgresql://user:hush@db/x"} {
		db, err := openDatabase(url)
		require.NoError(t, err, url)
		require.NoError(t, db.Close())
	}
}

func TestDatabaseThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"postgres://user:hush-hush@127.0.0.1:1/x", "sqlite:" + t.TempDir() + "/no/such/folder/x.db"} {
		_, err := openStore(t.Context(), url)
		require.ErrorContains(t, err, "the database cannot be set up")
		assert.NotContains(t, err.Error(), "hush-hush")
	}
}

func TestAddressesHoldNoCredentials(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                                      "",
		"/v2/Assets/7":                          "/v2/Assets/7",
		"/v2/Assets?api_key=hush":               "/v2/Assets",
		"https://user:hush@api.example.com/v2/": "https://api.example.com/v2/",
		"https://api.example.com/v2?a=hush#x":   "https://api.example.com/v2",
		"https://api.example.com/v2?":           "https://api.example.com/v2",
		"GET https://api.example.com?key=hush":  "GET https://api.example.com",
		"https://u:hush@api.example.com/%zz?x":  "[unreadable]",
		"mailto:someone?subject=hush":           "mailto:someone",
		"//user:hush@host/path":                 "//host/path",
		"https://api.example.com/\x00\xff?hush": "https://api.example.com/%EF%BF%BD%EF%BF%BD",
	} {
		got := address(raw)
		assert.Equal(t, want, got, raw)
		assert.NotContains(t, got, "hush", raw)
	}
}
