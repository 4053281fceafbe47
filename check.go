package halopsa

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
)

// CheckReport is what [Client.Check] found. It holds no credentials, and marshals to JSON as it is.
type CheckReport struct {
	// BaseURL is the client's base URL, without /api.
	BaseURL string `json:"base_url"`
	// At is when the check began.
	At time.Time `json:"at"`
	// Auth describes where tokens come from.
	Auth AuthCheck `json:"auth"`
	// Token describes the token that was fetched.
	Token TokenCheck `json:"token"`
	// Version is HaloPSA's version as the tenant reports it, or "".
	Version string `json:"version"`
	// VersionFrom says where Version was found, or what the available endpoints reveal about it.
	VersionFrom string `json:"version_from"`
	// Clock compares the server's clock with this machine's.
	Clock ClockCheck `json:"clock"`
	// Limit is the client's request limit after the check.
	Limit Budget `json:"limit"`
	// Resources are the lists of the integration API, in alphabetical order. HaloIntegration and IntegrationData have no lists.
	Resources []ResourceCheck `json:"resources"`
	// Problems are the problems found, root causes first, each with advice; empty if all is well.
	Problems []string `json:"problems"`
	// Requests is how many requests were sent.
	Requests int `json:"requests"`
}

// OK reports whether no problem was found.
func (r *CheckReport) OK() bool { return len(r.Problems) == 0 }

// AuthCheck describes where tokens come from.
type AuthCheck struct {
	// Configured is the token endpoint that the client uses, with its query; "" if tokens come from a custom [TokenSource].
	Configured string `json:"configured"`
	// Found is the token endpoint that the tenant's authinfo names, or "".
	//
	// API: GET /authinfo
	Found string `json:"found"`
	// Elsewhere is true if the client's own endpoint returned no token and Found, being on another host, was therefore not tried.
	Elsewhere bool `json:"elsewhere,omitempty"`
	// Error says why authinfo could not be read, or is "".
	Error string `json:"error,omitempty"`
}

// TokenCheck describes the token that was fetched.
type TokenCheck struct {
	// OK is true if a token was obtained.
	OK bool `json:"ok"`
	// Endpoint is the token endpoint that returned it, or "" if that is unknown.
	Endpoint string `json:"endpoint"`
	// Scopes are the token's scopes according to the server; nil if it does not say.
	Scopes []string `json:"scopes"`
	// Lacking are the scopes requested with [WithScope] that the token does not have.
	Lacking []string `json:"lacking,omitempty"`
	// Lifetime is how long the token was valid when it was issued; 0 if unknown. It marshals to JSON in nanoseconds.
	Lifetime time.Duration `json:"lifetime"`
	// Error says why no token could be obtained, or is "".
	Error string `json:"error,omitempty"`
}

// ClockCheck compares two clocks.
type ClockCheck struct {
	// Known is false if no response had a date.
	Known bool `json:"known"`
	// Difference is how far the server's clock is ahead of this machine's; it is negative if the server's clock is behind. Servers send
	// whole seconds, so a difference of less than a second is reported as 0. It marshals to JSON in nanoseconds.
	Difference time.Duration `json:"difference"`
}

// Access says whether a resource can be read.
type Access string

// Values of [Access].
const (
	// AccessReadable means that the list was read, or that its response was too large to read for a check.
	AccessReadable Access = "readable"
	// AccessDenied means a 401 or 403: a scope or a right is missing.
	AccessDenied Access = "denied"
	// AccessAbsent means a 404: the tenant's version has no such endpoint.
	AccessAbsent Access = "absent"
	// AccessFailed means any other failure.
	AccessFailed Access = "failed"
	// AccessUnchecked means that the list was not requested, because there is no token or the check ended early.
	AccessUnchecked Access = "unchecked"
)

// ResourceCheck says whether a resource can be read.
type ResourceCheck struct {
	// Resource is the name of the resource, such as "IntegrationError".
	Resource string `json:"resource"`
	// Access is the result.
	Access Access `json:"access"`
	// Status is the HTTP status, or 0 without a response.
	Status int `json:"status"`
	// Records is how many records the list has, or -1 if unknown.
	Records int `json:"records"`
	// Took is how long the request took. It marshals to JSON in nanoseconds.
	Took time.Duration `json:"took"`
	// Missing names the missing scope or right if Access is denied, and is "" otherwise.
	Missing string `json:"missing,omitempty"`
	// Error is the error of the request, or "".
	Error string `json:"error,omitempty"`
}

// Check checks the client's setup: it asks the tenant where its authorization server is, fetches a token, and reads the
// smallest possible page of each list of the integration API.
//
// It sends at most 25 requests, one after the other and each once, and changes nothing. They count against the client's limit, for which it
// waits. If the configured token endpoint returns no token and the tenant's authinfo names another one on the same host, that one is tried too,
// and the rest is checked with its token; the report then says what to change. The client's credentials are sent to no other host than that of
// the configured token endpoint: of another one, the report says which [WithAuthURL] to set if the host is to be trusted.
//
// The report lists the problems. The error is the context's, together with the report so far, or an [ErrInvalid] for a client that was not created
// by [NewClient]. [CheckReport.WriteTable] writes the report for people.
//
// API: GET /authinfo, POST /auth/token, GET /InstanceInfo, and GET of each list.
func (c *Client) Check(ctx context.Context) (*CheckReport, error) {
	if _, err := c.callConfig(nil); err != nil {
		return nil, named("Check", err)
	}
	if ctx == nil {
		return nil, &ArgumentError{Op: "Check", Argument: "ctx", Reason: "nil; context.Background() is the one that never ends"}
	}
	k := newCheck(c)
	defer k.close()
	err := k.run(ctx)
	k.finish()
	if err != nil {
		k.report.Problems = append(k.report.Problems, line.Fold("the check ended early: "+err.Error()))
	}
	return k.report, err
}

// mostChecked is how many requests a check may send.
const mostChecked = 25

// check is one run of [Client.Check].
type check struct {
	client  *Client
	conf    config
	http    http.Client
	network *checkTransport
	report  *CheckReport
	secrets *redact.Redactor
	last    Attempt // of the list that is being read
}

func newCheck(c *Client) *check {
	k := &check{client: c, conf: *c.conf.config, report: &CheckReport{BaseURL: c.base, At: time.Now(), Problems: []string{}}}
	k.secrets = c.secrets(&request{conf: &k.conf.call}, "")
	k.http = *httpClient(c.conf.httpClient)
	k.network = &checkTransport{next: k.http.Transport}
	k.http.Transport = k.network
	k.conf.httpClient = &k.http
	k.conf.retry.MaxRetries, k.conf.call.once = 0, true
	k.conf.maxResponse = min(k.conf.maxResponse, largestChecked)
	k.conf.observers = append(slices.Clip(k.conf.observers), func(_ context.Context, a Attempt) { k.last = a })
	for _, list := range checkedLists {
		k.report.Resources = append(k.report.Resources, ResourceCheck{Resource: list.resource, Access: AccessUnchecked, Records: -1})
	}
	return k
}

// close ends the connections of the check's own transport, which it has where the client was given none.
func (k *check) close() {
	if own, ok := k.network.next.(interface{ CloseIdleConnections() }); ok && k.client.conf.httpClient == nil {
		own.CloseIdleConnections()
	}
}

// run makes the requests. Its error is that of the context.
func (k *check) run(ctx context.Context) error {
	info, err := k.authInfo(ctx)
	if err == nil {
		err = k.token(ctx, info)
	}
	if err != nil || !k.report.Token.OK {
		return err
	}
	set := clientOptionFunc(func(conf *config) error { *conf = k.conf; return nil })
	client, err := NewClient(k.client.base, set)
	if err != nil {
		return err
	}
	if err := k.version(ctx, client); err != nil {
		return err
	}
	for i := range k.report.Resources {
		if err := k.list(ctx, client, checkedLists[i], &k.report.Resources[i]); err != nil {
			return err
		}
	}
	return nil
}

// largestChecked is how much of a list is read: a bare array comes as a whole, and one of 36 MB was seen [live].
const largestChecked = 1 << 20

// checkedList reads as little of a list as the API offers and returns how many records the list has.
type checkedList struct {
	resource string
	read     func(context.Context, *Client) (records int, err error)
}

// one is the smallest page. count is sent only without paging, so it would not make it smaller.
var one = ListOptions{PageNo: 1, PageSize: 1}

var checkedLists = []checkedList{
	{"ConnectedInstance", func(ctx context.Context, c *Client) (int, error) { return lengthOf(c.ConnectedInstance.List(ctx)) }},
	{"IntegrationConfiguration", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationConfiguration.List(ctx))
	}},
	{"IntegrationDelta", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationDelta.List(ctx, &IntegrationDeltaListOptions{ListOptions: one}))
	}},
	{"IntegrationError", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationError.List(ctx, &IntegrationErrorListOptions{ListOptions: one}))
	}},
	{"IntegrationExport", func(ctx context.Context, c *Client) (int, error) { return lengthOf(c.IntegrationExport.List(ctx, nil)) }},
	{"IntegrationFieldData", func(ctx context.Context, c *Client) (int, error) { return lengthOf(c.IntegrationFieldData.List(ctx)) }},
	{"IntegrationFieldMapping", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationFieldMapping.List(ctx, nil))
	}},
	{"IntegrationLookUp", func(ctx context.Context, c *Client) (int, error) { return lengthOf(c.IntegrationLookUp.List(ctx)) }},
	{"IntegrationRequest", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationRequest.List(ctx, &IntegrationRequestListOptions{ListOptions: one}))
	}},
	{"IntegrationRunbookVariableGroup", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationRunbookVariableGroup.List(ctx, nil))
	}},
	{"IntegrationSiteMapping", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegrationSiteMapping.List(ctx, nil))
	}},
	{"IntegratorLog", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegratorLog.List(ctx, &IntegratorLogListOptions{ListOptions: one}))
	}},
	{"IntegratorSchedule", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegratorSchedule.List(ctx, &IntegratorScheduleListOptions{ListOptions: one}))
	}},
	{"IntegratorTrace", func(ctx context.Context, c *Client) (int, error) {
		return lengthOf(c.IntegratorTrace.List(ctx, &IntegratorTraceListOptions{ListOptions: one}))
	}},
}

// lengthOf returns how many records the list of a page has, or -1 for a first page that does not say.
func lengthOf[T any](p *Page[T], err error) (int, error) {
	switch {
	case err != nil:
		return -1, err
	case p.RecordCount < 0 && len(p.Records) == one.PageSize:
		return -1, nil
	}
	return max(p.RecordCount, len(p.Records)), nil
}

// list checks one resource. Its error is that of the context.
func (k *check) list(ctx context.Context, client *Client, list checkedList, r *ResourceCheck) error {
	k.last = Attempt{}
	records, err := list.read(ctx, client)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.Status, r.Took = k.last.StatusCode, k.last.Duration.Round(time.Millisecond)
	if k.last.Failure == "too large" { // which only a success can be
		r.Access, r.Status = AccessReadable, http.StatusOK
		return nil
	}
	var refused *APIError
	switch {
	case err == nil:
		r.Access, r.Records = AccessReadable, records
		return nil
	case errors.Is(err, ErrNotFound):
		r.Access = AccessAbsent
	case errors.As(err, &refused) && !refused.Edge && (refused.StatusCode == http.StatusUnauthorized || refused.StatusCode == http.StatusForbidden):
		r.Access, r.Missing = AccessDenied, k.missing(refused.StatusCode)
	default:
		r.Access = AccessFailed
	}
	r.Error = line.Fold(err.Error())
	return nil
}

// missing says what a 401 or 403 is the lack of. HaloPSA responds with either for the lack of either [live, seen], so the scopes of the token decide.
func (k *check) missing(status int) string {
	scopes := k.report.Token.Scopes
	switch {
	case slices.Contains(scopes, "all"):
		return "a right of the agent that the API application logs in as: the token has the scope all"
	case len(scopes) > 0:
		return fmt.Sprintf("a scope of the API application, whose token has %s only, or a right of the agent that it logs in as", strings.Join(scopes, " "))
	case status == http.StatusForbidden:
		return "a scope of the API application, or the role of the agent that it logs in as"
	}
	return "a right of the agent that the API application logs in as, or a scope of the application"
}
