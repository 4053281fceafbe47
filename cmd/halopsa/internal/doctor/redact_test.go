package doctor

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// canary is a credential that must not be shown; it looks like a word, so that only what is around it can give it away.
const canary = "kanarienvogel"

func TestCleanTakesCredentialsOut(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"query":                    "GET https://api.example.com/v2/x?token=kanarienvogel failed",
		"query without a name":     "GET https://api.example.com/v2/x?kanarienvogel failed",
		"relative query":           "GET /v2/x?page=2&sv=kanarienvogel failed",
		"fragment":                 "back to https://app.example.com/cb#access=kanarienvogel",
		"query with apostrophes":   "https://api.example.com/x?q='kanarienvogel'",
		"user of a URL":            "ftp://joe:kanarienvogel@files.example.com/in",
		"token as user":            "https://kanarienvogel@git.example.com/x",
		"password with a slash":    "https://joe:pa/kanarienvogel@files.example.com/in",
		"password with a question": "https://joe:pa?kanarienvogel@files.example.com/in",
		"user without a scheme":    "joe:kanarienvogel@db.example.com refused",
		"URL in JSON":              `{"url":"https:\/\/joe:kanarienvogel@x.example.com\/a"}`,
		"path after key":           "https://api.example.com/apikey/kanarienvogel/devices",
		"authorization":            "Authorization: Bearer kanarienvogel",
		"unknown scheme":           "Authorization: Custom a kanarienvogel",
		"digest":                   `Authorization: Digest username="x", response="kanarienvogel"`,
		"authorization in JSON":    `{"headers":{"Authorization":"Bearer kanarienvogel"}}`,
		"authorization list":       `{"Authorization":["Bearer kanarienvogel"]}`,
		"proxy authorization":      "proxy-authorization=Basic kanarienvogel",
		"cookie":                   "Cookie: a=b; session=kanarienvogel",
		"set-cookie":               "Set-Cookie: kanarienvogel; Path=/",
		"bearer alone":             "sent bearer kanarienvogel to the server",
		"bearer quoted":            `sent Bearer "kanarienvogel"`,
		"basic alone":              "sent Basic S2FuYXJpZW52b2dlbA== kanarien",
		"api key header":           "X-Api-Key: kanarienvogel",
		"subscription key":         "Ocp-Apim-Subscription-Key: kanarienvogel",
		"auth token header":        "X-Auth-Token=kanarienvogel",
		"password":                 "login failed, password=kanarienvogel",
		"password with a colon":    "Password : kanarienvogel",
		"JSON member":              `{"client_secret":"kanarienvogel"}`,
		"JSON in JSON":             `{"body":"{\"clientSecret\":\"kanarienvogel\"}"}`,
		"quote in the value":       `{"password":"a\"kanarienvogel"}`,
		"quote in JSON in JSON":    `"{\"password\":\"a\\\"kanarienvogel\"}"`,
		"apostrophes":              "{'refresh_token': 'kanarienvogel'}",
		"form":                     "grant_type=password&username=x&password=kanarienvogel&scope=all",
		"escaped form":             "password%3Dkanarienvogel",
		"connection string":        "Server=db;Uid=sa;Pwd=kanarienvogel;Encrypt=true",
		"storage key":              "AccountName=x;AccountKey=kanarienvogel==",
		"shared access":            "Endpoint=sb://x;SharedAccessKey=kanarienvogel",
		"key with an equals sign":  "key=kanarienvogel",
		"arrow":                    "password => kanarienvogel",
		"XML":                      "<soap><Password>kanarienvogel</Password></soap>",
		"XML with attribute":       `<apiKey type="x">kanarienvogel</apiKey>`,
		"escaped XML":              "&lt;password&gt;kanarienvogel&lt;/password&gt;",
		"escaped JSON":             "{&quot;password&quot;:&quot;kanarienvogel&quot;}",
		"prose":                    "the token 'kanarienvogel' is not valid",
		"prose with a plain word":  "the password is kanarienvogel",
		"prose without a verb":     "login as joe with password kanarienvogel failed",
		"prose with a user":        "the password for joe is kanarienvogel, since May",
		"passphrase in prose":      "Passphrase kanarienvogel was refused",
		"prose with a verb":        `the password is "kanarienvogel"`,
		"invisible letters":        "pass\u200bword=kanarienvogel",
		"over lines":               "password:\n  kanarienvogel",
		"PEM":                      "-----BEGIN PRIVATE KEY-----\nkanarienvogel\n-----END PRIVATE KEY-----",
		"PEM that broke off":       "-----BEGIN RSA PRIVATE KEY-----\nkanarienvogel",
		"JWT":                      "eyJhbGciOiJIUzI1NiJ9.kanarienvogel.kanarienvogel",
		"known prefix":             "sk_live_kanarienvogel",
		"GitHub":                   "ghp_kanarienvogel",
		"after a harmless word":    "token: invalid, secret: kanarienvogel",
		"the name of another":      "key: password=kanarienvogel",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shown := Clean(text)
			assert.NotContains(t, shown, canary)
			assert.Contains(t, shown, hidden)
			assert.NotContains(t, kind(text), canary)
			assert.NotContains(t, Clean("before it: "+text), canary)
			assert.NotContains(t, Clean(text+", and after it"), canary)
		})
	}
}

// TestCleanTakesThePasswordsOutOfSentences, wherever in them they are.
func TestCleanTakesThePasswordsOutOfSentences(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"password for user joe is kanarienvogel", "the password of joe is kanarienvogel", "the password you entered, kanarienvogel, is wrong",
		"the password is: kanarienvogel", "the password is now kanarienvogel", "password set to kanarienvogel", "password was changed to kanarienvogel",
		"new password will be kanarienvogel", "password has been reset to kanarienvogel", "the secret is kanarienvogel", "api key is kanarienvogel",
		"client secret kanarienvogel is invalid", "API key kanarienvogel is not valid", "authenticated with secret key kanarienvogel",
		"private key kanarienvogel", "passcode kanarienvogel", "passcode: kanarienvogel", "pass=kanarienvogel", "pass: kanarienvogel", "otp=kanarienvogel",
		"user/pass joe/kanarienvogel", "credentials joe / kanarienvogel rejected", "Passwort: kanarienvogel", "Das Passwort ist kanarienvogel",
		"Kennwort kanarienvogel", "mot de passe: kanarienvogel", "contraseña: kanarienvogel", "wachtwoord kanarienvogel", "senha: kanarienvogel",
		"password - kanarienvogel", "password → kanarienvogel", "password -> kanarienvogel", "passwords are kanarienvogel and kanarienvogel",
		"ＰＡＳＳＷＯＲＤ kanarienvogel", "PASSWORD OF USER JOE = kanarienvogel", "password given is kanarienvogel", "your password must be kanarienvogel",
		"the token for joe is kanarienvogel", "the old password expired and the new password is kanarienvogel",
		`<input name="password" value="kanarienvogel">`, `{"name":"password","value":"kanarienvogel"}`, `{\"key\":\"x-api-key\",\"value\":\"kanarienvogel\"}`,
		`{"name":"Cookie","type":"x","value":"kanarienvogel"}`, `["password","kanarienvogel"]`,
	} {
		shown := Clean(text)
		assert.NotContains(t, shown, canary, text)
		assert.Contains(t, shown, hidden, text)
	}
}

func TestCleanTakesRandomTextsOut(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{
		"c2VjcmV0LXZhbHVlLTEyMzQ1Njc4OTA", "4f9a8b2c7d1e6f3a4f9a8b2c7d1e6f3a", "Xy7Pq2Rt9Lm4Nv8Bz1Kc",
		"6a1f0c1e-2b3c-4d5e-8f90-a1b2c3d4e5f6-6a1f0c1e-2b3c-4d5e-8f90-a1b2c3d4e5f6",
	} {
		assert.Equal(t, "refused "+hidden+" as it is", Clean("refused "+secret+" as it is"))
		assert.Equal(t, "hooks.example.com/in/"+hidden, route("https://hooks.example.com/in/"+secret))
	}
}

func TestCleanKeepsTheRest(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"404 Not Found: no such device", "The serial number is already in use by another asset",
		"401 Unauthorized: the refresh token has expired", "Business Validation Error: the customer is inactive",
		"ValidationException: account code 200 is not valid", "Invalid token: expired", "Bearer authentication failed",
		"Basic information is missing", "Duplicate key: 12", "Token is required.", "password must be changed", "the password has expired", "Password policy: too short", "password reset failed", "wrong user or password", "Access token 401",
		"the token is not valid for this audience", "the password was changed by admin", "password is required for account 12", "API key does not exist",
		"the client secret has expired and must be renewed", "token endpoint returned 500", "password must be reset before the next login",
		"the password for joe is wrong", "refresh token request failed", "The secret could not be read from the vault", "User is not authorized to access the token endpoint",
		"The e-mail address joe@example.com is in use by another user", "https://api.example.com/v2/Assets/812 answered 500",
		"deviceManagementConfigurationPolicies", "order SO-000123-2024-000456-ABC", "at 2026-10-02T11:22:33.457",
		"asset 550e8400-e29b-41d4-a716-446655440000 is locked", "is it /v2/x?", "50 % of <tickets> & more",
	} {
		assert.Equal(t, text, Clean(text))
	}
}

func TestCleanIsOneLineThatATerminalCanShow(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "a [31mred [0m b c", Clean("a \x1b[31mred\x1b[0m\r\nb\tc\u202e\u0000"))
	assert.Equal(t, "a b", Clean("a\xffb"))
	long := Clean(strings.Repeat("word ", 100_000))
	assert.Equal(t, longestShown, utf8.RuneCountInString(long))
	assert.True(t, strings.HasSuffix(long, "…"))
}

func TestKindLeavesIdsOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Device 81234 is gone, 404", "Device 99 is gone, 404", "Device 550e8400-e29b-41d4-a716-446655440000 is gone, 404"} {
		want := "Device {id} is gone, 404"
		if strings.Contains(text, " 99 ") {
			want = text // a short number can be a code
		}
		assert.Equal(t, want, kind(text))
	}
}

func TestRouteNamesTheEndpoint(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"https://api.example.com/v2/Assets/812":                           "api.example.com/v2/Assets/{id}",
		"https://api.example.com/v2/Assets/812?token=kanarienvogel":       "api.example.com/v2/Assets/{id}",
		"https://joe:kanarienvogel@api.example.com:8443/v2/x#y":           "api.example.com:8443/v2/x",
		"https://joe:kana/rienvogel@api.example.com/v2/x":                 "api.example.com/v2/x",
		"https://api.example.com/token/kanarienvogel":                     "api.example.com/token/" + hidden,
		"/v2/Users/550e8400-e29b-41d4-a716-446655440000/roles":            "/v2/Users/{id}/roles",
		"/odata/Users('kanarienvogel')/Groups(12)":                        "/odata/Users({id})/Groups({id})",
		"/v2/users/joe@example.com":                                       "/v2/users/{id}",
		"/v2/x;jsessionid=kanarienvogel":                                  "/v2/x",
		"/v2/invoices/INV-2026-000812":                                    "/v2/invoices/{id}",
		"https://api.example.com":                                         "api.example.com",
		"https://api.example.com/deviceManagement/managedDevices/2026-01": "api.example.com/deviceManagement/managedDevices/{id}",
		"": "",
	}
	for raw, want := range tests {
		assert.Equal(t, want, route(raw), raw)
	}
}

// FuzzClean puts a credential between two texts: whatever they are, it must not be shown.
func FuzzClean(f *testing.F) {
	for _, text := range []string{"", `{"a":"`, "<password>", "https://x.example.com/?a=b", "key:", "token 'a", `\"`, "Cookie: ", "a:b@", "\x1b\xff"} {
		f.Add(text, "")
		f.Add("", text)
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before+after, "anarienvogel") || len(before)+len(after) > 2000 {
			t.Skip()
		}
		shown := Clean(before + " password=" + canary + " " + after)
		if strings.Contains(shown, canary) {
			t.Errorf("%q shows it", shown)
		}
		for _, r := range shown {
			if !unicode.IsPrint(r) {
				t.Errorf("%q has %q", shown, r)
			}
		}
		route(before + after)
	})
}
