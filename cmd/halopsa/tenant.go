package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// tenant is what a subcommand talks to.
type tenant struct {
	client   *halopsa.Client
	host     string
	requests *counted
	close    func()
}

// variables are the parts of the environment's names that set a client up.
var variables = []string{"URL", "TENANT", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUTH_URL"}

// configured reports whether the environment names a tenant.
func (t *terminal) configured() bool {
	for _, name := range variables {
		if t.getenv("HALOPSA_"+name) != "" {
			return true
		}
	}
	return false
}

// tenant returns the tenant of the environment or, where none is named, a stand-in with records of a demonstration.
func (t *terminal) tenant() (*tenant, error) {
	if t.configured() {
		return t.configuredTenant()
	}
	fmt.Fprintln(t.err, "No HALOPSA_URL is set: reading from a stand-in server in this process.")
	server := halopsatest.NewServer()
	halopsatest.SeedDemo(server.Handler, 400)
	requests := &counted{next: http.DefaultTransport}
	client, err := halopsa.NewClient(server.URL(), append(t.notices(), halopsa.WithHTTPClient(&http.Client{Transport: requests}), userAgent,
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))...)
	if err != nil {
		server.Close()
		return nil, err
	}
	return &tenant{client, "stand-in", requests, server.Close}, nil
}

var userAgent = halopsa.WithUserAgent("halopsa-command")

func (t *terminal) configuredTenant() (*tenant, error) {
	requests := &counted{next: http.DefaultTransport}
	client, err := halopsa.NewClientFromEnv(append(t.notices(), halopsa.WithHTTPClient(&http.Client{Transport: requests}), userAgent)...)
	if err != nil {
		return nil, err
	}
	host := "tenant"
	if u, err := url.Parse(t.getenv("HALOPSA_URL")); err == nil && u.Host != "" {
		host = u.Host
	}
	return &tenant{client, host, requests, func() {}}, nil
}

// writable returns the tenant of the environment; nothing is written to one that nobody has named.
func (t *terminal) writable() (*tenant, error) {
	if t.configured() {
		return t.configuredTenant()
	}
	return nil, errNoTenant
}

// nobody is a client whose writes go nowhere and succeed: what it refuses is wrong with the call.
func nobody() *halopsa.Client {
	client, err := halopsa.NewClient("https://halopsa.invalid", halopsa.WithTokenSource(noToken{}), halopsa.WithoutRateLimit(),
		halopsa.WithHTTPClient(&http.Client{Transport: nowhere{}}))
	if err != nil {
		panic(err) // nothing in it depends on anybody
	}
	return client
}

type (
	noToken struct{}
	nowhere struct{}
)

func (noToken) Token(context.Context) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: "none"}, nil
}

func (nowhere) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close() // nobody reads it
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
}

// errNoTenant is returned for a write that no tenant is named for.
var errNoTenant = errors.New("HALOPSA_URL, HALOPSA_CLIENT_ID and HALOPSA_CLIENT_SECRET must name the tenant to write to; 'halopsa standin' serves one to try on")

// counted counts the requests to the API, without those for a token.
type counted struct {
	next http.RoundTripper
	n    atomic.Int64
}

func (c *counted) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Authorization") != "" {
		c.n.Add(1)
	}
	return c.next.RoundTrip(req)
}
