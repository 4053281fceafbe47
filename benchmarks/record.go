package main

import (
	"fmt"
	"time"

	"github.com/halopsa-go/halopsa"
)

// Record is halopsa.IntegrationRequest member for member, for the clients that decode with encoding/json.
type Record struct {
	ID                int64   `json:"id"`
	IsOutgoing        bool    `json:"isoutgoing"`
	Operation         string  `json:"operation"`
	Type              string  `json:"type"`
	MSID              int64   `json:"msid"`
	RequestBody       string  `json:"request_body"`
	DateLogged        Date    `json:"datelogged"`
	ResultCode        int     `json:"resultcode"`
	ResponseBody      string  `json:"response_body"`
	URL               string  `json:"url"`
	DetailsID         int64   `json:"details_id"`
	RequestHeaders    string  `json:"request_headers"`
	ResponseHeaders   string  `json:"response_headers"`
	Trace             []Trace `json:"trace"`
	RetryWebhook      bool    `json:"_retrywebhook"`
	RetryWebhookToken string  `json:"_retry_webhook_token"`
	Preserve          bool    `json:"preserve"`
	HasTrace          bool    `json:"hastrace"`
	FormatAsXML       bool    `json:"format_as_xml"`
	ModuleName        string  `json:"module_name"`
	Duration          float64 `json:"duration"`
	ApplicationID     string  `json:"application_id"`
	DetailsIDString   string  `json:"details_id_string"`
	Warning           string  `json:"_warning"`
}

// Trace is halopsa.Trace.
type Trace struct {
	ID            int64  `json:"id"`
	TraceType     int    `json:"tracetype"`
	RelatedID     int64  `json:"relatedid"`
	SystemEventID int64  `json:"systemeventid"`
	Timestamp     Date   `json:"timestamp"`
	Log           string `json:"log"`
}

// Date is the least that encoding/json needs to read a date without a zone, which time.Time refuses. It is kinder to the other clients
// than halopsa.Time is to ours: one layout, no sentinel dates, no zones.
type Date struct{ time.Time }

const dateLayout = `"2006-01-02T15:04:05"` // Parse takes a fraction after the seconds by itself

// UnmarshalJSON reads a date without a zone as UTC.
func (d *Date) UnmarshalJSON(data []byte) error {
	t, err := time.Parse(dateLayout, string(data))
	d.Time = t
	return err
}

// MarshalJSON writes a date as HaloPSA does.
func (d Date) MarshalJSON() ([]byte, error) { //nolint:unparam // as json.Marshaler has it
	return d.AppendFormat(nil, `"2006-01-02T15:04:05.999"`), nil
}

// envelope is a page of a list.
type envelope struct {
	PageNo      int      `json:"page_no"`
	PageSize    int      `json:"page_size"`
	RecordCount int      `json:"record_count"`
	Requests    []Record `json:"integrationrequests"`
}

// batch is what a client made of an answer: one record or a page of them.
type batch interface {
	rows() int
	count() int // of the whole list
	records() []Record
}

func (e *envelope) rows() int         { return len(e.Requests) }
func (e *envelope) count() int        { return e.RecordCount }
func (e *envelope) records() []Record { return e.Requests }

func (*Record) rows() int           { return 1 }
func (*Record) count() int          { return 1 }
func (r *Record) records() []Record { return []Record{*r} }

// ourPage and ourRecord are what halopsa returns.
type (
	ourPage struct {
		*halopsa.Page[halopsa.IntegrationRequest]
	}
	ourRecord struct{ *halopsa.IntegrationRequest }
)

func (p ourPage) rows() int  { return len(p.Records) }
func (p ourPage) count() int { return p.RecordCount }

func (p ourPage) records() []Record {
	all := make([]Record, 0, len(p.Records))
	for i := range p.Records {
		all = append(all, plain(&p.Records[i]))
	}
	return all
}

func (ourRecord) rows() int           { return 1 }
func (ourRecord) count() int          { return 1 }
func (r ourRecord) records() []Record { return []Record{plain(r.IntegrationRequest)} }

// plain copies one of our records, member by member, to compare it with what the others have read.
func plain(r *halopsa.IntegrationRequest) Record {
	own := Record{
		ID: r.ID, IsOutgoing: r.IsOutgoing, Operation: r.Operation, Type: r.Type, MSID: r.MSID, RequestBody: r.RequestBody,
		DateLogged: Date(r.DateLogged), ResultCode: r.ResultCode, ResponseBody: r.ResponseBody, URL: r.URL, DetailsID: r.DetailsID,
		RequestHeaders: r.RequestHeaders, ResponseHeaders: r.ResponseHeaders, RetryWebhook: r.RetryWebhook,
		RetryWebhookToken: r.RetryWebhookToken.Reveal(), Preserve: r.Preserve, HasTrace: r.HasTrace, FormatAsXML: r.FormatAsXML,
		ModuleName: r.ModuleName, Duration: r.Duration, ApplicationID: r.ApplicationID, DetailsIDString: r.DetailsIDString,
		Warning: r.Warning,
	}
	if r.Trace != nil {
		own.Trace = make([]Trace, 0, len(r.Trace))
	}
	for _, t := range r.Trace {
		own.Trace = append(own.Trace, Trace{
			ID: t.ID, TraceType: t.TraceType, RelatedID: t.RelatedID, SystemEventID: t.SystemEventID,
			Timestamp: Date(t.Timestamp), Log: t.Log,
		})
	}
	return own
}

// expect checks that an answer has as many rows as were asked for: a client that read none would be the fastest of all.
func expect(b batch, err error, rows int) error {
	if err == nil && b.rows() != rows {
		err = fmt.Errorf("%d rows where %d were asked for", b.rows(), rows)
	}
	return err
}
