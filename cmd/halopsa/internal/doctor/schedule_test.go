package doctor

import (
	"encoding/json"
	"fmt"
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

func TestScheduleIsRead(t *testing.T) {
	t.Parallel()
	last, next := halopsa.NewTime(noon.Add(-30*time.Minute)), halopsa.NewTime(noon.Add(30*time.Minute))
	late := halopsa.NewTime(noon.Add(-6 * time.Minute))
	tests := map[string]struct {
		sent halopsa.IntegratorSchedule
		want schedule
	}{
		"whole": {
			halopsa.IntegratorSchedule{ID: 3, ConfigID: 7, ImportNames: "Devices", ModuleList: "Datto RMM", LastRun: last, NextRun: next},
			schedule{ID: 3, ConfigID: 7, Name: "Devices", LastRun: last.Time, NextRun: next.Time},
		},
		"without imports": {halopsa.IntegratorSchedule{ID: 3, ModuleList: "Datto RMM"}, schedule{ID: 3, Name: "Datto RMM"}},
		"without a name":  {halopsa.IntegratorSchedule{ID: 3}, schedule{ID: 3, Name: "Schedule 3"}},
		"running":         {halopsa.IntegratorSchedule{ID: 3, NextRun: late, IsRunning: true}, schedule{ID: 3, Name: "Schedule 3", NextRun: late.Time, Running: true}},
		"overdue":         {halopsa.IntegratorSchedule{ID: 3, NextRun: late}, schedule{ID: 3, Name: "Schedule 3", NextRun: late.Time, Overdue: true}},
		"hardly late": {
			halopsa.IntegratorSchedule{ID: 3, NextRun: halopsa.NewTime(noon.Add(-4 * time.Minute))},
			schedule{ID: 3, Name: "Schedule 3", NextRun: noon.Add(-4 * time.Minute)},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, readSchedule(&test.sent, noon))
		})
	}
}

func TestLogLineIsReadUnderManyNames(t *testing.T) {
	t.Parallel()
	at := noon.Add(-30 * time.Minute)
	tests := map[string]struct {
		members string
		want    logLine
	}{
		"as the stand-in":   {`"module_id":12,"date":"2026-10-08T11:30:00.000","message":"done"`, logLine{12, at, "done"}},
		"other names":       {`"MSID":12,"DateLogged":"2026-10-08T11:30:00Z","Log":"done"`, logLine{12, at, "done"}},
		"the first that is": {`"module_id":null,"msid":12,"date":"0001-01-01T00:00:00","timestamp":"2026-10-08T11:30:00"`, logLine{12, at, ""}},
		"nonsense":          {`"module_id":"x","date":"soon","message":[1]`, logLine{}},
		"nothing":           {``, logLine{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, readLine(&halopsa.IntegratorLog{Extra: extra(test.members)}))
		})
	}
}

// line is a line of the engine's log.
func line(module int64, ago time.Duration, message string) *halopsa.IntegratorLog {
	return &halopsa.IntegratorLog{Extra: extra(fmt.Sprintf(`"module_id":%d,"date":%q,"message":%q`, module, noon.Add(-ago).Format(time.RFC3339), message))}
}

func TestScheduleStatesItsState(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]schedule{
		"running":                   {Running: true, NextRun: noon.Add(-time.Hour)},
		"overdue by 1 h":            {Overdue: true, NextRun: noon.Add(-90 * time.Minute)},
		"no next run known":         {LastRun: noon},
		"due now":                   {NextRun: noon.Add(-time.Minute)},
		"due in 3 h":                {NextRun: noon.Add(3*time.Hour + time.Minute)},
		"due in less than a minute": {NextRun: noon.Add(time.Second)},
	} {
		assert.Equal(t, want, s.State(noon))
	}
}
