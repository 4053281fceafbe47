package halopsa_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// The files cases_*_test.go play responses that were met on tenants, or that broke the client once, against the public API.

// plainTenant returns a client of a plain HTTP server whose API is handle. It has a token and waits for nothing.
func plainTenant(t testing.TB, handle http.HandlerFunc, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	all := append([]halopsa.ClientOption{
		halopsa.WithTokenSource(staticToken), halopsa.WithBackoff(0, 0), halopsa.WithHTTPClient(server.Client()),
	}, opts...)
	client, err := halopsa.NewClient(server.URL, all...)
	require.NoError(t, err)
	return client
}

// answers gives every request one response.
func answers(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// answersJSON gives every request 200 and JSON.
func answersJSON(body string) http.HandlerFunc {
	return answers(http.StatusOK, "application/json; charset=utf-8", body)
}

// servePages answers page_no with the page of that number, and what lies behind them with an empty list.
func servePages(array string, pages ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := `{"record_count":0,"` + array + `":[]}`
		if n := strings.Index("123456789", r.URL.Query().Get("page_no")); n >= 0 && n < len(pages) {
			body = pages[n]
		}
		answersJSON(body)(w, r)
	}
}
