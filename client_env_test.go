package halopsa_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// These tests change the environment and so cannot run beside others.

func TestClientFromEnv(t *testing.T) {
	tests := map[string]struct {
		env              map[string]string
		opts             []halopsa.ClientOption
		api, token, form string
	}{
		"least": {
			env:   map[string]string{"URL": "https://acme.halopsa.com/api/", "CLIENT_ID": "sync", "CLIENT_SECRET": "s3cret"},
			api:   "https://acme.halopsa.com/api/IntegrationError/1",
			token: "https://acme.halopsa.com/auth/token",
			form:  "client_id=sync&client_secret=s3cret&grant_type=client_credentials&scope=all",
		},
		"all": {
			env: map[string]string{
				"URL": "https://acme.halopsa.com", "CLIENT_ID": "sync", "CLIENT_SECRET": "s3cret", "TENANT": "acme",
				"SCOPE": "read:tickets edit:tickets", "AUTH_URL": "https://auth.example.com/auth",
			},
			api:   "https://acme.halopsa.com/api/IntegrationError/1",
			token: "https://auth.example.com/auth/token?tenant=acme",
			form:  "client_id=sync&client_secret=s3cret&grant_type=client_credentials&scope=read%3Atickets+edit%3Atickets",
		},
		"options come after it": {
			env:   map[string]string{"URL": "https://acme.halopsa.com", "CLIENT_ID": "sync", "CLIENT_SECRET": "s3cret", "TENANT": "acme"},
			opts:  []halopsa.ClientOption{halopsa.WithTenant("other"), halopsa.WithClientCredentials("mine", "own")},
			api:   "https://acme.halopsa.com/api/IntegrationError/1",
			token: "https://acme.halopsa.com/auth/token?tenant=other",
			form:  "client_id=mine&client_secret=own&grant_type=client_credentials&scope=all",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			setEnv(t, test.env)
			transport, urls := visited()
			var form string
			client, err := halopsa.NewClientFromEnv(append(test.opts, halopsa.WithHTTPClient(&http.Client{
				Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodPost {
						form = readAll(t, req.Body)
					}
					return transport.RoundTrip(req)
				}),
			}))...)
			require.NoError(t, err)
			assert.Empty(t, *urls)
			_, err = client.IntegrationError.Get(t.Context(), 1, nil)
			require.NoError(t, err)
			assert.Equal(t, []string{test.token, test.api}, *urls)
			assert.Equal(t, formOf(t, []byte(test.form)), formOf(t, []byte(form)))
		})
	}
}

func TestClientFromEnvNamesWhatIsMissing(t *testing.T) {
	setEnv(t, nil)
	_, err := halopsa.NewClientFromEnv()
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	assert.EqualError(t, err, "halopsa: environment: HALOPSA_URL, HALOPSA_CLIENT_ID, HALOPSA_CLIENT_SECRET not set")

	setEnv(t, map[string]string{"URL": "https://acme.halopsa.com", "CLIENT_ID": "sync"})
	_, err = halopsa.NewClientFromEnv()
	assert.EqualError(t, err, "halopsa: environment: HALOPSA_CLIENT_SECRET not set")

	setEnv(t, map[string]string{"URL": "acme", "CLIENT_ID": "sync", "CLIENT_SECRET": "canary", "SCOPE": " "})
	_, err = halopsa.NewClientFromEnv()
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	assert.NotContains(t, err.Error(), "canary")
}

func TestNewClientReadsNoEnvironment(t *testing.T) {
	setEnv(t, map[string]string{
		"URL": "https://env.example.com", "CLIENT_ID": "env", "CLIENT_SECRET": "env", "TENANT": "env", "SCOPE": "env",
		"AUTH_URL": "https://env.example.com/auth",
	})
	_, err := halopsa.NewClient("https://acme.halopsa.com")
	require.ErrorIs(t, err, halopsa.ErrInvalid, "credentials must be given")
	_, err = halopsa.NewClient("", anyCredentials)
	require.ErrorIs(t, err, halopsa.ErrInvalid)

	transport, urls := visited()
	client, err := halopsa.NewClient("https://acme.halopsa.com", anyCredentials, halopsa.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	_, err = client.IntegrationError.Get(t.Context(), 1, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"https://acme.halopsa.com/auth/token", "https://acme.halopsa.com/api/IntegrationError/1"}, *urls)
}
