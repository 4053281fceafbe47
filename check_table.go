package halopsa

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// worstClock is the difference of clocks from which dates of records and the expiry of tokens are misjudged.
const worstClock = 30 * time.Second

// finish sums up what was found.
func (k *check) finish() {
	r := k.report
	k.network.mu.Lock()
	r.Requests, r.Clock = k.network.requests, k.network.clock
	k.network.mu.Unlock()
	r.Limit = k.client.Budget()
	if r.Version == "" {
		r.VersionFrom = r.edition()
	}
	r.Problems = append(r.Problems, r.authProblems()...)
	r.Problems = append(r.Problems, r.resourceProblems()...)
	if d := r.Clock.Difference; d.Abs() > worstClock {
		r.Problems = append(r.Problems, fmt.Sprintf("the clocks differ: the server's is %s; set this machine's by NTP", aheadOrBehind(d)))
	}
	if r.Limit.Left == 0 {
		r.Problems = append(r.Problems, "the request limit is used up: calls wait; give each program its part with WithRateLimit, or share it with WithLimiter")
	}
}

// edition tells what is known of the version by the endpoints that are there: IntegrationDelta is missing in the edition of 2024 [spec24].
func (r *CheckReport) edition() string {
	for _, resource := range r.Resources {
		if resource.Resource == "IntegrationDelta" {
			switch resource.Access {
			case AccessReadable, AccessDenied:
				return "not named by the tenant; IntegrationDelta is there, which the edition of 2024 lacks"
			case AccessAbsent:
				return "not named by the tenant; IntegrationDelta is not there, as in the edition of 2024"
			}
		}
	}
	return "not named by the tenant"
}

func (r *CheckReport) authProblems() (problems []string) {
	switch {
	case !r.Token.OK && r.Token.Error != "":
		text := strings.TrimPrefix(r.Token.Error, "halopsa: ")
		if r.Auth.Elsewhere {
			text += fmt.Sprintf("; the tenant names %s, which was not tried, since the credentials are not sent to a host that you have not named: "+
				"if it is right, set up the client with %s", r.Auth.Found, r.options(r.Auth.Found))
		} else if r.Auth.Found != "" && r.Auth.Configured != "" && r.Auth.Found != r.Auth.Configured {
			text += "; the token endpoint that the tenant names, " + r.Auth.Found + ", gives none either"
		}
		return append(problems, text)
	case r.Token.Endpoint != "" && r.Token.Endpoint != r.Auth.Configured:
		problems = append(problems, fmt.Sprintf("%s gives no token, but %s does, which the tenant names: set up the client with %s",
			r.Auth.Configured, r.Token.Endpoint, r.options(r.Token.Endpoint)))
	}
	if len(r.Token.Lacking) > 0 {
		problems = append(problems, fmt.Sprintf("the token lacks %s, which was asked for: the API application does not have it",
			strings.Join(r.Token.Lacking, ", ")))
	}
	return problems
}

// options are those of NewClient that lead to a token endpoint.
func (r *CheckReport) options(to string) string {
	endpoint, query, _ := strings.Cut(to, "?tenant=")
	configured, configuredQuery, _ := strings.Cut(r.Auth.Configured, "?tenant=")
	var options []string
	if endpoint != configured {
		options = append(options, fmt.Sprintf("WithAuthURL(%q)", endpoint))
	}
	if query != configuredQuery {
		options = append(options, fmt.Sprintf("WithTenant(%q)", query))
	}
	return strings.Join(options, " and ")
}

func (r *CheckReport) resourceProblems() (problems []string) {
	denied := make(map[string][]string)
	var order []string
	asked := 0
	for _, c := range r.Resources {
		switch c.Access {
		case AccessDenied:
			if denied[c.Missing] == nil {
				order = append(order, c.Missing)
			}
			denied[c.Missing] = append(denied[c.Missing], c.Resource)
		case AccessFailed:
			problems = append(problems, strings.TrimPrefix(c.Error, "halopsa: "))
		}
		if c.Access != AccessUnchecked {
			asked++
		}
	}
	for _, missing := range order {
		text := fmt.Sprintf("%s may not be read: what is missing is %s", strings.Join(denied[missing], ", "), missing)
		if len(denied[missing]) == asked {
			text = "no resource may be read: what is missing is " + missing +
				", unless the base URL and the authorization server belong to different instances"
		}
		problems = append(problems, text)
	}
	return problems
}

func aheadOrBehind(d time.Duration) string {
	switch {
	case d == 0:
		return "as this machine's, to the second"
	case d < 0:
		return "about " + (-d).String() + " behind"
	}
	return "about " + d.String() + " ahead"
}

// WriteTable writes the report as text: what was found, a line for each resource, and the problems with what to do. The error is that of w.
func (r *CheckReport) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(t, strings.Join(cells, "\t")) } // Flush returns the error
	row("HaloPSA", r.BaseURL)
	row("authorization server", r.authText())
	row("token", r.tokenText())
	row("version", strings.Trim(r.Version+", "+r.VersionFrom, ", "))
	clock := "not known: no response had a date"
	if r.Clock.Known {
		clock = "the server's is " + aheadOrBehind(r.Clock.Difference)
	}
	row("clock", clock)
	limit := "none of the client's own"
	if r.Limit.Limit > 0 {
		limit = fmt.Sprintf("%d of %d requests in %s left to this client", r.Limit.Left, r.Limit.Limit, r.Limit.Window)
	}
	row("limit", limit)
	row("requests", strconv.Itoa(r.Requests))
	row()
	row("RESOURCE", "ACCESS", "STATUS", "RECORDS", "TOOK", "MISSING OR ERROR")
	for _, c := range r.Resources {
		status, records, took := "-", "-", "-"
		if c.Status > 0 {
			status, took = strconv.Itoa(c.Status), c.Took.String()
		}
		if c.Records >= 0 {
			records = strconv.Itoa(c.Records)
		}
		why := c.Missing
		if why == "" {
			why = c.Error
		}
		row(c.Resource, string(c.Access), status, records, took, why)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	text := "\nNothing stands in the way.\n"
	if !r.OK() {
		text = "\nPROBLEMS\n"
		for i, problem := range r.Problems {
			text += fmt.Sprintf("%d. %s\n", i+1, problem)
		}
	}
	_, err := io.WriteString(w, text)
	return err
}

func (r *CheckReport) authText() string {
	switch {
	case r.Auth.Configured == "" && r.Auth.Found == "":
		return "not known: " + r.Auth.Error
	case r.Auth.Configured == "":
		return r.Auth.Found + ", as the tenant names it; tokens come from a source of the program's own"
	case r.Auth.Found == "":
		return r.Auth.Configured + "; the tenant does not name it: " + r.Auth.Error
	case r.Auth.Found == r.Auth.Configured:
		return r.Auth.Configured + ", as the tenant names it"
	}
	return r.Auth.Configured + "; the tenant names " + r.Auth.Found
}

func (r *CheckReport) tokenText() string {
	switch {
	case !r.Token.OK && r.Token.Error == "":
		return "not asked for"
	case !r.Token.OK:
		return "none: " + strings.TrimPrefix(r.Token.Error, "halopsa: no access token: ")
	}
	text := "fetched"
	if len(r.Token.Scopes) > 0 {
		text += ", scope " + strings.Join(r.Token.Scopes, " ")
	}
	if r.Token.Lifetime > 0 {
		text += ", valid for " + r.Token.Lifetime.String()
	}
	return text
}

// LogValue returns what was found, without the resources.
func (r *CheckReport) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("base_url", r.BaseURL), slog.Bool("ok", r.OK()), slog.String("version", r.Version), slog.Int("requests", r.Requests),
		slog.Any("problems", r.Problems),
	)
}
