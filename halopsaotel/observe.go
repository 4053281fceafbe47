package halopsaotel

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/semconv/v1.43.0/httpconv"
	"go.opentelemetry.io/otel/trace"

	"github.com/halopsa-go/halopsa"
)

// scopeName is the instrumentation scope of what this package records.
const scopeName = "github.com/halopsa-go/halopsa/halopsaotel"

// What the conventions have no name for. The size is none of http.response.body.size, which is that before decompression.
const (
	opKey         = attribute.Key("halopsa.op")
	pathKey       = attribute.Key("halopsa.path")
	requestIDKey  = attribute.Key("halopsa.request_id")
	sizeKey       = attribute.Key("halopsa.response.size")
	retryAfterKey = attribute.Key("halopsa.retry_after")
	waitKey       = attribute.Key("halopsa.wait")

	waitName = "halopsa.client.wait.duration"
)

// waitBounds reach from a token's fetch over the tenant's window of 5 minutes to the hour for which a client puts up with 429s, in seconds.
var waitBounds = []float64{0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600}

// Observe returns the option of [halopsa.NewClient] that makes spans and metrics of every attempt.
//
// A span is of the kind client, named by the method and the template of the path, such as "GET /IntegrationError/{id}", and lasts from when the
// attempt was let through to the end of its answer. It is made afterwards, when the attempt is over: the context that the request travels with
// holds the caller's span. A status of 400 or more, and any failure, is an error. An attempt that sent nothing, because of the limit, the token or
// its context, is a span of no length, and in no histogram but that of the waits.
//
// The error is a [halopsa.ErrInvalid] for an option, or the meter provider's.
func Observe(opts ...Option) (halopsa.ClientOption, error) {
	o, err := newObserver(opts)
	if err != nil {
		return nil, err
	}
	return halopsa.WithObserver(o.observe), nil
}

// observer makes spans and metrics of attempts.
type observer struct {
	tracer         trace.Tracer
	duration, wait metric.Float64Histogram
	base           string
	server         []attribute.KeyValue
}

func newObserver(opts []Option) (*observer, error) {
	conf := config{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.apply(&conf); err != nil {
			return nil, err
		}
	}
	o := &observer{base: conf.base, server: conf.server}
	o.tracer = conf.tracers.Tracer(scopeName, trace.WithInstrumentationVersion(halopsa.Version), trace.WithSchemaURL(semconv.SchemaURL))
	meter := conf.meters.Meter(scopeName, metric.WithInstrumentationVersion(halopsa.Version), metric.WithSchemaURL(semconv.SchemaURL))
	duration, err := httpconv.NewClientRequestDuration(meter) // with the conventions' buckets
	if err != nil {
		return nil, fmt.Errorf("halopsaotel: %w", err)
	}
	o.duration = duration.Inst()
	o.wait, err = meter.Float64Histogram(waitName, metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(waitBounds...),
		metric.WithDescription("How long the limits and the token held back attempts."))
	if err != nil {
		return nil, fmt.Errorf("halopsaotel: %w", err)
	}
	return o, nil
}

// observe makes the span of a, and counts it.
func (o *observer) observe(ctx context.Context, a halopsa.Attempt) {
	target := template(a.Op, a.Path)
	attrs := make([]attribute.KeyValue, 0, 16)
	attrs = append(attrs, semconv.HTTPRequestMethodKey.String(a.Method), semconv.URLTemplate(target))
	attrs = append(attrs, o.server...)
	common := attrs
	if kind := errorType(&a); kind != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(kind))
	}
	if a.StatusCode != 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(a.StatusCode))
	}
	// The sets first: they sort what they are given in place, and a tracer may keep what it is given.
	waited, counted := attribute.NewSet(common...), attribute.NewSet(attrs...)
	attrs = o.details(attrs, &a)

	begin := a.Begin.Add(a.Wait)
	ctx, span := o.tracer.Start(ctx, a.Method+" "+target, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(begin),
		trace.WithAttributes(attrs...)) // all of them, so that a sampler can look at the outcome
	switch {
	case a.Failure != "":
		span.SetStatus(codes.Error, a.Failure)
	case a.StatusCode >= http.StatusBadRequest:
		span.SetStatus(codes.Error, "") // the status code says it
	}
	span.End(trace.WithTimestamp(begin.Add(a.Duration)))

	// With the span's context, an exemplar leads from a histogram to the attempt.
	if !sent(&a) {
		o.wait.Record(ctx, a.Wait.Seconds(), metric.WithAttributeSet(counted)) // with the reason
		return
	}
	o.wait.Record(ctx, a.Wait.Seconds(), metric.WithAttributeSet(waited))
	o.duration.Record(ctx, a.Duration.Seconds(), metric.WithAttributeSet(counted))
}

// details adds to attrs what only a span has.
func (o *observer) details(attrs []attribute.KeyValue, a *halopsa.Attempt) []attribute.KeyValue {
	attrs = append(attrs, opKey.String(a.Op), pathKey.String(a.Path))
	if o.base != "" {
		attrs = append(attrs, semconv.URLFull(o.base+"/api"+a.Path)) // without the query, whose values can be anything
	}
	if a.Number > 1 {
		attrs = append(attrs, semconv.HTTPRequestResendCount(a.Number-1))
	}
	if a.Wait > 0 {
		attrs = append(attrs, waitKey.Float64(a.Wait.Seconds()))
	}
	if a.StatusCode != 0 {
		attrs = append(attrs, sizeKey.Int(a.Size))
	}
	if a.RequestID != "" {
		attrs = append(attrs, requestIDKey.String(a.RequestID))
	}
	if a.RetryAfter > 0 {
		attrs = append(attrs, retryAfterKey.Float64(a.RetryAfter.Seconds()))
	}
	return attrs
}

// sent reports whether anything of an attempt was sent.
func sent(a *halopsa.Attempt) bool { return a.Duration > 0 || a.StatusCode != 0 }

// errorType names what went wrong, as an identifier, or is empty.
func errorType(a *halopsa.Attempt) string {
	if a.Failure != "" {
		return strings.ReplaceAll(a.Failure, " ", "_")
	}
	if a.StatusCode >= http.StatusBadRequest {
		return strconv.Itoa(a.StatusCode)
	}
	return ""
}
