package halopsa_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// arrays are the names of the arrays of the resources that have constants; "" is a bare array.
var arrays = map[string]string{
	halopsa.PathActions: halopsa.ArrayActions, halopsa.PathAgent: halopsa.ArrayAgent, halopsa.PathAsset: halopsa.ArrayAsset,
	halopsa.PathAssetType: "", halopsa.PathAttachment: halopsa.ArrayAttachment, halopsa.PathClient: halopsa.ArrayClient,
	halopsa.PathClientContract: halopsa.ArrayClientContract, halopsa.PathFieldInfo: "", halopsa.PathInvoice: halopsa.ArrayInvoice,
	halopsa.PathItem: halopsa.ArrayItem, halopsa.PathSite: halopsa.ArraySite, halopsa.PathStatus: "", halopsa.PathTeam: "",
	halopsa.PathTickets: halopsa.ArrayTickets, halopsa.PathTicketType: "", halopsa.PathUsers: halopsa.ArrayUsers,
}

// TestResourcesAreReadByTheirArrays: the array of a resource is found beside another one, which comes first.
func TestResourcesAreReadByTheirArrays(t *testing.T) {
	t.Parallel()
	assert.Len(t, arrays, 16)
	type record struct {
		ID int64 `json:"id"`
	}
	for path, array := range arrays {
		body := `[{"id":1},{"id":2}]`
		if array != "" {
			body = `{"columns":[{"id":9},{"id":8},{"id":7}],"record_count":2,"` + array + `":[{"id":1},{"id":2}]}`
		}
		client := plainTenant(t, answersJSON(body))
		page, err := halopsa.ListOf[record](t.Context(), client, path)
		require.NoError(t, err, path)
		assert.Equal(t, []record{{1}, {2}}, page.Records, path)
	}
}

// TestPostOfGoesInBatches: 250 inputs are three requests, and what becomes of each input is told.
func TestPostOfGoesInBatches(t *testing.T) {
	t.Parallel()
	var sizes []int
	client := plainTenant(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var inputs []map[string]any
		_ = json.Unmarshal(body, &inputs)
		sizes = append(sizes, len(inputs))
		if len(sizes) == 6 {
			answers(http.StatusBadRequest, "application/json", `{"[7].summary":["The text is too long."]}`)(w, r)
			return
		}
		if len(sizes) == 8 {
			answers(http.StatusGatewayTimeout, "text/html", "<html></html>")(w, r)
			return
		}
		answersJSON(string(body))(w, r)
	})
	inputs := make([]map[string]any, 250)
	for i := range inputs {
		inputs[i] = map[string]any{"summary": fmt.Sprint(i)}
	}
	type record struct{ Summary string }
	written, err := halopsa.PostOf[record](t.Context(), client, "Tickets", inputs)
	require.NoError(t, err)
	require.Len(t, written, 250)
	assert.Equal(t, record{"249"}, written[249])
	assert.Equal(t, []int{100, 100, 50}, sizes)

	var batch *halopsa.BatchError
	written, err = halopsa.PostOf[record](t.Context(), client, "Tickets", inputs, halopsa.WithBatchSize(60))
	require.ErrorAs(t, err, &batch)
	assert.Equal(t, []int{60, 60, 60}, sizes[3:])
	assert.Len(t, written, 120)
	assert.Len(t, batch.Written, 120)
	assert.Len(t, batch.Refused, 60)
	assert.Len(t, batch.NotSent, 70)
	require.Len(t, batch.Members, 1)
	assert.Equal(t, 127, batch.Members[0].Input)

	written, err = halopsa.PostOf[record](t.Context(), client, "Tickets", inputs[:3], halopsa.WithBatchSize(2))
	require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
	require.ErrorAs(t, err, &batch)
	assert.Len(t, written, 2)
	assert.Equal(t, []int{2}, batch.Unknown)
}
