package guarantees_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// clientSecret is one that must be nowhere but in the form of a token request.
const clientSecret = "canary-secret/+&="

// tokenTenant is a tenant that has an authorization server.
type tokenTenant struct {
	url             string
	client          *halopsa.Client
	fetches, called atomic.Int64
	authorization   atomic.Value // of the last call of the API
}

// newTokenTenant starts a tenant whose token endpoint is token, and whose API returns one record.
func newTokenTenant(t *testing.T, token http.HandlerFunc, opts ...halopsa.ClientOption) *tokenTenant {
	t.Helper()
	tenant := &tokenTenant{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/auth/") {
			tenant.fetches.Add(1)
			token(w, r)
			return
		}
		tenant.called.Add(1)
		tenant.authorization.Store(r.Header.Get("Authorization"))
		trial.AnswersJSON(`{"id":1}`)(w, r)
	}))
	t.Cleanup(server.Close)
	tenant.url = server.URL
	opts = append([]halopsa.ClientOption{
		halopsa.WithClientCredentials("sync", clientSecret), halopsa.WithAuthURL(server.URL + "/auth"), halopsa.WithTenant("acme"),
		halopsa.WithScope("all", "edit:x"), halopsa.WithBackoff(0, 0), halopsa.WithHTTPClient(server.Client()),
	}, opts...)
	var err error
	tenant.client, err = halopsa.NewClient(server.URL, opts...)
	require.NoError(t, err)
	return tenant
}

// refusedBy returns the error of a create for which there was no token, and that is not shown more than it may.
func (tenant *tokenTenant) refusedBy(t *testing.T) *halopsa.AuthError {
	t.Helper()
	err := trial.CreateOne(t.Context(), tenant.client)
	var refused *halopsa.AuthError
	require.ErrorAs(t, err, &refused)
	require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown, "nothing was sent")
	assert.Zero(t, tenant.called.Load(), "nothing is sent without a token")
	assert.NotContains(t, err.Error(), "canary")
	assert.NotContains(t, err.Error(), "tenant=", "no query is shown")
	assert.NotContains(t, err.Error(), "\n")
	return refused
}

// TestCaseB10TokenResponses has a token in each response, however it is written.
func TestCaseB10TokenResponses(t *testing.T) {
	t.Parallel()
	const plain, json = "text/plain; charset=utf-8", "application/json"
	utf16 := func(text string) string {
		b := []byte{0xff, 0xfe}
		for _, c := range []byte(text) {
			b = append(b, c, 0)
		}
		return string(b)
	}
	tests := map[string]struct{ contentType, body string }{
		"as documented":            {json, `{"access_token":"abc.d-e_f~+/==","token_type":"Bearer","expires_in":3600,"scope":"all","id_token":null}`},
		"labeled text":             {plain, `{"access_token":"abc.d-e_f~+/==","token_type":"Bearer","expires_in":3600}`},
		"labeled HTML":             {"text/html", `{"access_token":"abc.d-e_f~+/==","expires_in":3600}`},
		"labeled a form":           {"application/x-www-form-urlencoded", `{"access_token":"abc.d-e_f~+/=="}`},
		"labeled nonsense":         {";;;", `{"access_token":"abc.d-e_f~+/=="}`},
		"no label":                 {"", `{"access_token":"abc.d-e_f~+/=="}`},
		"byte order mark":          {json, "\xef\xbb\xbf" + `{"access_token":"abc.d-e_f~+/=="}`},
		"byte order mark, text":    {plain, "\xef\xbb\xbf\r\n" + `{"access_token":"abc.d-e_f~+/=="}` + "\r\n"},
		"UTF-16":                   {json, utf16(`{"access_token":"abc.d-e_f~+/=="}`)},
		"a form":                   {"application/x-www-form-urlencoded", `access_token=abc.d-e_f~%2B/%3D%3D&expires_in=3600&token_type=bearer`},
		"a form labeled text":      {plain, `access_token=abc.d-e_f~%2B/%3D%3D`},
		"a form labeled JSON":      {json, `access_token=abc.d-e_f~%2B/%3D%3D`},
		"refresh token, a number":  {json, `{"access_token":"abc.d-e_f~+/==","refresh_token":12345678901234567890}`},
		"refresh token, null":      {json, `{"access_token":"abc.d-e_f~+/==","refresh_token":null}`},
		"refresh token, an object": {json, `{"access_token":"abc.d-e_f~+/==","refresh_token":{}}`},
		"id token, a number":       {json, `{"access_token":"abc.d-e_f~+/==","id_token":7}`},
		"scope, an array":          {json, `{"access_token":"abc.d-e_f~+/==","scope":["all","edit:x"]}`},
		"scope, null":              {json, `{"access_token":"abc.d-e_f~+/==","scope":null}`},
		"type in lower case":       {json, `{"access_token":"abc.d-e_f~+/==","token_type":"bearer"}`},
		"type in upper case":       {json, `{"access_token":"abc.d-e_f~+/==","token_type":"BEARER"}`},
		"type, null":               {json, `{"access_token":"abc.d-e_f~+/==","token_type":null}`},
		"type, a number":           {json, `{"access_token":"abc.d-e_f~+/==","token_type":1}`},
		"members in upper case":    {json, `{"ACCESS_TOKEN":"abc.d-e_f~+/==","EXPIRES_IN":3600}`},
		"members in Pascal case":   {json, `{"AccessToken":"abc.d-e_f~+/==","ExpiresIn":3600}`},
		"members in camel case":    {json, `{"accessToken":"abc.d-e_f~+/==","tokenType":"bearer"}`},
		"two cases, exact first":   {json, `{"access_token":"abc.d-e_f~+/==","Access_Token":"no"}`},
		"two cases, exact last":    {json, `{"ACCESS_TOKEN":"no","access_token":"abc.d-e_f~+/=="}`},
		"error, null":              {json, `{"access_token":"abc.d-e_f~+/==","error":null,"error_description":""}`},
		"error, empty":             {json, `{"access_token":"abc.d-e_f~+/==","error":""}`},
		"error, false":             {json, `{"access_token":"abc.d-e_f~+/==","error":false,"message":"ok"}`},
		"error, 0":                 {json, `{"access_token":"abc.d-e_f~+/==","error":0}`},
		"error, none":              {json, `{"access_token":"abc.d-e_f~+/==","error":[]}`},
		"envelope":                 {json, `{"success":true,"data":{"access_token":"abc.d-e_f~+/==","expires_in":60}}`},
		"envelope of an envelope":  {json, `{"result":{"token":{"access_token":"abc.d-e_f~+/=="}}}`},
		"list of one":              {json, `[{"access_token":"abc.d-e_f~+/=="}]`},
		"JSON in a text":           {json, `"{\"access_token\":\"abc.d-e_f~+/==\"}"`},
		"twice the same member":    {json, `{"access_token":"no","access_token":"abc.d-e_f~+/=="}`},
		"201":                      {json, `{"access_token":"abc.d-e_f~+/=="}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := http.StatusOK
			if name == "201" {
				status = http.StatusCreated
			}
			tenant := newTokenTenant(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				w.WriteHeader(status)
				_, _ = io.WriteString(w, test.body)
			})
			require.NoError(t, trial.GetOne(t.Context(), tenant.client))
			require.NoError(t, trial.CreateOne(t.Context(), tenant.client))
			assert.Equal(t, "Bearer abc.d-e_f~+/==", tenant.authorization.Load())
			assert.EqualValues(t, 1, tenant.fetches.Load())
		})
	}
}

// TestCaseB10Lifetimes: a lifetime that cannot be read is an unknown one, and an unknown one is taken for an hour.
func TestCaseB10Lifetimes(t *testing.T) {
	t.Parallel()
	hour := time.Hour
	tests := map[string]struct {
		member string
		want   time.Duration
	}{
		"a number":         {`"expires_in":1800`, 30 * time.Minute},
		"a text":           {`"expires_in":"1800"`, 30 * time.Minute},
		"a decimal":        {`"expires_in":1800.0`, 30 * time.Minute},
		"an exponent":      {`"expires_in":1.8e3`, 30 * time.Minute},
		"a decimal text":   {`"expires_in":"1800.0"`, 30 * time.Minute},
		"a part of one":    {`"expires_in":1800.75`, 30*time.Minute + 750*time.Millisecond},
		"blanks":           {`"expires_in":" 1800 "`, 30 * time.Minute},
		"another case":     {`"Expires_In":1800`, 30 * time.Minute},
		"a day":            {`"expires_in":86400`, 24 * time.Hour},
		"empty":            {`"expires_in":""`, hour},
		"null":             {`"expires_in":null`, hour},
		"missing":          {`"scope":"all"`, hour},
		"a date":           {`"expires_in":"2026-10-02T11:22:33Z"`, hour},
		"an HTTP date":     {`"expires_in":"Fri, 02 Oct 2026 11:22:33 GMT"`, hour},
		"seconds of Unix":  {`"expires_in":1795000000`, hour},
		"20 digits":        {`"expires_in":36000000000000000000`, hour},
		"20 digits, text":  {`"expires_in":"36000000000000000000"`, hour},
		"out of any range": {`"expires_in":1e999`, hour},
		"negative":         {`"expires_in":-3600`, hour},
		"negative text":    {`"expires_in":"-3600"`, hour},
		"zero":             {`"expires_in":0`, hour},
		"zero text":        {`"expires_in":"0"`, hour},
		"almost zero":      {`"expires_in":0.25`, hour},
		"infinite":         {`"expires_in":"Infinity"`, hour},
		"not a number":     {`"expires_in":"NaN"`, hour},
		"words":            {`"expires_in":"soon"`, hour},
		"true":             {`"expires_in":true`, hour},
		"an object":        {`"expires_in":{"seconds":60}`, hour},
		"an array":         {`"expires_in":[60]`, hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newTokenTenant(t, trial.AnswersJSON(`{"access_token":"abc",`+test.member+`}`))
			source, err := halopsa.NewTokenSource(tenant.url, halopsa.WithClientCredentials("sync", clientSecret))
			require.NoError(t, err)
			begin := time.Now()
			token, err := source.Token(t.Context())
			require.NoError(t, err)
			assert.Equal(t, "Bearer", token.TokenType)
			assert.WithinRange(t, token.Expiry, begin.Add(test.want), time.Now().Add(test.want))
			require.NoError(t, trial.GetOne(t.Context(), tenant.client))
			require.NoError(t, trial.GetOne(t.Context(), tenant.client))
			assert.EqualValues(t, 2, tenant.fetches.Load(), "one of the source and one of the client")
		})
	}
}

// TestCaseB10NoToken: what may mean anything is refused, without a word of what could be the token.
func TestCaseB10NoToken(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ contentType, body, says string }{
		"a bare text":     {"text/plain", "canary-token", "text instead of a token"},
		"a JSON text":     {"application/json", `"canary-token"`, "JSON without a token"},
		"two tokens":      {"application/json", `[{"access_token":"canary1"},{"access_token":"canary2"}]`, "more than one token"},
		"half of one":     {"application/json", `{"access_token":"canary-token","expires_in":36`, "text instead of a token"},
		"no JSON":         {"application/json", `{"access_token":canary-token}`, "text instead of a token"},
		"more behind it":  {"application/json", `{"access_token":"canary-token"} {"access_token":"canary"}`, "text instead of a token"},
		"an array":        {"application/json", `{"access_token":["canary-token"]}`, "JSON without a token"},
		"another name":    {"application/json", `{"token":"canary-token"}`, "JSON without a token"},
		"empty":           {"application/json", `{"access_token":""}`, "JSON without a token"},
		"true":            {"application/json", `{"access_token":true,"refresh_token":"canary"}`, "JSON without a token"},
		"null":            {"application/json", `null`, "JSON without a token"},
		"nothing":         {"application/json", "", "an empty response"},
		"blanks":          {"application/json", " \r\n", "an empty response"},
		"with a message":  {"application/json", `{"success":false,"message":"The application is\ninactive"}`, "The application is inactive"},
		"a repeated one":  {"application/json", `{"refresh_token":"canary-token","message":"no more canary-token"}`, "no more [redacted]"},
		"a page":          {"text/html", `<html><head><title>Sign in</title></head>{"access_token":"canary-token"}`, `an HTML page instead of a token, "Sign in"`},
		"a page, no name": {"text/html", `<pre>canary-token</pre>`, "an HTML page instead of a token"},
		"too large":       {"application/json", `{"access_token":"canary-token","x":"` + strings.Repeat("x", 1<<20) + `"}`, "larger than 1048576 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tenant := newTokenTenant(t, trial.Answers(http.StatusOK, test.contentType, test.body))
			err := tenant.refusedBy(t)
			require.ErrorContains(t, err, "/auth/token responded with 200: ")
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "client secret", "it is not about the credentials")
			assert.EqualValues(t, 1, tenant.fetches.Load())
			for _, other := range trial.Sentinels {
				assert.NotErrorIs(t, err, other)
			}
		})
	}
}

// TestCaseB10ErrorsWith200: a refusal is one with any status.
func TestCaseB10ErrorsWith200(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, code, says string }{
		"OAuth":              {`{"error":"invalid_client","error_description":"No such\nclient"}`, "invalid_client", "responded with 200: invalid_client: No such client: check the client id"},
		"another case":       {`{"Error":"invalid_client","Error_Description":"No such client"}`, "invalid_client", "invalid_client: No such client"},
		"beside a token":     {`{"access_token":"canary-token","error":"invalid_scope"}`, "invalid_scope", `the scopes asked for are "all edit:x"`},
		"an echoed token":    {`{"access_token":"canary-token","error":"x","error_description":"canary-token"}`, "x", "x: [redacted]"},
		"in an envelope":     {`{"data":{"error":"invalid_client","error_description":"No such client"}}`, "invalid_client", "invalid_client: No such client"},
		"an object":          {`{"error":{"code":"invalid_client","message":"No such client"}}`, "invalid_client", "invalid_client: No such client"},
		"an echoed secret":   {`{"error":"invalid_client","error_description":"` + clientSecret + ` is wrong"}`, "invalid_client", "[redacted] is wrong"},
		"a byte order mark":  {"\ufeff" + `{"error":"invalid_client"}`, "invalid_client", "invalid_client"},
		"a form":             {"error=invalid_client&error_description=No+such+client", "invalid_client", "invalid_client: No such client"},
		"a number of itself": {`{"error":401,"message":"No such client"}`, "401", "401: No such client"},
	}
	for name, test := range tests {
		for _, contentType := range []string{"application/json", "text/plain", "text/html"} {
			t.Run(name+", "+contentType, func(t *testing.T) {
				t.Parallel()
				tenant := newTokenTenant(t, trial.Answers(http.StatusOK, contentType, test.body))
				err := tenant.refusedBy(t)
				assert.Equal(t, http.StatusOK, err.StatusCode)
				assert.Equal(t, test.code, err.Code)
				require.ErrorContains(t, err, test.says)
				require.ErrorIs(t, err, halopsa.ErrUnauthorized)
				assert.EqualValues(t, 1, tenant.fetches.Load())
			})
		}
	}
}
