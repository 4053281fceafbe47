package guarantees_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// createLookUps creates as many look-ups.
func createLookUps(ctx context.Context, client *halopsa.Client, n int, ro ...halopsa.RequestOption) ([]*halopsa.IntegrationLookUp, error) {
	inputs := make([]halopsa.IntegrationLookUpInput, n)
	for i := range inputs {
		inputs[i] = halopsa.IntegrationLookUpInput{ModuleID: halopsa.Set[int64](12), Value: halopsa.Set("High")}
	}
	return client.IntegrationLookUp.Create(ctx, inputs, ro...)
}

// TestCaseA2ErrorInsideTheSuccessOfAWrite: what a tenant says inside a 200 is not lost, and no record with the id 0 is returned.
func TestCaseA2ErrorInsideTheSuccessOfAWrite(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		inputs  int
		body    string
		status  int
		says    string
		unknown []int
		written []int
	}{
		"error code":           {1, `{"resultCode":1,"errorMessage":"the module is locked"}`, 200, "the module is locked", []int{0}, nil},
		"error in an array":    {1, `[{"error":"no such module"}]`, 200, "no such module", []int{0}, nil},
		"one of two":           {2, `[{"id":1},{"error":"no such module"}]`, 200, "[1]: no such module", []int{1}, []int{0}},
		"the first of three":   {3, `[{"message":"too long"},{"id":2},{"id":3}]`, 200, "[0]: too long", []int{0}, []int{1, 2}},
		"two of three":         {3, `[{"error":"a"},{"id":2},{"error":"b"}]`, 200, "[0]: a; [2]: b", []int{0, 2}, []int{1}},
		"id 0 and a message":   {1, `{"id":0,"message":"the value is taken"}`, 200, "the value is taken", []int{0}, nil},
		"id 0":                 {1, `[{"id":0,"value":"High"}]`, 200, "the id 0", []int{0}, nil},
		"id 0 for two":         {2, `{"id":0,"value":"High"}`, 200, "the id 0", []int{0, 1}, nil},
		"wrapped id 0 for two": {2, `{"data":{"id":"0"}}`, 200, "the id 0", []int{0, 1}, nil},
		"negative id":          {1, `[{"id":-1}]`, 200, "the id -1", []int{0}, nil},
		"empty GUID":           {1, `[{"id":"00000000-0000-0000-0000-000000000000"}]`, 200, "id", []int{0}, nil},
		"errors":               {1, `{"errors":["the value is taken"]}`, 200, "the value is taken", []int{0}, nil},
		"ASP.NET":              {1, `{"title":"One or more validation errors","errors":{"value":["is too long"]}}`, 200, "value: is too long", []int{0}, nil},
		"nothing of three":     {3, `[]`, 200, "0 records in response to 3 inputs", []int{0, 1, 2}, nil},
		"nothing of one":       {1, `[]`, 200, "0 records in response to 1 inputs", []int{0}, nil},
		"two of three come":    {3, `[{"id":1},{"id":2}]`, 200, "2 records in response to 3 inputs", []int{0, 1, 2}, nil},
		"more than were sent":  {1, `[{"id":1},{"id":2}]`, 200, "2 records in response to 1 inputs", []int{0}, nil},
		"the same id twice":    {2, `[{"id":7},{"id":7}]`, 200, "7 comes twice", []int{1}, []int{0}},
		"null for a record":    {2, `[{"id":7},null]`, 200, "not a record", []int{1}, []int{0}},
		"wrapped error":        {1, `{"data":{"error":"no such module"}}`, 200, "no such module", []int{0}, nil},
		"wrapped errors":       {2, `{"results":[{"id":5},{"error":"no such module"}]}`, 200, "[1]: no such module", []int{1}, []int{0}},
		"wrapped nothing":      {2, `{"lookups":[]}`, 200, "0 records in response to 2 inputs", []int{0, 1}, nil},
		"207":                  {1, `[{"id":1}]`, 207, "not carried out as a whole", []int{0}, nil},
		"202":                  {1, `[{"id":1}]`, 202, "not carried out as a whole", []int{0}, nil},
		"false":                {1, `false`, 200, "neither a record", []int{0}, nil},
		"text":                 {1, `"Invalid Resource"`, 200, "", []int{0}, nil},
		"not a success":        {1, `{"success":false}`, 200, "an error inside a success", []int{0}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := trial.Tenant(t, trial.Answers(test.status, "application/json", test.body))
			written, err := createLookUps(t.Context(), client, test.inputs)
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			require.ErrorContains(t, err, test.says)
			var batch *halopsa.BatchError
			require.ErrorAs(t, err, &batch)
			assert.Equal(t, test.unknown, batch.Unknown)
			assert.ElementsMatch(t, test.written, batch.Written)
			assert.Empty(t, batch.Refused)
			require.Len(t, written, test.inputs, "as long as the inputs")
			for i, record := range written {
				assert.Equal(t, contains(test.written, i), record != nil, i)
			}
		})
	}
}

func contains(list []int, n int) bool {
	for _, each := range list {
		if each == n {
			return true
		}
	}
	return false
}

// TestCaseA2WritesThatAreAnsweredWithLess are written; what cannot be attributed stays reachable.
func TestCaseA2WritesThatAreAnsweredWithLess(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		inputs int
		ids    []int64
		others []string
	}{
		``:                  {2, []int64{0, 0}, nil},
		`null`:              {2, []int64{0, 0}, nil},
		`{}`:                {1, []int64{0}, nil},
		`{"data":{"id":7}}`: {1, []int64{7}, nil},
		`{"success":true,"result":{"lookups":[{"id":7},{"id":8}]}}`: {2, []int64{7, 8}, nil},
		`{"data":null}`:       {1, []int64{0}, nil},
		`{"success":true}`:    {1, []int64{0}, nil},
		`{"id":7}`:            {1, []int64{7}, nil},
		`{"id":8}`:            {2, []int64{0, 0}, []string{`{"id":8}`}},
		`[{"id":9},{"id":3}]`: {2, []int64{9, 3}, nil},
		`[{"id":4,"_success":true,"error":"is data where there is an id"}]`: {1, []int64{4}, nil},
	} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		var others []json.RawMessage
		written, err := createLookUps(t.Context(), client, want.inputs, halopsa.WithUnattributed(&others))
		require.NoError(t, err, body)
		require.Len(t, written, want.inputs, body)
		for i, record := range written {
			if want.ids[i] == 0 {
				assert.Nil(t, record, body)
			} else {
				assert.Equal(t, want.ids[i], record.ID, body)
			}
		}
		require.Len(t, others, len(want.others), body)
		for i, other := range others {
			assert.JSONEq(t, want.others[i], string(other))
		}
	}
}

// TestCaseA3DeletesThatWereRefusedInASuccess are not deleted; null, {}, true, nothing and the record itself are.
func TestCaseA3DeletesThatWereRefusedInASuccess(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`false`:                    "false",
		`"the record is locked"`:   "the record is locked",
		`{"success":false}`:        "an error inside a success",
		`{"_success":"false"}`:     "an error inside a success",
		`[{"error":"locked"}]`:     "locked",
		`{"error":"locked"}`:       "locked",
		`{"message":"locked"}`:     "locked",
		`0`:                        "0",
		`[false]`:                  "false",
		`[0]`:                      "0",
		`["the record is locked"]`: "the record is locked",
		`[["locked"]]`:             "locked",
		`{"data":["locked"]}`:      "locked",
		`{"id":6}`:                 "the id 6",
		`[{"id":6}]`:               "the id 6",
		`{"resultCode":5,"errorMessage":"locked"}`: "locked",
		`{"data":{"error":"locked"}}`:              "locked",
		`{"result":[{"id":6}]}`:                    "the id 6",
		`{"data":{"id":5}}`:                        "",
		`<html><title>Sign in</title></html>`:      "Sign in",
		`OK`:                                       "not an acknowledgment",
		``:                                         "",
		`null`:                                     "",
		`{}`:                                       "",
		`[]`:                                       "",
		`[null]`:                                   "",
		`[true]`:                                   "",
		`[{}]`:                                     "",
		`true`:                                     "",
		`""`:                                       "",
		`{"id":5}`:                                 "",
		`{"id":"5","error":"data"}`:                "",
		`[{"id":5}]`:                               "",
		`{"success":true}`:                         "",
	} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		err := client.IntegrationError.Delete(t.Context(), 5)
		if says == "" {
			require.NoError(t, err, body)
			continue
		}
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, body)
		require.ErrorContains(t, err, says, body)
	}
}

// TestCaseA6AnotherRecordThanTheOneAskedFor is an error that names both ids.
func TestCaseA6AnotherRecordThanTheOneAskedFor(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{"id":99}`:                              "the id 99, where the one with the id 5",
		`{"id":0}`:                               "the id 0, where the one with the id 5",
		`{"id":"99"}`:                            "the id 99, where the one with the id 5",
		`{"id":null,"error":""}`:                 "without an id, where the record with the id 5",
		`{"error":"no such record"}`:             "no such record",
		`[{"id":5},{"id":6}]`:                    "2 records in the response, where the one with the id 5",
		`[]`:                                     "0 records in the response, where the one with the id 5",
		`{"record_count":1,"errors":[{"id":5}]}`: "5",
		`{"page_no":1,"page_size":50,"errors":[]}`: "where the record with the id 5",
		`{"ID":99,"id":6}`:                         "the id 6",
		`{"data":{"error":"no such record"}}`:      "no such record",
		`{"data":{"id":99}}`:                       "the id 99",
		`{"data":{"id":5}}`:                        "",
		`{"id":5}`:                                 "",
		`{"id":"5"}`:                               "",
		`{"id":5.0}`:                               "",
		`[{"id":5}]`:                               "",
		`{"ID":99,"id":5}`:                         "",
	} {
		client := trial.Tenant(t, trial.AnswersJSON(body))
		record, err := client.IntegrationError.Get(t.Context(), 5, nil)
		if says == "" {
			require.NoError(t, err, body)
			assert.Equal(t, int64(5), record.ID)
			continue
		}
		require.ErrorContains(t, err, says, body)
		assert.Nil(t, record)
	}
}

// TestCaseA6UpdateOfAnotherRecord: the record of an update is found by its id, in any order, and another one is an unknown outcome.
func TestCaseA6UpdateOfAnotherRecord(t *testing.T) {
	t.Parallel()
	update := func(body string, ids ...int64) ([]*halopsa.IntegrationFieldData, error) {
		inputs := make([]halopsa.IntegrationFieldDataInput, len(ids))
		for i, id := range ids {
			inputs[i] = halopsa.IntegrationFieldDataInput{ID: halopsa.Set(id), Name: halopsa.Set("n")}
		}
		return trial.Tenant(t, trial.AnswersJSON(body)).IntegrationFieldData.Update(t.Context(), inputs)
	}
	records, err := update(`[{"id":7},{"id":5}]`, 5, 7)
	require.NoError(t, err)
	assert.Equal(t, int64(5), records[0].ID)
	assert.Equal(t, int64(7), records[1].ID)

	records, err = update(`{"id":7}`, 5, 7)
	require.NoError(t, err)
	assert.Nil(t, records[0])
	assert.Equal(t, int64(7), records[1].ID)

	for body, says := range map[string]string{
		`{"id":105}`:   "105, where the one with the id 5 was sent",
		`[{"id":105}]`: "105, where the one with the id 5 was sent",
		`{"id":0}`:     "the id 0",
		`[]`:           "0 records",
	} {
		records, err := update(body, 5)
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, body)
		require.ErrorContains(t, err, says, body)
		assert.Equal(t, []*halopsa.IntegrationFieldData{nil}, records)
	}
	records, err = update(`[{"id":9},{"id":5}]`, 5, 7, 9)
	var batch *halopsa.BatchError
	require.ErrorAs(t, err, &batch)
	require.ErrorContains(t, err, "2 records in response to 3 inputs")
	assert.Equal(t, []int{1}, batch.Unknown)
	assert.Equal(t, []int{0, 2}, batch.Written)
	assert.Equal(t, int64(9), records[2].ID)

	records, err = update(`[{"id":5},{"id":105},{"id":9}]`, 5, 7, 9)
	require.ErrorAs(t, err, &batch)
	assert.Equal(t, []int{1}, batch.Unknown)
	assert.Equal(t, []int{0, 2}, batch.Written)
	assert.NotNil(t, records[2])
	assert.Nil(t, records[1])
}

// TestCaseA13ValidationErrorsAreReadable member by member, for a write with the index of the input among all inputs.
func TestCaseA13ValidationErrorsAreReadable(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		says    string
		members []halopsa.MemberError
	}{
		`{"id":["The value 'probe' is not valid."]}`: {"id: The value 'probe' is not valid.", []halopsa.MemberError{{Input: -1, Member: "id", Messages: []string{"The value 'probe' is not valid."}}}},
		`{"[0].value":["is required","is empty"]}`:   {"[0].value: is required; is empty", []halopsa.MemberError{{Input: 0, Member: "value", Messages: []string{"is required", "is empty"}}}},
		`{"Message":"The request is invalid.","ModelState":{"input.Name":["too long"]}}`: {
			"The request is invalid; input.Name: too long", []halopsa.MemberError{{Input: -1, Member: "input.Name", Messages: []string{"too long"}}}},
		`{"title":"One or more","status":400,"errors":{"$[1].value":["no text"]}}`:                                   {"One or more; $[1].value: no text", []halopsa.MemberError{{Input: 1, Member: "value", Messages: []string{"no text"}}}},
		`{"ClassName":"System.Exception","Message":"Invalid Data Type","InnerException":{"Message":"no such type"}}`: {"Invalid Data Type: no such type", nil},
		`{"Message":"An error has occurred.","ExceptionMessage":"boom","ExceptionType":"System.X"}`:                  {"An error has occurred: boom", nil},
		`"Invalid Resource"`: {"Invalid Resource", nil},
	} {
		client := trial.Tenant(t, trial.Answers(http.StatusBadRequest, "application/json", body))
		_, err := client.IntegrationError.Get(t.Context(), 5, nil)
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, want.says, refused.Message)
		assert.Equal(t, want.members, refused.Members, body)
	}

	sent := 0
	client := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) {
		if sent++; sent == 1 {
			trial.AnswersJSON(`[{"id":1},{"id":2}]`)(w, r)
			return
		}
		trial.Answers(http.StatusBadRequest, "application/json", `{"[1].value":["is taken"],"[0].module_id":["no such module"]}`)(w, r)
	})
	_, err := createLookUps(t.Context(), client, 5, halopsa.WithBatchSize(2))
	var batch *halopsa.BatchError
	require.ErrorAs(t, err, &batch)
	assert.Equal(t, []halopsa.MemberError{
		{Input: 2, Member: "module_id", Messages: []string{"no such module"}},
		{Input: 3, Member: "value", Messages: []string{"is taken"}},
	}, batch.Members)
	assert.Equal(t, []int{2, 3}, batch.Refused)
}

// TestCaseA13Challenge: a refusal without a body can say why in its header.
func TestCaseA13Challenge(t *testing.T) {
	t.Parallel()
	client := trial.Tenant(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="halo", error="insufficient_scope", error_description="edit is needed"`)
		w.WriteHeader(http.StatusForbidden)
	})
	require.ErrorContains(t, trial.GetOne(t.Context(), client), "insufficient_scope: edit is needed")
}

// TestCaseB7PartsAreNotAddedTwice: an update that adds parts is repeated like a create.
func TestCaseB7PartsAreNotAddedTwice(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		parts    []halopsa.IntegrationExportDataInput
		requests int
	}{
		"a new part":     {[]halopsa.IntegrationExportDataInput{{ID: halopsa.Set[int64](3)}, {ThirdPartyID: halopsa.Set("a")}}, 1},
		"part with id 0": {[]halopsa.IntegrationExportDataInput{{ID: halopsa.Set[int64](0)}}, 1},
		"known parts":    {[]halopsa.IntegrationExportDataInput{{ID: halopsa.Set[int64](3), Exported: halopsa.Set(true)}}, 5},
		"no parts":       {nil, 5},
	} {
		requests := 0
		client := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			trial.Answers(http.StatusGatewayTimeout, "text/html", "<html>")(w, r)
		})
		_, err := client.IntegrationExport.Update(t.Context(), []halopsa.IntegrationExportInput{{
			ID: halopsa.Set[int64](5), ExportData: halopsa.Set(test.parts),
		}})
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		assert.Equal(t, test.requests, requests, name)
	}
}

// TestCaseB8RefusalsOfSeveralInputs: nothing says that an array is one transaction.
func TestCaseB8RefusalsOfSeveralInputs(t *testing.T) {
	t.Parallel()
	const bound, plain = `{"[0].value":["too long"]}`, `{"message":"no"}`
	for _, test := range []struct {
		status       int
		body         string
		one, several bool // unknown
	}{
		{401, plain, false, false}, {403, plain, false, false}, {404, plain, false, false}, {405, plain, false, false},
		{413, plain, false, false}, {415, plain, false, false}, {400, bound, false, false}, {413, "<html>", false, false},
		{400, plain, false, true}, {400, `{"id":["not valid"]}`, false, true}, {409, plain, false, true}, {422, plain, false, true},
		{412, plain, false, true}, {423, plain, false, true}, {402, "", false, true}, {422, bound, false, true},
		{403, "<html>", true, true}, {404, "<html>", true, true}, {400, "<html>", true, true}, {408, plain, true, true}, {499, "", true, true},
	} {
		client := trial.Tenant(t, trial.Answers(test.status, "", test.body))
		for inputs, want := range map[int]bool{1: test.one, 3: test.several} {
			_, err := createLookUps(t.Context(), client, inputs)
			require.Error(t, err)
			assert.Equal(t, want, errors.Is(err, halopsa.ErrOutcomeUnknown), "%d %s to %d inputs: %v", test.status, test.body, inputs, err)
		}
	}
}
