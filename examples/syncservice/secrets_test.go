package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestNoSecretIsShown runs the service at the most talkative level against a tenant and a destination that fail in many ways, and looks for
// every secret it was given in all that it says, serves and stores.
func TestNoSecretIsShown(t *testing.T) {
	for name, fresh := range map[string]func(*testing.T) string{"sqlite": freshSQLite, "postgres": freshPostgres} {
		t.Run(name, func(t *testing.T) {
			halo := halopsatest.NewServer()
			defer halo.Close()
			halo.Fault(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.HTML504})
			halo.Fault(halopsatest.Fault{Method: "GET", Kind: halopsatest.Status, Status: http.StatusForbidden, Times: 3})
			halo.Fault(halopsatest.Fault{Method: "DELETE", Kind: halopsatest.Truncated})
			halo.Seed("IntegrationError", map[string]any{"error": "no such site", "endpoint": "/v2/x?key=hush-endpoint"})
			halo.Seed("IntegrationRequest", map[string]any{
				"url": "https://u:hush-userinfo@api.example.com/v2?key=hush-query", "request_headers": "Authorization: Bearer hush-header",
				"response_headers": "Set-Cookie: hush-cookie", "request_body": "hush-request", "response_body": "hush-response",
			})
			halo.Seed("IntegrationExport", map[string]any{"ready_for_import": true, "export_body": []byte("hush-body")},
				map[string]any{"ready_for_import": true})
			var refused atomic.Int64 // deliveries come several at a time
			destination := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch refused.Add(1) % 3 {
				case 1:
					panic(http.ErrAbortHandler)
				case 2:
					http.Error(w, r.Header.Get("Authorization"), http.StatusUnauthorized) // an echo of the token
				}
			}))
			defer destination.Close()
			database := withPassword(t, fresh(t))
			setEnvironment(t, map[string]string{
				"HALOPSA_URL": halo.URL(), "HALOPSA_CLIENT_ID": halopsatest.ClientID, "HALOPSA_CLIENT_SECRET": halopsatest.ClientSecret,
				"DATABASE_URL": database, "DESTINATION_URL": destination.URL, "DESTINATION_TOKEN": "hush-token",
				"LISTEN_ADDR": "127.0.0.1:0", "SYNC_INTERVAL": "10ms", "LOG_LEVEL": "debug",
			})
			s := start(t)
			_, early := s.get(t, "/healthz")
			require.Eventually(t, func() bool {
				return halo.Len("IntegrationExport") == 0 && strings.Contains(s.log.String(), `"log":"requests","records":1`)
			}, deadline, 10*time.Millisecond)
			_, health := s.get(t, "/healthz")
			_, metrics := s.get(t, "/metrics")
			s.stop()
			require.NoError(t, <-s.ended)
			said := strings.Join([]string{early, health, metrics, s.out.String(), s.log.String()}, "\n")
			for _, sign := range []string{"halopsa: attempt", "the destination answered 401", "the destination does not answer", `"status":403`} {
				assert.Contains(t, said, sign, "the test has not seen what it should")
			}
			secrets := []string{"hush", halopsatest.ClientSecret}
			for _, r := range halo.Requests() {
				if token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
					secrets = append(secrets, token)
				}
			}
			require.Greater(t, len(secrets), 2)
			mirror := rowsAsText(t, newStore(t, database))
			assert.Contains(t, mirror, "https://api.example.com/v2")
			for _, secret := range secrets {
				assert.NotContains(t, said, secret)
				assert.NotContains(t, mirror, secret)
			}
		})
	}
}

// withPassword puts a password into the URL of a PostgreSQL server, which trusts everybody here.
func withPassword(t *testing.T, databaseURL string) string {
	t.Helper()
	if strings.HasPrefix(databaseURL, "sqlite:") {
		return databaseURL
	}
	u, err := url.Parse(databaseURL)
	require.NoError(t, err)
	if _, given := u.User.Password(); !given {
		u.User = url.UserPassword(u.User.Username(), "hush-password")
	}
	return u.String()
}

// rowsAsText returns the texts of the mirror and the ledger.
func rowsAsText(t *testing.T, s *store) string {
	t.Helper()
	var all strings.Builder
	for _, query := range []string{
		`SELECT endpoint || ' ' || error || ' ' || entity_name FROM integration_errors`,
		`SELECT url || ' ' || operation || ' ' || type || ' ' || module_name FROM integration_requests`,
		`SELECT delivery_key || ' ' || last_error FROM deliveries`,
	} {
		rows, err := s.db.QueryContext(t.Context(), query)
		require.NoError(t, err)
		for rows.Next() {
			var line string
			require.NoError(t, rows.Scan(&line))
			all.WriteString(line + "\n")
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return all.String()
}
