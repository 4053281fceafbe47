package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa"
)

// extra returns the members of a JSON object without its braces.
func extra(members string) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte("{"+members+"}"), &all); err != nil {
		panic(err)
	}
	return all
}

func TestScheduleIsReadUnderManyNames(t *testing.T) {
	t.Parallel()
	last, next := noon.Add(-30*time.Minute), noon.Add(30*time.Minute)
	tests := map[string]struct {
		members string
		want    schedule
	}{
		"as the stand-in":     {`"last_run":"2026-10-08T11:30:00.000","next_run":"2026-10-08T12:30:00","enabled":true`, schedule{LastRun: last, NextRun: next}},
		"other names":         {`"LastRunDate":"2026-10-08T11:30:00Z","nextRunTime":"2026-10-08T12:30:00","isActive":1`, schedule{LastRun: last, NextRun: next}},
		"the first that is":   {`"last_run":null,"last_run_date":"0001-01-01T00:00:00","last-ran":"2026-10-08T11:30:00"`, schedule{LastRun: last}},
		"disabled":            {`"enabled":false,"next_run":"2026-10-08T11:30:00"`, schedule{NextRun: last, Disabled: true}},
		"disabled as text":    {`"Enabled":"False"`, schedule{Disabled: true}},
		"disabled as number":  {`"is_active":0`, schedule{Disabled: true}},
		"disabled by inverse": {`"inactive":"1"`, schedule{Disabled: true}},
		"not by inverse":      {`"disabled":false`, schedule{}},
		"overdue":             {`"next_run":"2026-10-08T11:54:00"`, schedule{NextRun: noon.Add(-6 * time.Minute), Overdue: true}},
		"hardly late":         {`"next_run":"2026-10-08T11:56:00"`, schedule{NextRun: noon.Add(-4 * time.Minute)}},
		"nonsense":            {`"last_run":[1],"next_run":"soon","enabled":{"a":1}`, schedule{}},
		"nothing":             {``, schedule{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, readSchedule(&halopsa.IntegratorSchedule{Extra: extra(test.members)}, noon))
		})
	}
}

func TestScheduleStatesItsState(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]schedule{
		"disabled":                  {Disabled: true, NextRun: noon.Add(-time.Hour)},
		"overdue by 90 min":         {Overdue: true, NextRun: noon.Add(-90 * time.Minute)},
		"no next run known":         {LastRun: noon},
		"due now":                   {NextRun: noon.Add(-time.Minute)},
		"due in 3 h":                {NextRun: noon.Add(3*time.Hour + time.Minute)},
		"due in less than a minute": {NextRun: noon.Add(time.Second)},
	} {
		assert.Equal(t, want, s.State(noon))
	}
}
