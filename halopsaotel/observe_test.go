package halopsaotel_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaotel"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// ofGet are the attributes of each attempt to read the record 17, and ofAnswer those of the response with it.
var (
	ofGet = values{
		"http.request.method": "GET", "url.template": "/IntegrationError/{id}", "url.full": standinURL + "/api/IntegrationError/17",
		"server.address": "standin.localhost", "server.port": int64(80),
		"halopsa.op": "IntegrationError.Get", "halopsa.path": "/IntegrationError/17",
	}
	ofAnswer = ofGet.with(values{"http.response.status_code": int64(200), "halopsa.response.size": int64(answerSize)})
)

const answerSize = 32

// TestSpans reads a record that takes a quarter of a second, in a world whose clock can be foretold.
func TestSpans(t *testing.T) {
	t.Parallel()
	const latency = 250 * time.Millisecond
	read := func(ctx context.Context, c *halopsa.Client) {
		_, _ = c.IntegrationError.Get(ctx, 17, nil, halopsa.WithQuery("includedetails", "true"))
	}
	tests := map[string]struct {
		opts   []halopsa.ClientOption
		faults []halopsatest.Fault
		call   func(context.Context, *halopsa.Client) // nil reads
		want   []wantSpan
	}{
		"success": {want: []wantSpan{{length: latency, attrs: ofAnswer}}},
		"a retry after 503": {
			faults: []halopsatest.Fault{{Status: 503, Header: http.Header{"Retry-After": {"7"}, "X-Request-Id": {"r-1"}}}},
			want: []wantSpan{
				{status: failed(""), attrs: ofGet.with(values{
					"http.response.status_code": int64(503), "error.type": "503", "halopsa.response.size": int64(0),
					"halopsa.request_id": "r-1", "halopsa.retry_after": 7.0,
				})},
				{begin: 7 * time.Second, length: latency, attrs: ofAnswer.with(values{"http.request.resend_count": int64(1)})},
			},
		},
		"a 429": {
			faults: []halopsatest.Fault{{Status: 429, Header: http.Header{"Retry-After": {"30"}}, Times: 2}},
			want: []wantSpan{
				{status: failed(""), attrs: ofGet.with(values{
					"http.response.status_code": int64(429), "error.type": "429", "halopsa.response.size": int64(0), "halopsa.retry_after": 30.0,
				})},
				{begin: 30 * time.Second, status: failed(""), attrs: ofGet.with(values{
					"http.response.status_code": int64(429), "error.type": "429", "halopsa.response.size": int64(0), "halopsa.retry_after": 30.0,
					"http.request.resend_count": int64(1), "halopsa.wait": 30.0,
				})},
				{begin: time.Minute, length: latency, attrs: ofAnswer.with(values{"http.request.resend_count": int64(2), "halopsa.wait": 30.0})},
			},
		},
		"held back by the limit": {
			opts: []halopsa.ClientOption{halopsa.WithLimiter(limiter(40 * time.Second))},
			want: []wantSpan{{begin: 40 * time.Second, length: latency, attrs: ofAnswer.with(values{"halopsa.wait": 40.0})}},
		},
		"refused by the limit": {
			opts: []halopsa.ClientOption{halopsa.WithRateLimit(1, time.Minute)},
			call: func(ctx context.Context, c *halopsa.Client) {
				read(ctx, c)
				ctx, cancel := context.WithTimeout(ctx, time.Second)
				defer cancel()
				read(ctx, c)
			},
			want: []wantSpan{
				{length: latency, attrs: ofAnswer},
				{begin: latency, status: failed("limit"), attrs: ofGet.with(values{"error.type": "limit"})},
			},
		},
		"no token": {
			faults: []halopsatest.Fault{{Resource: halopsatest.Token, Status: 401, Times: -1}},
			want:   []wantSpan{{status: failed("token"), attrs: ofGet.with(values{"error.type": "token"})}},
		},
		"canceled before it is sent": {
			opts: []halopsa.ClientOption{halopsa.WithLimiter(limiter(time.Hour))},
			call: func(ctx context.Context, c *halopsa.Client) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				read(ctx, c)
			},
			want: []wantSpan{{status: failed("canceled"), attrs: ofGet.with(values{"error.type": "canceled"})}},
		},
		"canceled under way": {
			call: func(ctx context.Context, c *halopsa.Client) {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				time.AfterFunc(latency/2, cancel)
				read(ctx, c)
			},
			want: []wantSpan{{length: latency / 2, status: failed("canceled"), attrs: ofGet.with(values{"error.type": "canceled"})}},
		},
		"past its deadline": {
			call: func(ctx context.Context, c *halopsa.Client) {
				ctx, cancel := context.WithTimeout(ctx, latency/2)
				defer cancel()
				read(ctx, c)
			},
			want: []wantSpan{{length: latency / 2, status: failed("deadline"), attrs: ofGet.with(values{"error.type": "deadline"})}},
		},
		"an attempt that times out": {
			opts: []halopsa.ClientOption{halopsa.WithTimeout(latency / 5), halopsa.WithMaxRetries(1), halopsa.WithBackoff(0, 0)},
			want: []wantSpan{
				{length: latency / 5, status: failed("timeout"), attrs: ofGet.with(values{"error.type": "timeout"})},
				{begin: latency / 5, length: latency / 5, status: failed("timeout"), attrs: ofGet.with(values{
					"error.type": "timeout", "http.request.resend_count": int64(1),
				})},
			},
		},
		"a connection that breaks": {
			opts:   []halopsa.ClientOption{halopsa.WithoutRetry()},
			faults: []halopsatest.Fault{{Kind: halopsatest.Truncated}},
			want:   []wantSpan{{length: latency, status: failed("network"), attrs: ofGet.with(values{"error.type": "network"})}},
		},
		"an answer that is too large": {
			opts: []halopsa.ClientOption{halopsa.WithMaxResponseSize(answerSize - 1)},
			want: []wantSpan{{length: latency, status: failed("too large"), attrs: ofGet.with(values{"error.type": "too_large"})}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				te := newTelemetry()
				c, h := te.newStandin(t, []halopsatest.Option{halopsatest.WithLatency(latency)}, test.opts...)
				h.Seed("IntegrationError", map[string]any{"id": 17, "error": "no such site"})
				for _, fault := range test.faults {
					h.Fault(fault)
				}
				ctx, parent := te.caller(t.Context())
				begin := time.Now()
				if test.call == nil {
					test.call = read
				}
				test.call(ctx, c)
				wantSpans(t, begin, parent, "GET /IntegrationError/{id}", test.want, te.spans.GetSpans())
			})
		})
	}
}

// limiter lets each request through after so long.
type limiter time.Duration

func (l limiter) Wait(ctx context.Context) error {
	select {
	case <-time.After(time.Duration(l)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestSpansOfOtherOperations(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		call func(context.Context, *halopsa.Client) error
		name string
		op   string
	}{
		"a list": {
			call: func(ctx context.Context, c *halopsa.Client) error {
				_, err := c.IntegratorLog.List(ctx, nil)
				return err
			},
			name: "GET /IntegratorLog", op: "IntegratorLog.List",
		},
		"a create": {
			call: func(ctx context.Context, c *halopsa.Client) error {
				_, err := c.IntegrationFieldData.Create(ctx, []halopsa.IntegrationFieldDataInput{{Name: halopsa.Set("priority")}})
				return err
			},
			name: "POST /IntegrationFieldData", op: "IntegrationFieldData.Create",
		},
		"a delete": {
			call: func(ctx context.Context, c *halopsa.Client) error { return c.IntegrationError.Delete(ctx, 17) },
			name: "DELETE /IntegrationError/{id}", op: "IntegrationError.Delete",
		},
		"another resource": {
			call: func(ctx context.Context, c *halopsa.Client) error {
				_, err := halopsa.GetOf[map[string]any](ctx, c, "Tickets", 17)
				return err
			},
			name: "GET /Tickets/{id}", op: "Tickets.Get",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			te := newTelemetry()
			c, h := te.newStandin(t, nil)
			h.Seed("IntegrationError", map[string]any{"id": 17})
			h.Seed("Tickets", map[string]any{"id": 17})
			require.NoError(t, test.call(t.Context(), c))
			spans := te.spans.GetSpans()
			require.Len(t, spans, 1)
			assert.Equal(t, test.name, spans[0].Name)
			assert.Equal(t, test.op, valuesOf(spans[0].Attributes)["halopsa.op"])
			assert.False(t, spans[0].Parent.IsValid(), "without a span in the context it is the first of its trace")
			assert.Equal(t, "github.com/halopsa-go/halopsa/halopsaotel", spans[0].InstrumentationScope.Name)
			assert.Equal(t, halopsa.Version, spans[0].InstrumentationScope.Version)
			assert.Regexp(t, `^https://opentelemetry\.io/schemas/1\.\d+\.0$`, spans[0].InstrumentationScope.SchemaURL)
		})
	}
}

// TestSpansWithoutABaseURL has none of the attributes that it would give, and no empty ones.
func TestSpansWithoutABaseURL(t *testing.T) {
	t.Parallel()
	te := newTelemetry()
	h := halopsatest.NewHandler()
	c, err := halopsa.NewClient(standinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}), te.option(t))
	require.NoError(t, err)
	_, err = c.IntegrationError.Get(t.Context(), 17, nil)
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	spans := te.spans.GetSpans()
	require.Len(t, spans, 1)
	attrs := valuesOf(spans[0].Attributes)
	assert.Equal(t, "/IntegrationError/17", attrs["halopsa.path"])
	assert.Equal(t, "standin.localhost", attrs["server.address"])
	assert.EqualValues(t, 80, attrs["server.port"])
	assert.NotContains(t, attrs, "url.full")
}

// TestSampler is asked about the outcome, so that it can keep the failures only.
func TestSampler(t *testing.T) {
	t.Parallel()
	te := newTelemetry()
	te.tracers = sdktrace.NewTracerProvider(sdktrace.WithSyncer(te.spans), sdktrace.WithSampler(onlyErrors{}))
	c, h := te.newStandin(t, nil)
	h.Seed("IntegrationError", map[string]any{"id": 17})
	for _, id := range []int64{17, 18, 17} {
		_, _ = c.IntegrationError.Get(t.Context(), id, nil)
	}
	spans := te.spans.GetSpans()
	require.Len(t, spans, 1)
	assert.Equal(t, "/IntegrationError/18", valuesOf(spans[0].Attributes)["halopsa.path"])
	_, durations := te.histogram(t, "http.client.request.duration")
	assert.Len(t, durations.DataPoints, 2, "the metrics count all")
}

type onlyErrors struct{}

func (onlyErrors) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if valuesOf(p.Attributes)["error.type"] != nil {
		return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

func (onlyErrors) Description() string { return "only errors" }

// TestTraceparent has a transport add the header, as otelhttp does: a request travels with the context of the call.
func TestTraceparent(t *testing.T) {
	t.Parallel()
	te := newTelemetry()
	h := halopsatest.NewHandler()
	c, err := halopsa.NewClient(standinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), te.option(t),
		halopsa.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			propagation.TraceContext{}.Inject(req.Context(), propagation.HeaderCarrier(req.Header))
			return h.Transport().RoundTrip(req)
		})}))
	require.NoError(t, err)
	ctx, caller := te.caller(t.Context())
	defer caller.End()
	_, err = c.IntegratorTrace.List(ctx, nil)
	require.NoError(t, err)
	requests := h.Requests()
	of := caller.SpanContext()
	assert.Equal(t, "00-"+of.TraceID().String()+"-"+of.SpanID().String()+"-01", requests[len(requests)-1].Header.Get("Traceparent"))
	require.Len(t, te.spans.GetSpans(), 1)
}

// TestManyCallsAtATime has each caller find its own attempts below its span, over real connections.
func TestManyCallsAtATime(t *testing.T) {
	t.Parallel()
	const callers, calls = 16, 8
	te := newTelemetry()
	server := halopsatest.NewServer(halopsatest.WithRateLimit(0, 0))
	defer server.Close()
	server.Seed("IntegrationError", map[string]any{"id": 17})
	c, err := halopsa.NewClient(server.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		te.option(t, halopsaotel.WithBaseURL(server.URL())))
	require.NoError(t, err)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			ctx, span := te.caller(t.Context())
			defer span.End()
			for range calls {
				_, err := c.IntegrationError.Get(ctx, 17, nil)
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	attempts := make(map[string]int)
	for _, span := range te.spans.GetSpans() {
		if span.Name == "sync" {
			attempts[span.SpanContext.SpanID().String()] += 0
			continue
		}
		attempts[span.Parent.SpanID().String()]++
		assert.Positive(t, span.EndTime.Sub(span.StartTime))
	}
	assert.Len(t, attempts, callers)
	for _, n := range attempts {
		assert.Equal(t, calls, n)
	}
	for _, name := range []string{"http.client.request.duration", "halopsa.client.wait.duration"} {
		_, histogram := te.histogram(t, name)
		require.Len(t, histogram.DataPoints, 1)
		assert.EqualValues(t, callers*calls, histogram.DataPoints[0].Count)
	}
}
