package doctor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// clientOf returns a client of a handler that gives up at once.
func clientOf(t *testing.T, handler http.Handler) *halopsa.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithMaxRetries(0))
	require.NoError(t, err)
	return client
}

// hourly seeds n errors, one an hour back from noon; the oldest has the smallest id.
func hourly(n int) *halopsatest.Handler {
	handler := halopsatest.NewHandler()
	for i := range n {
		handler.Seed("IntegrationError", map[string]any{
			"module_id": 12, "module_name": "Datto RMM", "error": "x", "date": noon.Add(-time.Duration(n-1-i) * time.Hour).Format(time.RFC3339),
		})
	}
	return handler
}

func TestReadingStopsWhereTheTimeBegins(t *testing.T) {
	t.Parallel()
	handler := hourly(1500)
	r, err := Examine(t.Context(), clientOf(t, handler), week, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 7*24+1, r.Errors)
	assert.True(t, r.Integrations[0].SinceBefore, "there are older ones")
	assert.LessOrEqual(t, handler.Count("GET", "IntegrationError"), 2+atOnce-1, "of 15 pages the first two, and what was asked for ahead")
	assert.Zero(t, handler.Count("POST", "")+handler.Count("DELETE", ""))
	assert.Empty(t, r.Notes)
}

func TestAServerThatDoesNotSortIsReadWhole(t *testing.T) {
	t.Parallel()
	handler := hourly(1000)
	unsorted := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		q := req.URL.Query()
		for _, name := range []string{"order", "orderdesc", "order2", "orderdesc2"} {
			q.Del(name)
		}
		req.URL.RawQuery = q.Encode()
		handler.ServeHTTP(w, req)
	})
	r, err := Examine(t.Context(), clientOf(t, unsorted), week, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 7*24+1, r.Errors, "the newest come last")
	assert.Equal(t, 11, handler.Count("GET", "IntegrationError"), "a full last page needs one more")

	q := week
	q.Most = 300
	r, err = Examine(t.Context(), clientOf(t, unsorted), q, io.Discard)
	require.NoError(t, err)
	require.Len(t, r.Notes, 1)
	assert.Contains(t, r.Notes[0], "Only 300 integration errors were read, and not newest first")
}

// TestTwoRowsInOrderAreNoOrder: a server that does not sort and sends short pages is read whole too.
func TestTwoRowsInOrderAreNoOrder(t *testing.T) {
	t.Parallel()
	handler := halopsatest.NewHandler(halopsatest.WithHabits(halopsatest.Habits{FixedSize: 2, IgnoreOrder: true}))
	for _, hours := range []int{1, 1000, 2, 3} {
		handler.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "x", "date": noon.Add(-time.Duration(hours) * time.Hour).Format(time.RFC3339)})
	}
	r, err := Examine(t.Context(), clientOf(t, handler), week, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 3, r.Errors)
}

func TestReadingStopsAtTheMost(t *testing.T) {
	t.Parallel()
	q := week
	q.Most = 100
	r, err := Examine(t.Context(), clientOf(t, hourly(1000)), q, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 100, r.Errors)
	assert.Equal(t, []string{"Only the newest 100 integration errors were read, back to 2026-10-04 09:00. -max 0 reads them all."}, r.Notes)
	assert.True(t, r.Integrations[0].SinceBefore, "older failures were not read")

	r, err = Examine(t.Context(), clientOf(t, hourly(100)), q, io.Discard)
	require.NoError(t, err)
	assert.Empty(t, r.Notes, "there are no more")
}

func TestRecordsWithoutADateAreNoted(t *testing.T) {
	t.Parallel()
	handler := hourly(3)
	handler.Seed("IntegrationError", map[string]any{"error": "x", "date": "0001-01-01T00:00:00"})
	r, err := Examine(t.Context(), clientOf(t, handler), week, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 3, r.Errors)
	assert.Equal(t, []string{"1 integration errors have no date and are left out."}, r.Notes)
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	lists := map[string]string{
		"IntegrationRequest": "integration requests", "IntegratorSchedule": "integrator schedules", "IntegratorLog": "integrator log lines",
		"IntegrationError": "integration errors",
	}
	for resource, name := range lists {
		for status, tolerated := range map[int]bool{403: true, 404: true, 500: false} {
			t.Run(fmt.Sprint(resource, status), func(t *testing.T) {
				t.Parallel()
				handler := hourly(3)
				handler.Fault(halopsatest.Fault{
					Resource: resource, Times: -1, Status: status, Body: `{"Message":"no, password=kanarienvogel"}`,
				})
				r, err := Examine(t.Context(), clientOf(t, handler), week, io.Discard)
				if resource == "IntegrationError" || !tolerated {
					require.ErrorContains(t, err, "reading "+name)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, 3, r.Errors)
				require.Len(t, r.Notes, 1)
				assert.Contains(t, r.Notes[0], "The "+name+" could not be read")
				assert.NotContains(t, r.Notes[0], canary)
			})
		}
	}
}

func TestAnIncompleteListIsNoted(t *testing.T) {
	t.Parallel()
	handler := hourly(80)
	handler.SetHabits("IntegrationError", halopsatest.Habits{IgnorePaging: true, IgnoreCount: true})
	r, err := Examine(t.Context(), clientOf(t, handler), week, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 50, r.Errors)
	require.Len(t, r.Notes, 1)
	assert.Contains(t, r.Notes[0], "Some integration errors are missing")
}

func TestOneModuleIsAskedFor(t *testing.T) {
	t.Parallel()
	handler := halopsatest.NewHandler()
	halopsatest.SeedDemo(handler, 100)
	q := Question{Now: time.Now(), Since: 7 * 24 * time.Hour, Quiet: 6 * time.Hour, Module: 24}
	r, err := Examine(t.Context(), clientOf(t, handler), q, io.Discard)
	require.NoError(t, err)
	require.Len(t, r.Integrations, 1)
	assert.Equal(t, "QuickBooks Online (24)", r.Integrations[0].Label())
	assert.Positive(t, r.Integrations[0].Requests)
	assert.Len(t, r.Schedules, 6, "none says which module it is for")
	for _, req := range handler.Requests() {
		if req.Resource != halopsatest.Token && req.Resource != "IntegratorSchedule" {
			assert.Equal(t, "24", req.Query.Get("module_id"), req.Resource)
		}
	}
}

func TestReadingCanBeStopped(t *testing.T) {
	t.Parallel()
	handler := hourly(500)
	ctx, cancel := context.WithCancel(t.Context())
	handler.FaultFunc(func(req *http.Request) *halopsatest.Fault {
		if req.URL.Query().Get("page_no") == "2" {
			cancel()
		}
		return nil
	})
	var shown bytes.Buffer
	_, err := Examine(ctx, clientOf(t, handler), Question{Now: noon, Since: 1000 * time.Hour, Quiet: time.Hour}, &shown)
	require.ErrorIs(t, err, context.Canceled)
	assert.True(t, bytes.HasSuffix(shown.Bytes(), []byte("\r\033[K")), "the line is cleared")
}

func TestProgressTellsHowFarBack(t *testing.T) {
	t.Parallel()
	var shown bytes.Buffer
	_, err := Examine(t.Context(), clientOf(t, hourly(150)), week, &shown)
	require.NoError(t, err)
	assert.Contains(t, shown.String(), "100 of integration errors, back to 2026-10-04 09:00")
	assert.Contains(t, shown.String(), "150 of integration errors, back to 2026-10-02 07:00")
}
