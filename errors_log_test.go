package halopsa_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestErrorsAsLogValues: each type gives fields to a structured log, and none of them a body.
func TestErrorsAsLogValues(t *testing.T) {
	t.Parallel()
	api := &halopsa.APIError{
		Call: halopsa.Call{Op: "X.Get", Method: "GET", Path: "/X/1", Attempts: 2}, StatusCode: 429, Message: "busy", RequestID: "r-1", RetryAfter: time.Second,
		Body: []byte("canary"),
	}
	apiFields := map[string]any{
		"op": "X.Get", "method": "GET", "path": "/X/1", "status": 429.0, "message": "busy", "request_id": "r-1", "retry_after": 1e9, "attempts": 2.0,
		"edge": false, "advice": "the tenant's request limit is used up",
	}
	tests := map[string]struct {
		err  error
		want map[string]any
	}{
		"APIError": {api, apiFields},
		"ArgumentError": {
			&halopsa.ArgumentError{Op: "X.Get", Argument: "id", Reason: "0 is not more than 0"},
			map[string]any{"op": "X.Get", "argument": "id", "reason": "0 is not more than 0"},
		},
		"CallError": {
			&halopsa.CallError{Call: halopsa.Call{Op: "X.Get", Method: "GET", Path: "/X/1", Attempts: 3}, Err: errors.New("broken\npipe")},
			map[string]any{"op": "X.Get", "method": "GET", "path": "/X/1", "attempts": 3.0, "error": "broken pipe", "advice": ""},
		},
		"WaitError": {&halopsa.WaitError{Wait: time.Minute}, map[string]any{"wait": 6e10}},
		"AuthError": {
			&halopsa.AuthError{StatusCode: 401, Code: "invalid_client", Message: "no"},
			map[string]any{"status": 401.0, "code": "invalid_client", "message": "no"},
		},
		"DecodeError": {
			&halopsa.DecodeError{
				Call: halopsa.Call{Op: "X.Get", Method: "GET", Path: "/X/1", Attempts: 1}, StatusCode: 200, ContentType: "text/html", Offset: 7, Snippet: "s", Reason: "r",
			},
			map[string]any{"op": "X.Get", "method": "GET", "path": "/X/1", "attempts": 1.0, "status": 200.0, "content_type": "text/html", "offset": 7.0, "reason": "r"},
		},
		"PaginationError": {
			&halopsa.PaginationError{Call: halopsa.Call{Op: "X.All", Method: "GET", Path: "/X"}, RecordCount: 9, Seen: 7, Page: 2, Reason: "r"},
			map[string]any{"op": "X.All", "method": "GET", "path": "/X", "record_count": 9.0, "seen": 7.0, "page": 2.0, "all_pages_read": false, "reason": "r"},
		},
		"BatchError": {
			&halopsa.BatchError{
				Call:    halopsa.Call{Op: "X.Create", Method: "POST", Path: "/X", Attempts: 2},
				Written: []int{0}, Refused: []int{1, 2}, NotSent: []int{3}, Err: api,
			},
			map[string]any{
				"op": "X.Create", "method": "POST", "path": "/X", "attempts": 2.0,
				"written": 1.0, "refused": 2.0, "unknown": 0.0, "not_sent": 1.0, "cause": apiFields,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, isValuer := test.err.(slog.LogValuer) //nolint:errorlint // the type itself
			require.True(t, isValuer)
			logger, lines := loggedLines(slog.LevelInfo)
			logger.Error("failed", slog.Any("error", test.err))
			assert.Equal(t, test.want, lines(t)[0]["error"])
			for _, verb := range []string{"%v", "%+v", "%s", "%#v", "%q"} {
				assert.NotContains(t, fmt.Sprintf(verb, test.err), "canary", verb)
			}
		})
	}
}

func TestUnknownOutcomeAsLogValue(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	server.Fault(halopsatest.Fault{Kind: halopsatest.Reset, Applied: true})
	_, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{}})
	require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
	logger, lines := loggedLines(slog.LevelInfo)
	logger.Error("failed", slog.Any("error", err))
	assert.Equal(t, map[string]any{
		"op": "IntegrationError.Create", "method": "POST", "path": "/IntegrationError", "attempts": 1.0, "written": 0.0, "refused": 0.0, "unknown": 1.0, "not_sent": 0.0,
		"cause": map[string]any{"outcome_unknown": true, "advice": "read back before sending it again", "cause": map[string]any{
			"op": "IntegrationError.Create", "method": "POST", "path": "/IntegrationError", "attempts": 1.0, "error": "halopsatest: connection reset", "advice": "",
		}},
	}, lines(t)[0]["error"])
	assert.Regexp(t, `^&halopsa\.BatchError\{"halopsa: outcome unknown, `, fmt.Sprintf("%#v", err))
	assert.Regexp(t, `^&halopsa\.outcomeUnknown\{"halopsa: outcome unknown, `, fmt.Sprintf("%#v", errors.Unwrap(err)))
}

// TestCreateAndItsOutcome: without ErrOutcomeUnknown a write did not happen.
func TestCreateAndItsOutcome(t *testing.T) {
	t.Parallel()
	unknown := map[string]halopsatest.Fault{
		"503":                    {Status: http.StatusServiceUnavailable},
		"503 with Retry-After":   {Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"1"}}},
		"gateway, applied":       {Kind: halopsatest.HTML504, Applied: true},
		"gateway":                {Kind: halopsatest.HTML504},
		"error":                  {Status: http.StatusInternalServerError, Body: `{"message":"boom"}`},
		"reset after the write":  {Kind: halopsatest.Reset, Applied: true},
		"reset before the write": {Kind: halopsatest.Reset},
		"truncated":              {Kind: halopsatest.Truncated},
	}
	for name, fault := range unknown {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil)
			server.Fault(fault)
			created, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{}, {}})
			assert.Equal(t, make([]*halopsa.IntegrationError, 2), created)
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			assert.ErrorContains(t, err, "halopsa: outcome unknown, the write may have happened; read back before sending it again: IntegrationError.Create: ")
			var batch *halopsa.BatchError
			require.ErrorAs(t, err, &batch)
			assert.Equal(t, []int{0, 1}, batch.Unknown)
			assert.Empty(t, batch.Refused)
			assert.Equal(t, 1, server.Count(http.MethodPost, ""), "it must not be sent twice")
		})
	}
	// Of several inputs that is known where the refusal comes before any of them is looked at.
	for _, status := range []int{400, 403, 404, 405, 413, 415} {
		client, server := newStandin(t, nil)
		server.Fault(halopsatest.Fault{Status: status, Body: `{"[1].error":["too long"]}`})
		_, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{}, {}})
		require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		assert.Equal(t, []int{0, 1}, batch.Refused)
		assert.Zero(t, server.Len("IntegrationError"))
	}
}

// TestBatchErrorSaysWhatBecameOfEachInput breaks off the second of three requests.
func TestBatchErrorSaysWhatBecameOfEachInput(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault halopsatest.Fault
		lists func(*halopsa.BatchError) []int
		says  string
	}{
		"refused": {
			halopsatest.Fault{Status: http.StatusForbidden, Body: `{"message":"locked"}`},
			func(e *halopsa.BatchError) []int { return e.Refused },
			"halopsa: IntegrationError.Create: 2 of 5 inputs written, 2 refused, 0 unknown, 1 not sent: " +
				"IntegrationError.Create: POST /IntegrationError: 403 Forbidden: locked: the API application lacks the scope, or the agent it logs in as " +
				"lacks the role; Client.Check tells what can be read; the scope of a token never widens when it is refreshed",
		},
		"unknown": {
			halopsatest.Fault{Kind: halopsatest.HTML504},
			func(e *halopsa.BatchError) []int { return e.Unknown },
			"halopsa: IntegrationError.Create: 2 of 5 inputs written, 0 refused, 2 unknown, 1 not sent: " +
				"outcome unknown, the write may have happened; read back before sending it again: " +
				"IntegrationError.Create: POST /IntegrationError: 504 Gateway Timeout: 504 Gateway Time-out: " +
				"the gateway in front of HaloPSA gave up waiting; the server may have continued working",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil, halopsa.WithBatchSize(2))
			test.fault.After = 1
			server.Fault(test.fault)
			created, err := client.IntegrationError.Create(t.Context(), make([]halopsa.IntegrationErrorInput, 5))
			require.EqualError(t, err, test.says)
			var batch *halopsa.BatchError
			require.ErrorAs(t, err, &batch)
			assert.Equal(t, halopsa.Call{Op: "IntegrationError.Create", Method: "POST", Path: "/IntegrationError", Attempts: 1}, batch.Call)
			assert.Equal(t, []int{0, 1}, batch.Written)
			assert.Equal(t, []int{2, 3}, test.lists(batch))
			assert.Len(t, append(batch.Refused, batch.Unknown...), 2)
			assert.Equal(t, []int{4}, batch.NotSent)
			require.Len(t, created, 5)
			assert.NotNil(t, created[1])
			assert.Nil(t, created[2])
		})
	}
}
