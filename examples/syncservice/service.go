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

	"golang.org/x/sync/errgroup"

	"github.com/halopsa-go/halopsa"
)

// service is the whole: two followers, the export queue, and the server of /healthz and /metrics.
type service struct {
	conf      *config
	store     *store
	screen    *screen
	logger    *slog.Logger
	standings []*standing
	followers []interface {
		run(ctx context.Context) error
		look(ctx context.Context) error
	}
	queue    *exportQueue // nil where there is no destination
	arrived  atomic.Int64
	listener net.Listener
	server   *http.Server
}

// newService connects to the database and listens; it asks nothing of HaloPSA yet.
func newService(ctx context.Context, conf *config, connect func(...halopsa.ClientOption) (*halopsa.Client, error), screen *screen) (*service, error) {
	s := &service{conf: conf, screen: screen, logger: screen.logger(conf.level)}
	metrics := newMetrics()
	client, err := connect(halopsa.WithUserAgent(product), halopsa.WithObserver(metrics.observe),
		halopsa.WithLogger(s.logger), halopsa.WithRateLimit(conf.rate, rateWindow))
	if err != nil {
		return nil, err
	}
	if s.store, err = openStore(ctx, conf.database.Reveal()); err != nil {
		return nil, err
	}
	err = errors.Join(mirror(ctx, s, errorLog(client), metrics), mirror(ctx, s, requestLog(client), metrics))
	if err == nil {
		s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", conf.listen)
	}
	if err != nil {
		return nil, errors.Join(err, s.store.close())
	}
	state := &health{store: s.store, standings: s.standings, patience: patienceFor(conf.interval)}
	if conf.destination != "" {
		state.heart = &heartbeat{}
		s.queue = &exportQueue{
			client: client, store: s.store, destination: newDestination(conf.destination, conf.destinationToken), source: conf.source,
			interval: conf.interval, logger: s.logger, now: time.Now, heart: state.heart,
			counted: func(outcome string) {
				metrics.deliver(outcome)
				if outcome == delivered {
					s.arrived.Add(1)
				}
			},
		}
	}
	s.server = newHTTPServer(state, metrics)
	return s, nil
}

// mirror adds the follower of a log.
func mirror[T any](ctx context.Context, s *service, log haloLog[T], metrics *metrics) error {
	standing := newStanding(log.name, time.Now())
	cursor, err := s.store.cursor(ctx, log.name)
	if err != nil {
		return err
	}
	mirrored := 0
	if s.screen.terminal { // it is only the progress bar that needs it
		if mirrored, err = s.store.count(ctx, log.table); err != nil {
			return err
		}
	}
	standing.resume(cursor, mirrored)
	s.standings = append(s.standings, standing)
	s.followers = append(s.followers, &follower[T]{
		log: log, store: s.store, standing: standing, interval: s.conf.interval, logger: s.logger, stored: metrics.follow(standing),
	})
	return nil
}

// run works until ctx ends. What is on its way to the destination then is finished first.
func (s *service) run(ctx context.Context) error {
	s.logger.InfoContext(ctx, "started", "listen", s.listener.Addr().String(), "interval", s.conf.interval,
		"destination", s.conf.destination, "requests_in_5m", s.conf.rate)
	if s.queue == nil {
		s.logger.WarnContext(ctx, "no DESTINATION_URL is set: the export queue is left alone")
	}
	work, ctx := errgroup.WithContext(ctx)
	for _, f := range s.followers {
		work.Go(func() error { return f.run(ctx) })
		work.Go(func() error { return f.look(ctx) })
	}
	if s.queue != nil {
		work.Go(func() error { return s.queue.run(ctx) })
	}
	work.Go(func() error {
		s.screen.catchUp(ctx, s.standings)
		rest(ctx, s.conf.tell)
		return repeat(ctx, s.conf.tell, s.conf.tell, s.tell, func(error, time.Duration) {})
	})
	work.Go(func() error {
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	work.Go(func() error {
		<-ctx.Done()
		s.logger.Info("stopping")
		finishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return s.server.Shutdown(finishing)
	})
	err := work.Wait()
	s.logger.Info("stopped")
	return err
}

// tell logs how far it is.
func (s *service) tell(ctx context.Context) error {
	for _, standing := range s.standings {
		s.logger.InfoContext(ctx, "mirror", "log", standing.name, "stored", standing.total(), "behind_ids", standing.behind(),
			"lag", standing.lag(time.Now()).Round(time.Millisecond))
	}
	return nil
}

// summary is one line on what this run has done.
func (s *service) summary() string {
	return fmt.Sprintf("mirrored %d errors and %d requests, delivered %d exports",
		s.standings[0].total(), s.standings[1].total(), s.arrived.Load())
}
