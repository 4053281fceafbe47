package redact_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/redact"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	body := func(member string, value any) string {
		data, err := json.Marshal([]any{map[string]any{"id": 1, "name": "ACME UK", member: value}})
		require.NoError(t, err)
		return string(data)
	}
	tests := map[string]struct {
		body string
		hide []string // each of which a server may say again, alone
		keep []string
	}{
		"a secret member":          {body: body("new_clientsecret", "hunter pass"), hide: []string{"hunter pass"}, keep: []string{"ACME UK"}},
		"in another case":          {body: body("New_ClientSecret", "hunterpass"), hide: []string{"hunterpass"}},
		"a token":                  {body: body("_retry_webhook_token", "hunterpass"), hide: []string{"hunterpass"}},
		"null":                     {body: body("new_clientsecret", nil), keep: []string{"ACME UK"}},
		"a number":                 {body: body("request_body", 12), keep: []string{"12"}},
		"no secret member":         {body: body("clientsecret_is_set", "hunterpass"), keep: []string{"hunterpass"}},
		"named in a value":         {body: body("note", "new_clientsecret"), keep: []string{"new_clientsecret", "ACME UK"}},
		"no JSON":                  {body: `{"new_clientsecret":"hunterpass"`, hide: []string{"hunterpass"}},
		"empty":                    {keep: []string{"ACME"}},
		"a list in a record":       {body: body("children", []any{[]any{map[string]string{"request_body": "hunterpass"}}}), hide: []string{"hunterpass"}},
		"all below a secret one":   {body: body("request_headers", map[string]any{"X": []string{"hunterpass"}}), hide: []string{"hunterpass"}},
		"a scheme and a token":     {body: body("request_headers", "Bearer hunterpass"), hide: []string{"Bearer hunterpass", "hunterpass"}},
		"a scheme in an object":    {body: body("request_headers", map[string]string{"Authorization": "Basic hunterpass"}), hide: []string{"hunterpass"}},
		"a body inside the body":   {body: body("request_body", ` {"user":"sync","deep":[{"password":"hunterpass"}]}`), hide: []string{"hunterpass"}},
		"a list inside the body":   {body: body("response_body", `["hunterpass"]`), hide: []string{"hunterpass"}},
		"broken JSON inside":       {body: body("response_body", `{"password":"hunter22"`), hide: []string{"hunter22"}},
		"a form":                   {body: body("request_body", "user=sync&password=hunter%2Bpass&x=hunterword"), hide: []string{"hunter+pass", "hunterword"}},
		"a markup":                 {body: body("request_body", "<login><password>hunter22</password></login>"), hide: []string{"hunter22"}},
		"a sentence":               {body: body("response_body", "The integration failed with code 4711: no site was found."), keep: []string{"integration", "found", "code 4711"}},
		"a credential in sentence": {body: body("response_body", "no site hunter-22 and 12345678 was found"), hide: []string{"hunter-22", "12345678"}},
		"a long word":              {body: body("response_body", "no site abcdefghijklmnop was found"), hide: []string{"abcdefghijklmnop"}},
		"headers": {
			body: body("request_headers", "POST / HTTP/1.1\r\nAuthorization: Bearer hunterpass\r\nCookie: sid=hunterword; lang=\"english\"\n\nX-Key:   hunter key  \r\n"),
			hide: []string{"Bearer hunterpass", "hunterpass", "hunterword", "english", "hunter key", "X-Key:   hunter key"},
			keep: []string{"Authorization", "Cookie"},
		},
		"several records": {
			body: `[{"new_clientsecret":"hunterfirst"},{"new_clientsecret":"hunterother"}]`, hide: []string{"hunterfirst", "hunterother"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secrets := redact.New([]byte(test.body))
			for _, text := range test.hide {
				got := secrets.String("it says: '" + text + "'")
				assert.Equal(t, "it says: '[redacted]'", got, text)
			}
			for _, text := range test.keep {
				assert.Equal(t, text+".", secrets.String(text+"."))
			}
		})
	}
}
