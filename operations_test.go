package halopsa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// operation is a documented operation of HaloPSA, what the SDK sends for it and what it makes of the response.
type operation struct {
	api    string // "GET /IntegrationError/{id}"
	sent   string // path and query as sent
	body   string // fixture of the body as sent; "" for none
	answer string // fixture of the response
	status int    // of the response; 0 is 200
	call   func(context.Context, *halopsa.Client) (any, error)
	want   any

	refused int   // another response to the same call
	reason  error // what it is then
}

// date is the date of the fixtures.
var date = halopsa.NewTime(time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC))

func millis(n int) halopsa.Time {
	return halopsa.NewTime(date.Add(time.Duration(n) * time.Millisecond))
}

// fixture reads a file of testdata.
func fixture(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data)
}

// runOperations checks each operation twice: as it should go, and with a response that refuses it.
func runOperations(t *testing.T, operations []operation) {
	t.Helper()
	for _, op := range operations {
		t.Run(strings.NewReplacer("/", "_", " ", "").Replace(op.api+"_"+op.body), func(t *testing.T) {
			t.Parallel()
			method, _, _ := strings.Cut(op.api, " ")
			var body string
			if op.body != "" {
				body = fixture(t, op.body)
			}
			answer := fixture(t, op.answer)
			client, mock := mocked(t)
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				assert.Equal(t, method, req.Method)
				assert.Equal(t, "https://acme.halopsa.com/api"+op.sent, req.URL.String())
				assert.Equal(t, "application/json", req.Header.Get("Accept"))
				assert.Equal(t, "Bearer canary-token", req.Header.Get("Authorization"))
				assert.Regexp(t, `^halopsa-go/\d+\.\d+\.\d+ \(go`, req.Header.Get("User-Agent"))
				if op.body == "" {
					assert.Empty(t, req.Header.Get("Content-Type"))
					assert.Nil(t, req.Body)
				} else {
					assert.Equal(t, "application/json", req.Header.Get("Content-Type"))
					assert.JSONEq(t, body, readAll(t, req.Body))
				}
				status := op.status
				if status == 0 {
					status = http.StatusOK
				}
				return respond(status, "application/json", answer), nil
			})
			got, err := op.call(t.Context(), client)
			require.NoError(t, err)
			assert.Equal(t, op.want, got)
			assert.Equal(t, 1, mock.GetTotalCallCount())

			client, mock = mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				return respond(op.refused, "application/json", `{"message":"refused on purpose"}`), nil
			})
			_, err = op.call(t.Context(), client)
			require.ErrorIs(t, err, op.reason)
			require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			require.ErrorContains(t, err, "refused on purpose")
			require.ErrorContains(t, err, method+" "+strings.Split(op.sent, "?")[0])
			assert.Equal(t, 1, mock.GetTotalCallCount(), "it makes no sense to repeat it")
		})
	}
}

// nothing is what a call without a result gives.
func nothing(err error) (any, error) { return nil, err }

// page is a page of one record, as the fixtures have it.
func page[T any](record T, size, count int) *halopsa.Page[T] {
	return &halopsa.Page[T]{Records: []T{record}, Number: 1, Size: size, RecordCount: count}
}

// keptMember is what a record holds of the member that the fixtures have beyond the schemas.
var keptMember = map[string]json.RawMessage{"added_later": raw(`"kept"`)}

func raw(text string) json.RawMessage { return json.RawMessage(text) }
