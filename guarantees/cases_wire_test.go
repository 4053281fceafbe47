package guarantees_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// sharing is a record of a caller's own.
type sharing struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func TestCaseA1AnErrorBesideTheList(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"tickets":[],"load_error":"no such column"}`:                                    "no such column",
		`{"record_count":2,"tickets":[{"id":1}],"load_error":"no such column"}`:           "no such column",
		`{"record_count":0,"tickets":[],"error":"timeout"}`:                               "timeout",
		`{"tickets":[],"resultCode":1,"errorMessage":"no access"}`:                        "no access",
		`{"tickets":[],"Error":{"Code":5,"Message":"no access"}}`:                         "no access",
		`{"tickets":[],"errors":[{"message":"no access"}]}`:                               "no access",
		`{"success":false,"message":"no access","tickets":[]}`:                            "no access",
		`{"title":"One or more errors.","status":400,"errors":{"order":["not a field"]}}`: "One or more errors; order: not a field",
	} {
		c := trial.Tenant(t, trial.AnswersJSON(body))
		_, err := halopsa.ListOf[sharing](t.Context(), c, "Tickets")
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused, body)
		assert.Equal(t, want, refused.Message, body)
		got, err := halopsa.Collect(halopsa.AllOf[sharing](t.Context(), c, "Tickets"))
		require.ErrorAs(t, err, &refused, body)
		assert.Empty(t, got)
	}

	c := trial.Tenant(t, trial.ServePages("tickets",
		`{"record_count":4,"tickets":[{"id":1},{"id":2}]}`, `{"record_count":4,"tickets":[],"load_error":"no such column"}`))
	got, err := halopsa.Collect(halopsa.AllOf[sharing](t.Context(), c, "Tickets"))
	var refused *halopsa.APIError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, "no such column", refused.Message)
	assert.Len(t, got, 2)
}

func TestCaseA1NoErrorBesideTheList(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"record_count":1,"tickets":[{"id":1}],"load_error":null,"error":"","message":"","errors":[]}`,
		`{"record_count":1,"tickets":[{"id":1}],"message":"ok"}`,
		`{"tickets":[{"id":1}],"resultCode":0,"errorMessage":null,"success":true}`,
		`{"tickets":[{"id":1,"error":"404 Not Found"}]}`,
	} {
		page, err := halopsa.ListOf[sharing](t.Context(), trial.Tenant(t, trial.AnswersJSON(body)), "Tickets")
		require.NoError(t, err, body)
		assert.Len(t, page.Records, 1)
	}
}

func TestCaseA5AnObjectThatIsNoRecord(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"error":"no access"}`:          "no access",
		`{"message":"no access"}`:        "no access",
		`{"data":{"error":"no access"}}`: "no access",
		`[{"error":"no access"}]`:        "no access",
		`{"id":0,"message":"no access"}`: "no access",
		`{"colour":"red"}`:               "neither a list nor a record",
		`{"id":0,"colour":"red"}`:        "neither a list nor a record",
		`{"data":{"colour":"red"}}`:      "neither a list nor a record",
	} {
		c := trial.Tenant(t, trial.AnswersJSON(body))
		_, err := c.IntegrationLookUp.List(t.Context())
		require.ErrorContains(t, err, want, body)
		_, err = c.IntegratorLog.List(t.Context(), nil)
		require.ErrorContains(t, err, want, body)
		_, err = c.IntegratorSchedule.List(t.Context(), nil)
		require.ErrorContains(t, err, want, body)
	}
	for _, body := range []string{
		`{"data":{"logs":[{"id":1},{"id":2}],"record_count":2}}`, `{"result":{"rows":[{"id":1},{"id":2}]},"took":5}`,
		`{"success":true,"result":{"data":{"logs":[{"id":1},{"id":2}],"record_count":2}}}`,
	} {
		c := trial.Tenant(t, trial.AnswersJSON(body))
		logs, err := halopsa.Collect(c.IntegratorLog.All(t.Context(), nil))
		require.NoError(t, err, body)
		require.Len(t, logs, 2)
		assert.Equal(t, int64(2), logs[1].ID)
		lookups, err := halopsa.Collect(c.IntegrationLookUp.All(t.Context()))
		require.NoError(t, err, body)
		assert.Len(t, lookups, 2)
	}
}

func TestCaseA8AFullArrayBesideAnEmptyOne(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"errors":[],"rows":[{"id":1},{"id":2}]}`, `{"rows":[{"id":1},{"id":2}],"errors":[]}`, `{"record_count":2,"errors":null,"rows":[{"id":1},{"id":2}]}`,
	} {
		got, err := halopsa.Collect(trial.Tenant(t, trial.AnswersJSON(body)).IntegrationError.All(t.Context(), nil))
		require.NoError(t, err, body)
		assert.Len(t, got, 2, body)
	}
}
