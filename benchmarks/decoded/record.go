// Package decoded has the records that the clients decode into which are not ours. easyjson writes their decoders, which needs a package that can be
// imported; nothing else knows of them.
package decoded

import "time"

// Record is halopsa.IntegrationRequest member for member, for the clients that decode with encoding/json.
//
//easyjson:json
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
//
//easyjson:json
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

// Envelope is a page of a list.
//
//easyjson:json
type Envelope struct {
	PageNo      int      `json:"page_no"`
	PageSize    int      `json:"page_size"`
	RecordCount int      `json:"record_count"`
	Requests    []Record `json:"integrationrequests"`
}

// Rows returns how many rows the page has.
func (e *Envelope) Rows() int { return len(e.Requests) }

// Count returns the length of the whole list.
func (e *Envelope) Count() int { return e.RecordCount }

// Records returns the rows.
func (e *Envelope) Records() []Record { return e.Requests }

// Rows returns 1.
func (*Record) Rows() int { return 1 }

// Count returns 1.
func (*Record) Count() int { return 1 }

// Records returns the record alone.
func (r *Record) Records() []Record { return []Record{*r} }
