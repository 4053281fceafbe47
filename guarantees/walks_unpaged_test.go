package guarantees_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// A list without paging parameters comes in one response, and its rows are the caller's even where two of them share an id. A record_count in
// that answer makes no difference.
func TestUnpagedRowsThatShareAnID(t *testing.T) {
	t.Parallel()
	const rows = `[{"id":1},{"id":2},{"id":2}]`
	tests := map[string]struct {
		body     string
		opts     []halopsa.RequestOption
		requests int
	}{
		"bare array":                {rows, nil, 1},
		"record_count":              {`{"record_count":3,"mappings":` + rows + `}`, nil, 1},
		"bare array, second pass":   {rows, []halopsa.RequestOption{halopsa.WithSecondPass()}, 2},
		"record_count, second pass": {`{"record_count":3,"mappings":` + rows + `}`, []halopsa.RequestOption{halopsa.WithSecondPass()}, 2},
		"record_count, read ahead":  {`{"record_count":3,"mappings":` + rows + `}`, []halopsa.RequestOption{halopsa.WithPrefetch(4)}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := trial.NewStandin(t, nil)
			h.Fault(halopsatest.Fault{Resource: "IntegrationFieldMapping", Status: http.StatusOK, Body: test.body, Times: -1})
			got, err := halopsa.Collect(c.IntegrationFieldMapping.All(t.Context(), nil, test.opts...))
			require.NoError(t, err)
			assert.Len(t, got, 3)
			assert.Equal(t, test.requests, h.Count(http.MethodGet, ""))
		})
	}
}
