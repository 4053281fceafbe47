package halopsarecord

import (
	"fmt"
	"log/slog"
	"time"
)

// tellEvery is how often a recorder says that notes are lost, while they are.
const tellEvery = time.Hour

// losses are the notes that HaloPSA does not have, or may not have. It requires that the recorder's mu is held.
type losses struct {
	since     int64 // those that nobody was told of
	told      time.Time
	forgotten int64 // for want of memory
	reason    error // why HaloPSA took some of them last; nil where it refused none
}

// forgot counts a note for which there was no memory, and reports whether it is the first that nobody was told of.
func (l *losses) forgot() bool {
	l.since++
	l.forgotten++
	return l.since == 1
}

// refused counts notes that HaloPSA did not take.
func (l *losses) refused(n int, why error) {
	if n > 0 {
		l.since += int64(n)
		l.reason = why
	}
}

// due reports whether it is time to tell of them.
func (l *losses) due(now time.Time) bool {
	if l.since == 0 || !l.told.IsZero() && now.Sub(l.told) < tellEvery {
		return false
	}
	l.since, l.told = 0, now
	return true
}

// err is what Close returns of them.
func (l *losses) err(requests, errors Counts) error {
	refused, unknown := requests.Refused+errors.Refused, requests.Unknown+errors.Unknown
	switch lost := refused+unknown > 0; {
	case lost && l.forgotten > 0:
		return fmt.Errorf("%w: %d refused, %d unknown: %w; %w: %d for want of memory", ErrNotWritten, refused, unknown, l.reason, ErrDropped, l.forgotten)
	case lost:
		return fmt.Errorf("%w: %d refused, %d unknown: %w", ErrNotWritten, refused, unknown, l.reason)
	case l.forgotten > 0:
		return fmt.Errorf("%w: %d for want of memory", ErrDropped, l.forgotten)
	}
	return nil
}

// tell logs that notes are lost, if that is due.
func (r *Recorder) tell() {
	r.mu.Lock()
	due := r.losses.due(time.Now())
	reason, of, more := r.losses.reason, r.requests.counts, r.errors.counts
	r.mu.Unlock()
	if !due {
		return
	}
	logger := r.conf.logger
	if logger == nil {
		logger = slog.Default()
	}
	attrs := []slog.Attr{
		slog.Int64("module", r.module), slog.Int64("refused", of.Refused+more.Refused), slog.Int64("unknown", of.Unknown+more.Unknown),
		slog.Int64("dropped", of.Dropped+more.Dropped),
	}
	if reason != nil {
		attrs = append(attrs, slog.Any("error", reason))
	}
	_ = r.guarded(func() error { // a handler of the caller's that panics ends no program either
		logger.LogAttrs(r.ctx, slog.LevelWarn, "halopsarecord: notes are lost", attrs...)
		return nil
	})
}
