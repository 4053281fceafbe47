package halopsa_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// errorBodies are the shapes that bodies of errors were seen in, and the message that a person can act on.
var errorBodies = map[string]struct{ contentType, body, message string }{
	"OAuth":                 {"application/json", `{"error":"invalid_request","error_description":"The order is unknown."}`, "invalid_request: The order is unknown."},
	"OAuth, code alone":     {"application/json", `{"error":"invalid_request"}`, "invalid_request"},
	"message":               {"application/json", `{"message":"The module is disabled."}`, "The module is disabled."},
	"Message":               {"application/json; charset=utf-8", `{"Message":"The module is disabled."}`, "The module is disabled."},
	"ExceptionMessage":      {"application/json", `{"Message":"An error has occurred.","ExceptionMessage":"Invalid column name 'dat'.","StackTrace":"at Halo.Api"}`, "An error has occurred: Invalid column name 'dat'."},
	"ExceptionMessage too":  {"application/json", `{"ExceptionMessage":"Invalid column name 'dat'."}`, "Invalid column name 'dat'."},
	"ClassName":             {"application/json", `{"ClassName":"System.Exception","Message":"The record is locked.","Data":null}`, "The record is locked."},
	"ClassName alone":       {"application/json", `{"ClassName":"System.NullReferenceException","Message":null}`, "System.NullReferenceException"},
	"fields":                {"application/json", `{"title":"One or more errors.","errors":{"msid":["must be a number"],"id":["is missing","is 0"]}}`, "One or more errors; id: is missing; is 0; msid: must be a number"},
	"nested":                {"application/json", `{"error":{"code":7,"message":"The module is disabled."}}`, "The module is disabled."},
	"array":                 {"application/json", `[{"message":"first"},{"message":"second"}]`, "first; second"},
	"JSON string":           {"application/json", `"The record is locked."`, "The record is locked."},
	"JSON as text":          {"text/plain", `{"message":"The module is disabled."}`, "The module is disabled."},
	"JSON of several lines": {"application/json", "{\"message\":\"The record\\r\\n  is \\u2028locked.\"}", "The record is locked."},
	"text":                  {"text/plain", "The record is locked.", "The record is locked."},
	"text of lines":         {"text/plain", "The record\r\n\r\n\tis \x1b[31mlocked.\n", "The record is [31mlocked."},
	"text, no type":         {"", "The record is locked.", "The record is locked."},
	"HTML":                  {"text/html", "<html>\r\n<head><title>504 Gateway\nTime-out</title></head><body><h1>x</h1></body></html>", "504 Gateway Time-out"},
	"HTML, no title":        {"text/html", "<html><style>p{}</style><body><h1>Service &amp; more</h1><p>unavailable</p></body></html>", "Service & more unavailable"},
	"HTML as JSON":          {"application/json", "<!DOCTYPE html><html><title>Sign in</title></html>", "Sign in"},
	"empty":                 {"application/json", "", ""},
	"blank":                 {"", " \r\n", ""},
	"null":                  {"application/json", "null", ""},
	"empty object":          {"application/json", "{}", ""},
	"byte order mark":       {"application/json", "\ufeff{\"message\":\"The module is disabled.\"}", "The module is disabled."},
}

// errorStatuses has the sentinel error of each status, or nil if the status has no sentinel.
var errorStatuses = map[int]error{
	400: halopsa.ErrInvalid, 401: halopsa.ErrUnauthorized, 402: nil, 403: halopsa.ErrForbidden, 404: halopsa.ErrNotFound, 405: nil,
	409: halopsa.ErrConflict, 422: halopsa.ErrInvalid, 429: halopsa.ErrRateLimited, 500: halopsa.ErrServer, 501: halopsa.ErrServer,
	502: halopsa.ErrServer, 503: halopsa.ErrServer, 504: halopsa.ErrServer, 520: halopsa.ErrServer, 599: halopsa.ErrServer,
}

// isError is errors.Is, for the tables in which it is wanted of some errors and not of others.
func isError(err, target error) bool { return errors.Is(err, target) }

func TestErrorOfEveryStatusAndBody(t *testing.T) {
	t.Parallel()
	for status, sentinel := range errorStatuses {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			for name, test := range errorBodies {
				client, mock := mocked(t)
				mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
					resp := respond(status, test.contentType, test.body)
					resp.Header.Set("X-Request-Id", "r-42")
					return resp, nil
				})
				_, err := client.IntegrationRequest.Get(t.Context(), 7, nil, halopsa.WithoutRetry())
				var refused *halopsa.APIError
				require.ErrorAs(t, err, &refused, name)
				assert.Equal(t, test.message, refused.Message, name)
				assert.Equal(t, "IntegrationRequest.Get", refused.Op)
				assert.Equal(t, "GET", refused.Method)
				assert.Equal(t, "/IntegrationRequest/7", refused.Path)
				assert.Equal(t, status, refused.StatusCode)
				assert.Equal(t, "r-42", refused.RequestID)
				assert.Equal(t, 1, refused.Attempts)
				assert.Equal(t, test.body, string(refused.Body))
				for _, other := range sentinels {
					// What a page says is not HaloPSA's word, but for what is so whoever says it.
					page := strings.HasPrefix(test.body, "<") && status != 401 && status != 429 && status < 500
					assert.Equal(t, other == sentinel && !page, isError(err, other), "%s: %v", name, other) //nolint:errorlint // sentinels
				}
				start := fmt.Sprintf("halopsa: IntegrationRequest.Get: GET /IntegrationRequest/7: %d", status)
				assert.True(t, strings.HasPrefix(err.Error(), start), err)
				assert.Contains(t, err.Error(), strings.TrimSuffix(test.message, "."))
				assert.Contains(t, err.Error(), "request id r-42")
				assert.NotRegexp(t, `[\r\n]|: :|: \(|\.[:;] `, err.Error(), name)
			}
		})
	}
}

func TestAdviceByStatus(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		list   string // what the error of a list says, and that of a create
		create string
	}{
		"token":     {401, "the base URL and the authorization server belong to different instances", "lacks the scope or the agent it logs in as lacks the right"},
		"forbidden": {403, "the API application lacks the scope, or the agent it logs in as lacks the role", "lacks the scope, or the agent it logs in as lacks the role"},
		"not found": {404, "no such record, or this version of HaloPSA has no such endpoint", "no such record, or this version"},
		"limit":     {429, "the tenant's request limit is used up", "the tenant's request limit is used up"},
		"502":       {502, "the gateway in front of HaloPSA got no proper response from it", "the server may have continued working"},
		"503":       {503, "is overloaded or being maintained", "the server may have continued working"},
		"504":       {504, "gave up waiting; a smaller page or a filter makes a large list faster", "the server may have continued working"},
		"521":       {521, "the network in front of HaloPSA could not reach it", "could not reach it"},
		"524":       {524, "gave up waiting; a smaller page or a filter makes a large list faster", "the server may have continued working"},
		"of a kind": {500, "boom", "boom"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				return respond(test.status, "text/plain", "boom"), nil
			})
			_, err := client.IntegrationRequest.List(t.Context(), nil, halopsa.WithoutRetry())
			assert.ErrorContains(t, err, ": boom")
			assert.ErrorContains(t, err, test.list)
			assert.Equal(t, test.status == 504 || test.status == 524, strings.Contains(err.Error(), "smaller page"), "only where it is about the cause")
			_, err = client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{}}, halopsa.WithoutRetry())
			assert.ErrorContains(t, err, ": boom")
			assert.ErrorContains(t, err, test.create)
			assert.NotContains(t, err.Error(), "smaller page")
			assert.Equal(t, test.status >= 500, isError(err, halopsa.ErrOutcomeUnknown))
		})
	}
}

func TestErrorCountsAttempts(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil, halopsa.WithBackoff(0, 0), halopsa.WithMaxRetries(2))
	server.Fault(halopsatest.Fault{Kind: halopsatest.HTML504, Times: -1})
	err := getOne(t.Context(), client)
	var refused *halopsa.APIError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 3, refused.Attempts)
	assert.Equal(t, 3, server.Count("", ""))
	assert.EqualError(t, err, "halopsa: IntegrationError.Get: GET /IntegrationError/1: 504 Gateway Timeout: 504 Gateway Time-out: "+
		"the gateway in front of HaloPSA gave up waiting (3 attempts)")
}

// TestAdviceNamesWhatTheListHas: not every list has pages, and not every list has filters.
func TestAdviceNamesWhatTheListHas(t *testing.T) {
	t.Parallel()
	client, mock := mocked(t)
	mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
		return respond(http.StatusGatewayTimeout, "text/html", "<html>"), nil
	})
	only := halopsa.WithoutRetry()
	for name, test := range map[string]struct {
		call  func() error
		wants string
	}{
		"pages and filters": {func() error { _, err := client.IntegrationError.List(t.Context(), nil, only); return err }, "; a smaller page or a filter makes"},
		"pages":             {func() error { _, err := client.IntegrationDelta.List(t.Context(), nil, only); return err }, "; a smaller page makes"},
		"filters":           {func() error { _, err := client.IntegrationExport.List(t.Context(), nil, only); return err }, "; a filter makes"},
		"neither":           {func() error { _, err := client.IntegrationLookUp.List(t.Context(), only); return err }, "gave up waiting"},
		"a path": {func() error {
			_, err := halopsa.ListOf[map[string]any](t.Context(), client, "Tickets", only)
			return err
		}, "; a smaller page or a filter makes"},
		"one record": {func() error { _, err := client.IntegrationError.Get(t.Context(), 5, nil, only); return err }, "gave up waiting"},
	} {
		err := test.call()
		require.ErrorContains(t, err, test.wants, name)
		assert.Equal(t, strings.HasPrefix(test.wants, ";"), strings.Contains(err.Error(), "makes"), name)
	}
}

func TestErrorTellsRetryAfter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header string
		want   time.Duration
	}{
		"seconds":   {"90", 90 * time.Second},
		"fraction":  {"1.5", 1500 * time.Millisecond},
		"date":      {time.Date(2000, 1, 1, 0, 2, 0, 0, time.UTC).Format(http.TimeFormat), 2 * time.Minute}, // a bubble begins in 2000
		"past date": {time.Date(1999, 1, 1, 0, 2, 0, 0, time.UTC).Format(http.TimeFormat), 0},
		"none":      {"", 0},
		"nonsense":  {"soon", 0},
		"negative":  {"-5", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, server := newStandin(t, nil)
				server.Fault(halopsatest.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {test.header}}})
				_, err := client.IntegrationError.Get(t.Context(), 1, nil, halopsa.WithoutRetry())
				var refused *halopsa.APIError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, test.want, refused.RetryAfter)
			})
		})
	}
}

func TestErrorFindsTheRequestID(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		client, server := newStandin(t, nil)
		server.Fault(halopsatest.Fault{Status: http.StatusConflict, Header: http.Header{header: {"r-" + header}}})
		err := getOne(t.Context(), client)
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, "r-"+header, refused.RequestID)
	}
}

func TestErrorKeepsABodyOf64KiB(t *testing.T) {
	t.Parallel()
	for _, length := range []int{64<<10 - 1, 64 << 10, 64<<10 + 1, 5 << 20} {
		client, server := newStandin(t, nil)
		server.Fault(halopsatest.Fault{Status: http.StatusBadRequest, Body: strings.Repeat("é", length/2) + strings.Repeat("x", length%2)})
		err := getOne(t.Context(), client)
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused)
		assert.Len(t, refused.Body, min(length, 64<<10))
		assert.Len(t, []rune(refused.Message), 500)
		assert.Less(t, len(err.Error()), 1200)
	}
}

// TestErrorInsideASuccess: a failure that comes as 200, as report endpoints send it, is an error and never an empty result.
func TestErrorInsideASuccess(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"OAuth":   `{"error":"query failed","error_description":"The query timed out."}`,
		"Message": `{"ClassName":"System.Exception","Message":"The query timed out."}`,
	}
	type call func(*testing.T, *halopsa.Client) error
	calls := map[string]struct {
		call  call
		write bool
	}{
		"List": {func(t *testing.T, c *halopsa.Client) error {
			page, err := halopsa.ListOf[map[string]any](t.Context(), c, "Report")
			assert.Nil(t, page)
			return err
		}, false},
		"All": {func(t *testing.T, c *halopsa.Client) error {
			records, err := halopsa.Collect(c.IntegrationError.All(t.Context(), nil))
			assert.Empty(t, records)
			return err
		}, false},
		"Get":    {func(t *testing.T, c *halopsa.Client) error { return getOne(t.Context(), c) }, false},
		"Create": {func(t *testing.T, c *halopsa.Client) error { return createOne(t.Context(), c) }, true},
		"Update": {func(t *testing.T, c *halopsa.Client) error { return updateOne(t.Context(), c) }, true},
		"Delete": {func(t *testing.T, c *halopsa.Client) error { return deleteOne(t.Context(), c) }, true},
	}
	for name, body := range bodies {
		for method, test := range calls {
			t.Run(name+" "+method, func(t *testing.T) {
				t.Parallel()
				client, server := newStandin(t, nil)
				server.Fault(halopsatest.Fault{
					Status: http.StatusOK, Body: body, Times: -1,
					Header: http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"r-1"}},
				})
				err := test.call(t, client)
				var refused *halopsa.APIError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, http.StatusOK, refused.StatusCode)
				assert.Contains(t, refused.Message, "The query timed out.")
				assert.Equal(t, body, string(refused.Body))
				assert.Equal(t, "r-1", refused.RequestID)
				assert.Equal(t, test.write, isError(err, halopsa.ErrOutcomeUnknown))
				assert.Equal(t, 1, server.Count("", ""))
			})
		}
	}
}

// TestRecordsWithMembersOfErrors: a record is no error because it has a member that errors have too.
func TestRecordsWithMembersOfErrors(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	server.Seed("IntegrationError", map[string]any{"error": "no such site", "message": "x"})
	got, err := client.IntegrationError.Get(t.Context(), 1, nil)
	require.NoError(t, err)
	assert.Equal(t, "no such site", got.Error)
	require.NoError(t, client.IntegrationError.Delete(t.Context(), 1))

	server.Fault(halopsatest.Fault{Status: http.StatusOK, Body: `{"message":"on"}`})
	state, err := halopsa.GetOf[struct{ Message string }](t.Context(), client, "Control", "state")
	require.NoError(t, err)
	assert.Equal(t, "on", state.Message)
}

func TestEveryErrorIsOneLine(t *testing.T) {
	t.Parallel()
	lines := "a\nb\r\nc\td"
	call := halopsa.Call{Op: "X.Get", Method: "GET", Path: "/X", Attempts: 2}
	all := map[string]error{
		"APIError":        &halopsa.APIError{Call: call, StatusCode: 400, Message: "a b"},
		"ArgumentError":   &halopsa.ArgumentError{Op: "X.Get", Argument: "id", Reason: lines},
		"option":          &halopsa.ArgumentError{Argument: "WithX", Reason: lines},
		"CallError":       &halopsa.CallError{Call: call, Err: fmt.Errorf("%s", lines)},
		"AuthError":       &halopsa.AuthError{Message: "a b"},
		"DecodeError":     &halopsa.DecodeError{Call: call, Reason: "a b"},
		"PaginationError": &halopsa.PaginationError{Call: call, RecordCount: -1, Reason: "a b"},
		"WaitError":       &halopsa.WaitError{Wait: time.Minute},
		"BatchError":      &halopsa.BatchError{Call: call, Written: []int{0}, Err: &halopsa.AuthError{Message: "a b"}},
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		text := all[name].Error()
		assert.True(t, strings.HasPrefix(text, "halopsa: "), text)
		assert.NotRegexp(t, `[\r\n\t]`, text, name)
		assert.Equal(t, 1, strings.Count(text, "halopsa: "), text)
	}
}
