package guarantees_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestCaseB15TransportWithoutAResponse: a transport or middleware that keeps to no contract is an error, and no panic.
func TestCaseB15TransportWithoutAResponse(t *testing.T) {
	t.Parallel()
	for name, respond := range map[string]func() (*http.Response, error){
		"nil and nil":  func() (*http.Response, error) { return nil, nil }, //nolint:nilnil // that is the case
		"without body": func() (*http.Response, error) { return &http.Response{StatusCode: http.StatusOK}, nil },
	} {
		for kind, call := range trial.Calls {
			client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithTokenSource(trial.StaticToken), halopsa.WithBackoff(0, 0),
				halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(*http.Request) (*http.Response, error) { return respond() })}))
			require.NoError(t, err)
			err = call(t.Context(), client)
			var failed *halopsa.CallError
			require.ErrorAs(t, err, &failed, "%s, %s", kind, name)
			require.ErrorContains(t, err, "transport returned neither a response")
			assert.Equal(t, kind != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown), "it may have sent the write")
		}
	}
}

// brokenSource panics, as somebody else's code may.
type brokenSource struct{}

func (brokenSource) Token(context.Context) (*oauth2.Token, error) { panic("no token today") }

// TestCaseB16SlotOfATokenSourceThatPanics: it is given back, or the client would send nothing more once all are lost.
func TestCaseB16SlotOfATokenSourceThatPanics(t *testing.T) {
	t.Parallel()
	client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithTokenSource(brokenSource{}), halopsa.WithRateLimit(1, time.Hour))
	require.NoError(t, err)
	for range 3 {
		func() {
			defer func() { _ = recover() }()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err := trial.GetOne(ctx, client)
			assert.NotErrorIs(t, err, context.DeadlineExceeded, "the slot of the call before is lost")
		}()
	}
}

// brokenLimiter panics.
type brokenLimiter struct{}

func (brokenLimiter) Wait(context.Context) error { panic("no limit today") }

// TestCaseB16PanicsOfTheCallersCode reach the caller, where they can be recovered from, also of a page that is read ahead.
func TestCaseB16PanicsOfTheCallersCode(t *testing.T) {
	t.Parallel()
	client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithTokenSource(trial.StaticToken), halopsa.WithLimiter(brokenLimiter{}))
	require.NoError(t, err)
	assert.PanicsWithValue(t, "no limit today", func() { _ = trial.GetOne(t.Context(), client) })
	assert.PanicsWithValue(t, "no limit today", func() {
		for _, err := range client.IntegrationError.All(t.Context(), nil, halopsa.WithPrefetch(4)) {
			assert.NoError(t, err)
		}
	})
}

// TestCaseB16ClientThatNewClientDidNotMake is an argument that is refused.
func TestCaseB16ClientThatNewClientDidNotMake(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*halopsa.Client{"zero": {}, "nil": nil} {
		calls := map[string]func() error{
			"AllOf": func() error {
				_, err := halopsa.Collect(halopsa.AllOf[struct{}](t.Context(), client, "Tickets", halopsa.WithPrefetch(4)))
				return err
			},
			"GetOf": func() error { _, err := halopsa.GetOf[struct{}](t.Context(), client, "Tickets", 1); return err },
			"PostOf": func() error {
				_, err := halopsa.PostOf[struct{}](t.Context(), client, "Tickets", struct{ A int }{})
				return err
			},
			"DeleteOf": func() error { return halopsa.DeleteOf(t.Context(), client, "Tickets", 1) },
		}
		if client != nil {
			calls["List"] = func() error { _, err := client.IntegrationError.List(t.Context(), nil); return err }
			calls["All"] = func() error {
				_, err := halopsa.Collect(client.IntegrationExport.All(t.Context(), nil, halopsa.WithPrefetch(4)))
				return err
			}
			calls["Since"] = func() error { _, err := halopsa.Collect(client.IntegratorLog.Since(t.Context(), 0, nil)); return err }
			calls["Follow"] = func() error {
				_, err := halopsa.Collect(client.IntegrationRequest.Follow(t.Context(), 0, time.Second, nil))
				return err
			}
			calls["Create"] = func() error {
				_, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{}})
				return err
			}
			calls["Delete"] = func() error { return client.IntegrationDelta.Delete(t.Context(), 1) }
			calls["IntegrationData"] = func() error { return client.IntegrationData.Get(t.Context(), "Xero", nil, nil) }
			calls["HaloIntegration"] = func() error { return client.HaloIntegration.Get(t.Context(), nil) }
		}
		for method, call := range calls {
			var argument *halopsa.ArgumentError
			require.ErrorAs(t, call(), &argument, "%s of a %s client", method, name)
			assert.Equal(t, "client", argument.Argument)
		}
	}
}
