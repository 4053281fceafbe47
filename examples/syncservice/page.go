package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"

	"github.com/halopsa-go/halopsa"
)

//go:embed page.html
var pageFile embed.FS

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{"age": age}).ParseFS(pageFile, "page.html"))

// shownAside is how many of the records that are set aside the page shows.
const shownAside = 100

// pageData is what the page shows.
type pageData struct {
	Now     time.Time
	Report  report
	Tenants []*pageTenant
	Aside   []asideRow
	Retired []ledgerRow
	Failing []ledgerRow
}

type pageTenant struct {
	Name, Source, Problem string
	OK                    bool
	Logs                  []pageLog
	Ledger                map[string]int64
	Aside                 int64
}

type pageLog struct {
	Log      string
	Complete time.Time
	Failures int
	Reason   string
	Ahead    int64
}

type asideRow struct {
	Tenant, Log, ID, Reason string
	At                      time.Time
}

// Again reports whether it can be read again by its id. Exports are read again by each look.
func (a asideRow) Again() bool {
	_, ok := numberOf(halopsa.BadRow{ID: a.ID})
	return ok && a.Log != exports
}

type ledgerRow struct {
	Tenant, Key, Reason string
	Failures            int64
}

// page shows what River's interface does not: the tenants, how far they are, and what could not be done.
func (f *fleet[D, T]) page(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readTimeout)
	defer cancel()
	data, err := f.pageData(ctx)
	if err != nil {
		f.logger.WarnContext(ctx, "the page could not be read", "error", err)
		http.Error(w, "the database does not respond", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
	w.Header().Set("Cache-Control", "no-store")
	_ = pageTemplate.Execute(w, data) // the reader may be gone
}

func (f *fleet[D, T]) pageData(ctx context.Context) (*pageData, error) {
	data := &pageData{Now: f.now(), Report: f.health(ctx)}
	byName := map[string]*pageTenant{}
	for name, h := range data.Report.Tenants {
		t := &pageTenant{Name: name, OK: h.OK, Ledger: map[string]int64{}}
		if known := f.roster.get(name); known != nil {
			t.Source = known.source()
		} else if len(h.Problems) > 0 {
			t.Problem = h.Problems[0]
		}
		byName[name] = t
		data.Tenants = append(data.Tenants, t)
	}
	slices.SortFunc(data.Tenants, func(a, b *pageTenant) int { // who needs a look comes first
		if a.OK != b.OK {
			return map[bool]int{false: -1, true: 1}[a.OK]
		}
		return cmp.Compare(a.Name, b.Name)
	})
	all, err := sights(ctx, f.db.pool, f.watches)
	for _, s := range all {
		if t := byName[s.tenant]; t != nil {
			t.Logs = append(t.Logs, pageLog{s.log, s.complete, s.failures, s.reason, s.ahead})
		}
	}
	return data, errors.Join(err,
		f.db.pool.rows(ctx, func(row scanner) error {
			var name, state string
			var n int64
			err := row.Scan(&name, &state, &n)
			if t := byName[name]; t != nil {
				t.Ledger[state] = n
			}
			return err
		}, `SELECT tenant, state, count(*) FROM deliveries GROUP BY tenant, state`),
		f.db.pool.rows(ctx, func(row scanner) error {
			var a asideRow
			err := row.Scan(&a.Tenant, &a.Log, &a.ID, &a.Reason, &a.At)
			if t := byName[a.Tenant]; t != nil {
				t.Aside++
			}
			if len(data.Aside) < shownAside {
				data.Aside = append(data.Aside, a)
			}
			return err
		}, `SELECT tenant, log, record_id, reason, set_aside_at FROM set_aside ORDER BY set_aside_at DESC`),
		f.db.pool.rows(ctx, func(row scanner) error {
			var l ledgerRow
			var state string
			err := row.Scan(&l.Tenant, &l.Key, &state, &l.Failures, &l.Reason)
			if state == retired {
				data.Retired = append(data.Retired, l)
			} else {
				data.Failing = append(data.Failing, l)
			}
			return err
		}, `SELECT tenant, delivery_key, state, failures, last_error FROM deliveries
			WHERE state = 'retired' OR state IN ('sending', 'delivered') AND failures > 0 ORDER BY failures DESC LIMIT 100`))
}

// age is how long ago a time was, as people say it.
func age(now, at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	d := now.Sub(at)
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(max(d, 0).Seconds()))
	}
	if d < 2*time.Hour {
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// again has a record that was set aside read again.
func (f *fleet[D, T]) again(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.FormValue("id"), 10, 64)
	if err != nil || f.roster.get(r.FormValue("tenant")) == nil {
		http.Error(w, "there is no such record", http.StatusNotFound)
		return
	}
	if _, err := f.river.Insert(r.Context(), againArgs{Tenant: r.FormValue("tenant"), Log: r.FormValue("log"), ID: id}, nil); err != nil {
		http.Error(w, "the database does not respond", http.StatusServiceUnavailable)
		return
	}
	http.Redirect(w, r, "/tenants", http.StatusSeeOther)
}

// againArgs is the job of reading a record again that was set aside.
type againArgs struct {
	Tenant string `json:"tenant"`
	Log    string `json:"log"`
	ID     int64  `json:"id"`
}

// Kind names the job.
func (againArgs) Kind() string { return "again" }

// InsertOpts let it be tried a few times only: whoever asked for it can ask again.
func (againArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: looks, UniqueOpts: once, MaxAttempts: 3}
}

type againWorker[D riverdriver.Driver[T], T any] struct {
	river.WorkerDefaults[againArgs]
	*fleet[D, T]
}

// Work reads the record, which is then mirrored and no longer set aside. One that is gone from HaloPSA stays where it is.
func (w *againWorker[D, T]) Work(ctx context.Context, job *river.Job[againArgs]) error {
	tenant, log := w.find(job.Args.Tenant, job.Args.Log)
	if tenant == nil {
		return river.JobCancel(fmt.Errorf("tenant %s is not worked for", job.Args.Tenant))
	}
	done, err := w.slowLooks.turn(tenant)
	if err != nil {
		return err
	}
	defer done()
	record, err := log.get(ctx, job.Args.ID)
	if errors.Is(err, halopsa.ErrNotFound) {
		return river.JobCancel(err)
	}
	if err != nil {
		return err
	}
	return w.db.transact(ctx, func(raw T, tx querier) error {
		if _, err := tx.exec(ctx, log.insert, append([]any{tenant.Name}, record.row...)...); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM set_aside WHERE tenant = $1 AND log = $2 AND record_id = $3`, tenant.Name, log.name, strconv.FormatInt(job.Args.ID, 10)); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[D](ctx, raw, job)
		return err
	})
}

// hostOf is the host of a Host header.
func hostOf(header string) string {
	if host, _, err := net.SplitHostPort(header); err == nil {
		return host
	}
	return header
}
