package main

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// queueTest is an export queue between a stand-in and a receiver, with a clock of its own.
type queueTest struct {
	*exportQueue
	halo     *halopsatest.Server
	receiver *receiver

	mu       sync.Mutex
	clock    time.Time
	outcomes map[string]int
}

func newQueueTest(t *testing.T, databaseURL string, fault func(*http.Request) mishap) *queueTest {
	t.Helper()
	halo, client := newHalo(t)
	q := &queueTest{halo: halo, receiver: newReceiver(t, fault), clock: noon, outcomes: make(map[string]int)}
	q.exportQueue = &exportQueue{
		client: client, store: newStore(t, databaseURL), destination: q.receiver.to, source: "acme", interval: time.Minute,
		logger: silent(), heart: &heartbeat{},
		now: func() time.Time {
			q.mu.Lock()
			defer q.mu.Unlock()
			return q.clock
		},
		counted: func(outcome string) {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.outcomes[outcome]++
		},
	}
	return q
}

// after moves the clock and works the queue once.
func (q *queueTest) after(t *testing.T, d time.Duration) {
	t.Helper()
	q.mu.Lock()
	q.clock = q.clock.Add(d)
	q.mu.Unlock()
	require.NoError(t, q.pass(t.Context()))
}

// seed queues exports, all of them ready.
func (q *queueTest) seed(n int) {
	for range n {
		q.halo.Seed("IntegrationExport", map[string]any{"module_id": 12, "ready_for_import": true, "export_progress": ""})
	}
}

// entry is what the ledger says of an export.
type entry struct {
	state    string
	failures int
	err      string
	removed  bool
}

func (q *queueTest) entry(t *testing.T, id int64) (e entry) {
	t.Helper()
	row := q.store.db.QueryRowContext(t.Context(),
		`SELECT state, failures, last_error, removed_at IS NOT NULL FROM deliveries WHERE export_id = $1`, id)
	require.NoError(t, row.Scan(&e.state, &e.failures, &e.err, &e.removed))
	return e
}

func TestReadyExportsAreDeliveredOnceAndDeleted(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		q := newQueueTest(t, databaseURL, nil)
		q.seed(9)
		q.halo.Seed("IntegrationExport", map[string]any{"module_id": 12, "ready_for_import": false})
		q.after(t, 0)
		q.after(t, time.Minute)
		assert.Equal(t, upTo(9), q.receiver.exports())
		assert.Zero(t, q.receiver.repeats())
		require.Equal(t, 1, q.halo.Len("IntegrationExport"))
		assert.Equal(t, json.Number("10"), q.halo.Stored("IntegrationExport")[0]["id"], "what is not ready stays")
		assert.Equal(t, entry{state: delivered, removed: true}, q.entry(t, 9))
		assert.Equal(t, map[string]int{delivered: 9}, q.outcomes)
		assert.Equal(t, upTo(9), ints(t, q.store.db, `SELECT export_id FROM deliveries ORDER BY export_id`))
	})
}

func TestDeliveryIsNotedBeforeTheExportIsDeleted(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		q := newQueueTest(t, databaseURL, nil)
		q.seed(1)
		states := make(chan entry, 1)
		q.halo.FaultFunc(func(r *http.Request) *halopsatest.Fault {
			if r.Method == http.MethodDelete {
				states <- q.entry(t, 1)
			}
			return nil
		})
		q.after(t, 0)
		assert.Equal(t, entry{state: delivered}, <-states)
	})
}

func TestExportsThatAServerListsThoughNotReadyAreLeftAlone(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.halo.Seed("IntegrationExport", map[string]any{"module_id": 12, "ready_for_import": false})
	const body = `[{"id":1,"module_id":12,"ready_for_import":false}]`
	q.halo.FaultFunc(func(r *http.Request) *halopsatest.Fault { // it ignores the filter, as HaloPSA does with what it does not know
		if r.Method == http.MethodGet {
			return &halopsatest.Fault{Kind: halopsatest.Status, Status: http.StatusOK, Body: body}
		}
		return nil
	})
	q.after(t, 0)
	assert.Empty(t, q.receiver.asked())
	assert.Equal(t, 1, q.halo.Len("IntegrationExport"))
}

func TestExportThatIsListedTwiceIsSentOnce(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.seed(1)
	const body = `[{"id":1,"module_id":12,"ready_for_import":true},{"id":1,"module_id":12,"ready_for_import":true}]`
	q.halo.Fault(halopsatest.Fault{Method: "GET", Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusOK, Body: body})
	q.after(t, 0)
	assert.Equal(t, []string{"POST acme-export-1"}, q.receiver.asked())
}

func TestFailedDeliveryIsReportedAndTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		what  mishap
		text  string
		pause time.Duration
	}{
		"refused":   {wrong, "the destination answered 422 Unprocessable Entity", time.Minute},
		"busy":      {busy, "the destination answered 503 Service Unavailable", 90 * time.Second},
		"no answer": {mute, "the destination does not answer: EOF", time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachDatabase(t, func(t *testing.T, databaseURL string) {
				q := newQueueTest(t, databaseURL, posts(c.what))
				q.seed(1)
				q.after(t, 0)
				stored := q.halo.Stored("IntegrationExport")[0]
				assert.Equal(t, c.text, stored["progress_error"], "the export says what is wrong")
				assert.Equal(t, "0%", stored["export_progress"])
				assert.Equal(t, true, stored["ready_for_import"])
				assert.Equal(t, entry{state: sending, failures: 1, err: c.text}, q.entry(t, 1))

				asked := len(q.receiver.asked())
				q.after(t, c.pause-time.Second)
				assert.Len(t, q.receiver.asked(), asked, "it is not due yet")
				q.receiver.setFault(func(r *http.Request) mishap {
					if r.Method == http.MethodPost {
						stored = q.halo.Stored("IntegrationExport")[0]
					}
					return none
				})
				q.after(t, time.Second)
				assert.Nil(t, stored["progress_error"], "the error is taken back when it is tried again")
				assert.Equal(t, "50%", stored["export_progress"])
				assert.Equal(t, upTo(1), q.receiver.exports())
				assert.Equal(t, entry{state: delivered, failures: 1, removed: true}, q.entry(t, 1))
				assert.Equal(t, map[string]int{failed: 1, delivered: 1}, q.outcomes)
			})
		})
	}
}

func TestDeliveryWhoseAnswerIsLostIsNotSentTwice(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		q := newQueueTest(t, databaseURL, posts(cutOff))
		q.seed(1)
		q.after(t, 0)
		assert.Equal(t, sending, q.entry(t, 1).state)
		q.after(t, time.Minute)
		assert.Equal(t, []string{"POST acme-export-1", "GET "}, q.receiver.asked(), "it is asked for, not sent again")
		assert.Equal(t, upTo(1), q.receiver.exports())
		assert.Equal(t, entry{state: delivered, failures: 1, removed: true}, q.entry(t, 1))
		assert.Zero(t, q.halo.Len("IntegrationExport"))
	})
}

func TestDestinationThatCannotBeAskedIsSentTheSameKey(t *testing.T) {
	t.Parallel()
	answers := map[string]mishap{http.MethodPost: cutOff, http.MethodGet: unasked}
	q := newQueueTest(t, freshSQLite(t), func(r *http.Request) mishap { return answers[r.Method] })
	q.seed(1)
	q.after(t, 0)
	q.receiver.setFault(func(r *http.Request) mishap {
		if r.Method == http.MethodGet {
			return unasked
		}
		return none
	})
	q.after(t, time.Minute)
	assert.Equal(t, []string{"POST acme-export-1", "GET ", "POST acme-export-1"}, q.receiver.asked())
	assert.Equal(t, upTo(1), q.receiver.exports(), "the key makes the second one have no effect")
	assert.Equal(t, 1, q.receiver.repeats())
	assert.Equal(t, delivered, q.entry(t, 1).state)
}

func TestWhatAKilledProcessLeftBehindIsResolved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arrived, delivered, deleted bool // how far it got
		want                        entry
		requests                    []string
		exports                     []int64
	}{
		"before it was sent":              {false, false, false, entry{state: delivered, removed: true}, []string{"GET ", "POST acme-export-1"}, upTo(1)},
		"after it arrived":                {true, false, false, entry{state: delivered, removed: true}, []string{"GET "}, upTo(1)},
		"after it was noted":              {true, true, false, entry{state: delivered, removed: true}, nil, upTo(1)},
		"after it was deleted":            {true, true, true, entry{state: delivered, removed: true}, nil, upTo(1)},
		"arrived, and deleted by others":  {true, false, true, entry{state: delivered, removed: true}, []string{"GET "}, upTo(1)},
		"not sent, and deleted by others": {false, false, true, entry{state: withdrawn}, []string{"GET "}, []int64{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachDatabase(t, func(t *testing.T, databaseURL string) {
				q := newQueueTest(t, databaseURL, nil)
				_, _, err := q.store.claim(t.Context(), 1, "acme-export-1", noon)
				require.NoError(t, err)
				if c.arrived {
					q.receiver.byKey["acme-export-1"] = true
					q.receiver.taken = []parcel{{"acme-export-1", 1, nil}}
				}
				if c.delivered {
					require.NoError(t, q.store.delivered(t.Context(), 1, noon))
				}
				if !c.deleted {
					q.seed(1)
				}
				q.after(t, time.Second)
				assert.Equal(t, c.want, q.entry(t, 1))
				assert.Equal(t, c.requests, q.receiver.asked())
				assert.Equal(t, c.exports, q.receiver.exports())
				assert.Zero(t, q.halo.Len("IntegrationExport"))
			})
		})
	}
}

func TestStopLetsADeliveryFinish(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.seed(12)
	ctx, stop := context.WithCancel(t.Context())
	q.receiver.setFault(func(*http.Request) mishap {
		stop() // while the first ones are on their way
		return none
	})
	require.NoError(t, q.pass(ctx))
	begun := ints(t, q.store.db, `SELECT export_id FROM deliveries ORDER BY export_id`)
	removed := ints(t, q.store.db, `SELECT export_id FROM deliveries WHERE removed_at IS NOT NULL ORDER BY export_id`)
	assert.Equal(t, begun, removed, "what was begun is finished")
	assert.Equal(t, begun, q.receiver.exports())
	assert.Less(t, len(begun), 12, "nothing more is begun")
}

func TestPassFailsWithTheListAndTheDatabase(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.halo.Fault(halopsatest.Fault{Method: "GET", Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusForbidden})
	require.ErrorIs(t, q.pass(t.Context()), halopsa.ErrForbidden)
	_, err := q.store.db.ExecContext(t.Context(), `DROP TABLE deliveries`)
	require.NoError(t, err)
	require.ErrorContains(t, q.pass(t.Context()), "deliveries")
}

func TestQueueIsWorkedAgainAndAgain(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.interval = time.Millisecond
	q.halo.Fault(halopsatest.Fault{Method: "GET", Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusForbidden})
	q.seed(1)
	inBackground(t, q.run)
	require.Eventually(t, func() bool { return q.halo.Len("IntegrationExport") == 0 }, deadline, time.Millisecond)
	q.seed(1)
	require.Eventually(t, func() bool { return q.halo.Len("IntegrationExport") == 0 }, deadline, time.Millisecond)
	assert.Len(t, q.receiver.exports(), 2)
}

func TestDeliveryKeys(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "acme.halopsa.com-export-12", deliveryKey(sourceName("https://acme.halopsa.com/api/"), 12))
	for base, want := range map[string]string{
		"https://ACME.halopsa.com":            "acme.halopsa.com",
		"https://acme.halopsa.com/auth":       "acme.halopsa.com",
		"https://halo.example.com:8443/psa/":  "halo.example.com_8443_psa",
		"https://halo.example.com:8443/psa 2": "halo.example.com_8443_psa_2",
	} {
		assert.Equal(t, want, sourceName(base), base)
	}
}
