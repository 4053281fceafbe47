package halopsaredis_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaredis"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// workerVariable tells the test binary to be a worker, and how.
const workerVariable = "HALOPSAREDIS_TEST_WORKER"

// workerConfig is what a worker needs to know.
type workerConfig struct {
	Redis, HaloPSA string
	Limit          int // 0 for none
	Window, Margin time.Duration
}

// worker is a process that makes calls: this test binary, started again.
type worker struct {
	process *exec.Cmd
	orders  io.WriteCloser
	answers *bufio.Reader
	log     *logBook
}

// newWorkers starts processes and waits until they are ready.
func newWorkers(t *testing.T, n int, config workerConfig) []*worker {
	t.Helper()
	encoded, err := json.Marshal(config)
	require.NoError(t, err)
	workers := make([]*worker, n)
	for i := range workers {
		w := &worker{log: &logBook{}, process: exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])} //nolint:gosec // this test binary
		w.process.Env = append(os.Environ(), workerVariable+"="+string(encoded), "GORACE=atexit_sleep_ms=0")        // or each takes a second to end
		w.process.Stderr = w.log
		w.orders, err = w.process.StdinPipe()
		require.NoError(t, err)
		answers, err := w.process.StdoutPipe()
		require.NoError(t, err)
		w.answers = bufio.NewReader(answers)
		require.NoError(t, w.process.Start())
		workers[i] = w
	}
	t.Cleanup(func() {
		for _, w := range workers {
			_ = w.orders.Close()
		}
		for i, w := range workers {
			assert.NoError(t, w.process.Wait(), "worker %d: %s", i, w.log)
		}
	})
	for _, w := range workers {
		assert.Equal(t, "ready", w.answer(t))
	}
	return workers
}

func (w *worker) answer(t *testing.T) string {
	t.Helper()
	line, err := w.answers.ReadString('\n')
	require.NoError(t, err, "%s", w.log)
	return line[:len(line)-1]
}

// order has each of the workers make so many calls, all at the same time, and waits for them. None may fail.
func order(t *testing.T, workers []*worker, calls int) {
	t.Helper()
	for _, w := range workers {
		_, err := fmt.Fprintln(w.orders, calls)
		require.NoError(t, err)
	}
	for i, w := range workers {
		assert.Equal(t, "ok", w.answer(t), "worker %d: %s", i, w.log)
	}
}

// work is what a worker does.
func work(encoded string) int {
	err := serveOrders(encoded)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func serveOrders(encoded string) error {
	var config workerConfig
	if err := json.Unmarshal([]byte(encoded), &config); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	client, err := newClient(config)
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "ready")
	for {
		var calls int
		if _, err := fmt.Fscanln(os.Stdin, &calls); err != nil {
			return nil // the test is over
		}
		if err := makeCalls(client, calls); err != nil {
			fmt.Fprintln(os.Stdout, err)
			continue
		}
		fmt.Fprintln(os.Stdout, "ok")
	}
}

func newClient(config workerConfig) (*halopsa.Client, error) {
	rdb := redis.NewClient(&redis.Options{Addr: config.Redis})
	own, err := halopsa.NewTokenSource(config.HaloPSA, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		return nil, err
	}
	tokens, err := halopsaredis.NewTokenSource(rdb, "halopsa:acme:token", own, halopsaredis.WithKey([32]byte{31: 1}))
	if err != nil {
		return nil, err
	}
	opts := []halopsa.ClientOption{halopsa.WithTokenSource(tokens), halopsa.WithoutRateLimit()}
	if config.Limit > 0 {
		limiter, err := halopsaredis.NewLimiter(rdb, "halopsa:acme:limit",
			halopsaredis.WithRate(config.Limit, config.Window), halopsaredis.WithMargin(config.Margin))
		if err != nil {
			return nil, err
		}
		opts = append(opts, halopsa.WithLimiter(limiter))
	}
	return halopsa.NewClient(config.HaloPSA, opts...)
}

// makeCalls makes calls from four goroutines and returns the first error.
func makeCalls(client *halopsa.Client, calls int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	todo := make(chan struct{}, calls)
	for range calls {
		todo <- struct{}{}
	}
	close(todo)
	failures := make(chan error, calls)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range todo {
				if _, err := client.IntegratorTrace.List(ctx, nil); err != nil {
					failures <- err
				}
			}
		})
	}
	all.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}
