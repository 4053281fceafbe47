package main

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

// rig is a worker of deliveries between a stand-in and a receiver, with its own clock and without River.
type rig struct {
	db       querier
	tenant   *tenant
	halo     *halopsatest.Server
	receiver *receiver
	log      *logBook
	metrics  *metrics
	step     func(ctx context.Context, id int64) (state string, err error)
	report   func(ctx context.Context, id int64, progress, problem string) error
	// wrap puts a querier between the worker and the database.
	wrap func(func(querier) querier)

	mu    sync.Mutex
	clock time.Time
}

// onEachRig runs a test on SQLite and on PostgreSQL.
func onEachRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	onEachDatabase(t, func(t *testing.T, databaseURL string) { test(t, newRig(t, databaseURL)) })
}

func newRig(t *testing.T, databaseURL string) *rig {
	t.Helper()
	halo := halopsatest.NewServer(halopsatest.WithRateLimit(0, 0))
	t.Cleanup(halo.Close)
	client, err := halopsa.NewClient(halo.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithoutRateLimit(), halopsa.WithMaxRetries(1), halopsa.WithBackoff(time.Millisecond, time.Millisecond))
	require.NoError(t, err)
	r := &rig{
		tenant: &tenant{settings: settings{Name: "acme", URL: "https://acme.halopsa.com"}, client: client}, halo: halo, receiver: newReceiver(t),
		log: &logBook{}, metrics: newMetrics(), clock: noon,
	}
	onPostgres, err := isPostgres(databaseURL)
	require.NoError(t, err)
	if onPostgres {
		db, err := openPostgres(t.Context(), databaseURL)
		require.NoError(t, err)
		connectRig(t, r, db)
		return r
	}
	db, err := openSQLite(databaseURL)
	require.NoError(t, err)
	connectRig(t, r, db)
	return r
}

func connectRig[D riverdriver.Driver[T], T any](t *testing.T, r *rig, db *database[D, T]) {
	t.Helper()
	require.NoError(t, db.migrate(t.Context()))
	t.Cleanup(func() { assert.NoError(t, db.close()) })
	r.db = db.pool
	w := &deliverWorker[D, T]{fleet: &fleet[D, T]{
		db: db, destination: r.receiver.to, metrics: r.metrics, now: r.now, logger: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}}
	r.report = func(ctx context.Context, id int64, progress, problem string) error {
		return w.report(ctx, r.tenant, id, progress, problem)
	}
	r.step = func(ctx context.Context, id int64) (string, error) {
		from, to, err := w.step(ctx, r.tenant, id)
		if err != nil {
			return "", err
		}
		return to, db.transact(ctx, func(_ T, tx querier) error { return over(ctx, tx, r.tenant.Name, id, from, to, r.now()) })
	}
	r.wrap = func(around func(querier) querier) {
		broken := *db
		broken.pool = around(db.pool)
		broken.lock = func(ctx context.Context, tenant string, export int64) (transaction, error) {
			tx, err := db.lock(ctx, tenant, export)
			if tx == nil || err != nil {
				return tx, err
			}
			return wrapped{around(tx), tx}, nil
		}
		w.db = &broken
	}
}

// wrapped is a transaction that is read and written through another querier.
type wrapped struct {
	querier
	tx transaction
}

func (w wrapped) commit(ctx context.Context) error {
	if _, err := w.exec(ctx, `SELECT 1`); err != nil { // a commit can fail too
		return errors.Join(err, w.tx.rollback(ctx))
	}
	return w.tx.commit(ctx)
}
func (w wrapped) rollback(ctx context.Context) error { return w.tx.rollback(ctx) }

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

// seed queues an export that is ready, and notes it as a look at the queue does.
func (r *rig) seed(t *testing.T, id int64) {
	t.Helper()
	r.halo.Seed("IntegrationExport", map[string]any{"id": id, "module_id": 12, "ready_for_import": true, "export_progress": ""})
	r.offer(t, id)
}

// offer notes what HaloPSA offers now.
func (r *rig) offer(t *testing.T, ids ...int64) {
	t.Helper()
	exports := make([]halopsa.IntegrationExport, len(ids))
	for i, id := range ids {
		exports[i].ID = id
	}
	assert.Empty(t, r.offerThese(t, exports...))
}

// offerThese returns which of them are something else than what was delivered.
func (r *rig) offerThese(t *testing.T, exports ...halopsa.IntegrationExport) []int64 {
	t.Helper()
	known, err := ledger(t.Context(), r.db, "acme")
	require.NoError(t, err)
	ready := map[int64]offered{}
	for _, export := range exports {
		ready[export.ID], err = offerOf(&export)
		require.NoError(t, err)
	}
	others, err := offer(t.Context(), r.db, r.tenant, ready, known, r.now())
	require.NoError(t, err)
	return others
}

// deliver works once for an export that HaloPSA offers.
func (r *rig) deliver(t *testing.T, id int64) (string, error) {
	t.Helper()
	return r.step(t.Context(), id)
}

// delivers works once and expects it to succeed.
func (r *rig) delivers(t *testing.T, id int64, want string) {
	t.Helper()
	state, err := r.deliver(t, id)
	require.NoError(t, err)
	assert.Equal(t, want, state)
	assert.Equal(t, []string{want}, texts(t, r.db, `SELECT state FROM deliveries WHERE export_id = $1`, id))
}

// fails works once and expects it to fail.
func (r *rig) fails(t *testing.T, id int64) {
	t.Helper()
	_, err := r.deliver(t, id)
	require.Error(t, err)
}

// snoozes works once and expects it to be postponed for so long.
func (r *rig) snoozes(t *testing.T, id int64, want time.Duration) {
	t.Helper()
	_, err := r.deliver(t, id)
	var pause *rivertype.JobSnoozeError
	require.ErrorAs(t, err, &pause)
	assert.Equal(t, want, pause.Duration)
}

// receiver is an inbox behind what can go wrong on the way to it.
type receiver struct {
	*inbox
	to *destination // a client of it

	mu       sync.Mutex
	fault    func(r *http.Request) mishap
	requests []string // method and key
}

// mishap is what happens to a request.
type mishap int

const (
	fine    mishap = iota
	busy           // it is refused with 429
	down           // it is answered with 503, as by a gateway that has lost what is behind it
	wrong          // it is refused with 422
	cutOff         // it has its effect, and the connection breaks before the response
	mute           // the connection breaks before it has an effect
	unasked        // it is answered with 405, as by a destination that cannot be asked
	running        // it is answered with 409, as by a destination that is at it
)

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	rc := &receiver{inbox: newInbox()}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	rc.to = newDestination(server.URL+"/deliveries", "hush-token")
	return rc
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rc.mu.Lock()
	rc.requests = append(rc.requests, r.Method+" "+r.Header.Get("Idempotency-Key"))
	fault := rc.fault
	rc.mu.Unlock()
	what := fine
	if fault != nil {
		what = fault(r)
	}
	switch what {
	case busy:
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusTooManyRequests)
	case down:
		w.WriteHeader(http.StatusServiceUnavailable)
	case wrong:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case unasked:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case running:
		w.WriteHeader(http.StatusConflict)
	case mute:
		panic(http.ErrAbortHandler)
	case cutOff:
		rc.inbox.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		rc.inbox.ServeHTTP(w, r)
	}
}

// strike sets what happens to deliveries and to questions.
func (rc *receiver) strike(post, get mishap) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.fault = func(r *http.Request) mishap {
		if r.Method == http.MethodPost {
			return post
		}
		return get
	}
}

// asked returns the requests so far.
func (rc *receiver) asked() []string {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return slices.Clone(rc.requests)
}

// exports returns the ids of what had an effect, an id twice where it had two.
func (b *inbox) exports() []int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := []int64{}
	for _, p := range b.taken {
		ids = append(ids, p.ExportID)
	}
	slices.Sort(ids)
	return ids
}

// count is how many have had an effect.
func (b *inbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.taken)
}

func (b *inbox) repeats() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.repeated
}

// The types of SQLite, for what needs no database.
type (
	liteDriver = *riversqlite.Driver
	liteTx     = *sql.Tx
)
