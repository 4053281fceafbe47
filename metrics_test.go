package halopsa_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// TestAttemptNamesItsInstance: host and tenant, so that the attempts of several clients can be told apart.
func TestAttemptNamesItsInstance(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		base, host, address string
		port                int
	}{
		"hosted":             {"https://acme.halopsa.com", "acme.halopsa.com", "acme.halopsa.com", 443},
		"with HTTPS's port":  {"https://acme.halopsa.com:443/api", "acme.halopsa.com", "acme.halopsa.com", 443},
		"with another port":  {"https://halo.example.com:8443/halo", "halo.example.com:8443", "halo.example.com", 8443},
		"plain HTTP":         {"http://standin.localhost", "standin.localhost:80", "standin.localhost", 80},
		"an IPv6 address":    {"https://[::1]", "[::1]", "::1", 443},
		"an IPv6 and a port": {"http://[::1]:8080", "[::1]:8080", "::1", 8080},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen halopsa.Attempt
			client, err := halopsa.NewClient(test.base, halopsa.WithTenant("acme"), halopsa.WithTokenSource(staticToken),
				halopsa.WithObserver(func(_ context.Context, a halopsa.Attempt) { seen = a }),
				halopsa.WithHTTPClient(&http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("[]"))}, nil
				})}))
			require.NoError(t, err)
			_, err = client.IntegrationLookUp.List(t.Context())
			require.NoError(t, err)
			assert.Equal(t, test.host, seen.Host)
			assert.Equal(t, "acme", seen.Tenant)
			address, port := seen.Server()
			assert.Equal(t, test.address, address)
			assert.Equal(t, test.port, port)
		})
	}
	address, port := halopsa.Attempt{}.Server()
	assert.Empty(t, address)
	assert.Zero(t, port)
}

// TestMetricsOfAttempts: what is sent counts as a duration, everything as a wait, and a wait has no status.
func TestMetricsOfAttempts(t *testing.T) {
	t.Parallel()
	metrics := halopsa.Metrics()
	require.Len(t, metrics, 2)
	duration, wait := metrics[0], metrics[1]
	assert.Equal(t, "http.client.request.duration", duration.Name)
	assert.Equal(t, "halopsa.client.wait.duration", wait.Name)
	answered := halopsa.Attempt{
		Host: "acme.halopsa.com", Tenant: "acme", Op: "IntegrationError.Get", Method: "GET", Path: "/IntegrationError/17",
		Wait: 2 * time.Second, Duration: 3 * time.Second, StatusCode: 503,
	}
	value, attributes, ok := duration.Record(answered)
	assert.True(t, ok)
	assert.InDelta(t, 3, value, 0)
	assert.Equal(t, []string{"GET", "/IntegrationError/{id}", "acme.halopsa.com", "443", "acme", "503", "503"}, attributes)
	assert.Len(t, duration.Attributes, len(attributes))
	value, attributes, ok = wait.Record(answered)
	assert.True(t, ok)
	assert.InDelta(t, 2, value, 0)
	assert.Equal(t, []string{"GET", "/IntegrationError/{id}", "acme.halopsa.com", "443", "acme", ""}, attributes)
	assert.Len(t, wait.Attributes, len(attributes))

	held := halopsa.Attempt{Op: "IntegrationError.List", Method: "GET", Path: "/IntegrationError", Wait: time.Minute, Failure: "too large"}
	_, _, ok = duration.Record(held)
	assert.False(t, ok)
	_, attributes, ok = wait.Record(held)
	assert.True(t, ok)
	assert.Equal(t, []string{"GET", "/IntegrationError", "", "", "", "too_large"}, attributes)
}
