package halopsa_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestDecodeError(t *testing.T) {
	t.Parallel()
	list := func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegrationError.List(ctx, nil)
		return err
	}
	tests := map[string]struct {
		call              func(context.Context, *halopsa.Client) error
		contentType, body string
		offset            int64
		reason, snippet   string
	}{
		"HTML of a sign-in page": {getOne, "text/html", "<html><title>Sign in</title></html>", 0, "an HTML page instead of JSON", "HTML of 35 bytes"},
		"text":                   {getOne, "text/plain", "OK canary", 0, "neither a record nor an array of them", "text of 9 bytes"},
		"number":                 {list, "application/json", "12", 0, "neither a list nor an object", "text of 2 bytes"},
		"empty":                  {getOne, "", "", 0, "0 records in the response, where the one with the id 1 was asked for", ""},
		"null":                   {getOne, "application/json", "null", 0, "0 records in the response, where the one with the id 1 was asked for", ""},
		"no record":              {getOne, "application/json", "[]", 0, "0 records in the response, where the one with the id 1 was asked for", ""},
		"two records":            {getOne, "application/json", `[{"id":1},{"id":2}]`, 0, "2 records in the response, where the one with the id 1 was asked for", `[{"id":1},{"id":2}]`},
		"broken off":             {getOne, "application/json", `{"id":1,"error":"canary`, 22, "error: the text does not end", ""},
		"wrong type":             {getOne, "application/json", `{"id":1,"error":"canary","module_id":"canary"}`, 37, "module_id: not an integer that fits", `{"id":1,"error":"…","module_id":"…"}`},
		"wrong date":             {list, "application/json", `{"errors":[{"id":1},{"id":2,"date":"canary"}]}`, 35, "errors[1].date: ", `{"id":2,"date":"…"}`},
		"no array":               {list, "application/json", `{"record_count":3,"page_no":1}`, 0, "record_count says that there are records, but there is no array of them", ""},
		"which array":            {list, "application/json", `{"record_count":1,"a":[{"x":1}],"b":[{"x":1}]}`, 0, "which array is the list? there are a, b", ""},
		"more than JSON":         {getOne, "application/json", `{"id":1}canary`, 8, "something follows the JSON value", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				return respond(http.StatusOK, test.contentType, test.body), nil
			})
			err := test.call(t.Context(), client)
			var unread *halopsa.DecodeError
			require.ErrorAs(t, err, &unread)
			assert.Equal(t, http.StatusOK, unread.StatusCode)
			assert.Equal(t, test.contentType, unread.ContentType)
			assert.Contains(t, unread.Reason, test.reason)
			assert.InDelta(t, test.offset, unread.Offset, 1)
			assert.Contains(t, unread.Snippet, test.snippet)
			assert.Equal(t, "GET", unread.Method)
			assert.Equal(t, 1, unread.Attempts)
			what := "the response"
			if unread.Page > 0 {
				what = "row 2 of page 1, id 2 of the response"
				require.ErrorContains(t, err, "WithBadRow")
			}
			require.ErrorContains(t, err, "halopsa: "+unread.Op+": GET "+unread.Path+": "+what+" (200, ")
			require.ErrorContains(t, err, "cannot be read at byte ")
			assert.NotContains(t, err.Error()+unread.Snippet, "canary", "a value can be a credential")
			require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown, "nothing was written")
			assert.Equal(t, 1, mock.GetTotalCallCount())
		})
	}
}

// TestDecodeErrorOfAWrite: the write has happened, what became of it cannot be read.
func TestDecodeErrorOfAWrite(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *halopsa.Client) error{
		"Create": createOne, "Update": updateOne, "Delete": deleteOne,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil)
			server.Seed("IntegrationError", map[string]any{"id": 1})
			server.Seed("IntegrationExport", map[string]any{"id": 1})
			server.Fault(halopsatest.Fault{Status: http.StatusOK, Body: "<html><title>Sign in</title></html>"})
			err := call(t.Context(), client)
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			var unread *halopsa.DecodeError
			require.ErrorAs(t, err, &unread)
			assert.Equal(t, "text/html", unread.ContentType)
			assert.ErrorContains(t, err, "the write may have happened; read back before sending it again")
			assert.Equal(t, 1, server.Count("", ""))
		})
	}
}

// TestAnswersToWrites are those that are as good as a record.
func TestAnswersToWrites(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "null", `""`, "true", " \r\n", "\ufeff", `{"id":1}`, `[{"id":1}]`} {
		client, server := newStandin(t, nil)
		server.Fault(halopsatest.Fault{Status: http.StatusOK, Body: body, Times: -1})
		created, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{}})
		require.NoError(t, err, body)
		require.Len(t, created, 1, "as many as inputs")
		assert.Equal(t, strings.Contains(body, "id"), created[0] != nil)
		require.NoError(t, updateOne(t.Context(), client), body)
		require.NoError(t, deleteOne(t.Context(), client), body)
	}
	client, server := newStandin(t, nil)
	server.Fault(halopsatest.Fault{Status: http.StatusNoContent, Times: -1})
	require.NoError(t, deleteOne(t.Context(), client))
	require.NoError(t, createOne(t.Context(), client))
}
