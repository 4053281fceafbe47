package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
)

// IntegrationLookUp is a value that an integration looks up.
//
// HaloPSA publishes no schema for it: what has no field here is in Extra.
//
// API: GET /IntegrationLookUp
type IntegrationLookUp struct {
	ID       int64  `json:"id"`
	ModuleID int64  `json:"module_id"`
	Name     string `json:"name"`
	Value    string `json:"value"`
	// Extra holds every member that has no field above, under its name on the wire.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// IntegrationLookUpInput is a lookup to create, or with an ID to change.
type IntegrationLookUpInput struct {
	// ID names the record that Update changes; Create refuses it.
	ID       Opt[int64]  `json:"id,omitzero"`
	ModuleID Opt[int64]  `json:"module_id,omitzero"`
	Name     Opt[string] `json:"name,omitzero"`
	Value    Opt[string] `json:"value,omitzero"`
	// Extra are further members to send, under their names on the wire. A name of a field above is refused.
	Extra map[string]any `json:"-"`
}

func (i IntegrationLookUpInput) recordID() Opt[int64] { return i.ID }

// MarshalJSON writes the fields that are set and the members of Extra as one object.
func (i IntegrationLookUpInput) MarshalJSON() ([]byte, error) {
	type fields IntegrationLookUpInput
	if len(i.Extra) == 0 {
		return json.Marshal(fields(i))
	}
	object := make(map[string]any, len(i.Extra)+4)
	for name, value := range i.Extra {
		switch strings.ToLower(name) {
		case "id", "module_id", "name", "value":
			return nil, badArgument("Extra", "%q has a field of its own", name)
		}
		object[name] = value
	}
	add(object, "id", i.ID)
	add(object, "module_id", i.ModuleID)
	add(object, "name", i.Name)
	add(object, "value", i.Value)
	return json.Marshal(object)
}

func add[T any](object map[string]any, name string, value Opt[T]) {
	if !value.IsZero() {
		object[name] = value
	}
}

// IntegrationLookUpService reads and writes lookups.
type IntegrationLookUpService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationLookUp
func (s *IntegrationLookUpService) List(ctx context.Context, ro ...RequestOption) (*Page[IntegrationLookUp], error) {
	return listOf[IntegrationLookUp](ctx, s.client, unpaged("IntegrationLookUp", "List", noParams)(), ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationLookUp
func (s *IntegrationLookUpService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[IntegrationLookUp], error] {
	return pagesOf[IntegrationLookUp](ctx, s.client, unpaged("IntegrationLookUp", "Pages", noParams), ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationLookUp
func (s *IntegrationLookUpService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*IntegrationLookUp, error] {
	return records(pagesOf[IntegrationLookUp](ctx, s.client, unpaged("IntegrationLookUp", "All", noParams), ro))
}

// Create creates lookups and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationLookUp
func (s *IntegrationLookUpService) Create(ctx context.Context, inputs []IntegrationLookUpInput, ro ...RequestOption) ([]*IntegrationLookUp, error) {
	return createOf[IntegrationLookUp](ctx, s.client, "IntegrationLookUp", inputs, ro)
}

// Update changes lookups; every input must carry an ID. Members that are absent stay as they are.
//
// API: POST /IntegrationLookUp
func (s *IntegrationLookUpService) Update(ctx context.Context, inputs []IntegrationLookUpInput, ro ...RequestOption) ([]*IntegrationLookUp, error) {
	return updateOf[IntegrationLookUp](ctx, s.client, "IntegrationLookUp", inputs, ro)
}
