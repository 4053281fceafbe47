package halopsa_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

type (
	ticketID int64
	teamKey  string
)

// ticket is a record of the caller's own, of an endpoint that the SDK has no type for.
type ticket struct {
	ID      ticketID            `json:"id"`
	Summary string              `json:"summary"`
	Team    *teamKey            `json:"team"`
	Closed  halopsa.Opt[bool]   `json:"closed,omitzero"`
	Date    halopsa.Time        `json:"dateoccurred"`
	Custom  []map[string]string `json:"customfields"`
}

// seedTickets fills a stand-in with tickets 1 to n.
func seedTickets(server *halopsatest.Handler, n int) {
	for i := range n {
		server.Seed("Tickets", map[string]any{
			"summary": fmt.Sprintf("ticket %d", i+1), "team": fmt.Sprintf("team %d", i%3), "closed": i%2 == 0,
			"dateoccurred": "2026-10-02T11:22:33.457", "customfields": []map[string]string{{"name": "site", "value": "Main"}},
		})
	}
}

func TestGenericWithOwnStruct(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	seedTickets(server, 250)
	team := teamKey("team 0")
	first := ticket{
		ID: 1, Summary: "ticket 1", Team: &team, Closed: halopsa.Set(true), Date: millis(457),
		Custom: []map[string]string{{"name": "site", "value": "Main"}},
	}

	page, err := halopsa.ListOf[ticket](t.Context(), client, "Tickets")
	require.NoError(t, err)
	assert.Equal(t, first, page.Records[0])
	assert.Len(t, page.Records, 100)
	assert.Equal(t, 250, page.RecordCount)
	assert.Equal(t, 1, page.Number)
	assert.Equal(t, 100, page.Size)

	got, err := halopsa.GetOf[ticket](t.Context(), client, "Tickets", ticketID(1))
	require.NoError(t, err)
	assert.Equal(t, first, *got)

	server.Forget()
	all, err := halopsa.Collect(halopsa.AllOf[ticket](t.Context(), client, "/Tickets/"))
	require.NoError(t, err)
	require.Len(t, all, 250)
	for i, record := range all {
		require.Equal(t, ticketID(i+1), record.ID)
	}
	assert.Equal(t, 3, server.Count(http.MethodGet, "Tickets"))
	for i, sent := range server.Requests() {
		assert.Equal(t, fmt.Sprintf("map[order:[id] page_no:[%d] page_size:[100] pageinate:[true]]", i+1), fmt.Sprint(sent.Query))
	}

	created, err := halopsa.PostOf[ticket](t.Context(), client, "Tickets", ticket{Summary: "new", Date: millis(0)})
	require.NoError(t, err)
	require.Len(t, created, 1)
	assert.Equal(t, ticketID(251), created[0].ID)
	assert.Equal(t, "new", created[0].Summary)
	assert.Equal(t, halopsa.Opt[bool]{}, created[0].Closed)

	require.NoError(t, halopsa.DeleteOf(t.Context(), client, "Tickets", created[0].ID))
	_, err = halopsa.GetOf[ticket](t.Context(), client, "Tickets", created[0].ID)
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	assert.ErrorContains(t, err, "halopsa: Tickets.Get: GET /Tickets/251: 404 Not Found")
}

func TestGenericWithMaps(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	seedTickets(server, 7)
	page, err := halopsa.ListOf[map[string]any](t.Context(), client, "Tickets", halopsa.WithPage(0, 3))
	require.NoError(t, err)
	assert.Len(t, page.Records, 3)
	assert.Equal(t, "ticket 1", page.Records[0]["summary"])

	all, err := halopsa.Collect(halopsa.AllOf[map[string]json.RawMessage](t.Context(), client, "Tickets", halopsa.WithPage(1, 2)))
	require.NoError(t, err)
	require.Len(t, all, 7)
	assert.JSONEq(t, "7", string((*all[6])["id"]))

	got, err := halopsa.GetOf[map[string]any](t.Context(), client, "Tickets", "5")
	require.NoError(t, err)
	assert.Equal(t, "ticket 5", (*got)["summary"])
}

// TestGenericWithAnEmbeddedRecord: the SDK's own record, and a member that a newer version of HaloPSA sends.
func TestGenericWithAnEmbeddedRecord(t *testing.T) {
	t.Parallel()
	type newer struct {
		halopsa.IntegrationError
		Severity string `json:"severity"`
		Error    string `json:"error"` // the outer one wins, as in encoding/json
	}
	type newerInput struct {
		halopsa.IntegrationErrorInput
		Severity string `json:"severity"`
	}
	client, server := newStandin(t, nil)
	server.Seed("IntegrationError",
		map[string]any{"module_id": 12, "error": "no such site", "date": "2026-10-02T11:22:33", "severity": "high"},
		map[string]any{"module_id": 13, "error": "disabled", "severity": "low"})

	page, err := halopsa.ListOf[newer](t.Context(), client, "IntegrationError")
	require.NoError(t, err)
	assert.Equal(t, newer{
		IntegrationError: halopsa.IntegrationError{ID: 1, ModuleID: 12, Date: date}, Severity: "high", Error: "no such site",
	}, page.Records[0])

	all, err := halopsa.Collect(halopsa.AllOf[newer](t.Context(), client, "IntegrationError", halopsa.WithPage(0, 1)))
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, int64(2), all[1].ID)
	assert.Equal(t, "low", all[1].Severity)

	created, err := halopsa.PostOf[newer](t.Context(), client, "IntegrationError", []newerInput{{
		IntegrationErrorInput: halopsa.IntegrationErrorInput{ModuleID: halopsa.Set[int64](14)}, Severity: "none",
	}})
	require.NoError(t, err)
	assert.Equal(t, int64(14), created[0].ModuleID)
	assert.Equal(t, "none", created[0].Severity)
	assert.JSONEq(t, `[{"module_id":14,"severity":"none"}]`, string(last(t, server).Body))
}

func TestGenericInputs(t *testing.T) {
	t.Parallel()
	object := map[string]any{"summary": "x"}
	tests := map[string]struct {
		inputs any
		sent   string
		status int
	}{
		"map":              {object, `[{"summary":"x"}]`, http.StatusCreated},
		"pointer":          {&object, `[{"summary":"x"}]`, http.StatusCreated},
		"slice":            {[]any{object, object}, `[{"summary":"x"},{"summary":"x"}]`, http.StatusCreated},
		"array":            {[1]any{object}, `[{"summary":"x"}]`, http.StatusCreated},
		"JSON":             {json.RawMessage(" \n{\"summary\":\"x\"} "), `[{"summary":"x"}]`, http.StatusCreated},
		"JSON array":       {json.RawMessage(`[{"summary":"x"}]`), `[{"summary":"x"}]`, http.StatusCreated},
		"empty object":     {struct{}{}, `[{}]`, http.StatusCreated},
		"one that changes": {map[string]any{"id": 1, "summary": "y"}, `[{"id":1,"summary":"y"}]`, http.StatusOK},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil)
			seedTickets(server, 1)
			written, err := halopsa.PostOf[ticket](t.Context(), client, "Tickets", test.inputs)
			require.NoError(t, err)
			sent := last(t, server)
			assert.JSONEq(t, test.sent, string(sent.Body))
			assert.Equal(t, test.status, sent.Status)
			assert.Equal(t, "/api/Tickets", sent.Path)
			assert.Equal(t, "application/json", sent.Header.Get("Content-Type"))
			assert.Len(t, written, len(jsonArray(t, sent.Body)))
		})
	}
}

// TestGenericInputsThatAreNoObjects: what HaloPSA makes of them is not known, so none of the inputs is sent.
func TestGenericInputsThatAreNoObjects(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	for name, inputs := range map[string][]any{
		"a number": {ticket{}, 1}, "null": {ticket{}, nil}, "a nil pointer": {ticket{}, (*ticket)(nil)}, "an array": {ticket{}, []int{1}}, "a text": {ticket{}, "{}"},
		"bytes": {ticket{}, []byte("{}")}, "false": {ticket{}, json.RawMessage(" false ")},
	} {
		for verb, call := range map[string]func() error{
			"Post": func() error {
				_, err := halopsa.PostOf[ticket](t.Context(), client, "Tickets", inputs, halopsa.WithBatchSize(1))
				return err
			},
			"PostOnce": func() error {
				_, err := halopsa.PostOnceOf(t.Context(), client, "Tickets", inputs, func(*ticket, any) bool { return true }, halopsa.WithBatchSize(1))
				return err
			},
		} {
			assert.EqualError(t, call(), "halopsa: Tickets."+verb+": inputs[1]: must be an object", name)
		}
	}
	assert.Empty(t, server.Requests())
}

// TestGenericPathsAndIDs covers what goes into the URL.
func TestGenericPathsAndIDs(t *testing.T) {
	t.Parallel()
	client, mock := mocked(t)
	mock.RegisterNoResponder(echoPath)
	const deep = "Tickets/7/Actions"
	calls := map[string]func() error{
		"/api/Tickets/7/Actions/1": func() error {
			_, err := halopsa.GetOf[ticket](t.Context(), client, deep, 1)
			return err
		},
		"/api/Tickets/7/Actions/9223372036854775807": func() error {
			return halopsa.DeleteOf(t.Context(), client, deep, ticketID(1<<63-1))
		},
		"/api/Teams/a%20b": func() error { return halopsa.DeleteOf(t.Context(), client, "Teams", teamKey("a b")) },
		"/api/Tickets/7/Actions": func() error {
			_, err := halopsa.PostOf[ticket](t.Context(), client, "/"+deep+"/", ticket{})
			return err
		},
		"/api/Custom%20Table/x": func() error {
			_, err := halopsa.GetOf[ticket](t.Context(), client, "Custom Table", "x")
			return err
		},
		"/api/Report%25": func() error {
			_, err := halopsa.ListOf[ticket](t.Context(), client, "Report%")
			return err
		},
	}
	for path, call := range calls {
		err := call()
		require.ErrorIs(t, err, halopsa.ErrNotFound)
		assert.ErrorContains(t, err, ": "+path+": ")
	}
}

func TestGenericPageAndSort(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	seedTickets(server, 25)
	ids := func(opts ...halopsa.RequestOption) []int64 {
		page, err := halopsa.ListOf[map[string]int64](t.Context(), client, "Numbers", opts...)
		require.NoError(t, err)
		list := []int64{}
		for _, record := range page.Records {
			list = append(list, record["id"])
		}
		return list
	}
	for i := range 25 {
		server.Seed("Numbers", map[string]any{"group": i % 5})
	}
	assert.Equal(t, []int64{21, 22, 23, 24, 25}, ids(halopsa.WithPage(3, 10)))
	assert.Equal(t, []int64{1, 2, 3}, ids(halopsa.WithPage(0, 3)))
	assert.Equal(t, []int64{25, 20, 15, 10, 5, 24}, ids(halopsa.WithPage(1, 6), halopsa.WithSort(halopsa.Desc("group"), halopsa.Desc("id"))))
	sent := last(t, server).Query
	assert.Equal(t, "map[order:[group] order2:[id] orderdesc:[true] orderdesc2:[true] page_no:[1] page_size:[6] pageinate:[true]]", fmt.Sprint(sent))
	assert.Empty(t, ids(halopsa.WithPage(9, 10)))

	// A raw parameter is the caller's own business.
	assert.Equal(t, []int64{1, 6}, ids(halopsa.WithPage(1, 2), halopsa.WithQuery("order", "group")))
	assert.Equal(t, []string{"group"}, last(t, server).Query["order"])

	// Options of the typed services win where both say something.
	server.Seed("IntegrationError", map[string]any{}, map[string]any{}, map[string]any{})
	page, err := client.IntegrationError.List(t.Context(), &halopsa.IntegrationErrorListOptions{
		ListOptions: halopsa.ListOptions{PageNo: 2, PageSize: 1}, Sort: []halopsa.SortKey{halopsa.Desc("id")},
	}, halopsa.WithPage(1, 3), halopsa.WithSort(halopsa.Asc("id")))
	require.NoError(t, err)
	assert.Equal(t, []halopsa.IntegrationError{{ID: 2, Date: page.Records[0].Date}}, page.Records)
	page, err = client.IntegrationError.List(t.Context(), nil, halopsa.WithPage(1, 1), halopsa.WithSort(halopsa.Desc("id")))
	require.NoError(t, err)
	assert.Equal(t, int64(3), page.Records[0].ID)

	walked := 0
	for record, err := range halopsa.AllOf[map[string]int64](t.Context(), client, "Numbers", halopsa.WithSort(halopsa.Desc("id")), halopsa.WithPage(1, 7)) {
		require.NoError(t, err)
		assert.Equal(t, int64(25-walked), (*record)["id"])
		walked++
	}
	assert.Equal(t, 25, walked)
}

// TestCollect returns what came before an error together with it.
func TestCollect(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil, halopsa.WithMaxRetries(0))
	seedTickets(server, 5)
	server.Fault(halopsatest.Fault{After: 2, Times: -1, Status: http.StatusForbidden})
	got, err := halopsa.Collect(halopsa.AllOf[ticket](t.Context(), client, "Tickets", halopsa.WithPage(1, 2)))
	require.ErrorIs(t, err, halopsa.ErrForbidden)
	require.Len(t, got, 4)
	assert.Equal(t, ticketID(4), got[3].ID)
	pages, err := halopsa.Collect(client.IntegratorTrace.Pages(t.Context(), nil))
	require.ErrorIs(t, err, halopsa.ErrForbidden)
	assert.Empty(t, pages)
}

// echoPath answers 404 with the path as it was sent.
func echoPath(req *http.Request) (*http.Response, error) {
	return respond(http.StatusNotFound, "text/plain", req.URL.EscapedPath()), nil
}
