package halopsatest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestSeedTakesStructsWithoutAnID: in JSON their id is 0 or "".
func TestSeedTakesStructsWithoutAnID(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	h.Seed("IntegrationError", struct {
		ID int `json:"id"`
	}{}, struct {
		ID int `json:"id"`
	}{7}, struct {
		ID int `json:"id"`
	}{})
	h.Seed("IntegrationRunbookVariableGroup", struct {
		ID string `json:"id"`
	}{})
	var ids []string
	for _, record := range append(h.Stored("IntegrationError"), h.Stored("IntegrationRunbookVariableGroup")...) {
		id := record["id"]
		if id == nil {
			id = record["value"] // the id of a variable group
		}
		switch id := id.(type) {
		case interface{ String() string }:
			ids = append(ids, id.String())
		case string:
			ids = append(ids, id)
		}
	}
	assert.Equal(t, []string{"1", "7", "8", "1"}, ids)
}
