package halopsa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// configuration is the record of the fixtures.
func configuration(extra map[string]json.RawMessage) halopsa.IntegrationConfiguration {
	return halopsa.IntegrationConfiguration{
		ID: 4, ApplicationURL: "https://api.example/v2", ClientID: "halo", TokenExpiry: date, RedirectURI: "https://acme.halopsa.com/oauth",
		IsAuthorized: true, Tenant: "acme", Resource: "https://graph.example", NewMethod: true, AlternateClientID: "halo-2",
		ClientCredentials: true, WebhookUsername: "hook", WebhookIterations: 10000, NewWebhookMethod: true, LastUpdate: millis(457),
		TokenURL: "https://login.example/token", Extra: extra,
	}
}

func TestIntegrationConfiguration(t *testing.T) {
	t.Parallel()
	listed := configuration(map[string]json.RawMessage{"module_id": raw("12")})
	read := configuration(map[string]json.RawMessage{"scopes": raw(`"read"`)})
	first := configuration(nil)
	stored := []*halopsa.IntegrationConfiguration{&first}
	runOperations(t, []operation{
		{
			api: "GET /IntegrationConfiguration", sent: "/IntegrationConfiguration",
			answer: "IntegrationConfiguration/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationConfiguration.List(ctx)
			},
			want:    page(listed, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationConfiguration/{id}", sent: "/IntegrationConfiguration/4?includedetails=true",
			answer: "IntegrationConfiguration/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationConfiguration.Get(ctx, 4, &halopsa.IntegrationConfigurationGetOptions{IncludeDetails: true})
			},
			want:    &read,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
		{
			api: "POST /IntegrationConfiguration", sent: "/IntegrationConfiguration",
			body: "IntegrationConfiguration/create.request.json", answer: "IntegrationConfiguration/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationConfiguration.Create(ctx, []halopsa.IntegrationConfigurationInput{newConfiguration()})
			},
			want:    stored,
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationConfiguration", sent: "/IntegrationConfiguration",
			body: "IntegrationConfiguration/update.request.json", answer: "IntegrationConfiguration/update.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				input := configuration(nil).Input()
				input.ApplicationURL = halopsa.Set("https://api.example/v3")
				return c.IntegrationConfiguration.Update(ctx, []halopsa.IntegrationConfigurationInput{input})
			},
			want:    stored,
			refused: http.StatusUnprocessableEntity, reason: halopsa.ErrInvalid,
		},
	})
}

// newConfiguration has every member that a create can send.
func newConfiguration() halopsa.IntegrationConfigurationInput {
	input := configuration(nil).Input()
	input.ID = halopsa.Opt[int64]{}
	input.PasswordCredentials = halopsa.Set(false)
	input.NewClientSecret, input.NewAlternateClientSecret = halopsa.Set(halopsa.Secret("s3cret")), halopsa.Set(halopsa.Secret("s3cret-2"))
	input.NewAccessToken, input.NewRefreshToken = halopsa.Set(halopsa.Secret("acc3ss")), halopsa.Set(halopsa.Secret("r3fresh"))
	input.NewWebhookPassword = halopsa.Set(halopsa.Secret("passw0rd"))
	return input
}

// TestIntegrationConfigurationInput: what is written back has no secret, nothing that was not there, and no date that was none.
func TestIntegrationConfigurationInput(t *testing.T) {
	t.Parallel()
	var read halopsa.IntegrationConfiguration
	require.NoError(t, json.Unmarshal([]byte(`{"id":4,"tenant":"acme","new_client_secret":"s3cret","new_access_token":"a","new_refresh_token":"b",
		"new_alternate_client_secret":"c","new_webhook_password":"d","token_expiry":"1899-12-30T00:00:00","last_update":"2026-10-02T11:22:33",
		"_isauthorized":true,"_warning":"the token has expired"}`), &read))
	sent, err := json.Marshal(read.Input())
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":4,"tenant":"acme"}`, string(sent))
}

// TestCaseConfigurationSecretsAreEchoed: a refusal that repeats what was sent shows none of the secrets.
func TestCaseConfigurationSecretsAreEchoed(t *testing.T) {
	t.Parallel()
	client := plainTenant(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("cannot store " + readAll(t, r.Body)))
	})
	_, err := client.IntegrationConfiguration.Create(t.Context(), []halopsa.IntegrationConfigurationInput{newConfiguration()})
	var refused *halopsa.APIError
	require.ErrorAs(t, err, &refused)
	for _, text := range []string{err.Error(), string(refused.Body)} {
		assert.Contains(t, text, "https://graph.example")
		for _, secret := range []string{"s3cret", "s3cret-2", "acc3ss", "r3fresh", "passw0rd"} {
			assert.NotContains(t, text, secret)
		}
	}
}
