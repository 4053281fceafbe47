package halopsa_test

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
)

// TestBatchesAreNotHeldAtOnce: a program that writes many records pays for the JSON of two batches, not of all. It does not run beside other tests,
// whose memory would count.
func TestBatchesAreNotHeldAtOnce(t *testing.T) { //nolint:paralleltest // see above
	const (
		batches = 40
		size    = 1 << 18 // of a batch, about
	)
	inputs := make([]halopsa.IntegrationRequestInput, 10*batches)
	for i := range inputs {
		inputs[i].RequestBody = halopsa.Set(strings.Repeat("x", size/10)[:size/10-i%7])
	}
	live := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.GC() // what the pools keep for one collection, too
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	sent, most := 0, uint64(0)
	client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithTokenSource(halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"}))), halopsa.WithoutRateLimit(), halopsa.WithBatchSize(10),
		halopsa.WithHTTPClient(&http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			if sent++; sent%10 == 1 {
				most = max(most, live())
			}
			_, _ = io.Copy(io.Discard, req.Body)
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: req}, nil
		})}))
	require.NoError(t, err)
	before := live()
	created, err := client.IntegrationRequest.Create(t.Context(), inputs)
	require.NoError(t, err)
	assert.Len(t, created, len(inputs))
	assert.Equal(t, batches, sent)
	assert.Less(t, int64(most)-int64(before), int64(5*size), "held above the inputs")
	runtime.KeepAlive(inputs)
}
