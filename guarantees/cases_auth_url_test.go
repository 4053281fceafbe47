package guarantees_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestCaseB13Environment: what was pasted or mounted with white space around it is trimmed.
func TestCaseB13Environment(t *testing.T) { // changes the environment and so cannot run beside others
	for name, around := range map[string][2]string{
		"line break": {"", "\n"}, "CRLF": {"", "\r\n"}, "blanks": {"  ", " "}, "tabs": {"\t", "\t\n\n"},
		"no-break space": {"\u00a0", "\u00a0"}, "byte order mark": {"\ufeff", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := func(value string) string { return around[0] + value + around[1] }
			trial.SetEnv(t, map[string]string{
				"URL": in("https://acme.halopsa.com"), "CLIENT_ID": in("sync"), "CLIENT_SECRET": in("s3 cret"), "TENANT": in("acme"),
				"SCOPE": in("read:tickets edit:tickets"), "AUTH_URL": in("https://auth.example.com/auth"),
			})
			transport, urls := trial.Visited()
			var form string
			client, err := halopsa.NewClientFromEnv(halopsa.WithHTTPClient(&http.Client{
				Transport: trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
					if req.Method == http.MethodPost {
						form = trial.ReadAll(t, req.Body)
					}
					return transport.RoundTrip(req)
				}),
			}))
			require.NoError(t, err)
			require.NoError(t, trial.GetOne(t.Context(), client))
			assert.Equal(t, []string{"https://auth.example.com/auth/token?tenant=acme", "https://acme.halopsa.com/api/IntegrationError/1"}, *urls)
			assert.Equal(t, "client_id=sync&client_secret=s3+cret&grant_type=client_credentials&scope=read%3Atickets+edit%3Atickets", form)
		})
	}
}

// TestCaseB13Missing: white space alone is missing where a value is needed, and not set where it is not.
func TestCaseB13Missing(t *testing.T) {
	for _, blank := range []string{" ", "\n", "\r\n\t ", "\u00a0", "\ufeff"} {
		trial.SetEnv(t, map[string]string{"URL": blank, "CLIENT_ID": blank, "CLIENT_SECRET": blank})
		_, err := halopsa.NewClientFromEnv()
		require.EqualError(t, err, "halopsa: environment: HALOPSA_URL, HALOPSA_CLIENT_ID, HALOPSA_CLIENT_SECRET not set")

		trial.SetEnv(t, map[string]string{
			"URL": "https://acme.halopsa.com", "CLIENT_ID": "sync", "CLIENT_SECRET": "s3cret", "TENANT": blank, "SCOPE": blank, "AUTH_URL": blank,
		})
		transport, urls := trial.Visited()
		client, err := halopsa.NewClientFromEnv(halopsa.WithHTTPClient(&http.Client{Transport: transport}))
		require.NoError(t, err)
		require.NoError(t, trial.GetOne(t.Context(), client))
		assert.Equal(t, "https://acme.halopsa.com/auth/token", (*urls)[0])
	}
}

// TestCaseB13Credentials: the same holds for credentials that code gives.
func TestCaseB13Credentials(t *testing.T) {
	t.Parallel()
	for _, blank := range []string{" ", "\n", "\r\n\t ", "\u00a0"} {
		for _, option := range []halopsa.ClientOption{halopsa.WithClientCredentials(blank, "canary"), halopsa.WithClientCredentials("id", blank)} {
			_, err := halopsa.NewClient("https://acme.halopsa.com", option)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.EqualError(t, err, "halopsa: WithClientCredentials: the client id and the client secret must not be empty")
		}
		var form string
		client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithClientCredentials("id"+blank, blank+"secret"+blank),
			halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
				if req.Method == http.MethodPost {
					form = trial.ReadAll(t, req.Body)
				}
				return trial.Respond(http.StatusOK, "application/json", `{"id":1,"access_token":"t"}`), nil
			})}))
		require.NoError(t, err)
		require.NoError(t, trial.GetOne(t.Context(), client))
		assert.Equal(t, "client_id=id&client_secret=secret&grant_type=client_credentials&scope=all", form)
	}
}

// TestCaseB14URLsRefused: what a server, a proxy or net/http could read in another way than the user is refused by NewClient.
func TestCaseB14URLsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ given, says string }{
		"empty query":              {"https://acme.halopsa.com/auth?", "query or fragment"},
		"empty query of the host":  {"https://acme.halopsa.com?", "query or fragment"},
		"empty query, endpoint":    {"https://acme.halopsa.com/auth/token?", "query or fragment"},
		"query without a value":    {"https://acme.halopsa.com/auth?canary", "query or fragment"},
		"query with a tenant":      {"https://acme.halopsa.com/auth/token?tenant=canary", "WithTenant names the tenant"},
		"query in a query":         {"https://acme.halopsa.com/auth??", "query or fragment"},
		"empty fragment":           {"https://acme.halopsa.com/auth#", "query or fragment"},
		"empty fragment of a host": {"https://acme.halopsa.com#", "query or fragment"},
		"both, empty":              {"https://acme.halopsa.com/auth?#", "query or fragment"},
		"a route of a page":        {"https://acme.halopsa.com/#/config", "query or fragment"},
		"IPv6 zone":                {"https://[fe80::1%25eth0]/auth", "zone"},
		"IPv6 zone, not escaped":   {"https://[fe80::1%eth0]/auth", "malformed"},
		"IPv6 of nothing":          {"https://[]/auth", "IPv6|no host|malformed"},
		"IPv4 in brackets":         {"https://[192.0.2.1]/auth", "IPv6|malformed"},
		"IPv6 without brackets":    {"https://2001:db8::1/auth", "malformed|IPv6"},
		"a name in brackets":       {"https://[acme.halopsa.com]/auth", "IPv6|malformed"},
		"port 0":                   {"https://acme.halopsa.com:0/auth", "between 1 and 65535"},
		"port 65536":               {"https://acme.halopsa.com:65536/auth", "between 1 and 65535"},
		"port 99999":               {"https://acme.halopsa.com:99999/auth", "between 1 and 65535"},
		"port of 30 digits":        {"https://acme.halopsa.com:" + strings.Repeat("4", 30), "between 1 and 65535"},
		"negative port":            {"https://acme.halopsa.com:-1/auth", "malformed"},
		"port in words":            {"https://acme.halopsa.com:https/auth", "malformed"},
		"two ports":                {"https://acme.halopsa.com:443:443/auth", "malformed|host"},
		"user":                     {"https://canary@acme.halopsa.com/auth", "user name or password"},
		"user without a name":      {"https://@acme.halopsa.com/auth", "user name or password"},
		"password alone":           {"https://:canary@acme.halopsa.com/auth", "user name or password"},
		"blank inside":             {"https://acme.halopsa.com/my auth", "blank"},
		"blank in the host":        {"https://acme .halopsa.com/auth", "blank"},
		"line break inside":        {"https://acme.halopsa.com\n/auth", "blank"},
		"two URLs":                 {"https://acme.halopsa.com\nhttps://other.example.com", "blank"},
		"tab inside":               {"https://acme.halopsa.com/\tauth", "blank"},
		"NUL":                      {"https://acme.halopsa.com/auth\x00/x", "control character"},
		"escape":                   {"https://acme.halopsa.com/\x1b[31mauth", "control character"},
		"no-break space":           {"https://acme.halopsa.com/a\u00a0b", "blank"},
		"zero width space":         {"https://acme\u200b.halopsa.com", "invisible"},
		"soft hyphen":              {"https://ac\u00adme.halopsa.com", "invisible"},
		"right to left":            {"https://acme.halopsa.com/\u202eauth", "invisible"},
		"backslash":                {`https://acme.halopsa.com\auth`, "backslash"},
		"backslashes":              {`https:\\acme.halopsa.com\auth`, "backslash"},
		"backslash in the path":    {`https://acme.halopsa.com/halo\auth`, "backslash"},
		"backslash and user":       {`https://acme.halopsa.com\@other.example.com`, "backslash"},
		"dot dot":                  {"https://acme.halopsa.com/halo/../auth", ". or .."},
		"dot dot at the end":       {"https://acme.halopsa.com/auth/..", ". or .."},
		"dot":                      {"https://acme.halopsa.com/./auth", ". or .."},
		"dot dot, escaped":         {"https://acme.halopsa.com/halo/%2e%2e/auth", ". or .."},
		"dot dot, upper case":      {"https://acme.halopsa.com/halo/%2E%2E/auth", ". or .."},
		"dot dot, half escaped":    {"https://acme.halopsa.com/halo/.%2e/auth", ". or .."},
		"dot dot with a parameter": {"https://acme.halopsa.com/halo/..;x/auth", ". or .."},
		"dot dot, escaped twice":   {"https://acme.halopsa.com/halo/%252e%252e/auth", ". or .."},
		"slash, escaped":           {"https://acme.halopsa.com/halo%2fauth", "escaped slash"},
		"backslash, escaped":       {"https://acme.halopsa.com/halo%5cauth", "escaped slash"},
		"query, escaped":           {"https://acme.halopsa.com/auth%3Fx", "escaped slash"},
		"NUL, escaped":             {"https://acme.halopsa.com/auth%00", "control character"},
		"line break, escaped":      {"https://acme.halopsa.com/auth%0d%0aX:y", "control character"},
		"empty part":               {"https://acme.halopsa.com//auth", "empty part"},
		"empty part inside":        {"https://acme.halopsa.com/halo//auth", "empty part"},
		"two schemes":              {"https://https://acme.halopsa.com", "empty part"},
		"host of a dot":            {"https://./auth", "not a name"},
		"host of dots":             {"https://.../auth", "not a name"},
		"host with two dots":       {"https://acme..halopsa.com", "not a name"},
		"host with a dot first":    {"https://.halopsa.com", "not a name"},
		"host with two dots last":  {"https://acme.halopsa.com../auth", "not a name"},
		"host of a template":       {"https://<tenant>.halopsa.com", "not a name|malformed"},
		"host of a variable":       {"https://${TENANT}.halopsa.com", "not a name|malformed"},
		"host of a wildcard":       {"https://*.halopsa.com", "not a name"},
		"two hosts":                {"https://acme.halopsa.com,other.halopsa.com", "not a name"},
		"host with a semicolon":    {"https://acme.halopsa.com;x", "not a name|malformed"},
		"host with an exclamation": {"https://acme!.halopsa.com", "not a name"},
		"host, escaped":            {"https://acme%2ehalopsa.com", "malformed|not a name"},
		"host of a long label":     {"https://" + strings.Repeat("a", 64) + ".halopsa.com", "not a name"},
		"host that is too long":    {"https://" + strings.Repeat("abcdefg.", 40) + "com", "not a name"},
		"no host but a port":       {"https://:8443/auth", "no host"},
		"no host":                  {"https:///auth", "no host"},
		"one slash":                {"https:/acme.halopsa.com", "no host"},
		"no slash":                 {"https:acme.halopsa.com", "no host"},
		"quotes":                   {`"https://acme.halopsa.com"`, "malformed|must begin"},
		"no scheme":                {"//acme.halopsa.com/auth", "must begin with https://"},
		"a name alone":             {"acme", "must begin with https://"},
		"another scheme":           {"wss://acme.halopsa.com", "must begin with https://"},
		"a file":                   {"file:///auth", "must begin with https://"},
		"a bad escape":             {"https://acme.halopsa.com/%", "malformed"},
		"a cut escape":             {"https://acme.halopsa.com/%2", "malformed"},
		"in the clear":             {"HTTP://acme.halopsa.com/auth", "WithInsecureHTTP"},
		"in the clear, dot":        {"http://localhost.example.com./auth", "WithInsecureHTTP"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for argument, err := range map[string]error{
				"base URL":          second(halopsa.NewClient(test.given, trial.AnyCredentials)),
				"authorization URL": second(halopsa.NewClient("https://acme.halopsa.com", trial.AnyCredentials, halopsa.WithAuthURL(test.given))),
			} {
				var refused *halopsa.ArgumentError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, argument, refused.Argument)
				assert.Contains(t, refused.Reason, "https://", "it says what is allowed")
				assert.NotContains(t, err.Error(), "canary")
				assert.True(t, containsAny(refused.Reason, strings.Split(test.says, "|")), "%s: %s", argument, refused.Reason)
			}
		})
	}
}

func second(_ *halopsa.Client, err error) error { return err }

func containsAny(text string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// TestCaseB14AuthURLs: what can mean one thing only is taken so, and the secret goes where it says.
func TestCaseB14AuthURLs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ given, want string }{
		"trial tenant":              {"https://trial.example.com/token", "https://trial.example.com/token"},
		"trial tenant, slash":       {"https://trial.example.com/token/", "https://trial.example.com/token"},
		"trial tenant, port":        {"https://trial.example.com:8443/token", "https://trial.example.com:8443/token"},
		"trial tenant, upper case":  {"https://trial.example.com/TOKEN", "https://trial.example.com/TOKEN"},
		"endpoint":                  {"https://h.example.com/auth/token", "https://h.example.com/auth/token"},
		"endpoint, elsewhere":       {"https://h.example.com/connect/token", "https://h.example.com/connect/token"},
		"endpoint, escaped":         {"https://h.example.com/auth/%74oken", "https://h.example.com/auth/%74oken"},
		"auth":                      {"https://h.example.com/auth", "https://h.example.com/auth/token"},
		"auth, slashes":             {"https://h.example.com/auth///", "https://h.example.com/auth/token"},
		"auth, upper case":          {"https://h.example.com/AUTH", "https://h.example.com/AUTH/token"},
		"a path of its own":         {"https://h.example.com/identity", "https://h.example.com/identity/token"},
		"a path like token":         {"https://h.example.com/mytoken", "https://h.example.com/mytoken/token"},
		"a path with a blank":       {"https://h.example.com/a%20b/auth", "https://h.example.com/a%20b/auth/token"},
		"a path of dots":            {"https://h.example.com/.../auth", "https://h.example.com/.../auth/token"},
		"a path with dots":          {"https://h.example.com/v1..2/auth", "https://h.example.com/v1..2/auth/token"},
		"host":                      {"https://h.example.com", "https://h.example.com/auth/token"},
		"host, slash":               {"https://h.example.com/", "https://h.example.com/auth/token"},
		"api":                       {"https://h.example.com/api", "https://h.example.com/auth/token"},
		"api, escaped":              {"https://h.example.com/%61pi", "https://h.example.com/auth/token"},
		"scheme in upper case":      {"HTTPS://h.example.com/auth", "https://h.example.com/auth/token"},
		"scheme in mixed case":      {"Https://h.example.com/auth", "https://h.example.com/auth/token"},
		"empty port":                {"https://h.example.com:/auth", "https://h.example.com/auth/token"},
		"port with zeros":           {"https://h.example.com:08443/auth", "https://h.example.com:8443/auth/token"},
		"the last port":             {"https://h.example.com:65535/auth", "https://h.example.com:65535/auth/token"},
		"a complete name":           {"https://h.example.com./auth", "https://h.example.com/auth/token"},
		"underscore":                {"https://h_1.example.com/auth", "https://h_1.example.com/auth/token"},
		"a name without a dot":      {"https://halo/auth", "https://halo/auth/token"},
		"IPv4":                      {"https://192.0.2.1/auth", "https://192.0.2.1/auth/token"},
		"IPv6":                      {"https://[2001:db8::1]/auth", "https://[2001:db8::1]/auth/token"},
		"IPv6, port":                {"https://[2001:db8::1]:8443/auth", "https://[2001:db8::1]:8443/auth/token"},
		"IPv6, empty port":          {"https://[2001:db8::1]:/auth", "https://[2001:db8::1]/auth/token"},
		"blanks around":             {" \thttps://h.example.com/auth\r\n", "https://h.example.com/auth/token"},
		"byte order mark":           {"\ufeffhttps://h.example.com/auth", "https://h.example.com/auth/token"},
		"localhost":                 {"http://localhost:8080/auth", "http://localhost:8080/auth/token"},
		"localhost, complete":       {"http://localhost.:8080/auth", "http://localhost:8080/auth/token"},
		"none":                      {"", "https://acme.halopsa.com/auth/token"},
		"nothing but white space":   {" \n", "https://acme.halopsa.com/auth/token"},
		"letters outside ASCII":     {"https://h.example.com/über/auth", "https://h.example.com/%C3%BCber/auth/token"},
		"a host outside ASCII":      {"https://müller.example.com/auth", "https://m%C3%BCller.example.com/auth/token"},
		"a port of the other host":  {"https://acme.halopsa.com:443/auth", "https://acme.halopsa.com:443/auth/token"},
		"an endpoint without /auth": {"https://acme.halopsa.com/halo/token", "https://acme.halopsa.com/halo/token"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for tenant, query := range map[string]string{"": "", "acme": "?tenant=acme"} {
				transport, urls := trial.Visited()
				client, err := halopsa.NewClient("https://acme.halopsa.com/api", trial.AnyCredentials, halopsa.WithAuthURL(test.given),
					halopsa.WithTenant(tenant), halopsa.WithHTTPClient(&http.Client{Transport: transport}))
				require.NoError(t, err)
				require.NoError(t, trial.GetOne(t.Context(), client))
				assert.Equal(t, []string{test.want + query, "https://acme.halopsa.com/api/IntegrationError/1"}, *urls)
			}
		})
	}
}
