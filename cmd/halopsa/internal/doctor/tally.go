package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// tally counts records as they come, in any order.
type tally struct {
	Question
	from    time.Time
	reached time.Time // the lists were read back to here; later than from when -max ended one
	periods []time.Time
	step    time.Duration

	modules   map[string]*counted // by id, or by name where no id is known
	byName    map[string]*counted
	problems  map[problemKey]*problemCount
	codes     map[int]int
	endpoints map[endpointKey][]float64
	schedules []schedule
	notes     []string
}

// counted is an integration with what its state is worked out from.
type counted struct {
	integration
	failures []time.Time
}

type problemKey struct {
	of     *counted
	source string
	text   string
}

type problemCount struct {
	problem
	entities, endpoints map[string]bool
}

type endpointKey struct {
	of        *counted
	operation string
	route     string
	inbound   bool
}

func newTally(q Question) *tally {
	t := &tally{
		Question: q, from: q.Now.Add(-q.Since),
		modules: map[string]*counted{}, byName: map[string]*counted{}, problems: map[problemKey]*problemCount{},
		codes: map[int]int{}, endpoints: map[endpointKey][]float64{},
	}
	t.reached = t.from
	t.step = step(q.Since)
	for at := t.from.UTC().Truncate(t.step); at.Before(q.Now); at = at.Add(t.step) {
		t.periods = append(t.periods, at)
	}
	return t
}

// step returns the length of the periods in which errors are counted: some dozens of them fit a chart.
func step(since time.Duration) time.Duration {
	const day = 24 * time.Hour
	switch {
	case since <= 36*time.Hour:
		return time.Hour
	case since <= 45*day:
		return day
	}
	return 7 * day * (since/(45*7*day) + 1)
}

func (t *tally) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

// integration returns the one with this id, or with this name when it has none.
func (t *tally) integration(id int64, name string) *counted {
	name = shorten(Clean(name), 60)
	folded := strings.ToLower(name)
	key := fmt.Sprint(id)
	if id <= 0 {
		if known := t.byName[folded]; known != nil {
			return known
		}
		id, key = 0, "name "+folded
	}
	m := t.modules[key]
	if m == nil {
		m = &counted{integration: integration{ModuleID: id, ErrorsPerPeriod: make([]int, len(t.periods))}}
		t.modules[key] = m
	}
	if m.Name == "" && name != "" {
		m.Name = name
		if t.byName[folded] == nil {
			t.byName[folded] = m
		}
	}
	return m
}

// requester returns the integration that a request is of, which has a name and an id that is not everywhere that of the module.
func (t *tally) requester(r *halopsa.IntegrationRequest) *counted {
	name := shorten(Clean(r.ModuleName), 60)
	if known := t.byName[strings.ToLower(name)]; known != nil {
		return known
	}
	if other := t.modules[fmt.Sprint(r.MSID)]; other != nil && name != "" && other.Name != "" {
		return t.integration(0, name) // the id belongs to an integration of another name
	}
	return t.integration(r.MSID, name)
}

func (t *tally) addError(e *halopsa.IntegrationError) {
	if t.Module > 0 && e.ModuleID > 0 && e.ModuleID != t.Module {
		return // the server has ignored the filter
	}
	m := t.integration(e.ModuleID, e.ModuleName)
	m.Errors++
	m.LastError = later(m.LastError, e.Date.Time)
	m.failures = append(m.failures, e.Date.Time)
	m.ErrorsPerPeriod[t.period(e.Date.Time)]++
	p := t.problem(problemKey{m, "error", cmp.Or(kind(e.Error), "(no text)")}, e.Date.Time)
	entity := Clean(cmp.Or(e.EntityName, strings.TrimSpace(fmt.Sprintf("%s %d", e.EntityType, e.EntityID))))
	if e.EntityName != "" || e.EntityID != 0 {
		p.entities[entity] = true
		if p.Last.Equal(e.Date.Time) {
			p.Example = shorten(entity, 60)
		}
	}
	if e.Endpoint != "" {
		p.met(route(e.Endpoint), e.Date.Time)
	}
}

func (t *tally) addRequest(r *halopsa.IntegrationRequest) {
	m := t.requester(r)
	at := r.DateLogged.Time
	m.Requests++
	t.codes[r.ResultCode]++
	key := endpointKey{m, strings.ToUpper(shorten(Clean(r.Operation), 12)), route(r.URL), !r.IsOutgoing}
	if r.URL != "" && r.Duration > 0 { // 0 is a duration that was not logged
		t.endpoints[key] = append(t.endpoints[key], r.Duration)
	}
	switch {
	case r.ResultCode >= 200 && r.ResultCode < 400:
		m.LastSuccess = later(m.LastSuccess, at)
	case r.ResultCode >= 400:
		m.Failed++
	}
	if !refused(r.ResultCode) {
		return
	}
	m.failures = append(m.failures, at)
	p := t.problem(problemKey{m, "request", strings.TrimSpace(fmt.Sprintf("HTTP %d %s", r.ResultCode, http.StatusText(r.ResultCode)))}, at)
	if r.URL != "" {
		p.met(strings.TrimSpace(key.operation+" "+key.route), at)
	}
}

// refused reports whether a code means that the other side is broken or lets nobody in. Other codes from 400 up can be everyday responses,
// such as the 404 of a search.
func refused(code int) bool {
	return code == http.StatusUnauthorized || code == http.StatusForbidden || code >= http.StatusInternalServerError
}

func (t *tally) addLog(l *halopsa.IntegratorLog) {
	line := readLine(l)
	if line.module <= 0 || t.Module > 0 && line.module != t.Module {
		return
	}
	m := t.integration(line.module, "")
	if line.date.After(m.LastLog) {
		m.LastLog, m.LogMessage = line.date, Clean(line.message)
	}
}

// addSchedule counts every schedule, since none says which module it is for.
func (t *tally) addSchedule(s *halopsa.IntegratorSchedule) {
	t.schedules = append(t.schedules, readSchedule(s, t.Now))
}

// problem counts one more of a sort.
func (t *tally) problem(key problemKey, at time.Time) *problemCount {
	p := t.problems[key]
	if p == nil {
		p = &problemCount{problem: problem{Source: key.source, Text: key.text, First: at}, entities: map[string]bool{}, endpoints: map[string]bool{}}
		t.problems[key] = p
	}
	p.Count++
	p.Last = later(p.Last, at)
	if at.Before(p.First) {
		p.First = at
	}
	return p
}

// met notes the endpoint of a failure.
func (p *problemCount) met(endpoint string, at time.Time) {
	p.endpoints[endpoint] = true
	if p.Last.Equal(at) {
		p.Endpoint = endpoint
	}
}

// period returns the index of the period that at is in; what is dated after now counts in the last.
func (t *tally) period(at time.Time) int {
	return min(max(int(at.Sub(t.periods[0])/t.step), 0), len(t.periods)-1)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// report works out the states and sorts everything.
func (t *tally) report() *Report {
	r := &Report{
		From: t.from, To: t.Now, Quiet: duration(t.Quiet), Periods: t.periods, Step: duration(t.step),
		Integrations: []integration{}, Problems: []problem{}, Codes: []codeCount{}, Endpoints: []endpoint{}, Schedules: []schedule{},
		Notes: append([]string{}, t.notes...),
	}
	main := map[*counted]*problemCount{}
	for key, p := range t.problems {
		p.ModuleID, p.Integration, p.Entities, p.Endpoints = key.of.ModuleID, key.of.name(), len(p.entities), len(p.endpoints)
		p.Ongoing = t.Now.Sub(p.Last) <= t.Quiet
		r.Problems = append(r.Problems, p.problem)
		if known := main[key.of]; known == nil || byFrequency(p.problem, known.problem) < 0 {
			main[key.of] = p
		}
	}
	slices.SortFunc(r.Problems, byFrequency)
	for _, m := range t.modules {
		m.Name = m.name()
		t.judge(m)
		if p := main[m]; p != nil {
			m.Main = p.Text
		}
		r.Errors += m.Errors
		r.Requests += m.Requests
		r.Failed += m.Failed
		r.Integrations = append(r.Integrations, m.integration)
	}
	rank := map[state]int{failing: 0, quiet: 1, healthy: 2}
	slices.SortFunc(r.Integrations, func(a, b integration) int {
		return cmp.Or(rank[a.State]-rank[b.State], b.Errors-a.Errors, b.Failed-a.Failed, cmp.Compare(a.Name, b.Name), cmp.Compare(a.ModuleID, b.ModuleID))
	})
	for _, code := range slices.Sorted(maps.Keys(t.codes)) {
		r.Codes = append(r.Codes, codeCount{code, t.codes[code]})
	}
	r.Endpoints = t.slowest()
	r.Schedules = append(r.Schedules, t.schedules...)
	slices.SortFunc(r.Schedules, bySchedule)
	return r
}

// name returns the integration's name, or one made of its id.
func (m *counted) name() string {
	if m.Name == "" && m.ModuleID > 0 {
		return fmt.Sprintf("Module %d", m.ModuleID)
	}
	return cmp.Or(m.Name, "(unnamed)")
}

// byFrequency sorts the most frequent problem first, of equal ones the latest.
func byFrequency(a, b problem) int {
	return cmp.Or(b.Count-a.Count, b.Last.Compare(a.Last), cmp.Compare(a.Integration, b.Integration),
		cmp.Compare(a.ModuleID, b.ModuleID), cmp.Compare(a.Text, b.Text))
}

// judge sets the state of an integration. Its failures continue as long as none is further from the one before than the quiet time.
func (t *tally) judge(m *counted) {
	m.State = healthy
	if len(m.failures) == 0 {
		return
	}
	slices.SortFunc(m.failures, func(a, b time.Time) int { return b.Compare(a) })
	m.State, m.LastFailure = quiet, m.failures[0]
	if t.Now.Sub(m.LastFailure) > t.Quiet {
		return
	}
	m.State, m.Since = failing, m.failures[0]
	for _, at := range m.failures[1:] {
		if m.Since.Sub(at) > t.Quiet {
			return
		}
		m.Since = at
	}
	m.SinceBefore = m.Since.Sub(t.reached) <= t.Quiet
}

// slowest returns the endpoints, those with the longest durations first.
func (t *tally) slowest() []endpoint {
	all := make([]endpoint, 0, len(t.endpoints))
	for key, took := range t.endpoints {
		slices.Sort(took)
		all = append(all, endpoint{
			Integration: key.of.name(), Operation: key.operation, Route: key.route, Inbound: key.inbound, Count: len(took),
			Median: percentile(took, 50), P95: percentile(took, 95), Longest: took[len(took)-1],
		})
	}
	slices.SortFunc(all, func(a, b endpoint) int {
		return cmp.Or(cmp.Compare(b.P95, a.P95), cmp.Compare(b.Longest, a.Longest), cmp.Compare(a.Route, b.Route),
			cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Integration, b.Integration))
	})
	return all
}

// percentile returns the smallest value that at least so many of a hundred do not exceed; sorted is not empty.
func percentile(sorted []float64, percent int) float64 {
	return sorted[max((len(sorted)*percent+99)/100, 1)-1]
}
