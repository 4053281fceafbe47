package guarantees_test

import (
	"encoding/json"
	"math"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

func TestCaseA7MembersThatDifferInCase(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`[{"id":5,"ID":9,"value":"a","Value":"b"},{"id":6,"ID":9,"value":"c","Value":"d"}]`,
		`[{"ID":9,"id":5,"Value":"b","value":"a"},{"ID":9,"id":6,"Value":"d","value":"c"}]`,
	} {
		got, err := halopsa.Collect(trial.Tenant(t, trial.AnswersJSON(body)).IntegrationLookUp.All(t.Context()))
		require.NoError(t, err)
		require.Len(t, got, 2)
		assert.Equal(t, &halopsa.IntegrationLookUp{
			ID: 5, Value: "a", Extra: map[string]json.RawMessage{"ID": json.RawMessage(`9`), "Value": json.RawMessage(`"b"`)},
		}, got[0])
		assert.Equal(t, int64(6), got[1].ID)
	}
	one, err := trial.Tenant(t, trial.AnswersJSON(`{"ID":"no number","id":5}`)).IntegratorTrace.Get(t.Context(), 5)
	require.NoError(t, err)
	assert.Equal(t, int64(5), one.ID)
}

func TestCaseA9AnEmptyObjectForANestedList(t *testing.T) {
	t.Parallel()
	for _, none := range []string{`{}`, `{ }`, `null`, `""`, `[]`} {
		c := trial.Tenant(t, trial.AnswersJSON(`[{"id":1,"exportdata":`+none+`}]`))
		page, err := c.IntegrationExport.List(t.Context(), nil)
		require.NoError(t, err, none)
		require.Len(t, page.Records, 1)
		assert.Empty(t, page.Records[0].ExportData, none)
	}
}

func TestCaseA10DatesThatMeanOneThing(t *testing.T) {
	t.Parallel()
	type dated struct {
		ID   int64        `json:"id"`
		Date halopsa.Time `json:"date"`
	}
	at := time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`\/Date(1790940153000)\/`:       at,
		`/Date(1790940153000+0100)/`:    at,
		` 2026-10-02T11:22:33 `:         at,
		`2026-10-02 12:22 +01`:          at.Add(-33 * time.Second),
		`2026-10-02 11:22:33,457`:       at.Add(457 * time.Millisecond),
		`2026-10-02t11:22:33z`:          at,
		`2026-10-02T11:22`:              at.Add(-33 * time.Second),
		`Fri, 02 Oct 2026 11:22:33 GMT`: at,
		`20261002T112233Z`:              at,
		`0000-00-00`:                    {},
		`0000-00-00 00:00:00`:           {},
	} {
		page, err := halopsa.ListOf[dated](t.Context(), trial.Tenant(t, trial.AnswersJSON(`[{"id":1,"date":"`+text+`"}]`)), "Tickets")
		require.NoError(t, err, text)
		assert.Equal(t, want, page.Records[0].Date.Time, text)
		var alone halopsa.Time
		require.NoError(t, json.Unmarshal([]byte(`"`+text+`"`), &alone), text)
		assert.Equal(t, want, alone.Time, text)
	}
	for _, text := range []string{"10/02/2026", "13.10.2026", "yesterday"} {
		_, err := halopsa.ListOf[dated](t.Context(), trial.Tenant(t, trial.AnswersJSON(`[{"id":1,"date":"`+text+`"}]`)), "Tickets")
		require.ErrorContains(t, err, "not a date", text)
	}
}

func TestCaseA10NumbersThatAreNone(t *testing.T) {
	t.Parallel()
	type measured struct {
		ID    int64                      `json:"id"`
		Took  float64                    `json:"took"`
		Count int                        `json:"count"`
		Name  string                     `json:"name"`
		Extra map[string]json.RawMessage `json:"-"`
	}
	for _, nan := range []string{`NaN`, `"NaN"`} {
		c := trial.Tenant(t, trial.AnswersJSON(`[{"id":1,"took":`+nan+`,"count":`+nan+`,"name":`+nan+`,"other":[`+nan+`]},{"id":2,"took":-Infinity}]`))
		page, err := halopsa.ListOf[measured](t.Context(), c, "Tickets")
		require.NoError(t, err, nan)
		require.Len(t, page.Records, 2)
		first := page.Records[0]
		assert.True(t, math.IsNaN(first.Took), nan)
		assert.Zero(t, first.Count)
		assert.Equal(t, "NaN", first.Name)
		assert.JSONEq(t, `["NaN"]`, string(first.Extra["other"]))
		assert.True(t, math.IsInf(page.Records[1].Took, -1))
	}
}

func TestCaseA14AnExportBodyThatIsText(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`string`: "string", `test`: "test", `bGluZSAx`: "line 1", `data`: "data", `word`: "word", `Invoice12345`: "Invoice12345", `bGluZSAxMA==`: "line 10", `data:text/plain;base64,bGluZSAx`: "line 1",
	} {
		c := trial.Tenant(t, trial.AnswersJSON(`[{"id":1,"export_body":"`+body+`","exportdata":[{"id":2,"export_body":"`+body+`"}]}]`))
		page, err := c.IntegrationExport.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, want, string(page.Records[0].ExportBody))
		assert.Equal(t, want, string(page.Records[0].ExportData[0].ExportBody))
	}
}

// TestCaseB19MemoryOfDecoding does not run beside other tests, whose memory would count.
func TestCaseB19MemoryOfDecoding(t *testing.T) { //nolint:paralleltest // see above
	body := `[` + strings.TrimSuffix(strings.Repeat(`{},`, 400_000), ",") + `]`
	c := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) { trial.AnswersJSON(body)(w, r) })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.IntegrationRequest.List(t.Context(), nil) // the largest record of a sorted list
	runtime.ReadMemStats(&after)
	require.ErrorContains(t, err, "MB of memory; a smaller page or a filter makes them fewer")
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(300<<20))
}
