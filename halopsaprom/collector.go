// Package halopsaprom makes Prometheus metrics of a client's attempts: those of [halopsa.Metrics], which halopsaotel makes for OpenTelemetry.
//
//	metrics := halopsaprom.New()
//	prometheus.MustRegister(metrics)
//	client, err := halopsa.NewClient(baseURL, halopsa.WithClientCredentials(id, secret), halopsa.WithObserver(metrics.Observe))
//
// One collector can serve any number of clients: the host and the tenant are labels. What the labels say comes from [halopsa.Attempt], which holds
// nothing secret; ids in paths are templates, so that there are few series.
package halopsaprom

import (
	"context"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/halopsa-go/halopsa"
)

// Collector counts attempts in histograms. Make it with [New]; it is safe for concurrent use.
type Collector struct{ histograms []histogram }

// histogram is one of halopsa.Metrics.
type histogram struct {
	*prometheus.HistogramVec

	record func(halopsa.Attempt) (value float64, attributes []string, ok bool)
}

var _ prometheus.Collector = (*Collector)(nil)

// New returns a collector that has counted nothing yet. It is to be registered once.
func New() *Collector {
	c := &Collector{}
	for _, m := range halopsa.Metrics() {
		labels := make([]string, len(m.Attributes))
		for i, name := range m.Attributes {
			labels[i] = underscored(name)
		}
		c.histograms = append(c.histograms, histogram{
			prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: metricName(m), Help: m.Description, Buckets: m.Bounds}, labels), m.Record,
		})
	}
	return c
}

// Observe counts an attempt; it is what [halopsa.WithObserver] takes. The context is not looked at.
func (c *Collector) Observe(_ context.Context, attempt halopsa.Attempt) {
	for _, h := range c.histograms {
		if value, attributes, ok := h.record(attempt); ok {
			h.WithLabelValues(valid(attributes)...).Observe(value)
		}
	}
}

// Describe sends the descriptions of the metrics, as [prometheus.Collector] says.
func (c *Collector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, h := range c.histograms {
		h.Describe(descriptions)
	}
}

// Collect sends the metrics, as [prometheus.Collector] says.
func (c *Collector) Collect(metrics chan<- prometheus.Metric) {
	for _, h := range c.histograms {
		h.Collect(metrics)
	}
}

// metricName is the name as OpenTelemetry's rules for Prometheus make it: http_client_request_duration_seconds.
func metricName(m halopsa.Metric) string {
	name := underscored(m.Name)
	if m.Unit == "s" {
		name += "_seconds"
	}
	return name
}

func underscored(name string) string { return strings.ReplaceAll(name, ".", "_") }

// valid makes UTF-8 of values, which a label must be: with anything else WithLabelValues panics. The values are ours to change.
func valid(values []string) []string {
	for i, value := range values {
		values[i] = strings.ToValidUTF8(value, "�")
	}
	return values
}
