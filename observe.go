package halopsa

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/halopsa-go/halopsa/internal/attempt"
	"github.com/halopsa-go/halopsa/internal/limit"
)

// Attempt is one attempt of a call and its outcome, as [WithObserver] reports it. It holds no secrets.
type Attempt struct {
	// Host is the host of the instance, such as "acme.halopsa.com", with the port unless it is the default of HTTPS.
	Host string
	// Tenant is the name given to [WithTenant], or empty. LogValue leaves it out: as part of the token's URL it is kept out of log lines.
	Tenant string
	// Op is the SDK's name of the operation, such as "IntegrationError.Get".
	Op string
	// Method and Path are the request's method and path; the path is relative to /api and has no query.
	Method, Path string
	// Number is 1 for the first attempt of a call, 2 for its first repetition.
	Number int
	// Begin is when the attempt began to wait for the limits.
	Begin time.Time
	// Wait is how long the limits and the token held it back.
	Wait time.Duration
	// Duration is how long the exchange took after that, up to the end of the response; 0 if nothing was sent.
	Duration time.Duration
	// StatusCode is the status of the response, or 0 without a response.
	StatusCode int
	// Size is the size of the response in bytes, after decompression.
	Size int
	// RequestID is the server's id of the request, or empty.
	RequestID string
	// RetryAfter is how long the server asked to wait, or 0.
	RetryAfter time.Duration
	// Failure says in a word why there was no response, and is empty if there was one: "network", "timeout", "too large", "canceled",
	// "deadline", "limit" when the wait for the limit is too long, "token" when no token could be obtained.
	Failure string
}

// LogValue returns the fields.
func (a Attempt) LogValue() slog.Value { return slog.GroupValue(a.attrs()...) }

func (a *Attempt) attrs() []slog.Attr {
	attrs := []slog.Attr{
		slog.String("host", a.Host), slog.String("op", a.Op), slog.String("method", a.Method), slog.String("path", a.Path),
		slog.Int("attempt", a.Number), slog.Duration("waited", a.Wait), slog.Duration("took", a.Duration),
	}
	if a.Failure != "" {
		return append(attrs, slog.String("failure", a.Failure))
	}
	return append(attrs, slog.Int("status", a.StatusCode), slog.Int("bytes", a.Size), slog.String("request_id", a.RequestID))
}

// WithObserver calls observe after every attempt, for metrics and traces. Several observers are called in order.
//
// The context is the call's. observe must be safe for concurrent use, and the call waits until it returns.
func WithObserver(observe func(ctx context.Context, attempt Attempt)) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if observe == nil {
			return badArgument("WithObserver", "the observer must not be nil")
		}
		c.observers = append(c.observers, observe)
		return nil
	})
}

// Attempted tells the logger and the observers of an attempt of the call.
func (a *answer) Attempted(ctx context.Context, r attempt.Report) {
	logger, observers := a.client.conf.logger, a.client.conf.observers
	debug := logger.Enabled(ctx, slog.LevelDebug)
	if !debug && len(observers) == 0 {
		return
	}
	told := Attempt{
		Host: a.client.host, Tenant: a.client.conf.tenant,
		Op: a.req.op, Method: a.req.method, Path: a.req.path, Number: r.Number, Begin: r.Begin, Wait: r.Wait, Duration: r.Duration,
	}
	if r.Err != nil {
		told.Failure = failureKind(r.Err)
	} else {
		told.StatusCode, told.Size, told.RetryAfter = r.Response.StatusCode, len(a.Text()), a.Result.RetryAfter
		if id := requestID(r.Response.Header); id != "" {
			told.RequestID = a.secrets().String(id)
		}
	}
	if debug {
		logger.LogAttrs(ctx, slog.LevelDebug, "halopsa: attempt", told.attrs()...)
	}
	for _, observe := range observers {
		observe(ctx, told)
	}
}

// failureKind names an error without repeating its text, which can come from a transport that is not ours.
func failureKind(err error) string {
	var token *attempt.TokenError
	var own *limit.WaitError
	var wait *WaitError // of a limiter
	var size *attempt.SizeError
	var slow interface{ Timeout() bool } // more than net.Error, which asks for Temporary too
	switch {
	case errors.As(err, &token):
		return "token"
	case errors.As(err, &own), errors.As(err, &wait):
		return "limit"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline"
	case errors.As(err, &size):
		return "too large"
	case errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	}
	return "network"
}
