package guarantees_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestCaseB17AnErrorThatEchoesAWrite: 256 KiB that say again what was sent take no seconds, and show nothing of it.
func TestCaseB17AnErrorThatEchoesAWrite(t *testing.T) {
	t.Parallel()
	var headers strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&headers, "canary-word-%d=xyz ", i)
	}
	sent := headers.String()
	client := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": "no room for " + sent[:256<<10]})
	})
	begin := time.Now()
	_, err := client.IntegrationRequest.Create(t.Context(), []halopsa.IntegrationRequestInput{{RequestHeaders: halopsa.Set(sent)}})
	took := time.Since(begin)
	var refused *halopsa.APIError
	require.ErrorAs(t, err, &refused)
	assert.Less(t, took, 20*time.Second, "it took more without the race detector once")
	assert.NotContains(t, string(refused.Body)+err.Error(), "canary")
	assert.LessOrEqual(t, len(refused.Body), 64<<10)
}

// TestCaseB17AWriteWithThousandsOfWords: so do words that come alone and in another order.
func TestCaseB17AWriteWithThousandsOfWords(t *testing.T) {
	t.Parallel()
	var headers, answer strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&headers, "canary-word-%d=xyz ", i)
		fmt.Fprintf(&answer, "no canary-word-%d here, ", 39_999-i)
	}
	client := trial.Tenant(t, trial.Answers(http.StatusBadRequest, "text/plain", answer.String()[:256<<10]))
	begin := time.Now()
	_, err := client.IntegrationRequest.Create(t.Context(), []halopsa.IntegrationRequestInput{{RequestHeaders: halopsa.Set(headers.String())}})
	took := time.Since(begin)
	var refused *halopsa.APIError
	require.ErrorAs(t, err, &refused)
	assert.Less(t, took, 20*time.Second, "it took more without the race detector once")
	assert.Contains(t, refused.Message, "no [redacted] here")
	assert.NotContains(t, string(refused.Body)+err.Error(), "canary")
}

// TestCaseB18SecretsInEveryTextOfAResponse puts what was sent into each text that a response has.
func TestCaseB18SecretsInEveryTextOfAResponse(t *testing.T) {
	t.Parallel()
	secrets := map[string]string{
		"client secret": canarySecret, "token": "canary-access", "header": canaryHeader, "query": canaryFilter, "member": canaryMember,
	}
	places := map[string]func(w http.ResponseWriter, echo string){
		"request id": func(w http.ResponseWriter, echo string) {
			w.Header().Set("X-Request-Id", echo)
			w.WriteHeader(http.StatusBadRequest)
		},
		"request id of a success": func(w http.ResponseWriter, echo string) {
			w.Header().Set("X-Request-Id", echo)
			_, _ = io.WriteString(w, `{"error":"refused"}`)
		},
		"content type": func(w http.ResponseWriter, echo string) {
			w.Header().Set("Content-Type", "text/"+echo)
			_, _ = io.WriteString(w, "no JSON")
		},
		"member name": func(w http.ResponseWriter, echo string) {
			_, _ = io.WriteString(w, `[{"`+echo+`":{"id":{}},"id":{"`+echo+`":1}}]`)
		},
		"member name of an array": func(w http.ResponseWriter, echo string) {
			_, _ = io.WriteString(w, `{"`+echo+`":[{"id":"x"}]}`)
		},
		"member name that is cut": func(w http.ResponseWriter, echo string) {
			_, _ = io.WriteString(w, `[{"`+strings.Repeat("n", 60-len(echo))+echo+`":"","pad`+strings.Repeat("n", 41-len(echo))+`":"","id":{}}]`)
		},
		"location": func(w http.ResponseWriter, echo string) {
			w.Header().Set("Location", "https://"+echo+".example.com/x")
			w.WriteHeader(http.StatusFound)
		},
		"WWW-Authenticate": func(w http.ResponseWriter, echo string) {
			w.Header().Set("Www-Authenticate", `Bearer error_description="`+echo+`"`)
			w.WriteHeader(http.StatusForbidden)
		},
		"error": func(w http.ResponseWriter, echo string) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"error":"`+echo+`","errors":{"`+echo+`":["`+echo+`"]}}`)
		},
		"escaped twice": func(w http.ResponseWriter, echo string) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = io.WriteString(w, `{"message":"{\"error\":\"`+strings.ReplaceAll(echo, "-", `\\u002d`)+`\"}"}`)
		},
	}
	for place, put := range places {
		for name, secret := range secrets {
			t.Run(place+", "+name, func(t *testing.T) {
				t.Parallel()
				var log bytes.Buffer
				debug := &slog.HandlerOptions{Level: slog.LevelDebug}
				logger := slog.New(slog.NewTextHandler(&log, debug))
				var seen []halopsa.Attempt
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					if strings.HasSuffix(r.URL.Path, "/token") {
						trial.AnswersJSON(`{"access_token":"canary-access","token_type":"Bearer","expires_in":3600}`)(w, r)
						return
					}
					put(w, secret)
				}))
				t.Cleanup(server.Close)
				client, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials("sync", canarySecret),
					halopsa.WithHeader("X-Own", canaryHeader), halopsa.WithLogger(logger), halopsa.WithMaxRetries(0),
					halopsa.WithObserver(func(_ context.Context, a halopsa.Attempt) { seen = append(seen, a) }))
				require.NoError(t, err)
				var errs []error
				if name != "query" { // the write has none
					_, err := client.ConnectedInstance.Create(t.Context(), []halopsa.ConnectedInstanceInput{{NewClientSecret: halopsa.Set(halopsa.Secret(canaryMember))}})
					errs = append(errs, err)
				}
				if name != "member" { // and the list no body
					_, err := client.IntegrationFieldMapping.List(t.Context(), &halopsa.IntegrationFieldMappingListOptions{XMValue: canaryFilter})
					errs = append(errs, err)
				}
				texts := []string{fmt.Sprintf("%+v", seen)}
				for _, err := range errs {
					if err == nil { // a member that no record knows is no failure
						continue
					}
					logger.Error("failed", "error", err)
					slog.New(slog.NewJSONHandler(&log, debug)).Error("failed", "error", err)
					everyError(err, func(err error) { texts = append(texts, printed(err)...) })
				}
				require.NotEmpty(t, seen)
				texts = append(texts, log.String())
				for _, text := range texts {
					assert.NotContains(t, text, secret[len("canary"):], "not even a half of it")
					assert.NotContains(t, text, strings.ReplaceAll(secret, "-", `\u002d`))
				}
			})
		}
	}
}

// printed is all that can be printed of an error: its text, its verbs and its exported fields.
func printed(err error) []string {
	texts := []string{err.Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		texts = append(texts, fmt.Sprintf(verb, err))
	}
	if value := reflect.Indirect(reflect.ValueOf(err)); value.Kind() == reflect.Struct {
		for i := range value.NumField() {
			if field := value.Field(i); value.Type().Field(i).IsExported() {
				texts = append(texts, fmt.Sprintf("%s %+v", value.Type().Field(i).Name, field.Interface()))
			}
		}
	}
	var refused *halopsa.APIError
	if errors.As(err, &refused) {
		texts = append(texts, string(refused.Body))
	}
	return texts
}
