package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var nameDelta = halopsa.IntegrationDelta{
	ID: 81, ModuleID: 12, EntityID: 902, RelatedID: 17, ThirdPartyID: "dev-55", Delta: `{"name":"ACME-LT-014"}`, Date: date,
	Sequence: "000000017", Extra: keptMember,
}

func TestIntegrationDelta(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationDelta", sent: "/IntegrationDelta?page_no=1&page_size=100&pageinate=true",
			answer: "IntegrationDelta/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationDelta.List(ctx, nil)
			},
			want:    page(nameDelta, 100, 1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationDelta/{id}", sent: "/IntegrationDelta/81",
			answer: "IntegrationDelta/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationDelta.Get(ctx, 81)
			},
			want:    &nameDelta,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
		{
			api: "POST /IntegrationDelta", sent: "/IntegrationDelta",
			body: "IntegrationDelta/create.request.json", answer: "IntegrationDelta/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationDelta.Create(ctx, []halopsa.IntegrationDeltaInput{{
					ModuleID: halopsa.Set[int64](12), EntityID: halopsa.Set[int64](902), RelatedID: halopsa.Set[int64](0),
					ThirdPartyID: halopsa.Set("dev-55"), Delta: halopsa.Null[string](), Date: halopsa.Set(date), Sequence: halopsa.Set("000000017"),
				}})
			},
			want:    []*halopsa.IntegrationDelta{&nameDelta},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "DELETE /IntegrationDelta/{id}", sent: "/IntegrationDelta/81",
			answer: "IntegrationDelta/delete.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return nothing(c.IntegrationDelta.Delete(ctx, 81))
			},
			want:    nil,
			refused: http.StatusConflict, reason: halopsa.ErrConflict,
		},
	})
}
