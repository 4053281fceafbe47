package wire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/loose"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// A row that cannot be read costs no other: it keeps its place and its key.
func TestDecodeListSetsAsideWhatItCannotRead(t *testing.T) {
	t.Parallel()
	type dated struct {
		row
		Date time.Time `json:"date"`
	}
	const bad = `{"id":2,"date":"canary"}`
	tests := map[string]struct {
		body, resource string
		ids            []int64 // of the keys; 0 for none
		index          int
		raw, path      string
	}{
		"in an array":       {`[{"id":1},` + bad + `,{"id":3}]`, "", []int64{1, 2, 3}, 1, bad, "[1].date"},
		"behind a null":     {`[null,` + bad + `,{"id":3}]`, "", []int64{2, 3}, 1, bad, "[1].date"},
		"in an envelope":    {`{"record_count":2,"errors":[{"id":1},` + bad + `]}`, "IntegrationError", []int64{1, 2}, 1, bad, "errors[1].date"},
		"under other names": {`{"notes":[{"id":9}],"errors":[` + bad + `]}`, "IntegrationError", []int64{2}, 0, bad, "errors[0].date"},
		"in a nested list":  {`{"data":{"rows":[` + bad + `,{"id":3}]}}`, "IntegrationError", []int64{2, 3}, 0, bad, "data.rows[0].date"},
		"alone":             {bad, "", []int64{2}, 0, bad, "date"},
		"no object":         {`[{"id":1},7,{"id":3}]`, "", []int64{1, 0, 3}, 1, "7", "[1]"},
		"its id":            {`[{"id":1},{"id":{"a":1}},{"id":3}]`, "", []int64{1, 0, 3}, 1, `{"id":{"a":1}}`, "[1].id"},
		"its id is a text":  {`[{"id":1},{"id":"12.0", "date":[]}]`, "", []int64{1, 0}, 1, `{"id":"12.0", "date":[]}`, "[1].date"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := wire.DecodeList[dated]([]byte(test.body), test.resource, 10)
			require.NoError(t, err)
			require.Len(t, list.Bad, 1)
			b := list.Bad[0]
			var at *loose.Error
			require.ErrorAs(t, b.Err, &at)
			assert.Equal(t, test.path, at.Path)
			assert.NotContains(t, at.Error(), "canary")
			assert.Equal(t, test.index, b.Index)
			assert.Equal(t, test.raw, string(b.Raw))
			assert.Equal(t, strings.Index(test.body, test.raw), int(b.Begin))
			assert.Equal(t, dated{}, list.Records[b.At])
			var ids []int64
			for i, key := range list.Keys {
				ids = append(ids, key.ID)
				if i != b.At {
					assert.Equal(t, key.ID, list.Records[i].ID)
				}
			}
			assert.Equal(t, test.ids, ids)
		})
	}
	t.Run("an error in the place of a row", func(t *testing.T) {
		t.Parallel()
		_, err := wire.DecodeList[struct {
			row
			Error string `json:"error"`
		}]([]byte(`[{"id":1},{"error":{"message":"no access"}}]`), "IntegrationError", 10)
		var payload *wire.PayloadError
		require.ErrorAs(t, err, &payload)
	})
	t.Run("of a write", func(t *testing.T) {
		t.Parallel()
		_, err := wire.DecodeMany[dated]([]byte(`[{"id":1},` + bad + `]`))
		require.EqualError(t, err, "at byte 25: [1].date: not a date")
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		_, err := wire.DecodeList[dated]([]byte(`[`+strings.Repeat("5,", 1<<20)+`5]`), "", 10)
		require.ErrorContains(t, err, "MB of memory")
	})
}
