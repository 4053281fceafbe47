package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var invoiceExport = halopsa.IntegrationExport{
	ID: 64, ExportID: "exp-2026-10-02", ModuleID: 24, HaloID: 1201, HaloName: "INV-1201", ThirdPartyID: "qbo-77",
	ThirdPartyName: "Invoice 77", ExportURL: "https://qbo.example/v3/invoice/77", ExportDate: date, ExportProgress: "50%",
	ReadyForImport: true, DetailsID: 5, ExportBody: []byte(`{"total":120}`),
	ExportData: []halopsa.IntegrationExportData{{
		ID: 640, IntegrationExportID: 64, ThirdPartyID: "qbo-77-1", Exported: true, ExportBody: []byte("line 1"), Warning: "rounded",
		Extra: keptMember,
	}},
	Warning: "The export is old.", Extra: keptMember,
}

func TestIntegrationExport(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationExport", sent: "/IntegrationExport?moduleId=24&readyForImport=false",
			answer: "IntegrationExport/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationExport.List(ctx, &halopsa.IntegrationExportListOptions{ModuleID: 24, ReadyForImport: halopsa.Set(false)})
			},
			want:    page(invoiceExport, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "POST /IntegrationExport", sent: "/IntegrationExport",
			body: "IntegrationExport/create.request.json", answer: "IntegrationExport/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationExport.Create(ctx, []halopsa.IntegrationExportInput{{
					ExportID: halopsa.Set("exp-2026-10-02"), ModuleID: halopsa.Set[int64](24), HaloID: halopsa.Set[int64](1201),
					HaloName: halopsa.Set("INV-1201"), ThirdPartyID: halopsa.Set("qbo-77"), ThirdPartyName: halopsa.Set("Invoice 77"),
					ExportURL: halopsa.Set("https://qbo.example/v3/invoice/77"), ExportDate: halopsa.Set(date), ExportProgress: halopsa.Set(""),
					ReadyForImport: halopsa.Set(false), ProgressError: halopsa.Null[string](), DetailsID: halopsa.Set[int64](5),
					ExportBody: halopsa.Set([]byte(`{"total":120}`)),
					ExportData: halopsa.Set([]halopsa.IntegrationExportDataInput{{
						ID: halopsa.Set[int64](640), IntegrationExportID: halopsa.Set[int64](64), ThirdPartyID: halopsa.Set("qbo-77-1"),
						Exported: halopsa.Set(true), ExportBody: halopsa.Set([]byte("line 10")),
					}}),
				}})
			},
			want:    []*halopsa.IntegrationExport{&invoiceExport},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationExport", sent: "/IntegrationExport",
			body: "IntegrationExport/update.request.json", answer: "IntegrationExport/update.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
					ID: halopsa.Set[int64](64), ExportProgress: halopsa.Set("50%"), ReadyForImport: halopsa.Set(true),
				}})
			},
			want:    []*halopsa.IntegrationExport{&invoiceExport},
			refused: http.StatusUnprocessableEntity, reason: halopsa.ErrInvalid,
		},
		{
			api: "DELETE /IntegrationExport/{id}", sent: "/IntegrationExport/64",
			answer: "IntegrationExport/delete.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return nothing(c.IntegrationExport.Delete(ctx, 64))
			},
			want:    nil,
			refused: http.StatusConflict, reason: halopsa.ErrConflict,
		},
	})
}
