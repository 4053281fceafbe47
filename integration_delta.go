package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"time"
)

// IntegrationDelta is a change that an integration has yet to pass on.
//
// The 2024 version of HaloPSA has no such endpoint: its calls fail with [ErrNotFound].
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
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (d IntegrationDelta) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", d.ID), slog.Int64("module_id", d.ModuleID), slog.Int64("entity_id", d.EntityID), slog.Time("date", d.Date.Time),
	)
}

// Input returns an input for Create with the fields that are not zero; a delta has no Update. Members in Extra are left out.
func (d IntegrationDelta) Input() IntegrationDeltaInput {
	return IntegrationDeltaInput{
		ModuleID: nonZero(d.ModuleID), EntityID: nonZero(d.EntityID), RelatedID: nonZero(d.RelatedID), ThirdPartyID: nonZero(d.ThirdPartyID),
		Delta: nonZero(d.Delta), Date: nonZero(d.Date), Sequence: nonZero(d.Sequence),
	}
}

// IntegrationDeltaInput is an integration delta to create.
type IntegrationDeltaInput struct {
	ModuleID     Opt[int64]  `json:"module_id,omitzero"`
	EntityID     Opt[int64]  `json:"entity_id,omitzero"`
	RelatedID    Opt[int64]  `json:"related_id,omitzero"`
	ThirdPartyID Opt[string] `json:"third_party_id,omitzero" column:"250"`
	Delta        Opt[string] `json:"delta,omitzero" column:"100"`
	Date         Opt[Time]   `json:"date,omitzero"`
	Sequence     Opt[string] `json:"sequence,omitzero"`
}

// IntegrationDeltaListOptions specifies a page of integration deltas.
//
// No paging parameter of the list is documented, but tenants respond in pages [live].
type IntegrationDeltaListOptions struct {
	ListOptions
}

var integrationDelta = endpoint{name: "IntegrationDelta", paged: true}

// IntegrationDeltaService reads, creates and deletes integration deltas.
type IntegrationDeltaService struct{ service }

// List reads one page.
//
// API: GET /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) List(ctx context.Context, opts *IntegrationDeltaListOptions, ro ...RequestOption) (*Page[IntegrationDelta], error) {
	return listOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, opts, ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) Pages(ctx context.Context, opts *IntegrationDeltaListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationDelta], error] {
	return pagesOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) All(ctx context.Context, opts *IntegrationDeltaListOptions, ro ...RequestOption) iter.Seq2[*IntegrationDelta, error] {
	return allOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, opts, ro)
}

// Since yields the integration deltas with an id above afterID, oldest first; see [Followed] for what it promises.
//
// API: GET /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) Since(ctx context.Context, afterID int64, opts *IntegrationDeltaListOptions, ro ...RequestOption) iter.Seq2[*IntegrationDelta, error] {
	return sinceOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, opts, afterID, ro)
}

// Follow yields the integration deltas with an id above afterID, first those that exist, then new ones as they are created; see [Followed]
// for what it promises.
//
// API: GET /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegrationDeltaListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegrationDelta], error] {
	return followOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, opts, afterID, interval, ro)
}

// Get reads one integration delta.
//
// API: GET /IntegrationDelta/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) Get(ctx context.Context, id int64, ro ...RequestOption) (*IntegrationDelta, error) {
	return getOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, id, nil, ro)
}

// Create creates integration deltas and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) Create(ctx context.Context, inputs []IntegrationDeltaInput, ro ...RequestOption) ([]*IntegrationDelta, error) {
	return createOf[IntegrationDelta](ctx, clientOf(s), integrationDelta, inputs, ro)
}

// Delete deletes an integration delta.
//
// API: DELETE /IntegrationDelta/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, clientOf(s), integrationDelta, id, ro)
}
