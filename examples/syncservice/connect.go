package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaredis"
)

// connector returns what makes the client of a tenant. With Redis all replicas share a tenant's limit and token, without it each takes its part of
// the limit.
func connector(conf *config, m *metrics, logger *slog.Logger) (func(settings, func(context.Context, halopsa.Attempt)) (*halopsa.Client, error), error) {
	var shared redis.UniversalClient
	if conf.redis != "" {
		options, err := redis.ParseURL(conf.redis.Reveal())
		if err != nil {
			return nil, errors.New("REDIS_URL: must look like redis://user:password@host:6379/0")
		}
		shared = redis.NewClient(options)
	} else if conf.replicas > 1 {
		logger.Info("without REDIS_URL each replica takes its part of a tenant's limit", "replicas", conf.replicas,
			"requests", conf.rate/conf.replicas, "of", conf.rate, "in", conf.window)
	}
	return func(s settings, observe func(context.Context, halopsa.Attempt)) (*halopsa.Client, error) {
		options := []halopsa.ClientOption{
			halopsa.WithUserAgent(product), halopsa.WithLogger(logger.With("tenant", s.Name)), halopsa.WithObserver(m.observer(s.Name)),
			halopsa.WithObserver(observe), halopsa.WithMaxRetries(1), halopsa.WithMaxWait(longestLook), // River does the rest, and no worker waits for it
			halopsa.WithCredentialsFunc(func(context.Context) (id, secret string, err error) { // a rotated secret needs no other client
				revealed, err := s.reveal(conf.getenv)
				return s.ClientID, revealed.Reveal(), err
			}),
		}
		if s.Tenant != "" {
			options = append(options, halopsa.WithTenant(s.Tenant))
		}
		if s.Scope != "" {
			options = append(options, halopsa.WithScope(strings.Fields(s.Scope)...))
		}
		if s.AuthURL != "" {
			options = append(options, halopsa.WithAuthURL(s.AuthURL))
		}
		if shared == nil {
			return halopsa.NewClient(s.URL, append(options, halopsa.WithRateLimit(conf.rate/conf.replicas, conf.window))...)
		}
		return sharing(shared, s, conf, logger, options)
	}, nil
}

// sharing returns a client whose limit and token are in Redis.
func sharing(shared redis.UniversalClient, s settings, conf *config, logger *slog.Logger, options []halopsa.ClientOption) (*halopsa.Client, error) {
	log := halopsaredis.WithLogger(logger.With("tenant", s.Name))
	prefix := "syncservice:" + s.source() // of a tenant, not of its name: two names of one tenant share its limit
	limiter, err := halopsaredis.NewLimiter(shared, prefix+":limit", halopsaredis.WithRate(conf.rate, conf.window),
		halopsaredis.WithMargin(max(conf.window/60, 2*time.Second)), log)
	if err != nil {
		return nil, err
	}
	fetch, err := halopsa.NewTokenSource(s.URL, options...)
	if err != nil {
		return nil, err
	}
	tokens, err := halopsaredis.NewTokenSource(shared, prefix+":token:"+s.ClientID, fetch, log)
	if err != nil {
		return nil, err
	}
	return halopsa.NewClient(s.URL, append(options, halopsa.WithLimiter(limiter), halopsa.WithTokenSource(tokens))...)
}
