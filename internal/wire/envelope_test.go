package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// row is a record with its own array.
type row struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Trace []trace `json:"trace"`
}

type trace struct {
	Log string `json:"log"`
}

func ids(records []row) []int64 {
	ids := []int64{}
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestDecodeListReadsEveryShape(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body              string
		ids               []int64
		count, page, size int
	}{
		"envelope":                           {`{"page_no":2,"page_size":50,"record_count":717,"errors":[{"id":1},{"id":2}]}`, []int64{1, 2}, 717, 2, 50},
		"the array comes first":              {`{"errors":[{"id":1},{"id":2}],"page_no":2,"page_size":50,"record_count":717}`, []int64{1, 2}, 717, 2, 50},
		"another key":                        {`{"page_no":1,"page_size":50,"record_count":2,"faults":[{"id":1},{"id":2}]}`, []int64{1, 2}, 2, 1, 50},
		"another key comes first":            {`{"faults":[{"id":1},{"id":2}],"record_count":2}`, []int64{1, 2}, 2, 0, 0},
		"no paging members":                  {`{"faults":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"no page_no and no page_size":        {`{"record_count":1,"errors":[{"id":1}]}`, []int64{1}, 1, 0, 0},
		"numbers as texts and with fraction": {`{"page_no":"2","page_size":50.0,"record_count":"717","errors":[{"id":1}]}`, []int64{1}, 717, 2, 50},
		"names in another case":              {`{"Page_No":2,"PAGE_SIZE":50,"Record_Count":717,"Errors":[{"ID":1}]}`, []int64{1}, 717, 2, 50},
		"white space everywhere":             {" \t\r\n{ \"record_count\" : 2 , \"errors\" : [ { \"id\" : 1 } , { \"id\" : 2 } ] } \n", []int64{1, 2}, 2, 0, 0},
		"byte order mark":                    {"\xef\xbb\xbf{\"record_count\":1,\"errors\":[{\"id\":1}]}", []int64{1}, 1, 0, 0},
		"columns":                            {`{"record_count":1,"columns":[{"id":8}],"faults":[{"id":1}],"columns_id":3}`, []int64{1}, 1, 0, 0},
		"Columns behind the list":            {`{"record_count":1,"faults":[{"id":1}],"Columns":[{"id":8}]}`, []int64{1}, 1, 0, 0},
		"an array of numbers":                {`{"record_count":1,"faults":[{"id":1}],"include_children":[7,8]}`, []int64{1}, 1, 0, 0},
		"an array of texts":                  {`{"record_count":1,"order":["id","name"],"faults":[{"id":1}]}`, []int64{1}, 1, 0, 0},
		"an empty array beside":              {`{"record_count":1,"other":[],"faults":[{"id":1}]}`, []int64{1}, 1, 0, 0},
		"own name before another":            {`{"record_count":9,"errors":[{"id":1}],"agents":[{"id":8}]}`, []int64{1}, 9, 0, 0},
		"own name behind another":            {`{"record_count":9,"agents":[{"id":8}],"errors":[{"id":1}]}`, []int64{1}, 9, 0, 0},
		"own name, empty, before another":    {`{"record_count":0,"errors":[],"agents":[{"id":8}]}`, []int64{}, 0, 0, 0},
		"own name, empty, behind another":    {`{"agents":[{"id":8}],"errors":[]}`, []int64{8}, -1, 0, 0},
		"own name, empty, counted":           {`{"record_count":1,"errors":[],"rows":[{"id":8}]}`, []int64{8}, 1, 0, 0},
		"null under the own name":            {`{"errors":null}`, []int64{}, -1, 0, 0},
		"null under it, rows beside it":      {`{"errors":null,"rows":[{"id":8}]}`, []int64{8}, -1, 0, 0},
		"nested":                             {`{"data":{"logs":[{"id":1},{"id":2}],"record_count":7,"page_no":2}}`, []int64{1, 2}, 7, 2, 0},
		"nested, counts outside":             {`{"record_count":7,"data":{"logs":[{"id":1}]},"page_size":3}`, []int64{1}, 7, 0, 3},
		"nested, counts on both sides":       {`{"record_count":7,"result":{"logs":[{"id":1}],"record_count":9}}`, []int64{1}, 9, 0, 0},
		"nested twice":                       {`{"result":{"data":{"logs":[{"id":1}]}},"meta":{"took":5}}`, []int64{1}, -1, 0, 0},
		"nested and empty":                   {`{"data":{"record_count":0,"logs":[]}}`, []int64{}, 0, 0, 0},
		"nested record":                      {`{"data":{"id":7,"name":"a"}}`, []int64{7}, -1, 0, 0},
		"paged, an object beside nothing":    {`{"record_count":0,"columns":{"a":1}}`, []int64{}, 0, 0, 0},
		"own names, one of them empty":       {`{"errors":[],"integrationerrors":[{"id":1}],"error":[]}`, []int64{1}, -1, 0, 0},
		"another array cannot be rows":       {`{"agents":[{"id":{}}],"errors":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"arrays inside the records": {
			`{"record_count":2,"faults":[{"id":1,"trace":[{"log":"]}"},{"log":"["}],"x":[[1],[{"id":9}]]},{"id":2}]}`, []int64{1, 2}, 2, 0, 0,
		},
		"null rows":                           {`{"record_count":3,"faults":[null,{"id":1},null,{"id":2}]}`, []int64{1, 2}, 3, 0, 0},
		"nothing but null rows":               {`{"record_count":1,"errors":[null]}`, []int64{}, 1, 0, 0},
		"empty list":                          {`{"page_no":1,"page_size":50,"record_count":0,"errors":[]}`, []int64{}, 0, 1, 50},
		"empty list under another key":        {`{"record_count":0,"faults":[ ]}`, []int64{}, 0, 0, 0},
		"empty list, several arrays":          {`{"record_count":0,"faults":[],"other":[]}`, []int64{}, 0, 0, 0},
		"empty list, no counts":               {`{"faults":[],"other":[]}`, []int64{}, -1, 0, 0},
		"empty list beside another array":     {`{"record_count":0,"agents":[{"id":8}],"faults":[]}`, []int64{}, 0, 0, 0},
		"empty list without an array":         {`{"page_no":1,"page_size":50,"record_count":0}`, []int64{}, 0, 1, 50},
		"null in the place of the array":      {`{"page_no":1,"record_count":0,"errors":null}`, []int64{}, 0, 1, 0},
		"fewer counted than there are":        {`{"record_count":1,"errors":[{"id":1},{"id":2}]}`, []int64{1, 2}, -1, 0, 0},
		"none counted":                        {`{"record_count":0,"errors":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"a count of null":                     {`{"record_count":null,"errors":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"a count below 0":                     {`{"record_count":-1,"errors":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"a count that is none":                {`{"record_count":"many","errors":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"a count too large":                   {`{"record_count":2147483648,"errors":[{"id":1}]}`, []int64{1}, -1, 0, 0},
		"the last of two counts":              {`{"record_count":3,"errors":[{"id":1}],"record_count":5}`, []int64{1}, 5, 0, 0},
		"bare array":                          {`[{"id":1},{"id":2}]`, []int64{1, 2}, -1, 0, 0},
		"bare array with null rows":           {`[null,{"id":1}, null ]`, []int64{1}, -1, 0, 0},
		"bare array behind a byte order mark": {"\xef\xbb\xbf [{\"id\":1}]", []int64{1}, -1, 0, 0},
		"bare empty array":                    {` [ ] `, []int64{}, -1, 0, 0},
		"null":                                {` null `, []int64{}, -1, 0, 0},
		"empty text":                          {`""`, []int64{}, -1, 0, 0},
		"nothing":                             {"", []int64{}, -1, 0, 0},
		"white space":                         {" \n ", []int64{}, -1, 0, 0},
		"byte order mark alone":               {"\xef\xbb\xbf", []int64{}, -1, 0, 0},
		"object without a member":             {`{ }`, []int64{}, -1, 0, 0},
		"single object":                       {`{"id":7,"name":"a"}`, []int64{7}, -1, 0, 0},
		"single object with an array":         {`{"id":7,"trace":[{"log":"x"}],"others":[{"id":8}]}`, []int64{7}, -1, 0, 0},
		"single object, array first":          {`{"trace":[{"log":"x"}],"id":7}`, []int64{7}, -1, 0, 0},
		"single object without an id":         {`{"name":"a","trace":[{"log":"x"}]}`, []int64{0}, -1, 0, 0},
		"single object, its own array empty":  {`{"Trace":[],"name":"a"}`, []int64{0}, -1, 0, 0},
		"single object, unknown but for id":   {`{"id":7,"colour":"red"}`, []int64{7}, -1, 0, 0},
		"beside an array of the record's":     {`{"trace":[{"log":"x"}],"faults":[{"id":1}]}`, []int64{1}, -1, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := wire.DecodeList[row]([]byte(test.body), "IntegrationError", 10)
			require.NoError(t, err)
			assert.Equal(t, test.ids, ids(list.Records))
			assert.Len(t, list.Keys, len(list.Records))
			assert.Equal(t, []int{test.count, test.page, test.size}, []int{list.RecordCount, list.PageNo, list.PageSize})
		})
	}
}

func TestDecodeListKnowsTheNamesOfAResource(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ own, foreign []string }{
		"IntegrationError": {
			[]string{"integrationerrors", "integrationerror", "IntegrationErrors", "errors", "error", "ERRORS"}, []string{"errorlist", "integration", "s", ""},
		},
		"IntegrationFieldMapping":         {[]string{"integrationfieldmappings", "fieldmappings", "fieldmapping"}, []string{"mappings"}},
		"IntegrationRunbookVariableGroup": {[]string{"runbookvariablegroups"}, []string{"groups"}},
		"IntegratorSchedule":              {[]string{"schedules", "integratorschedules"}, []string{"integrators"}},
		"ConnectedInstance":               {[]string{"instances", "connectedinstances"}, []string{"connected"}},
		"Integration":                     {[]string{"integrations"}, []string{""}},
		"Tickets":                         {[]string{"tickets", "ticket", "Tickets"}, []string{"tick"}},
		"Company":                         {[]string{"companies", "company"}, []string{"compan"}},
		"Box":                             {[]string{"boxes"}, []string{"box_es"}},
		"Report/Columns":                  {[]string{"columns"}, []string{"report"}},
		"":                                {nil, []string{"tickets", "s", "es"}},
	}
	for resource, test := range tests {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			for _, name := range test.own {
				list, err := wire.DecodeList[row]([]byte(`{"agents":[{"id":8}],"`+name+`":[{"id":1}],"teams":[{"id":9}]}`), resource, 1)
				require.NoError(t, err, name)
				assert.Equal(t, []int64{1}, ids(list.Records), name)
			}
			for _, name := range test.foreign {
				_, err := wire.DecodeList[row]([]byte(`{"agents":[{"id":8}],"`+name+`":[{"id":1}]}`), resource, 1)
				assert.ErrorContains(t, err, "which array is the list? there are agents, "+name, name)
			}
		})
	}
}

// An error that comes as a success must not be taken for an empty list, nor for a record without an id.
func TestDecodeListFindsTheErrorInAPayload(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, message string }{
		"error":                              {`{"error":"report timed out"}`, "report timed out"},
		"error and its description":          {`{"error":"invalid_request","error_description":"no such order"}`, "invalid_request: no such order"},
		"message":                            {`{"message":"no access"}`, "no access"},
		"Message and ExceptionMessage":       {`{"Message":"An error has occurred.","ExceptionMessage":"no such column"}`, "An error has occurred: no such column"},
		"ClassName":                          {`{"ClassName":"System.Exception","Message":null}`, "System.Exception"},
		"an object":                          {`{"error":{"code":5,"message":"no access"}}`, "no access"},
		"an object without a message":        {`{"error":{"code":5}}`, "an error without a message"},
		"beside an array of details":         {`{"error":"bad filter","details":[{"id":1}]}`, "bad filter"},
		"beside an array of the own name":    {`{"error":"bad filter","errors":[{"id":1}]}`, "bad filter"},
		"beside several arrays":              {`{"error":"bad filter","a":[{"id":1}],"b":[{"id":2}]}`, "bad filter"},
		"beside paging members":              {`{"page_no":1,"record_count":0,"message":"no access"}`, "no access"},
		"in the place of the records":        {`{"page_no":1,"record_count":3,"error":"bad filter"}`, "bad filter"},
		"beside a member of the record":      {`{"name":"a","message":"no access"}`, "no access"},
		"with a byte order mark before it":   {"\xef\xbb\xbf{\"error\":\"bad filter\"}", "bad filter"},
		"beside an empty list":               {`{"record_count":0,"faults":[],"load_error":"no such column"}`, "no such column"},
		"beside rows":                        {`{"record_count":1,"error":"cut short","faults":[{"id":1}]}`, "cut short"},
		"behind rows":                        {`{"faults":[{"id":1}],"resultCode":3,"errorMessage":"cut short"}`, "cut short"},
		"beside rows of the own name":        {`{"errors":[{"id":1}],"load_error":"cut short"}`, "cut short"},
		"errors beside an empty list":        {`{"integrationerrors":[],"details":{},"error":["no access"]}`, "no access"},
		"an envelope with an id":             {`{"id":3,"record_count":0,"faults":[],"load_error":"no such column"}`, "no such column"},
		"success that is false":              {`{"success":false,"faults":[{"id":1}]}`, "an error without a message"},
		"an id of 0":                         {`{"id":0,"message":"no access"}`, "no access"},
		"nested":                             {`{"data":{"error":"no access"}}`, "no access"},
		"nested beside a list":               {`{"meta":{"error":"cut short"},"data":{"faults":[{"id":1}]}}`, "cut short"},
		"problem details":                    {`{"title":"invalid","errors":{"order":["bad"]}}`, "invalid; order: bad"},
		"texts of the own name":              {`{"errors":["bad filter"]}`, "bad filter"},
		"a lone row":                         {`[{"error":"no access"}]`, "no access"},
		"a row behind others":                {`{"faults":[{"id":1},{"Message":"cut short"}]}`, "cut short"},
		"a row of the own name":              {`{"errors":[{"code":5,"message":"no access"}]}`, "no access"},
		"with an id of something else in it": {`{"error":"bad filter","request":{"id":7}}`, "bad filter"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := wire.DecodeList[row]([]byte(test.body), "IntegrationError", 10)
			var failure *wire.PayloadError
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, test.message, failure.Error())
			assert.Equal(t, wire.List[row]{RecordCount: -1}, list)
		})
	}
}

func TestDecodeListTakesNoListForAnError(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body string
		ids  []int64
	}{
		"a record that has an error":     {`{"id":7,"error":"404 Not Found"}`, []int64{7}},
		"a page with a message":          {`{"page_no":1,"record_count":1,"message":"ok","errors":[{"id":1}]}`, []int64{1}},
		"an object beside a nested list": {`{"meta":{"message":"ok"},"data":{"faults":[{"id":1}]}}`, []int64{1}},
		"an empty list with a message":   {`{"record_count":0,"faults":[],"message":"none found"}`, []int64{}},
		"a list of errors":               {`{"faults":[{"id":1}],"errors":[],"error":{},"load_error":null,"resultCode":0,"errorMessage":""}`, []int64{1}},
		"another list named errors":      {`{"integrationerrors":[{"id":1}],"errors":[]}`, []int64{1}},
		"a list with a message":          {`{"message":"ok","faults":[{"id":1}]}`, []int64{1}},
		"a list with an empty error":     {`{"error":"","message":"","faults":[{"id":1}]}`, []int64{1}},
		"a list with no error":           {`{"error":null,"faults":[{"id":1}]}`, []int64{1}},
		"rows that have errors":          {`[{"name":"a","error":"404 Not Found"},{"id":0,"error":"x"}]`, []int64{0, 0}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := wire.DecodeList[row]([]byte(test.body), "IntegrationError", 10)
			require.NoError(t, err)
			assert.Equal(t, test.ids, ids(list.Records))
		})
	}
}

// The records of the generic functions can be of any type.
func TestDecodeListOfOtherTypes(t *testing.T) {
	t.Parallel()
	body := []byte(`{"record_count":2,"columns":[],"flags":["a","b"],"tickets":[{"id":1},null,{"id":"b"}]}`)

	maps, err := wire.DecodeList[map[string]any](body, "Tickets", 0)
	require.NoError(t, err)
	assert.Equal(t, []map[string]any{{"id": 1.0}, {"id": "b"}}, maps.Records)

	raw, err := wire.DecodeList[json.RawMessage](body, "Tickets", 0)
	require.NoError(t, err)
	assert.Equal(t, []json.RawMessage{json.RawMessage(`{"id":1}`), json.RawMessage(`{"id":"b"}`)}, raw.Records)

	pointers, err := wire.DecodeList[*struct{ ID string }](body, "Tickets", 0)
	require.NoError(t, err)
	require.Len(t, pointers.Records, 2)
	assert.Equal(t, "1", pointers.Records[0].ID)

	texts, err := wire.DecodeList[string]([]byte(`{"names":["a",null,"b"]}`), "Names", 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, texts.Records)

	open, err := wire.DecodeList[struct{ Extra map[string]json.RawMessage }]([]byte(`{"colour":"red"}`), "Tickets", 0)
	require.NoError(t, err, "a record that keeps every member can be any object")
	assert.Len(t, open.Records, 1)

	_, err = wire.DecodeList[struct {
		ID    int64
		Extra map[string]json.RawMessage
	}]([]byte(`{"colour":"red"}`), "Tickets", 0)
	require.ErrorContains(t, err, "neither a list nor a record", "but not of one that has members of its own")

	wrapped, err := wire.DecodeList[map[string]any]([]byte(`{"data":{"logs":[{"a":1}],"record_count":5}}`), "Logs", 0)
	require.NoError(t, err)
	assert.Equal(t, []map[string]any{{"a": 1.0}}, wrapped.Records)
	assert.Equal(t, 5, wrapped.RecordCount)

	whole, err := wire.DecodeList[map[string]any]([]byte(`{"settings":{"items":[{"a":1}]}}`), "Logs", 0)
	require.NoError(t, err)
	assert.Len(t, whole.Records[0], 1)
	assert.Contains(t, whole.Records[0], "settings")

	pongs, err := wire.DecodeList[struct{ Message string }]([]byte(`[{"message":"pong"}]`), "Pongs", 0)
	require.NoError(t, err, "a row of nothing but the record's own members is data")
	assert.Len(t, pongs.Records, 1)

	single, err := wire.DecodeList[map[string]any]([]byte(`{"colour":"red"}`), "Tickets", 0)
	require.NoError(t, err)
	assert.Equal(t, []map[string]any{{"colour": "red"}}, single.Records)
}

func TestDecodeListKeepsTheWarning(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"_warning":"the filter\nis slow","faults":[{"id":1}]}`:           "the filter is slow",
		`{"_warning":"the filter is slow","faults":[]}`:                    "the filter is slow",
		`{"_warning":null,"faults":[{"id":1}]}`:                            "",
		`{"faults":[{"id":1}],"message":"ok"}`:                             "",
		`{"faults":[],"record_count":0,"message":"none that you may see"}`: "none that you may see",
		`{"data":{"faults":[{"id":1}],"_warning":"the filter is slow"}}`:   "the filter is slow",
		`{"_warning":"the filter is slow","data":{"faults":[{"id":1}]}}`:   "the filter is slow",
		`{"id":7,"_warning":"of the record"}`:                              "",
		`[{"id":7,"_warning":"of the record"}]`:                            "",
	} {
		list, err := wire.DecodeList[row]([]byte(body), "IntegrationError", 10)
		require.NoError(t, err, body)
		assert.Equal(t, want, list.Warning, body)
	}
}
