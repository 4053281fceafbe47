package halopsaotel_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaotel"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// standinURL is the base URL of the stand-in without a network.
const standinURL = "http://standin.localhost"

// telemetry keeps what is recorded in memory.
type telemetry struct {
	spans   *tracetest.InMemoryExporter
	tracers *sdktrace.TracerProvider
	reader  *metric.ManualReader
	meters  *metric.MeterProvider
}

func newTelemetry() *telemetry {
	te := &telemetry{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	te.tracers = sdktrace.NewTracerProvider(sdktrace.WithSyncer(te.spans))
	te.meters = metric.NewMeterProvider(metric.WithReader(te.reader))
	return te
}

// providers are the options that record here.
func (te *telemetry) providers() []halopsaotel.Option {
	return []halopsaotel.Option{halopsaotel.WithTracerProvider(te.tracers), halopsaotel.WithMeterProvider(te.meters)}
}

// option is that of a client, with more options of ours.
func (te *telemetry) option(t testing.TB, opts ...halopsaotel.Option) halopsa.ClientOption {
	t.Helper()
	option, err := halopsaotel.Observe(append(te.providers(), opts...)...)
	require.NoError(t, err)
	return option
}

// caller begins the span of a caller, which is not recorded before it ends.
func (te *telemetry) caller(ctx context.Context) (context.Context, trace.Span) {
	return te.tracers.Tracer("caller").Start(ctx, "sync")
}

// collect returns the scopes of the metrics.
func (te *telemetry) collect(t testing.TB) []metricdata.ScopeMetrics {
	t.Helper()
	var data metricdata.ResourceMetrics
	require.NoError(t, te.reader.Collect(context.WithoutCancel(t.Context()), &data))
	return data.ScopeMetrics
}

// histogram returns a metric by its name.
func (te *telemetry) histogram(t testing.TB, name string) (metricdata.Metrics, metricdata.Histogram[float64]) {
	t.Helper()
	for _, scope := range te.collect(t) {
		at := slices.IndexFunc(scope.Metrics, func(m metricdata.Metrics) bool { return m.Name == name })
		if at < 0 {
			continue
		}
		histogram, ok := scope.Metrics[at].Data.(metricdata.Histogram[float64])
		require.True(t, ok, "%T", scope.Metrics[at].Data)
		return scope.Metrics[at], histogram
	}
	return metricdata.Metrics{}, metricdata.Histogram[float64]{}
}

// newStandin returns a client of a new stand-in that te observes. Nothing passes over a network, so it works in a synctest bubble.
func (te *telemetry) newStandin(t testing.TB, server []halopsatest.Option, opts ...halopsa.ClientOption) (*halopsa.Client, *halopsatest.Handler) {
	t.Helper()
	h := halopsatest.NewHandler(server...)
	client, err := halopsa.NewClient(standinURL, append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}),
		te.option(t, halopsaotel.WithBaseURL(standinURL)),
	}, opts...)...)
	require.NoError(t, err)
	return client, h
}

// values are attributes by their keys.
type values map[string]any

func valuesOf(attrs []attribute.KeyValue) values {
	of := make(values, len(attrs))
	for _, attr := range attrs {
		of[string(attr.Key)] = attr.Value.AsInterface()
	}
	return of
}

// with returns v and more, whose nil values are taken away.
func (v values) with(more values) values {
	both := make(values, len(v)+len(more))
	for _, from := range []values{v, more} {
		for key, value := range from {
			both[key] = value
			if value == nil {
				delete(both, key)
			}
		}
	}
	return both
}

// wantSpan is what a span should be; Begin counts from the beginning of the test.
type wantSpan struct {
	begin, length time.Duration
	status        sdktrace.Status
	attrs         values
}

func failed(description string) sdktrace.Status {
	return sdktrace.Status{Code: codes.Error, Description: description}
}

// wantSpans compares spans with the wanted ones, all of one name and below one parent.
func wantSpans(t *testing.T, begin time.Time, parent trace.Span, name string, want []wantSpan, spans tracetest.SpanStubs) {
	t.Helper()
	require.Len(t, spans, len(want))
	for i, span := range spans {
		assert.Equal(t, name, span.Name)
		assert.Equal(t, trace.SpanKindClient, span.SpanKind)
		assert.Equal(t, parent.SpanContext().SpanID(), span.Parent.SpanID(), "span %d", i)
		assert.Equal(t, parent.SpanContext().TraceID(), span.SpanContext.TraceID(), "span %d", i)
		assert.Equal(t, want[i].begin, span.StartTime.Sub(begin), "begin of span %d", i)
		assert.Equal(t, want[i].length, span.EndTime.Sub(span.StartTime), "length of span %d", i)
		assert.Equal(t, want[i].status, span.Status, "span %d", i)
		assert.Equal(t, want[i].attrs, valuesOf(span.Attributes), "span %d", i)
		assert.Empty(t, span.Events)
	}
}
