package attempt

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestParseIsURLParse parses each URL with a client that knows each origin, and with one that knows none.
func TestParseIsURLParse(t *testing.T) {
	t.Parallel()
	origins := []string{"https://acme.halopsa.com", "https://acme.halopsa.com:8443", "http://[::1]:80", "https://acme.halopsa.co", "https://user:secret@acme.halopsa.com", "HTTPS://Acme.halopsa.com"}
	for _, known := range origins {
		for _, origin := range origins {
			for _, rest := range []string{
				"", "/", "?", "/?", "/api/Tickets", "/api/Tickets/5", "/halo/api/Tickets?a=1&b=%20c", "/api/a%2Fb", "/api/a%20b?x", "/api/a b", "/api/ü?ü=ü", "/api?a#b", "/api#b", "/api?",
				"/api//x", "/api/../x", "/api/%zz", "/api?%zz", "/api?a\x00b", "/api?a\x7fb", "/api\n", ".evil.example.com/api", ":81/api", "@evil.example.com/api", "/api/a:b", "/api/*", "/api?a?b", "/api;x",
			} {
				c := &Client{}
				_, err := c.parse(known + "/api")
				require.NoError(t, err)
				want, wantErr := url.Parse(origin + rest)
				got, err := c.parse(origin + rest)
				assert.Equal(t, wantErr, err, origin+rest)
				assert.Equal(t, want, got, origin+rest)
			}
		}
	}
}
