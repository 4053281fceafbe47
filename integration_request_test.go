package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var deviceRequest = halopsa.IntegrationRequest{
	ID: 5501, IsOutgoing: true, Operation: "GET", Type: "device", MSID: 3, DateLogged: halopsa.NewTime(date.Add(457123400)),
	ResultCode: 200, ResponseBody: `{"devices":[]}`, URL: "https://rmm.example/v2/devices", DetailsID: 5,
	RequestHeaders: "Accept: application/json", ResponseHeaders: "Content-Type: application/json",
	Trace: []halopsa.Trace{{
		ID: 90071992547409931, TraceType: 1, RelatedID: 5501, SystemEventID: 44, Timestamp: millis(1000), Log: "sent", Extra: keptMember,
	}},
	Preserve: true, HasTrace: true, ModuleName: "Datto RMM", Duration: 0.327,
	ApplicationID: "6f1d3c1e-8f4b-4a43-9a3f-0a9e5d3c2b1a", DetailsIDString: "5", Extra: keptMember,
}

func TestIntegrationRequest(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationRequest", sent: "/IntegrationRequest?count=9&detail_id=3&inbound_only=true&module_id=12&order=id&outbound_only=true&page_no=1&page_size=100&pageinate=true",
			answer: "IntegrationRequest/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationRequest.List(ctx, &halopsa.IntegrationRequestListOptions{
					Count: 9, DetailID: 3, ModuleID: 12, InboundOnly: true, OutboundOnly: true,
				})
			},
			want:    page(deviceRequest, 100, 1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationRequest/{id}", sent: "/IntegrationRequest/5501?includedetails=true",
			answer: "IntegrationRequest/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationRequest.Get(ctx, 5501, &halopsa.IntegrationRequestGetOptions{IncludeDetails: true})
			},
			want:    &deviceRequest,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
		{
			api: "POST /IntegrationRequest", sent: "/IntegrationRequest",
			body: "IntegrationRequest/create.request.json", answer: "IntegrationRequest/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationRequest.Create(ctx, []halopsa.IntegrationRequestInput{{
					IsOutgoing: halopsa.Set(true), Operation: halopsa.Set("GET"), Type: halopsa.Set("device"), MSID: halopsa.Set[int64](3),
					RequestBody: halopsa.Set(""), DateLogged: halopsa.Set(date), ResultCode: halopsa.Set(200),
					ResponseBody: halopsa.Set(`{"devices":[]}`), URL: halopsa.Set("https://rmm.example/v2/devices"), DetailsID: halopsa.Set[int64](5),
					RequestHeaders: halopsa.Set("Accept: application/json"), ResponseHeaders: halopsa.Set("Content-Type: application/json"),
					Trace: halopsa.Set([]halopsa.TraceInput{{
						ID: halopsa.Set[int64](1), TraceType: halopsa.Set(1), RelatedID: halopsa.Set[int64](5501),
						SystemEventID: halopsa.Set[int64](44), Timestamp: halopsa.Set(millis(1000)), Log: halopsa.Set("sent"),
					}}),
					RetryWebhook: halopsa.Set(false), RetryWebhookToken: halopsa.Set(halopsa.Secret("hook-token")), Preserve: halopsa.Set(true),
					HasTrace: halopsa.Set(true), FormatAsXML: halopsa.Set(false), ModuleName: halopsa.Set("Datto RMM"), Duration: halopsa.Set(0.327),
					ApplicationID: halopsa.Set("6f1d3c1e-8f4b-4a43-9a3f-0a9e5d3c2b1a"), DetailsIDString: halopsa.Set("5"),
				}})
			},
			want:    []*halopsa.IntegrationRequest{&deviceRequest},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "DELETE /IntegrationRequest/{id}", sent: "/IntegrationRequest/5501",
			answer: "IntegrationRequest/delete.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return nothing(c.IntegrationRequest.Delete(ctx, 5501))
			},
			want:    nil,
			refused: http.StatusConflict, reason: halopsa.ErrConflict,
		},
	})
}
