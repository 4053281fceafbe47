package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDeliveryReachesTheDestination(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t, nil)
	arrived, err := rc.to.has(t.Context(), "acme-export-7")
	require.NoError(t, err)
	assert.False(t, arrived)
	require.NoError(t, rc.to.send(t.Context(), "acme-export-7", exportOf(7)))
	require.NoError(t, rc.to.send(t.Context(), "acme-export-7", exportOf(7)))
	arrived, err = rc.to.has(t.Context(), "acme-export-7")
	require.NoError(t, err)
	assert.True(t, arrived)
	assert.Equal(t, 1, rc.repeats())
	require.Len(t, rc.parcels(), 1, "the second has no effect")
	assert.Equal(t, "acme-export-7", rc.parcels()[0].Key)
	var body map[string]any
	require.NoError(t, json.Unmarshal(rc.parcels()[0].Body, &body))
	assert.Equal(t, "eyJhIjoxfQ==", body["export_body"])
	assert.EqualValues(t, 12, body["module_id"])
}

func TestDestinationThatFails(t *testing.T) {
	t.Parallel()
	const unavailable = "the destination answered 503 Service Unavailable"
	for name, c := range map[string]struct {
		what       mishap
		send, has  string // errors, empty for none
		retryAfter time.Duration
	}{
		"busy":            {busy, unavailable, unavailable, 90 * time.Second},
		"refused":         {wrong, "the destination answered 422 Unprocessable Entity", "", 0},
		"cannot be asked": {unasked, "the destination answered 405 Method Not Allowed", "", 0},
		"no answer":       {mute, "the destination does not answer: EOF", "the destination does not answer: EOF", 0},
		"cut off":         {cutOff, "the destination does not answer: EOF", "the destination does not answer: EOF", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rc := newReceiver(t, func(*http.Request) mishap { return c.what })
			err := rc.to.send(t.Context(), "key", exportOf(7))
			require.EqualError(t, err, c.send)
			var answer *reply
			if c.retryAfter > 0 {
				require.ErrorAs(t, err, &answer)
				assert.Equal(t, c.retryAfter, answer.retryAfter)
			}
			arrived, err := rc.to.has(t.Context(), "key")
			assert.False(t, arrived)
			if c.has == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.has)
			}
		})
	}
}

func TestDestinationIsSentItsTokenAndNothingIsRedirected(t *testing.T) {
	t.Parallel()
	var authorization, agent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization, agent = r.Header.Get("Authorization"), r.Header.Get("User-Agent")
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	require.EqualError(t, newDestination(server.URL, "hush-token").send(t.Context(), "key", exportOf(7)), "the destination answered 302 Found",
		"a POST that is redirected would turn into a GET and seem to have been delivered")
	assert.Equal(t, "Bearer hush-token", authorization)
	assert.Equal(t, product, agent)
}

func TestInboxRefusesWhatHasNoKey(t *testing.T) {
	t.Parallel()
	rc := newReceiver(t, nil)
	require.EqualError(t, rc.to.send(t.Context(), "", exportOf(7)), "the destination answered 400 Bad Request")
	assert.Empty(t, rc.parcels())
}
