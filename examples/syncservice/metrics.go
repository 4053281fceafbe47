package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/halopsa-go/halopsa"
)

// metrics is what /metrics shows, in a registry of its own.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	waits      prometheus.Histogram
	mirrored   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncservice_halopsa_requests_total",
			Help: "Attempts of requests to HaloPSA, by operation and outcome: the class of the status, or why there was no answer.",
		}, []string{"op", "outcome"}),
		waits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "syncservice_halopsa_wait_seconds",
			Help:    "How long requests to HaloPSA were held back by the limit and for a token.",
			Buckets: []float64{0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300},
		}),
		mirrored: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncservice_mirrored_records_total",
			Help: "Records that were committed to the database, by log.",
		}, []string{"log"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncservice_deliveries_total",
			Help: "What became of deliveries: delivered, failed (it is tried again) or withdrawn.",
		}, []string{"outcome"}),
	}
	for _, outcome := range []string{delivered, failed, withdrawn} { // an alert needs them from the beginning
		m.deliveries.WithLabelValues(outcome)
	}
	m.registry.MustRegister(m.requests, m.waits, m.mirrored, m.deliveries,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts an attempt; it is given to halopsa.WithObserver.
func (m *metrics) observe(_ context.Context, attempt halopsa.Attempt) {
	outcome := attempt.Failure
	if outcome == "" {
		outcome = fmt.Sprintf("%dxx", attempt.StatusCode/100)
	}
	m.requests.WithLabelValues(attempt.Op, outcome).Inc()
	m.waits.Observe(attempt.Wait.Seconds())
}

// follow shows how far the mirror of a log is, and returns what counts its records.
func (m *metrics) follow(s *standing) func(n int) {
	labels := prometheus.Labels{"log": s.name}
	m.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "syncservice_follower_lag_seconds", ConstLabels: labels,
			Help: "Age of the newest state of HaloPSA that the mirror is known to hold in full; until there is one, how long the process has run.",
		}, func() float64 { return s.lag(time.Now()).Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "syncservice_follower_behind_ids", ConstLabels: labels,
			Help: "HaloPSA's newest id less that of the record mirrored last, at the last look: the mirror lacked no more records than that.",
		}, func() float64 { return float64(s.behind()) }),
	)
	counter := m.mirrored.WithLabelValues(s.name)
	return func(n int) { counter.Add(float64(n)) }
}

// deliver counts what became of a delivery.
func (m *metrics) deliver(outcome string) { m.deliveries.WithLabelValues(outcome).Inc() }
