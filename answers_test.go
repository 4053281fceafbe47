package halopsa_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// answering returns a client whose every call is answered with body.
func answering(t *testing.T, body string) *halopsa.Client {
	t.Helper()
	client, server := newStandin(t, nil)
	server.Fault(halopsatest.Fault{Status: http.StatusOK, Body: body, Times: -1, Header: http.Header{"Content-Type": {"application/json"}}})
	return client
}

// TestListShapes are the forms in which a list comes.
func TestListShapes(t *testing.T) {
	t.Parallel()
	two := []halopsa.IntegrationError{{ID: 1, Error: "a"}, {ID: 2, Error: "b"}}
	const rows = `[{"id":1,"error":"a"},{"id":2,"error":"b"}]`
	tests := map[string]struct {
		body        string
		want        []halopsa.IntegrationError
		size, count int
	}{
		"envelope":           {`{"page_no":1,"page_size":50,"record_count":2,"errors":` + rows + `}`, two, 50, 2},
		"array first":        {`{"errors":` + rows + `,"record_count":2}`, two, 2, 2},
		"numbers as text":    {`{"record_count":"2","page_size":"50","errors":` + rows + `}`, two, 50, 2},
		"upper case":         {`{"Record_Count":2,"Errors":` + rows + `}`, two, 2, 2},
		"resource's name":    {`{"record_count":2,"integrationerrors":` + rows + `}`, two, 2, 2},
		"another name":       {`{"record_count":2,"rows":` + rows + `}`, two, 2, 2},
		"columns beside":     {`{"record_count":2,"columns":[{"name":"id"}],"columns_id":4,"rows":` + rows + `,"include_children":false}`, two, 2, 2},
		"own name preferred": {`{"record_count":2,"modules":[{"id":9}],"error":` + rows + `,"tags":["x"]}`, two, 2, 2},
		"no numbers":         {`{"errors":` + rows + `}`, two, 2, -1},
		"count too low":      {`{"record_count":1,"errors":` + rows + `}`, two, 2, -1},
		"bare array":         {rows, two, 2, -1},
		"null rows":          {`[null,{"id":1,"error":"a"},null,{"id":2,"error":"b"}]`, two, 2, -1},
		"single object":      {`{"id":1,"error":"a"}`, two[:1], 1, -1},
		"byte order mark":    {"\ufeff" + rows, two, 2, -1},
		"white space":        {" \r\n\t" + rows + "\n", two, 2, -1},
		"empty envelope":     {`{"record_count":0,"errors":[]}`, nil, 0, 0},
		"envelope of null":   {`{"record_count":0,"errors":null}`, nil, 0, 0},
		"empty array":        {`[]`, nil, 0, -1},
		"null":               {`null`, nil, 0, -1},
		"empty text":         {`""`, nil, 0, -1},
		"nothing":            {``, nil, 0, -1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := answering(t, test.body)
			page, err := client.IntegrationError.List(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, len(test.want), len(page.Records)) //nolint:testifylint // an empty list need not be nil
			if len(test.want) > 0 {
				assert.Equal(t, test.want, page.Records)
			}
			assert.Equal(t, test.size, page.Size)
			assert.Equal(t, test.count, page.RecordCount)
			assert.Equal(t, 1, page.Number)
		})
	}
}

// TestLooseValues: ids, numbers, bools and dates come in several forms.
func TestLooseValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		want halopsa.IntegrationRequest
	}{
		"as documented": {
			`{"id":12,"isoutgoing":true,"duration":1.5,"datelogged":"2026-10-02T11:22:33Z","operation":"GET"}`,
			halopsa.IntegrationRequest{ID: 12, IsOutgoing: true, Duration: 1.5, DateLogged: date, Operation: "GET"},
		},
		"texts": {
			`{"id":"12","isoutgoing":"true","hastrace":"1","preserve":"False","duration":"1.5","resultcode":"200","datelogged":"2026-10-02T11:22:33"}`,
			halopsa.IntegrationRequest{ID: 12, IsOutgoing: true, HasTrace: true, Duration: 1.5, ResultCode: 200, DateLogged: date},
		},
		"numbers": {
			`{"id":12.0,"isoutgoing":1,"hastrace":0,"duration":15e-1,"resultcode":2E2,"details_id_string":7,"url":true}`,
			halopsa.IntegrationRequest{ID: 12, IsOutgoing: true, Duration: 1.5, ResultCode: 200, DetailsIDString: "7", URL: "true"},
		},
		"nulls": {
			`{"id":12,"isoutgoing":null,"duration":null,"resultcode":null,"datelogged":null,"operation":null,"trace":null,"_retry_webhook_token":null}`,
			halopsa.IntegrationRequest{ID: 12},
		},
		"empty texts": {
			`{"id":12,"isoutgoing":"","duration":"","resultcode":"","datelogged":"","trace":""}`,
			halopsa.IntegrationRequest{ID: 12},
		},
		"other case": {`{"ID":12,"IsOutgoing":true,"DateLogged":"2026-10-02T13:22:33+02:00"}`, halopsa.IntegrationRequest{ID: 12, IsOutgoing: true, DateLogged: date}},
		"no date":    {`{"id":12,"datelogged":"0001-01-01T00:00:00"}`, halopsa.IntegrationRequest{ID: 12}},
		"escapes": {
			`{"id":12,"operation":"a\"b\\c\/d\u00e9\ud83d\ude00\n\t","url":"é"}`,
			halopsa.IntegrationRequest{ID: 12, Operation: "a\"b\\c/dé😀\n\t", URL: "é"},
		},
		"members that nobody knows": {
			`{"new":{"deep":[1,{"x":"y"}]},"id":12,"other":[null,false],"operation":"GET"}`,
			halopsa.IntegrationRequest{ID: 12, Operation: "GET", Extra: map[string]json.RawMessage{"new": raw(`{"deep":[1,{"x":"y"}]}`), "other": raw(`[null,false]`)}},
		},
		"trace": {
			`{"id":12,"trace":[{"id":"1","log":"a","timestamp":"2026-10-02T11:22:33"},{"id":2,"log":"b"}]}`,
			halopsa.IntegrationRequest{ID: 12, Trace: []halopsa.Trace{{ID: 1, Log: "a", Timestamp: date}, {ID: 2, Log: "b"}}},
		},
		"one trace":   {`{"id":12,"trace":{"id":1,"log":"a"}}`, halopsa.IntegrationRequest{ID: 12, Trace: []halopsa.Trace{{ID: 1, Log: "a"}}}},
		"secret":      {`{"id":12,"_retry_webhook_token":"t"}`, halopsa.IntegrationRequest{ID: 12, RetryWebhookToken: "t"}},
		"warning":     {`{"id":12,"_warning":"The module is disabled."}`, halopsa.IntegrationRequest{ID: 12, Warning: "The module is disabled."}},
		"in an array": {`[{"id":12}]`, halopsa.IntegrationRequest{ID: 12}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := answering(t, test.body).IntegrationRequest.Get(t.Context(), 12, nil)
			require.NoError(t, err)
			assert.Equal(t, test.want, *got)
		})
	}
}

// TestValuesThatDoNotFit are errors that say where, and no zero values.
func TestValuesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for body, where := range map[string]string{
		`{"id":12.5}`:                             "id: ",
		`{"id":"twelve"}`:                         "id: ",
		`{"id":[12]}`:                             "id: ",
		`{"id":99999999999999999999}`:             "id: ",
		`{"id":12,"isoutgoing":2}`:                "isoutgoing: ",
		`{"id":12,"isoutgoing":"maybe"}`:          "isoutgoing: ",
		`{"id":12,"isoutgoing":{}}`:               "isoutgoing: ",
		`{"id":12,"duration":"long"}`:             "duration: ",
		`{"id":12,"duration":[]}`:                 "duration: ",
		`{"id":12,"datelogged":"soon"}`:           "datelogged: ",
		`{"id":12,"datelogged":7}`:                "datelogged: ",
		`{"id":12,"trace":"text"}`:                "trace: ",
		`{"id":12,"trace":[{"id":1},{"id":"x"}]}`: "trace[1].id: ",
		`{"id":12,"trace":[7]}`:                   "trace[0]: ",
		`{"id":12,}`:                              "",
		`{"id" 12}`:                               "",
		`{"id":12`:                                "",
		`{"id":tru}`:                              "",
		`{"id":012}`:                              "",
		`{"id":12,"operation":"\x"}`:              "operation: ",
		`{"id":12,"operation":"\u12"}`:            "operation: ",
		"{\"id\":12,\"operation\":\"a\nb\"}":      "operation: ",
		`[{"id":12},7]`:                           "2 records",
		`{"id":12,"deep":` + nested(2000) + `}`:   "",
	} {
		_, err := answering(t, body).IntegrationRequest.Get(t.Context(), 12, nil)
		var unread *halopsa.DecodeError
		require.ErrorAs(t, err, &unread, body)
		assert.Contains(t, unread.Reason, where, body)
	}
}

func nested(n int) string {
	deep := make([]byte, 0, 2*n)
	for range n {
		deep = append(deep, '[')
	}
	for range n {
		deep = append(deep, ']')
	}
	return string(deep)
}

// TestUnknownMembersAreKept where HaloPSA publishes no schema, or has added to it.
func TestUnknownMembersAreKept(t *testing.T) {
	t.Parallel()
	client := answering(t, `{"id":"3","config_id":12,"level":"info","steps":["a",{"b":null}],"n":1e400}`)
	got, err := client.IntegratorTrace.Get(t.Context(), 3)
	require.NoError(t, err)
	assert.Equal(t, halopsa.IntegratorTrace{ID: 3, ConfigID: 12, Extra: map[string]json.RawMessage{
		"level": raw(`"info"`), "steps": raw(`["a",{"b":null}]`), "n": raw(`1e400`),
	}}, *got)
}

// TestBytes: the body of an export is base64 of either alphabet where it is padded or says so, and text is kept as it is.
func TestBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"aGk/Pj4="`: "hi?>>", `"aGk_Pj4="`: "hi?>>", `"aGk_Pj4"`: "aGk_Pj4", `"data:;base64,aGk_Pj4"`: "hi?>>", `"string"`: "string", `"no base64!"`: "no base64!", `""`: "", `null`: "",
	} {
		page, err := answering(t, `[{"id":1,"export_body":`+text+`}]`).IntegrationExport.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, want, string(page.Records[0].ExportBody), text)
	}
	_, err := answering(t, `[{"id":1,"export_body":{"x":1}}]`).IntegrationExport.List(t.Context(), nil)
	assert.ErrorContains(t, err, "[0].export_body: ")
}
