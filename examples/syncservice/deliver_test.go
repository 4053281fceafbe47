package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

const acmeFirst = "POST acme.halopsa.com-export-1"

func TestReadyExportIsDeliveredOnceAndDeleted(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		states := make(chan []string, 1)
		r.halo.FaultFunc(func(req *http.Request) *halopsatest.Fault {
			if req.Method == http.MethodDelete {
				found, err := textsIn(req.Context(), r.db, `SELECT state FROM deliveries`)
				assert.NoError(t, err)
				states <- found
			}
			return nil
		})
		r.delivers(t, 1, removed)
		assert.Equal(t, []string{delivered}, <-states, "it is noted before the export is deleted")
		assert.Equal(t, []int64{1}, r.receiver.exports())
		assert.Zero(t, r.halo.Len("IntegrationExport"))
		assert.Zero(t, count(t, r.db, `SELECT count(*) FROM attempts`))

		r.seed(t, 1) // it is back
		r.delivers(t, 1, removed)
		assert.Zero(t, r.halo.Len("IntegrationExport"))
		assert.Equal(t, []string{acmeFirst}, r.receiver.asked(), "it is not delivered again")
	})
}

func TestSlowDestinationIsWaitedForBeforeItIsAsked(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.receiver.to.client.Timeout = 50 * time.Millisecond
		arrive, done := make(chan struct{}), make(chan struct{})
		release := sync.OnceFunc(func() { close(arrive) })
		t.Cleanup(release) // or a failure would leave the server waiting
		arrived := sync.OnceFunc(func() { close(done) })
		r.receiver.fault = func(req *http.Request) mishap {
			if req.Method == http.MethodPost {
				<-arrive
				r.receiver.inbox.ServeHTTP(httptest.NewRecorder(), req.Clone(context.WithoutCancel(req.Context())))
				arrived()
				return mute
			}
			return fine
		}
		r.seed(t, 1)
		_, err := r.deliver(t, 1)
		require.ErrorContains(t, err, "the destination does not respond")
		r.wait(time.Second)
		r.snoozes(t, 1, attemptTime-time.Second)
		assert.Equal(t, []string{acmeFirst}, r.receiver.asked(), "while it can be under way it is neither asked for nor sent")
		release()
		<-done
		r.receiver.to.client.Timeout = deliveryTimeout
		r.wait(attemptTime)
		r.delivers(t, 1, removed)
		assert.Equal(t, []string{acmeFirst, "GET "}, r.receiver.asked())
		assert.Equal(t, []int64{1}, r.receiver.exports())
	})
}

func TestNotFoundIsFinalWhenNoAttemptCanBeUnderWay(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]mishap{"a broken connection": mute, "503 of what is in front of it": down} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachRig(t, func(t *testing.T, r *rig) {
				r.seed(t, 1)
				r.receiver.strike(what, fine)
				r.fails(t, 1)
				r.receiver.strike(fine, fine)
				r.snoozes(t, 1, attemptTime)
				r.wait(attemptTime)
				r.delivers(t, 1, removed)
				assert.Equal(t, []string{acmeFirst, "GET ", acmeFirst}, r.receiver.asked())
				assert.Equal(t, []int64{1}, r.receiver.exports())
			})
		})
	}
}

// TestClockThatIsSetBackHoldsUpNothing has an attempt be noted an hour ahead of the clock.
func TestClockThatIsSetBackHoldsUpNothing(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		r.receiver.strike(mute, fine)
		r.fails(t, 1)
		r.receiver.strike(fine, fine)
		r.wait(-time.Hour)
		r.snoozes(t, 1, attemptTime)
		r.wait(attemptTime)
		r.delivers(t, 1, removed)
	})
}

func TestDeliveryThatIsUnderWayIsNotSentAgain(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		r.receiver.strike(cutOff, running)
		r.fails(t, 1)
		r.wait(time.Hour)
		r.snoozes(t, 1, attemptGrace)
		r.receiver.strike(running, fine) // nor is it asked with a POST
		r.delivers(t, 1, removed)
		assert.Equal(t, []string{acmeFirst, "GET ", "GET "}, r.receiver.asked())
	})
}

func TestDestinationThatRefusesIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		what mishap
		text string
	}{"wrong": {wrong, "the destination responded 422 Unprocessable Entity"}, "busy": {busy, "the destination responded 429 Too Many Requests"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachRig(t, func(t *testing.T, r *rig) {
				r.seed(t, 1)
				r.receiver.strike(c.what, fine)
				_, err := r.deliver(t, 1)
				require.Error(t, err)
				var pause *rivertype.JobSnoozeError
				assert.Equal(t, c.what == busy, errors.As(err, &pause) && pause.Duration == 90*time.Second, "Retry-After is heeded")
				stored := r.halo.Stored("IntegrationExport")[0]
				assert.Equal(t, c.text, stored["progress_error"], "the export says what is wrong")
				assert.Equal(t, "0%", stored["export_progress"])
				assert.Equal(t, []string{c.text}, texts(t, r.db, `SELECT last_error FROM deliveries WHERE failures = 1`))
				r.receiver.strike(fine, fine)
				r.delivers(t, 1, removed)
				assert.Equal(t, []string{acmeFirst, "GET ", acmeFirst}, r.receiver.asked(), "a refusal is the end of an attempt")
			})
		})
	}
}

func TestDestinationThatCannotBeAskedIsSentTheSameKey(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		r.receiver.strike(cutOff, unasked)
		r.fails(t, 1)
		r.receiver.strike(fine, unasked)
		r.wait(attemptTime)
		r.delivers(t, 1, removed)
		assert.Equal(t, []string{acmeFirst, "GET ", acmeFirst}, r.receiver.asked())
		assert.Equal(t, []int64{1}, r.receiver.exports(), "the key makes the second one have no effect")
	})
}

// TestRowLockKeepsTwoWorkersApart has a worker be slower than anybody thought possible: River has given its job to another, and its attempt should
// long be over.
func TestRowLockKeepsTwoWorkersApart(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		begun, end := make(chan struct{}), make(chan struct{})
		release := sync.OnceFunc(func() { close(end) })
		t.Cleanup(release)
		started := sync.OnceFunc(func() { close(begun) })
		r.receiver.fault = func(*http.Request) mishap {
			started()
			<-end
			return fine
		}
		first := make(chan error, 1)
		go func() {
			_, err := r.deliver(t, 1)
			first <- err
		}()
		<-begun
		r.wait(time.Hour)
		r.snoozes(t, 1, attemptGrace)
		assert.Equal(t, []string{acmeFirst}, r.receiver.asked())
		release()
		require.NoError(t, <-first)
		assert.Equal(t, []int64{1}, r.receiver.exports())
	})
}

func TestWhatAKilledProcessLeftBehindIsResolved(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempted, arrived, delivered, gone bool // how far it got
		want                                string
		requests                            []string
	}{
		"before it was sent":              {false, false, false, false, removed, []string{acmeFirst}},
		"sent, and did not arrive":        {true, false, false, false, removed, []string{"GET ", acmeFirst}},
		"after it arrived":                {true, true, false, false, removed, []string{"GET "}},
		"after it was noted":              {true, true, true, false, removed, nil},
		"after it was deleted":            {true, true, true, true, removed, nil},
		"arrived, and deleted by others":  {true, true, false, true, removed, []string{"GET "}},
		"not sent, and deleted by others": {false, false, false, true, withdrawn, nil},
		"lost, and deleted by others":     {true, false, false, true, withdrawn, []string{"GET "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachRig(t, func(t *testing.T, r *rig) {
				r.seed(t, 1)
				if c.attempted {
					require.NoError(t, attempting(t.Context(), r.db, "acme", 1, "", noon))
				}
				if c.arrived {
					r.receiver.byKey["acme.halopsa.com-export-1"] = true
				}
				if c.delivered {
					require.NoError(t, arrived(t.Context(), r.db, "acme", 1, noon))
				}
				if c.gone {
					r.halo.Remove("IntegrationExport", 1)
					r.offer(t)
				}
				r.wait(time.Second)
				r.delivers(t, 1, c.want)
				assert.Equal(t, c.requests, r.receiver.asked())
				assert.Zero(t, r.halo.Len("IntegrationExport"))
			})
		})
	}
}

func TestWithdrawnExportThatIsBackIsDelivered(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		r.halo.Remove("IntegrationExport", 1)
		r.offer(t)
		r.delivers(t, 1, withdrawn)
		r.seed(t, 1)
		r.delivers(t, 1, removed)
		assert.Equal(t, []int64{1}, r.receiver.exports())
	})
}

func TestExportThatIsDeletedWhileItIsTakenIsWithdrawn(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		r.seed(t, 1)
		r.halo.Remove("IntegrationExport", 1)
		r.delivers(t, 1, withdrawn)
		assert.Empty(t, r.receiver.asked())
	})
}

// TestOtherTenantsExportIsNeverDeleted has the same name come to another HaloPSA, past what refuses that at the start.
func TestOtherTenantsExportIsNeverDeleted(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		for id := range int64(5) {
			r.seed(t, id+1)
			require.NoError(t, arrived(t.Context(), r.db, "acme", id+1, noon))
		}
		r.tenant.URL = "https://other.halopsa.com"
		for id := range int64(5) {
			_, err := r.deliver(t, id+1)
			var ended *rivertype.JobCancelError
			require.ErrorAs(t, err, &ended)
		}
		assert.Equal(t, 5, r.halo.Len("IntegrationExport"))
		assert.Zero(t, r.halo.Count(http.MethodDelete, ""))
		assert.Contains(t, r.log.String(), `"level":"ERROR"`)
	})
}

// TestDatabaseThatFailsAtEachStatement has the n-th statement of a delivery fail, for each n.
func TestDatabaseThatFailsAtEachStatement(t *testing.T) {
	t.Parallel()
	onEachRig(t, func(t *testing.T, r *rig) {
		var failing atomic.Int64
		r.wrap(func(q querier) querier { return &failingQuerier{q, &failing} })
		steps := 0
		for id := int64(1); ; id++ {
			r.seed(t, id)
			failing.Store(id)
			_, err := r.deliver(t, id)
			if failing.Load() > 0 { // there are no more statements
				require.NoError(t, err)
				break
			}
			steps++
			failing.Store(0)
			for range 3 { // the database is well again
				if _, err = r.deliver(t, id); err == nil {
					break
				}
				r.wait(attemptTime)
			}
			require.NoError(t, err, "after failure %d", id)
		}
		assert.Greater(t, steps, 5)
		for _, request := range r.receiver.asked() {
			assert.NotEqual(t, "POST ", request, "nothing is sent under an empty key")
		}
		assert.Len(t, r.receiver.exports(), steps+1)
		assert.Zero(t, r.receiver.repeats())
		assert.Zero(t, r.halo.Len("IntegrationExport"))
	})
}

// failingQuerier fails once, at the statement that the count comes down to.
type failingQuerier struct {
	querier
	left *atomic.Int64
}

var errStatement = errors.New("the statement failed")

func (q *failingQuerier) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if q.left.Add(-1) == 0 {
		return 0, errStatement
	}
	return q.querier.exec(ctx, query, args...)
}

func (q *failingQuerier) row(ctx context.Context, query string, args ...any) scanner {
	if q.left.Add(-1) == 0 {
		return failedRow{}
	}
	return q.querier.row(ctx, query, args...)
}

type failedRow struct{}

func (failedRow) Scan(...any) error { return errStatement }
