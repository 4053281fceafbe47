package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
)

// IntegrationRunbookVariableGroup is a group of variables of an integration runbook.
//
// HaloPSA publishes no schema for it. A list has Label and Value [live]; what Get returns is not known: its variables are in Variables if they
// come as such, and everything else is in Extra.
//
// API: GET /IntegrationRunbookVariableGroup
type IntegrationRunbookVariableGroup struct {
	Label string `json:"label"`
	// Value is the group's id, such as "faults", and what Get takes.
	Value     string                       `json:"value"`
	Variables []IntegrationRunbookVariable `json:"variables"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (g IntegrationRunbookVariableGroup) LogValue() slog.Value {
	return slog.GroupValue(slog.String("label", g.Label), slog.String("value", g.Value))
}

// IntegrationRunbookVariable is a variable of an [IntegrationRunbookVariableGroup].
//
// API: schema IntegrationRunbookVariable.
type IntegrationRunbookVariable struct {
	Value                    string `json:"value"`
	Group                    string `json:"group"`
	Type                     string `json:"type"`
	Description              string `json:"description"`
	Output                   string `json:"output"`
	MethodID                 int64  `json:"method_id"`
	MethodName               string `json:"method_name"`
	Step                     int    `json:"step"`
	StepName                 string `json:"step_name"`
	Persist                  bool   `json:"persist"`
	MappingType              int    `json:"mapping_type"`
	ObjectMapping            string `json:"object_mapping"`
	VariableNameRootOverride string `json:"variable_name_root_override"`
	AddToArray               bool   `json:"addtoarray"`
	PositionToAdd            int    `json:"positiontoadd"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (v IntegrationRunbookVariable) LogValue() slog.Value {
	return slog.GroupValue(slog.String("value", v.Value), slog.String("group", v.Group), slog.Int64("method_id", v.MethodID))
}

// IntegrationRunbookVariableGroupListOptions specifies which variable groups to list; the zero value lists all of them.
type IntegrationRunbookVariableGroupListOptions struct {
	// ExcludeMethodID is a flag here, and a number in Get.
	ExcludeMethodID Opt[bool] `url:"exclude_method_id,omitempty"`
	// OneRunbookID is the id of the only runbook to look at.
	OneRunbookID string `url:"one_runbook_id,omitempty"`
}

// IntegrationRunbookVariableGroupGetOptions specifies what Get returns.
type IntegrationRunbookVariableGroupGetOptions struct {
	// ExcludeMethodID is the id of a method to leave out.
	ExcludeMethodID int64 `url:"exclude_method_id,omitempty"`
	// MethodIDs are the ids of the methods to look at; they are sent separated by commas.
	MethodIDs []int64 `url:"method_ids,comma,omitempty"`
}

var integrationRunbookVariableGroup = endpoint{name: "IntegrationRunbookVariableGroup"}

// IntegrationRunbookVariableGroupService reads the variables of runbooks.
type IntegrationRunbookVariableGroupService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationRunbookVariableGroup
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRunbookVariableGroup
func (s *IntegrationRunbookVariableGroupService) List(ctx context.Context, opts *IntegrationRunbookVariableGroupListOptions, ro ...RequestOption) (*Page[IntegrationRunbookVariableGroup], error) {
	return listOf[IntegrationRunbookVariableGroup](ctx, clientOf(s), integrationRunbookVariableGroup, opts, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationRunbookVariableGroup
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRunbookVariableGroup
func (s *IntegrationRunbookVariableGroupService) Pages(ctx context.Context, opts *IntegrationRunbookVariableGroupListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationRunbookVariableGroup], error] {
	return pagesOf[IntegrationRunbookVariableGroup](ctx, clientOf(s), integrationRunbookVariableGroup, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationRunbookVariableGroup
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRunbookVariableGroup
func (s *IntegrationRunbookVariableGroupService) All(ctx context.Context, opts *IntegrationRunbookVariableGroupListOptions, ro ...RequestOption) iter.Seq2[*IntegrationRunbookVariableGroup, error] {
	return allOf[IntegrationRunbookVariableGroup](ctx, clientOf(s), integrationRunbookVariableGroup, opts, ro)
}

// Get reads the variable group with this id, which is the Value of a list's row.
//
// API: GET /IntegrationRunbookVariableGroup/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRunbookVariableGroup
func (s *IntegrationRunbookVariableGroupService) Get(ctx context.Context, id string, opts *IntegrationRunbookVariableGroupGetOptions, ro ...RequestOption) (*IntegrationRunbookVariableGroup, error) {
	return getOf[IntegrationRunbookVariableGroup](ctx, clientOf(s), integrationRunbookVariableGroup, id, opts, ro)
}
