package halopsa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var syncFinished = halopsa.IntegratorLog{
	ID: 9001,
	Extra: map[string]json.RawMessage{
		"module_id": raw("12"), "date": raw(`"2026-10-02T11:22:33.4"`), "message": raw(`"Sync finished"`), "level": raw(`"info"`), "records": raw("214"),
	},
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
	ID: 3, ConfigID: 7, ImportNames: "Devices", ModuleList: "Datto RMM", Modules: raw("[12]"), ModulesJSON: "[12]",
	Frequency: raw(`"1h"`), ExpectedDuration: raw("90.5"), IsRunning: true, LastRun: date, NextRun: millis(400), Extra: keptMember,
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
	ID: 71, ConfigID: 7, Timestamp: date, Extra: map[string]json.RawMessage{"steps": raw(`["login", "read"]`)},
}

func TestIntegratorTrace(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegratorTrace", sent: "/IntegratorTrace?page_no=1&page_size=100&pageinate=true",
			answer: "IntegratorTrace/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.IntegratorTrace.List(ctx, nil)
			},
			want:    page(syncTrace, 100, 1),
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
