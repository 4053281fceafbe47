package guarantees_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// The files cases_*_test.go play responses that were met on tenants, or that broke the client once, against the public API.

// TestCaseHabits runs the client against each habit of the stand-in that plays a wrong response: what comes is all there is, each once, or an
// error. want is how many records come, list and get what their errors say; "" is no error.
func TestCaseHabits(t *testing.T) {
	t.Parallel()
	type (
		habits = halopsatest.Habits
		rows   = halopsatest.RowHabits
	)
	const all, words = 330, "The query could not be carried out"
	for name, test := range map[string]struct {
		habits    habits
		want      int
		list, get string
	}{
		"A1 error member":              {habits{ErrorMember: "load_error"}, 0, words, ""},
		"A1 error member on page 2":    {habits{ErrorMember: "errorMessage", ErrorFrom: 2}, 100, words, ""},
		"A1 error member on the last":  {habits{ErrorMember: "error", ErrorFrom: 4}, 300, words, ""},
		"A4 ids per parent":            {habits{Rows: rows{IDs: halopsatest.IDsPerParent}}, all, "", "id"},
		"A4 zero":                      {habits{Rows: rows{IDs: halopsatest.IDsZero}}, all, "", "an error inside a success"},
		"A4 zero as a text":            {habits{Rows: rows{IDs: halopsatest.IDsZeroText}}, all, "", "an error inside a success"},
		"A4 empty GUIDs":               {habits{Rows: rows{IDs: halopsatest.IDsEmptyGUID}}, all, "", "an error inside a success"},
		"A4 no ids":                    {habits{Rows: rows{IDs: halopsatest.IDsNone}}, all, "", "an error inside a success"},
		"A5 nested":                    {habits{Nested: "data"}, all, "", ""},
		"A6 another record":            {habits{Rows: rows{WrongID: 92}}, all, "", "99"},
		"A6 a list":                    {habits{Rows: rows{GetAsList: true}}, all, "", ""},
		"A8 decoy of its own name":     {habits{Array: "rows", EmptyArray: "errors"}, all, "", ""},
		"A10 ids are texts":            {habits{Rows: rows{IDs: halopsatest.IDsText}}, all, "", ""},
		"A10 ids are decimals":         {habits{Rows: rows{IDs: halopsatest.IDsDecimal}}, all, "", ""},
		"A10 a date of two meanings":   {habits{Rows: rows{Date: func(string) string { return "10/02/2026" }}}, 0, "date", "date"},
		"A15 warning":                  {habits{Warning: "old"}, all, "", ""},
		"B9 denied":                    {habits{Denied: 401}, 0, "scope", "scope"},
		"nulls":                        {habits{Rows: rows{Nulls: true}}, all, "", ""},
		"capped pages":                 {habits{PageCap: 50}, all, "", ""},
		"overlapping pages":            {habits{Overlap: 2}, all, "", ""},
		"uneven pages":                 {habits{Uneven: true}, all, "", ""},
		"bare array":                   {habits{BareArray: true}, all, "", ""},
		"paging ignored":               {habits{IgnorePaging: true}, all, "", ""},
		"404 behind the end, no count": {habits{PastEnd: halopsatest.PastEnd404, NoRecordCount: true}, all, "", ""},
		"C3 record_count capped":       {habits{RecordCount: halopsatest.CountCapped(120)}, all, "", ""},
		"C3 record_count of the page":  {habits{RecordCount: halopsatest.CountOfRows()}, all, "", ""},
		"C3 record_count too small":    {habits{RecordCount: halopsatest.CountPlus(-100)}, all, "", ""},
		"C5 uneven, no count":          {habits{Uneven: true, NoRecordCount: true}, all, "", ""},
		"C13 page 2 is always empty":   {habits{EmptyPage: 2}, 200, "missing", ""},
		"C4 rows that never come":      {habits{RecordCount: halopsatest.CountPlus(37)}, all, "37 of 367 records missing", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := halopsatest.NewClient(t, halopsa.WithoutRetry())
			for i := range all {
				server.Seed("IntegrationError", map[string]any{"error": fmt.Sprint("Größe ", i+1), "date": "2026-10-02T11:00:00"})
			}
			server.SetHabits("IntegrationError", test.habits)
			seen := make(map[string]bool)
			got, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil))
			for _, e := range got {
				seen[e.Error] = true
			}
			assert.Len(t, got, test.want)
			assert.Len(t, seen, test.want)
			says := func(err error, text string) {
				t.Helper()
				if text == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, text)
				}
			}
			says(err, test.list)
			one, err := client.IntegrationError.Get(t.Context(), 7, nil)
			says(err, test.get)
			if err == nil {
				assert.Equal(t, "Größe 7", one.Error)
			}
		})
	}
}
