package halopsaotel

import (
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/halopsa-go/halopsa"
)

// Option sets up [Observe].
type Option interface{ apply(*config) error }

// config is what the options set.
type config struct {
	tracers trace.TracerProvider
	meters  metric.MeterProvider
	base    string // scheme, host and path of the instance, without /api; "" is unknown
	server  []attribute.KeyValue
}

type optionFunc func(*config) error

func (f optionFunc) apply(c *config) error { return f(c) }

// WithTracerProvider makes the spans with provider; the default is the global one, [otel.GetTracerProvider].
//
// That of go.opentelemetry.io/otel/trace/noop turns them off.
func WithTracerProvider(provider trace.TracerProvider) Option {
	return optionFunc(func(c *config) error {
		if provider == nil {
			return badArgument("WithTracerProvider", "the provider must not be nil")
		}
		c.tracers = provider
		return nil
	})
}

// WithMeterProvider records the metrics with provider; the default is the global one, [otel.GetMeterProvider].
//
// That of go.opentelemetry.io/otel/metric/noop turns them off.
func WithMeterProvider(provider metric.MeterProvider) Option {
	return optionFunc(func(c *config) error {
		if provider == nil {
			return badArgument("WithMeterProvider", "the provider must not be nil")
		}
		c.meters = provider
		return nil
	})
}

// WithBaseURL names the instance, by the base URL that the client is given, for url.full.
//
// An attempt tells server.address, server.port and the tenant, but not the rest of the URL: without this url.full is missing, although the
// conventions ask for it. One observer for clients of several instances must do without it.
func WithBaseURL(baseURL string) Option {
	return optionFunc(func(c *config) error {
		u, err := url.Parse(strings.TrimSpace(baseURL))
		// The text is not repeated: it can be a URL with a password in it.
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return badArgument("WithBaseURL", "no base URL of an instance; it looks like https://acme.halopsa.com")
		}
		port := map[string]int{"https": 443, "http": 80}[u.Scheme]
		if u.Port() != "" {
			if port, err = strconv.Atoi(u.Port()); err != nil {
				return badArgument("WithBaseURL", "its port is not a number")
			}
		}
		c.base = u.Scheme + "://" + u.Host + instancePath(u.EscapedPath())
		c.server = []attribute.KeyValue{semconv.ServerAddress(u.Hostname()), semconv.ServerPort(port)}
		return nil
	})
}

// instancePath drops what NewClient drops of a base URL that was copied from somewhere.
func instancePath(path string) string {
	path = strings.TrimRight(path, "/")
	for _, suffix := range []string{"/token", "/api", "/auth"} {
		if n := len(path) - len(suffix); n >= 0 && strings.EqualFold(path[n:], suffix) {
			path = strings.TrimRight(path[:n], "/")
		}
	}
	return path
}

func badArgument(argument, reason string) error {
	return &halopsa.ArgumentError{Argument: "halopsaotel." + argument, Reason: reason}
}
