package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// sight is how a tenant's log, or its export queue, was seen last.
type sight struct {
	tenant, log string
	looked      time.Time // when it was last seen; zero if it never was
	complete    time.Time // the mirror holds everything that HaloPSA had at this time; zero when that is not known of any
	failures    int       // in a row
	failing     time.Time // since when
	reason      string    // of the last failure
	ahead       int64     // by how many ids the cursor is above the newest record that HaloPSA has
}

// watches reports whether a log is looked at, or will be once a mistake in the tenant's settings is mended. What is left of tenants that are gone, and of
// queues that are left alone now, is nobody's concern.
func (f *fleet[D, T]) watches(tenant, log string) bool {
	return f.roster.has(tenant) && (log != exports || f.destination != nil)
}

// sights reads those of the logs that are watched, by tenant and log.
func sights(ctx context.Context, db querier, watches func(tenant, log string) bool) (all []sight, err error) {
	err = db.rows(ctx, func(row scanner) error {
		var s sight
		var looked, complete, failing sql.NullTime
		err := row.Scan(&s.tenant, &s.log, &looked, &complete, &failing, &s.failures, &s.reason, &s.ahead)
		s.looked, s.complete, s.failing = looked.Time, complete.Time, failing.Time
		if watches(s.tenant, s.log) {
			all = append(all, s)
		}
		return err
	}, `SELECT tenant, log, looked_at, complete_at, failing_since, failures, last_error, CASE WHEN newest_id < last_id THEN last_id - newest_id ELSE 0 END
		FROM looks ORDER BY tenant, log`)
	return all, err
}

// fewFailures are no reason yet to call a tenant unwell: they pass by themselves.
const fewFailures = 2

// problem says why a log is not well, or is empty. Nobody may have looked for longer than patience.
func (s sight) problem(now time.Time, patience time.Duration) string {
	switch {
	case s.failures > fewFailures:
		return fmt.Sprintf("%s: %d failures in %s: %s", s.log, s.failures, now.Sub(s.failing).Round(time.Second), s.reason)
	case s.looked.IsZero() && s.failures > 0:
		return fmt.Sprintf("%s: not seen yet: %s", s.log, s.reason)
	case s.looked.IsZero():
		return s.log + ": not seen yet"
	case now.Sub(s.looked) > patience:
		return fmt.Sprintf("%s: not seen for %s", s.log, now.Sub(s.looked).Round(time.Second))
	}
	return ""
}

// tenantHealth is how a tenant is.
type tenantHealth struct {
	OK         bool               `json:"ok"`
	Problems   []string           `json:"problems,omitempty"`
	LagSeconds map[string]float64 `json:"lag_seconds,omitempty"`
}

// report is the body of /healthz.
type report struct {
	OK       bool                     `json:"ok"`
	Problems []string                 `json:"problems,omitempty"`
	Tenants  map[string]*tenantHealth `json:"tenants"`
}

// health reports how all tenants are. The whole is well while the database responds and one tenant is: what fails for one tenant is no reason
// to restart what works for the others.
func (f *fleet[D, T]) health(ctx context.Context) report {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	now, patience := f.now(), f.conf.quietInterval+f.conf.interval+time.Minute
	r := report{Tenants: map[string]*tenantHealth{}}
	known, broken := f.roster.all()
	missing := map[string]map[string]bool{}
	for _, t := range known {
		r.Tenants[t.Name] = &tenantHealth{LagSeconds: map[string]float64{}}
		missing[t.Name] = map[string]bool{}
		for _, log := range t.logs {
			missing[t.Name][log.name] = true
		}
		if f.destination != nil {
			missing[t.Name][exports] = true
		}
	}
	all, err := sights(ctx, f.db.pool, f.watches)
	if err != nil {
		r.Problems = append(r.Problems, "the database does not respond") // its own words name hosts and users
	}
	for _, s := range all {
		t := r.Tenants[s.tenant]
		if t == nil {
			continue // it is not worked for
		}
		delete(missing[s.tenant], s.log)
		if problem := s.problem(now, patience); problem != "" {
			t.Problems = append(t.Problems, problem)
		}
		if !s.complete.IsZero() {
			t.LagSeconds[s.log] = now.Sub(s.complete).Seconds()
		}
	}
	well := 0
	for name, t := range r.Tenants {
		for log := range missing[name] {
			t.Problems = append(t.Problems, log+": not seen yet")
		}
		if t.OK = len(t.Problems) == 0; t.OK {
			well++
		}
	}
	for name, why := range broken {
		r.Tenants[name] = &tenantHealth{Problems: []string{why}}
	}
	if len(r.Problems) == 0 && well == 0 && len(r.Tenants) > 0 {
		r.Problems = append(r.Problems, "no tenant is well")
	}
	r.OK = len(r.Problems) == 0
	return r
}

// handler serves /healthz and /metrics, and with -ui what is for people.
func (f *fleet[D, T]) handler(ctx context.Context) (http.Handler, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		all := f.health(r.Context())
		respond(w, all.OK, all)
	})
	mux.HandleFunc("GET /healthz/{tenant}", func(w http.ResponseWriter, r *http.Request) {
		one := f.health(r.Context()).Tenants[r.PathValue("tenant")]
		if one == nil {
			http.NotFound(w, r)
			return
		}
		respond(w, one.OK, one)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(f.metrics.registry, promhttp.HandlerOpts{Registry: f.metrics.registry}))
	if !f.conf.ui {
		return mux, nil
	}
	return f.interfaces(ctx, mux)
}

func respond(w http.ResponseWriter, ok bool, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !ok {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}
