package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var priority = halopsa.IntegrationLookUp{
	ID: 19, ModuleID: 12, Type: 3, ThirdPartyID: "prio-2", Value: "High", Success: true, Warning: "The value was in use.", Extra: keptMember,
}

func TestIntegrationLookUp(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationLookUp", sent: "/IntegrationLookUp",
			answer: "IntegrationLookUp/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationLookUp.List(ctx)
			},
			want:    page(priority, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "POST /IntegrationLookUp", sent: "/IntegrationLookUp",
			body: "IntegrationLookUp/create.request.json", answer: "IntegrationLookUp/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationLookUp.Create(ctx, []halopsa.IntegrationLookUpInput{{
					ModuleID: halopsa.Set[int64](12), Type: halopsa.Set(3), ThirdPartyID: halopsa.Set("prio-2"), Value: halopsa.Set("High"),
				}})
			},
			want:    []*halopsa.IntegrationLookUp{&priority},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationLookUp", sent: "/IntegrationLookUp",
			body: "IntegrationLookUp/update.request.json", answer: "IntegrationLookUp/update.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationLookUp.Update(ctx, []halopsa.IntegrationLookUpInput{{ID: halopsa.Set[int64](19), Value: halopsa.Set("High")}})
			},
			want:    []*halopsa.IntegrationLookUp{&priority},
			refused: http.StatusUnprocessableEntity, reason: halopsa.ErrInvalid,
		},
	})
}
