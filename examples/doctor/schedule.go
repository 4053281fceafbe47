package main

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// grace is how late a run may be before it is overdue.
const grace = 5 * time.Minute

// readSchedule reads what HaloPSA publishes no schema for: each member under the names that tenants may give it.
func readSchedule(s *halopsa.IntegratorSchedule, now time.Time) schedule {
	extra := make(map[string]json.RawMessage, len(s.Extra))
	for name, value := range s.Extra {
		extra[strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))] = value
	}
	read := schedule{
		ID: s.ID, ModuleID: s.ModuleID, Name: shorten(clean(s.Name), 60),
		LastRun: firstDate(extra, "lastrun", "lastrundate", "lastruntime", "lastrundatetime", "lastran", "lastexecuted", "lastsync", "lastsyncdate"),
		NextRun: firstDate(extra, "nextrun", "nextrundate", "nextruntime", "nextrundatetime", "nextexecution", "nextsync", "nextsyncdate"),
	}
	if on, told := firstBool(extra, "enabled", "isenabled", "active", "isactive"); told {
		read.Disabled = !on
	}
	if off, told := firstBool(extra, "disabled", "isdisabled", "inactive", "isinactive"); told && off {
		read.Disabled = true
	}
	read.Overdue = !read.Disabled && !read.NextRun.IsZero() && now.Sub(read.NextRun) > grace
	return read
}

func firstDate(extra map[string]json.RawMessage, names ...string) time.Time {
	for _, name := range names {
		var t halopsa.Time
		if raw := extra[name]; raw != nil && json.Unmarshal(raw, &t) == nil && !t.IsZero() {
			return t.Time
		}
	}
	return time.Time{}
}

func firstBool(extra map[string]json.RawMessage, names ...string) (value, told bool) {
	for _, name := range names {
		switch strings.ToLower(strings.Trim(string(extra[name]), `" `)) {
		case "true", "1", "yes":
			return true, true
		case "false", "0", "no":
			return false, true
		}
	}
	return false, false
}

// bySchedule sorts the overdue first, then by the next run, and the disabled last.
func bySchedule(a, b schedule) int {
	rank := func(s schedule) int {
		switch {
		case s.Overdue:
			return 0
		case s.Disabled:
			return 3
		case s.NextRun.IsZero():
			return 2
		}
		return 1
	}
	return cmp.Or(rank(a)-rank(b), a.NextRun.Compare(b.NextRun), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// State says in a few words how a schedule stands at a time.
func (s schedule) State(now time.Time) string {
	switch {
	case s.Disabled:
		return "disabled"
	case s.Overdue:
		return "overdue by " + span(now.Sub(s.NextRun))
	case s.NextRun.IsZero():
		return "no next run known"
	case !s.NextRun.After(now):
		return "due now"
	}
	return "due in " + span(s.NextRun.Sub(now))
}
