package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ask returns the status and the body of /healthz.
func ask(t *testing.T, h *health) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	newHTTPServer(h, newMetrics()).Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil))
	return w.Code, w.Body.String()
}

func TestHealth(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s, err := openStore(t.Context(), databaseURL)
		require.NoError(t, err)
		standing := newStanding("errors", time.Now())
		h := &health{store: s, standings: allOf(standing), heart: &heartbeat{}, patience: time.Minute}

		status, body := ask(t, h)
		assert.Equal(t, http.StatusServiceUnavailable, status, "nothing has succeeded yet")
		assert.Contains(t, body, "errors: nothing was mirrored yet")
		assert.Contains(t, body, "exports: the queue was not read yet")

		standing.looked(time.Now(), 0, 0)
		h.heart.beat()
		status, body = ask(t, h)
		assert.Equal(t, http.StatusOK, status)
		var answer report
		require.NoError(t, json.Unmarshal([]byte(body), &answer))
		assert.True(t, answer.OK)
		assert.Empty(t, answer.Problems)
		assert.Contains(t, answer.LagSeconds, "errors")

		require.NoError(t, s.close())
		status, body = ask(t, h)
		assert.Equal(t, http.StatusServiceUnavailable, status)
		assert.Contains(t, body, `"problems":["the database does not answer"]`)
	})
}

func TestHealthLosesPatience(t *testing.T) {
	t.Parallel()
	var h heartbeat
	h.beat()
	h.failed(errors.New("403"))
	assert.Empty(t, h.problem(time.Now(), time.Minute), "one failure is none yet")
	assert.Equal(t, "exports: 403", h.problem(time.Now().Add(2*time.Minute), time.Minute))
	h.beat()
	assert.Equal(t, "exports: the queue was not read for 2m0s", h.problem(time.Now().Add(2*time.Minute), time.Minute))
	assert.Equal(t, time.Minute, patienceFor(time.Second))
	assert.Equal(t, 50*time.Minute, patienceFor(10*time.Minute))
}

// allOf is a slice of standings, whose type a variable of that name hides.
func allOf(standings ...*standing) []*standing { return standings }
