package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"golang.org/x/sync/errgroup"
)

// fleet is the whole: the tenants, the jobs of River that work for them, and the server of /healthz and /metrics. Any number of processes can
// run it on one PostgreSQL database, and each does any job.
type fleet[D riverdriver.Driver[T], T any] struct {
	conf        *config
	db          *database[D, T]
	river       *river.Client[T]
	roster      *roster
	destination *destination // nil where exports are left alone
	metrics     *metrics
	logger      *slog.Logger
	now         func() time.Time
	ahead       atomic.Int64 // nanoseconds by which the database's clock is
	totals      totals
	listener    net.Listener

	slowLooks, slowDeliveries lane
	writes                    chan struct{} // one for each look that writes
}

// totals are what this process has done, for the summary.
type totals struct{ errors, requests, exports atomic.Int64 }

// planned is how often the looks that are missing are inserted.
const planned = time.Minute

// newFleet migrates the database, reads the tenants and listens; it asks nothing of HaloPSA yet.
func newFleet[D riverdriver.Driver[T], T any](ctx context.Context, conf *config, db *database[D, T], logger *slog.Logger) (*fleet[D, T], error) {
	f := &fleet[D, T]{
		conf: conf, db: db, logger: logger, metrics: newMetrics(),
		slowLooks: make(lane, slowLooks), slowDeliveries: make(lane, slowDeliveries), writes: make(chan struct{}, lookWrites),
	}
	f.now = f.time
	if conf.destination != "" {
		f.destination = newDestination(conf.destination, conf.destinationToken)
	}
	if err := db.migrate(ctx); err != nil {
		return nil, err
	}
	if err := f.readClock(ctx); err != nil {
		return nil, err
	}
	connect, err := connector(conf, f.metrics, logger)
	if err != nil {
		return nil, err
	}
	f.roster = &roster{connect: connect, getenv: conf.getenv}
	if err := f.reload(ctx); err != nil {
		known, _ := f.roster.all()
		if bound := (*boundError)(nil); errors.As(err, &bound) || len(known) == 0 {
			return nil, err
		}
		logger.ErrorContext(ctx, "some tenants are not worked for", "error", err)
	}
	f.metrics.registry.MustRegister(&state{db.pool, f.watches, f.now, logger})
	workers := river.NewWorkers()
	river.AddWorker(workers, &planWorker[D, T]{fleet: f})
	river.AddWorker(workers, &lookWorker[D, T]{fleet: f})
	river.AddWorker(workers, &exportsWorker[D, T]{fleet: f})
	river.AddWorker(workers, &deliverWorker[D, T]{fleet: f})
	river.AddWorker(workers, &againWorker[D, T]{fleet: f})
	f.river, err = river.NewClient[T](db.driver, &river.Config{
		Logger: slog.New(loud{logger.Handler()}), Workers: workers, Queues: map[string]river.QueueConfig{looks: {MaxWorkers: lookWorkers}, deliveries: {MaxWorkers: deliveryWorkers}},
		JobTimeout: jobTimeout, RescueStuckJobsAfter: takenOverAfter, RetryPolicy: retries{}, SoftStopTimeout: softStop,
		// A completed delivery holds the export, and there are very many looks.
		CompletedJobRetentionPeriod: 10 * time.Minute, CancelledJobRetentionPeriod: time.Hour, DiscardedJobRetentionPeriod: 24 * time.Hour,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(planned), func() (river.JobArgs, *river.InsertOpts) {
			return planArgs{}, nil
		}, &river.PeriodicJobOpts{RunOnStart: true})},
	})
	if err != nil {
		return nil, err
	}
	f.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", conf.listen)
	return f, err
}

// reload reads the tenants again. Its error says what is wrong with any of them; the others are worked for.
func (f *fleet[D, T]) reload(ctx context.Context) error {
	all, err := f.conf.tenants(ctx, f.db.pool)
	if err != nil {
		return err
	}
	return f.roster.set(ctx, f.db.pool, all)
}

// run works until ctx ends. What is on its way to the destination then is finished first.
func (f *fleet[D, T]) run(ctx context.Context) error {
	tenants, _ := f.roster.all()
	f.logger.InfoContext(ctx, "started", "worker", f.river.ID(), "listen", f.listener.Addr().String(), "tenants", len(tenants), "destination", f.conf.destination,
		"interval", f.conf.interval, "quiet_interval", f.conf.quietInterval)
	if f.destination == nil {
		f.logger.WarnContext(ctx, "no DESTINATION_URL is set: export queues are left alone")
	}
	handler, err := f.handler(ctx)
	if err != nil {
		return err
	}
	if err := f.river.Start(ctx); err != nil {
		return err
	}
	if _, err := f.river.Insert(ctx, planArgs{}, nil); err != nil && ctx.Err() == nil { // the periodic one waits for a leader
		f.logger.WarnContext(ctx, "the first plan is late", "error", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { f.keepReloading(ctx); return nil })
	work.Go(func() error { f.keepTakingOver(ctx); return nil })
	work.Go(func() error {
		if err := server.Serve(f.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	work.Go(func() error {
		<-ctx.Done()
		f.logger.Info("stopping")
		finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStop+5*time.Second)
		defer cancel()
		return errors.Join(f.river.Stop(finishing), server.Shutdown(finishing))
	})
	err = work.Wait()
	f.logger.Info("stopped")
	return err
}

// keepReloading reads the tenants again and again until ctx ends, and has new ones looked at.
func (f *fleet[D, T]) keepReloading(ctx context.Context) {
	ticker := time.NewTicker(f.conf.reload)
	defer ticker.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		before, _ := f.roster.all()
		err := errors.Join(f.readClock(ctx), f.reload(ctx))
		if ctx.Err() != nil {
			return
		}
		wrong := fmt.Sprint(err)
		if err != nil && wrong != said { // each time would drown the rest
			f.logger.ErrorContext(ctx, "not all tenants are worked for", "error", err)
		}
		said = wrong
		if after, _ := f.roster.all(); len(after) != len(before) {
			f.logger.InfoContext(ctx, "the tenants have changed", "tenants", len(after), "before", len(before))
			if _, err := f.river.Insert(ctx, planArgs{}, nil); err != nil {
				f.logger.WarnContext(ctx, "the next plan is late", "error", err)
			}
		}
	}
}

// pause is how long after a look the next one is due, when so many have found nothing.
func (f *fleet[D, T]) pause(quiet int) time.Duration {
	return min(f.conf.interval<<min(quiet, 20), max(f.conf.quietInterval, f.conf.interval))
}

// mirrored counts records that were committed.
func (f *fleet[D, T]) mirrored(t *tenant, log string, n int) {
	f.metrics.mirrored.WithLabelValues(t.Name, log).Add(float64(n))
	if log == "errors" {
		f.totals.errors.Add(int64(n))
	} else {
		f.totals.requests.Add(int64(n))
	}
}

// counted counts what became of a delivery.
func (f *fleet[D, T]) counted(t *tenant, outcome string) {
	f.metrics.deliveries.WithLabelValues(t.Name, outcome).Inc()
	if outcome == delivered {
		f.totals.exports.Add(1)
	}
}

// summary is one line on what this run has done.
func (f *fleet[D, T]) summary() string {
	return fmt.Sprintf("mirrored %d errors and %d requests, delivered %d exports", f.totals.errors.Load(), f.totals.requests.Load(), f.totals.exports.Load())
}

// loud is a log of warnings and worse: River tells of each job that failed, as this service does.
type loud struct{ slog.Handler }

func (h loud) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h loud) WithAttrs(attrs []slog.Attr) slog.Handler { return loud{h.Handler.WithAttrs(attrs)} }
func (h loud) WithGroup(name string) slog.Handler       { return loud{h.Handler.WithGroup(name)} }
