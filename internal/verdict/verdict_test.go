package verdict_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/verdict"
)

func of(status int, contentType, body string) verdict.Verdict {
	return verdict.Of(status, http.Header{"Content-Type": {contentType}}, []byte(body))
}

func TestWhoseWordAResponseIs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status      int
		label, body string
		edge, html  bool
	}{
		"JSON":                       {400, "application/json", `{"message":"no"}`, false, false},
		"JSON that says text/html":   {403, "text/html", `{"message":"no"}`, false, false},
		"a text of JSON":             {400, "text/html", `"Invalid Resource"`, false, false},
		"plain text":                 {400, "text/plain", "no such module", false, false},
		"nothing":                    {401, "", "", false, false},
		"a page":                     {403, "text/html", "<html>", true, true},
		"a page that says JSON":      {404, "application/json", "\ufeff <!DOCTYPE html>", true, true},
		"XML":                        {403, "application/xml", "<Error><Code>AccessDenied</Code></Error>", true, true},
		"text in a page's label":     {404, "text/html", "Not Found", true, true},
		"a page's label alone":       {404, "text/html", "", true, true},
		"Cloudflare's text":          {403, "text/plain", "error code: 1020", true, false},
		"Envoy's text":               {403, "text/plain", "upstream connect error or disconnect/reset before headers", true, false},
		"Go's reverse proxy":         {404, "text/plain", "404 page not found", true, false},
		"Kong's JSON":                {404, "application/json", `{"message":"no Route matched with those values"}`, true, false},
		"a redirect":                 {302, "", "", true, false},
		"a gateway":                  {504, "application/json", `{"message":"no"}`, true, false},
		"nginx's own":                {499, "", "", true, false},
		"an error of HaloPSA itself": {500, "application/json", `{"message":"boom"}`, false, false},
		"a success is not looked at": {200, "text/html", "<html>", false, false},
	}
	for name, test := range tests {
		v := of(test.status, test.label, test.body)
		assert.Equal(t, test.edge, v.Edge, name)
		assert.Equal(t, test.html, v.HTML, name)
	}
}

func TestWhatIsKnownOfAWrite(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status       int
		body         string
		one, several bool // not applied
	}{
		{401, "", true, true}, {401, "<html>", true, true}, {429, "<html>", true, true}, {413, "<html>", true, true}, {415, "", true, true},
		{403, "", true, true}, {403, "<html>", false, false}, {404, `{"message":"no"}`, true, true}, {404, "<html>", false, false},
		{400, `{"[0].value":["no"]}`, true, true}, {400, `{"id":["no"]}`, true, false}, {400, "", true, false}, {409, "", true, false},
		{408, "", false, false}, {302, "", false, false}, {101, "", false, false}, {207, "", false, false}, {500, "", false, false},
	} {
		v := of(test.status, "", test.body)
		assert.Equal(t, test.one, v.NotApplied(1), "%d %s", test.status, test.body)
		assert.Equal(t, test.several, v.NotApplied(2), "%d %s to several", test.status, test.body)
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	for body, gone := range map[string]bool{
		`{"Message":"The record was not found."}`:                true,
		`{"message":"IntegrationError 5 does not exist"}`:        true,
		`{"ClassName":"System.Exception","Message":"Not found"}`: true,
		`{"statusCode":404,"message":"Resource not found"}`:      false,
		`{"message":"Cannot DELETE /api/IntegrationError/1"}`:    false,
		`{"Message":"Site not found"}`:                           false,
		`"404"`:                                                  false, `404`: false, `true`: false, `{"message":"404 Not Found"}`: false,
		``:          false,
		`<html>`:    false,
		`not there`: false, // no JSON
		`{"Message":"No HTTP resource was found that matches the request."}`: false,
		`{"title":"Not Found","status":404}`:                                 false,
	} {
		assert.Equal(t, gone, of(404, "", body).Gone(), body)
	}
	assert.False(t, of(410, "", `{"message":"The record was not found."}`).Gone())
}

func TestStatusAlone(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][2]bool{ // success, transient
		200: {true, false}, 201: {true, false}, 203: {true, false}, 204: {true, false}, 202: {}, 205: {}, 206: {}, 207: {}, 226: {},
		404: {}, 408: {false, true}, 425: {false, true}, 429: {}, 500: {false, true}, 501: {}, 502: {false, true}, 503: {false, true},
		504: {false, true}, 520: {false, true}, 524: {false, true}, 525: {}, 530: {false, true},
	} {
		v := verdict.Verdict{Status: status}
		assert.Equal(t, want, [2]bool{v.Success(), v.Transient()}, status)
	}
}
