package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// heartbeat is when the export queue was last read, or an export delivered. It is safe for concurrent use.
type heartbeat struct {
	mu      sync.Mutex
	last    time.Time
	failure string
}

func (h *heartbeat) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last, h.failure = time.Now(), ""
}

func (h *heartbeat) failed(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failure = err.Error()
}

// problem says why the queue is not well, or is empty.
func (h *heartbeat) problem(now time.Time, patience time.Duration) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.last.IsZero() && now.Sub(h.last) <= patience:
		return ""
	case h.last.IsZero() && h.failure == "":
		return "exports: the queue was not read yet"
	case h.failure == "":
		return fmt.Sprintf("exports: the queue was not read for %s", now.Sub(h.last).Round(time.Second))
	}
	return "exports: " + h.failure
}

// health answers /healthz: 200 when the database answers, each follower has mirrored something or been found complete lately and the export
// queue was read lately; 503 with the reasons otherwise.
type health struct {
	store     *store
	standings []*standing
	heart     *heartbeat // nil where exports are not worked on
	patience  time.Duration
}

// pingTimeout is how long the database may take to answer.
const pingTimeout = 2 * time.Second

// patienceFor is how long nothing may succeed before the service is not well: a few rounds, and at least a minute, in which the client waits
// out what passes by itself.
func patienceFor(interval time.Duration) time.Duration { return max(5*interval, time.Minute) }

// report is the body of /healthz.
type report struct {
	OK         bool               `json:"ok"`
	Problems   []string           `json:"problems,omitempty"`
	LagSeconds map[string]float64 `json:"lag_seconds"`
}

func (h *health) report(ctx context.Context) report {
	now := time.Now()
	r := report{LagSeconds: make(map[string]float64, len(h.standings))}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if err := h.store.ping(ctx); err != nil {
		r.Problems = append(r.Problems, "the database does not answer") // its own words name hosts and users
	}
	for _, s := range h.standings {
		if problem := s.problem(now, h.patience); problem != "" {
			r.Problems = append(r.Problems, problem)
		}
		r.LagSeconds[s.name] = s.lag(now).Seconds()
	}
	if h.heart != nil {
		if problem := h.heart.problem(now, h.patience); problem != "" {
			r.Problems = append(r.Problems, problem)
		}
	}
	r.OK = len(r.Problems) == 0
	return r
}

func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	state := h.report(r.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !state.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(state) // the caller may be gone
}

// newHTTPServer serves /healthz and /metrics.
func newHTTPServer(h *health, m *metrics) *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", h)
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry}))
	return &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
}
