package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"time"
)

// IntegrationRequest is a request that an integration has made or received.
//
// Its headers and bodies can hold credentials of other systems: its LogValue leaves them out.
//
// API: schema IntegrationRequest.
type IntegrationRequest struct {
	ID              int64   `json:"id"`
	IsOutgoing      bool    `json:"isoutgoing"`
	Operation       string  `json:"operation"`
	Type            string  `json:"type"`
	MSID            int64   `json:"msid"`
	RequestBody     string  `json:"request_body"`
	DateLogged      Time    `json:"datelogged"`
	ResultCode      int     `json:"resultcode"`
	ResponseBody    string  `json:"response_body"`
	URL             string  `json:"url"`
	DetailsID       int64   `json:"details_id"`
	RequestHeaders  string  `json:"request_headers"`
	ResponseHeaders string  `json:"response_headers"`
	Trace           []Trace `json:"trace"`
	// RetryWebhook and RetryWebhookToken are the API's _retrywebhook and _retry_webhook_token.
	RetryWebhook      bool   `json:"_retrywebhook"`
	RetryWebhookToken Secret `json:"_retry_webhook_token"`
	Preserve          bool   `json:"preserve"`
	HasTrace          bool   `json:"hastrace"`
	FormatAsXML       bool   `json:"format_as_xml"`
	ModuleName        string `json:"module_name"`
	// Duration is how long the request took, in the unit that the tenant logs it in.
	Duration float64 `json:"duration"`
	// ApplicationID is a UUID.
	ApplicationID   string `json:"application_id"`
	DetailsIDString string `json:"details_id_string"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// Input returns an input for Create with the fields that are not zero; a request has no Update.
//
// What asks for an action and the token for it (_retrywebhook, _retry_webhook_token) are left out, as are the members in Extra. Lines of Trace
// lose their ids, since those of the record are not to move to the new one.
func (r IntegrationRequest) Input() IntegrationRequestInput {
	input := IntegrationRequestInput{
		IsOutgoing: nonZero(r.IsOutgoing), Operation: nonZero(r.Operation), Type: nonZero(r.Type), MSID: nonZero(r.MSID),
		RequestBody: nonZero(r.RequestBody), DateLogged: nonZero(r.DateLogged), ResultCode: nonZero(r.ResultCode),
		ResponseBody: nonZero(r.ResponseBody), URL: nonZero(r.URL), DetailsID: nonZero(r.DetailsID),
		RequestHeaders: nonZero(r.RequestHeaders), ResponseHeaders: nonZero(r.ResponseHeaders), Preserve: nonZero(r.Preserve),
		HasTrace: nonZero(r.HasTrace), FormatAsXML: nonZero(r.FormatAsXML), ModuleName: nonZero(r.ModuleName), Duration: nonZero(r.Duration),
		ApplicationID: nonZero(r.ApplicationID), DetailsIDString: nonZero(r.DetailsIDString),
	}
	if lines := inputsOf(r.Trace, Trace.Input); len(lines) > 0 {
		for i := range lines {
			lines[i].ID = Opt[int64]{}
		}
		input.Trace = Set(lines)
	}
	return input
}

// LogValue returns the fields that cannot hold credentials.
func (r IntegrationRequest) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", r.ID), slog.Bool("isoutgoing", r.IsOutgoing), slog.String("operation", r.Operation),
		slog.String("type", r.Type), slog.Int64("msid", r.MSID), slog.Int("resultcode", r.ResultCode),
		slog.Time("datelogged", r.DateLogged.Time), slog.String("module_name", r.ModuleName),
	)
}

// Trace is one line of what the integrator engine did.
//
// API: schema Trace.
type Trace struct {
	ID            int64  `json:"id"`
	TraceType     int    `json:"tracetype"`
	RelatedID     int64  `json:"relatedid"`
	SystemEventID int64  `json:"systemeventid"`
	Timestamp     Time   `json:"timestamp"`
	Log           string `json:"log"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (t Trace) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", t.ID), slog.Int("tracetype", t.TraceType), slog.Time("timestamp", t.Timestamp.Time))
}

// Input returns an input with the fields that are not zero, its id included. Members in Extra are left out.
func (t Trace) Input() TraceInput {
	return TraceInput{
		ID: nonZero(t.ID), TraceType: nonZero(t.TraceType), RelatedID: nonZero(t.RelatedID), SystemEventID: nonZero(t.SystemEventID),
		Timestamp: nonZero(t.Timestamp), Log: nonZero(t.Log),
	}
}

// IntegrationRequestInput is an integration request to log.
type IntegrationRequestInput struct {
	IsOutgoing        Opt[bool]         `json:"isoutgoing,omitzero"`
	Operation         Opt[string]       `json:"operation,omitzero" column:"25"`
	Type              Opt[string]       `json:"type,omitzero" column:"500"`
	MSID              Opt[int64]        `json:"msid,omitzero"`
	RequestBody       Opt[string]       `json:"request_body,omitzero"`
	DateLogged        Opt[Time]         `json:"datelogged,omitzero"`
	ResultCode        Opt[int]          `json:"resultcode,omitzero"`
	ResponseBody      Opt[string]       `json:"response_body,omitzero"`
	URL               Opt[string]       `json:"url,omitzero" column:"2000"`
	DetailsID         Opt[int64]        `json:"details_id,omitzero"`
	RequestHeaders    Opt[string]       `json:"request_headers,omitzero"`
	ResponseHeaders   Opt[string]       `json:"response_headers,omitzero"`
	Trace             Opt[[]TraceInput] `json:"trace,omitzero"`
	RetryWebhook      Opt[bool]         `json:"_retrywebhook,omitzero"`
	RetryWebhookToken Opt[Secret]       `json:"_retry_webhook_token,omitzero"`
	Preserve          Opt[bool]         `json:"preserve,omitzero"`
	HasTrace          Opt[bool]         `json:"hastrace,omitzero"`
	FormatAsXML       Opt[bool]         `json:"format_as_xml,omitzero"`
	ModuleName        Opt[string]       `json:"module_name,omitzero"`
	Duration          Opt[float64]      `json:"duration,omitzero"`
	ApplicationID     Opt[string]       `json:"application_id,omitzero"`
	DetailsIDString   Opt[string]       `json:"details_id_string,omitzero"`
}

// LogValue returns the fields that cannot hold credentials.
func (r IntegrationRequestInput) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Any("isoutgoing", r.IsOutgoing), slog.Any("operation", r.Operation), slog.Any("type", r.Type),
		slog.Any("msid", r.MSID), slog.Any("resultcode", r.ResultCode), slog.Any("module_name", r.ModuleName),
	)
}

// TraceInput is a line of [IntegrationRequestInput.Trace].
type TraceInput struct {
	ID            Opt[int64]  `json:"id,omitzero"`
	TraceType     Opt[int]    `json:"tracetype,omitzero"`
	RelatedID     Opt[int64]  `json:"relatedid,omitzero"`
	SystemEventID Opt[int64]  `json:"systemeventid,omitzero"`
	Timestamp     Opt[Time]   `json:"timestamp,omitzero"`
	Log           Opt[string] `json:"log,omitzero"`
}

// IntegrationRequestListOptions specifies which integration requests to list, and in which order; the zero value lists all of them by id.
type IntegrationRequestListOptions struct {
	ListOptions
	// Count is the API's count, for List only: how many records to send if the server ignores paging.
	Count int `url:"count,omitempty"`
	// DetailID is the id of one configured connection of a module, of which a tenant can have several.
	DetailID int64 `url:"detail_id,omitempty"`
	// InboundOnly leaves out the requests that HaloPSA made.
	InboundOnly bool `url:"inbound_only,omitempty"`
	// ModuleID is the id of an integration module, such as 12.
	ModuleID int64 `url:"module_id,omitempty"`
	// OutboundOnly leaves out the requests that HaloPSA received.
	OutboundOnly bool `url:"outbound_only,omitempty"`
	// Sort has up to five keys, spelled as the record's JSON members; nil sorts by id. Other names are refused: HaloPSA would silently ignore them.
	Sort []SortKey `url:"-"`
}

func (o IntegrationRequestListOptions) selection() selection {
	return selection{page: o.ListOptions, sort: o.Sort, count: o.Count}
}

// IntegrationRequestGetOptions specifies what Get returns.
type IntegrationRequestGetOptions struct {
	// IncludeDetails asks for the whole record, with headers, bodies and trace.
	IncludeDetails bool `url:"includedetails,omitempty"`
}

var integrationRequest = endpoint{name: "IntegrationRequest", paged: true, sorted: true}

// IntegrationRequestService reads, logs and deletes integration requests.
type IntegrationRequestService struct{ service }

// List reads one page.
//
// API: GET /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) List(ctx context.Context, opts *IntegrationRequestListOptions, ro ...RequestOption) (*Page[IntegrationRequest], error) {
	return listOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, opts, ro)
}

// Pages walks the whole list page by page; see [Page] for what it promises.
//
// API: GET /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) Pages(ctx context.Context, opts *IntegrationRequestListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationRequest], error] {
	return pagesOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) All(ctx context.Context, opts *IntegrationRequestListOptions, ro ...RequestOption) iter.Seq2[*IntegrationRequest, error] {
	return allOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, opts, ro)
}

// Since yields the integration requests with an id above afterID, oldest first; see [Followed] for what it promises.
//
// API: GET /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) Since(ctx context.Context, afterID int64, opts *IntegrationRequestListOptions, ro ...RequestOption) iter.Seq2[*IntegrationRequest, error] {
	return sinceOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, opts, afterID, ro)
}

// Follow yields the integration requests with an id above afterID, first those that exist, then new ones as they are created; see [Followed]
// for what it promises.
//
// API: GET /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) Follow(ctx context.Context, afterID int64, interval time.Duration, opts *IntegrationRequestListOptions, ro ...RequestOption) iter.Seq2[Followed[IntegrationRequest], error] {
	return followOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, opts, afterID, interval, ro)
}

// Get reads one integration request.
//
// API: GET /IntegrationRequest/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) Get(ctx context.Context, id int64, opts *IntegrationRequestGetOptions, ro ...RequestOption) (*IntegrationRequest, error) {
	return getOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, id, opts, ro)
}

// Create logs integration requests and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) Create(ctx context.Context, inputs []IntegrationRequestInput, ro ...RequestOption) ([]*IntegrationRequest, error) {
	return createOf[IntegrationRequest](ctx, clientOf(s), integrationRequest, inputs, ro)
}

// Delete deletes an integration request.
//
// API: DELETE /IntegrationRequest/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, clientOf(s), integrationRequest, id, ro)
}
