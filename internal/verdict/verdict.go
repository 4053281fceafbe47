// Package verdict decides whose word a response is: HaloPSA's own on what happened, or that of somebody in front of it, such as a proxy, a
// firewall or a web server. What may be repeated, what is known of a write, the text of an error and what errors.Is finds all follow from it.
package verdict

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/halopsa-go/halopsa/internal/pattern"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Verdict is what a response is. One with a Status alone is HaloPSA's own.
type Verdict struct {
	Status int
	// Edge is set for a response that is not HaloPSA's own: HTML, or a status that only proxies give.
	Edge bool
	// HTML is set for a page, which is not a response of an API, whatever its status.
	HTML bool
	// Bound is set for a refusal that names members of the inputs, which model binding checks before anything runs. [live]
	Bound bool
	// Vague is set for a 404 that does not say that the record is missing: it can be the endpoint that the tenant's version does not have.
	Vague bool
}

// Of judges a response by its status, its header and the beginning of its body.
func Of(status int, header http.Header, body []byte) Verdict {
	v := Verdict{Status: status}
	if v.Success() {
		return v
	}
	body = wire.Trim(body)
	v.HTML = wire.HTML(header.Get("Content-Type"), body)
	v.Edge = v.HTML || onlyProxies(status) || edgeWords().Match(body[:min(len(body), 200)])
	switch {
	case v.Edge:
		v.Vague = true
	case status == http.StatusBadRequest:
		v.Bound = slices.ContainsFunc(wire.Members(body), func(m wire.Member) bool { return m.Index >= 0 })
	case status == http.StatusNotFound:
		v.Vague = !aboutRecord(body)
	}
	return v
}

// edgeWords are the plain texts of proxies that say nothing of HaloPSA: Cloudflare, Envoy, nginx, Traefik, Kong and Go's reverse proxy.
var edgeWords = pattern.Lazy(`(?i)^(error code: \d|upstream (connect|request)|no healthy upstream|404 page not found|default backend|` +
	`stream timeout|bad gateway$|gateway time-?out$|service unavailable$|no available server|\{"message":"no route matched)`)

// onlyProxies reports whether a status is one that HaloPSA itself has no use for: switched protocols, redirects, and what gateways, load
// balancers and content networks say of themselves.
func onlyProxies(status int) bool {
	switch {
	case status < 200, status >= 300 && status < 400, status >= 520:
		return true
	}
	switch status {
	case http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly,
		http.StatusUnavailableForLegalReasons, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		http.StatusNetworkAuthenticationRequired, 444, 449, 460, 463, 494, 495, 496, 497, 498, 499, 509:
		return true
	}
	return false
}

var (
	// routing are the words of a 404 that is about something else than a record: a path, an endpoint that the tenant's version lacks (ASP.NET's
	// texts, and "Invalid Resource" [live]), a gateway's service.
	routing = pattern.Lazy(`(?i)\b(http|uri|url|routes?|endpoint|path|page|api|site|host|tenant|service|proxy|method|operation|controller|action|type|directory|file)\b|` +
		`invalid resource|cannot (get|post|delete)|resource you are`)
	// missing are the words of one that is about a record.
	missing = pattern.Lazy(`(?i)\b(records?|rows?|entity|entry|item|object|instance|id|ids|integrat\w+|connected\w+)\b|\bexists?\b|deleted`)
	// exception is a .NET exception, as HaloPSA writes them. [live]
	exception = pattern.Lazy(`(?i)"ClassName"\s*:`)
)

// aboutRecord reports whether the body of a 404 says that a record is missing: it must say so in JSON, whole, and must not be about a path or an
// endpoint. A body that only repeats the status says nothing.
func aboutRecord(body []byte) bool {
	if !json.Valid(body) || body[0] != '{' && body[0] != '"' {
		return false
	}
	said := wire.ErrorMessage("", body)
	return said != "" && !routing().MatchString(said) && (missing().MatchString(said) || exception().Match(body))
}

// Success reports whether the status is one of a request that was carried out as a whole. 202, 206, 207 and their like are not: what they
// stand for is only promised, or only a part.
func (v Verdict) Success() bool {
	switch v.Status {
	case http.StatusOK, http.StatusCreated, http.StatusNonAuthoritativeInfo, http.StatusNoContent:
		return true
	}
	return false
}

// Transient reports whether another attempt may well fare better.
func (v Verdict) Transient() bool {
	switch v.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout, 520, 521, 522, 523, 524, 530:
		return true
	}
	return false
}

// Gone reports whether HaloPSA itself says that the record is not there.
func (v Verdict) Gone() bool { return v.Status == http.StatusNotFound && !v.Vague }

// NotApplied reports whether it is certain that a write of so many inputs was not carried out, in no part of it.
//
// A refusal of authentication, of the rate limit or of the form of the request comes before anything runs, whoever says so. Anything else is
// certain only as HaloPSA's own word, and of several inputs only where it was said before any of them was looked at: nothing says that an
// array is one transaction.
func (v Verdict) NotApplied(inputs int) bool {
	switch v.Status {
	case http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusMethodNotAllowed, http.StatusLengthRequired,
		http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusRequestHeaderFieldsTooLarge:
		return true
	case http.StatusForbidden, http.StatusNotFound:
		return !v.Edge
	}
	return !v.Edge && v.Status >= 400 && v.Status < 500 && (inputs < 2 || v.Bound)
}
