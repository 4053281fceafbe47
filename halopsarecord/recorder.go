package halopsarecord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/halopsa-go/halopsa"
)

const (
	// batchSize and longestWait are what makes a batch: so many notes, or the oldest of them waiting for so long.
	batchSize   = 50
	longestWait = 10 * time.Second
	// usualLimit and usualWindow are the tenant's rule [seen], where the client has no limit.
	usualLimit  = 700
	usualWindow = 5 * time.Minute
	// firstPause and longestPause are those after a batch that failed for a passing reason, doubled each time.
	firstPause   = 5 * time.Second
	longestPause = 5 * time.Minute
)

// Recorder writes notes of calls and errors to HaloPSA. Make it with [New]; it is safe for concurrent use.
type Recorder struct {
	client *halopsa.Client
	module int64
	conf   config
	memory secrets // of all calls, for the texts of errors

	wake   chan struct{}   // there is something to do; it holds one
	ended  chan struct{}   // closed when run has ended
	ctx    context.Context //nolint:containedctx // of the goroutine, which outlives the calls
	cancel context.CancelCauseFunc

	mu       sync.Mutex
	closing  bool
	requests queue[*call]
	errors   queue[*fault]
	bytes    int64
	sent     []time.Time // requests within the window, oldest first
	written  int64       // requests in all
	held     time.Time   // until when nothing is sent, after a failure
	pause    time.Duration
	err      error
	losses   losses
}

// config is what the options set.
type config struct {
	details     int64
	share       float64
	memory      int64
	bodies      int
	level       slog.Leveler
	logger      *slog.Logger // nil is the default one
	headers     map[string]bool
	credentials []string
}

// Option specifies what is recorded; it is given to [New].
type Option func(*config)

// WithDetailID names the connection of the module, of which a tenant can have several; by default no connection is named.
func WithDetailID(id int64) Option { return func(c *config) { c.details = id } }

// WithShare sets the part of the client's request limit that the recorder may use, more than 0 and at most 1; the default is 0.1, a tenth. It is
// at least one request per window. If the client has no built-in limit, it is a share of 700 requests in 5 minutes, the tenant's usual limit.
// Other values mean the default.
func WithShare(share float64) Option {
	return func(c *config) {
		if share > 0 && share <= 1 {
			c.share = share
		}
	}
}

// WithMemory sets how many bytes of notes may wait; the default is 8 MiB. Values below 1 mean the default.
func WithMemory(bytes int64) Option {
	return func(c *config) {
		if bytes > 0 {
			c.memory = bytes
		}
	}
}

// WithBodies records the bodies of requests and responses too, up to so many bytes of each; the default is 0, none of them.
//
// A body is recorded as far as it was sent and read, if it is text. See the package for what is taken out of it.
func WithBodies(most int) Option { return func(c *config) { c.bodies = max(0, most) } }

// WithLevel sets the level from which [Recorder.Handler] records; the default is [slog.LevelError]. Nil means the default.
func WithLevel(level slog.Leveler) Option {
	return func(c *config) {
		if level != nil {
			c.level = level
		}
	}
}

// WithLogger sets where the recorder says that notes are lost; the default is [slog.Default]. Nil means the default.
//
// It logs a line at warn level when HaloPSA first refuses notes, as it does where the credentials may not write the log, when it is not known
// whether it has written them, or when memory runs out; and another one at most once an hour while that lasts. What it logs it does not record.
func WithLogger(logger *slog.Logger) Option { return func(c *config) { c.logger = logger } }

// WithHeaders records the values of these headers too, in any case. See the package for which are recorded by default.
func WithHeaders(names ...string) Option {
	return func(c *config) {
		for _, name := range names {
			c.headers[folded(name)] = true
		}
	}
}

// WithCredentials takes out the values of members, parameters and headers with these names too, in any case.
func WithCredentials(names ...string) Option {
	return func(c *config) {
		for _, name := range names {
			c.credentials = append(c.credentials, folded(name))
		}
	}
}

// New returns a recorder that writes through client, for the integration module with this id. It starts a goroutine, which [Recorder.Close] ends.
//
// It writes when 50 notes of a kind wait or the oldest has waited for 10 s; see the package for what is written.
//
// New panics where client is nil or module is not positive.
func New(client *halopsa.Client, module int64, opts ...Option) *Recorder {
	switch {
	case client == nil:
		panic("halopsarecord: New: the client is nil")
	case module <= 0:
		panic("halopsarecord: New: the id of the module must be positive")
	}
	r := &Recorder{
		client: client, module: module, wake: make(chan struct{}, 1), ended: make(chan struct{}),
		conf: config{share: 0.1, memory: 8 << 20, level: slog.LevelError, headers: make(map[string]bool)},
	}
	for _, opt := range opts {
		if opt != nil {
			opt(&r.conf)
		}
	}
	r.ctx, r.cancel = context.WithCancelCause(context.WithValue(context.Background(), ownKey{}, true))
	go r.run()
	return r
}

// Format prints the module that the recorder writes for, whatever the verb: what waits and what was taken out of it can be credentials.
func (r *Recorder) Format(f fmt.State, _ rune) {
	var module int64
	if r != nil {
		module = r.module
	}
	_, _ = fmt.Fprintf(f, "halopsarecord.Recorder{module %d}", module)
}

// ownKey marks the context of the recorder's own calls.
type ownKey struct{}

// own reports whether a call is the recorder's.
func own(ctx context.Context) bool { return ctx != nil && ctx.Value(ownKey{}) != nil }

// Counts are what became of notes. Seen is the sum of the others.
type Counts struct {
	// Seen is how many calls or errors there were.
	Seen int64
	// Written are in HaloPSA.
	Written int64
	// Unknown may be in HaloPSA: they are not sent again, since that could make duplicates.
	Unknown int64
	// Refused are those that HaloPSA would not take.
	Refused int64
	// Dropped were not sent, for want of memory, or after the end of [Recorder.Close].
	Dropped int64
	// Waiting are still to be sent.
	Waiting int64
}

// State is what a recorder has done, as [Recorder.State] returns it.
type State struct {
	// Requests are the calls, which become IntegrationRequests, and Errors the log lines, which become IntegrationErrors.
	Requests, Errors Counts
	// Bytes is how much memory the waiting notes take.
	Bytes int64
	// Sent is how many requests the recorder has made.
	Sent int64
	// HeldUntil is until when it makes none, after one that failed; the zero time, or one in the past, is not at all.
	HeldUntil time.Time
	// Err is why the last one failed, or nil.
	Err error
}

// LogValue returns the counts.
func (s State) LogValue() slog.Value {
	counts := func(name string, c Counts) slog.Attr {
		return slog.Group(name, slog.Int64("seen", c.Seen), slog.Int64("written", c.Written), slog.Int64("unknown", c.Unknown),
			slog.Int64("refused", c.Refused), slog.Int64("dropped", c.Dropped), slog.Int64("waiting", c.Waiting))
	}
	attrs := []slog.Attr{counts("requests", s.Requests), counts("errors", s.Errors), slog.Int64("bytes", s.Bytes), slog.Int64("sent", s.Sent)}
	if s.Err != nil {
		attrs = append(attrs, slog.String("error", s.Err.Error()))
	}
	return slog.GroupValue(attrs...)
}

// State returns what the recorder has done so far, for metrics.
func (r *Recorder) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return State{
		Requests: r.requests.state(), Errors: r.errors.state(), Bytes: r.bytes, Sent: r.written, HeldUntil: r.held, Err: r.err,
	}
}

var (
	// ErrDropped is returned by [Recorder.Close] when notes were not sent: for want of memory, or since Close ended first.
	ErrDropped = errors.New("halopsarecord: notes were dropped")
	// ErrNotWritten is returned by [Recorder.Close] when HaloPSA has refused notes, or when it is not known whether it has written them.
	ErrNotWritten = errors.New("halopsarecord: notes were not written, or may not have been")
)

// errClosed is the cause of the context of the goroutine after its end.
var errClosed = errors.New("the recorder is closed")

// Close sends what is left, within the recorder's share of the limit, and ends its goroutine. Calls and log lines that come later pass, and are
// counted as dropped.
//
// It returns when everything is sent or ctx ends. What then is left is dropped, and the error is an [ErrDropped] that has the cause of ctx too. It is
// an ErrDropped also where memory ran out before, and an [ErrNotWritten], with the last reason, where HaloPSA did not take notes: [Recorder.State]
// has the counts. A second call waits for the first one.
//
// In a bubble of testing/synctest call Close before the test ends: until then the recorder's goroutine keeps the bubble from ending.
func (r *Recorder) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
	r.awake()
	select {
	case <-r.ended:
	case <-ctx.Done():
		r.cancel(context.Cause(ctx))
		<-r.ended
	}
	r.cancel(errClosed) // unless the context of this call or of another one was first
	var dropped error
	if left := r.dropLeft(); left > 0 {
		dropped = fmt.Errorf("%w: %d at the end: %w", ErrDropped, left, context.Cause(r.ctx)) //nolint:contextcheck // the one that ended first
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(dropped, r.losses.err(r.requests.counts, r.errors.counts))
}

// dropLeft drops what still waits and returns how much it is.
func (r *Recorder) dropLeft() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := r.requests.drop() + r.errors.drop()
	r.bytes = 0
	return left
}

// awake tells the goroutine that there is something to do.
func (r *Recorder) awake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// take puts a note into its queue, or drops it.
func take[N note](r *Recorder, q *queue[N], n N) {
	r.mu.Lock()
	size := n.size()
	q.counts.Seen++
	if r.closing || r.bytes+size > r.conf.memory {
		q.counts.Dropped++
		full := !r.closing && r.losses.forgot()
		r.mu.Unlock()
		if full {
			r.awake()
		}
		return
	}
	if r.bytes += size; len(q.notes) == 0 {
		q.since = time.Now()
	}
	q.notes = append(q.notes, n)
	begins := len(q.notes) == 1 || len(q.notes) == q.size()
	r.mu.Unlock()
	if begins {
		r.awake()
	}
}
