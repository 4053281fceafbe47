package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestRequestsAreCountedByOperationAndOutcome(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	halo := halopsatest.NewServer()
	t.Cleanup(halo.Close)
	client, err := halopsa.NewClient(halo.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithObserver(m.observe), halopsa.WithBackoff(time.Millisecond, time.Millisecond))
	require.NoError(t, err)
	halo.Fault(halopsatest.Fault{Resource: "IntegrationError", Kind: halopsatest.HTML504})
	halo.Fault(halopsatest.Fault{Resource: "IntegrationError", Kind: halopsatest.Truncated})
	_, _, err = errorLog(client).newest(t.Context())
	require.NoError(t, err)
	_, err = client.IntegrationRequest.Get(t.Context(), 7, nil)
	require.ErrorIs(t, err, halopsa.ErrNotFound)

	for labels, want := range map[[2]string]float64{
		{"IntegrationError.List", "5xx"}: 1, {"IntegrationError.List", "network"}: 1, {"IntegrationError.List", "2xx"}: 1,
		{"IntegrationRequest.Get", "4xx"}: 1,
	} {
		assert.InDelta(t, want, testutil.ToFloat64(m.requests.WithLabelValues(labels[:]...)), 0, labels)
	}
	assert.Equal(t, 4, testutil.CollectAndCount(m.requests))
	text := scrape(t, m)
	assert.Contains(t, text, "syncservice_halopsa_wait_seconds_count 4")
}

// scrape returns what /metrics says of the service.
func scrape(t *testing.T, m *metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	newHTTPServer(&health{}, m).Handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	var own []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "syncservice_") {
			own = append(own, line)
		}
	}
	return strings.Join(own, "")
}

func TestWaitsForTheLimitAreMeasured(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	m.observe(t.Context(), halopsa.Attempt{Op: "IntegrationError.List", StatusCode: 200, Wait: 20 * time.Second})
	m.observe(t.Context(), halopsa.Attempt{Op: "IntegrationError.List", Failure: "limit", Wait: time.Millisecond})
	text := scrape(t, m)
	for _, line := range []string{
		`syncservice_halopsa_wait_seconds_bucket{le="10"} 1`, `syncservice_halopsa_wait_seconds_bucket{le="30"} 2`,
		`syncservice_halopsa_requests_total{op="IntegrationError.List",outcome="2xx"} 1`,
		`syncservice_halopsa_requests_total{op="IntegrationError.List",outcome="limit"} 1`,
	} {
		assert.Contains(t, text, line+"\n")
	}
}

func TestLagOfEachFollowerIsShown(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	late, well := newStanding("errors", time.Now().Add(-time.Hour)), newStanding("requests", time.Now().Add(-time.Hour))
	count := m.follow(late)
	m.follow(well)
	late.looked(time.Now().Add(-time.Minute), 500, 500)
	late.advance(time.Now(), 40, 40)
	count(40)
	well.looked(time.Now().Add(-10*time.Second), 0, 0)
	m.deliver(delivered)

	values := map[string]float64{}
	families, err := m.registry.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName()
			for _, label := range metric.GetLabel() {
				name += " " + label.GetValue()
			}
			values[name] = metric.GetGauge().GetValue() + metric.GetCounter().GetValue()
		}
	}
	assert.InDelta(t, 3600, values["syncservice_follower_lag_seconds errors"], deadline.Seconds(), "it was never complete")
	assert.InDelta(t, 10, values["syncservice_follower_lag_seconds requests"], deadline.Seconds())
	assert.InDelta(t, 460, values["syncservice_follower_behind_ids errors"], 0)
	assert.InDelta(t, 40, values["syncservice_mirrored_records_total errors"], 0)
	assert.InDelta(t, 0, values["syncservice_mirrored_records_total requests"], 0)
	assert.InDelta(t, 1, values["syncservice_deliveries_total delivered"], 0)
	assert.Contains(t, values, "syncservice_deliveries_total failed", "an alert needs it before the first failure")
	assert.Contains(t, values, "go_goroutines")
}
