package halopsa

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Followed is a record of a log, and where to continue after it.
//
// What Since and Follow promise, for the integration deltas, errors and requests and the integrator engine's log and traces: the records with
// an id above afterID come in the order of their ids, each once, and none is passed over, whatever is added and deleted while it runs. A
// record that is deleted before it is read does not come. The old records are not read again, but for about one of each page. Store the
// cursor together with the work on its record, and begin with it after a restart: then each record is worked on exactly once. An afterID
// of 0 begins with the first record.
//
// That holds because HaloPSA gives ids in order: a record that can be seen only after one with a larger id was yielded is not found, unless
// [WithSettle] waits for it.
// Sort, PageNo above 1, Count, [WithKey] and [WithLimit] are refused, and a PageSize below 10 is taken for 10.
//
// Since ends with the records that were there when it began. Like All, it ends with an error if a call fails, and with a
// [PaginationError], whose RecordCount is -1, where the server makes the promise impossible. It can be ranged over again, and then begins
// with afterID again.
//
// Follow never ends by itself: after what there is it waits for interval, which must be positive, and looks again, which takes one request
// where nothing is new. A failure that may pass, such as one of the network or the server, is tried again forever, after pauses that
// grow from a second to five minutes, or as long as the server asks, up to an hour; after a 504, a timeout or a response that is too large with a
// smaller page. So is a response that cannot be read, such as the HTML of a proxy: it can be a maintenance page, and nothing tells that from a
// defect that lasts. Have [WithLooks] watch for Look.Failures; [WithLogger] shows the failures at warn level. What will not pass is yielded and ends it: an
// [ErrUnauthorized], [ErrForbidden], [ErrNotFound], [ErrInvalid] or other refusal, a record that is too large, the end of ctx, and a
// [PaginationError] that more tries would not change: it came twice while nothing changed.
type Followed[T any] struct {
	// Record is nil only with an error.
	Record *T
	// Cursor is what to store together with the work on Record, and to begin with after a restart: the id of the last record given out.
	Cursor int64
}

const (
	// firstPause and longestPause bound how long Follow waits after a failure; the client's own retries come before that.
	firstPause   = time.Second
	longestPause = 5 * time.Minute
	// leastFollowed is the smallest page that Since and Follow ask for: with fewer rows most of a page would be overlap, and show no order.
	leastFollowed = 10
	// longestAskedPause is how long Follow waits at most because the server asks it to.
	longestAskedPause = time.Hour
)

// sinceOf yields the records with an id above after.
func sinceOf[T any](ctx context.Context, c *Client, at endpoint, options any, after int64, opts []RequestOption) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		log, err := newTail[T](c, at, "Since", options, after, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		defer log.flight.End()
		end := func(err error) {
			log.tell(ctx, err, 0)
			yield(nil, err)
		}
		for log.more() {
			records, err := log.read(ctx)
			if err != nil && log.smaller {
				continue
			}
			if err != nil {
				end(err)
				return
			}
			for _, record := range records {
				if err := log.setAside(record.bad); err != nil {
					end(err)
					return
				}
				log.took(record.Cursor)
				if record.bad == nil && !yield(record.Record, nil) {
					return
				}
			}
		}
		if err := log.failure(); err != nil {
			end(err)
			return
		}
		log.tell(ctx, nil, 0)
	}
}

// followOf yields the records with an id above after, now and as they come, until an error that will not pass.
func followOf[T any](
	ctx context.Context, c *Client, at endpoint, options any, after int64, interval time.Duration, opts []RequestOption,
) iter.Seq2[Followed[T], error] {
	return func(yield func(Followed[T], error) bool) {
		log, err := newTail[T](c, at, "Follow", options, after, opts)
		if err == nil && interval <= 0 {
			err = named(at.op("Follow"), badArgument("interval", "%s: must be positive", interval))
		}
		if err != nil {
			yield(Followed[T]{Cursor: after}, err)
			return
		}
		defer log.flight.End()
		end := func(err error) {
			log.tell(ctx, err, 0)
			yield(Followed[T]{Cursor: log.look.Cursor}, err)
		}
		for failures := 0; ; {
			var records []next[T]
			if log.more() {
				records, err = log.read(ctx)
			} else {
				err = log.failure()
			}
			if err != nil {
				if !log.smaller && lasting(ctx, err) || log.stuck(err) {
					end(err)
					return
				}
				pause := pauseAfter(err, failures)
				failures++
				log.tell(ctx, err, pause)
				if err := log.rest(ctx, pause); err != nil {
					end(err)
					return
				}
				log.retry()
				continue
			}
			failures = 0
			for _, record := range records {
				if log.holds(record.Cursor) {
					break
				}
				if err := log.setAside(record.bad); err != nil {
					end(err)
					return
				}
				log.took(record.Cursor)
				if record.bad == nil && !yield(record.Followed, nil) {
					return
				}
			}
			if !log.looked() {
				continue
			}
			pause := log.pause(interval)
			log.tell(ctx, nil, pause)
			if err := log.rest(ctx, pause); err != nil {
				end(err)
				return
			}
			log.again()
		}
	}
}

// tail reads what is new in a log.
type tail[T any] struct {
	*follow.Follower
	oldest, newest *walker // the list sorted by id, both ways; the same where it cannot be sorted
	flight         paging.Flight[fetched[T]]
	held           response[T] // the latest
	seen           int
	gaps           gaps
	look           Look   // the one under way
	first          bool   // none has succeeded yet
	smaller        bool   // the latest response was too much, and a smaller page is asked for next
	failed         string // how the latest look ended, if it told of what is missing
}

func newTail[T any](c *Client, at endpoint, method string, options any, after int64, opts []RequestOption) (*tail[T], error) {
	w, err := newUnsorted(c, at, method, options, opts)
	if err == nil {
		err = w.walkable()
	}
	if err == nil {
		err = w.unlimited()
	}
	if err == nil {
		err = named(w.op, checkUnsorted(w.sort, w.conf.sort, w.conf.query))
	}
	if err == nil {
		err = named(w.op, followable(w.conf))
	}
	if err != nil {
		return nil, err
	}
	t := &tail[T]{
		Follower: follow.New(after, max(w.pageSize(), leastFollowed), at.sorted), oldest: w.sortedBy(Asc("id")), newest: w.sortedBy(Desc("id")),
		gaps: gaps{settle: w.conf.hold}, look: Look{Op: w.op, Begin: time.Now(), Cursor: max(0, after)}, first: true,
	}
	t.flight = paging.Flight[fetched[T]]{AtOnce: w.conf.prefetch, Begin: t.begin}
	return t, nil
}

// fetched is the outcome of one request: its rows or its error.
type fetched[T any] struct {
	rows wire.List[T]
	err  error
}

// sorted is the list in the order of a request.
func (t *tail[T]) sorted(req page.Request) *walker {
	if req.Newest {
		return t.newest
	}
	return t.oldest
}

// begin makes a request of the log ready.
func (t *tail[T]) begin(req page.Request) func(context.Context) fetched[T] {
	w, smaller := t.sorted(req), t.Shrinks(req)
	return func(ctx context.Context) (got fetched[T]) {
		got.rows, got.err = fetch[T](ctx, w, req, paging.How{Smaller: smaller})
		return got
	}
}

// followable refuses a key of the caller's own, which the followers cannot honor.
func followable(conf *callConfig) error {
	if len(conf.key) > 0 {
		return badArgument("WithKey", "Since and Follow tell records apart by the id, which the cursor is; All takes other members")
	}
	return nil
}

// more reports whether there is something to read before the log rests.
func (t *tail[T]) more() bool {
	_, more := t.Next()
	return more
}

// read makes the next request and returns what is known by then to come next.
func (t *tail[T]) read(ctx context.Context) ([]next[T], error) {
	t.smaller = false
	req, _ := t.Next()
	if t.Shrank() {
		t.flight.Drop()
	}
	got := t.flight.Read(ctx, req, t.Ahead)
	rows, err, w := got.rows, got.err, t.sorted(req)
	if tooMuch(ctx, err) {
		t.smaller = t.TooMuch()
	}
	switch {
	case refusesPage(req, err): // there are no records there
		rows = wire.List[T]{RecordCount: -1}
	case t.smaller:
		next, _ := t.Next()
		w.resized(ctx, req, next.Size, err)
		return nil, err
	case err != nil:
		return nil, err
	}
	if rows.ByContent {
		return nil, &PaginationError{
			Call: w.tried(0), RecordCount: -1, Seen: t.seen, Page: max(1, req.Page),
			Reason: "two rows share an id, so that no cursor can say what was read; All reads such a list",
		}
	}
	from := responseOf(rows, req.Newest)
	for _, id := range from.ids {
		t.look.Newest = max(t.look.Newest, id)
	}
	t.gaps.know(t.look.Newest, time.Now())
	if unplaced := from.unplaced(t.Cursor()); len(unplaced) > 0 {
		t.Accept(follow.Answer{IDs: from.ids, RecordCount: rows.RecordCount})
		return unplaced, nil
	}
	chosen, previous := t.Accept(follow.Answer{IDs: from.ids, RecordCount: rows.RecordCount})
	if previous {
		from, t.held = t.held, from
	} else {
		t.held = from
	}
	records := from.next(chosen)
	t.seen += len(records)
	return records, nil
}

// retry makes ready for another attempt: of the same request, or of the whole look if the responses to that led nowhere.
func (t *tail[T]) retry() {
	if !t.more() {
		t.again()
	}
}

// failure returns why the pass has ended without having found out what is new, or nil.
func (t *tail[T]) failure() error {
	var f *follow.Failure
	if !errors.As(t.Err(), &f) {
		return nil
	}
	// How many of record_count's records are newer than the cursor is not known.
	return &PaginationError{Call: t.oldest.tried(0), RecordCount: -1, Seen: t.seen, Page: f.Page, Reason: f.Reason, passing: f.Passing}
}

// rest waits, unless ctx ends first.
func (t *tail[T]) rest(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		w := t.oldest
		return w.client.callError(ctx, w.request, 0, w.client.secrets(w.request, ""), context.Cause(ctx))
	}
}

// pauseAfter is how long to wait after a failure: longer with each in a row, and as long as the server asks.
func pauseAfter(err error, failures int) time.Duration {
	pause := retry.Pause(firstPause, longestPause, failures)
	var refused *APIError
	var wait *WaitError
	switch {
	case errors.As(err, &refused):
		pause = max(pause, min(refused.RetryAfter, longestAskedPause))
	case errors.As(err, &wait):
		pause = max(pause, min(wait.Wait, longestAskedPause))
	}
	return pause
}

// lasting reports whether an error is one that trying again does not cure.
func lasting(ctx context.Context, err error) bool {
	for _, target := range []error{ErrUnauthorized, ErrForbidden, ErrNotFound, ErrInvalid, errTooLarge} {
		if errors.Is(err, target) {
			return true
		}
	}
	var short *PaginationError
	var refused *APIError
	var wait *WaitError
	switch {
	case ctx.Err() != nil:
		return true
	case errors.As(err, &short):
		return !short.passing
	case errors.As(err, &wait): // for the limit, longer than ctx allows
		return errors.Is(err, context.DeadlineExceeded)
	case errors.As(err, &refused):
		switch refused.StatusCode {
		case http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests:
			return false
		}
		if refused.StatusCode < 400 {
			return refused.StatusCode >= 300
		}
		return refused.StatusCode < 500 && !refused.Edge // what stands in front of HaloPSA can be repaired
	}
	return false
}
