package trial

import (
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// RoundTripper responds to requests without a network.
type RoundTripper func(*http.Request) (*http.Response, error)

// RoundTrip is that of http.RoundTripper.
func (f RoundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Mocked returns a client whose requests go to an httpmock transport.
func Mocked(t testing.TB, opts ...halopsa.ClientOption) (*halopsa.Client, *httpmock.MockTransport) {
	t.Helper()
	mock := httpmock.NewMockTransport()
	all := append([]halopsa.ClientOption{
		halopsa.WithHTTPClient(&http.Client{Transport: mock}), halopsa.WithTokenSource(StaticToken), halopsa.WithBackoff(0, 0),
	}, opts...)
	client, err := halopsa.NewClient("https://acme.halopsa.com", all...)
	require.NoError(t, err)
	return client, mock
}

// Respond makes a response.
func Respond(status int, contentType, body string) *http.Response {
	resp := httpmock.NewStringResponse(status, body)
	resp.Header.Set("Content-Type", contentType)
	return resp
}

// Visited returns a transport that gives a token and any record, and the URLs that were asked for.
func Visited() (http.RoundTripper, *[]string) {
	urls := new([]string)
	return RoundTripper(func(req *http.Request) (*http.Response, error) {
		*urls = append(*urls, req.URL.String())
		if req.Method == http.MethodPost {
			return Respond(http.StatusOK, "application/json", `{"access_token":"t","token_type":"Bearer","expires_in":3600}`), nil
		}
		return Respond(http.StatusOK, "application/json", `{"id":1}`), nil
	}), urls
}
