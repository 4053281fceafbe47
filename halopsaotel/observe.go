package halopsaotel

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/halopsa-go/halopsa"
)

// scopeName is the instrumentation scope of what this package records.
const scopeName = "github.com/halopsa-go/halopsa/halopsaotel"

// What the conventions have no name for. The size is not http.response.body.size, which is that before decompression.
const (
	opKey         = attribute.Key("halopsa.op")
	pathKey       = attribute.Key("halopsa.path")
	requestIDKey  = attribute.Key("halopsa.request_id")
	tenantKey     = attribute.Key("halopsa.tenant")
	sizeKey       = attribute.Key("halopsa.response.size")
	retryAfterKey = attribute.Key("halopsa.retry_after")
	waitKey       = attribute.Key("halopsa.wait")
)

// Observe returns the option of [halopsa.NewClient] that records spans and metrics for every attempt.
//
// A span is of the kind client, named by the method and the template of the path, such as "GET /IntegrationError/{id}", and lasts from when the
// attempt was let through to the end of its response. It is created afterwards, when the attempt is over: the context that the request travels with
// holds the caller's span. A status of 400 or more, and any failure, is an error. An attempt that sent nothing, because of the limit, the token or
// its context, is a span of zero length, and is counted only in the histogram of the waits.
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
	tracer  trace.Tracer
	metrics []recorder
	base    string
	server  []attribute.KeyValue
}

// recorder records one of halopsa.Metrics.
type recorder struct {
	halopsa.Metric

	histogram metric.Float64Histogram
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
	for _, m := range halopsa.Metrics() {
		histogram, err := meter.Float64Histogram(m.Name, metric.WithUnit(m.Unit), metric.WithExplicitBucketBoundaries(m.Bounds...),
			metric.WithDescription(m.Description))
		if err != nil {
			return nil, fmt.Errorf("halopsaotel: %w", err)
		}
		o.metrics = append(o.metrics, recorder{m, histogram})
	}
	return o, nil
}

// observe makes the span of a, and counts it.
func (o *observer) observe(ctx context.Context, a halopsa.Attempt) {
	target := a.Template()
	attrs := make([]attribute.KeyValue, 0, 16)
	attrs = append(attrs, semconv.HTTPRequestMethodKey.String(a.Method), semconv.URLTemplate(target))
	attrs = append(attrs, o.serverOf(&a)...)
	if kind := a.ErrorType(); kind != "" {
		attrs = append(attrs, semconv.ErrorTypeKey.String(kind))
	}
	if a.StatusCode != 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(a.StatusCode))
	}
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
	for _, m := range o.metrics {
		if value, attributes, ok := m.Record(a); ok {
			m.histogram.Record(ctx, value, metric.WithAttributeSet(o.set(m.Attributes, attributes)))
		}
	}
}

// set makes the attributes of a metric.
func (o *observer) set(names, values []string) attribute.Set {
	attrs := make([]attribute.KeyValue, 0, len(names)+len(o.server))
	for i, name := range names {
		if values[i] == "" {
			continue
		}
		attrs = append(attrs, keyValue(name, values[i]))
	}
	return attribute.NewSet(append(attrs, o.server...)...) // of two with one name the last counts
}

// serverOf returns what tells the instance, as the option or the attempt says.
func (o *observer) serverOf(a *halopsa.Attempt) []attribute.KeyValue {
	if o.server != nil {
		return o.server
	}
	address, port := a.Server()
	if address == "" || port == 0 {
		return nil
	}
	return []attribute.KeyValue{semconv.ServerAddress(address), semconv.ServerPort(port)}
}

// keyValue makes an attribute of one of the metrics': a port and a status are numbers.
func keyValue(name, value string) attribute.KeyValue {
	switch key := attribute.Key(name); key {
	case semconv.ServerPortKey, semconv.HTTPResponseStatusCodeKey:
		if n, err := strconv.Atoi(value); err == nil {
			return key.Int(n)
		}
	}
	return attribute.String(name, value)
}

// details adds to attrs what only a span has.
func (o *observer) details(attrs []attribute.KeyValue, a *halopsa.Attempt) []attribute.KeyValue {
	attrs = append(attrs, opKey.String(a.Op), pathKey.String(a.Path))
	if a.Tenant != "" {
		attrs = append(attrs, tenantKey.String(a.Tenant))
	}
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
