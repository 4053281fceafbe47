package halopsaprom_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaprom"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// newClient is a client of a new stand-in that collector counts.
func newClient(t testing.TB, collector *halopsaprom.Collector, opts ...halopsa.ClientOption) (*halopsa.Client, *halopsatest.Handler) {
	t.Helper()
	h := halopsatest.NewHandler()
	client, err := halopsa.NewClient("http://standin.localhost", append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithObserver(collector.Observe),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}), halopsa.WithBackoff(0, 0),
	}, opts...)...)
	require.NoError(t, err)
	return client, h
}

// TestCollector counts a success, a failure that was sent and one that was not, of two tenants.
func TestCollector(t *testing.T) {
	t.Parallel()
	collector := halopsaprom.New()
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(collector))
	acme, h := newClient(t, collector, halopsa.WithTenant("acme"), halopsa.WithRateLimit(2, time.Hour))
	other, _ := newClient(t, collector)
	h.Seed("IntegrationError", map[string]any{"id": 17})
	h.Fault(halopsatest.Fault{Status: 503})
	_, err := acme.IntegrationError.Get(t.Context(), 17, nil) // two attempts
	require.NoError(t, err)
	short, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = acme.IntegrationError.Get(short, 17, nil) // refused by the limit
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = other.IntegratorTrace.List(t.Context(), nil)
	require.NoError(t, err)

	families, err := registry.Gather()
	require.NoError(t, err)
	counts := make(map[string]uint64)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				if label.GetValue() != "" {
					labels = append(labels, label.GetName()+"="+label.GetValue())
				}
			}
			counts[family.GetName()+" "+strings.Join(labels, " ")] = metric.GetHistogram().GetSampleCount()
		}
	}
	const duration, wait, server = "http_client_request_duration_seconds", "halopsa_client_wait_duration_seconds", "server_address=standin.localhost server_port=80"
	const get = "http_request_method=GET"
	assert.Equal(t, map[string]uint64{
		duration + " error_type=503 halopsa_tenant=acme " + get + " http_response_status_code=503 " + server + " url_template=/IntegrationError/{id}": 1,
		duration + " halopsa_tenant=acme " + get + " http_response_status_code=200 " + server + " url_template=/IntegrationError/{id}":                1,
		duration + " " + get + " http_response_status_code=200 " + server + " url_template=/IntegratorTrace":                                          1,
		wait + " halopsa_tenant=acme " + get + " " + server + " url_template=/IntegrationError/{id}":                                                  2,
		wait + " error_type=limit halopsa_tenant=acme " + get + " " + server + " url_template=/IntegrationError/{id}":                                 1,
		wait + " " + get + " " + server + " url_template=/IntegratorTrace":                                                                            1,
	}, counts)
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

// TestMetricsAreThoseOfTheList: names, texts and buckets.
func TestMetricsAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	collector := halopsaprom.New()
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(collector))
	collector.Observe(t.Context(), halopsa.Attempt{Method: "GET\xff", Path: "/X/\xfe", StatusCode: 200, Duration: time.Second})
	families, err := registry.Gather()
	require.NoError(t, err)
	want := halopsa.Metrics()
	require.Len(t, families, len(want))
	for _, m := range want {
		name := strings.ReplaceAll(m.Name, ".", "_") + "_seconds"
		found := false
		for _, family := range families {
			if family.GetName() != name {
				continue
			}
			found = true
			assert.Equal(t, m.Description, family.GetHelp())
			var bounds []float64
			for _, bucket := range family.GetMetric()[0].GetHistogram().GetBucket() {
				bounds = append(bounds, bucket.GetUpperBound())
			}
			assert.Equal(t, m.Bounds, bounds)
			assert.Len(t, family.GetMetric()[0].GetLabel(), len(m.Attributes))
		}
		assert.True(t, found, name)
	}
}

func BenchmarkObserve(b *testing.B) {
	collector := halopsaprom.New()
	attempt := halopsa.Attempt{
		Host: "acme.halopsa.com", Op: "IntegrationError.Get", Method: "GET", Path: "/IntegrationError/4711", Duration: time.Second, StatusCode: 200,
	}
	b.ReportAllocs()
	for b.Loop() {
		collector.Observe(b.Context(), attempt)
	}
}
