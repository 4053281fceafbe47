package halopsarecord_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// canary is a credential; its parts are ordinary enough to be told by their place alone.
const canary = "canary-s3cret"

// looks are credentials that their looks give away.
var looks = []string{
	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ", "ghp_canary0123456789abcdef", "AKIAIOSFODNN7EXAMPLE",
	"Zm9vYmFyQmF6UXV4MTIzNDU2Nzg5MA", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
}

// TestCredentialsAreTakenOut puts a canary into each place where credentials are, and reads all that was stored.
func TestCredentialsAreTakenOut(t *testing.T) {
	t.Parallel()
	quoted := func(text string) string { data, _ := json.Marshal(text); return string(data) }
	type test struct {
		url, body string
		header    []string
		kept      string // what must still be there
	}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	tests := map[string]test{
		"authorization":        {header: []string{"Authorization", "Bearer " + canary}},
		"basic":                {header: []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("sync:"+canary))}, body: canary},
		"digest":               {header: []string{"Authorization", `Digest username="sync", response="` + canary + `"`}},
		"api key":              {header: []string{"X-Api-Key", canary}, body: `{"you sent":"` + canary + `"}`},
		"unknown header":       {header: []string{"X-Acme", canary}},
		"cookie":               {header: []string{"Cookie", "a=b; sid=" + canary}, body: "sid is " + canary},
		"query":                {url: "?page=2&api_key=" + canary + "&x=1", kept: "page=2"},
		"query, escaped":       {url: "?page=2&access%5Ftoken=" + url.QueryEscape(canary+"&=") + "&x=1", kept: "x=1"},
		"code":                 {url: "?code=" + canary},
		"signature":            {url: "?sv=2020&sig=" + canary, kept: "sv=2020"},
		"user":                 {url: "user:" + canary + "@"},
		"fragment":             {url: "#" + canary},
		"location":             {header: []string{"Location", "https://x.example.com/a?token=" + canary}},
		"location, code":       {header: []string{"Location", "/signed-in?state=7&code=" + canary + "&x=1"}, kept: "x=1"},
		"referer":              {header: []string{"Referer", "https://x:" + canary + "@x.example.com/"}},
		"JSON":                 {body: `{"name":"PC-7","password":` + quoted(canary) + `}`, kept: "PC-7"},
		"JSON, escaped":        {body: `{"name":"PC-7","p\u0061ssword":"` + strings.ReplaceAll(canary, "c", `\u0063`) + `"}`, kept: "PC-7"},
		"JSON, nested":         {body: `{"auth":{"user":"x","pass":"` + canary + `"},"name":"PC-7"}`, kept: "PC-7"},
		"JSON, list":           {body: `{"tokens":["a","` + canary + `"],"name":"PC-7"}`, kept: "PC-7"},
		"JSON, camel case":     {body: `{"clientSecret":"` + canary + `","accessKeyId":"` + canary + `"}`},
		"JSON, pair":           {body: `{"headers":[{"name":"Authorization","value":"` + canary + `"},{"name":"x","value":"kept"}]}`, kept: "kept"},
		"JSON, key":            {body: `{"key":"` + canary + `"}`},
		"JSON, number":         {body: `{"pin":12345678901,"count":7}`, kept: `"count":7`},
		"JSON, in a string":    {body: `{"payload":` + quoted(`{"password":"`+canary+`","name":"PC-7"}`) + `}`, kept: "PC-7"},
		"JSON, twice inside":   {body: `{"payload":` + quoted(`{"payload":`+quoted(`{"token":"`+canary+`"}`)+`}`) + `}`},
		"JSON, cut":            {body: `{"fill":"` + strings.Repeat("x", 1900) + `","name":"PC-7","password":"` + canary + strings.Repeat("y", 500) + `"}`, kept: "PC-7"},
		"JSON, URL":            {body: `{"link":"https://x.example.com/a?token=` + canary + `&b=1"}`},
		"JSON, message":        {body: `{"message":"Bearer ` + canary + ` has expired"}`, kept: "has expired"},
		"form":                 {header: []string{"Content-Type", "application/x-www-form-urlencoded"}, body: "grant_type=client_credentials&client_secret=" + canary, kept: "client_credentials"},
		"form, not labeled":    {header: []string{"Content-Type", ""}, body: "user=x&password=" + canary, kept: "user=x"},
		"XML":                  {header: []string{"Content-Type", "text/xml"}, body: `<a><name>PC-7</name><Password type="x">` + canary + `</Password><b token="` + canary + `"/></a>`, kept: "PC-7"},
		"XML, CDATA":           {header: []string{"Content-Type", "text/xml"}, body: `<a><pw><![CDATA[` + canary + `]]></pw><name>PC-7</name></a>`, kept: "PC-7"},
		"XML, pair":            {header: []string{"Content-Type", "text/xml"}, body: `<add key="Password" value="` + canary + `"/><add key="Name" value="PC-7"/>`, kept: "PC-7"},
		"headers in a text":    {header: []string{"Content-Type", "text/plain"}, body: "GET /\r\nCookie: a=1; b=" + canary + "\r\nAuthorization: Token " + canary + "\r\nHost: x\r\n", kept: "Host: x"},
		"GraphQL":              {body: `{"query":"mutation { login(user: \"x\", password: \"` + canary + `\") { id } }"}`, kept: "mutation"},
		"YAML":                 {header: []string{"Content-Type", "application/yaml"}, body: "name: PC-7\nclient_secret: '" + canary + "'\n", kept: "PC-7"},
		"URL in a URL":         {url: "?to=" + url.QueryEscape("https://x.example.com/?to="+url.QueryEscape("https://y.example.com/?token="+canary)) + "&page=2", kept: "page=2"},
		"too deep":             {url: "?" + strings.Repeat("a=?", 500) + "password=" + canary},
		"multipart":            {header: []string{"Content-Type", "multipart/form-data; boundary=b"}, body: "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + canary + "\r\n--b--", kept: "form-data"},
		"multipart, bare name": {header: []string{"Content-Type", "multipart/form-data; boundary=b"}, body: "--b\r\nContent-Disposition: form-data; name=password\r\n\r\n" + canary + "\r\n--b--", kept: "form-data"},
		"multipart, lines":     {header: []string{"Content-Type", "multipart/form-data; boundary=b"}, body: "--b\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\nfirst\r\n\r\n-" + canary + "\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nPC-7\r\n--b--", kept: "PC-7"},
		"form that is JSON":    {header: form, body: `{"name":"PC-7","password":"` + canary + `","a":"b=c"}`, kept: "PC-7"},
		"form that is XML":     {header: form, body: `<a><password>` + canary + `</password><name>PC-7</name></a>`, kept: "PC-7"},
		"form without a name":  {header: form, body: "Bearer%20" + canary},
		"query without a name": {url: "?" + looks[0]},
		"JSON, single quotes":  {body: `{'name':'PC-7','password':'` + canary + `'}`, kept: "PC-7"},
		"JSON, pair turned":    {body: `{"value":"` + canary + `","name":"password"},{"value":"PC-7","name":"host"}`, kept: "PC-7"},
		"XML, nested":          {header: []string{"Content-Type", "text/xml"}, body: `<a><Password><Value>` + canary + `</Value></Password><name>PC-7</name></a>`, kept: "PC-7"},
		"XML, in XML":          {header: []string{"Content-Type", "text/xml"}, body: `<a>&lt;Password x=&quot;y&quot;&gt;` + canary + `&lt;/Password&gt;&lt;name&gt;PC-7&lt;/name&gt;</a>`, kept: "PC-7"},
		"text":                 {header: []string{"Content-Type", "text/plain"}, body: "login failed: password=" + canary + ", user=x; the token is " + canary, kept: "login failed"},
		"private key":          {header: []string{"Content-Type", "text/plain"}, body: "-----BEGIN RSA PRIVATE KEY-----\n" + canary + "\n-----END RSA PRIVATE KEY-----\nPC-7", kept: "PC-7"},
		"named by the caller":  {url: "?acme=" + canary, body: `{"Ac_Me":"` + canary + `"}`},
		"quoted in a sentence": {body: `{"error":"the secret \"` + canary + `\" is refused"}`, kept: "is refused"},
		"a sentence in a text": {header: []string{"Content-Type", "text/plain"}, body: "login with password '" + canary + "' failed", kept: "failed"},
		"bytes":                {header: []string{"Content-Type", "application/octet-stream"}, body: "\x00\xff" + canary},
	}
	for i, look := range looks {
		tests[fmt.Sprint("looks ", i)] = test{body: `{"result":"` + look + `","name":"PC-7"}`, kept: "PC-7"}
		tests[fmt.Sprint("looks in a query ", i)] = test{url: "?x=" + url.QueryEscape(look) + "&page=2", kept: "page=2"}
		tests[fmt.Sprint("looks in a path ", i)] = test{url: "/hooks/" + look}
		tests[fmt.Sprint("looks in a text ", i)] = test{header: []string{"Content-Type", "text/plain"}, body: "you sent token " + look}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := halopsatest.NewHandler()
				rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(2048), halopsarecord.WithCredentials("ACME"))
				target := "https://rmm.example.com/devices" + test.url
				if strings.HasSuffix(test.url, "@") {
					target = "https://" + test.url + "rmm.example.com/devices"
				}
				header := append([]string{"Content-Type", "application/json"}, test.header...)
				require.NoError(t, call(t.Context(), through(rec), http.MethodPost, target, test.body, header...))
				logger := slog.New(rec.Handler(nil))
				if strings.HasPrefix(test.url, "?") { // as net/http has it, with the URL
					logger.Error("call failed", "error", &url.Error{Op: "Post", URL: target, Err: errors.New("refused")}, "endpoint", "POST "+target)
				}
				require.NoError(t, rec.Close(t.Context()))
				data, err := json.Marshal(h.Stored("IntegrationRequest"))
				require.NoError(t, err)
				more, err := json.Marshal(h.Stored("IntegrationError"))
				require.NoError(t, err)
				stored := string(data) + string(more) + fmt.Sprintf("%+v %v", rec.State(), rec.State().LogValue())
				assert.Equal(t, 1, h.Len("IntegrationRequest"))
				for _, secret := range append([]string{canary, url.QueryEscape(canary), base64.StdEncoding.EncodeToString([]byte("sync:" + canary)), "12345678901"}, looks...) {
					assert.NotContains(t, stored, secret)
				}
				if test.kept != "" {
					assert.Contains(t, strings.ReplaceAll(strings.ReplaceAll(stored, `\`, ""), "u0026", "&"), test.kept)
				}
			})
		})
	}
}

// TestRepeatedCredentials: a token that one call obtains, and the next one uses, is known in the text of an error too.
func TestRepeatedCredentials(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(1000))
		hc, logger := through(rec), slog.New(rec.Handler(nil))
		require.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/token", `{"access_token":"`+canary+`"}`, "Content-Type", "application/json"))
		require.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/echo", "hello "+canary, "Content-Type", "text/plain"))
		require.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/short", "k3y9 is wrong", "Content-Type", "text/plain", "X-Api-Key", "k3y9"))
		require.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/other", "room k3y9", "Content-Type", "text/plain"))
		for range 47 {
			require.NoError(t, call(t.Context(), hc, http.MethodGet, "https://rmm.example.com/", ""))
		}
		synctest.Wait()
		logger.Error(canary+" is refused", "entity_name", canary, "err", errors.New("as "+canary+" says"))
		require.NoError(t, rec.Close(t.Context()))
		data, err := json.Marshal([]any{h.Stored("IntegrationRequest"), h.Stored("IntegrationError")})
		require.NoError(t, err)
		assert.NotContains(t, string(data), canary)
		assert.Contains(t, string(data), "hello [redacted]")
		assert.NotContains(t, string(data), "k3y9 is wrong")
		assert.Contains(t, string(data), "room k3y9", "a short word means something else in another call")
		assert.Contains(t, string(data), "[redacted] is refused: as [redacted] says")
	})
}

// TestWhatIsNoCredentialStays: a log without the words that matter is of no use.
func TestWhatIsNoCredentialStays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(4096), halopsarecord.WithHeaders("X-Acme-Key"))
		target := "https://rmm.example.com:8443/api/v2/sites/6f9619ff-8b86-d011-b42d-00c04fc964ff/devices?page=2&size=100&filter=status%3Dactive&after=2026-10-02T11:22:33Z"
		body := `{"id":12,"device_id":"9f86d081884c7d659a2feaa0c55ad015","name":"PC-7 (Büro)","monkey":"keyboard","token_type":"Bearer","expires_in":3600,` +
			`"tags":["a","b"],"nested":{"keyword":"x"},"author":"Ada","key":"PROJ-1","sort_key":"created","authMethod":"oauth2","error":"the token is invalid","parser":"unexpected token '<' and token 'else'","message":"the site is unknown: 404","class":"System.Data.SqlClient.SqlException","path":"C:\\Program Files\\Acme"}`
		require.NoError(t, call(t.Context(), through(rec), http.MethodPost, target, body, "Content-Type", "application/json", "X-Acme-Key", "shown", "If-Match", `"etag-1"`))
		require.NoError(t, rec.Close(t.Context()))
		stored := h.Stored("IntegrationRequest")[0]
		assert.Equal(t, target, stored["url"])
		assert.JSONEq(t, body, fmt.Sprint(stored["request_body"]))
		assert.Equal(t, body, stored["request_body"])
		assert.Equal(t, "Content-Type: application/json\r\nIf-Match: \"etag-1\"\r\nX-Acme-Key: shown", stored["request_headers"])
	})
}

// TestBodiesCutAnywhere cuts a body at each place: no part of a credential may be left that could be told from other text.
func TestBodiesCutAnywhere(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"JSON":   `{"name":"PC-7","auth":{"user":"x","token":"` + canary + `"},"pairs":[{"name":"api_key","value":"` + canary + `"}],"in":"{\"password\":\"` + canary + `\"}"}`,
		"text":   "the password: " + canary + "; Authorization: Bearer " + canary + " https://x:" + canary + "@x.example.com/?sig=" + canary,
		"markup": `<a><token>` + canary + `</token><b secret="` + canary + `"/></a>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for most := 1; most <= len(body); most++ {
				h := halopsatest.NewHandler(halopsatest.WithRateLimit(0, 0))
				rec := halopsarecord.New(h.Client(t, halopsa.WithoutRateLimit()), module, halopsarecord.WithBodies(most))
				require.NoError(t, call(t.Context(), through(rec), http.MethodPost, "https://rmm.example.com/", body, "Content-Type", "application/json"))
				require.NoError(t, rec.Close(t.Context()))
				for _, stored := range h.Stored("IntegrationRequest") {
					assert.NotContains(t, fmt.Sprint(stored), canary[:5], "after %d bytes: %s", most, stored["request_body"])
				}
			}
		})
	}
}

// TestCleanedJSONStaysJSON makes JSON by chance: without credentials it stays as it is, and with them it is JSON still.
func TestCleanedJSONStaysJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(stormSeed, 7))
	var value func(depth int, secret bool) any
	value = func(depth int, secret bool) any {
		switch n := random.IntN(8); {
		case n == 0 && depth > 0:
			list := make([]any, random.IntN(3))
			for i := range list {
				list[i] = value(depth-1, secret)
			}
			return list
		case n <= 2 && depth > 0:
			object := make(map[string]any)
			for range random.IntN(4) {
				object[[]string{"a", "site", "note", "Größe", "e-mail"}[random.IntN(5)]] = value(depth-1, secret)
			}
			if secret {
				object[[]string{"password", "apiKey", "access_token"}[random.IntN(3)]] = value(depth-1, secret)
			}
			return object
		case n == 3:
			return random.IntN(1000)
		case n == 4:
			return []any{nil, true, -1.5e3}[random.IntN(3)]
		}
		return []string{"", "PC-7", "a \"quoted\" word", "C:\\Users", "two\nlines", "5 < 6 & 7", "Zürich", "[in brackets]", "{in braces"}[random.IntN(9)]
	}
	for _, secret := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := halopsatest.NewHandler()
			rec := halopsarecord.New(h.Client(t), module, halopsarecord.WithBodies(1<<20))
			hc := through(rec)
			var sent []string
			for range 300 {
				data, err := json.Marshal(map[string]any{"v": value(4, secret)})
				require.NoError(t, err)
				sent = append(sent, string(data))
				require.NoError(t, call(t.Context(), hc, http.MethodPost, "https://rmm.example.com/", string(data), "Content-Type", "application/json"))
			}
			require.NoError(t, rec.Close(t.Context()))
			for i, record := range h.Stored("IntegrationRequest") {
				got := fmt.Sprint(record["request_body"])
				assert.True(t, json.Valid([]byte(got)), "%s became %s", sent[i], got)
				if !secret {
					assert.Equal(t, sent[i], got)
				}
			}
		})
	}
}

// TestRecorderShowsNoSecretsInAnyVerb: it holds what it has taken out, and calls that wait to be written.
func TestRecorderShowsNoSecretsInAnyVerb(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rec := halopsarecord.New(halopsatest.NewHandler().Client(t), module)
		shown := func() {
			for _, verb := range "vsqdxXp" {
				for _, format := range []string{"%", "%+", "%#"} {
					text := fmt.Sprintf(format+string(verb), rec)
					assert.NotContains(t, text, "canary", format+string(verb))
				}
			}
		}
		require.NoError(t, call(t.Context(), through(rec), http.MethodGet, "https://rmm.example.com/?access_token=canary-secret-1234", ""))
		shown()
		require.NoError(t, rec.Close(t.Context()))
		shown()
		assert.Equal(t, "halopsarecord.Recorder{module 12}", fmt.Sprint(rec))
		assert.Equal(t, "halopsarecord.Recorder{module 0}", fmt.Sprint((*halopsarecord.Recorder)(nil)))
	})
}
