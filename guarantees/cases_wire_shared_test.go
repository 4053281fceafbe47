package guarantees_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// namesOf returns the names of records, sorted.
func namesOf(records []*sharing) []string {
	names := []string{}
	for _, one := range records {
		names = append(names, one.Name)
	}
	slices.Sort(names)
	return names
}

// servesRows serves rows in pages, as an honest tenant does.
func servesRows(rows []string, counted bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		page, _ := strconv.Atoi(q.Get("page_no"))
		size, _ := strconv.Atoi(q.Get("page_size"))
		if count, _ := strconv.Atoi(q.Get("count")); count > 0 {
			page, size = 1, count
		}
		begin := min((page-1)*size, len(rows))
		count := ""
		if counted {
			count = fmt.Sprintf(`"record_count":%d,`, len(rows))
		}
		trial.AnswersJSON(`{`+count+`"tickets":[`+strings.Join(rows[begin:min(begin+size, len(rows))], ",")+`]}`)(w, r)
	}
}

func TestCaseA4RowsThatShareAnID(t *testing.T) {
	t.Parallel()
	ids := map[string]func(i int) string{
		"0":                   func(int) string { return `0` },
		"0 as a text":         func(int) string { return `"0"` },
		"an empty text":       func(int) string { return `""` },
		"null":                func(int) string { return `null` },
		"new for each parent": func(i int) string { return strconv.Itoa(i%3 + 1) },
		"one for all":         func(int) string { return `7` },
		"pairs":               func(i int) string { return strconv.Itoa(i/2 + 1) },
		"from the third page": func(i int) string { return strconv.Itoa(min(i+1, 12)) },
		"a page each":         func(i int) string { return strconv.Itoa(i%5 + 1) },
	}
	for name, id := range ids {
		for _, counted := range []bool{true, false} {
			for _, ahead := range []int{1, 4} {
				t.Run(fmt.Sprintf("%s/counted=%t/ahead=%d", name, counted, ahead), func(t *testing.T) {
					t.Parallel()
					var rows, want []string
					for i := range 18 {
						want = append(want, fmt.Sprintf("row %02d", i))
						rows = append(rows, fmt.Sprintf(`{"id":%s,"name":"row %02d"}`, id(i), i))
					}
					c := trial.Tenant(t, servesRows(rows, counted))
					got, err := halopsa.Collect(halopsa.AllOf[sharing](t.Context(), c, "Tickets",
						halopsa.WithPage(1, 5), halopsa.WithPrefetch(ahead)))
					require.NoError(t, err)
					assert.Equal(t, want, namesOf(got))
					page, err := halopsa.ListOf[sharing](t.Context(), c, "Tickets", halopsa.WithPage(1, 18))
					require.NoError(t, err)
					assert.Len(t, page.Records, 18)
				})
			}
		}
	}
}

func TestCaseA4AnEmptyGUIDIsNoID(t *testing.T) {
	t.Parallel()
	type byGUID struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	const row = `{"id":"00000000-0000-0000-0000-000000000000","name":"%s"}`
	c := trial.Tenant(t, servesRows([]string{fmt.Sprintf(row, "a"), fmt.Sprintf(row, "b"), fmt.Sprintf(row, "b")}, true))
	got, err := halopsa.Collect(halopsa.AllOf[byGUID](t.Context(), c, "Tickets"))
	require.NoError(t, err)
	assert.Len(t, got, 3)
	maps, err := halopsa.Collect(halopsa.AllOf[map[string]any](t.Context(), c, "Tickets"))
	require.NoError(t, err)
	assert.Len(t, maps, 3)
}

func TestCaseA4AnEmptyGUIDInPlaceOfANumber(t *testing.T) {
	t.Parallel()
	const guid = `"00000000-0000-0000-0000-000000000000"`
	client := trial.Tenant(t, trial.AnswersJSON(`{"record_count":2,"errors":[{"id":`+guid+`,"error":"a"},{"id":`+guid+`,"error":"b"}]}`))
	got, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil))
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.Equal(t, "b", got[1].Error)
	assert.Zero(t, got[1].ID)
}

func TestCaseA4NoCursorWithoutIDs(t *testing.T) {
	t.Parallel()
	for rows, want := range map[string]string{
		`{"id":1,"error":"a"},{"id":1,"error":"b"}`:          "two rows share an id",
		`{"id":0,"error":"a"},{"id":0,"error":"b"}`:          "no id that is a positive number",
		`{"id":2,"error":"a"},{"id":1},{"id":2,"error":"b"}`: "two rows share an id",
	} {
		c := trial.Tenant(t, trial.AnswersJSON(`{"record_count":9,"errors":[`+rows+`]}`))
		_, err := halopsa.Collect(c.IntegrationError.Since(t.Context(), 0, nil))
		require.ErrorContains(t, err, want)
		for _, err := range c.IntegrationError.Follow(t.Context(), 0, time.Hour, nil) {
			require.ErrorContains(t, err, want)
		}
	}
}
