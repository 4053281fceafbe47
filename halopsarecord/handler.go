package halopsarecord

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// fault is a note of an error in the log.
type fault struct {
	when                                     time.Time
	entityType, entityName, endpoint, errors string
	entityID, detailID                       int64
}

func (f *fault) size() int64 {
	const fixed = 256 // the note itself
	return fixed + int64(len(f.entityType)+len(f.entityName)+len(f.endpoint)+len(f.errors))
}

// Handler returns a handler that passes log records to next and takes a note of those of [slog.LevelError] and above, or as [WithLevel] says. A nil
// next passes nothing on.
//
// A note has the record's message and these attributes, in any case and group: entity_type or entity, entity_id, entity_name, endpoint or path,
// detail_id or details_id, and error or err, whose text follows the message. Without an endpoint it is that of the halopsa error among them. Other
// attributes are not recorded, nor is an entity_id or detail_id that is not a number.
func (r *Recorder) Handler(next slog.Handler) slog.Handler {
	if next == nil {
		next = slog.DiscardHandler
	}
	return &handler{recorder: r, next: next}
}

type handler struct {
	recorder *Recorder
	next     slog.Handler
	known    fault // of the attributes so far
}

// Enabled reports whether a record of this level is recorded or handled.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.recorder.conf.level.Level() || h.next.Enabled(ctx, level)
}

// Handle takes a note of an error and passes the record on.
func (h *handler) Handle(ctx context.Context, record slog.Record) error {
	if record.Level >= h.recorder.conf.level.Level() && !own(ctx) {
		h.note(record)
	}
	if !h.next.Enabled(ctx, record.Level) {
		return nil
	}
	return h.next.Handle(ctx, record)
}

// note puts an error into the queue.
func (h *handler) note(record slog.Record) {
	f := h.known
	record.Attrs(func(a slog.Attr) bool {
		f.attr(a)
		return true
	})
	if f.when = record.Time; f.when.IsZero() {
		f.when = time.Now()
	}
	switch {
	case f.errors == "":
		f.errors = record.Message
	case record.Message != "":
		f.errors = record.Message + ": " + f.errors
	}
	take(h.recorder, &h.recorder.errors, &f)
}

// WithAttrs returns a handler whose records have these attributes too.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	own := *h
	own.next = h.next.WithAttrs(attrs)
	for _, a := range attrs {
		own.known.attr(a)
	}
	return &own
}

// WithGroup returns a handler that passes the attributes of its records on in a group.
func (h *handler) WithGroup(name string) slog.Handler {
	own := *h
	own.next = h.next.WithGroup(name)
	return &own
}

// attr takes what an attribute says.
func (f *fault) attr(a slog.Attr) {
	name := strings.ToLower(a.Key)
	if !noted[name] && a.Value.Kind() != slog.KindGroup {
		return
	}
	err, isError := a.Value.Any().(error)
	if isError {
		f.endpointOf(err)
		a.Value = slog.StringValue(failureOf(err))
	}
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		for _, inner := range value.Group() {
			f.attr(inner)
		}
		return
	}
	text := value.String()
	switch name {
	case "entity_type", "entity":
		f.entityType = text
	case "entity_name":
		f.entityName = text
	case "entity_id":
		f.entityID = idOf(text)
	case "detail_id", "details_id":
		f.detailID = idOf(text)
	case "endpoint", "path":
		f.endpoint = text
	case "error", "err":
		f.errors = text
	}
}

// noted are the attributes that are recorded.
var noted = map[string]bool{
	"entity_type": true, "entity": true, "entity_name": true, "entity_id": true, "detail_id": true, "details_id": true, "endpoint": true,
	"path": true, "error": true, "err": true,
}

// idOf reads an id, or 0 where it is not a number: another system's id need not be a number.
func idOf(text string) int64 {
	id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// endpointOf takes the endpoint of an error of package halopsa, unless there is one. Of a nil pointer in an error, and of one whose methods panic,
// there is none.
func (f *fault) endpointOf(err error) {
	if f.endpoint != "" {
		return
	}
	defer func() { _ = recover() }()
	var refused *halopsa.APIError
	var call *halopsa.CallError
	var unreadable *halopsa.DecodeError
	switch {
	case errors.As(err, &refused):
		f.endpoint = refused.Method + " " + refused.Path
	case errors.As(err, &call):
		f.endpoint = call.Method + " " + call.Path
	case errors.As(err, &unreadable):
		f.endpoint = unreadable.Method + " " + unreadable.Path
	}
}
