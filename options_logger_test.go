package halopsa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// loggedLines returns a logger at a level and what it has written, line by line.
func loggedLines(level slog.Level) (*slog.Logger, func(t *testing.T) []map[string]any) {
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: level}))
	return logger, func(t *testing.T) []map[string]any {
		t.Helper()
		var lines []map[string]any
		for line := range strings.Lines(out.String()) {
			fields := make(map[string]any)
			require.NoError(t, json.Unmarshal([]byte(line), &fields))
			delete(fields, "time")
			lines = append(lines, fields)
		}
		return lines
	}
}

// TestLogIsAnAllowList: a line holds these fields and no other, whatever was sent and received.
func TestLogIsAnAllowList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logger, lines := loggedLines(slog.LevelDebug)
		client, server := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(250 * time.Millisecond)},
			halopsa.WithLogger(logger), halopsa.WithBackoff(0, 0), halopsa.WithHeader("X-Api-Key", "k"))
		server.Fault(halopsatest.Fault{Status: http.StatusBadGateway, Body: "<html>", Header: http.Header{"X-Request-Id": {"r-7"}}})
		_, err := client.IntegrationRequest.List(t.Context(), &halopsa.IntegrationRequestListOptions{ModuleID: 12}, halopsa.WithQuery("q", "v"))
		require.NoError(t, err)
		_, err = halopsa.GetOf[map[string]any](t.Context(), client, "Tickets/7/Actions", "a b")
		require.ErrorIs(t, err, halopsa.ErrNotFound)

		attempt := func(fields map[string]any) map[string]any {
			all := map[string]any{"level": "DEBUG", "msg": "halopsa: attempt", "host": "standin.localhost:80", "method": "GET", "op": "IntegrationRequest.List", "path": "/IntegrationRequest", "waited": 0.0}
			maps.Copy(all, fields)
			return all
		}
		got := lines(t)
		require.Len(t, got, 3)
		assert.Equal(t, attempt(map[string]any{"attempt": 1.0, "took": 0.0, "status": 502.0, "bytes": 6.0, "request_id": "r-7"}), got[0])
		assert.Equal(t, attempt(map[string]any{
			"attempt": 2.0, "took": float64(250 * time.Millisecond), "status": 200.0, "bytes": got[1]["bytes"], "request_id": "",
		}), got[1])
		assert.Equal(t, attempt(map[string]any{
			"attempt": 1.0, "took": float64(250 * time.Millisecond), "status": 404.0, "bytes": got[2]["bytes"], "request_id": "",
			"op": "Tickets/7/Actions.Get", "path": "/Tickets/7/Actions/a%20b",
		}), got[2])
	})
}

func TestLogNamesTheKindOfFailure(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault halopsatest.Fault
		opts  []halopsa.RequestOption
		after time.Duration // until the context is canceled
	}{
		"network":   {fault: halopsatest.Fault{Kind: halopsatest.Reset}},
		"timeout":   {fault: halopsatest.Fault{Kind: halopsatest.Slow}, opts: []halopsa.RequestOption{halopsa.WithTimeout(time.Second)}},
		"canceled":  {fault: halopsatest.Fault{Kind: halopsatest.Slow}, after: 2 * time.Second},
		"deadline":  {fault: halopsatest.Fault{Kind: halopsatest.Slow}, after: -2 * time.Second},
		"too large": {fault: halopsatest.Fault{Status: http.StatusOK, Body: strings.Repeat(" ", 2000)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				logger, lines := loggedLines(slog.LevelDebug)
				client, server := newStandin(t, nil, halopsa.WithLogger(logger), halopsa.WithMaxRetries(0), halopsa.WithMaxResponseSize(1000))
				server.Seed("IntegrationError", map[string]any{"error": "x"})
				server.Fault(test.fault)
				ctx, cancel := context.WithCancel(t.Context())
				if test.after < 0 {
					ctx, cancel = context.WithTimeout(t.Context(), -test.after)
				}
				defer cancel()
				if test.after > 0 {
					time.AfterFunc(test.after, cancel)
				}
				_, err := client.IntegrationError.Get(ctx, 1, nil, test.opts...)
				require.Error(t, err)
				got := lines(t)
				require.Len(t, got, 1)
				assert.Equal(t, name, got[0]["failure"])
				assert.Equal(t, []string{"attempt", "failure", "host", "level", "method", "msg", "op", "path", "took", "waited"}, slices.Sorted(maps.Keys(got[0])))
			})
		})
	}
}

func TestNothingIsLoggedAboveDebug(t *testing.T) {
	t.Parallel()
	logger, lines := loggedLines(slog.LevelInfo)
	client, server := newStandin(t, nil, halopsa.WithLogger(logger), halopsa.WithBackoff(0, 0))
	server.Fault(halopsatest.Fault{Kind: halopsatest.Reset, Times: -1})
	require.Error(t, getOne(t.Context(), client))
	assert.Empty(t, lines(t))
}

// TestLogHidesATransportsText: the error of somebody else's transport can hold anything.
func TestLogHidesATransportsText(t *testing.T) {
	t.Parallel()
	logger, lines := loggedLines(slog.LevelDebug)
	client, mock := mocked(t, halopsa.WithLogger(logger), halopsa.WithMaxRetries(0))
	broken := errors.New("proxy refused GET /api?key=canary with canary-token")
	mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) { return nil, broken })
	err := getOne(t.Context(), client)
	require.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "proxy refused GET /api?[redacted] with [redacted]")
	assert.Equal(t, "network", lines(t)[0]["failure"])
}
