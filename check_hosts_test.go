package halopsa_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestCheckSendsCredentialsToNoOtherHost: authinfo is public and not signed. What it names gets the credentials on the host that has them anyway,
// and of any other one the report says how to trust it.
func TestCheckSendsCredentialsToNoOtherHost(t *testing.T) {
	t.Parallel()
	const elsewhere = "since the credentials are not sent to a host that you have not named: if it is right, set up the client with "
	tests := map[string]struct {
		authURL string // of the client
		names   string // authinfo's auth_url
		tried   string // the second endpoint that is tried
		advice  string
	}{
		"the same host":               {names: "https://acme.halopsa.com", tried: "https://acme.halopsa.com/token", advice: `WithAuthURL("https://acme.halopsa.com/token")`},
		"the same host, in capitals":  {names: "https://ACME.HaloPSA.com/token", tried: "https://ACME.HaloPSA.com/token", advice: `WithAuthURL("https://ACME.HaloPSA.com/token")`},
		"the same host with its port": {names: "https://acme.halopsa.com:443/token", tried: "https://acme.halopsa.com:443/token", advice: `WithAuthURL("https://acme.halopsa.com:443/token")`},
		"another host":                {names: "https://auth.example.com/auth", advice: elsewhere + `WithAuthURL("https://auth.example.com/auth/token") and WithTenant("acme")`},
		"a whole token endpoint":      {names: "https://auth.example.com/auth/token", advice: elsewhere + `WithAuthURL("https://auth.example.com/auth/token") and WithTenant("acme")`},
		"another tenant's host":       {names: "https://evil.halopsa.com/auth", advice: elsewhere + `WithAuthURL("https://evil.halopsa.com/auth/token")`},
		"a host that looks alike":     {names: "https://acme.halopsa.com.example.com/auth", advice: elsewhere},
		"another port":                {names: "https://acme.halopsa.com:8443/auth", advice: elsewhere + `WithAuthURL("https://acme.halopsa.com:8443/auth/token")`},
		"not the one that was given":  {authURL: "https://login.example.com/auth", names: "https://acme.halopsa.com/auth", advice: elsewhere + `WithAuthURL("https://acme.halopsa.com/auth/token")`},
		"the one that was given": {
			authURL: "https://login.example.com/auth", names: "https://login.example.com/token",
			tried: "https://login.example.com/token", advice: `WithAuthURL("https://login.example.com/token")`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string // the endpoints that the secret was sent to
			h := halopsatest.NewHandler()
			opts := []halopsa.ClientOption{halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret)}
			if test.authURL != "" {
				opts = append(opts, halopsa.WithAuthURL(test.authURL))
			}
			client := tenantBehind(t, h, func(w http.ResponseWriter, r *http.Request) bool {
				body, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				r.Body = io.NopCloser(bytes.NewReader(body))
				if strings.Contains(string(body)+r.Header.Get("Authorization")+r.URL.RawQuery, halopsatest.ClientSecret) {
					told = append(told, "https://"+r.Host+r.URL.Path)
				}
				switch {
				case r.URL.Path == "/api/authinfo":
					assert.NoError(t, json.NewEncoder(w).Encode(map[string]string{"auth_url": test.names, "tenant_id": "acme"}))
				case r.URL.Path == "/auth/token":
					http.Error(w, "", http.StatusNotFound)
				default:
					return false
				}
				return true
			}, opts...)
			report, err := client.Check(t.Context())
			require.NoError(t, err)
			require.NotEmpty(t, report.Problems)
			assert.Contains(t, report.Problems[0], test.advice)
			configured := "https://acme.halopsa.com/auth/token"
			if test.authURL != "" {
				configured = test.authURL + "/token"
			}
			if test.tried == "" {
				assert.Equal(t, []string{configured}, told)
				assert.True(t, report.Auth.Elsewhere)
				assert.False(t, report.Token.OK)
				return
			}
			assert.Equal(t, []string{configured, test.tried}, told)
			assert.True(t, report.Token.OK)
		})
	}
}

// TestCheckShowsNoSecretThatIsEchoed: the texts of authinfo and of the version come from a server too.
func TestCheckShowsNoSecretThatIsEchoed(t *testing.T) {
	t.Parallel()
	const key = "canary-gateway-key"
	for name, status := range map[string]int{"error": http.StatusBadRequest, "success": http.StatusOK} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := tenantBehind(t, halopsatest.NewHandler(), func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/api/authinfo" && r.URL.Path != "/api/InstanceInfo" {
					return false
				}
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				echo := r.Header.Get("X-Gateway-Key") + " " + halopsatest.ClientSecret
				assert.NoError(t, json.NewEncoder(w).Encode(map[string]string{"message": "denied: " + echo, "version": echo}))
				return true
			}, halopsa.WithHeader("X-Gateway-Key", key))
			report, err := client.Check(t.Context())
			require.NoError(t, err)
			data, err := json.Marshal(report)
			require.NoError(t, err)
			assert.Contains(t, string(data), "[redacted]")
			assert.NotContains(t, string(data), key)
			assert.NotContains(t, string(data), halopsatest.ClientSecret)
		})
	}
}
