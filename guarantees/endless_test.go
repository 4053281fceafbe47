package guarantees_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

const (
	gibibyte = 1 << 30
	// slack is what may be under way, in the buffers of both ends, when a client stops reading.
	slack = 1 << 20
)

// meteredConn counts what a client takes from its server.
type meteredConn struct {
	net.Conn
	read *atomic.Int64
}

func (c *meteredConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	c.read.Add(int64(n))
	return n, err
}

// metered is a network that counts the bytes read from it.
func metered(t *testing.T) (*http.Transport, *atomic.Int64) {
	t.Helper()
	read := new(atomic.Int64)
	network := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &meteredConn{conn, read}, nil
	}}
	t.Cleanup(network.CloseIdleConnections)
	return network, read
}

// pour writes up to n bytes of rows, and stops when nobody takes them any more.
func pour(w io.Writer, n int) {
	rows := bytes.Repeat([]byte(`{"id":1,"error":"e"},`), 1<<10)
	for n > 0 {
		written, err := w.Write(rows[:min(n, len(rows))])
		if n -= written; err != nil {
			return
		}
	}
}

// bomb is 1 GiB of blanks, in a few compressed parts that stand for it.
func bomb(t *testing.T) []byte {
	t.Helper()
	const part = 1 << 20
	var compressed bytes.Buffer
	w, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(bytes.Repeat([]byte(" "), part))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return bytes.Repeat(compressed.Bytes(), gibibyte/part)
}

// TestEnormousAnswers measures how much of them is read: no more than the limit, wherever they come from.
func TestEnormousAnswers(t *testing.T) {
	t.Parallel()
	const limit = 2 << 20
	tests := map[string]struct {
		path  string // that answers so
		serve func(http.ResponseWriter)
		most  int64 // bytes taken from the server
		says  string
	}{
		"1 GiB in pieces": {
			path:  "/api/IntegrationError/1",
			serve: func(rw http.ResponseWriter) { pour(rw, gibibyte) },
			most:  limit + slack, says: "larger than the limit of 2097152 bytes",
		},
		"1 GiB as it announces": {
			path: "/api/IntegrationError/1",
			serve: func(rw http.ResponseWriter) {
				rw.Header().Set("Content-Length", fmt.Sprint(gibibyte))
				pour(rw, gibibyte)
			},
			most: slack, says: "larger than the limit of 2097152 bytes",
		},
		"1 GiB of an error": {
			path: "/api/IntegrationError/1",
			serve: func(rw http.ResponseWriter) {
				rw.WriteHeader(http.StatusForbidden)
				pour(rw, gibibyte)
			},
			most: limit + slack, says: "403 Forbidden",
		},
		"1 GiB in 1 MiB": {
			path: "/api/IntegrationError/1",
			serve: func(rw http.ResponseWriter) {
				rw.Header().Set("Content-Encoding", "gzip")
				_, _ = rw.Write(bomb(t)) // the client goes away
			},
			most: slack, says: "larger than the limit of 2097152 bytes",
		},
		"1 GiB of a token": {
			path:  "/auth/token",
			serve: func(rw http.ResponseWriter) { pour(rw, gibibyte) },
			most:  limit + slack, says: "no access token",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler()
			var requests atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path == test.path {
					requests.Add(1)
					test.serve(rw)
					return
				}
				h.ServeHTTP(rw, r)
			}))
			defer server.Close()
			network, read := metered(t)
			client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
				halopsa.WithHTTPClient(&http.Client{Transport: network}), halopsa.WithMaxResponseSize(limit))
			require.NoError(t, err)
			err = trial.GetOne(t.Context(), client)
			require.ErrorContains(t, err, test.says)
			assert.LessOrEqual(t, read.Load(), test.most, "bytes read from the server")
			assert.EqualValues(t, 1, requests.Load(), "it would be as large the next time")
			assert.Less(t, len(fmt.Sprintf("%+v", err)), 1_000)
			t.Logf("%d bytes read", read.Load())
		})
	}
}

// TestAnswerOfTheLargestSize: the limit itself is allowed, and counts after decompression.
func TestAnswerOfTheLargestSize(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":1,"error":"` + strings.Repeat("e", 1_000) + `"}`)
	for _, compressed := range []bool{false, true} {
		h := halopsatest.NewHandler()
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/auth/token":
				h.ServeHTTP(rw, r)
			case compressed:
				assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
				rw.Header().Set("Content-Encoding", "gzip")
				w := gzip.NewWriter(rw)
				_, _ = w.Write(body)
				_ = w.Close()
			default:
				_, _ = rw.Write(body)
			}
		}))
		defer server.Close()
		for limit, fits := range map[int64]bool{int64(len(body)): true, int64(len(body)) - 1: false} {
			client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
				halopsa.WithMaxResponseSize(limit))
			require.NoError(t, err)
			record, err := client.IntegrationError.Get(t.Context(), 1, nil)
			if fits {
				require.NoError(t, err)
				assert.Len(t, record.Error, 1_000)
			} else {
				require.ErrorContains(t, err, "larger than the limit")
			}
		}
	}
}

// TestServerThatDrips sends a byte a second, which no timeout of a connection would notice.
func TestServerThatDrips(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		resource string
		call     []halopsa.RequestOption
		want     time.Duration
		attempts int
	}{
		"an answer":             {"IntegrationError", []halopsa.RequestOption{halopsa.WithoutRetry()}, 90 * time.Second, 1},
		"an answer, in a hurry": {"IntegrationError", []halopsa.RequestOption{halopsa.WithTimeout(5 * time.Second)}, 5 * 5 * time.Second, 5},
		"a token":               {halopsatest.Token, nil, time.Minute, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, h := trial.NewStandin(t, nil, halopsa.WithBackoff(0, 0))
				h.Seed("IntegrationError", map[string]any{"id": 1, "error": strings.Repeat("e", 1_000)})
				h.Fault(halopsatest.Fault{Resource: test.resource, Kind: halopsatest.Slow, Pause: time.Second, Times: -1})
				begin := time.Now()
				_, err := client.IntegrationError.Get(t.Context(), 1, nil, test.call...)
				require.Error(t, err)
				require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context is still good")
				assert.InDelta(t, test.want, time.Since(begin), float64(time.Millisecond))
				attempts := 0
				for _, r := range h.Requests() {
					attempts += count(r.Resource == test.resource)
				}
				assert.Equal(t, test.attempts, attempts)
			})
		})
	}
}
