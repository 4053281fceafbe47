package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"time"
)

// IntegrationError is an error that an integration has logged. It is a record, not a Go error.
//
// API: schema IntegrationError.
type IntegrationError struct {
	ID         int64  `json:"id"`
	ModuleID   int64  `json:"module_id"`
	ModuleName string `json:"module_name"`
	DetailID   int64  `json:"detail_id"`
	EntityType string `json:"entity_type"`
	EntityID   int64  `json:"entity_id"`
	EntityName string `json:"entity_name"`
	Endpoint   string `json:"endpoint"`
	Error      string `json:"error"`
	Date       Time   `json:"date"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (e IntegrationError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", e.ID), slog.Int64("module_id", e.ModuleID), slog.String("module_name", e.ModuleName),
		slog.String("entity_type", e.EntityType), slog.Int64("entity_id", e.EntityID), slog.Time("date", e.Date.Time),
	)
}

// Input returns an input for Create with the fields that are not zero; an error has no Update. Members in Extra are left out.
func (e IntegrationError) Input() IntegrationErrorInput {
	return IntegrationErrorInput{
		ModuleID: nonZero(e.ModuleID), ModuleName: nonZero(e.ModuleName), DetailID: nonZero(e.DetailID), EntityType: nonZero(e.EntityType),
		EntityID: nonZero(e.EntityID), EntityName: nonZero(e.EntityName), Endpoint: nonZero(e.Endpoint), Error: nonZero(e.Error),
		Date: nonZero(e.Date),
	}
}

// IntegrationErrorInput is an integration error to log.
//
// The column tag of a text is how many characters HaloPSA's column holds, with notnull where it takes no null [db]: what does not fit is refused before
// anything is sent. The tags of all inputs mean this.
type IntegrationErrorInput struct {
	ModuleID   Opt[int64]  `json:"module_id,omitzero"`
	ModuleName Opt[string] `json:"module_name,omitzero"`
	DetailID   Opt[int64]  `json:"detail_id,omitzero"`
	EntityType Opt[string] `json:"entity_type,omitzero" column:"100,notnull"`
	EntityID   Opt[int64]  `json:"entity_id,omitzero"`
	EntityName Opt[string] `json:"entity_name,omitzero" column:"100,notnull"`
	Endpoint   Opt[string] `json:"endpoint,omitzero" column:"100,notnull"`
	Error      Opt[string] `json:"error,omitzero" column:"2000,notnull"`
	Date       Opt[Time]   `json:"date,omitzero"`
}

// IntegrationErrorListOptions specifies which integration errors to list, and in which order; the zero value lists all of them by id.
type IntegrationErrorListOptions struct {
	ListOptions
	// Count is the API's count, for List only: how many records to send if the server ignores paging.
	Count int `url:"count,omitempty"`
	// DetailID is the id of one configured connection of a module, of which a tenant can have several.
	DetailID int64 `url:"detail_id,omitempty"`
	// ModuleID is the id of an integration module, such as 12.
	ModuleID int64 `url:"module_id,omitempty"`
	// Sort has up to five keys, spelled as the record's JSON members; nil sorts by id. Other names are refused: HaloPSA would silently ignore them.
	Sort []SortKey `url:"-"`
}

func (o IntegrationErrorListOptions) selection() selection {
	return selection{page: o.ListOptions, sort: o.Sort, count: o.Count}
}

// IntegrationErrorGetOptions specifies what Get returns.
type IntegrationErrorGetOptions struct {
	// IncludeDetails asks for the whole record.
	IncludeDetails bool `url:"includedetails,omitempty"`
}

var integrationError = endpoint{name: "IntegrationError", paged: true, sorted: true}

// IntegrationErrorService reads, logs and deletes integration errors.
type IntegrationErrorService struct{ service }

// List reads one page.
//
// API: GET /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) List(ctx context.Context, opts *IntegrationErrorListOptions, ro ...RequestOption) (*Page[IntegrationError], error) {
	return listOf[IntegrationError](ctx, clientOf(s), integrationError, opts, ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) Pages(ctx context.Context, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationError], error] {
	return pagesOf[IntegrationError](ctx, clientOf(s), integrationError, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) All(ctx context.Context, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[*IntegrationError, error] {
	return allOf[IntegrationError](ctx, clientOf(s), integrationError, opts, ro)
}

// Since yields the integration errors with an id above afterID, oldest first; see [Followed] for what it promises.
//
// API: GET /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) Since(ctx context.Context, afterID int64, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[*IntegrationError, error] {
	return sinceOf[IntegrationError](ctx, clientOf(s), integrationError, opts, afterID, ro)
}

// Follow yields the integration errors with an id above afterID, first those that exist, then new ones as they are created; see [Followed]
// for what it promises.
//
// API: GET /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegrationError], error] {
	return followOf[IntegrationError](ctx, clientOf(s), integrationError, opts, afterID, interval, ro)
}

// Get reads one integration error.
//
// API: GET /IntegrationError/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) Get(ctx context.Context, id int64, opts *IntegrationErrorGetOptions, ro ...RequestOption) (*IntegrationError, error) {
	return getOf[IntegrationError](ctx, clientOf(s), integrationError, id, opts, ro)
}

// Create logs integration errors and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) Create(ctx context.Context, inputs []IntegrationErrorInput, ro ...RequestOption) ([]*IntegrationError, error) {
	return createOf[IntegrationError](ctx, clientOf(s), integrationError, inputs, ro)
}

// Delete deletes an integration error.
//
// API: DELETE /IntegrationError/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, clientOf(s), integrationError, id, ro)
}
