package halopsaotel_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// conventionalBounds are those of http.client.request.duration in the conventions.
var conventionalBounds = []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}

// TestMetrics makes calls of every outcome, in a world whose clock can be foretold.
func TestMetrics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		te := newTelemetry()
		c, h := te.newStandin(t, []halopsatest.Option{halopsatest.WithLatency(3 * time.Second)}, halopsa.WithRateLimit(4, time.Minute))
		h.Seed("IntegrationError", map[string]any{"id": 17}, map[string]any{"id": 18})
		read := func(ctx context.Context, id int64) {
			_, _ = c.IntegrationError.Get(ctx, id, nil)
		}
		read(t.Context(), 17)
		read(t.Context(), 18)
		h.Fault(halopsatest.Fault{Status: 503, Header: http.Header{"Retry-After": {"7"}}})
		read(t.Context(), 18) // the fourth request is its repetition, 7 s later
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		read(short, 17)       // refused by the limit
		read(t.Context(), 17) // waits until the first response is a minute old
		h.Fault(halopsatest.Fault{Kind: halopsatest.Truncated})
		_ = c.IntegrationError.Delete(t.Context(), 17) // repeated after a pause of its own

		attempt := []attribute.KeyValue{
			attribute.String("http.request.method", "GET"), attribute.String("url.template", "/IntegrationError/{id}"),
			attribute.String("server.address", "standin.localhost"), attribute.Int("server.port", 80),
		}
		point := func(counts []uint64, sum, least, most float64, bounds []float64, more ...attribute.KeyValue) metricdata.HistogramDataPoint[float64] {
			n := uint64(0)
			for _, count := range counts {
				n += count
			}
			return metricdata.HistogramDataPoint[float64]{
				Attributes: attribute.NewSet(append(append([]attribute.KeyValue{}, more...), attempt...)...), Count: n, Sum: sum, Bounds: bounds,
				BucketCounts: append(counts, make([]uint64, len(bounds)+1-len(counts))...),
				Min:          metricdata.NewExtrema(least), Max: metricdata.NewExtrema(most),
			}
		}
		_, durations := te.histogram(t, "http.client.request.duration")
		status := func(code int) attribute.KeyValue { return attribute.Int("http.response.status_code", code) }
		reads := ofMethod(durations, "GET")
		metricdatatest.AssertEqual(t, metricdata.Histogram[float64]{
			Temporality: metricdata.CumulativeTemporality,
			DataPoints: []metricdata.HistogramDataPoint[float64]{
				point([]uint64{11: 4}, 12, 3, 3, conventionalBounds, status(200)),
				point([]uint64{1}, 0, 0, 0, conventionalBounds, status(503), attribute.String("error.type", "503")),
			},
		}, reads, metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
		deletes := ofMethod(durations, "DELETE")
		require.Len(t, deletes.DataPoints, 2)
		var outcomes []values
		for _, p := range deletes.DataPoints {
			assert.EqualValues(t, 1, p.Count)
			outcomes = append(outcomes, valuesOf(p.Attributes.ToSlice()).with(values{
				"http.request.method": nil, "url.template": nil, "server.address": nil, "server.port": nil,
			}))
		}
		assert.ElementsMatch(t, []values{{"error.type": "network"}, {"error.type": "404", "http.response.status_code": int64(404)}}, outcomes)

		longest := 0.0 // the limiter adds a little to the 47 s until the first response is a minute old
		for _, span := range te.spans.GetSpans() {
			if wait, ok := valuesOf(span.Attributes)["halopsa.wait"].(float64); ok {
				longest = max(longest, wait)
			}
		}
		assert.InDelta(t, 47.5, longest, 0.5)
		_, waits := te.histogram(t, "halopsa.client.wait.duration")
		waited := ofMethod(waits, "GET")
		require.Len(t, waited.DataPoints, 2)
		bounds := waited.DataPoints[0].Bounds
		assert.LessOrEqual(t, bounds[0], 0.01)
		assert.GreaterOrEqual(t, bounds[len(bounds)-1], 300.0)
		metricdatatest.AssertEqual(t, metricdata.Histogram[float64]{
			Temporality: metricdata.CumulativeTemporality,
			DataPoints: []metricdata.HistogramDataPoint[float64]{
				point([]uint64{0: 4, 8: 1}, longest, 0, longest, bounds),
				point([]uint64{1}, 0, 0, 0, bounds, attribute.String("error.type", "limit")),
			},
		}, waited, metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
	})
}

// ofMethod returns the points of one method.
func ofMethod(h metricdata.Histogram[float64], method string) metricdata.Histogram[float64] {
	some := metricdata.Histogram[float64]{Temporality: h.Temporality}
	for _, p := range h.DataPoints {
		if valuesOf(p.Attributes.ToSlice())["http.request.method"] == method {
			some.DataPoints = append(some.DataPoints, p)
		}
	}
	return some
}

// TestExemplars lead from a histogram to the span of the attempt.
func TestExemplars(t *testing.T) {
	t.Parallel()
	te := newTelemetry()
	c, _ := te.newStandin(t, nil)
	ctx, caller := te.caller(t.Context())
	defer caller.End()
	_, err := c.IntegratorTrace.List(ctx, nil)
	require.NoError(t, err)
	spans := te.spans.GetSpans()
	require.Len(t, spans, 1)
	id := spans[0].SpanContext.SpanID()
	for _, name := range []string{"http.client.request.duration", "halopsa.client.wait.duration"} {
		_, histogram := te.histogram(t, name)
		require.Len(t, histogram.DataPoints, 1)
		require.Len(t, histogram.DataPoints[0].Exemplars, 1)
		assert.Equal(t, id[:], histogram.DataPoints[0].Exemplars[0].SpanID)
	}
}

func TestInstruments(t *testing.T) {
	t.Parallel()
	te := newTelemetry()
	c, _ := te.newStandin(t, nil)
	_, err := c.IntegratorTrace.List(t.Context(), nil)
	require.NoError(t, err)
	scopes := te.collect(t)
	require.Len(t, scopes, 1)
	assert.Equal(t, "github.com/halopsa-go/halopsa/halopsaotel", scopes[0].Scope.Name)
	assert.Equal(t, halopsa.Version, scopes[0].Scope.Version)
	assert.Contains(t, scopes[0].Scope.SchemaURL, "https://opentelemetry.io/schemas/1.")
	require.Len(t, scopes[0].Metrics, 2)
	duration, _ := te.histogram(t, "http.client.request.duration")
	assert.Equal(t, "Duration of HTTP client requests.", duration.Description)
	for _, m := range scopes[0].Metrics {
		assert.Equal(t, "s", m.Unit)
		assert.NotEmpty(t, m.Description)
	}
}

// refusingMeters gives a meter that makes no histogram of one name.
type refusingMeters struct {
	metric.MeterProvider

	name string
}

func (p refusingMeters) Meter(name string, opts ...metric.MeterOption) metric.Meter {
	return refusingMeter{p.MeterProvider.Meter(name, opts...), p.name}
}

type refusingMeter struct {
	metric.Meter

	name string
}

func (m refusingMeter) Float64Histogram(name string, opts ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	if name == m.name {
		return nil, errRefused
	}
	return m.Meter.Float64Histogram(name, opts...)
}
