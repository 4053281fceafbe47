package guarantees_test

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestFateOverTCP repeats the failures of the connection with real ones, on new and on reused connections.
func TestFateOverTCP(t *testing.T) {
	t.Parallel()
	var cases atomic.Int64
	t.Cleanup(func() { t.Logf("%d cases", cases.Load()) })
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := nobody.Addr().String()
	require.NoError(t, nobody.Close())
	for op, w := range writes {
		for _, reused := range []bool{false, true} {
			for _, name := range []string{"no connection", "reset", "applied, then reset", "truncated"} {
				s := strikes()[name]
				if reused && s.class == before {
					continue // a connection that is there needs none
				}
				for times, f := range map[string]fate{
					"once":    {write: w, strikes: []strike{s}},
					"twice":   {write: w, strikes: []strike{s, s}},
					"forever": {write: w, strikes: []strike{s}, forever: true},
				} {
					cases.Add(1)
					t.Run(strings.Join([]string{op, name, times, "reused " + strconv.FormatBool(reused)}, ", "), func(t *testing.T) {
						t.Parallel()
						server := halopsatest.NewServer()
						defer server.Close()
						transport := &fateTransport{fate: f}
						network := &http.Transport{
							DisableKeepAlives: !reused,
							DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
								if transport.refusesConnection() {
									address = closed
								}
								return new(net.Dialer).DialContext(ctx, network, address)
							},
						}
						defer network.CloseIdleConnections()
						transport.next = network
						client, err := halopsa.NewClient(server.URL(), halopsa.WithBackoff(0, time.Millisecond),
							halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
							halopsa.WithHTTPClient(&http.Client{Transport: transport}))
						require.NoError(t, err)
						f.check(t, op+": "+name+" "+times, transport, client, server.Handler)
						if s.class == after {
							received := int64(server.Count("", "IntegrationExport"))
							assert.Equal(t, transport.attempts.Load(), received, "net/http repeats no write by itself")
						}
					})
				}
			}
		}
	}
}
