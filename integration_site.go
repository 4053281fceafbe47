package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
)

// IntegrationSiteMapping maps a site of HaloPSA to one of another system.
//
// API: schema IntegrationSiteMapping.
type IntegrationSiteMapping struct {
	ID                   int64                  `json:"id"`
	HaloID               int64                  `json:"halo_id"`
	HaloName             string                 `json:"halo_name"`
	ThirdPartyID         string                 `json:"third_party_id"`
	ThirdPartyName       string                 `json:"third_party_name"`
	ModuleID             int64                  `json:"module_id"`
	ThirdPartyClientID   string                 `json:"third_party_client_id"`
	ThirdPartyClientName string                 `json:"third_party_client_name"`
	ThirdPartyFullName   string                 `json:"third_party_full_name"`
	HaloClientID         int64                  `json:"halo_client_id"`
	HaloClientName       string                 `json:"halo_client_name"`
	HaloSiteName         string                 `json:"halo_site_name"`
	UseRules             bool                   `json:"userules"`
	Criteria             []XTypeMappingCriteria `json:"criteria"`
	RuleCount            int                    `json:"rule_count"`
	Seq                  int                    `json:"seq"`
	DetailsID            int64                  `json:"details_id"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (m IntegrationSiteMapping) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", m.ID), slog.Int64("module_id", m.ModuleID), slog.Int64("halo_id", m.HaloID), slog.String("halo_name", m.HaloName),
		slog.String("third_party_id", m.ThirdPartyID), slog.String("third_party_name", m.ThirdPartyName),
	)
}

// XTypeMappingCriteria is one rule of an [IntegrationSiteMapping].
//
// API: schema XTypeMappingCriteria.
type XTypeMappingCriteria struct {
	ID             int64   `json:"id"`
	XTypeMappingID int64   `json:"xtypemapping_id"`
	TableName      string  `json:"tablename"`
	FieldName      string  `json:"fieldname"`
	ValueType      string  `json:"value_type"`
	ValueInt       int     `json:"value_int"`
	ValueFloat     float64 `json:"value_float"`
	ValueString    string  `json:"value_string"`
	ValueDateTime  Time    `json:"value_datetime"`
	ValueDisplay   string  `json:"value_display"`
	Type           int     `json:"type"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (c XTypeMappingCriteria) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", c.ID), slog.Int64("xtypemapping_id", c.XTypeMappingID), slog.String("tablename", c.TableName),
		slog.String("fieldname", c.FieldName),
	)
}

// IntegrationSiteMappingListOptions specifies which site mappings to list; the zero value lists all of them.
//
// A server silently ignores a parameter that it does not know [seen]. Before you use a mapping, check its ModuleID too.
type IntegrationSiteMappingListOptions struct {
	// GetActiveOnly leaves out the mappings that are not active.
	GetActiveOnly bool `url:"get_active_only,omitempty"`
	// MSID is the id of an integration module, such as 12: the module_id of the mappings.
	MSID int64 `url:"msid,omitempty"`
	// ThirdPartyClientID is the id of a client in the other system.
	ThirdPartyClientID string `url:"third_party_client_id,omitempty"`
}

var integrationSiteMapping = endpoint{name: "IntegrationSiteMapping"}

// IntegrationSiteMappingService reads how sites are mapped.
type IntegrationSiteMappingService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationSiteMapping
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationSiteMapping
func (s *IntegrationSiteMappingService) List(ctx context.Context, opts *IntegrationSiteMappingListOptions, ro ...RequestOption) (*Page[IntegrationSiteMapping], error) {
	return listOf[IntegrationSiteMapping](ctx, clientOf(s), integrationSiteMapping, opts, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationSiteMapping
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationSiteMapping
func (s *IntegrationSiteMappingService) Pages(ctx context.Context, opts *IntegrationSiteMappingListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationSiteMapping], error] {
	return pagesOf[IntegrationSiteMapping](ctx, clientOf(s), integrationSiteMapping, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationSiteMapping
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationSiteMapping
func (s *IntegrationSiteMappingService) All(ctx context.Context, opts *IntegrationSiteMappingListOptions, ro ...RequestOption) iter.Seq2[*IntegrationSiteMapping, error] {
	return allOf[IntegrationSiteMapping](ctx, clientOf(s), integrationSiteMapping, opts, ro)
}
