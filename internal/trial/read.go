package trial

import (
	"encoding/json"
	"io"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa"
)

// Sentinels are all errors that errors.Is knows.
var Sentinels = []error{
	halopsa.ErrUnauthorized, halopsa.ErrForbidden, halopsa.ErrNotFound, halopsa.ErrConflict, halopsa.ErrRateLimited, halopsa.ErrInvalid,
	halopsa.ErrServer, halopsa.ErrIncomplete, halopsa.ErrOutcomeUnknown,
}

// FormOf reads a form. It ends no test, so that handlers can call it.
func FormOf(t testing.TB, body []byte) url.Values {
	t.Helper()
	form, err := url.ParseQuery(string(body))
	assert.NoError(t, err)
	return form
}

// ReadAll reads a body to its end. It ends no test, so that handlers can call it.
func ReadAll(t testing.TB, body io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(body)
	assert.NoError(t, err)
	return string(data)
}

// JSONArray reads the array that a write sends. It ends no test, so that handlers can call it.
func JSONArray(t testing.TB, body []byte) []map[string]any {
	t.Helper()
	var array []map[string]any
	assert.NoError(t, json.Unmarshal(body, &array))
	return array
}
