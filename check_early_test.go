package halopsa_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestCheckSendsNoCredentialsInTheClear: a tenant that is reached by https may not lead the secret to plain http, also not to this machine.
func TestCheckSendsNoCredentialsInTheClear(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]halopsa.ClientOption{
		"http://127.0.0.1:7/auth":     nil,
		"http://localhost/auth":       nil,
		"http://auth.example.com":     nil,
		"http://auth.example.com/old": {halopsa.WithInsecureHTTP()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var clear atomic.Int64
			client := tenantBehind(t, halopsatest.NewHandler(), func(w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodPost && r.Host != "acme.halopsa.com" {
					clear.Add(1)
				}
				if !strings.HasSuffix(r.URL.Path, "/authinfo") {
					return false
				}
				_, _ = w.Write([]byte(`{"auth_url":"` + name + `"}`))
				return true
			}, append(opts, halopsa.WithClientCredentials("x", "canary-secret"))...)
			report, err := client.Check(t.Context())
			require.NoError(t, err)
			assert.Zero(t, clear.Load())
			assert.Contains(t, report.Auth.Error, "in the clear")
			assert.Empty(t, report.Auth.Found)
		})
	}
}

// TestCheckThatEndsEarlyIsNotOK: what was not checked may well stand in the way.
func TestCheckThatEndsEarlyIsNotOK(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client := tenantBehind(t, halopsatest.NewHandler(), func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/IntegrationExport") {
			cancel()
			<-r.Context().Done()
		}
		return false
	})
	report, err := client.Check(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, report.OK())
	var table bytes.Buffer
	require.NoError(t, report.WriteTable(&table))
	assert.NotContains(t, table.String(), "Nothing stands in the way")
	assert.Contains(t, table.String(), "the check ended early")
}
