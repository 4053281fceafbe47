package halopsaredis

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"log/slog"
	"time"

	"github.com/halopsa-go/halopsa"
)

// LimiterOption sets up a [Limiter]; it is given to [NewLimiter].
type LimiterOption interface{ applyLimiter(*Limiter) error }

// TokenOption sets up a [TokenSource]; it is given to [NewTokenSource].
type TokenOption interface{ applyTokens(*TokenSource) error }

// Option can be given to [NewLimiter] and to [NewTokenSource].
type Option interface {
	LimiterOption
	TokenOption
}

type limiterOption func(*Limiter) error

func (f limiterOption) applyLimiter(l *Limiter) error { return f(l) }

type tokenOption func(*TokenSource) error

func (f tokenOption) applyTokens(s *TokenSource) error { return f(s) }

// WithRate sets how many requests all processes together send in any window of time; the default is 700 in 5 minutes, the tenant's rule.
//
// Every process should be given the same. While they differ, as during a rollout, each keeps to its own figure in what it adds to the common count.
func WithRate(n int, window time.Duration) LimiterOption {
	return limiterOption(func(l *Limiter) error {
		if n < 1 || window <= 0 {
			return badArgument("WithRate", "%d requests per %s: both must be positive", n, window)
		}
		l.n, l.window = n, window
		return nil
	})
}

// WithMargin sets by how much the window is longer than the server's; the default is a sixtieth of it, 5 s of 5 minutes.
//
// It is how late a request may reach the server after Redis has granted it, for the promise of [Limiter] to hold. Half of it is for Redis's
// response: one that comes later is not used, and counts as Redis failing. A margin of 0 promises nothing about requests that are delayed.
func WithMargin(margin time.Duration) LimiterOption {
	return limiterOption(func(l *Limiter) error {
		if margin < 0 {
			return badArgument("WithMargin", "%s: must not be negative", margin)
		}
		l.margin = margin
		return nil
	})
}

// WithFailOpen lets calls continue while Redis fails, where by default they wait until it is back or their contexts end.
//
// They wait for fallback instead, such as a *rate.Limiter with this process's part of the limit; with nil they wait for nothing, and more requests
// than the limit can be sent. What was sent is counted once Redis is back. After Redis has lost its count, a new one begins at once, where by
// default calls wait for a window: a second limit's worth of requests can then be sent.
func WithFailOpen(fallback halopsa.Limiter) LimiterOption {
	return limiterOption(func(l *Limiter) error {
		l.open, l.fallback = true, fallback
		return nil
	})
}

// WithKey encrypts the token in Redis with AES-256-GCM, for a Redis that others can read too.
//
// Every process needs the same key. A token that was written with another key or none is replaced, with a warning in the log, so that keys can be
// changed while processes run.
func WithKey(key [32]byte) TokenOption {
	return tokenOption(func(s *TokenSource) error {
		block, err := aes.NewCipher(key[:])
		if err != nil {
			return badArgument("WithKey", "%s", err)
		}
		s.cipher, err = cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return badArgument("WithKey", "%s", err)
		}
		return nil
	})
}

// WithLogger logs to logger that Redis fails, that it is back, and that it has lost its count; the default is [slog.Default].
//
// A nil logger turns that off. There is no line for single calls, and no token in any.
func WithLogger(logger *slog.Logger) Option {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return loggerOption{logger}
}

type loggerOption struct{ logger *slog.Logger }

func (o loggerOption) applyLimiter(l *Limiter) error    { l.outage.logger = o.logger; return nil }
func (o loggerOption) applyTokens(s *TokenSource) error { s.outage.logger = o.logger; return nil }

func badArgument(argument, format string, args ...any) error {
	return &halopsa.ArgumentError{Argument: "halopsaredis." + argument, Reason: fmt.Sprintf(format, args...)}
}
