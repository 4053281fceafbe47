package halopsaprobe_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsaprobe"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestFactsAnswerWhatIsOpen: what HaloPSA's documentation leaves open is said in words, and the table has all of it.
func TestFactsAnswerWhatIsOpen(t *testing.T) {
	t.Parallel()
	h := tenant(halopsatest.WithTenant("acme"))
	h.SetHabits("IntegratorLog", halopsatest.Habits{PageCap: 20, PastEnd: halopsatest.PastEnd404})
	h.SetHabits("IntegrationExport", halopsatest.Habits{Denied: 403})
	for i := range 60 {
		h.Seed("IntegratorLog", map[string]any{"text": "x", "module_id": i})
		h.Seed("IntegratorTrace", map[string]any{"config_id": 3, "timestamp": "2026-10-02T11:22:33.457", "steps": []any{map[string]any{"log": "x"}, map[string]any{"log": "y"}}})
		h.Seed("IntegratorSchedule", map[string]any{"frequency": i, "expected_duration": "00:05", "modules": []any{1}})
		h.Seed("IntegrationRunbookVariableGroup", map[string]any{"label": fmt.Sprint("l", i), "value": fmt.Sprint("v", i), "more": true})
	}
	report, err := halopsaprobe.Run(t.Context(), h.Client(t))
	require.NoError(t, err)
	found := make(map[string]string)
	for _, f := range report.Facts {
		found[f.Question] = f.Found
	}
	for question, says := range map[string]string{
		"the members of authinfo":                                 "auth_url (text), tenant_id (text)",
		"which lists honor paging":                                "no: IntegrationRunbookVariableGroup; yes: IntegrationError, IntegratorLog, IntegratorSchedule, IntegratorTrace; not known: IntegrationRequest, ",
		"which lists honor count":                                 "yes: IntegrationError, IntegratorLog, IntegratorTrace",
		"which lists honor page_size alone":                       "yes: IntegratorTrace; not known",
		"what record_count says where count has cut":              "total: IntegrationError, IntegratorLog, IntegratorTrace",
		"what record_count says where the default size has cut":   "total: IntegrationError, IntegratorLog, IntegratorSchedule, IntegratorTrace",
		"how many rows come without paging, where there are more": "50: IntegrationError",
		"where pages are capped":                                  "20: IntegratorLog; not at 60: IntegratorSchedule, IntegratorTrace; not at 75: IntegrationError; not known",
		"what a page behind the end gets":                         "404: IntegratorLog; empty: IntegrationError",
		"the type of frequency of IntegratorSchedule":             "integer",
		"the type of expected_duration of IntegratorSchedule":     "text",
		"the type of modules of IntegratorSchedule":               "array",
		"the members of IntegratorLog":                            "id (integer), module_id (integer), text (text)",
		"the members of a single IntegratorTrace":                 "config_id (integer), id (integer), steps (array), steps[].log (text), timestamp (date)",
		"the members of a single IntegrationRunbookVariableGroup": "label (text), more (boolean), value (text)",
	} {
		assert.Contains(t, found[question], says, question)
	}
	assert.NotContains(t, found["which lists honor paging"], "IntegrationExport", "it may not be read")

	var table bytes.Buffer
	require.NoError(t, report.WriteTable(&table))
	for _, f := range report.Facts {
		assert.Contains(t, table.String(), f.Question+"\n  "+f.Found+"\n")
	}
	assert.Regexp(t, `(?m)^IntegrationExport +403 +-`, table.String())
	assert.Regexp(t, `(?m)^IntegratorLog +200 +results +yes +yes +50 +20 +yes`, table.String())
	failure := errors.New("the disk is full")
	assert.ErrorIs(t, report.WriteTable(failing{failure}), failure)
	assert.ErrorIs(t, report.WriteJSON(failing{failure}), failure)
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
