package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
)

// IntegrationLookUp is a value that an integration looks up: what HaloPSA calls something that another system knows by ThirdPartyID.
//
// API: schema IntegrationLookUp of the 2025 edition.
type IntegrationLookUp struct {
	ID       int64 `json:"id"`
	ModuleID int64 `json:"module_id"`
	// Type is a number whose values HaloPSA does not document.
	Type int `json:"type"`
	// ThirdPartyID is the other system's id.
	ThirdPartyID string `json:"third_party_id"`
	// Value is HaloPSA's value for it; whether that is a name or an id depends on the module.
	Value string `json:"value"`
	// Success is the API's _success.
	Success bool `json:"_success"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (l IntegrationLookUp) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", l.ID), slog.Int64("module_id", l.ModuleID), slog.Int("type", l.Type), slog.String("third_party_id", l.ThirdPartyID),
	)
}

// Input returns an input for Update with the ID and the fields that are not zero. Members in Extra are left out.
//
// A field that was emptied keeps its value in HaloPSA, since the input omits it; use [Set] or [Null] to send it.
func (l IntegrationLookUp) Input() IntegrationLookUpInput {
	return IntegrationLookUpInput{
		ID: nonZero(l.ID), ModuleID: nonZero(l.ModuleID), Type: nonZero(l.Type), ThirdPartyID: nonZero(l.ThirdPartyID), Value: nonZero(l.Value),
	}
}

// IntegrationLookUpInput is a look-up to create, or with an ID to change.
type IntegrationLookUpInput struct {
	// ID names the record that Update changes; Create refuses it.
	ID Opt[int64] `json:"id,omitzero"`
	// ModuleID is the id of an integration module, such as 12. Create refuses an input without it, since HaloPSA requires it [spec25].
	ModuleID     Opt[int64]  `json:"module_id,omitzero"`
	Type         Opt[int]    `json:"type,omitzero"`
	ThirdPartyID Opt[string] `json:"third_party_id,omitzero" column:"250"`
	// Value is what is looked up. Create refuses an input without it, and Update one that empties it, since HaloPSA requires it [spec25].
	Value Opt[string] `json:"value,omitzero" column:"1000"`
}

func (i IntegrationLookUpInput) recordID() Opt[int64] { return i.ID }

// check refuses what lacks a required member; an update leaves those alone that are absent.
func (i IntegrationLookUpInput) check() (field, reason string) {
	creates := i.ID.IsZero()
	if id, _ := i.ModuleID.Get(); id <= 0 && (creates || !i.ModuleID.IsZero()) {
		return "ModuleID", "a look-up requires a positive module_id"
	}
	if value, _ := i.Value.Get(); value == "" && (creates || !i.Value.IsZero()) {
		return "Value", "a look-up requires a value that is not empty"
	}
	return "", ""
}

var integrationLookUp = endpoint{name: "IntegrationLookUp"}

// IntegrationLookUpService reads and writes look-ups.
type IntegrationLookUpService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationLookUp
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationLookUp
func (s *IntegrationLookUpService) List(ctx context.Context, ro ...RequestOption) (*Page[IntegrationLookUp], error) {
	return listOf[IntegrationLookUp](ctx, clientOf(s), integrationLookUp, nil, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationLookUp
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationLookUp
func (s *IntegrationLookUpService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[IntegrationLookUp], error] {
	return pagesOf[IntegrationLookUp](ctx, clientOf(s), integrationLookUp, nil, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationLookUp
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationLookUp
func (s *IntegrationLookUpService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*IntegrationLookUp, error] {
	return allOf[IntegrationLookUp](ctx, clientOf(s), integrationLookUp, nil, ro)
}

// Create creates look-ups and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationLookUp
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationLookUp
func (s *IntegrationLookUpService) Create(ctx context.Context, inputs []IntegrationLookUpInput, ro ...RequestOption) ([]*IntegrationLookUp, error) {
	return createOf[IntegrationLookUp](ctx, clientOf(s), integrationLookUp, inputs, ro)
}

// Update changes look-ups; every input must have an ID. Absent members are left unchanged.
//
// API: POST /IntegrationLookUp
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationLookUp
func (s *IntegrationLookUpService) Update(ctx context.Context, inputs []IntegrationLookUpInput, ro ...RequestOption) ([]*IntegrationLookUp, error) {
	return updateOf[IntegrationLookUp](ctx, clientOf(s), integrationLookUp, inputs, ro)
}
