package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// IntegratorLog is a line that the integrator engine has logged.
//
// HaloPSA publishes no schema for it: what has no field here is in Extra.
//
// API: GET /IntegratorLog
type IntegratorLog struct {
	ID       int64  `json:"id"`
	ModuleID int64  `json:"module_id"`
	Date     Time   `json:"date"`
	Message  string `json:"message"`
	// Extra holds every member that has no field above, under its name on the wire.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// IntegratorLogListOptions choose log lines; the zero value is all of them.
type IntegratorLogListOptions struct {
	ListOptions
	// ModuleID is the id of an integration, such as 12.
	ModuleID int64 `url:"module_id,omitempty"`
}

func (o *IntegratorLogListOptions) list(op string) func() *list {
	return func() *list {
		l := &list{op: "IntegratorLog." + op, resource: "IntegratorLog", paged: true}
		if o != nil {
			own := *o
			l.params, l.page = own, own.ListOptions
		}
		return l
	}
}

// IntegratorLogService reads the integrator engine's log.
type IntegratorLogService struct{ service }

// List reads one page.
//
// API: GET /IntegratorLog
func (s *IntegratorLogService) List(ctx context.Context, opts *IntegratorLogListOptions, ro ...RequestOption) (*Page[IntegratorLog], error) {
	return listOf[IntegratorLog](ctx, s.client, opts.list("List")(), ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegratorLog
func (s *IntegratorLogService) Pages(ctx context.Context, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegratorLog], error] {
	return pagesOf[IntegratorLog](ctx, s.client, opts.list("Pages"), ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegratorLog
func (s *IntegratorLogService) All(ctx context.Context, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[*IntegratorLog, error] {
	return records(pagesOf[IntegratorLog](ctx, s.client, opts.list("All"), ro))
}

// Since yields the log lines with an id above afterID, the oldest first; see [Followed] for what it promises.
//
// API: GET /IntegratorLog
func (s *IntegratorLogService) Since(ctx context.Context, afterID int64, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[*IntegratorLog, error] {
	return sinceOf[IntegratorLog](ctx, s.client, opts.list("Since"), afterID, ro)
}

// Follow yields the log lines with an id above afterID, now and as they come; see [Followed] for what it promises.
//
// API: GET /IntegratorLog
func (s *IntegratorLogService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegratorLog], error] {
	return followOf[IntegratorLog](ctx, s.client, opts.list("Follow"), afterID, interval, ro)
}

// IntegratorSchedule is when the integrator engine runs an integration.
//
// HaloPSA publishes no schema for it: what has no field here is in Extra.
//
// API: GET /IntegratorSchedule
type IntegratorSchedule struct {
	ID       int64  `json:"id"`
	ModuleID int64  `json:"module_id"`
	Name     string `json:"name"`
	// Extra holds every member that has no field above, under its name on the wire.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// IntegratorScheduleListOptions choose a page of the schedule.
type IntegratorScheduleListOptions struct {
	ListOptions
}

func (o *IntegratorScheduleListOptions) list(op string) func() *list {
	return func() *list {
		l := &list{op: "IntegratorSchedule." + op, resource: "IntegratorSchedule", paged: true}
		if o != nil {
			own := *o
			l.params, l.page = own, own.ListOptions
		}
		return l
	}
}

// IntegratorScheduleService reads the integrator engine's schedule.
type IntegratorScheduleService struct{ service }

// List reads one page.
//
// API: GET /IntegratorSchedule
func (s *IntegratorScheduleService) List(ctx context.Context, opts *IntegratorScheduleListOptions, ro ...RequestOption) (*Page[IntegratorSchedule], error) {
	return listOf[IntegratorSchedule](ctx, s.client, opts.list("List")(), ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegratorSchedule
func (s *IntegratorScheduleService) Pages(ctx context.Context, opts *IntegratorScheduleListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegratorSchedule], error] {
	return pagesOf[IntegratorSchedule](ctx, s.client, opts.list("Pages"), ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegratorSchedule
func (s *IntegratorScheduleService) All(ctx context.Context, opts *IntegratorScheduleListOptions, ro ...RequestOption) iter.Seq2[*IntegratorSchedule, error] {
	return records(pagesOf[IntegratorSchedule](ctx, s.client, opts.list("All"), ro))
}

// IntegratorTrace is what the integrator engine did in one run.
//
// HaloPSA publishes no schema for it: what has no field here is in Extra.
//
// API: GET /IntegratorTrace
type IntegratorTrace struct {
	ID       int64 `json:"id"`
	ModuleID int64 `json:"module_id"`
	Date     Time  `json:"date"`
	// Extra holds every member that has no field above, under its name on the wire.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// IntegratorTraceService reads the integrator engine's traces.
type IntegratorTraceService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegratorTrace
func (s *IntegratorTraceService) List(ctx context.Context, ro ...RequestOption) (*Page[IntegratorTrace], error) {
	return listOf[IntegratorTrace](ctx, s.client, unpaged("IntegratorTrace", "List", noParams)(), ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegratorTrace
func (s *IntegratorTraceService) Pages(ctx context.Context, ro ...RequestOption) iter.Seq2[*Page[IntegratorTrace], error] {
	return pagesOf[IntegratorTrace](ctx, s.client, unpaged("IntegratorTrace", "Pages", noParams), ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegratorTrace
func (s *IntegratorTraceService) All(ctx context.Context, ro ...RequestOption) iter.Seq2[*IntegratorTrace, error] {
	return records(pagesOf[IntegratorTrace](ctx, s.client, unpaged("IntegratorTrace", "All", noParams), ro))
}

// Get reads one trace.
//
// API: GET /IntegratorTrace/{id}
func (s *IntegratorTraceService) Get(ctx context.Context, id int64, ro ...RequestOption) (*IntegratorTrace, error) {
	return getOf[IntegratorTrace](ctx, s.client, "IntegratorTrace.Get", "IntegratorTrace", id, nil, ro)
}
