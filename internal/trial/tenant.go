// Package trial has what the tests of package halopsa and those in guarantees share: clients of plain servers, of the stand-in and of
// httpmock, and calls of every kind. Only tests import it.
package trial

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// Tenant returns a client of a plain HTTP server whose API is handle. It has a token and waits for nothing.
func Tenant(t testing.TB, handle http.HandlerFunc, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	all := append([]halopsa.ClientOption{
		halopsa.WithTokenSource(StaticToken), halopsa.WithBackoff(0, 0), halopsa.WithHTTPClient(server.Client()),
	}, opts...)
	client, err := halopsa.NewClient(server.URL, all...)
	require.NoError(t, err)
	return client
}

// Answers gives every request one response.
func Answers(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// AnswersJSON gives every request 200 and JSON.
func AnswersJSON(body string) http.HandlerFunc {
	return Answers(http.StatusOK, "application/json; charset=utf-8", body)
}

// ServePages responds to page_no with the page of that number, and behind them with an empty list.
func ServePages(array string, pages ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := `{"record_count":0,"` + array + `":[]}`
		if n := strings.Index("123456789", r.URL.Query().Get("page_no")); n >= 0 && n < len(pages) {
			body = pages[n]
		}
		AnswersJSON(body)(w, r)
	}
}
