package guarantees_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// undialled fails the first request of the API before any of it is written, as a connection does that cannot be made.
type undialled struct {
	next   http.RoundTripper
	failed bool
}

func (u *undialled) RoundTrip(req *http.Request) (*http.Response, error) {
	if !u.failed && req.URL.Path != "/auth/token" {
		u.failed = true
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	}
	return u.next.RoundTrip(req)
}

// retryOutcome is what becomes of a call: how many of its requests reach the server, how it ends, and how long it waited at the least.
type retryOutcome struct {
	requests int
	unknown  bool
	is       error // nil is success
	waits    time.Duration
	written  bool // what the write was to do is done
}

func succeeds(requests int, waits time.Duration) retryOutcome {
	return retryOutcome{requests: requests, waits: waits, written: true}
}

func notKnown(requests int, is error, written bool) retryOutcome {
	return retryOutcome{requests: requests, unknown: true, is: is, written: written}
}

// retryCalls are a call of each cell of the retry table, with those of several inputs apart.
var retryCalls = func() map[string]func(context.Context, *halopsa.Client) error {
	calls := maps.Clone(trial.Calls)
	calls["Update that adds parts"] = func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
			ID: halopsa.Set[int64](1), ExportProgress: halopsa.Set("50 %"),
			ExportData: halopsa.Set([]halopsa.IntegrationExportDataInput{{ThirdPartyID: halopsa.Set("a")}}),
		}})
		return err
	}
	calls["Update of two"] = func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{
			{ID: halopsa.Set[int64](1), ExportProgress: halopsa.Set("50 %")}, {ID: halopsa.Set[int64](2), ExportProgress: halopsa.Set("50 %")},
		})
		return err
	}
	calls["Create of two"] = func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegrationError.Create(ctx, []halopsa.IntegrationErrorInput{{Error: halopsa.Set("a")}, {Error: halopsa.Set("b")}})
		return err
	}
	return calls
}()

// likeCreate are the calls that must not be repeated once they may have happened.
var likeCreate = []string{"Create", "Create of two", "Update that adds parts"}

// TestRetryTable plays each failure once to each kind of call.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	after := func(seconds string) http.Header { return http.Header{"Retry-After": {seconds}} }
	const firstHold = (5*time.Minute + 300*time.Millisecond) / 60 // of a 429 that asks for nothing
	tests := map[string]struct {
		fault     halopsatest.Fault
		undialled bool
		others    retryOutcome
		create    retryOutcome
		// several is true where a refusal leaves open what became of several inputs.
		several bool
	}{
		"429":              {fault: halopsatest.Fault{Status: 429, Header: after("2")}, others: succeeds(2, 2*time.Second), create: succeeds(2, 2*time.Second)},
		"429, bare":        {fault: halopsatest.Fault{Status: 429}, others: succeeds(2, firstHold), create: succeeds(2, firstHold)},
		"503, Retry-After": {fault: halopsatest.Fault{Status: 503, Header: after("3")}, others: succeeds(2, 3*time.Second), create: notKnown(1, halopsa.ErrServer, false)},
		"503, done":        {fault: halopsatest.Fault{Status: 503, Header: after("3"), Applied: true}, others: succeeds(2, 3*time.Second), create: notKnown(1, halopsa.ErrServer, true)},
		"500":              {fault: halopsatest.Fault{Status: 500}, others: succeeds(2, 1), create: notKnown(1, halopsa.ErrServer, false)},
		"502":              {fault: halopsatest.Fault{Status: 502}, others: succeeds(2, 1), create: notKnown(1, halopsa.ErrServer, false)},
		"503":              {fault: halopsatest.Fault{Status: 503}, others: succeeds(2, 1), create: notKnown(1, halopsa.ErrServer, false)},
		"504":              {fault: halopsatest.Fault{Kind: halopsatest.HTML504}, others: succeeds(2, 1), create: notKnown(1, halopsa.ErrServer, false)},
		"504, done":        {fault: halopsatest.Fault{Kind: halopsatest.HTML504, Applied: true}, others: succeeds(2, 1), create: notKnown(1, halopsa.ErrServer, true)},
		"before":           {undialled: true, others: succeeds(1, 1), create: succeeds(1, 1)},
		"after":            {fault: halopsatest.Fault{Kind: halopsatest.Reset}, others: succeeds(2, 1), create: notKnown(1, halopsatest.ErrReset, false)},
		"after, done":      {fault: halopsatest.Fault{Kind: halopsatest.Reset, Applied: true}, others: succeeds(2, 1), create: notKnown(1, halopsatest.ErrReset, true)},
		"truncated":        {fault: halopsatest.Fault{Kind: halopsatest.Truncated}, others: succeeds(2, 1), create: notKnown(1, halopsatest.ErrReset, true)},
		"400":              {fault: halopsatest.Fault{Status: 400}, others: retryOutcome{requests: 1, is: halopsa.ErrInvalid}, create: retryOutcome{requests: 1, is: halopsa.ErrInvalid}, several: true},
		"403":              {fault: halopsatest.Fault{Status: 403}, others: retryOutcome{requests: 1, is: halopsa.ErrForbidden}, create: retryOutcome{requests: 1, is: halopsa.ErrForbidden}},
		"404":              {fault: halopsatest.Fault{Status: 404}, others: retryOutcome{requests: 1, is: halopsa.ErrNotFound}, create: retryOutcome{requests: 1, is: halopsa.ErrNotFound}},
		"409":              {fault: halopsatest.Fault{Status: 409}, others: retryOutcome{requests: 1, is: halopsa.ErrConflict}, create: retryOutcome{requests: 1, is: halopsa.ErrConflict}, several: true},
		"401":              {fault: halopsatest.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}}, others: succeeds(2, 0), create: succeeds(2, 0)},
		"401, 401":         {fault: halopsatest.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}, Times: 2}, others: retryOutcome{requests: 2, is: halopsa.ErrUnauthorized}, create: retryOutcome{requests: 2, is: halopsa.ErrUnauthorized}},
	}
	for _, status := range []int{408, 425, 520, 521, 522, 523, 524, 530} {
		for done, applied := range map[string]bool{"": false, ", done": true} {
			row := tests["500"]
			row.fault = halopsatest.Fault{Status: status, Applied: applied}
			row.create = notKnown(1, halopsa.ErrOutcomeUnknown, applied)
			tests[strconv.Itoa(status)+done] = row
		}
	}
	for name, test := range tests {
		for kind, call := range retryCalls {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					server := halopsatest.NewHandler()
					server.Seed("IntegrationError", map[string]any{"id": 1, "error": "seeded"})
					server.Seed("IntegrationExport", map[string]any{"id": 1, "export_progress": "0 %"}, map[string]any{"id": 2, "export_progress": "0 %"})
					transport := server.Transport()
					if test.undialled {
						transport = &undialled{next: transport}
					} else {
						server.Fault(test.fault)
					}
					client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithHTTPClient(&http.Client{Transport: transport}),
						halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
					require.NoError(t, err)
					want := test.others
					if slices.Contains(likeCreate, kind) {
						want = test.create
					}
					if test.several && strings.HasSuffix(kind, "of two") {
						want.unknown = true
					}
					begin := time.Now()
					err = call(t.Context(), client)
					took := time.Since(begin)

					if want.is == nil {
						require.NoError(t, err)
					} else {
						require.ErrorIs(t, err, want.is)
					}
					assert.Equal(t, want.unknown, errors.Is(err, halopsa.ErrOutcomeUnknown))
					assert.Equal(t, want.requests, server.Count("", ""))
					switch {
					case want.waits == 1: // a backoff, which is random
						assert.Positive(t, took)
						assert.LessOrEqual(t, took, 500*time.Millisecond)
					default:
						assert.Equal(t, want.waits, took)
					}
					wantErrors, wantProgress := 1, "0 %"
					if want.written {
						switch kind {
						case "GET":
						case "DELETE":
							wantErrors = 0
						case "Create":
							wantErrors = 2
						case "Create of two":
							wantErrors = 3
						default:
							wantProgress = "50 %"
						}
					}
					assert.Equal(t, wantErrors, server.Len("IntegrationError"))
					assert.Equal(t, wantProgress, server.Stored("IntegrationExport")[0]["export_progress"])
				})
			})
		}
	}
}

// TestRetriesEnd: four retries, and then the last failure is the error.
func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	faults := map[string]halopsatest.Fault{
		"500": {Status: 500}, "504": {Kind: halopsatest.HTML504}, "503 with Retry-After": {Status: 503, Header: http.Header{"Retry-After": {"1"}}},
		"reset": {Kind: halopsatest.Reset}, "truncated": {Kind: halopsatest.Truncated},
	}
	for name, fault := range faults {
		for kind, call := range trial.Calls {
			if name == "truncated" && kind == "DELETE" {
				continue // the first one deletes, and the next ones say that there is nothing: a success
			}
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, server := trial.NewStandin(t, nil)
					server.Seed("IntegrationError", map[string]any{"id": 1})
					server.Seed("IntegrationExport", map[string]any{"id": 1})
					always := fault
					always.Times = -1
					server.Fault(always)
					err := call(t.Context(), client)
					want := 5
					if kind == "Create" {
						want = 1
					}
					require.Error(t, err)
					assert.Equal(t, kind != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown))
					assert.Equal(t, want, server.Count("", ""))
					if want > 1 {
						assert.ErrorContains(t, err, "(5 attempts)")
					}
				})
			})
		}
	}
}

// TestStatusesThatAreNotRetried: another attempt would not change them. A write with a 5xx may have happened all the same.
func TestStatusesThatAreNotRetried(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 402, 403, 405, 406, 409, 410, 415, 422, 501, 505, 525} {
		for kind, call := range trial.Calls {
			client, server := trial.NewStandin(t, nil)
			server.Fault(halopsatest.Fault{Status: status})
			err := call(t.Context(), client)
			var refused *halopsa.APIError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, status, refused.StatusCode)
			assert.Equal(t, 1, server.Count("", ""))
			assert.Equal(t, status >= 500 && kind != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown), "%s %d", kind, status)
		}
	}
}

// TestDeleteOfWhatIsGone: a 404 is an error, unless an earlier attempt of the same call may have deleted the record.
func TestDeleteOfWhatIsGone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		faults []halopsatest.Fault
		fine   bool
	}{
		"at once":            {nil, false},
		"after a 429":        {[]halopsatest.Fault{{Status: 429, Header: http.Header{"Retry-After": {"1"}}}}, false},
		"after a 401":        {[]halopsatest.Fault{{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}}}, false},
		"after a 504":        {[]halopsatest.Fault{{Kind: halopsatest.HTML504}}, true},
		"after a 503":        {[]halopsatest.Fault{{Status: 503, Header: http.Header{"Retry-After": {"1"}}}}, true},
		"after a reset":      {[]halopsatest.Fault{{Kind: halopsatest.Reset}}, true},
		"after a reset, 429": {[]halopsatest.Fault{{Kind: halopsatest.Reset}, {Status: 429, Header: http.Header{"Retry-After": {"1"}}}}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := trial.NewStandin(t, nil)
				for _, fault := range test.faults {
					server.Fault(fault)
				}
				var resp *http.Response
				err := client.IntegrationError.Delete(t.Context(), 1, halopsa.WithResponseInto(&resp))
				if test.fine {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, halopsa.ErrNotFound)
					require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				}
				assert.Equal(t, http.StatusNotFound, resp.StatusCode)
				assert.Equal(t, len(test.faults)+1, server.Count(http.MethodDelete, ""))
			})
		})
	}
}
