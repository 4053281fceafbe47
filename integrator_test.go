package halopsa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var syncFinished = halopsa.IntegratorLog{
	ID: 9001, ModuleID: 12, Date: millis(400), Message: "Sync finished",
	Extra: map[string]json.RawMessage{"level": raw(`"info"`), "records": raw("214")},
}

func TestIntegratorLog(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegratorLog", sent: "/IntegratorLog?module_id=12&page_no=1&page_size=100&pageinate=true",
			answer: "IntegratorLog/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegratorLog.List(ctx, &halopsa.IntegratorLogListOptions{ModuleID: 12})
			},
			want:    page(syncFinished, 100, 1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
	})
}

var hourly = halopsa.IntegratorSchedule{
	ID: 3, ModuleID: 12, Name: "Datto RMM, hourly",
	Extra: map[string]json.RawMessage{"next_run": raw(`"2026-10-02T12:00:00"`), "enabled": raw("true")},
}

func TestIntegratorSchedule(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegratorSchedule", sent: "/IntegratorSchedule?page_no=1&page_size=100&pageinate=true",
			answer: "IntegratorSchedule/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegratorSchedule.List(ctx, nil)
			},
			want:    page(hourly, 100, 1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
	})
}

var syncTrace = halopsa.IntegratorTrace{
	ID: 71, ModuleID: 12, Date: date, Extra: map[string]json.RawMessage{"steps": raw(`["login", "read"]`)},
}

func TestIntegratorTrace(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegratorTrace", sent: "/IntegratorTrace",
			answer: "IntegratorTrace/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegratorTrace.List(ctx)
			},
			want:    page(syncTrace, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegratorTrace/{id}", sent: "/IntegratorTrace/71",
			answer: "IntegratorTrace/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegratorTrace.Get(ctx, 71)
			},
			want:    &syncTrace,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
	})
}
