package halopsa

import (
	"context"
	"iter"
	"time"
)

// IntegrationError is an error that an integration has logged. It is data and no Go error.
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
}

// IntegrationErrorInput is an integration error to log.
type IntegrationErrorInput struct {
	ModuleID   Opt[int64]  `json:"module_id,omitzero"`
	ModuleName Opt[string] `json:"module_name,omitzero"`
	DetailID   Opt[int64]  `json:"detail_id,omitzero"`
	EntityType Opt[string] `json:"entity_type,omitzero"`
	EntityID   Opt[int64]  `json:"entity_id,omitzero"`
	EntityName Opt[string] `json:"entity_name,omitzero"`
	Endpoint   Opt[string] `json:"endpoint,omitzero"`
	Error      Opt[string] `json:"error,omitzero"`
	Date       Opt[Time]   `json:"date,omitzero"`
}

// IntegrationErrorListOptions choose and sort integration errors; the zero value is all of them by id.
type IntegrationErrorListOptions struct {
	ListOptions
	// Count is the API's count, for List only: how many records to send where the server ignores paging.
	Count int `url:"count,omitempty"`
	// DetailID is the id of an integration's set-up.
	DetailID int64 `url:"detail_id,omitempty"`
	// ModuleID is the id of an integration, such as 12.
	ModuleID int64 `url:"module_id,omitempty"`
	// Sort has up to five keys; nil sorts by id.
	Sort []SortKey `url:"-"`
}

// IntegrationErrorGetOptions choose what Get returns.
type IntegrationErrorGetOptions struct {
	// IncludeDetails asks for the whole record.
	IncludeDetails bool `url:"includedetails,omitempty"`
}

func (o *IntegrationErrorListOptions) list(op string) func() *list {
	return func() *list {
		l := &list{op: "IntegrationError." + op, resource: "IntegrationError", paged: true, sorted: true}
		if o != nil {
			own := *o
			l.params, l.page, l.sort, l.count = own, own.ListOptions, own.Sort, own.Count
		}
		return l
	}
}

// IntegrationErrorService reads, logs and deletes integration errors.
type IntegrationErrorService struct{ service }

// List reads one page.
//
// API: GET /IntegrationError
func (s *IntegrationErrorService) List(ctx context.Context, opts *IntegrationErrorListOptions, ro ...RequestOption) (*Page[IntegrationError], error) {
	return listOf[IntegrationError](ctx, s.client, opts.list("List")(), ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegrationError
func (s *IntegrationErrorService) Pages(ctx context.Context, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationError], error] {
	return pagesOf[IntegrationError](ctx, s.client, opts.list("Pages"), ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationError
func (s *IntegrationErrorService) All(ctx context.Context, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[*IntegrationError, error] {
	return records(pagesOf[IntegrationError](ctx, s.client, opts.list("All"), ro))
}

// Since yields the integration errors with an id above afterID, the oldest first; see [Followed] for what it promises.
//
// API: GET /IntegrationError
func (s *IntegrationErrorService) Since(ctx context.Context, afterID int64, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[*IntegrationError, error] {
	return sinceOf[IntegrationError](ctx, s.client, opts.list("Since"), afterID, ro)
}

// Follow yields the integration errors with an id above afterID, now and as they come; see [Followed] for what it promises.
//
// API: GET /IntegrationError
func (s *IntegrationErrorService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegrationErrorListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegrationError], error] {
	return followOf[IntegrationError](ctx, s.client, opts.list("Follow"), afterID, interval, ro)
}

// Get reads one integration error.
//
// API: GET /IntegrationError/{id}
func (s *IntegrationErrorService) Get(ctx context.Context, id int64, opts *IntegrationErrorGetOptions, ro ...RequestOption) (*IntegrationError, error) {
	return getOf[IntegrationError](ctx, s.client, "IntegrationError.Get", "IntegrationError", id, opts, ro)
}

// Create logs integration errors and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationError
func (s *IntegrationErrorService) Create(ctx context.Context, inputs []IntegrationErrorInput, ro ...RequestOption) ([]*IntegrationError, error) {
	return createOf[IntegrationError](ctx, s.client, "IntegrationError", inputs, ro)
}

// Delete deletes an integration error.
//
// API: DELETE /IntegrationError/{id}
func (s *IntegrationErrorService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, s.client, "IntegrationError.Delete", "IntegrationError", id, ro)
}
