package halopsa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// authInfo is what a tenant says of itself without a token.
type authInfo struct {
	endpoint string // of tokens, with its query
	authURL  string // as it was named
	tenant   string
	found    bool
}

// authInfo asks where the authorization server is. Its error is that of the context; any other is in the report.
//
// API: GET /authinfo, which needs no token. Its members auth_url and tenant_id are known [seen], the others are not.
func (k *check) authInfo(ctx context.Context) (authInfo, error) {
	members, err := k.public(ctx, "/authinfo")
	switch {
	case err != nil && ctx.Err() != nil:
		return authInfo{}, context.Cause(ctx)
	case err != nil:
		k.report.Auth.Error = line.Fold(err.Error())
		return authInfo{}, nil
	}
	k.versionIn(members, "authinfo")
	info := authInfo{authURL: k.textOf(members["auth_url"]), tenant: k.textOf(members["tenant_id"])}
	if info.authURL == "" {
		k.report.Auth.Error = "authinfo has no auth_url"
		return authInfo{}, nil
	}
	server, err := parseServer("auth_url of authinfo", info.authURL, k.conf.insecure)
	if err == nil && strings.HasPrefix(k.client.base, "https:") && !strings.HasPrefix(server.origin, "https:") {
		err = badArgument("auth_url of authinfo", "%s would take the credentials in the clear, which %s does not", server.origin, k.client.base)
	}
	if err != nil {
		k.report.Auth.Error = line.Fold(err.Error())
		return authInfo{}, nil
	}
	// The first plus /token, which of a host alone is /token [seen].
	info.endpoint, info.found = server.origin+server.path, true
	if !server.last("token") {
		info.endpoint += "/token"
	}
	info.authURL = info.endpoint
	if info.tenant != "" {
		info.endpoint += "?tenant=" + url.QueryEscape(info.tenant)
	}
	k.report.Auth.Found = info.endpoint
	return info, nil
}

// public reads a JSON object that needs no token, within the limit of the client.
func (k *check) public(ctx context.Context, path string) (map[string]json.RawMessage, error) {
	slot, err := k.conf.window.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer slot.Done()
	if k.conf.limiter != nil {
		if err := k.conf.limiter.Wait(ctx); err != nil {
			return nil, fmt.Errorf("the limiter refused the request: %w", err)
		}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, k.conf.call.timeout, fmt.Errorf("no response within %s", k.conf.call.timeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, k.client.base+"/api"+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header = k.conf.header()
	resp, err := k.http.Do(req)
	if err != nil {
		var wrapped *url.Error // repeats the URL
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestErrorBody))
	switch {
	case resp.StatusCode != http.StatusOK:
		text := fmt.Sprintf("GET %s: %d %s", path, resp.StatusCode, statusText(resp.StatusCode))
		if said := k.secrets.String(wire.ErrorMessage(resp.Header.Get("Content-Type"), body)); said != "" {
			text += ": " + said
		}
		return nil, errors.New(text)
	case err != nil:
		return nil, fmt.Errorf("GET %s: the response broke off: %w", path, err)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &members) != nil || members == nil {
		return nil, fmt.Errorf("GET %s: no JSON object in the response", path)
	}
	return members, nil
}

// textOf returns a text of JSON in one line and without secrets, or a number as it is written; anything else is "".
func (k *check) textOf(raw json.RawMessage) string {
	var text string
	var number json.Number
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return line.Fold(k.secrets.Known(text))
	case json.Unmarshal(raw, &number) == nil:
		return number.String()
	}
	return ""
}

// token fetches a token where the client would, and else where authinfo says, unless that is another host: anybody can write one there, and only
// the user can tell whether it may have the credentials. Its error is that of the context.
func (k *check) token(ctx context.Context, info authInfo) error {
	if k.conf.tokensGiven {
		return k.use(ctx, k.conf.tokens, "") // of the caller, who knows where from
	}
	configured, err := tokenEndpoint(k.client.base, k.conf.authURL, k.conf.tenant, k.conf.insecure)
	if err != nil {
		return err
	}
	k.report.Auth.Configured = configured
	if err := k.fetch(ctx, k.conf, configured); err != nil || k.report.Token.OK || !info.found || info.endpoint == configured {
		return err
	}
	if k.report.Auth.Elsewhere = originIn(info.endpoint) != originIn(configured); k.report.Auth.Elsewhere {
		return nil
	}
	refused := k.report.Token.Error
	named := k.conf
	named.authURL, named.tenant = info.authURL, info.tenant
	if err := k.fetch(ctx, named, info.endpoint); err != nil || k.report.Token.OK {
		return err
	}
	k.report.Token.Error = refused // what the client itself would have met
	return nil
}

// fetch obtains a token from an endpoint with the client's credentials.
func (k *check) fetch(ctx context.Context, conf config, endpoint string) error {
	conf.tokens = nil
	source, err := tokenSource(&conf, k.client.base, k.http)
	if err != nil {
		return err
	}
	return k.use(ctx, source, endpoint)
}

// use takes a token from a source for the rest of the check.
func (k *check) use(ctx context.Context, source TokenSource, endpoint string) error {
	token, err := source.Token(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		k.report.Token = TokenCheck{Error: line.Fold(authError(err, k.conf.secrets()...).Error())}
		return nil
	}
	found := TokenCheck{OK: true, Endpoint: endpoint}
	if scope, ok := token.Extra("scope").(string); ok {
		found.Scopes = strings.Fields(line.Fold(scope))
	}
	if endpoint != "" && found.Scopes != nil && !slices.Contains(k.conf.scopes, "all") && !slices.Contains(found.Scopes, "all") {
		for _, scope := range k.conf.scopes {
			if !slices.Contains(found.Scopes, scope) {
				found.Lacking = append(found.Lacking, scope)
			}
		}
	}
	if !token.Expiry.IsZero() {
		found.Lifetime = time.Until(token.Expiry).Round(time.Second)
	}
	k.report.Token = found
	k.conf.tokens = source
	return nil
}

// version looks for the version of HaloPSA. Its error is that of the context.
//
// API: GET /InstanceInfo [seen: that it is there; its members are not known].
func (k *check) version(ctx context.Context, client *Client) error {
	if k.report.Version != "" {
		return nil
	}
	resp, err := ResponseOf(ctx, client, "InstanceInfo", nil)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil // a tenant need not have it
	}
	defer func() { _ = resp.Body.Close() }()
	var members map[string]json.RawMessage
	if json.NewDecoder(resp.Body).Decode(&members) == nil {
		k.versionIn(members, "InstanceInfo")
	}
	return nil
}

// longestVersion is more than any version has.
const longestVersion = 40

// versionIn takes the version from a member that is called so.
func (k *check) versionIn(members map[string]json.RawMessage, from string) {
	names := make([]string, 0, len(members))
	for name := range members {
		if strings.HasSuffix(plain(name), "version") {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(a) - len(b) }) // version before api_version
	for _, name := range names {
		if text := k.textOf(members[name]); text != "" && k.report.Version == "" {
			k.report.Version, k.report.VersionFrom = Truncate(text, longestVersion), from
		}
	}
}

// checkTransport counts the requests of a check and compares the clocks.
type checkTransport struct {
	next http.RoundTripper

	mu       sync.Mutex
	requests int
	clock    ClockCheck
	accuracy time.Duration
}

var errMostChecked = fmt.Errorf("the check has sent its %d requests", mostChecked)

// RoundTrip sends req, unless the check has sent all it may.
func (t *checkTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	spent := t.requests >= mostChecked
	if !spent {
		t.requests++
	}
	t.mu.Unlock()
	if spent {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, errMostChecked
	}
	sent := time.Now()
	resp, err := t.next.RoundTrip(req)
	if err == nil && resp != nil {
		t.compare(resp.Header.Get("Date"), sent, time.Now())
	}
	return resp, err
}

// compare takes the quickest response: the server wrote its date somewhere between the two times, and in whole seconds.
func (t *checkTransport) compare(date string, sent, received time.Time) {
	at, err := http.ParseTime(date)
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	took := received.Sub(sent)
	if t.clock.Known && took >= t.accuracy {
		return
	}
	t.accuracy = took
	t.clock = ClockCheck{Known: true}
	switch earliest, latest := at.Sub(received), at.Add(time.Second).Sub(sent); {
	case earliest > 0:
		t.clock.Difference = earliest.Round(time.Second)
	case latest < 0:
		t.clock.Difference = latest.Round(time.Second)
	}
}
