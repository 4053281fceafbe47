package halopsatest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// caller calls a stand-in as curl would.
type caller struct {
	t     *testing.T
	http  http.Client
	base  string
	token string
}

// call returns a caller of h without a network.
func call(t *testing.T, h *halopsatest.Handler) *caller {
	t.Helper()
	c := &caller{t: t, base: "http://standin", http: http.Client{Transport: h.Transport()}}
	c.login()
	return c
}

// login fetches a token.
func (c *caller) login() {
	c.t.Helper()
	status, body := c.post("/auth/token?tenant=acme", "application/x-www-form-urlencoded", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {halopsatest.ClientID}, "client_secret": {halopsatest.ClientSecret}, "scope": {"all"},
	}.Encode())
	require.Equal(c.t, http.StatusOK, status)
	var token struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	require.NoError(c.t, json.Unmarshal([]byte(body), &token))
	assert.Positive(c.t, token.ExpiresIn)
	c.token = token.AccessToken
}

func (c *caller) post(path, contentType, body string) (int, string) {
	return c.do(http.MethodPost, path, contentType, body)
}

func (c *caller) get(path string) (int, string) { return c.do(http.MethodGet, path, "", "") }

func (c *caller) do(method, path, contentType, body string) (int, string) {
	c.t.Helper()
	resp, err := c.try(method, path, contentType, body)
	require.NoError(c.t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp.StatusCode, string(data)
}

func (c *caller) try(method, path, contentType, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	return c.http.Do(req)
}

// envelope is what a paged list comes in.
type envelope struct {
	PageNo      int              `json:"page_no"`
	PageSize    int              `json:"page_size"`
	RecordCount *int             `json:"record_count"`
	Errors      []map[string]any `json:"errors"`
}

func (c *caller) list(query string) envelope {
	c.t.Helper()
	status, body := c.get("/api/IntegrationError?" + query)
	require.Equal(c.t, http.StatusOK, status, body)
	var e envelope
	require.NoError(c.t, json.Unmarshal([]byte(body), &e))
	return e
}

func (e envelope) ids() (ids []int) {
	for _, r := range e.Errors {
		ids = append(ids, int(r["id"].(float64))) //nolint:errcheck,forcetypeassert // a panic is a failure too
	}
	return ids
}

// seedErrors puts n integration errors into h.
func seedErrors(h *halopsatest.Handler, n int) {
	for i := range n {
		h.Seed("IntegrationError", map[string]any{"module_id": 12 + i%2, "error": "e", "date": []string{"2026-10-02", "2026-10-01"}[i%2]})
	}
}

func TestHabitsOfPaging(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		habits halopsatest.Habits
		query  string
		ids    []int // first and last
		length int
		count  int
	}{
		"a page":                          {halopsatest.Habits{}, "pageinate=true&page_no=2&page_size=100", []int{101, 200}, 100, 230},
		"the last page":                   {halopsatest.Habits{}, "pageinate=true&page_no=3&page_size=100", []int{201, 230}, 30, 230},
		"a page behind the end":           {halopsatest.Habits{}, "pageinate=true&page_no=4&page_size=100", nil, 0, 230},
		"without pageinate":               {halopsatest.Habits{}, "page_no=2&page_size=100", []int{1, 50}, 50, 230},
		"without page_no":                 {halopsatest.Habits{}, "pageinate=true&page_size=100", []int{1, 50}, 50, 230},
		"an unknown parameter is ignored": {halopsatest.Habits{}, "paginate=true&page_no=2&page_size=100", []int{1, 50}, 50, 230},
		"count":                           {halopsatest.Habits{}, "count=230", []int{1, 230}, 230, 230},
		"cap":                             {halopsatest.Habits{PageCap: 100}, "pageinate=true&page_no=2&page_size=1000", []int{101, 200}, 100, 230},
		"cap, offset by what was asked":   {halopsatest.Habits{PageCap: 50, OffsetByAsked: true}, "pageinate=true&page_no=2&page_size=100", []int{101, 150}, 50, 230},
		"fixed size":                      {halopsatest.Habits{FixedSize: 30}, "pageinate=true&page_no=2&page_size=7", []int{31, 60}, 30, 230},
		"paging ignored":                  {halopsatest.Habits{IgnorePaging: true}, "pageinate=true&page_no=2&page_size=100", []int{1, 50}, 50, 230},
		"paging ignored, count":           {halopsatest.Habits{IgnorePaging: true}, "pageinate=true&page_no=1&count=230", []int{1, 230}, 230, 230},
		"count ignored too":               {halopsatest.Habits{IgnorePaging: true, IgnoreCount: true, DefaultSize: 20}, "count=230", []int{1, 20}, 20, 230},
		"filter":                          {halopsatest.Habits{}, "pageinate=true&page_no=1&page_size=200&module_id=13", []int{2, 230}, 115, 115},
		"sorted down":                     {halopsatest.Habits{}, "pageinate=true&page_no=1&page_size=230&order=id&orderdesc=true", []int{230, 1}, 230, 230},
		"sorted by two keys":              {halopsatest.Habits{}, "pageinate=true&page_no=1&page_size=230&order=date&order2=id&orderdesc2=true", []int{230, 1}, 230, 230},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(halopsatest.WithHabits(test.habits))
			seedErrors(h, 230)
			got := call(t, h).list(test.query)
			require.Len(t, got.Errors, test.length)
			if test.ids != nil {
				ids := got.ids()
				ends := []int{ids[0], ids[len(ids)-1]}
				assert.Equal(t, test.ids, ends)
			}
			require.NotNil(t, got.RecordCount)
			assert.Equal(t, test.count, *got.RecordCount)
		})
	}
}

func TestHabitsOfEnvelopes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		habits   halopsatest.Habits
		resource string
		want     string
	}{
		"envelope":        {halopsatest.Habits{}, "IntegrationError", `{"page_no":2,"page_size":1,"record_count":2,"errors":[{"id":2}]}`},
		"no record_count": {halopsatest.Habits{NoRecordCount: true}, "IntegrationError", `{"page_no":2,"page_size":1,"errors":[{"id":2}]}`},
		"wrong page_no":   {halopsatest.Habits{WrongPageNo: true}, "IntegrationError", `{"page_no":5,"page_size":1,"record_count":2,"errors":[{"id":2}]}`},
		"other name":      {halopsatest.Habits{Array: "rows"}, "IntegrationError", `{"page_no":2,"page_size":1,"record_count":2,"rows":[{"id":2}]}`},
		"bare array":      {halopsatest.Habits{BareArray: true}, "IntegrationError", `[{"id":2}]`},
		"not paged":       {halopsatest.Habits{}, "IntegrationFieldData", `[{"id":1},{"id":2}]`},
		"capped":          {halopsatest.Habits{PageCap: 1}, "IntegrationFieldData", `{"page_no":1,"page_size":1,"record_count":2,"integrationfielddata":[{"id":1}]}`},
		"empty":           {halopsatest.Habits{}, "IntegratorTrace", `{"page_no":2,"page_size":1,"record_count":0,"results":[]}`},
		"empty as null":   {halopsatest.Habits{EmptyList: "null"}, "IntegratorTrace", `null`},
		"not of this API": {halopsatest.Habits{}, "Tickets", `{"page_no":2,"page_size":1,"record_count":2,"tickets":[{"id":2}]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler()
			h.SetHabits(test.resource, test.habits)
			if test.resource != "IntegratorTrace" {
				h.Seed(test.resource, map[string]any{"id": 1}, map[string]any{"id": "2"})
			}
			status, body := call(t, h).get("/api/" + test.resource + "?pageinate=true&page_no=2&page_size=1")
			assert.Equal(t, http.StatusOK, status)
			assert.JSONEq(t, strings.ReplaceAll(test.want, `{"id":2}`, `{"id":"2"}`), body)
		})
	}
}

func TestUnstableTiesKeepTheOrderOfTheKeys(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler(halopsatest.WithHabits(halopsatest.Habits{UnstableTies: true}))
	seedErrors(h, 200)
	c := call(t, h)
	first := c.list("pageinate=true&page_no=1&page_size=200&order=date")
	second := c.list("pageinate=true&page_no=1&page_size=200&order=date")
	assert.ElementsMatch(t, first.ids(), second.ids())
	assert.NotEqual(t, first.ids(), second.ids())
	for i, r := range first.Errors {
		assert.Equal(t, i >= 100, r["date"] == "2026-10-02")
	}
}

func TestWrites(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	status, body := c.post("/api/IntegrationExport", "application/json", `[{"halo_name":"a","module_id":12},{"id":0,"halo_name":"b"}]`)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"export_date":"`)
	assert.Equal(t, 2, h.Len("IntegrationExport"))

	status, body = c.post("/api/IntegrationExport", "application/json", `[{"id":2,"export_progress":"50%"}]`)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"halo_name":"b"`, "absent members stay")
	assert.Equal(t, "50%", h.Stored("IntegrationExport")[1]["export_progress"])

	for name, test := range map[string]struct {
		method, path, body string
		status             int
	}{
		"an object":            {http.MethodPost, "/api/IntegrationExport", `{"halo_name":"c"}`, http.StatusBadRequest},
		"an unknown id":        {http.MethodPost, "/api/IntegrationExport", `[{"halo_name":"c"},{"id":99}]`, http.StatusNotFound},
		"no JSON":              {http.MethodPost, "/api/IntegrationExport", `[{}] x`, http.StatusBadRequest},
		"deleting nothing":     {http.MethodDelete, "/api/IntegrationExport/99", "", http.StatusNotFound},
		"deleting everything":  {http.MethodDelete, "/api/IntegrationExport/", "", http.StatusNotFound},
		"no such operation":    {http.MethodGet, "/api/IntegrationExport/1", "", http.StatusMethodNotAllowed},
		"no such resource":     {http.MethodGet, "/api/IntegrationExports", "", http.StatusNotFound},
		"outside of the API":   {http.MethodGet, "/portal", "", http.StatusNotFound},
		"a write of read-only": {http.MethodPost, "/api/IntegratorLog", `[{}]`, http.StatusMethodNotAllowed},
	} {
		got, answer := c.do(test.method, test.path, "application/json", test.body)
		assert.Equal(t, test.status, got, "%s: %s", name, answer)
		assert.Equal(t, 2, h.Len("IntegrationExport"), name)
	}
	status, _ = c.do(http.MethodDelete, "/api/IntegrationExport/1", "", "")
	assert.Equal(t, http.StatusOK, status)
	h.Remove("IntegrationExport", 2, 3)
	assert.Zero(t, h.Len("IntegrationExport"))

	h.SetHabits("IntegrationExport", halopsatest.Habits{QuietWrites: true})
	_, body = c.post("/api/IntegrationExport", "application/json", `[{}]`)
	assert.Empty(t, body)
}

func TestDetailsAndSecretsAreHidden(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	h.Seed("IntegrationRequest", map[string]any{"id": 7, "request_headers": "X: y", "response_body": "r", "isoutgoing": true})
	h.Seed("ConnectedInstance", map[string]any{"name": "head", "new_clientsecret": "canary"})
	c := call(t, h)
	_, thin := c.get("/api/IntegrationRequest/7")
	assert.JSONEq(t, `{"id":7,"isoutgoing":true,"response_body":"r"}`, thin)
	_, full := c.get("/api/IntegrationRequest/7?includedetails=true")
	assert.JSONEq(t, `{"id":7,"isoutgoing":true,"request_headers":"X: y","response_body":"r"}`, full)
	_, list := c.get("/api/IntegrationRequest?inbound_only=true")
	assert.Contains(t, list, `"record_count":0`)
	_, list = c.get("/api/IntegrationRequest?outbound_only=true")
	assert.Contains(t, list, `"record_count":1`)
	for _, path := range []string{"/api/ConnectedInstance", "/api/ConnectedInstance/1?includedetails=true"} {
		_, body := c.get(path)
		assert.Contains(t, body, "head")
		assert.NotContains(t, body, "canary")
	}
	assert.Equal(t, "canary", h.Stored("ConnectedInstance")[0]["new_clientsecret"])
}

func TestSeedDemoFillsEveryResource(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	halopsatest.SeedDemo(h, 40)
	assert.Equal(t, 40, h.Len("IntegrationError"))
	for _, resource := range strings.Fields("IntegrationDelta IntegrationError IntegrationExport IntegrationFieldData IntegrationFieldMapping " +
		"IntegrationLookUp IntegrationRequest IntegrationRunbookVariableGroup IntegrationSiteMapping IntegratorLog IntegratorSchedule " +
		"IntegratorTrace ConnectedInstance") {
		assert.Positive(t, h.Len(resource), resource)
	}
	status, body := call(t, h).get("/api/IntegrationRunbookVariableGroup/faults")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, "$SUMMARY")
	assert.Panics(t, func() { h.Seed("IntegrationError", "no object") })
	assert.Panics(t, func() { h.Seed("IntegrationError", map[string]any{"id": -1}) })
	assert.Nil(t, h.Stored("Nothing"))
	assert.Zero(t, h.Len("Nothing"))
	h.Remove("Nothing", 1)
}

func TestRequestsAreRecorded(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	c.post("/api/IntegrationLookUp", "application/json", `[{"module_id":12,"value":"a"}]`)
	requests := h.Requests()
	require.Len(t, requests, 2)
	assert.Equal(t, halopsatest.Token, requests[0].Resource)
	assert.Equal(t, "IntegrationLookUp", requests[1].Resource)
	assert.Equal(t, http.StatusOK, requests[1].Status)
	assert.True(t, bytes.Equal([]byte(`[{"module_id":12,"value":"a"}]`), requests[1].Body))
	assert.Equal(t, 1, h.Count("POST", "IntegrationLookUp"))
	assert.Equal(t, 1, h.Count("", ""))
	h.Forget()
	assert.Empty(t, h.Requests())
}
