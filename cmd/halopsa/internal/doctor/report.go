package doctor

import (
	"encoding/json"
	"fmt"
	"time"
)

// Report is what the doctor has found. Its JSON form is what -json prints; every text in it has been through [Clean].
type Report struct {
	// Tenant is the host that was read, and APIRequests how many requests that took.
	Tenant      string `json:"tenant"`
	APIRequests int64  `json:"api_requests"`
	// From and To are the time that was looked at; Quiet is how long without a failure ends one.
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Quiet duration  `json:"quiet"`
	// Errors counts the integration errors, Requests the integration requests and Failed those with a code of 400 and above.
	Errors   int `json:"errors"`
	Requests int `json:"requests"`
	Failed   int `json:"failed_requests"`
	// Integrations are the failing ones first; Problems the most frequent first.
	Integrations []integration `json:"integrations"`
	Problems     []problem     `json:"problems"`
	// Periods are when the counts of [integration.ErrorsPerPeriod] begin, each Step long.
	Periods []time.Time `json:"periods"`
	Step    duration    `json:"period_length"`
	// Codes are by number, Endpoints the slowest first, Schedules the overdue ones first.
	Codes     []codeCount `json:"response_codes"`
	Endpoints []endpoint  `json:"endpoints"`
	Schedules []schedule  `json:"schedules"`
	// Notes say what could not be read, or not wholly.
	Notes []string `json:"notes"`
}

// duration is written as text, such as "6h0m0s".
type duration time.Duration

func (d duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// state is how an integration does.
type state string

const (
	failing state = "failing" // it failed within the quiet time
	quiet   state = "quiet"   // it failed in the time looked at, but not within the quiet time
	healthy state = "healthy" // nothing failed
)

// integration is what is known of one module.
type integration struct {
	ModuleID int64  `json:"module_id"` // 0 when no record has told it
	Name     string `json:"name"`
	State    state  `json:"state"`
	// Since is when the failures began that continue now. With SinceBefore it is the first that was read, and there may be older ones.
	Since       time.Time `json:"failing_since,omitzero"`
	SinceBefore bool      `json:"failing_since_or_before,omitempty"`
	LastFailure time.Time `json:"last_failure,omitzero"`

	Errors          int       `json:"errors"`
	ErrorsPerPeriod []int     `json:"errors_per_period"`
	LastError       time.Time `json:"last_error,omitzero"`
	Requests        int       `json:"requests"`
	Failed          int       `json:"failed_requests"`
	LastSuccess     time.Time `json:"last_successful_request,omitzero"`

	LastLog    time.Time `json:"last_log,omitzero"`
	LogMessage string    `json:"last_log_message,omitempty"`
	// Main is the most frequent problem.
	Main string `json:"main_problem,omitempty"`
}

// Label names the integration, with the id that -module takes.
func (i *integration) Label() string {
	if i.ModuleID == 0 {
		return i.Name
	}
	return fmt.Sprintf("%s (%d)", i.Name, i.ModuleID)
}

// problem is one sort of failure of one integration.
type problem struct {
	ModuleID    int64  `json:"module_id"`
	Integration string `json:"integration"`
	// Source is "error" for an integration error, "request" for the response to a request.
	Source string    `json:"source"`
	Text   string    `json:"text"`
	Count  int       `json:"count"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	// Ongoing is true when Last is within the quiet time.
	Ongoing bool `json:"ongoing"`
	// Entities counts the different records concerned, which only errors name, and Endpoints the different endpoints; Example and Endpoint
	// are those of the latest.
	Entities  int    `json:"entities,omitempty"`
	Endpoints int    `json:"endpoints,omitempty"`
	Example   string `json:"example,omitempty"`
	Endpoint  string `json:"endpoint,omitempty"`
}

// codeCount is how often requests got a code.
type codeCount struct {
	Code  int `json:"code"` // 0 when none was logged
	Count int `json:"count"`
}

// endpoint is how long the requests to one endpoint took, in the unit that the tenant logs.
type endpoint struct {
	Integration string  `json:"integration"`
	Operation   string  `json:"operation"`
	Route       string  `json:"route"`
	Inbound     bool    `json:"inbound,omitempty"`
	Count       int     `json:"count"`
	Median      float64 `json:"median"`
	P95         float64 `json:"p95"`
	Longest     float64 `json:"longest"`
}

// schedule is when the integrator engine runs its own configuration.
type schedule struct {
	ID       int64     `json:"id"`
	ConfigID int64     `json:"config_id"`
	Name     string    `json:"name"`
	LastRun  time.Time `json:"last_run,omitzero"`
	NextRun  time.Time `json:"next_run,omitzero"`
	Running  bool      `json:"running,omitempty"`
	// Overdue is true when NextRun has passed for more than a few minutes and it is not running.
	Overdue bool `json:"overdue,omitempty"`
}

// FailingFor returns the integrations that have been failing for at least d, with their ids.
func (r *Report) FailingFor(d time.Duration) (names []string) {
	for i := range r.Integrations {
		if in := &r.Integrations[i]; in.State == failing && r.To.Sub(in.Since) >= d {
			names = append(names, in.Label())
		}
	}
	return names
}

// count returns how many integrations are in a state.
func (r *Report) count(s state) int {
	n := 0
	for i := range r.Integrations {
		if r.Integrations[i].State == s {
			n++
		}
	}
	return n
}
