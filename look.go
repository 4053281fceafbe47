package halopsa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Look is one look of Follow at its log, or the one of Since, as [WithLooks] reports it.
type Look struct {
	// Op is the SDK's name of the operation, such as "IntegrationError.Follow".
	Op string
	// Begin is when the look began, End when it was over and all that it found had been given out.
	Begin, End time.Time
	// Cursor is the id of the last record that was given out, or where the log began.
	Cursor int64
	// Newest is the largest id that the look saw, or 0 if it saw none. The log is behind as long as it is above Cursor.
	Newest int64
	// Found is how many records the look gave out.
	Found int
	// Held is true if records are held back behind a gap in the ids, see [WithSettle].
	Held bool
	// AboveAll is true for the first look if afterID is above every id in the list: the cursor belongs to another list, such as one from before a
	// backup was restored, or the newest records are gone. Records that get ids up to the cursor do not come.
	AboveAll bool
	// Err is why the look failed, or nil. Failures is how many looks failed in a row, and Since when the first of these began.
	Err      error
	Failures int
	Since    time.Time
	// Next is when the next look begins, or zero if none follows.
	Next time.Time
}

// LogValue returns the fields.
func (l Look) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("op", l.Op), slog.Int64("cursor", l.Cursor), slog.Int64("newest", l.Newest), slog.Int("found", l.Found),
		slog.Bool("held", l.Held), slog.Bool("above_all", l.AboveAll), slog.Time("next", l.Next),
	}
	if l.Err != nil {
		attrs = append(attrs, slog.Int("failures", l.Failures), slog.Time("since", l.Since), slog.Any("error", l.Err))
	}
	return slog.GroupValue(attrs...)
}

// WithLooks calls observe after each look of Follow and of Since, so that a service knows how far it is behind without asking HaloPSA itself: what a
// look found, that it found nothing, or since when looks fail and when the next one begins. A look that fails for good is reported too.
//
// observe is called on the goroutine that ranges over the records. Several observers are called in order.
func WithLooks(observe func(ctx context.Context, look Look)) Option {
	return optionFunc(func(c *callConfig) error {
		if observe == nil {
			return badArgument("WithLooks", "the function must not be nil")
		}
		c.looks = append(c.looks[:len(c.looks):len(c.looks)], observe)
		return nil
	})
}

// WithSettle makes Follow hold back the records behind a gap in the ids until the gap is filled, or until it has known of a record above the gap for
// as long as d, which must be positive. It is for writers whose records become visible in another order than that of their ids: where 11 can be
// read before 10, 10 still comes, and first.
//
// What is held back is read again, so the stored cursor stays before the gap: exactly once holds across restarts too. Deleted records are gaps as
// well; those that were there when Follow began are waited for once, not one after the other. Since gives out what is there.
func WithSettle(d time.Duration) Option {
	return optionFunc(func(c *callConfig) error {
		if d <= 0 {
			return badArgument("WithSettle", "%s: must be positive", d)
		}
		c.hold = d
		return nil
	})
}

// gaps knows which gaps in the ids of a log have settled.
type gaps struct {
	settle time.Duration // 0 holds nothing back
	marks  []mark        // in their order
	upTo   int64         // gaps below this id have settled
}

// mark is the largest id that was known at a time.
type mark struct {
	id int64
	at time.Time
}

// know takes the largest id that is known.
func (g *gaps) know(id int64, now time.Time) {
	if g.settle > 0 && (len(g.marks) == 0 || id > g.marks[len(g.marks)-1].id) && id > g.upTo {
		g.marks = append(g.marks, mark{id, now})
	}
	for len(g.marks) > 0 && now.Sub(g.marks[0].at) >= g.settle {
		g.upTo, g.marks = g.marks[0].id, g.marks[1:]
	}
}

// holds reports whether a record is to be held back, which comes after the one with the id before.
func (g *gaps) holds(before, id int64) bool { return g.settle > 0 && id > before+1 && id > g.upTo }

// wait is how long it takes until the next gap has settled.
func (g *gaps) wait(now time.Time) time.Duration {
	if len(g.marks) == 0 {
		return g.settle
	}
	return g.marks[0].at.Add(g.settle).Sub(now)
}

// took notes a record that is given out, or set aside.
func (t *tail[T]) took(cursor int64) {
	t.look.Cursor = cursor
	t.look.Found++
}

// holds reports whether a record is held back, and with it all that come after it.
func (t *tail[T]) holds(id int64) bool {
	t.look.Held = t.look.Held || t.gaps.holds(t.look.Cursor, id)
	return t.look.Held
}

// looked reports whether the look is over. Where records are held back, the rest is only read to see the largest id, unless that is known.
func (t *tail[T]) looked() bool {
	return t.look.Held && t.oldest.at.sorted || !t.more() && t.failure() == nil
}

// pause is how long to wait for the next look.
func (t *tail[T]) pause(interval time.Duration) time.Duration {
	if t.look.Held {
		return max(0, min(interval, t.gaps.wait(time.Now())))
	}
	return interval
}

// again begins the next look.
func (t *tail[T]) again() {
	t.flight.Drop() // of the look before
	if t.look.Held {
		t.Rewind(t.look.Cursor)
	} else {
		t.Begin()
	}
	l := &t.look
	*l = Look{Op: l.Op, Begin: time.Now(), Cursor: l.Cursor, Failures: l.Failures, Since: l.Since}
}

// stuck reports whether a look has failed as the one before it did, although nothing has changed: then no further one can help.
func (t *tail[T]) stuck(err error) bool {
	var short *PaginationError
	if !errors.As(err, &short) {
		return false
	}
	before := t.failed
	t.failed = fmt.Sprint(short.Reason, short.Page, t.look.Newest, t.look.Cursor)
	return before == t.failed
}

// tell tells of the look, which is over or has failed. The next one begins after pause, if there is one.
func (t *tail[T]) tell(ctx context.Context, err error, pause time.Duration) {
	l, logger := &t.look, t.oldest.client.conf.logger
	l.End = time.Now()
	if l.Next = (time.Time{}); pause > 0 {
		l.Next = l.End.Add(pause)
	}
	if l.Err = err; err != nil {
		if l.Failures++; l.Failures == 1 {
			l.Since = l.Begin
		}
		if pause > 0 {
			logger.LogAttrs(ctx, slog.LevelWarn, "halopsa: follow continues after a pause", slog.String("op", l.Op),
				slog.Int("failures", l.Failures), slog.Duration("pause", pause), slog.Any("error", err))
		}
	} else {
		l.Failures, l.Since, t.failed = 0, time.Time{}, ""
		l.AboveAll = t.first && l.Cursor > l.Newest && !l.Held
		if t.first = false; l.AboveAll {
			logger.LogAttrs(ctx, slog.LevelWarn, "halopsa: the cursor is above every id: was a backup restored, or is it of another list?", slog.String("op", l.Op),
				slog.Int64("cursor", l.Cursor), slog.Int64("newest", l.Newest))
		}
	}
	for _, observe := range t.oldest.conf.looks {
		observe(ctx, *l)
	}
}
