package halopsa_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// TestCaseSortFieldThatDoesNotExist: HaloPSA would ignore it silently, so it is refused where the record is known.
func TestCaseSortFieldThatDoesNotExist(t *testing.T) {
	t.Parallel()
	sorted := func(keys ...halopsa.SortKey) *halopsa.IntegrationErrorListOptions {
		return &halopsa.IntegrationErrorListOptions{Sort: keys}
	}
	runRefusals(t, map[string]refusal{
		"upper case": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.List(ctx, sorted(halopsa.Desc("Date")))
			return err
		}, `IntegrationError.List: Sort: IntegrationError has no member "Date" to sort by; did you mean "date"?`},
		"misspelled, in a walk": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationError.All(ctx, sorted(halopsa.Asc("id"), halopsa.Asc("datum"))))
			return err
		}, `IntegrationError.All: Sort: IntegrationError has no member "datum" to sort by; did you mean "date"?`},
		"of another record": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationRequest.Pages(ctx, &halopsa.IntegrationRequestListOptions{Sort: []halopsa.SortKey{halopsa.Asc("entity_name")}}))
			return err
		}, `IntegrationRequest.Pages: Sort: IntegrationRequest has no member "entity_name" to sort by; it has application_id, datelogged, details_id, ` +
			"details_id_string, duration, format_as_xml, hastrace, id, isoutgoing, module_name, msid, operation, preserve, request_body, " +
			"request_headers, response_body, response_headers, resultcode, type, url"},
		"by an option": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.List(ctx, nil, halopsa.WithSort(halopsa.Desc("moduleid")))
			return err
		}, `IntegrationError.List: Sort: IntegrationError has no member "moduleid" to sort by; did you mean "module_id"?`},
		"a Go name": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.List(ctx, sorted(halopsa.Asc("EntityName")))
			return err
		}, `IntegrationError.List: Sort: IntegrationError has no member "EntityName" to sort by; did you mean "entity_name"?`},
	})

	client := plainTenant(t, answersJSON(`{"record_count":0,"errors":[]}`))
	_, err := client.IntegrationError.List(t.Context(), sorted(halopsa.Desc("date"), halopsa.Asc("entity_name"), halopsa.Asc("id")))
	require.NoError(t, err)
	_, err = halopsa.ListOf[halopsa.IntegrationError](t.Context(), client, "IntegrationError", halopsa.WithSort(halopsa.Desc("Date")))
	require.NoError(t, err, "the caller's own list is the caller's to know")
}

// TestCaseFilterThatIsMisspelled: HaloPSA would ignore it and send everything.
func TestCaseFilterThatIsMisspelled(t *testing.T) {
	t.Parallel()
	errorsWith := func(name string) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationError.All(ctx, nil, halopsa.WithQuery(name, "12")))
			return err
		}
	}
	exportsWith := func(name string) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationExport.List(ctx, nil, halopsa.WithQuery(name, "12"))
			return err
		}
	}
	const says = `IntegrationError.All: WithQuery: %q is not a parameter of IntegrationError; did you mean %q?`
	runRefusals(t, map[string]refusal{
		"no underscore":       {errorsWith("moduleid"), fmt.Sprintf(says, "moduleid", "module_id")},
		"upper case":          {errorsWith("Module_ID"), fmt.Sprintf(says, "Module_ID", "module_id")},
		"camel case":          {errorsWith("pageSize"), fmt.Sprintf(says, "pageSize", "page_size")},
		"sort direction":      {errorsWith("order_desc2"), fmt.Sprintf(says, "order_desc2", "orderdesc2")},
		"not camel case":      {exportsWith("module_id"), `IntegrationExport.List: WithQuery: "module_id" is not a parameter of IntegrationExport; did you mean "moduleId"?`},
		"another name":        {errorsWith("msid"), fmt.Sprintf(says, "msid", "module_id")},
		"another, misspelled": {exportsWith("MS_ID"), `IntegrationExport.List: WithQuery: "MS_ID" is not a parameter of IntegrationExport; did you mean "moduleId"?`},
		"the record's name":   {errorsWith("details_id"), fmt.Sprintf(says, "details_id", "detail_id")},
		"where it is msid": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationSiteMapping.All(ctx, nil, halopsa.WithQuery("module_id", "12")))
			return err
		}, `IntegrationSiteMapping.All: WithQuery: "module_id" is not a parameter of IntegrationSiteMapping; did you mean "msid"?`},
		"in a log": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegratorLog.Since(ctx, 0, nil, halopsa.WithQuery("ModuleId", "12")))
			return err
		}, `IntegratorLog.Since: WithQuery: "ModuleId" is not a parameter of IntegratorLog; did you mean "module_id"?`},
		"of a Get": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.Get(ctx, 7, nil, halopsa.WithQuery("include_details", "true"))
			return err
		}, `IntegrationError.Get: WithQuery: "include_details" is not a parameter of IntegrationError; did you mean "includedetails"?`},
	})

	client, sent := recording(t, `[]`)
	_, err := client.IntegrationExport.List(t.Context(), nil, halopsa.WithQuery("halo_id", "7"), halopsa.WithQuery("moduleId", "12"))
	require.NoError(t, err)
	assert.Equal(t, "halo_id=7&moduleId=12", sentOrRefused(t, sent, err).RawQuery, "what nobody knows is the way out")
}

// TestCaseNegativeIDs: no id is negative.
func TestCaseNegativeIDs(t *testing.T) {
	t.Parallel()
	runRefusals(t, map[string]refusal{
		"module": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.List(ctx, &halopsa.IntegrationErrorListOptions{ModuleID: -1})
			return err
		}, "IntegrationError.List: ModuleID: -1 is negative, and no id is"},
		"msid": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationFieldMapping.All(ctx, &halopsa.IntegrationFieldMappingListOptions{MSID: -12}))
			return err
		}, "IntegrationFieldMapping.All: MSID: -12 is negative, and no id is"},
		"in a log": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegratorLog.Since(ctx, 0, &halopsa.IntegratorLogListOptions{ModuleID: -3}))
			return err
		}, "IntegratorLog.Since: ModuleID: -3 is negative, and no id is"},
		"of a get": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationRunbookVariableGroup.Get(ctx, "faults", &halopsa.IntegrationRunbookVariableGroupGetOptions{MethodIDs: []int64{4, -5}})
			return err
		}, "IntegrationRunbookVariableGroup.Get: MethodIDs: -5 is negative, and no id is"},
	})
}

// TestCaseLookUpWithoutWhatItRequires: HaloPSA refuses one without a module or a value.
func TestCaseLookUpWithoutWhatItRequires(t *testing.T) {
	t.Parallel()
	type input = halopsa.IntegrationLookUpInput
	id, module, value := halopsa.Set[int64](7), halopsa.Set[int64](12), halopsa.Set("High")
	const noModule, noValue = "ModuleID: a look-up requires a positive module_id", "Value: a look-up requires a value that is not empty"
	refusals := map[string]refusal{}
	for says, inputs := range map[string][]input{
		noModule: {{Value: value}, {ModuleID: halopsa.Set[int64](0), Value: value}, {ModuleID: halopsa.Set[int64](-1), Value: value}, {ModuleID: halopsa.Null[int64](), Value: value}},
		noValue:  {{ModuleID: module}, {ModuleID: module, Value: halopsa.Set("")}, {ModuleID: module, Value: halopsa.Null[string]()}},
	} {
		for i, bad := range inputs {
			refusals[says+strconv.Itoa(i)] = refusal{func(ctx context.Context, c *halopsa.Client) error {
				_, err := c.IntegrationLookUp.Create(ctx, []input{{ModuleID: module, Value: value}, bad})
				return err
			}, "IntegrationLookUp.Create: inputs[1]." + says}
		}
	}
	for says, inputs := range map[string][]input{
		noModule: {{ModuleID: halopsa.Set[int64](0)}, {ModuleID: halopsa.Null[int64]()}},
		noValue:  {{Value: halopsa.Set("")}, {Value: halopsa.Null[string]()}},
	} {
		for i, bad := range inputs {
			bad.ID = id
			refusals["update, "+says+strconv.Itoa(i)] = refusal{func(ctx context.Context, c *halopsa.Client) error {
				_, err := c.IntegrationLookUp.Update(ctx, []input{{ID: id}, bad})
				return err
			}, "IntegrationLookUp.Update: inputs[1]." + says}
		}
	}
	runRefusals(t, refusals)
}

// logOf serves n records of a list in pages, oldest first, under the name that a tenant gives the array [live].
func logOf(t *testing.T, array string, n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		assert.Equal(t, "true", q.Get("pageinate"))
		number, err := strconv.Atoi(q.Get("page_no"))
		assert.NoError(t, err)
		size, err := strconv.Atoi(q.Get("page_size"))
		assert.NoError(t, err)
		var rows []string
		for id := (number-1)*size + 1; id <= min(number*size, n); id++ {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"config_id":7,"timestamp":"2026-10-02T11:22:33","delta":"d%d"}`, id, id))
		}
		answersJSON(fmt.Sprintf(`{"page_no":%d,"page_size":%d,"record_count":%d,"%s":[%s]}`, number, size, n, array, strings.Join(rows, ",")))(w, r)
	}
}

// TestCaseDeltasAndTracesComeInPages, although no paging parameter of theirs is documented, and are followed like the other logs.
func TestCaseDeltasAndTracesComeInPages(t *testing.T) {
	t.Parallel()
	const n = 130
	deltas, traces := plainTenant(t, logOf(t, "deltas", n)), plainTenant(t, logOf(t, "results", n))
	small := halopsa.ListOptions{PageSize: 50}
	all, err := halopsa.Collect(deltas.IntegrationDelta.All(t.Context(), &halopsa.IntegrationDeltaListOptions{ListOptions: small}))
	require.NoError(t, err)
	require.Len(t, all, n)
	assert.Equal(t, "d130", all[n-1].Delta)
	page, err := traces.IntegratorTrace.List(t.Context(), &halopsa.IntegratorTraceListOptions{ListOptions: halopsa.ListOptions{PageNo: 3, PageSize: 50}})
	require.NoError(t, err)
	assert.Len(t, page.Records, 30)
	assert.Equal(t, n, page.RecordCount)
	assert.Equal(t, halopsa.IntegratorTrace{ID: 101, ConfigID: 7, Timestamp: date, Extra: map[string]json.RawMessage{"delta": raw(`"d101"`)}}, page.Records[0])

	newer, err := halopsa.Collect(traces.IntegratorTrace.Since(t.Context(), 117, nil))
	require.NoError(t, err)
	require.Len(t, newer, 13)
	assert.Equal(t, int64(118), newer[0].ID)
	var cursors []int64
	for f, err := range deltas.IntegrationDelta.Follow(t.Context(), 125, time.Minute, nil) {
		require.NoError(t, err)
		if cursors = append(cursors, f.Cursor); f.Cursor == n {
			break
		}
	}
	assert.Equal(t, []int64{126, 127, 128, 129, 130}, cursors)
}

// TestCaseScheduleOfUnknownTypes: three members of a schedule are readable whatever arrives.
func TestCaseScheduleOfUnknownTypes(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`60`, `"hourly"`, `90.5`, `[{"id":12}]`, `{"unit":"h","n":1}`, `true`} {
		body := fmt.Sprintf(`{"record_count":1,"results":[{"id":3,"config_id":"7","frequency":%[1]s,"expected_duration":%[1]s,"modules":%[1]s,
			"importnames":"Devices","is_running":1,"last_run":"2026-10-02T11:22:33","colour":"red"}]}`, value)
		schedules, err := halopsa.Collect(plainTenant(t, answersJSON(body)).IntegratorSchedule.All(t.Context(), nil))
		require.NoError(t, err, value)
		require.Len(t, schedules, 1)
		assert.Equal(t, &halopsa.IntegratorSchedule{
			ID: 3, ConfigID: 7, Frequency: raw(value), ExpectedDuration: raw(value), Modules: raw(value), ImportNames: "Devices", IsRunning: true,
			LastRun: date, Extra: map[string]json.RawMessage{"colour": raw(`"red"`)},
		}, schedules[0])
	}
}

// TestCaseVariableGroupsAreNamedByTheirValue.
func TestCaseVariableGroupsAreNamedByTheirValue(t *testing.T) {
	t.Parallel()
	client := plainTenant(t, func(w http.ResponseWriter, r *http.Request) {
		if name, ok := strings.CutPrefix(r.URL.Path, "/api/IntegrationRunbookVariableGroup/"); ok {
			answersJSON(fmt.Sprintf(`{"value":%q,"variables":[{"value":"$SUMMARY","scope":"step"}],"level":2}`, name))(w, r)
			return
		}
		answersJSON(`[{"label":"Ticket","value":"faults"},{"label":"Ticket","value":"actions"}]`)(w, r)
	})
	groups, err := halopsa.Collect(client.IntegrationRunbookVariableGroup.All(t.Context(), nil))
	require.NoError(t, err)
	require.Len(t, groups, 2)
	group, err := client.IntegrationRunbookVariableGroup.Get(t.Context(), groups[1].Value, nil)
	require.NoError(t, err)
	assert.Equal(t, &halopsa.IntegrationRunbookVariableGroup{
		Value:     "actions",
		Variables: []halopsa.IntegrationRunbookVariable{{Value: "$SUMMARY", Extra: map[string]json.RawMessage{"scope": raw(`"step"`)}}},
		Extra:     map[string]json.RawMessage{"level": raw("2")},
	}, group)
}
