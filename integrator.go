package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"time"
)

// IntegratorLog is a line that the integrator engine has logged.
//
// HaloPSA publishes no schema for it, and its members are not known beyond the id: they are in Extra.
//
// API: GET /IntegratorLog
type IntegratorLog struct {
	ID int64 `json:"id"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (l IntegratorLog) LogValue() slog.Value { return slog.GroupValue(slog.Int64("id", l.ID)) }

// IntegratorLogListOptions specifies which log lines to list; the zero value lists all of them.
type IntegratorLogListOptions struct {
	ListOptions
	// ModuleID is the id of an integration module, such as 12.
	ModuleID int64 `url:"module_id,omitempty"`
}

var integratorLog = endpoint{name: "IntegratorLog", paged: true}

// IntegratorLogService reads the integrator engine's log.
type IntegratorLogService struct{ service }

// List reads one page.
//
// API: GET /IntegratorLog
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorLog
func (s *IntegratorLogService) List(ctx context.Context, opts *IntegratorLogListOptions, ro ...RequestOption) (*Page[IntegratorLog], error) {
	return listOf[IntegratorLog](ctx, clientOf(s), integratorLog, opts, ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegratorLog
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorLog
func (s *IntegratorLogService) Pages(ctx context.Context, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegratorLog], error] {
	return pagesOf[IntegratorLog](ctx, clientOf(s), integratorLog, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegratorLog
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorLog
func (s *IntegratorLogService) All(ctx context.Context, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[*IntegratorLog, error] {
	return allOf[IntegratorLog](ctx, clientOf(s), integratorLog, opts, ro)
}

// Since yields the log lines with an id above afterID, oldest first; see [Followed] for what it promises.
//
// API: GET /IntegratorLog
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorLog
func (s *IntegratorLogService) Since(ctx context.Context, afterID int64, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[*IntegratorLog, error] {
	return sinceOf[IntegratorLog](ctx, clientOf(s), integratorLog, opts, afterID, ro)
}

// Follow yields the log lines with an id above afterID, first those that exist, then new ones as they are created; see [Followed]
// for what it promises.
//
// API: GET /IntegratorLog
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorLog
func (s *IntegratorLogService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegratorLogListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegratorLog], error] {
	return followOf[IntegratorLog](ctx, clientOf(s), integratorLog, opts, afterID, interval, ro)
}

// IntegratorSchedule is when the integrator engine runs a configuration, and what it runs.
//
// HaloPSA publishes no schema for it; its members are those of a tenant's response [live]. The types of Frequency, ExpectedDuration and Modules
// are not known: they hold the JSON as it arrived, nil where it did not.
//
// API: GET /IntegratorSchedule
type IntegratorSchedule struct {
	ID int64 `json:"id"`
	// ConfigID is the id of the integrator's own configuration; it is not the id of a module.
	ConfigID         int64           `json:"config_id"`
	ImportNames      string          `json:"importnames"`
	ModuleList       string          `json:"module_list"`
	Modules          json.RawMessage `json:"modules,omitempty"`
	ModulesJSON      string          `json:"modules_json"`
	Frequency        json.RawMessage `json:"frequency,omitempty"`
	ExpectedDuration json.RawMessage `json:"expected_duration,omitempty"`
	IsRunning        bool            `json:"is_running"`
	LastRun          Time            `json:"last_run"`
	NextRun          Time            `json:"next_run"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (s IntegratorSchedule) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", s.ID), slog.Int64("config_id", s.ConfigID), slog.String("importnames", s.ImportNames),
		slog.Bool("is_running", s.IsRunning), slog.Time("last_run", s.LastRun.Time), slog.Time("next_run", s.NextRun.Time),
	)
}

// IntegratorScheduleListOptions specifies a page of the schedule.
type IntegratorScheduleListOptions struct {
	ListOptions
}

var integratorSchedule = endpoint{name: "IntegratorSchedule", paged: true}

// IntegratorScheduleService reads the integrator engine's schedule.
type IntegratorScheduleService struct{ service }

// List reads one page.
//
// API: GET /IntegratorSchedule
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorSchedule
func (s *IntegratorScheduleService) List(ctx context.Context, opts *IntegratorScheduleListOptions, ro ...RequestOption) (*Page[IntegratorSchedule], error) {
	return listOf[IntegratorSchedule](ctx, clientOf(s), integratorSchedule, opts, ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegratorSchedule
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorSchedule
func (s *IntegratorScheduleService) Pages(ctx context.Context, opts *IntegratorScheduleListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegratorSchedule], error] {
	return pagesOf[IntegratorSchedule](ctx, clientOf(s), integratorSchedule, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegratorSchedule
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorSchedule
func (s *IntegratorScheduleService) All(ctx context.Context, opts *IntegratorScheduleListOptions, ro ...RequestOption) iter.Seq2[*IntegratorSchedule, error] {
	return allOf[IntegratorSchedule](ctx, clientOf(s), integratorSchedule, opts, ro)
}

// IntegratorTrace is what the integrator engine did in one run.
//
// HaloPSA publishes no schema for it. A list has these members [live]; what more Get returns is not known, and is in Extra.
//
// API: GET /IntegratorTrace
type IntegratorTrace struct {
	ID int64 `json:"id"`
	// ConfigID is the id of the integrator's own configuration; it is not the id of a module.
	ConfigID  int64 `json:"config_id"`
	Timestamp Time  `json:"timestamp"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (t IntegratorTrace) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", t.ID), slog.Int64("config_id", t.ConfigID), slog.Time("timestamp", t.Timestamp.Time))
}

// IntegratorTraceListOptions specifies a page of traces.
//
// No paging parameter of the list is documented, but tenants respond in pages [live].
type IntegratorTraceListOptions struct {
	ListOptions
}

var integratorTrace = endpoint{name: "IntegratorTrace", paged: true}

// IntegratorTraceService reads the integrator engine's traces.
type IntegratorTraceService struct{ service }

// List reads one page.
//
// API: GET /IntegratorTrace
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorTrace
func (s *IntegratorTraceService) List(ctx context.Context, opts *IntegratorTraceListOptions, ro ...RequestOption) (*Page[IntegratorTrace], error) {
	return listOf[IntegratorTrace](ctx, clientOf(s), integratorTrace, opts, ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegratorTrace
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorTrace
func (s *IntegratorTraceService) Pages(ctx context.Context, opts *IntegratorTraceListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegratorTrace], error] {
	return pagesOf[IntegratorTrace](ctx, clientOf(s), integratorTrace, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegratorTrace
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorTrace
func (s *IntegratorTraceService) All(ctx context.Context, opts *IntegratorTraceListOptions, ro ...RequestOption) iter.Seq2[*IntegratorTrace, error] {
	return allOf[IntegratorTrace](ctx, clientOf(s), integratorTrace, opts, ro)
}

// Since yields the traces with an id above afterID, oldest first; see [Followed] for what it promises.
//
// API: GET /IntegratorTrace
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorTrace
func (s *IntegratorTraceService) Since(ctx context.Context, afterID int64, opts *IntegratorTraceListOptions, ro ...RequestOption) iter.Seq2[*IntegratorTrace, error] {
	return sinceOf[IntegratorTrace](ctx, clientOf(s), integratorTrace, opts, afterID, ro)
}

// Follow yields the traces with an id above afterID, first those that exist, then new ones as they are created; see [Followed]
// for what it promises.
//
// API: GET /IntegratorTrace
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorTrace
func (s *IntegratorTraceService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegratorTraceListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegratorTrace], error] {
	return followOf[IntegratorTrace](ctx, clientOf(s), integratorTrace, opts, afterID, interval, ro)
}

// Get reads one trace.
//
// API: GET /IntegratorTrace/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegratorTrace
func (s *IntegratorTraceService) Get(ctx context.Context, id int64, ro ...RequestOption) (*IntegratorTrace, error) {
	return getOf[IntegratorTrace](ctx, clientOf(s), integratorTrace, id, nil, ro)
}
