package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// notices tell on the error output what a call does not end with: HaloPSA's warnings, and why it takes long.
func (t *terminal) notices() []halopsa.ClientOption {
	return []halopsa.ClientOption{
		halopsa.WithLogger(slog.New(&notices{Handler: slog.DiscardHandler, t: t})),
		halopsa.WithObserver(func(_ context.Context, a halopsa.Attempt) {
			if a.RetryAfter > longWait {
				fmt.Fprintf(t.err, "%s: HaloPSA asks to wait for %s.\n", a.Op, a.RetryAfter)
			}
		}),
	}
}

// longWait is how long a person waits without asking why.
const longWait = 3 * time.Second

// notices is a log handler for a person: it shows warnings in one line, without time and level.
type notices struct {
	slog.Handler
	t *terminal
}

// Enabled reports whether a record is shown.
func (n *notices) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle shows a record.
func (n *notices) Handle(_ context.Context, r slog.Record) error {
	said := strings.TrimPrefix(r.Message, "halopsa: ")
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok { // its text is for people, its LogValue for machines
			said += fmt.Sprintf(" %s=%q", a.Key, err.Error())
		} else if text := a.Value.Resolve().String(); text != "" {
			said += fmt.Sprintf(" %s=%s", a.Key, text)
		}
		return true
	})
	_, err := fmt.Fprintln(n.t.err, plain(said))
	return err
}
