package halopsa_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/halopsa-go/halopsa"
)

var headOffice = halopsa.IntegrationSiteMapping{
	ID: 21, HaloID: 301, HaloName: "ACME/Head office", ThirdPartyID: "site-9", ThirdPartyName: "HQ", ModuleID: 12,
	ThirdPartyClientID: "client-2", ThirdPartyClientName: "ACME Ltd", ThirdPartyFullName: "ACME Ltd/HQ", HaloClientID: 30,
	HaloClientName: "ACME", HaloSiteName: "Head office", UseRules: true,
	Criteria: []halopsa.XTypeMappingCriteria{{
		ID: 1, XTypeMappingID: 21, TableName: "device", FieldName: "os", ValueType: "string", ValueInt: 4, ValueFloat: 1.5,
		ValueString: "Windows", ValueDateTime: halopsa.NewTime(date.Truncate(24 * time.Hour)), ValueDisplay: "Windows", Type: 2,
		Extra: keptMember,
	}},
	RuleCount: 1, Seq: 2, DetailsID: 5, Extra: keptMember,
}

func TestIntegrationSiteMapping(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationSiteMapping", sent: "/IntegrationSiteMapping?get_active_only=true&msid=3&third_party_client_id=client-2",
			answer: "IntegrationSiteMapping/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegrationSiteMapping.List(ctx, &halopsa.IntegrationSiteMappingListOptions{GetActiveOnly: true, MSID: 3, ThirdPartyClientID: "client-2"})
			},
			want:    page(headOffice, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
	})
}
