package halopsaotel_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaotel"
)

// answered is an attempt that went well.
func answered() halopsa.Attempt {
	return halopsa.Attempt{
		Op: "IntegrationError.Get", Method: "GET", Path: "/IntegrationError/4711", Number: 1, Begin: time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC),
		Wait: time.Millisecond, Duration: 120 * time.Millisecond, StatusCode: 200, Size: 2048, RequestID: "r-1",
	}
}

// BenchmarkAttempt is what an attempt costs, without an exporter, whose work it is to send the spans.
func BenchmarkAttempt(b *testing.B) {
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))
	for _, bench := range []struct {
		name string
		opts []halopsaotel.Option
	}{
		{"off", []halopsaotel.Option{
			halopsaotel.WithTracerProvider(tracenoop.NewTracerProvider()), halopsaotel.WithMeterProvider(noop.NewMeterProvider()),
		}},
		{"metrics", []halopsaotel.Option{halopsaotel.WithTracerProvider(tracenoop.NewTracerProvider()), halopsaotel.WithMeterProvider(meters)}},
		{"metrics and spans", []halopsaotel.Option{
			halopsaotel.WithTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(discard{}))), halopsaotel.WithMeterProvider(meters),
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			hook, err := halopsaotel.Hook(append(bench.opts, halopsaotel.WithBaseURL("https://acme.halopsa.com"))...)
			require.NoError(b, err)
			attempt, ctx := answered(), b.Context()
			b.ReportAllocs()
			for b.Loop() {
				hook(ctx, attempt)
			}
		})
	}
}

// discard has spans recorded and keeps none.
type discard struct{}

func (discard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (discard) OnEnd(sdktrace.ReadOnlySpan)                     {}
func (discard) Shutdown(context.Context) error                  { return nil }
func (discard) ForceFlush(context.Context) error                { return nil }
