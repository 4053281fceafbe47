package halopsaotel_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric/noop"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaotel"
)

// roundTripper is a transport that is a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// TestBaseURL holds url.full against the URL that the client really calls.
func TestBaseURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		baseURL, address string
		port             int64
	}{
		"hosted":             {"https://acme.halopsa.com", "acme.halopsa.com", 443},
		"a slash":            {"https://acme.halopsa.com/", "acme.halopsa.com", 443},
		"with /api":          {" https://acme.halopsa.com/api/ ", "acme.halopsa.com", 443},
		"with /auth":         {"https://acme.halopsa.com/auth", "acme.halopsa.com", 443},
		"the token endpoint": {"https://acme.halopsa.com/Auth/Token", "acme.halopsa.com", 443},
		"a port":             {"https://halo.example.com:8443/api", "halo.example.com", 8443},
		"below a path":       {"https://example.com/service%20desk/api", "example.com", 443},
		"http":               {"http://localhost", "localhost", 80},
		"IPv6":               {"http://[::1]:8080", "::1", 8080},
		"only a part":        {"https://example.com/myapi", "example.com", 443},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			te := newTelemetry()
			var called string
			client, err := halopsa.NewClient(test.baseURL, halopsa.WithClientCredentials("sync", "secret"),
				te.option(t, halopsaotel.WithBaseURL(test.baseURL)),
				halopsa.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodGet {
						called = req.URL.String()
					}
					return leakyServer(http.StatusNotFound, false).RoundTrip(req)
				})}))
			require.NoError(t, err)
			_, err = client.IntegrationRunbookVariableGroup.Get(t.Context(), "a b", nil, halopsa.WithQuery("method_ids", "7"))
			require.ErrorIs(t, err, halopsa.ErrNotFound)
			spans := te.spans.GetSpans()
			require.Len(t, spans, 1)
			attrs := valuesOf(spans[0].Attributes)
			sent, query, _ := strings.Cut(called, "?")
			assert.Equal(t, "method_ids=7", query)
			assert.Equal(t, sent, attrs["url.full"])
			assert.Equal(t, test.address, attrs["server.address"])
			assert.Equal(t, test.port, attrs["server.port"])
			assert.Equal(t, "GET /IntegrationRunbookVariableGroup/{id}", spans[0].Name)
		})
	}
}

func TestOptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		opt  halopsaotel.Option
		name string
	}{
		"no tracer provider": {halopsaotel.WithTracerProvider(nil), "WithTracerProvider"},
		"no meter provider":  {halopsaotel.WithMeterProvider(nil), "WithMeterProvider"},
		"no URL":             {halopsaotel.WithBaseURL(""), "WithBaseURL"},
		"no scheme":          {halopsaotel.WithBaseURL("acme.halopsa.com"), "WithBaseURL"},
		"another scheme":     {halopsaotel.WithBaseURL("ftp://acme.halopsa.com"), "WithBaseURL"},
		"no host":            {halopsaotel.WithBaseURL("https://"), "WithBaseURL"},
		"a port without one": {halopsaotel.WithBaseURL("https://:443"), "WithBaseURL"},
		"a password":         {halopsaotel.WithBaseURL("https://sync:canary@acme.halopsa.com"), "WithBaseURL"},
		"a query":            {halopsaotel.WithBaseURL("https://acme.halopsa.com?token=canary"), "WithBaseURL"},
		"a fragment":         {halopsaotel.WithBaseURL("https://acme.halopsa.com#canary"), "WithBaseURL"},
		"a bad escape":       {halopsaotel.WithBaseURL("https://acme.halopsa.com/%zcanary"), "WithBaseURL"},
		"an endless port":    {halopsaotel.WithBaseURL("https://acme.halopsa.com:99999999999999999999"), "WithBaseURL"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			option, err := halopsaotel.Observe(test.opt)
			assert.Nil(t, option)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.Contains(t, err.Error(), "halopsaotel."+test.name)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

var errRefused = errors.New("no such instrument")

func TestInstrumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"http.client.request.duration", "halopsa.client.wait.duration"} {
		_, err := halopsaotel.Observe(halopsaotel.WithMeterProvider(refusingMeters{noop.NewMeterProvider(), name}))
		require.ErrorIs(t, err, errRefused, name)
	}
}

// TestEitherCanBeTurnedOff records metrics without spans, and spans without metrics.
func TestEitherCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]halopsaotel.Option{
		"spans": halopsaotel.WithTracerProvider(tracenoop.NewTracerProvider()), "metrics": halopsaotel.WithMeterProvider(noop.NewMeterProvider()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			te := newTelemetry()
			hook, err := halopsaotel.Hook(append(te.providers(), nil, off)...)
			require.NoError(t, err)
			hook(t.Context(), answered())
			assert.Equal(t, name != "spans", len(te.spans.GetSpans()) == 1)
			assert.Equal(t, name != "metrics", len(te.collect(t)) == 1)
		})
	}
}

// early is a hook that was made before there were global providers, and what they record. They can be set for such a hook only once.
var early = sync.OnceValues(func() (func(context.Context, halopsa.Attempt), *telemetry) {
	te := newTelemetry()
	hook, err := halopsaotel.Hook()
	if err != nil {
		return nil, te
	}
	hook(context.Background(), answered())
	otel.SetTracerProvider(te.tracers)
	otel.SetMeterProvider(te.meters)
	return hook, te
})

// TestGlobalProviders sets them, and so cannot run beside others. They may be set after the client was made.
func TestGlobalProviders(t *testing.T) { //nolint:paralleltest // see above
	hook, te := early()
	require.NotNil(t, hook)
	te.spans.Reset()
	hook(t.Context(), answered())
	assert.Len(t, te.spans.GetSpans(), 1)
	assert.Len(t, te.collect(t), 1)

	later := newTelemetry()
	otel.SetTracerProvider(later.tracers)
	otel.SetMeterProvider(later.meters)
	hook, err := halopsaotel.Hook()
	require.NoError(t, err)
	hook(t.Context(), answered())
	assert.Len(t, later.spans.GetSpans(), 1)
	assert.Len(t, later.collect(t), 1)
	assert.Len(t, te.spans.GetSpans(), 1)
}
