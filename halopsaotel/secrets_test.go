package halopsaotel_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaotel"
)

// canaries are the texts that nothing recorded may hold: the client's secret, its token, a header of the caller's, a value of a query, the
// headers of another system in a record that is written, and the same in one that is read.
var canaries = []string{
	"canary-secret", "canary-token", "canary-header", "canary-query", "canary-written", "canary-read",
}

// leakyServer has all canaries in what it answers, its headers included, or in the error of its transport.
func leakyServer(status int, fails bool) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		echo := strings.Join(canaries, " ")
		answer := &http.Response{
			StatusCode: status, Request: req, Header: http.Header{
				"Content-Type": {"application/json"}, "X-Request-Id": {"r-1"}, "Set-Cookie": {"session=canary-token"}, "Www-Authenticate": {echo},
			},
		}
		body := `{"id":17,"request_headers":"Authorization: canary-read","message":"` + echo + `"}`
		switch {
		case strings.HasSuffix(req.URL.Path, "/token"):
			answer.StatusCode = http.StatusOK
			body = `{"access_token":"canary-token","token_type":"Bearer","expires_in":3600}`
		case fails:
			return nil, errors.New("broken pipe: " + req.URL.String() + " " + echo)
		}
		answer.Body = io.NopCloser(strings.NewReader(body))
		return answer, nil
	})
}

// TestNoSecretIsRecorded looks for the canaries in every span and metric, however it is printed.
func TestNoSecretIsRecorded(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		fails  bool
	}{
		"success": {status: 200}, "refused": {status: 400}, "unauthorized": {status: 401}, "failed": {status: 500}, "no answer": {fails: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			te := newTelemetry()
			client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithClientCredentials("sync", "canary-secret"),
				halopsa.WithHTTPClient(&http.Client{Transport: leakyServer(test.status, test.fails)}),
				halopsa.WithHeader("X-Own", "canary-header"), halopsa.WithMaxRetries(1), halopsa.WithBackoff(0, 0),
				te.option(t, halopsaotel.WithBaseURL("https://acme.halopsa.com")))
			require.NoError(t, err)
			ctx, caller := te.caller(t.Context())
			makeCalls(ctx, client)
			caller.End()

			spans := te.spans.GetSpans()
			assert.GreaterOrEqual(t, len(spans), 4)
			text, err := json.Marshal(spans)
			require.NoError(t, err)
			recorded := string(text) + fmt.Sprintf("%+v", spans)
			for _, span := range spans { // its SDK prints no attribute by itself
				recorded += fmt.Sprintf("%s %v %v %v", span.Name, span.Status, span.Events, valuesOf(span.Attributes))
			}
			scopes := te.collect(t)
			text, err = json.Marshal(scopes)
			require.NoError(t, err)
			recorded += string(text)
			require.Contains(t, recorded, "/IntegrationRequest/{id}")
			require.Contains(t, recorded, "url.template")
			require.Contains(t, recorded, "https://acme.halopsa.com/api/IntegrationRequest/17")
			for _, canary := range canaries {
				assert.NotContains(t, recorded, canary)
			}
			assert.NotContains(t, recorded, "canary")
		})
	}
}

// makeCalls sends the canaries in every way there is. What becomes of the calls does not matter.
func makeCalls(ctx context.Context, c *halopsa.Client) {
	_, _ = c.IntegrationRequest.Get(ctx, 17, nil, halopsa.WithQuery("key", "canary-query"))
	_, _ = c.IntegrationFieldMapping.List(ctx, &halopsa.IntegrationFieldMappingListOptions{XMValue: "canary-query"})
	_, _ = c.IntegrationRequest.Create(ctx, []halopsa.IntegrationRequestInput{{
		RequestHeaders: halopsa.Set("Authorization: canary-written"),
	}})
	_ = c.IntegrationRequest.Delete(ctx, 17, halopsa.WithHeader("X-Api-Key", "canary-header"))
}
