package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
)

// IntegrationFieldData is a field of another system that can be mapped.
//
// API: schema IntegrationFieldData.
type IntegrationFieldData struct {
	ID        int64  `json:"id"`
	MSID      int64  `json:"msid"`
	Name      string `json:"name"`
	FieldID   string `json:"fieldid"`
	Type      int    `json:"type"`
	DetailsID int64  `json:"details_id"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (f IntegrationFieldData) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", f.ID), slog.Int64("msid", f.MSID), slog.String("name", f.Name), slog.String("fieldid", f.FieldID))
}

// Input returns an input for Update with the ID and the fields that are not zero. Members in Extra are left out.
//
// A field that was emptied keeps its value in HaloPSA, since the input omits it; use [Set] or [Null] to send it.
func (f IntegrationFieldData) Input() IntegrationFieldDataInput {
	return IntegrationFieldDataInput{
		ID: nonZero(f.ID), MSID: nonZero(f.MSID), Name: nonZero(f.Name), FieldID: nonZero(f.FieldID), Type: nonZero(f.Type),
		DetailsID: nonZero(f.DetailsID),
	}
}

// IntegrationFieldDataInput is field data to create, or with an ID to change.
type IntegrationFieldDataInput struct {
	// ID names the record that Update changes; Create refuses it.
	ID   Opt[int64] `json:"id,omitzero"`
	MSID Opt[int64] `json:"msid,omitzero"`
	// Name has a column of 255 characters; how long that of FieldID is, is not known [db].
	Name      Opt[string] `json:"name,omitzero" column:"255"`
	FieldID   Opt[string] `json:"fieldid,omitzero"`
	Type      Opt[int]    `json:"type,omitzero"`
	DetailsID Opt[int64]  `json:"details_id,omitzero"`
}

func (i IntegrationFieldDataInput) recordID() Opt[int64] { return i.ID }

var integrationFieldData = endpoint{name: "IntegrationFieldData"}

// IntegrationFieldDataService reads and writes the fields of other systems.
type IntegrationFieldDataService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationFieldData
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) List(ctx context.Context, ro ...RequestOption) (*Page[IntegrationFieldData], error) {
	return listOf[IntegrationFieldData](ctx, clientOf(s), integrationFieldData, nil, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationFieldData
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[IntegrationFieldData], error] {
	return pagesOf[IntegrationFieldData](ctx, clientOf(s), integrationFieldData, nil, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationFieldData
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*IntegrationFieldData, error] {
	return allOf[IntegrationFieldData](ctx, clientOf(s), integrationFieldData, nil, ro)
}

// Get reads one field.
//
// API: GET /IntegrationFieldData/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) Get(ctx context.Context, id int64, ro ...RequestOption) (*IntegrationFieldData, error) {
	return getOf[IntegrationFieldData](ctx, clientOf(s), integrationFieldData, id, nil, ro)
}

// Create creates field data and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationFieldData
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) Create(ctx context.Context, inputs []IntegrationFieldDataInput, ro ...RequestOption) ([]*IntegrationFieldData, error) {
	return createOf[IntegrationFieldData](ctx, clientOf(s), integrationFieldData, inputs, ro)
}

// Update changes field data; every input must have an ID. Absent members are left unchanged.
//
// API: POST /IntegrationFieldData
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) Update(ctx context.Context, inputs []IntegrationFieldDataInput, ro ...RequestOption) ([]*IntegrationFieldData, error) {
	return updateOf[IntegrationFieldData](ctx, clientOf(s), integrationFieldData, inputs, ro)
}

// Delete deletes one field.
//
// API: DELETE /IntegrationFieldData/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, clientOf(s), integrationFieldData, id, ro)
}

// IntegrationFieldMapping maps a field of HaloPSA to one of another system. HaloPSA documents the names and types of its members, not their values; the
// page docs/modules.md of the repository has what is known of them.
//
// API: schema IntegrationFieldMapping.
type IntegrationFieldMapping struct {
	ID                     int64  `json:"id"`
	FIID                   int64  `json:"fiid"`
	Name                   string `json:"name"`
	ThirdPartyName         string `json:"thirdpartyname"`
	MSID                   int64  `json:"msid"`
	TypeID                 int64  `json:"typeid"`
	IsAssetField           bool   `json:"isassetfield"`
	IsTableField           bool   `json:"istablefield"`
	IsIdentifier           bool   `json:"isidentifier"`
	SubtypeID              int64  `json:"subtypeid"`
	NewRecords             bool   `json:"newrecords"`
	XMValue                string `json:"xmvalue"`
	ThirdPartyFriendlyName string `json:"third_party_friendly_name"`
	Sync                   bool   `json:"sync"`
	SyncType               int    `json:"synctype"`
	Product                int64  `json:"product"`
	DontUpdate             bool   `json:"dontupdate"`
	ProductName            string `json:"product_name"`
	ThirdPartyFieldType    int    `json:"third_party_field_type"`
	PopulateEmptyValue     bool   `json:"populateemptyvalue"`
	ValueSet               string `json:"value_set"`
	// Warning is a message to the caller that can come with a success.
	Warning  string `json:"_warning"`
	FIID2    int64  `json:"fiid2"`
	Name2    string `json:"name2"`
	ParentID int64  `json:"parent_id"`
	// ChildMappings are the mappings of the members of a composite field.
	ChildMappings []IntegrationFieldMapping `json:"child_mappings"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (m IntegrationFieldMapping) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", m.ID), slog.Int64("msid", m.MSID), slog.String("name", m.Name), slog.String("thirdpartyname", m.ThirdPartyName),
	)
}

// IntegrationFieldMappingListOptions specifies which field mappings to list; the zero value lists all of them.
//
// A server silently ignores a parameter that it does not know [seen]. Before you use a mapping, check its MSID too.
type IntegrationFieldMappingListOptions struct {
	// MSID is the id of an integration module, such as 12: the module_id of other resources. HaloPSA declares it as a text here [spec].
	MSID int64 `url:"msid,omitempty"`
	// ProductID is the id of a product.
	ProductID int64 `url:"product_id,omitempty"`
	// SubtypeID is the subtypeid of the mappings. HaloPSA declares it as a text here [spec].
	SubtypeID int64 `url:"subtypeid,omitempty"`
	// SyncFields chooses the fields that are kept in step, or with Set(false) those that are not.
	SyncFields Opt[bool] `url:"syncfields,omitempty"`
	// TypeID is the typeid of the mappings. HaloPSA declares it as a text here [spec].
	TypeID int64 `url:"typeid,omitempty"`
	// XMValue is a value of the mapping.
	XMValue string `url:"xmvalue,omitempty"`
}

var integrationFieldMapping = endpoint{name: "IntegrationFieldMapping"}

// IntegrationFieldMappingService reads how fields are mapped.
type IntegrationFieldMappingService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationFieldMapping
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldMapping
func (s *IntegrationFieldMappingService) List(ctx context.Context, opts *IntegrationFieldMappingListOptions, ro ...RequestOption) (*Page[IntegrationFieldMapping], error) {
	return listOf[IntegrationFieldMapping](ctx, clientOf(s), integrationFieldMapping, opts, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationFieldMapping
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldMapping
func (s *IntegrationFieldMappingService) Pages(ctx context.Context, opts *IntegrationFieldMappingListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationFieldMapping], error] {
	return pagesOf[IntegrationFieldMapping](ctx, clientOf(s), integrationFieldMapping, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationFieldMapping
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldMapping
func (s *IntegrationFieldMappingService) All(ctx context.Context, opts *IntegrationFieldMappingListOptions, ro ...RequestOption) iter.Seq2[*IntegrationFieldMapping, error] {
	return allOf[IntegrationFieldMapping](ctx, clientOf(s), integrationFieldMapping, opts, ro)
}
