package main

import (
	"context"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// haloLog is a log of HaloPSA that is mirrored: how it is read, and how a record becomes a row.
type haloLog[T any] struct {
	name   string // in the table of cursors, the metrics and the health
	table  string
	insert string
	row    func(*T) []any
	follow func(ctx context.Context, after int64, interval time.Duration) iter.Seq2[halopsa.Followed[T], error]
	// newest is the largest id there is, 0 for none, and how many records there are, -1 where HaloPSA does not say.
	newest func(ctx context.Context) (id int64, count int, err error)
}

// newestFirst is a list of one record: the newest.
var (
	newestFirst = []halopsa.SortKey{halopsa.Desc("id")}
	onePage     = halopsa.ListOptions{PageNo: 1, PageSize: 1}
)

func errorLog(client *halopsa.Client) haloLog[halopsa.IntegrationError] {
	return haloLog[halopsa.IntegrationError]{
		name: "errors", table: "integration_errors",
		insert: `INSERT INTO integration_errors
			(id, module_id, module_name, detail_id, entity_type, entity_id, entity_name, endpoint, error, logged_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
		row: func(e *halopsa.IntegrationError) []any {
			return []any{
				e.ID, e.ModuleID, text(e.ModuleName), e.DetailID, text(e.EntityType), e.EntityID, text(e.EntityName),
				address(e.Endpoint), text(e.Error), moment(e.Date.Time),
			}
		},
		follow: func(ctx context.Context, after int64, interval time.Duration) iter.Seq2[halopsa.Followed[halopsa.IntegrationError], error] {
			return client.IntegrationError.Follow(ctx, after, interval, nil)
		},
		newest: func(ctx context.Context) (int64, int, error) {
			page, err := client.IntegrationError.List(ctx, &halopsa.IntegrationErrorListOptions{ListOptions: onePage, Sort: newestFirst})
			return largest(page, err, func(e halopsa.IntegrationError) int64 { return e.ID })
		},
	}
}

// requestLog leaves out the headers, bodies and the query of the URL, which can hold other systems' credentials.
func requestLog(client *halopsa.Client) haloLog[halopsa.IntegrationRequest] {
	return haloLog[halopsa.IntegrationRequest]{
		name: "requests", table: "integration_requests",
		insert: `INSERT INTO integration_requests
			(id, msid, module_name, details_id, outgoing, operation, type, url, result_code, duration, logged_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
		row: func(r *halopsa.IntegrationRequest) []any {
			return []any{
				r.ID, r.MSID, text(r.ModuleName), r.DetailsID, r.IsOutgoing, text(r.Operation), text(r.Type),
				address(r.URL), r.ResultCode, r.Duration, moment(r.DateLogged.Time),
			}
		},
		follow: func(ctx context.Context, after int64, interval time.Duration) iter.Seq2[halopsa.Followed[halopsa.IntegrationRequest], error] {
			return client.IntegrationRequest.Follow(ctx, after, interval, nil)
		},
		newest: func(ctx context.Context) (int64, int, error) {
			page, err := client.IntegrationRequest.List(ctx, &halopsa.IntegrationRequestListOptions{ListOptions: onePage, Sort: newestFirst})
			return largest(page, err, func(r halopsa.IntegrationRequest) int64 { return r.ID })
		},
	}
}

// largest looks at all of a page, since a server that ignores page_size sends more than one record.
func largest[T any](page *halopsa.Page[T], err error, id func(T) int64) (newest int64, count int, _ error) {
	if err != nil {
		return 0, 0, err
	}
	for _, record := range page.Records {
		newest = max(newest, id(record))
	}
	return newest, page.RecordCount, nil
}

// address is a URL without what can be a credential: user, query and fragment.
func address(raw string) string {
	raw = text(raw)
	if u, err := url.Parse(raw); err == nil && u.Opaque == "" {
		u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
		return u.String()
	}
	if strings.ContainsAny(raw, "@") {
		return "[unreadable]"
	}
	if end := strings.IndexAny(raw, "?#"); end >= 0 {
		raw = raw[:end]
	}
	return raw
}
