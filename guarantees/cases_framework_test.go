package guarantees_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// passedCalls are the calls that pass on what is the caller's, by whether they are repeated.
func passedCalls() (reads, writes map[string]func(context.Context, *halopsa.Client, ...halopsa.RequestOption) error) {
	type call = func(context.Context, *halopsa.Client, ...halopsa.RequestOption) error
	const xero = halopsa.SystemXero
	body := map[string]any{"id": "7"}
	reads = map[string]call{
		"HaloIntegration.Get": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.HaloIntegration.Get(ctx, new(any), ro...)
		},
		"IntegrationData.Get": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationData.Get(ctx, xero, nil, new(any), ro...)
		},
		"IntegrationData.Search": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationData.Search(ctx, xero, nil, new(any), ro...)
		},
		"IntegrationData.Validate": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationData.Validate(ctx, xero, nil, new(any), ro...)
		},
	}
	writes = map[string]call{
		"HaloIntegration.CreateTicket": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.HaloIntegration.CreateTicket(ctx, body, new(any), ro...)
		},
		"HaloIntegration.CreateAction": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.HaloIntegration.CreateAction(ctx, body, new(any), ro...)
		},
		"IntegrationData.Post": func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationData.Post(ctx, xero, "pay", nil, body, new(any), ro...)
		},
	}
	type verb = func(*halopsa.IntegrationDataService, context.Context, halopsa.System, *halopsa.IntegrationDataOptions, any, any, ...halopsa.RequestOption) error
	for name, do := range map[string]verb{
		"Import": (*halopsa.IntegrationDataService).Import, "Export": (*halopsa.IntegrationDataService).Export,
		"Send": (*halopsa.IntegrationDataService).Send, "Link": (*halopsa.IntegrationDataService).Link,
		"Unlink": (*halopsa.IntegrationDataService).Unlink, "Move": (*halopsa.IntegrationDataService).Move,
		"AdjustQty": (*halopsa.IntegrationDataService).AdjustQty,
	} {
		writes["IntegrationData."+name] = func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return do(c.IntegrationData, ctx, xero, nil, body, new(any), ro...)
		}
	}
	return reads, writes
}

// failingFirst responds once as told and then with JSON, and counts the requests.
func failingFirst(first http.HandlerFunc) (http.HandlerFunc, *atomic.Int64) {
	var count atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == 1 {
			first(w, r)
			return
		}
		trial.AnswersJSON(`{"id":7}`)(w, r)
	}, &count
}

// hangUp breaks the connection off after the request was read.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = connection.Close()
	}
}

// TestCaseOnlyReadsOfTheFrameworkAreRepeated: of the other half of the framework Get, Search and Validate are asked again; what may have
// happened is not, and its outcome is unknown.
func TestCaseOnlyReadsOfTheFrameworkAreRepeated(t *testing.T) {
	t.Parallel()
	reads, writes := passedCalls()
	assert.Len(t, reads, 4)
	assert.Len(t, writes, 2+8)
	const page = "<html><title>504 Gateway Time-out</title></html>"
	for failure, first := range map[string]http.HandlerFunc{
		"504":     trial.Answers(http.StatusGatewayTimeout, "text/html", page),
		"502":     trial.Answers(http.StatusBadGateway, "text/html", page),
		"503":     trial.Answers(http.StatusServiceUnavailable, "text/plain", "busy"),
		"500":     trial.Answers(http.StatusInternalServerError, "", ""),
		"hang-up": hangUp,
	} {
		for name, call := range reads {
			handle, count := failingFirst(first)
			require.NoError(t, call(t.Context(), trial.Tenant(t, handle)), "%s %s", name, failure)
			assert.EqualValues(t, 2, count.Load(), "%s %s", name, failure)
		}
		for name, call := range writes {
			handle, count := failingFirst(first)
			err := call(t.Context(), trial.Tenant(t, handle))
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, "%s %s", name, failure)
			require.ErrorContains(t, err, name)
			assert.EqualValues(t, 1, count.Load(), "%s %s", name, failure)

			handle, count = failingFirst(first)
			require.NoError(t, call(t.Context(), trial.Tenant(t, handle), halopsa.WithIdempotent()), "%s %s", name, failure)
			assert.EqualValues(t, 2, count.Load(), "%s %s: the caller says that it may be sent twice", name, failure)
		}
	}
}

// TestCaseFrameworkWritesThatWereNotSent: what was turned away or never left is sent again, and what HaloPSA refuses did not happen.
func TestCaseFrameworkWritesThatWereNotSent(t *testing.T) {
	t.Parallel()
	_, writes := passedCalls()
	for name, call := range writes {
		synctest.Test(t, func(t *testing.T) { // the limiter waits out what it was told nothing about
			client, mock := trial.Mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				if mock.GetTotalCallCount() == 1 {
					return trial.Respond(http.StatusTooManyRequests, "text/plain", "slow down"), nil
				}
				return trial.Respond(http.StatusOK, "application/json", `{"id":7}`), nil
			})
			require.NoError(t, call(t.Context(), client), name)
			assert.Equal(t, 2, mock.GetTotalCallCount(), name)
		})

		handle, count := failingFirst(trial.Answers(http.StatusBadRequest, "application/json", `{"message":"no such client"}`))
		err := call(t.Context(), trial.Tenant(t, handle))
		require.ErrorIs(t, err, halopsa.ErrInvalid, name)
		require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown, name)
		assert.ErrorContains(t, err, "no such client")
		assert.EqualValues(t, 1, count.Load(), name)

		handle, count = failingFirst(trial.AnswersJSON(`{"id":7}`))
		var dials atomic.Int64
		transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials.Add(1) == 1 {
				return nil, errors.New("connection refused")
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}}
		t.Cleanup(transport.CloseIdleConnections)
		require.NoError(t, call(t.Context(), trial.Tenant(t, handle, halopsa.WithHTTPClient(&http.Client{Transport: transport}))), name)
		assert.EqualValues(t, 2, dials.Load(), name)
		assert.EqualValues(t, 1, count.Load(), name)
	}
}

// TestCaseInvalidDataType: the 400 in each of its forms says what was wrong, and which option is the cure.
func TestCaseInvalidDataType(t *testing.T) {
	t.Parallel()
	for body, option := range map[string]string{
		`"Invalid Data Type"`: "DataType",
		`{"ClassName":"System.Exception","Message":"Invalid Data Type","StackTraceString":null}`: "DataType",
		`"Invalid Resource"`:        "Resource",
		`"no connection was found"`: "",
	} {
		client := trial.Tenant(t, trial.Answers(http.StatusBadRequest, "application/json", body))
		for name, err := range map[string]error{
			"Get":    client.IntegrationData.Get(t.Context(), halopsa.SystemXero, nil, new(any)),
			"Import": client.IntegrationData.Import(t.Context(), halopsa.SystemXero, nil, []int{1}, nil),
		} {
			var refused *halopsa.APIError
			require.ErrorAs(t, err, &refused)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			assert.Contains(t, body, refused.Message)
			assert.Equal(t, option != "", strings.Contains(err.Error(), "set the "+option+" of IntegrationDataOptions"), "%s: %s", name, err)
		}
	}
}

// TestCaseThirdPartysErrorInASuccess: what a third party says with 200 is no success without data, and data with a message is one.
func TestCaseThirdPartysErrorInASuccess(t *testing.T) {
	t.Parallel()
	reads, writes := passedCalls()
	for body, says := range map[string]string{
		`{"error":"the tenant has no licence"}`:                                  "the tenant has no licence",
		`{"error":"the tenant has no licence","data":[]}`:                        "the tenant has no licence",
		`{"error":{"code":"Forbidden","message":"the tenant has no licence"}}`:   "the tenant has no licence",
		`{"ClassName":"System.Exception","Message":"the tenant has no licence"}`: "the tenant has no licence",
		`<!DOCTYPE html><html><title>the tenant has no licence</title></html>`:   "",
		`OK`:                "",
		`{"data":[1]`:       "",
		`{"data":[1]} tail`: "",
	} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		for name, call := range reads {
			err := call(t.Context(), client)
			require.ErrorContains(t, err, says, "%s %s", name, body)
			require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			var unreadable *halopsa.DecodeError
			assert.Equal(t, says == "", errors.As(err, &unreadable), "%s %s", name, body)
		}
		for name, call := range writes {
			err := call(t.Context(), client)
			require.ErrorContains(t, err, says, "%s %s", name, body)
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, "%s %s", name, body)
		}
	}
	for _, body := range []string{
		`{"message":"2 found","items":[{"id":1}]}`, `{"error":null,"data":[]}`, `{"error":"","value":{}}`, `[]`, `{}`, `[{"id":1,"error":"a row of a log"}]`,
		`{"error":{"count":0},"result":{"id":7}}`, `true`, `12`,
	} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		for _, calls := range []map[string]func(context.Context, *halopsa.Client, ...halopsa.RequestOption) error{reads, writes} {
			for name, call := range calls {
				require.NoError(t, call(t.Context(), client), "%s %s", name, body)
			}
		}
	}
}

// TestCaseThirdPartysEmptyResponse: a Get of nothing is an error, for the others nothing is what there is.
func TestCaseThirdPartysEmptyResponse(t *testing.T) {
	t.Parallel()
	reads, writes := passedCalls()
	for _, body := range []string{"", " \n", "null", `""`, "\xef\xbb\xbf"} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		for name, call := range reads {
			err := call(t.Context(), client)
			if strings.HasSuffix(name, ".Get") {
				var unreadable *halopsa.DecodeError
				require.ErrorAs(t, err, &unreadable, "%s %q", name, body)
				require.ErrorContains(t, err, "no record in the response")
			} else {
				require.NoError(t, err, "%s %q", name, body)
			}
		}
		for name, call := range writes {
			require.NoError(t, call(t.Context(), client), "%s %q", name, body)
		}
	}
}

// TestCaseErrorsAmongElements: a write is refused by an error in the place of an element, and by false. In response to a read both are data.
func TestCaseErrorsAmongElements(t *testing.T) {
	t.Parallel()
	reads, writes := passedCalls()
	for body, words := range map[string]string{
		`[{"error":"no such tenant"}]`: "no such tenant", `[{"id":1},{"errorMessage":"is locked"}]`: "[1]: is locked", `false`: "",
	} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		for name, call := range reads {
			require.NoError(t, call(t.Context(), client), "%s %s", name, body)
		}
		for name, call := range writes {
			err := call(t.Context(), client)
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, "%s %s", name, body)
			require.ErrorContains(t, err, words)
		}
	}
}

// TestCaseWriteWithoutABody: what has no body says that it is JSON all the same, since a tenant refuses any other with 415.
func TestCaseWriteWithoutABody(t *testing.T) {
	t.Parallel()
	client, server := halopsatest.NewClient(t)
	server.SetData("Import/Xero", func(r halopsatest.Request) halopsatest.Response { return halopsatest.JSON(len(r.Body)) })
	var length int
	require.NoError(t, client.IntegrationData.Import(t.Context(), halopsa.SystemXero, nil, nil, &length))
	assert.Zero(t, length)
}
