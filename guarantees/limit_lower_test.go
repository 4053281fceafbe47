package guarantees_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// The first refusal meets all 64 callers, who are under way by then; after that there are one or two in each window.
func TestLimitThatIsLowerThanConfigured(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]halopsatest.Option{
		"with Retry-After":    {halopsatest.WithRateLimit(300, fiveMinutes)},
		"without Retry-After": {halopsatest.WithRateLimit(300, fiveMinutes), halopsatest.WithoutRetryAfter()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := trial.NewStandin(t, append(options, halopsatest.WithLatency(100*time.Millisecond)))
				took := hammer(t, 3000, trial.Traces(c))
				shortest := (3000 - 1) / 300 * fiveMinutes
				t.Logf("3,000 calls took %s, the shortest possible is %s, with %d refusals", took, shortest, refusals(h))
				assert.Less(t, refusals(h), 100, "it hammers") // 72 to 77; 574 to 621 if nothing is learned
				assert.Less(t, took, shortest*102/100)
			})
		})
	}
}

// The requests take 100 ms each: with none, all 128 callers of both clients meet the end of the window in one instant, every time.
func TestLimitThatIsSharedWithAnotherClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		first, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithLatency(100 * time.Millisecond)})
		second, err := halopsa.NewClient(trial.StandinURL, halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}),
			halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
		require.NoError(t, err)
		var both sync.WaitGroup
		for _, c := range []*halopsa.Client{first, second} {
			both.Go(func() { hammer(t, 3000, trial.Traces(c)) })
		}
		begin := time.Now()
		both.Wait()
		took, shortest := time.Since(begin), (6000-1)/700*fiveMinutes
		t.Logf("6,000 calls took %s, the shortest possible is %s, with %d refusals", took, shortest, refusals(h))
		assert.Less(t, refusals(h), 200, "it hammers") // 158 to 165; 1,012 to 1,024 if nothing is learned
		assert.Less(t, took, shortest*102/100)
	})
}

// TestNothingIsRepeatedBelowTheLimit breaks connections that have been used before: net/http repeats a read by itself when it can.
func TestNothingIsRepeatedBelowTheLimit(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if r.URL.Path == "/api/IntegrationError/5" {
			return &halopsatest.Fault{Kind: halopsatest.Reset}
		}
		return nil
	})
	var arrived, attempts atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			arrived.Add(1)
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c, err := halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithMaxRetries(1),
		halopsa.WithBackoff(0, 0), halopsa.WithObserver(func(context.Context, halopsa.Attempt) { attempts.Add(1) }))
	require.NoError(t, err)
	for range 5 {
		_, err := c.IntegrationError.List(t.Context(), nil)
		require.NoError(t, err)
		_, err = c.IntegrationError.Get(t.Context(), 5, nil)
		require.Error(t, err)
	}
	assert.Equal(t, attempts.Load(), arrived.Load(), "what arrives is what the limit has let through")
	assert.EqualValues(t, 15, arrived.Load())
}
