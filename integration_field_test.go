package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var serialField = halopsa.IntegrationFieldData{
	ID: 31, MSID: 3, Name: "Serial number", FieldID: "serial_no", Type: 2, DetailsID: 5, Warning: "The field is hidden.",
	Extra: keptMember,
}

func TestIntegrationFieldData(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationFieldData", sent: "/IntegrationFieldData",
			answer: "IntegrationFieldData/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationFieldData.List(ctx)
			},
			want:    page(serialField, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationFieldData/{id}", sent: "/IntegrationFieldData/31",
			answer: "IntegrationFieldData/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationFieldData.Get(ctx, 31)
			},
			want:    &serialField,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
		{
			api: "POST /IntegrationFieldData", sent: "/IntegrationFieldData",
			body: "IntegrationFieldData/create.request.json", answer: "IntegrationFieldData/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationFieldData.Create(ctx, []halopsa.IntegrationFieldDataInput{{
					MSID: halopsa.Set[int64](3), Name: halopsa.Set("Serial number"), FieldID: halopsa.Set("serial_no"), Type: halopsa.Set(2),
					DetailsID: halopsa.Set[int64](5),
				}})
			},
			want:    []*halopsa.IntegrationFieldData{&serialField},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationFieldData", sent: "/IntegrationFieldData",
			body: "IntegrationFieldData/update.request.json", answer: "IntegrationFieldData/update.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationFieldData.Update(ctx, []halopsa.IntegrationFieldDataInput{{ID: halopsa.Set[int64](31), Name: halopsa.Set("Serial number")}})
			},
			want:    []*halopsa.IntegrationFieldData{&serialField},
			refused: http.StatusUnprocessableEntity, reason: halopsa.ErrInvalid,
		},
		{
			api: "DELETE /IntegrationFieldData/{id}", sent: "/IntegrationFieldData/31",
			answer: "IntegrationFieldData/delete.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return nothing(c.IntegrationFieldData.Delete(ctx, 31))
			},
			want:    nil,
			refused: http.StatusConflict, reason: halopsa.ErrConflict,
		},
	})
}

var serialMapping = halopsa.IntegrationFieldMapping{
	ID: 7, FIID: 101, Name: "Serial", ThirdPartyName: "serial_no", MSID: 3, TypeID: 4, IsAssetField: true, IsIdentifier: true,
	SubtypeID: 2, NewRecords: true, XMValue: "1", ThirdPartyFriendlyName: "Serial number", Sync: true, SyncType: 1, Product: 9,
	ProductName: "Laptop", ThirdPartyFieldType: 6, PopulateEmptyValue: true, ValueSet: "A,B", FIID2: 102, Name2: "Serial 2", ParentID: 1,
	ChildMappings: []halopsa.IntegrationFieldMapping{{ID: 8, Name: "Part", ParentID: 7, Extra: keptMember}},
	Extra:         keptMember,
}

func TestIntegrationFieldMapping(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationFieldMapping", sent: "/IntegrationFieldMapping?msid=3&product_id=9&subtypeid=2&syncfields=false&typeid=4&xmvalue=a+b%26c",
			answer: "IntegrationFieldMapping/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationFieldMapping.List(ctx, &halopsa.IntegrationFieldMappingListOptions{
					MSID: 3, ProductID: 9, SubtypeID: 2, SyncFields: halopsa.Set(false), TypeID: 4, XMValue: "a b&c",
				})
			},
			want:    page(serialMapping, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
	})
}
