package halopsa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var customerGroup = halopsa.IntegrationRunbookVariableGroup{
	Label: "Tickets", Value: "faults",
	Variables: []halopsa.IntegrationRunbookVariable{{
		Value: "$CUSTOMER", Group: "customer", Type: "string", Description: "Its name", Output: "name", MethodID: 4,
		MethodName: "Get customer", Step: 1, StepName: "Read", Persist: true, MappingType: 2, ObjectMapping: "client",
		VariableNameRootOverride: "root", AddToArray: true, PositionToAdd: 3, Extra: keptMember,
	}},
	Extra: map[string]json.RawMessage{"sequence": raw("2")},
}

func TestIntegrationRunbookVariableGroup(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationRunbookVariableGroup", sent: "/IntegrationRunbookVariableGroup?exclude_method_id=true&one_runbook_id=rb-1",
			answer: "IntegrationRunbookVariableGroup/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationRunbookVariableGroup.List(ctx, &halopsa.IntegrationRunbookVariableGroupListOptions{ExcludeMethodID: halopsa.Set(true), OneRunbookID: "rb-1"})
			},
			want:    page(customerGroup, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationRunbookVariableGroup/{id}", sent: "/IntegrationRunbookVariableGroup/faults?exclude_method_id=4&method_ids=1%2C2",
			answer: "IntegrationRunbookVariableGroup/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationRunbookVariableGroup.Get(ctx, "faults", &halopsa.IntegrationRunbookVariableGroupGetOptions{ExcludeMethodID: 4, MethodIDs: []int64{1, 2}})
			},
			want:    &customerGroup,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
	})
}
