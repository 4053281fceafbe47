package guarantees_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestCaseA1ErrorsInOtherWords beside a list are errors, with their words, whatever their spelling.
func TestCaseA1ErrorsInOtherWords(t *testing.T) {
	t.Parallel()
	for _, beside := range []string{
		`"query_error":"boom"`, `"ReportError":"boom"`, `"errorMessages":["boom"]`, `"error_msg":"boom"`, `"exception":"boom"`, `"Exception":{"Message":"boom"}`,
		`"ExceptionType":"T","Message":"boom"`, `"fault":{"faultstring":"boom"}`, `"ModelState":{"a":["boom"]}`, `"validation_errors":{"a":["boom"]}`, `"errors":"boom"`,
		`"isError":true,"message":"boom"`, `"hasErrors":true,"message":"boom"`, `"ok":false,"message":"boom"`, `"isSuccess":false,"message":"boom"`,
		`"status":"error","detail":"boom"`, `"statusCode":500,"message":"boom"`, `"status":500,"detail":"boom"`, `"errorCode":5,"message":"boom"`,
		`"resultCode":"1","message":"boom"`, `"failed":true,"message":"boom"`,
	} {
		for _, list := range []string{`,"tickets":[]`, `,"record_count":0,"tickets":[]`, `,"tickets":[{"id":1}]`, `,"tickets":null`, ``} {
			c := trial.Tenant(t, trial.AnswersJSON("{"+beside+list+"}"))
			_, err := halopsa.Collect(halopsa.AllOf[sharing](t.Context(), c, "Tickets"))
			var refused *halopsa.APIError
			require.ErrorAs(t, err, &refused, beside+list)
			assert.Contains(t, refused.Message, "boom", beside+list)
		}
	}
	_, err := halopsa.Collect(halopsa.AllOf[sharing](t.Context(), trial.Tenant(t, trial.AnswersJSON(`"Invalid Resource"`)), "Tickets"))
	require.ErrorContains(t, err, "Invalid Resource")
	_, err = halopsa.Collect(halopsa.AllOf[map[string]any](t.Context(), trial.Tenant(t, trial.AnswersJSON(`[{"error":"boom"}]`)), "Tickets"))
	require.ErrorContains(t, err, "boom", "a map too")
	_, err = halopsa.ListOf[sharing](t.Context(), trial.Tenant(t, trial.AnswersJSON(`{"record_count":6,"tickets":[],"message":"boom"}`)), "Tickets")
	require.ErrorContains(t, err, "boom", "why there are none of six")
}

// TestCaseA1WordsOfSuccess beside a list are none of failure, and are no warning either.
func TestCaseA1WordsOfSuccess(t *testing.T) {
	t.Parallel()
	for _, beside := range []string{
		`"error":"OK"`, `"error":"No error"`, `"error":"none"`, `"message":"Success."`, `"errorMessage":"Success","resultCode":0`, `"success":true,"message":"1 row"`,
		`"error":{"code":0,"message":"OK"}`, `"error_count":3`, `"status":"ok"`, `"isError":false`, `"failed":2`, `"status":500`,
	} {
		for list, n := range map[string]int{`,"tickets":[]`: 0, `,"tickets":[{"id":1}]`: 1} {
			c := trial.Tenant(t, trial.AnswersJSON("{"+beside+list+"}"), halopsa.WithWarnings(func(_ context.Context, w halopsa.Warning) {
				t.Error(w.Text)
			}))
			got, err := halopsa.Collect(halopsa.AllOf[sharing](t.Context(), c, "Tickets"))
			require.NoError(t, err, beside+list)
			assert.Len(t, got, n)
		}
	}
}
