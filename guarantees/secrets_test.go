package guarantees_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

const (
	canarySecret = "canary-secret"
	canaryFilter = "canary-filter"
	canaryMember = "canary-member"
	canaryHeader = "canary-header"
)

// canaryToken is as long as a real one: longer than a message, so that cutting the message leaves a part of it.
var canaryToken = "canary-access-" + strings.Repeat("token", 200)

// canaries are the texts that no output may hold, of the token its beginning.
var canaries = []string{canarySecret, "canary-access", canaryFilter, canaryMember, canaryHeader}

// TestErrorsAndLogsShowNoSecrets lets the server echo all it was sent in its errors, and looks for it in all that the SDK prints of them.
func TestErrorsAndLogsShowNoSecrets(t *testing.T) {
	t.Parallel()
	list := func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegrationFieldMapping.List(ctx, &halopsa.IntegrationFieldMappingListOptions{XMValue: canaryFilter})
		return err
	}
	create := func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.ConnectedInstance.Create(ctx, []halopsa.ConnectedInstanceInput{{
			Name: halopsa.Set("ACME UK"), NewClientSecret: halopsa.Set(halopsa.Secret(canaryMember)),
		}})
		return err
	}
	quoted := func(text string) string { data, _ := json.Marshal(text); return string(data) }
	tests := map[string]struct {
		call   func(context.Context, *halopsa.Client) error
		status int
		answer func(echo string) string
		fails  bool // without a response
		want   error
	}{
		"JSON":              {call: create, status: 400, answer: func(echo string) string { return `{"message":` + quoted(echo) + `}` }, want: halopsa.ErrInvalid},
		"text":              {call: create, status: 403, answer: func(echo string) string { return echo }, want: halopsa.ErrForbidden},
		"HTML":              {call: create, status: 502, answer: func(echo string) string { return "<html><title>" + echo + "</title>" }, want: halopsa.ErrOutcomeUnknown},
		"cut in the middle": {call: create, status: 404, answer: func(echo string) string { return strings.Repeat(" ", 64<<10-60) + echo }, want: halopsa.ErrNotFound},
		"a success that is an error": {call: list, status: 200, answer: func(echo string) string {
			return `{"error":"refused","error_description":` + quoted(echo) + `}`
		}},
		"a success that cannot be read":     {call: list, status: 200, answer: func(echo string) string { return `[{"id":` + quoted(echo) + `}]` }},
		"a write with an unreadable answer": {call: create, status: 200, answer: func(echo string) string { return echo }, want: halopsa.ErrOutcomeUnknown},
		"no answer":                         {call: list, fails: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			mock := httpmock.NewMockTransport()
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/token") {
					return trial.Respond(http.StatusOK, "application/json", `{"access_token":"`+canaryToken+`","token_type":"Bearer","expires_in":3600}`), nil
				}
				echo := req.Header.Get("Authorization") + " " + canarySecret + " " + req.Header.Get("X-Own") + " " + req.URL.String()
				if req.Method == http.MethodPost {
					echo += " " + canaryMember
				}
				if test.fails {
					return nil, errors.New("broken pipe: " + echo)
				}
				return trial.Respond(test.status, "", test.answer(echo)), nil
			})
			client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithClientCredentials("sync", canarySecret),
				halopsa.WithHTTPClient(&http.Client{Transport: mock}), halopsa.WithLogger(logger),
				halopsa.WithHeader("X-Own", canaryHeader), halopsa.WithMaxRetries(1), halopsa.WithBackoff(0, 0))
			require.NoError(t, err)

			err = test.call(t.Context(), client)
			require.Error(t, err)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
			require.NotZero(t, log.Len(), "the attempt is not logged")
			logger.Error("failed", "error", err, "client", fmt.Sprintf("%+v", client))
			shown := []string{log.String()}
			for ; err != nil; err = errors.Unwrap(err) {
				for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s"} {
					shown = append(shown, fmt.Sprintf(verb, err))
				}
				data, marshalErr := json.Marshal(err)
				require.NoError(t, marshalErr)
				shown = append(shown, string(data))
				if refused := (*halopsa.APIError)(nil); errors.As(err, &refused) {
					shown = append(shown, string(refused.Body))
				}
			}
			for _, text := range shown {
				for _, canary := range canaries {
					assert.NotContains(t, text, canary)
				}
			}
		})
	}
}

func TestRecordsLogNoCredentials(t *testing.T) {
	t.Parallel()
	secret := halopsa.Secret(canaryMember)
	records := map[string]any{
		"ConnectedInstance":      halopsa.ConnectedInstance{ID: 2, NewClientSecret: secret},
		"ConnectedInstanceInput": halopsa.ConnectedInstanceInput{NewClientSecret: halopsa.Set(secret)},
		"IntegrationConfiguration": halopsa.IntegrationConfiguration{
			ID: 2, NewClientSecret: secret, NewAccessToken: secret, NewRefreshToken: secret, NewAlternateClientSecret: secret,
			NewWebhookPassword: secret,
		},
		"IntegrationConfigurationInput": halopsa.IntegrationConfigurationInput{
			NewClientSecret: halopsa.Set(secret), NewAccessToken: halopsa.Set(secret), NewRefreshToken: halopsa.Set(secret),
			NewAlternateClientSecret: halopsa.Set(secret), NewWebhookPassword: halopsa.Set(secret),
		},
		"IntegrationRequest":      halopsa.IntegrationRequest{RequestHeaders: canaryMember, ResponseBody: canaryMember, RetryWebhookToken: secret},
		"IntegrationRequestInput": halopsa.IntegrationRequestInput{RequestBody: halopsa.Set(canaryMember), RetryWebhookToken: halopsa.Set(secret)},
	}
	for name, record := range records {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			slog.New(slog.NewJSONHandler(&log, nil)).Info("read", "record", record)
			slog.New(slog.NewTextHandler(&log, nil)).Info("read", "record", record)
			assert.Contains(t, log.String(), `"record":{`)
			assert.NotContains(t, log.String(), canaryMember)
			if !strings.HasPrefix(name, "IntegrationRequest") {
				assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", record, record, record, record), canaryMember)
			}
		})
	}
}

// TestClientShowsNoSecretsInAnyVerb: for a verb that does not apply to pointers, such as %s, package fmt prints what they point to.
func TestClientShowsNoSecretsInAnyVerb(t *testing.T) {
	t.Parallel()
	client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithClientCredentials("id", "canary-secret"), halopsa.WithHeader("X-Key", "canary-key"))
	require.NoError(t, err)
	copied := reflect.ValueOf(client).Elem().Interface() // go vet tells of a plain copy
	for _, verb := range "vsqdxXtTeEfgGcUbop" {
		for _, format := range []string{"%", "%+", "%#"} {
			for _, value := range []any{
				client, client.IntegrationError, []*halopsa.Client{client}, map[string]any{"client": client},
				copied, *client.IntegrationError, map[string]any{"client": copied},
			} {
				text := fmt.Sprintf(format+string(verb), value)
				assert.NotContains(t, text, "canary", format+string(verb))
				assert.NotContains(t, text, fmt.Sprintf("%x", "canary"), format+string(verb))
			}
		}
	}
}
