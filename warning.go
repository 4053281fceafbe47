package halopsa

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// Warning is a message from HaloPSA that came with a success: the member _warning of a record, an envelope or the response to a delete.
type Warning struct {
	// Op, Method and Path are as in [APIError].
	Op, Method, Path string
	// Text is the message, in one line.
	Text string
}

// WithWarnings calls notify with each message that HaloPSA sends along with a success, before the call returns.
//
// Warnings of a list's rows are in the records' Warning fields instead. notify must be safe for concurrent use if the client is used concurrently.
// Without this option the messages are still logged at warn level by the logger of [WithLogger].
func WithWarnings(notify func(ctx context.Context, warning Warning)) Option {
	return optionFunc(func(c *callConfig) error {
		if notify == nil {
			return badArgument("WithWarnings", "the function must not be nil")
		}
		c.warned = append(c.warned[:len(c.warned):len(c.warned)], notify)
		return nil
	})
}

// warn surfaces the warnings of the objects of a response.
func (a *answer) warn(ctx context.Context, objects []json.RawMessage) {
	if !bytes.Contains(a.Text(), []byte("arning")) { // in nearly all
		return
	}
	for _, object := range objects {
		a.surface(ctx, wire.Warning(object))
	}
}

// surface tells of one warning.
func (a *answer) surface(ctx context.Context, text string) {
	if text == "" {
		return
	}
	w := Warning{Op: a.req.op, Method: a.req.method, Path: a.req.path, Text: wire.OneLine(a.secrets().String(text))}
	a.client.conf.logger.LogAttrs(ctx, slog.LevelWarn, "halopsa: warning",
		slog.String("op", w.Op), slog.String("method", w.Method), slog.String("path", w.Path), slog.String("warning", w.Text))
	for _, notify := range a.req.conf.warned {
		notify(ctx, w)
	}
}
