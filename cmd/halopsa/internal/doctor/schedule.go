package doctor

import (
	"cmp"
	"fmt"
	"time"

	"github.com/halopsa-go/halopsa"
)

// grace is how late a run may be before it is overdue.
const grace = 5 * time.Minute

// readSchedule reads a schedule of the engine. It runs a configuration, and which modules that is for is in no form that is known.
func readSchedule(s *halopsa.IntegratorSchedule, now time.Time) schedule {
	name := cmp.Or(Clean(s.ImportNames), Clean(s.ModuleList), fmt.Sprintf("Schedule %d", s.ID))
	read := schedule{
		ID: s.ID, ConfigID: s.ConfigID, Name: shorten(name, 60), LastRun: s.LastRun.Time, NextRun: s.NextRun.Time, Running: s.IsRunning,
	}
	read.Overdue = !read.Running && !read.NextRun.IsZero() && now.Sub(read.NextRun) > grace
	return read
}

// bySchedule sorts the overdue first, then by the next run.
func bySchedule(a, b schedule) int {
	rank := func(s schedule) int {
		switch {
		case s.Overdue:
			return 0
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
	case s.Running:
		return "running"
	case s.Overdue:
		return "overdue by " + Span(now.Sub(s.NextRun))
	case s.NextRun.IsZero():
		return "no next run known"
	case !s.NextRun.After(now):
		return "due now"
	}
	return "due in " + Span(s.NextRun.Sub(now))
}
