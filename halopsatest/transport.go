package halopsatest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// ErrReset is the error of a request through [Handler.Transport] that a fault broke off.
var ErrReset = errors.New("halopsatest: connection reset")

// Transport returns a way to the stand-in without a network, for any host. It works in a testing/synctest bubble.
func (h *Handler) Transport() http.RoundTripper { return Transport(h) }

// Transport returns a way to any handler without a network, for any host. It works in a testing/synctest bubble; a handler that panics with
// [http.ErrAbortHandler] breaks the response off with [ErrReset].
func Transport(handler http.Handler) http.RoundTripper { return inMemory{handler} }

type inMemory struct{ handler http.Handler }

// RoundTrip serves req in a goroutine, which ends with the response or with the request's context.
func (t inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	served := req.Clone(ctx)
	if served.Body == nil {
		served.Body = http.NoBody
	}
	reader, writer := io.Pipe()
	w := &responseWriter{header: make(http.Header), body: writer, ready: make(chan struct{})}
	go func() {
		defer cancel()
		defer func() {
			if failure := recover(); failure != nil {
				if failure != http.ErrAbortHandler { //nolint:errorlint // it is the value that is thrown
					panic(failure)
				}
				w.abort()
				return
			}
			w.WriteHeader(http.StatusOK)
			_ = writer.Close()
		}()
		defer func() { _ = served.Body.Close() }()
		t.handler.ServeHTTP(w, served)
	}()
	select {
	case <-w.ready:
	case <-req.Context().Done():
	}
	if err := req.Context().Err(); err != nil {
		w.abort()
		return nil, err
	}
	if w.status == 0 {
		return nil, ErrReset
	}
	length := int64(-1)
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil {
		length = n
	}
	stop := context.AfterFunc(req.Context(), func() { _ = writer.CloseWithError(req.Context().Err()) })
	return &http.Response{
		Status: strconv.Itoa(w.status) + " " + http.StatusText(w.status), StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, ContentLength: length, Body: &pipeBody{reader, req.Context(), stop}, Request: req,
	}, nil
}

type pipeBody struct {
	*io.PipeReader
	ctx  context.Context //nolint:containedctx // a response's body lives under the context of its request
	stop func() bool
}

func (b *pipeBody) Read(into []byte) (int, error) {
	n, err := b.PipeReader.Read(into)
	if err != nil && b.ctx.Err() != nil {
		err = b.ctx.Err()
	}
	return n, err
}

func (b *pipeBody) Close() error {
	b.stop()
	return b.PipeReader.Close()
}

// responseWriter gives what a handler writes to a pipe.
type responseWriter struct {
	header, sent http.Header
	body         *io.PipeWriter
	ready        chan struct{}
	once         sync.Once
	status       int
}

func (w *responseWriter) Header() http.Header { return w.header }

func (w *responseWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.ready)
	})
}

func (w *responseWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(data)
}

// Flush does nothing: a pipe holds nothing back.
func (w *responseWriter) Flush() {}

// abort breaks the response off, or leaves none.
func (w *responseWriter) abort() {
	w.once.Do(func() { close(w.ready) })
	_ = w.body.CloseWithError(ErrReset)
}
