package halopsatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// pagesOf reads pages of 4 until one says something else than a list, is empty, or the tenth has come.
func pagesOf(c *caller) (pages []string) {
	for n := 1; n <= 10; n++ {
		status, body := c.get(fmt.Sprintf("/api/IntegrationError?pageinate=true&page_no=%d&page_size=4", n))
		var e envelope
		if status != http.StatusOK || json.Unmarshal([]byte(body), &e) != nil {
			return append(pages, fmt.Sprint(status))
		}
		count := "-"
		if e.RecordCount != nil {
			count = fmt.Sprint(*e.RecordCount)
		}
		ids := strings.Trim(fmt.Sprint(e.ids()), "[]")
		pages = append(pages, ids+"/"+count)
		if len(e.Errors) == 0 && n > 3 {
			return pages
		}
	}
	return pages
}

// TestIgnoredFilters shows that a filter that is ignored lets the records of other modules through.
func TestIgnoredFilters(t *testing.T) {
	t.Parallel()
	client, server := halopsatest.NewClient(t)
	server.Seed("IntegrationExport", map[string]any{"module_id": 12, "ready_for_import": true}, map[string]any{"module_id": 13})
	listed := func() int {
		page, err := client.IntegrationExport.List(t.Context(), &halopsa.IntegrationExportListOptions{ModuleID: 12, ReadyForImport: halopsa.Set(true)})
		require.NoError(t, err)
		return len(page.Records)
	}
	assert.Equal(t, 1, listed())
	server.SetHabits("IntegrationExport", halopsatest.Habits{IgnoreFilters: true})
	assert.Equal(t, 2, listed())
}

func TestHabitsOfWalks(t *testing.T) {
	t.Parallel()
	honest := []string{"1 2 3 4/10", "5 6 7 8/10", "9 10/10", "/10"}
	tests := map[string]struct {
		habits halopsatest.Habits
		want   []string
	}{
		"honest":          {halopsatest.Habits{}, honest},
		"past end 404":    {halopsatest.Habits{PastEnd: halopsatest.PastEnd404}, append(honest[:3:3], "404")},
		"past end 400":    {halopsatest.Habits{PastEnd: halopsatest.PastEnd400}, append(honest[:3:3], "400")},
		"too large":       {halopsatest.Habits{TooLarge: 3}, []string{"504"}},
		"empty page":      {halopsatest.Habits{EmptyPage: 2}, []string{"1 2 3 4/10", "/0", "9 10/10", "/10"}},
		"uneven":          {halopsatest.Habits{Uneven: true}, []string{"1 2 3 4/10", "5/10", "6 7 8 9/10", "10/10", "/10"}},
		"overlap":         {halopsatest.Habits{Overlap: 1, RecordCount: halopsatest.CountPlus(3)}, []string{"1 2 3 4/13", "4 5 6 7/13", "7 8 9 10/13", "10/13", "/13"}},
		"newest first":    {halopsatest.Habits{NewestFirst: true}, []string{"10 9 8 7/10", "6 5 4 3/10", "2 1/10", "/10"}},
		"by entity":       {halopsatest.Habits{OrderBy: "entity_id"}, []string{"10 9 8 7/10", "6 5 4 3/10", "2 1/10", "/10"}},
		"count capped":    {halopsatest.Habits{RecordCount: halopsatest.CountCapped(6)}, []string{"1 2 3 4/6", "5 6 7 8/6", "9 10/6", "/6"}},
		"count of rows":   {halopsatest.Habits{RecordCount: halopsatest.CountOfRows()}, []string{"1 2 3 4/4", "5 6 7 8/4", "9 10/2", "/0"}},
		"error from 2":    {halopsatest.Habits{ErrorMember: "load_error", ErrorFrom: 2}, []string{"1 2 3 4/10", "/10", "/10", "/10"}},
		"an array before": {halopsatest.Habits{EmptyArray: "columns"}, honest},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(halopsatest.WithHabits(test.habits))
			for i := range 10 {
				h.Seed("IntegrationError", map[string]any{"entity_id": 100 - i})
			}
			assert.Equal(t, test.want, pagesOf(call(t, h)))
		})
	}
	for past, want := range map[halopsatest.PastEnd]string{halopsatest.PastEndFirst: honest[0], halopsatest.PastEndLast: honest[2]} {
		h := halopsatest.NewHandler(halopsatest.WithHabits(halopsatest.Habits{PastEnd: past}))
		seedErrors(h, 10)
		assert.Equal(t, want, pagesOf(call(t, h))[7])
	}
}

func TestCountLate(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler(halopsatest.WithHabits(halopsatest.Habits{RecordCount: halopsatest.CountLate()}))
	seedErrors(h, 4)
	c := call(t, h)
	assert.Equal(t, 4, *c.list("").RecordCount)
	h.Remove("IntegrationError", 1)
	assert.Equal(t, 4, *c.list("").RecordCount)
	assert.Equal(t, 3, *c.list("").RecordCount)
}

func TestHabitsOfRows(t *testing.T) {
	t.Parallel()
	const path = "/api/IntegrationError?order=nothing"
	tests := map[string]struct {
		habits     halopsatest.Habits
		path, want string
	}{
		"nulls left out": {halopsatest.Habits{BareArray: true}, path, `[{"date":"2026-10-02T11:00:00","id":7}]`},
		"nulls":          {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{Nulls: true}}, path, `[{"date":"2026-10-02T11:00:00","error":null,"id":7}]`},
		"date":           {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{Date: strings.ToLower}}, path, `[{"date":"2026-10-02t11:00:00","id":7}]`},
		"per parent":     {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsPerParent}}, path, `[{"date":"2026-10-02T11:00:00","id":1}]`},
		"zero":           {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsZero}}, path, `[{"date":"2026-10-02T11:00:00","id":0}]`},
		"zero text":      {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsZeroText}}, path, `[{"date":"2026-10-02T11:00:00","id":"0"}]`},
		"GUID":           {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsEmptyGUID}}, path, `[{"date":"2026-10-02T11:00:00","id":"00000000-0000-0000-0000-000000000000"}]`},
		"no id":          {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsNone}}, path, `[{"date":"2026-10-02T11:00:00"}]`},
		"text id":        {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsText}}, path, `[{"date":"2026-10-02T11:00:00","id":"7"}]`},
		"decimal id":     {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsDecimal}}, path, `[{"date":"2026-10-02T11:00:00","id":7.0}]`},
		"twins":          {halopsatest.Habits{BareArray: true, Rows: halopsatest.RowHabits{CaseTwins: true}}, path, `[{"date":"2026-10-02T11:00:00","id":7,"Date":"twin of 2026-10-02T11:00:00","ID":900000}]`},
		"wrong id":       {halopsatest.Habits{Rows: halopsatest.RowHabits{WrongID: 92}}, "/api/IntegrationError/7", `{"date":"2026-10-02T11:00:00","id":99}`},
		"a list":         {halopsatest.Habits{Rows: halopsatest.RowHabits{GetAsList: true}}, "/api/IntegrationError/7", `[{"date":"2026-10-02T11:00:00","id":7}]`},
		"nested":         {halopsatest.Habits{BareArray: true, Nested: "data"}, path, `{"data":[{"date":"2026-10-02T11:00:00","id":7}]}`},
		"decoy":          {halopsatest.Habits{Array: "rows", EmptyArray: "errors", NoRecordCount: true}, path, `{"page_size":50,"errors":[],"rows":[{"date":"2026-10-02T11:00:00","id":7}]}`},
		"warning":        {halopsatest.Habits{Warning: "old", NoRecordCount: true}, path, `{"page_size":50,"_warning":"old","errors":[{"date":"2026-10-02T11:00:00","id":7}]}`},
		"a hook":         {halopsatest.Habits{Respond: halopsatest.SetMember("id", 8)}, "/api/IntegrationError/7", `{"date":"2026-10-02T11:00:00","id":8}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(halopsatest.WithHabits(test.habits))
			h.Seed("IntegrationError", map[string]any{"id": 7, "error": nil, "date": "2026-10-02T11:00:00"})
			status, body := call(t, h).get(test.path)
			require.Equal(t, http.StatusOK, status, body)
			assert.JSONEq(t, test.want, body)
		})
	}
}

func TestHabitsOfWholeResponses(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	h.Seed("IntegrationError", map[string]any{"id": 7, "error": "Größe"})
	c := call(t, h)
	h.SetHabits("integrationerror", halopsatest.Habits{Denied: 401})
	status, body := c.get("/api/IntegrationError")
	assert.Equal(t, 401, status)
	assert.Empty(t, body)

	h.SetHabits("IntegrationError", halopsatest.Habits{Charset: "iso-8859-1"})
	_, body = c.get("/api/IntegrationError/7")
	assert.Contains(t, body, "Gr\xf6\xdfe")
	h.SetHabits("IntegrationError", halopsatest.Habits{Charset: "utf-16"})
	_, body = c.get("/api/IntegrationError/7")
	assert.Equal(t, "\xff\xfe{\x00", body[:4])
	for encoding, magic := range map[string]string{"gzip": "\x1f\x8b", "deflate": "\x78", "br": "{"} {
		h.SetHabits("IntegrationError", halopsatest.Habits{ContentEncoding: encoding})
		resp, err := c.try(http.MethodGet, "/api/IntegrationError/7", "", "")
		require.NoError(t, err)
		assert.Equal(t, encoding, resp.Header.Get("Content-Encoding"))
		start := make([]byte, len(magic))
		_, err = resp.Body.Read(start)
		require.NoError(t, err)
		assert.Equal(t, magic, string(start))
		require.NoError(t, resp.Body.Close())
	}

	h.SetHabits("IntegrationError", halopsatest.Habits{Warning: "careful"})
	_, body = c.post("/api/IntegrationError", "application/json", `[{"id":7}]`)
	assert.Contains(t, body, `"_warning":"careful"`)
	_, body = c.do(http.MethodDelete, "/api/IntegrationError/7", "", "")
	assert.Contains(t, body, `"_warning":"careful"`)
	for range 2 {
		h.SetHabits("IntegrationError", halopsatest.Habits{Shuffled: true, UnstableTies: true, IgnoreOrder: true})
		assert.Empty(t, c.list("order=id").Errors)
	}
}

func TestCatalogs(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]map[string]halopsatest.Fault{
		"gateway": halopsatest.GatewayFaults(), "throttles": halopsatest.Throttles(), "writes": halopsatest.WriteErrors(),
		"deletes": halopsatest.DeleteErrors(), "refusals": halopsatest.Refusals(), "token": halopsatest.TokenFaults(),
	} {
		for fault, f := range faults {
			h := halopsatest.NewHandler()
			c := call(t, h)
			h.Fault(f)
			path, method := "/api/ConnectedInstance", f.Method
			if f.Resource == halopsatest.Token {
				path = "/auth/token"
			}
			if method == "" {
				method = http.MethodGet
			}
			want := f.Status
			if f.Kind == halopsatest.HTML504 {
				want = http.StatusGatewayTimeout
			}
			c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			resp, err := c.try(method, path, "application/json", `[]`)
			require.NoError(t, err, "%s: %s", name, fault)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, want, resp.StatusCode, "%s: %s", name, fault)
			assert.Empty(t, h.Unstruck(), "%s: %s", name, fault)
		}
	}
	for name, habits := range halopsatest.TokenHabits() {
		h := halopsatest.NewHandler()
		h.SetHabits(halopsatest.Token, habits)
		c := &caller{t: t, base: "http://standin", http: http.Client{Transport: h.Transport()}}
		_, body := c.post("/auth/token", "application/x-www-form-urlencoded",
			"grant_type=client_credentials&client_id="+halopsatest.ClientID+"&client_secret="+halopsatest.ClientSecret)
		assert.Contains(t, body, `"access_token":"`, name)
	}
}
