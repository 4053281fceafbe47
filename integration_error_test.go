package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var deviceError = halopsa.IntegrationError{
	ID: 4711, ModuleID: 12, ModuleName: "Datto RMM", DetailID: 3, EntityType: "Asset", EntityID: 902, EntityName: "ACME-LT-014",
	Endpoint: "/v2/device/902", Error: "404 Not Found: no such device", Date: millis(457), Warning: "The module is disabled.", Extra: keptMember,
}

func TestIntegrationError(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationError", sent: "/IntegrationError?count=9&detail_id=3&module_id=12&order=date&order2=module_id&order3=entity_id&order4=error&order5=id&orderdesc=true&orderdesc3=true&orderdesc5=true&page_no=2&page_size=50&pageinate=true",
			answer: "IntegrationError/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationError.List(ctx, &halopsa.IntegrationErrorListOptions{
					ListOptions: halopsa.ListOptions{PageNo: 2, PageSize: 50}, Count: 9, DetailID: 3, ModuleID: 12,
					Sort: []halopsa.SortKey{
						halopsa.Desc("date"), halopsa.Asc("module_id"), halopsa.Desc("entity_id"), halopsa.Asc("error"), halopsa.Desc("id"),
					},
				})
			},
			want:    &halopsa.Page[halopsa.IntegrationError]{Records: []halopsa.IntegrationError{deviceError}, Number: 2, Size: 100, RecordCount: 1},
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationError/{id}", sent: "/IntegrationError/4711?includedetails=true",
			answer: "IntegrationError/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationError.Get(ctx, 4711, &halopsa.IntegrationErrorGetOptions{IncludeDetails: true})
			},
			want:    &deviceError,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
		{
			api: "POST /IntegrationError", sent: "/IntegrationError",
			body: "IntegrationError/create.request.json", answer: "IntegrationError/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationError.Create(ctx, []halopsa.IntegrationErrorInput{{
					ModuleID: halopsa.Set[int64](12), ModuleName: halopsa.Set("Datto RMM"), DetailID: halopsa.Set[int64](3),
					EntityType: halopsa.Set("Asset"), EntityID: halopsa.Set[int64](902), EntityName: halopsa.Set("ACME-LT-014"),
					Endpoint: halopsa.Set("/v2/device/902"), Error: halopsa.Set("404 Not Found: no such device"), Date: halopsa.Set(millis(457)),
				}})
			},
			want:    []*halopsa.IntegrationError{&deviceError},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "DELETE /IntegrationError/{id}", sent: "/IntegrationError/4711",
			answer: "IntegrationError/delete.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return nothing(c.IntegrationError.Delete(ctx, 4711))
			},
			want:    nil,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
	})
}
