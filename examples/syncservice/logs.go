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
type haloLog struct {
	name   string // in the table of looks, the metrics and the health
	table  string
	insert string // of a row, the tenant's name first
	since  func(ctx context.Context, after int64, options ...halopsa.Option) iter.Seq2[entry, error]
	get    func(ctx context.Context, id int64) (entry, error)
}

// entry is a record of a log.
type entry struct {
	id  int64
	row []any // of insert, without the tenant's name
}

// logsOf are the logs that are mirrored.
func logsOf(client *halopsa.Client) []haloLog {
	return []haloLog{{
		name: "errors", table: "integration_errors",
		insert: `INSERT INTO integration_errors
			(tenant, id, module_id, module_name, detail_id, entity_type, entity_id, entity_name, endpoint, error, logged_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (tenant, id) DO NOTHING`,
		since: func(ctx context.Context, after int64, options ...halopsa.Option) iter.Seq2[entry, error] {
			return entries(client.IntegrationError.Since(ctx, after, nil, requestOptions(options)...), errorEntry)
		},
		get: func(ctx context.Context, id int64) (entry, error) {
			return entryFrom(errorEntry)(client.IntegrationError.Get(ctx, id, nil))
		},
	}, {
		name: "requests", table: "integration_requests", // without headers, bodies and the query of the URL, which can hold other systems' credentials
		insert: `INSERT INTO integration_requests
			(tenant, id, msid, module_name, details_id, outgoing, operation, type, url, result_code, duration, logged_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (tenant, id) DO NOTHING`,
		since: func(ctx context.Context, after int64, options ...halopsa.Option) iter.Seq2[entry, error] {
			return entries(client.IntegrationRequest.Since(ctx, after, nil, requestOptions(options)...), requestEntry)
		},
		get: func(ctx context.Context, id int64) (entry, error) {
			return entryFrom(requestEntry)(client.IntegrationRequest.Get(ctx, id, nil))
		},
	}}
}

func errorEntry(e *halopsa.IntegrationError) entry {
	return entry{e.ID, []any{
		e.ID, e.ModuleID, text(e.ModuleName), e.DetailID, text(e.EntityType), e.EntityID, text(e.EntityName),
		address(e.Endpoint), text(e.Error), moment(e.Date.Time),
	}}
}

func requestEntry(r *halopsa.IntegrationRequest) entry {
	return entry{r.ID, []any{
		r.ID, r.MSID, text(r.ModuleName), r.DetailsID, r.IsOutgoing, text(r.Operation), text(r.Type),
		address(r.URL), r.ResultCode, r.Duration, moment(r.DateLogged.Time),
	}}
}

// entryFrom turns what a Get returns into an entry.
func entryFrom[T any](entryOf func(*T) entry) func(*T, error) (entry, error) {
	return func(record *T, err error) (entry, error) {
		if err != nil {
			return entry{}, err
		}
		return entryOf(record), nil
	}
}

func requestOptions(options []halopsa.Option) []halopsa.RequestOption {
	all := make([]halopsa.RequestOption, len(options))
	for i, option := range options {
		all[i] = option
	}
	return all
}

func entries[T any](records iter.Seq2[*T, error], entryOf func(*T) entry) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for record, err := range records {
			if err != nil {
				yield(entry{}, err)
				return
			}
			if !yield(entryOf(record), nil) {
				return
			}
		}
	}
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

// text makes s storable: PostgreSQL refuses a zero byte and what is not UTF-8, forever and with it everything behind.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// moment is t in UTC, or null for the zero time. PostgreSQL keeps microseconds.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Microsecond)
}
