package halopsa_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

func TestBaseURLForms(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // what is given, and where the API and the tokens then are
		"https://acme.halopsa.com":            "https://acme.halopsa.com",
		"https://acme.halopsa.com/":           "https://acme.halopsa.com",
		"https://acme.halopsa.com//":          "https://acme.halopsa.com",
		"  https://acme.halopsa.com\n":        "https://acme.halopsa.com",
		"https://acme.halopsa.com/api":        "https://acme.halopsa.com",
		"https://acme.halopsa.com/api/":       "https://acme.halopsa.com",
		"https://acme.halopsa.com/API":        "https://acme.halopsa.com",
		"https://acme.halopsa.com/auth":       "https://acme.halopsa.com",
		"https://acme.halopsa.com/auth/":      "https://acme.halopsa.com",
		"https://acme.halopsa.com/auth/token": "https://acme.halopsa.com",
		"https://acme.halopsa.com/token":      "https://acme.halopsa.com",
		"HTTPS://acme.halopsa.com":            "https://acme.halopsa.com",
		"https://it.example.com:8443":         "https://it.example.com:8443",
		"https://it.example.com/halo":         "https://it.example.com/halo",
		"https://it.example.com/halo/api":     "https://it.example.com/halo",
		"https://it.example.com/halo/auth/":   "https://it.example.com/halo",
		"https://it.example.com/a%20b/halo":   "https://it.example.com/a%20b/halo",
		"https://it.example.com/apiary":       "https://it.example.com/apiary",
		"https://[2001:db8::1]/api":           "https://[2001:db8::1]",
		"http://localhost:8080":               "http://localhost:8080",
		"http://LOCALHOST:8080/api":           "http://LOCALHOST:8080",
		"http://standin.localhost":            "http://standin.localhost",
		"http://127.0.0.1:9000/":              "http://127.0.0.1:9000",
		"http://[::1]:9000":                   "http://[::1]:9000",
	}
	for given, base := range tests {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			transport, urls := visited()
			client, err := halopsa.NewClient(given, anyCredentials, halopsa.WithHTTPClient(&http.Client{Transport: transport}))
			require.NoError(t, err)
			assert.Empty(t, *urls, "a constructor must not send anything")
			_, err = client.IntegrationError.Get(t.Context(), 1, nil)
			require.NoError(t, err)
			assert.Equal(t, []string{base + "/auth/token", base + "/api/IntegrationError/1"}, *urls)
		})
	}
}

func TestBaseURLRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ given, says string }{
		"empty":             {"", "empty"},
		"blank":             {" \t", "empty"},
		"no scheme":         {"acme.halopsa.com", "must begin with https://"},
		"host and port":     {"acme.halopsa.com:443", "must begin with https://"},
		"path":              {"/api", "must begin with https://"},
		"another scheme":    {"ftp://acme.halopsa.com", "must begin with https://"},
		"no host":           {"https:///api", "has no host"},
		"port alone":        {"https://:443", "has no host"},
		"opaque":            {"https:acme.halopsa.com", "has no host"},
		"bad port":          {"https://acme.halopsa.com:canary", "malformed"},
		"bad escape":        {"https://acme.halopsa.com/%zzcanary", "malformed"},
		"space in the host": {"https://acme halopsa.com", "has a blank"},
		"password":          {"https://sync:canary@acme.halopsa.com", "WithClientCredentials takes the credentials"},
		"query":             {"https://acme.halopsa.com/auth/token?tenant=canary", "has a query"},
		"fragment":          {"https://acme.halopsa.com/#canary", "has a query or fragment"},
		"not encrypted":     {"http://acme.halopsa.com", "WithInsecureHTTP"},
		"almost loopback":   {"http://localhost.example.com", "WithInsecureHTTP"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := halopsa.NewClient(test.given, anyCredentials)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.Nil(t, client)
			assert.ErrorContains(t, err, "halopsa: base URL: ")
			assert.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "canary", "it could be a password")

			_, err = halopsa.NewClient("https://acme.halopsa.com", anyCredentials, halopsa.WithAuthURL(test.given))
			if test.says == "empty" {
				require.NoError(t, err, "the authorization URL is optional")
				return
			}
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.ErrorContains(t, err, "halopsa: authorization URL: ")
			assert.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestInsecureHTTPMustBeAskedFor(t *testing.T) {
	t.Parallel()
	transport, urls := visited()
	client, err := halopsa.NewClient("http://halo.corp.example:8080", halopsa.WithInsecureHTTP(), anyCredentials,
		halopsa.WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	_, err = client.IntegrationError.Get(t.Context(), 1, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"http://halo.corp.example:8080/auth/token", "http://halo.corp.example:8080/api/IntegrationError/1"}, *urls)
}

func TestTokenEndpoint(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ tenant, authURL, want string }{
		"hosted":                    {"acme", "", "https://acme.halopsa.com/auth/token?tenant=acme"},
		"on premise":                {"", "", "https://acme.halopsa.com/auth/token"},
		"tenant with a space":       {" acme uk ", "", "https://acme.halopsa.com/auth/token?tenant=acme+uk"},
		"tenant that adds a query":  {"acme&scope=admin", "", "https://acme.halopsa.com/auth/token?tenant=acme%26scope%3Dadmin"},
		"server":                    {"", "https://auth.example.com/auth", "https://auth.example.com/auth/token"},
		"server, slash":             {"acme", "https://auth.example.com/auth/", "https://auth.example.com/auth/token?tenant=acme"},
		"server, host alone":        {"", "https://auth.example.com", "https://auth.example.com/auth/token"},
		"server, host and slash":    {"", "https://auth.example.com/", "https://auth.example.com/auth/token"},
		"server, API":               {"", "https://auth.example.com/halo/api", "https://auth.example.com/halo/auth/token"},
		"server, sub path":          {"", "https://auth.example.com/halo/auth", "https://auth.example.com/halo/auth/token"},
		"server, path of its own":   {"", "https://auth.example.com/identity", "https://auth.example.com/identity/token"},
		"whole endpoint":            {"acme", "https://auth.example.com/auth/token", "https://auth.example.com/auth/token?tenant=acme"},
		"whole endpoint, slash":     {"", "https://auth.example.com/auth/token/", "https://auth.example.com/auth/token"},
		"whole endpoint at the top": {"", "https://auth.example.com/token", "https://auth.example.com/token"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport, urls := visited()
			client, err := halopsa.NewClient("https://acme.halopsa.com/api", anyCredentials, halopsa.WithTenant(test.tenant),
				halopsa.WithAuthURL(test.authURL), halopsa.WithHTTPClient(&http.Client{Transport: transport}))
			require.NoError(t, err)
			_, err = client.IntegrationError.Get(t.Context(), 1, nil)
			require.NoError(t, err)
			assert.Equal(t, []string{test.want, "https://acme.halopsa.com/api/IntegrationError/1"}, *urls)
		})
	}
}

func TestTokenRequestForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts []halopsa.ClientOption
		want string
	}{
		"default":      {nil, "all"},
		"several":      {[]halopsa.ClientOption{halopsa.WithScope("read:tickets", "edit:tickets")}, "read:tickets edit:tickets"},
		"space in one": {[]halopsa.ClientOption{halopsa.WithScope(" read:tickets  edit:tickets ")}, "read:tickets edit:tickets"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil, test.opts...)
			_, err := client.IntegrationError.List(t.Context(), nil)
			require.NoError(t, err)
			sent := server.Requests()[0]
			assert.Equal(t, http.MethodPost, sent.Method)
			assert.Equal(t, "application/x-www-form-urlencoded", sent.Header.Get("Content-Type"))
			assert.Empty(t, sent.Header.Get("Authorization"), "the secret goes into the form")
			assert.Equal(t, test.want, formOf(t, sent.Body).Get("scope"))
			assert.Equal(t, "client_credentials", formOf(t, sent.Body).Get("grant_type"))
		})
	}
}

func TestClientOptionsRefuseBadValues(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		option   halopsa.ClientOption
		argument string
	}{
		"empty id":              {halopsa.WithClientCredentials("", "canary"), "WithClientCredentials"},
		"empty secret":          {halopsa.WithClientCredentials("id", ""), "WithClientCredentials"},
		"no scope":              {halopsa.WithScope(), "WithScope"},
		"blank scope":           {halopsa.WithScope(" ", ""), "WithScope"},
		"nil token source":      {halopsa.WithTokenSource(nil), "WithTokenSource"},
		"nil oauth2 source":     {halopsa.WithTokenSource(halopsa.FromOAuth2(nil)), "WithTokenSource"},
		"nil HTTP client":       {halopsa.WithHTTPClient(nil), "WithHTTPClient"},
		"no requests":           {halopsa.WithRateLimit(0, 1), "WithRateLimit"},
		"no window":             {halopsa.WithRateLimit(1, 0), "WithRateLimit"},
		"nil limiter":           {halopsa.WithLimiter(nil), "WithLimiter"},
		"negative retries":      {halopsa.WithMaxRetries(-1), "WithMaxRetries"},
		"negative backoff":      {halopsa.WithBackoff(-1, 1), "WithBackoff"},
		"backoff upside down":   {halopsa.WithBackoff(2, 1), "WithBackoff"},
		"negative wait":         {halopsa.WithMaxWait(-1), "WithMaxWait"},
		"no response":           {halopsa.WithMaxResponseSize(0), "WithMaxResponseSize"},
		"user agent of 2 lines": {halopsa.WithUserAgent("a\r\ncanary: b"), "WithUserAgent"},
		"user agent with NUL":   {halopsa.WithUserAgent("a\x00canary"), "WithUserAgent"},
		"no timeout":            {halopsa.WithTimeout(0), "WithTimeout"},
		"negative timeout":      {halopsa.WithTimeout(-1), "WithTimeout"},
		"no batch":              {halopsa.WithBatchSize(0), "WithBatchSize"},
		"authorization":         {halopsa.WithHeader("authorization", "canary"), "WithHeader: Authorization"},
		"empty header":          {halopsa.WithHeader("", "canary"), "WithHeader"},
		"header with a space":   {halopsa.WithHeader("X Key", "canary"), "WithHeader"},
		"header with a colon":   {halopsa.WithHeader("X-Key:", "canary"), "WithHeader"},
		"header not in ASCII":   {halopsa.WithHeader("X-Schlüssel", "canary"), "WithHeader"},
		"header of 2 lines":     {halopsa.WithHeader("X-Key", "canary\nAuthorization: x"), "WithHeader: the value of X-Key"},
		"header with NUL":       {halopsa.WithHeader("X-Key", "canary\x00"), "WithHeader: the value of X-Key"},
		"empty parameter":       {halopsa.WithQuery("", "canary"), "WithQuery"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := halopsa.NewClient("https://acme.halopsa.com", anyCredentials, test.option)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.Nil(t, client)
			assert.ErrorContains(t, err, "halopsa: "+test.argument)
			assert.NotContains(t, err.Error(), "canary")
			var argument *halopsa.ArgumentError
			require.ErrorAs(t, err, &argument)
			assert.Empty(t, argument.Op)
		})
	}
}

func TestCredentialsAreNeeded(t *testing.T) {
	t.Parallel()
	_, err := halopsa.NewClient("https://acme.halopsa.com")
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	assert.EqualError(t, err, "halopsa: credentials: none given; use WithClientCredentials or WithTokenSource")

	var opts []halopsa.ClientOption
	opts = append(opts, nil, anyCredentials, halopsa.WithLogger(nil)) // a nil option, or one for nothing, does no harm
	_, err = halopsa.NewClient("https://acme.halopsa.com", opts...)
	require.NoError(t, err)
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts []halopsa.ClientOption
		want string
	}{
		"default": {nil, `^halopsa-go/\d+\.\d+\.\d+ \(go\d.*\)$`},
		"product": {[]halopsa.ClientOption{halopsa.WithUserAgent(" acme-sync/1.4 ")}, `^acme-sync/1\.4 halopsa-go/\d+\.\d+\.\d+ \(go\d.*\)$`},
		"header":  {[]halopsa.ClientOption{halopsa.WithHeader("user-agent", "mine")}, `^mine$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil, test.opts...)
			_, err := client.IntegratorTrace.List(t.Context(), nil)
			require.NoError(t, err)
			assert.Regexp(t, test.want, server.Requests()[1].Header.Get("User-Agent"))
		})
	}
}

// TestZeroClient covers what a caller gets who did not use the constructor.
func TestZeroClient(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*halopsa.Client{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := halopsa.ListOf[map[string]any](t.Context(), client, "Tickets")
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.EqualError(t, err, "halopsa: Tickets.List: client: not made by NewClient")
			require.ErrorIs(t, halopsa.DeleteOf(t.Context(), client, "Tickets", 1), halopsa.ErrInvalid)
			_, err = halopsa.Collect(halopsa.AllOf[map[string]any](t.Context(), client, "Tickets"))
			require.ErrorIs(t, err, halopsa.ErrInvalid)
		})
	}
}

// TestNewClientUsesNoNetwork looks at the construction alone: the transport fails whatever is sent through it.
func TestNewClientUsesNoNetwork(t *testing.T) {
	t.Parallel()
	sent := 0
	transport := roundTripper(func(*http.Request) (*http.Response, error) {
		sent++
		return nil, errors.New("no network")
	})
	given := &http.Client{Transport: transport}
	client, err := halopsa.NewClient("https://acme.halopsa.com", anyCredentials, halopsa.WithHTTPClient(given))
	require.NoError(t, err)
	assert.Zero(t, sent)
	assert.Nil(t, given.CheckRedirect, "the caller's client stays as it is")
	_, err = client.IntegratorTrace.List(t.Context(), nil, halopsa.WithoutRetry())
	require.Error(t, err)
	assert.NotZero(t, sent)
}
