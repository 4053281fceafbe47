package guarantees_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestCaseB11Refusals: an error says where the token was asked for, what the server said, and no more than is known about the cause.
func TestCaseB11Refusals(t *testing.T) {
	t.Parallel()
	const (
		plain, html, json = "text/plain", "text/html; charset=utf-8", "application/json"
		credentials       = "check the client id, the client secret and the tenant"
		checkURL          = "check the authorization URL"
	)
	firewall := `<!DOCTYPE html><html><head><title>Access
		Denied &amp; logged</title></head><body>Ray 7f</body></html>`
	tests := map[string]struct {
		status            int
		contentType, body string
		code, says        string
		advice            string // none where empty
		is                error
		retried           bool
	}{
		"invalid_client":         {400, json, `{"error":"invalid_client"}`, "invalid_client", "400: invalid_client", credentials, halopsa.ErrUnauthorized, false},
		"invalid_client, 401":    {401, json, `{"error":"invalid_client","error_description":"bad"}`, "invalid_client", "401: invalid_client: bad", credentials, halopsa.ErrUnauthorized, false},
		"upper case":             {401, json, `{"ERROR":"INVALID_CLIENT"}`, "INVALID_CLIENT", "401: INVALID_CLIENT", credentials, halopsa.ErrUnauthorized, false},
		"no type":                {400, "", `{"error":"invalid_client"}`, "invalid_client", "400: invalid_client", credentials, halopsa.ErrUnauthorized, false},
		"text type":              {400, plain, `{"error":"invalid_client"}`, "invalid_client", "400: invalid_client", credentials, halopsa.ErrUnauthorized, false},
		"HTML type":              {400, html, `{"error":"invalid_client"}`, "invalid_client", "400: invalid_client", credentials, halopsa.ErrUnauthorized, false},
		"byte order mark":        {400, json, "\ufeff" + `{"error":"invalid_client"}`, "invalid_client", "400: invalid_client", credentials, halopsa.ErrUnauthorized, false},
		"unauthorized_client":    {400, json, `{"error":"unauthorized_client"}`, "unauthorized_client", "unauthorized_client", "check the client id, and that the API application may use client credentials", halopsa.ErrUnauthorized, false},
		"unsupported grant":      {400, json, `{"error":"unsupported_grant_type"}`, "unsupported_grant_type", "unsupported_grant_type", "check the client id, and that the API application may", halopsa.ErrUnauthorized, false},
		"invalid_scope":          {400, json, `{"error":"invalid_scope"}`, "invalid_scope", "invalid_scope", `the scopes asked for are "all edit:x"`, halopsa.ErrUnauthorized, false},
		"invalid_request":        {400, json, `{"error":"invalid_request"}`, "invalid_request", "invalid_request", "check the tenant", halopsa.ErrUnauthorized, false},
		"an unknown tenant":      {400, json, `{"error":"x","error_description":"Unknown Tenant 7"}`, "x", "x: Unknown Tenant 7", "check the tenant", halopsa.ErrUnauthorized, false},
		"a tenant in text":       {400, plain, `Tenant could not be found`, "", "400: Tenant could not be found", "check the tenant", halopsa.ErrUnauthorized, false},
		"server_error":           {400, json, `{"error":"server_error"}`, "server_error", "400: server_error", "", halopsa.ErrServer, true},
		"not available":          {400, json, `{"error":"temporarily_unavailable"}`, "temporarily_unavailable", "400: temporarily_unavailable", "", halopsa.ErrServer, true},
		"another word":           {400, json, `{"error":"locked_out"}`, "locked_out", "400: locked_out", "", halopsa.ErrUnauthorized, false},
		"a message":              {400, json, `{"Message":"The service is off"}`, "", "400: The service is off", "", halopsa.ErrUnauthorized, false},
		"an exception":           {400, json, `{"ClassName":"System.Exception","Message":"Invalid Data Type"}`, "", "400: Invalid Data Type", "", halopsa.ErrUnauthorized, false},
		"members":                {400, json, `{"title":"Not valid","errors":{"client_id":["is required"]}}`, "", "400: Not valid", "", halopsa.ErrUnauthorized, false},
		"a JSON text":            {400, json, `"Invalid Resource"`, "", "400: Invalid Resource", "", halopsa.ErrUnauthorized, false},
		"text, 400":              {400, plain, "The clock is\r\nwrong", "", "400: The clock is wrong", "", halopsa.ErrUnauthorized, false},
		"text, 401":              {401, plain, "The clock is wrong", "", "401: The clock is wrong", "", halopsa.ErrUnauthorized, false},
		"text, 403":              {403, plain, "Your IP is not on the list", "", "403: Your IP is not on the list", "", halopsa.ErrUnauthorized, false},
		"text without a type":    {403, "", "Your IP is not on the list", "", "403: Your IP is not on the list", "", halopsa.ErrUnauthorized, false},
		"empty, 400":             {400, json, "", "", "400: an empty response", "", halopsa.ErrUnauthorized, false},
		"empty, 401":             {401, "", "", "", "401: an empty response", credentials, halopsa.ErrUnauthorized, false},
		"empty, 403":             {403, "", "", "", "403: an empty response", "", halopsa.ErrUnauthorized, false},
		"a firewall, 400":        {400, html, firewall, "", `400: an HTML page instead of a token, "Access Denied & logged"`, "what stands between", nil, false},
		"a firewall, 401":        {401, html, firewall, "", `an HTML page instead of a token, "Access Denied & logged"`, "what stands between", nil, false},
		"a firewall, 403":        {403, html, firewall, "", `an HTML page instead of a token, "Access Denied & logged"`, "what stands between", nil, false},
		"a firewall, no type":    {403, "", firewall, "", `an HTML page instead of a token, "Access Denied & logged"`, "what stands between", nil, false},
		"a firewall, JSON type":  {403, json, firewall, "", `an HTML page instead of a token, "Access Denied & logged"`, "what stands between", nil, false},
		"a web server":           {403, html, "The page cannot be displayed", "", `an HTML page instead of a token, "The page cannot be displayed"`, "what stands between", nil, false},
		"a page without a title": {403, html, "<h1>Blocked</h1><p>by policy</p>", "", `an HTML page instead of a token, "Blocked by policy"`, "what stands between", nil, false},
		"XML":                    {403, "application/xml", `<?xml version="1.0"?><Error>AccessDenied</Error>`, "", `XML instead of a token, "AccessDenied"`, "what stands between", nil, false},
		"a login page":           {200, html, "<title>Sign in</title>", "", `200: an HTML page instead of a token, "Sign in"`, checkURL, nil, false},
		"404":                    {404, json, "", "", "404: an empty response", checkURL, nil, false},
		"404, text":              {404, plain, "Not Found", "", "404: Not Found", checkURL, nil, false},
		"404, HTML":              {404, html, "<title>IIS</title>", "", `404: an HTML page instead of a token, "IIS"`, checkURL, nil, false},
		"404, JSON":              {404, json, `{"Message":"No resource"}`, "", "404: No resource", checkURL, nil, false},
		"405":                    {405, json, `{"Message":"POST is not allowed"}`, "", "405: POST is not allowed", checkURL, nil, false},
		"407":                    {407, html, "<title>Proxy</title>", "", `407: an HTML page instead of a token, "Proxy"`, "what stands between", nil, false},
		"408":                    {408, plain, "", "", "408: an empty response", "", nil, true},
		"409":                    {409, plain, "Busy", "", "409: Busy", "", nil, false},
		"425":                    {425, plain, "Too early", "", "425: Too early", "", nil, true},
		"429":                    {429, plain, "Slow down", "", "429: Slow down", "", halopsa.ErrRateLimited, true},
		"500":                    {500, json, `{"error":"boom"}`, "boom", "500: boom", "", halopsa.ErrServer, true},
		"501":                    {501, plain, "no", "", "501: no", "", halopsa.ErrServer, false},
		"502, HTML":              {502, html, "<title>Bad gateway</title>", "", `502: an HTML page instead of a token, "Bad gateway"`, "", halopsa.ErrServer, true},
		"503":                    {503, plain, "Maintenance", "", "503: Maintenance", "", halopsa.ErrServer, true},
		"503, invalid_client":    {503, json, `{"error":"invalid_client"}`, "invalid_client", "503: invalid_client", "", halopsa.ErrServer, true},
		"504":                    {504, "", "", "", "504: an empty response", "", halopsa.ErrServer, true},
		"520":                    {520, html, "<title>520</title>", "", `520: an HTML page instead of a token, "520"`, "", halopsa.ErrServer, true},
		"524":                    {524, "", "", "", "524: an empty response", "", halopsa.ErrServer, true},
		"526":                    {526, "", "", "", "526: an empty response", "", halopsa.ErrServer, false},
		"530":                    {530, plain, "error code: 1033", "", "530: error code: 1033", "", halopsa.ErrServer, true},
		"418":                    {418, plain, "teapot", "", "418: teapot", "", nil, false},
		"an echoed secret":       {400, plain, "you sent " + clientSecret, "", "400: you sent [redacted]", "", halopsa.ErrUnauthorized, false},
		"an echoed secret, HTML": {500, html, "<title>" + clientSecret + "</title>", "", `"[redacted]"`, "", halopsa.ErrServer, true},
		"a long text":            {400, plain, strings.Repeat("word ", 100_000) + clientSecret, "", "400: word word", "", halopsa.ErrUnauthorized, false},
		"a secret that is cut":   {400, plain, strings.Repeat("x", 490) + clientSecret, "", "400: xxx", "", halopsa.ErrUnauthorized, false},
		"cut at 16 KiB":          {400, plain, strings.Repeat(" ", 16<<10-9) + clientSecret, "", "400: ", "", halopsa.ErrUnauthorized, false},
	}
	all := []string{"client secret", "the client id", "tenant", "scopes", checkURL, "what stands between"}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newTokenTenant(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			err := tenant.refusedBy(t)
			assert.Equal(t, test.status, err.StatusCode)
			assert.Equal(t, test.code, err.Code)
			host := strings.TrimPrefix(tenant.url, "http://")
			require.ErrorContains(t, err, "halopsa: no access token: "+host+"/auth/token responded with "+strconv.Itoa(test.status)+": ")
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, test.advice)
			if test.advice == "" {
				for _, advice := range all {
					said := strings.Contains(strings.ToLower(test.body), advice)
					assert.Equal(t, said, strings.Contains(err.Error(), advice), "%q is said where the cause is not known: %v", advice, err)
				}
			}
			for _, other := range trial.Sentinels {
				assert.Equal(t, other == test.is, errors.Is(err, other), "%v", other) //nolint:errorlint // sentinels
			}
			want := int64(1)
			if test.retried {
				want = 3
			}
			assert.Equal(t, want, tenant.fetches.Load())
			assert.Less(t, len(err.Error()), 1200)
		})
	}
}

// TestCaseB11BrokenRefusal: the status of a refusal stands though its text broke off, and bad credentials are not tried again.
func TestCaseB11BrokenRefusal(t *testing.T) {
	t.Parallel()
	tenant := newTokenTenant(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "The client is lo")
	})
	err := tenant.refusedBy(t)
	assert.Equal(t, http.StatusUnauthorized, err.StatusCode)
	require.ErrorContains(t, err, "The client is lo")
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	assert.EqualValues(t, 1, tenant.fetches.Load())
}

// TestCaseB11NoTenant: where none was named, the error says so.
func TestCaseB11NoTenant(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_client", "invalid_request"} {
		tenant := newTokenTenant(t, trial.Answers(http.StatusBadRequest, "application/json", `{"error":"`+code+`"}`), halopsa.WithTenant(""))
		require.ErrorContains(t, tenant.refusedBy(t), "the tenant; none was named, and hosted instances need one")
	}
}
