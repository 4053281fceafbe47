package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestDeleteOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		applied bool
		removed bool // at once
	}{"it happened": {true, true}, "it did not happen": {false, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachDatabase(t, func(t *testing.T, databaseURL string) {
				q := newQueueTest(t, databaseURL, nil)
				q.seed(1)
				for range 2 { // as often as the client tries, the delete happens or not with the last
					q.halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.HTML504, Applied: c.applied})
				}
				q.after(t, 0)
				assert.Equal(t, entry{state: delivered, removed: c.removed}, q.entry(t, 1))
				q.after(t, time.Second)
				assert.Equal(t, entry{state: delivered, removed: true}, q.entry(t, 1))
				assert.Zero(t, q.halo.Len("IntegrationExport"))
				assert.Equal(t, []string{"POST acme-export-1"}, q.receiver.asked(), "it is not delivered again")
			})
		})
	}
}

func TestExportThatIsBackAfterItWasDeletedIsNotDeliveredAgain(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		q := newQueueTest(t, databaseURL, nil)
		q.seed(1)
		q.after(t, 0)
		require.Zero(t, q.halo.Len("IntegrationExport"))
		q.halo.Seed("IntegrationExport", map[string]any{"id": 1, "module_id": 12, "ready_for_import": true})
		q.after(t, time.Minute)
		assert.Zero(t, q.halo.Len("IntegrationExport"))
		assert.Equal(t, []string{"POST acme-export-1"}, q.receiver.asked())
	})
}

func TestTenantThatCannotDeleteExports(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.Status, Status: http.StatusNotFound, Times: -1})
	q.seed(2)
	q.after(t, 0)
	q.after(t, time.Minute)
	require.Equal(t, 2, q.halo.Len("IntegrationExport"))
	for i, export := range q.halo.Stored("IntegrationExport") {
		assert.Equal(t, false, export["ready_for_import"], "it is taken out of the queue another way")
		assert.Equal(t, "100%", export["export_progress"])
		assert.Equal(t, entry{state: delivered, removed: true}, q.entry(t, int64(i+1)))
	}
	assert.Equal(t, upTo(2), q.receiver.exports())
	assert.Equal(t, 2, q.halo.Count("DELETE", ""), "it is tried once for each")
}

func TestReportOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		applied, gone, blind bool
		want                 error // nil for none
	}{
		"it happened":            {true, false, false, nil},
		"it did not happen":      {false, false, false, halopsa.ErrOutcomeUnknown},
		"the export is gone":     {false, true, false, halopsa.ErrNotFound},
		"it cannot be read back": {true, false, true, halopsa.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q := newQueueTest(t, freshSQLite(t), nil)
			q.seed(1)
			q.halo.FaultFunc(func(r *http.Request) *halopsatest.Fault {
				switch {
				case r.URL.Path != "/api/IntegrationExport":
					return nil
				case r.Method == http.MethodPost && c.gone:
					q.halo.Remove("IntegrationExport", 1)
					fallthrough
				case r.Method == http.MethodPost:
					return &halopsatest.Fault{Kind: halopsatest.HTML504, Applied: c.applied}
				case c.blind:
					return &halopsatest.Fault{Kind: halopsatest.Status, Status: http.StatusForbidden}
				}
				return nil
			})
			err := q.report(t.Context(), &halopsa.IntegrationExport{ID: 1}, "50%", "no route")
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestExportThatIsDeletedByOthersWhileItIsTaken(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.seed(1)
	q.halo.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if r.Method == http.MethodPost && r.URL.Path == "/api/IntegrationExport" {
			q.halo.Remove("IntegrationExport", 1)
		}
		return nil
	})
	q.after(t, 0)
	assert.Equal(t, withdrawn, q.entry(t, 1).state)
	assert.Empty(t, q.receiver.exports())
	assert.Equal(t, map[string]int{withdrawn: 1}, q.outcomes)
}

func TestProgressThatCannotBeReportedHoldsUpNoDelivery(t *testing.T) {
	t.Parallel()
	q := newQueueTest(t, freshSQLite(t), nil)
	q.seed(1)
	q.halo.Fault(halopsatest.Fault{Method: "POST", Resource: "IntegrationExport", Kind: halopsatest.Status, Status: http.StatusForbidden, Times: -1})
	q.after(t, 0)
	assert.Equal(t, upTo(1), q.receiver.exports())
	assert.Zero(t, q.halo.Len("IntegrationExport"))
}
