package main

import (
	"fmt"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/benchmarks/decoded"
)

// What the clients decode into that are not ours.
type (
	Record   = decoded.Record
	Trace    = decoded.Trace
	Date     = decoded.Date
	envelope = decoded.Envelope
)

// batch is what a client read from a response: one record or a page of them.
type batch interface {
	Rows() int
	Count() int // of the whole list
	Records() []Record
}

// ourPage and ourRecord are what halopsa returns.
type (
	ourPage struct {
		*halopsa.Page[halopsa.IntegrationRequest]
	}
	ourRecord struct{ *halopsa.IntegrationRequest }
)

func (p ourPage) Rows() int  { return len(p.Page.Records) }
func (p ourPage) Count() int { return p.RecordCount }

func (p ourPage) Records() []Record {
	all := make([]Record, 0, len(p.Page.Records))
	for i := range p.Page.Records {
		all = append(all, plain(&p.Page.Records[i]))
	}
	return all
}

func (ourRecord) Rows() int           { return 1 }
func (ourRecord) Count() int          { return 1 }
func (r ourRecord) Records() []Record { return []Record{plain(r.IntegrationRequest)} }

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

// expect checks that a response has as many rows as were asked for: a client that read none would be ahead of all.
func expect(b batch, err error, rows int) error {
	if err == nil && b.Rows() != rows {
		err = fmt.Errorf("%d rows where %d were asked for", b.Rows(), rows)
	}
	return err
}
