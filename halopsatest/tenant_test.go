package halopsatest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestListsAreNamedAsTheLiveTenants, and empty ones echo what was sent.
func TestListsAreNamedAsTheLiveTenants(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	for resource, name := range map[string]string{
		"IntegrationError": "errors", "IntegrationRequest": "requests", "IntegrationDelta": "deltas",
		"IntegratorLog": "results", "IntegratorSchedule": "results", "IntegratorTrace": "results",
	} {
		_, body := c.get("/API/" + strings.ToLower(resource) + "?page_size=1")
		assert.Equal(t, `{"page_size":1,"record_count":0,"`+name+`":[]}`, body, resource)
	}
	for _, resource := range strings.Fields("IntegrationExport IntegrationFieldData IntegrationFieldMapping IntegrationSiteMapping " +
		"IntegrationRunbookVariableGroup ConnectedInstance IntegrationLookUp IntegrationConfiguration") {
		_, body := c.get("/api/" + resource + "?count=1&page_size=1")
		assert.Equal(t, `[]`, body, resource)
	}
	assert.Empty(t, h.Count("GET", "Nothing"))
	assert.Equal(t, 1, h.Count("GET", "integratortrace"))
}

func TestCountIsHonoredWhereItWasSeen(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	for path, want := range map[string]int{
		"IntegrationError?count=2": 2, "IntegrationRequest?count=2": 2, "IntegratorTrace?count=2": 2, "IntegratorTrace?page_size=2": 2,
		"IntegratorSchedule?count=2": 3, "IntegrationExport?count=2": 3, "IntegrationError?page_size=2": 3, "IntegrationDelta?count=2": 3,
	} {
		resource, _, _ := strings.Cut(path, "?")
		for id := range 3 {
			h.Seed(resource, map[string]any{"id": id + 1})
		}
		_, body := c.get("/api/" + path)
		assert.Equal(t, want, strings.Count(body, `"id":`), "%s: %s", path, body)
	}
}

func TestRefusalsOfWrites(t *testing.T) {
	t.Parallel()
	const keyed = http.StatusBadRequest
	for name, test := range map[string]struct {
		resource, body string
		status         int
		want           string
	}{
		"a text for an integer":  {"IntegrationError", `[{"module_id":12},{"module_id":"x"}]`, keyed, `{"[1].module_id":["Could not convert string to integer: x. Path '[1].module_id'."]}`},
		"a fraction":             {"IntegrationError", `[{"module_id":12.5}]`, keyed, `{"[0].module_id":["Input string '12.5' is not a valid integer. Path '[0].module_id'."]}`},
		"too large":              {"IntegrationError", `[{"module_id":3000000000}]`, keyed, `{"[0].module_id":["JSON integer 3000000000 is too large or small for an Int32. Path '[0].module_id'."]}`},
		"a text for a bool":      {"IntegrationExport", `[{"ready_for_import":"x"}]`, keyed, `{"[0].ready_for_import":["Could not convert string to boolean: x. Path '[0].ready_for_import'."]}`},
		"an object for a text":   {"IntegrationError", `[{"error":{}}]`, keyed, `{"[0].error":["Unexpected character encountered while parsing value: {. Path '[0].error'."]}`},
		"no date":                {"IntegrationError", `[{"date":"yesterday"}]`, keyed, `{"[0].date":["Could not convert string to DateTime: yesterday. Path '[0].date'."]}`},
		"no double":              {"IntegrationRequest", `[{"duration":"NaN"}]`, keyed, `{"[0].duration":["Could not convert string to double: NaN. Path '[0].duration'."]}`},
		"no GUID":                {"IntegrationRequest", `[{"application_id":"x"}]`, keyed, `{"[0].application_id":["Error converting value \"x\" to type 'System.Guid'. Path '[0].application_id'."]}`},
		"a part of a record":     {"IntegrationExport", `[{"exportdata":[{"id":"x"}]}]`, keyed, `{"[0].exportdata[0].id":["Could not convert string to integer: x. Path '[0].exportdata[0].id'."]}`},
		"missing members":        {"IntegrationLookUp", `[{"value":""}]`, keyed, `{"[0].module_id":["The module_id field is required."],"[0].value":["The value field is required."]}`},
		"no object":              {"IntegrationError", `[7]`, keyed, `{"[0]":["Error converting the value to an object. Path '[0]'."]}`},
		"a column is too short":  {"IntegrationExport", `[{},{"export_progress":"` + strings.Repeat("é", 26) + `"}]`, 500, `truncated in table 'IntegrationExport', column 'export_progress'`},
		"long enough":            {"IntegrationExport", `[{"export_progress":"` + strings.Repeat("é", 25) + `"}]`, 200, `é`},
		"what can be read":       {"IntegrationRequest", `[{"msid":"12","isoutgoing":1,"duration":"0.5","url":7,"resultcode":""}]`, 200, `"isoutgoing":true,"msid":12,"url":"7"`},
		"steps of a datetime":    {"IntegrationError", `[{"date":"2026-10-02T13:22:33.458+02:00"}]`, 200, `"date":"2026-10-02T11:22:33.457"`},
		"a whole second":         {"IntegrationError", `[{"date":"2026-10-02T11:22:33.999Z"}]`, 200, `"date":"2026-10-02T11:22:34"`},
		"an unknown member goes": {"IntegrationError", `[{"severity":"high"}]`, 200, `"id":1`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler()
			status, body := call(t, h).post("/api/"+test.resource, "application/json", test.body)
			assert.Equal(t, test.status, status, body)
			if status == keyed {
				assert.JSONEq(t, test.want, body)
			} else {
				assert.Contains(t, body, test.want)
			}
			assert.Equal(t, status == 200, h.Len(test.resource) > 0, "all or nothing")
		})
	}
}

func TestOtherRefusals(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		status, body := c.do(method, "/api/IntegrationError/probe", "", "")
		assert.Equal(t, http.StatusBadRequest, status)
		assert.JSONEq(t, `{"id":["The value 'probe' is not valid."]}`, body)
	}
	status, body := c.get("/api/IntegrationRunbookVariableGroup/probe")
	assert.Equal(t, http.StatusNotFound, status)
	assert.Empty(t, body)
	status, _ = c.post("/api/IntegrationError", "text/plain", `[{}]`)
	assert.Equal(t, http.StatusUnsupportedMediaType, status)
	status, body = c.get("/api/IntegrationData/Get/Xero")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Contains(t, body, "Invalid Data Type")
	status, body = c.get("/api/IntegrationData/Get/Xero?datatype=7")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `"Invalid Resource"`, body)
	status, _ = c.get("/api/IntegrationData/Import/Xero")
	assert.Equal(t, http.StatusMethodNotAllowed, status)
}

func TestTheOtherHalf(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler(halopsatest.WithTenant("acme"))
	c := call(t, h)
	c.http.Transport = schemeInLowerCase{c.http.Transport}
	h.SetData("Get/AzureAD/Delta", func(r halopsatest.Request) halopsatest.Response { return halopsatest.JSON(r.Query.Get("after")) })
	_, body := c.get("/api/integrationdata/get/azuread/delta?after=x")
	assert.Equal(t, `"x"`, body)
	_, body = c.get("/api/authinfo")
	assert.JSONEq(t, `{"auth_url":"http://standin/auth","tenant_id":"acme"}`, body)
	_, body = c.get("/api/Agent/me")
	assert.Contains(t, body, `"id":1`)
	_, body = c.get("/api/HaloIntegration/Get")
	assert.Equal(t, `{}`, body)
	_, body = c.post("/api/HaloIntegration/CreateTicket", "application/json", `{"summary":"printer"}`)
	assert.JSONEq(t, `{"id":1,"summary":"printer"}`, body)
	status, _ := c.post("/api/HaloIntegration/CreateAction", "application/json", `[{"ticket_id":1}]`)
	assert.Equal(t, http.StatusBadRequest, status, "one object")
	assert.Equal(t, 1, h.Len("tickets"))
	status, body = c.post("/api/IntegrationConfiguration", "application/json", `[{"client_id":"a","new_client_secret":"canary","new_method":true}]`)
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `[{"id":1,"client_id":"a","new_method":true}]`, body)
}

// schemeInLowerCase writes "bearer".
type schemeInLowerCase struct{ next http.RoundTripper }

func (s schemeInLowerCase) RoundTrip(req *http.Request) (*http.Response, error) {
	own := req.Clone(req.Context())
	own.Header.Set("Authorization", strings.Replace(req.Header.Get("Authorization"), "Bearer", "bearer", 1))
	return s.next.RoundTrip(own)
}

func TestListsOfTheIntegratorAreThin(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	h.Seed("IntegratorTrace", map[string]any{"config_id": 3, "timestamp": "2026-10-02T11:00:00", "log": "x"})
	h.Seed("IntegrationRunbookVariableGroup", map[string]any{"label": "Faults", "value": "faults", "variables": []int{}})
	c := call(t, h)
	_, body := c.get("/api/IntegratorTrace")
	assert.JSONEq(t, `{"page_size":50,"record_count":1,"results":[{"id":1,"config_id":3,"timestamp":"2026-10-02T11:00:00"}]}`, body)
	_, body = c.get("/api/IntegratorTrace/1")
	assert.Contains(t, body, `"log":"x"`)
	_, body = c.get("/api/IntegrationRunbookVariableGroup")
	assert.JSONEq(t, `[{"label":"Faults","value":"faults"}]`, body)
	_, body = c.get("/api/IntegrationRunbookVariableGroup/faults")
	assert.Contains(t, body, `"variables":[]`)
}

func TestWhatWentUnnoticed(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	h.Fault(halopsatest.Fault{Resource: "IntegratorLog"})
	const path = "/api/IntegrationError?modul_id=7&order=Date&order2=id&module_id=1&count=2"
	status, _ := c.get(path)
	assert.Equal(t, http.StatusOK, status)
	c.get("/api/IntegrationExport/1?includedetails=true")
	c.post("/api/IntegrationError", "application/json", `[{"severity":1,"error":"e"}]`)
	assert.Equal(t, []string{
		"IntegrationError: member severity", "IntegrationError: query parameter modul_id", "IntegrationError: sort field Date",
		"IntegrationExport: query parameter includedetails",
	}, h.Unknown())
	require.Len(t, h.Unstruck(), 1)
	assert.Equal(t, "IntegratorLog", h.Unstruck()[0].Resource)
	c.get("/api/IntegratorLog")
	assert.Empty(t, h.Unstruck())

	strict := halopsatest.NewHandler(halopsatest.Strict())
	status, body := call(t, strict).get(path)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.JSONEq(t, `{"modul_id":["The query parameter modul_id is not known."],"order":["The sort field Date is not known."]}`, body)
}

func TestFixtures(t *testing.T) {
	t.Parallel()
	type ticket struct {
		ID      int    `json:"id,omitzero"`
		Summary string `json:"summary"`
	}
	client, server := halopsatest.NewClient(t)
	require.NoError(t, server.SeedJSON(strings.NewReader(`{"Tickets":[{"summary":"a","agent_id":5},{"id":9,"summary":"b","team_id":5},{"summary":"c"}]}`)))
	server.SetFilter("Tickets", "who", "agent_id", "team_id")
	server.SetFilter("Tickets", "summary")
	for query, want := range map[string]int{"who": 2, "summary": 0, "other": 3} {
		page, err := halopsa.Collect(halopsa.AllOf[ticket](t.Context(), client, "Tickets", halopsa.WithQuery(query, "5")))
		require.NoError(t, err)
		assert.Len(t, page, want, query)
	}
	assert.Equal(t, []string{"Tickets: query parameter other"}, server.Unknown())
	_, err := halopsa.PostOf[ticket](t.Context(), client, "Tickets", []ticket{{Summary: "d"}, {Summary: "e"}})
	require.NoError(t, err)
	sent, err := halopsatest.Sent[ticket](server, "tickets")
	require.NoError(t, err)
	assert.Equal(t, []ticket{{Summary: "d"}, {Summary: "e"}}, sent)
	stored, err := halopsatest.StoredAs[ticket](server, "Tickets")
	require.NoError(t, err)
	assert.Equal(t, []ticket{{1, "a"}, {9, "b"}, {10, "c"}, {11, "d"}, {12, "e"}}, stored)

	_, err = halopsatest.StoredAs[[]int](server, "Tickets")
	require.Error(t, err)
	_, err = halopsatest.Sent[[]int](server, "Tickets")
	require.Error(t, err)
	for _, wrong := range []string{`[]`, `{"Tickets":{}}`, `{"Tickets":[null]}`, `{"Tickets":[{"id":-1}]}`, `{} x`} {
		require.Error(t, server.SeedJSON(strings.NewReader(wrong)), wrong)
	}
}

func TestClientsWithoutANetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler(halopsatest.WithTenant("acme"))
		h.Seed("IntegrationError", map[string]any{"error": "x"})
		page, err := h.Client(t).IntegrationError.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Len(t, page.Records, 1)

		plain := http.Client{Transport: halopsatest.Transport(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.URL.Path)
		}))}
		resp, err := plain.Get("http://anywhere.example.com/x") //nolint:noctx // a test
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, "/x", string(body))
	})
}
