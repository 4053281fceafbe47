package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/halopsa-go/halopsa"
)

// metrics is what /metrics shows, in its own registry.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	waits      *prometheus.HistogramVec
	mirrored   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncservice_halopsa_requests_total",
			Help: "Attempts of requests to HaloPSA, by operation and outcome: the class of the status, or why there was no response.",
		}, []string{"tenant", "op", "outcome"}),
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "syncservice_halopsa_wait_seconds",
			Help:    "How long requests to HaloPSA were held back by the limit and for a token.",
			Buckets: []float64{0.01, 0.1, 1, 5, 15},
		}, []string{"tenant"}),
		mirrored: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncservice_mirrored_records_total",
			Help: "Records that were committed to the database, by log.",
		}, []string{"tenant", "log"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "syncservice_deliveries_total",
			Help: "What became of deliveries: delivered, failed (it is tried again), withdrawn or retired.",
		}, []string{"tenant", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.waits, m.mirrored, m.deliveries,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observer counts the attempts of a tenant's client; it is given to halopsa.WithObserver.
func (m *metrics) observer(tenant string) func(context.Context, halopsa.Attempt) {
	return func(_ context.Context, attempt halopsa.Attempt) {
		outcome := attempt.Failure
		if outcome == "" {
			outcome = fmt.Sprintf("%dxx", attempt.StatusCode/100)
		}
		m.requests.WithLabelValues(tenant, attempt.Op, outcome).Inc()
		m.waits.WithLabelValues(tenant).Observe(attempt.Wait.Seconds())
	}
}

// state shows what the database knows, which is the same in every replica.
type state struct {
	db      querier
	watches func(tenant, log string) bool
	now     func() time.Time
	logger  *slog.Logger
}

var (
	lagMetric = prometheus.NewDesc("syncservice_lag_seconds",
		"Age of the newest state of HaloPSA that is known to be mirrored in full, or of the export queue's last reading.", []string{"tenant", "log"}, nil)
	failuresMetric = prometheus.NewDesc("syncservice_failed_looks", "How many looks have failed in a row.", []string{"tenant", "log"}, nil)
	aheadMetric    = prometheus.NewDesc("syncservice_cursor_ahead_ids",
		"By how many ids the cursor is above the newest record: of deleted records, or since HaloPSA was restored from a backup.", []string{"tenant", "log"}, nil)
	ledgerMetric = prometheus.NewDesc("syncservice_ledger_exports", "Exports in the ledger, by state.", []string{"tenant", "state"}, nil)
	asideMetric  = prometheus.NewDesc("syncservice_set_aside_records", "Records that could not be read and are set aside.", []string{"tenant", "log"}, nil)
	jobsMetric   = prometheus.NewDesc("syncservice_jobs", "Jobs that are not over, by kind and state.", []string{"kind", "state"}, nil)
)

// readTimeout is how long the database may take for what is seen from outside.
const readTimeout = 2 * time.Second

// Describe describes the metrics of the database.
func (s *state) Describe(into chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{lagMetric, failuresMetric, aheadMetric, ledgerMetric, asideMetric, jobsMetric} {
		into <- desc
	}
}

// Collect reads them. While the database does not respond there are none.
func (s *state) Collect(into chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	all, err := sights(ctx, s.db, s.watches)
	for _, sight := range all {
		if !sight.complete.IsZero() {
			into <- prometheus.MustNewConstMetric(lagMetric, prometheus.GaugeValue, s.now().Sub(sight.complete).Seconds(), sight.tenant, sight.log)
		}
		into <- prometheus.MustNewConstMetric(failuresMetric, prometheus.GaugeValue, float64(sight.failures), sight.tenant, sight.log)
		if sight.log != exports { // a queue has no cursor
			into <- prometheus.MustNewConstMetric(aheadMetric, prometheus.GaugeValue, float64(sight.ahead), sight.tenant, sight.log)
		}
	}
	for desc, query := range map[*prometheus.Desc]string{
		ledgerMetric: `SELECT tenant, state, count(*) FROM deliveries GROUP BY tenant, state`,
		asideMetric:  `SELECT tenant, log, count(*) FROM set_aside GROUP BY tenant, log`,
		jobsMetric:   `SELECT kind, CAST(state AS TEXT), count(*) FROM river_job WHERE finalized_at IS NULL GROUP BY kind, state`,
	} {
		if err != nil {
			break
		}
		err = s.db.rows(ctx, func(row scanner) error {
			var a, b string
			var n int64
			err := row.Scan(&a, &b, &n)
			if err == nil && (desc == jobsMetric || s.watches(a, "")) {
				into <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), a, b)
			}
			return err
		}, query)
	}
	if err != nil {
		s.logger.Warn("the metrics of the database could not be read", "error", err)
	}
}
