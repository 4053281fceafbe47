package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// deadline is how long a test polls for what must come to be.
const deadline = 20 * time.Second

// newHalo starts a stand-in and returns it with a client that gives up soon.
func newHalo(t *testing.T) (*halopsatest.Server, *halopsa.Client) {
	t.Helper()
	halo := halopsatest.NewServer(halopsatest.WithRateLimit(0, 0))
	t.Cleanup(halo.Close)
	client, err := halopsa.NewClient(halo.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithoutRateLimit(), halopsa.WithMaxRetries(1), halopsa.WithBackoff(time.Millisecond, time.Millisecond))
	require.NoError(t, err)
	return halo, client
}

// seedErrors logs n errors.
func seedErrors(halo *halopsatest.Server, n int) {
	for range n {
		halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site", "date": "2026-10-02T11:22:33.457"})
	}
}

// logBook is a log that a test reads.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func silent() *slog.Logger { return newScreen(io.Discard).logger(slog.LevelDebug) }

// inBackground runs work until the test ends or stop is called, which waits for its end.
func inBackground(t *testing.T, work func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- work(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return stop
}
