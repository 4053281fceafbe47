package guarantees_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// keyed is a record that its id alone does not identify.
type keyed struct {
	ID   int64  `json:"id"`
	Of   int64  `json:"lookupid"`
	Name string `json:"name"`
}

// TestWithKeyTellsRecordsApart that the id does not, in each spelling, and also where some rows have none of the members.
func TestWithKeyTellsRecordsApart(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]string{
		"numbers":               `{"lookupid":%[1]d,"id":%[2]d,"name":"%[3]d"}`,
		"texts":                 `{"lookupid":"%[1]d","id":"%[2]d","name":"%[3]d"}`,
		"in another case":       `{"LookupID":%[1]d,"ID":%[2]d,"name":"%[3]d"}`,
		"beside another case":   `{"lookupid":%[1]d,"LookupID":7,"ID":7,"id":%[2]d,"name":"%[3]d"}`,
		"null for one":          `{"lookupid":%[3]d,"id":null,"name":"%[3]d"}`,
		"one left out":          `{"id":%[3]d,"name":"%[3]d"}`,
		"not enough":            `{"lookupid":%[1]d,"id":1,"name":"%[3]d"}`,
		"the same for all":      `{"lookupid":1,"id":1,"name":"%[3]d"}`,
		"the same record twice": `{"lookupid":%[1]d,"id":%[2]d,"name":"same"}`,
	} {
		for _, counted := range []bool{true, false} {
			for option, ro := range map[string]halopsa.RequestOption{
				"alone": nil, "ahead": halopsa.WithPrefetch(3), "second pass": halopsa.WithSecondPass(), "hidden": halopsa.WithHiddenRecords(),
			} {
				t.Run(fmt.Sprintf("%s/counted=%t/%s", name, counted, option), func(t *testing.T) {
					t.Parallel()
					for _, n := range []int{0, 1, 5, 21, 25} {
						rows := make([]string, n)
						for i := range rows {
							rows[i] = fmt.Sprintf(row, i/4+1, i%4+1, i)
						}
						c := trial.Tenant(t, servesRows(rows, counted), halopsa.WithoutRateLimit())
						got, err := halopsa.Collect(halopsa.AllOf[keyed](t.Context(), c, "Tickets",
							halopsa.WithKey("lookupid", "id"), halopsa.WithPage(1, 5), ro))
						require.NoError(t, err)
						names := map[string]bool{}
						for _, record := range got {
							names[record.Name] = true
						}
						assert.Len(t, got, n)
						if name != "the same record twice" {
							assert.Len(t, names, n)
						}
						limited, err := halopsa.Collect(halopsa.AllOf[keyed](t.Context(), c, "Tickets",
							halopsa.WithKey("lookupid", "id"), halopsa.WithPage(1, 5), ro, halopsa.WithLimit(7)))
						require.NoError(t, err)
						assert.Len(t, limited, min(n, 7))
					}
				})
			}
		}
	}
}

// TestWithKeyThatNoRowHas is an error where the first page shows it. Members that are null are left out of rows: that a later page has none says nothing.
func TestWithKeyThatNoRowHas(t *testing.T) {
	t.Parallel()
	rows := func(without ...int) []string {
		all := make([]string, 11)
		for i := range all {
			all[i] = fmt.Sprintf(`{"lookupid":%d,"id":%d,"name":"%d"}`, i/4+1, i%4+1, i)
		}
		for _, i := range without {
			all[i] = fmt.Sprintf(`{"name":"%d"}`, i)
		}
		return all
	}
	for _, ahead := range []int{1, 3} {
		all := func(rows []string) ([]*keyed, error) {
			c := trial.Tenant(t, servesRows(rows, true))
			return halopsa.Collect(halopsa.AllOf[keyed](t.Context(), c, "Tickets",
				halopsa.WithKey("lookupid", "id"), halopsa.WithPage(1, 5), halopsa.WithPrefetch(ahead)))
		}
		for _, without := range [][]int{nil, {0, 1, 2, 3}, {5, 6, 7, 8, 9}, {10}, {4, 10}} {
			got, err := all(rows(without...))
			require.NoError(t, err, without)
			assert.Len(t, got, 11)
		}
		got, err := all(rows(0, 1, 2, 3, 4))
		var unread *halopsa.DecodeError
		require.ErrorAs(t, err, &unread)
		require.ErrorContains(t, err, "no row has lookupid or id")
		assert.Empty(t, got)
	}
	c := trial.Tenant(t, servesRows(rows(0, 1, 2, 3, 4), true))
	page, err := halopsa.ListOf[keyed](t.Context(), c, "Tickets", halopsa.WithKey("lookupid", "id"), halopsa.WithPage(1, 5))
	require.NoError(t, err, "a List tells no records apart")
	assert.Len(t, page.Records, 5)
}

// TestWithKeyIsRefused without a name, and with one that comes twice.
func TestWithKeyIsRefused(t *testing.T) {
	t.Parallel()
	c := trial.Tenant(t, servesRows(nil, true))
	for _, members := range [][]string{nil, {""}, {"a", " "}, {"a", "a"}} {
		_, err := halopsa.Collect(halopsa.AllOf[keyed](t.Context(), c, "Tickets", halopsa.WithKey(members...)))
		require.ErrorIs(t, err, halopsa.ErrInvalid)
		require.ErrorContains(t, err, "WithKey")
	}
}
