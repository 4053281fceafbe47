package halopsa

import (
	"context"
	"iter"
)

// IntegrationDelta is a change that an integration has still to pass on.
//
// The 2024 version of HaloPSA has no such endpoint and answers [ErrNotFound].
//
// API: schema IntegrationDelta.
type IntegrationDelta struct {
	ID           int64  `json:"id"`
	ModuleID     int64  `json:"module_id"`
	EntityID     int64  `json:"entity_id"`
	RelatedID    int64  `json:"related_id"`
	ThirdPartyID string `json:"third_party_id"`
	Delta        string `json:"delta"`
	Date         Time   `json:"date"`
	Sequence     string `json:"sequence"`
}

// IntegrationDeltaInput is an integration delta to create.
type IntegrationDeltaInput struct {
	ModuleID     Opt[int64]  `json:"module_id,omitzero"`
	EntityID     Opt[int64]  `json:"entity_id,omitzero"`
	RelatedID    Opt[int64]  `json:"related_id,omitzero"`
	ThirdPartyID Opt[string] `json:"third_party_id,omitzero"`
	Delta        Opt[string] `json:"delta,omitzero"`
	Date         Opt[Time]   `json:"date,omitzero"`
	Sequence     Opt[string] `json:"sequence,omitzero"`
}

// IntegrationDeltaService reads, creates and deletes integration deltas.
type IntegrationDeltaService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationDelta
func (s *IntegrationDeltaService) List(ctx context.Context, ro ...RequestOption) (*Page[IntegrationDelta], error) {
	return listOf[IntegrationDelta](ctx, s.client, unpaged("IntegrationDelta", "List", noParams)(), ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationDelta
func (s *IntegrationDeltaService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[IntegrationDelta], error] {
	return pagesOf[IntegrationDelta](ctx, s.client, unpaged("IntegrationDelta", "Pages", noParams), ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationDelta
func (s *IntegrationDeltaService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*IntegrationDelta, error] {
	return records(pagesOf[IntegrationDelta](ctx, s.client, unpaged("IntegrationDelta", "All", noParams), ro))
}

// Get reads one integration delta.
//
// API: GET /IntegrationDelta/{id}
func (s *IntegrationDeltaService) Get(ctx context.Context, id int64, ro ...RequestOption) (*IntegrationDelta, error) {
	return getOf[IntegrationDelta](ctx, s.client, "IntegrationDelta.Get", "IntegrationDelta", id, nil, ro)
}

// Create creates integration deltas and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationDelta
func (s *IntegrationDeltaService) Create(ctx context.Context, inputs []IntegrationDeltaInput, ro ...RequestOption) ([]*IntegrationDelta, error) {
	return createOf[IntegrationDelta](ctx, s.client, "IntegrationDelta", inputs, ro)
}

// Delete deletes an integration delta.
//
// API: DELETE /IntegrationDelta/{id}
func (s *IntegrationDeltaService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, s.client, "IntegrationDelta.Delete", "IntegrationDelta", id, ro)
}
