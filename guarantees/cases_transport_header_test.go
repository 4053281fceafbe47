package guarantees_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// shared is a transport that gives every response the same header, as httpmock and many caches do.
type shared struct {
	status              int
	header, tokenHeader http.Header
	body                string
}

func (s shared) RoundTrip(req *http.Request) (*http.Response, error) {
	status, header, body := s.status, s.header, s.body
	if strings.HasSuffix(req.URL.Path, "/token") {
		status, header, body = http.StatusOK, s.tokenHeader, `{"access_token":"a","expires_in":3600,"token_type":"Bearer"}`
	}
	return &http.Response{
		StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

// TestTransportKeepsItsHeader runs clients side by side on a transport that gives every response the same header: none of them changes it.
func TestTransportKeepsItsHeader(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte(`{"id":7}`))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, given := range map[string]shared{
		"compressed":     {http.StatusOK, http.Header{"Content-Encoding": {"gzip"}}, http.Header{}, zipped.String()},
		"a bad location": {http.StatusFound, http.Header{"Location": {"http://["}}, http.Header{"Location": {"http://["}}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header, tokenHeader := given.header.Clone(), given.tokenHeader.Clone()
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithHTTPClient(&http.Client{Transport: given}),
						halopsa.WithClientCredentials("id", "secret"))
					if !assert.NoError(t, err) {
						return
					}
					record, err := client.IntegrationError.Get(t.Context(), 7, nil)
					if given.status != http.StatusOK {
						assert.ErrorContains(t, err, "302")
						return
					}
					if assert.NoError(t, err) {
						assert.Equal(t, int64(7), record.ID)
					}
				})
			}
			wg.Wait()
			assert.Equal(t, header, given.header)
			assert.Equal(t, tokenHeader, given.tokenHeader)
		})
	}
}
