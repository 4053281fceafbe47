package attempt_test

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/attempt"
)

// TestAGetHasNoBodyOnTheWire: the empty body that keeps net/http from repeating a GET is neither announced nor sent.
func TestAGetHasNoBodyOnTheWire(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	arrived := make(chan []string, 2)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = connection.Close() }()
		_ = connection.SetDeadline(time.Now().Add(time.Minute))
		in := bufio.NewReader(connection)
		for range 2 { // what is sent of a body would be the beginning of the second request
			var lines []string
			for {
				line, err := in.ReadString('\n')
				if line = strings.TrimSpace(line); err != nil || line == "" {
					break
				}
				lines = append(lines, line)
			}
			arrived <- lines
			_, _ = connection.Write([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
		}
	}()
	conf := configured(nil)
	conf.HTTP = &http.Client{Transport: &http.Transport{DisableCompression: true}}
	client := attempt.New(conf)
	for range 2 {
		x := get()
		x.URL = "http://" + listener.Addr().String() + "/api/Tickets"
		require.NoError(t, client.Do(t.Context(), x))
		assert.JSONEq(t, "{}", string(x.Text()))
		x.Release()
		assert.ElementsMatch(t, []string{
			"GET /api/Tickets HTTP/1.1", "Host: " + listener.Addr().String(), "User-Agent: test", "Accept: application/json", "Authorization: Bearer token-1",
		}, <-arrived)
	}
}
