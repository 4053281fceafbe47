package guarantees_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

func TestTokenIsFetchedOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithLatency(time.Second)})
		hammer(t, 640, trial.Traces(c))
		assert.Equal(t, 1, h.Count("POST", halopsatest.Token))
	})
}

func TestTokenExpiresInMidWalk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithTokenLife(10 * time.Minute)})
		halopsatest.SeedDemo(h, 1000)
		n := 0
		for _, err := range c.IntegrationError.All(t.Context(), nil) {
			require.NoError(t, err)
			n++
			time.Sleep(5 * time.Second)
		}
		assert.Equal(t, 1000, n)
		for _, r := range h.Requests() {
			assert.Equal(t, http.StatusOK, r.Status, "the token is refreshed before it expires")
		}
		assert.InDelta(t, 5, h.TokensIssued(), 1)
	})
}

func TestTokenThatIsRevoked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, nil)
		require.NoError(t, trial.Traces(c)(t.Context()))
		h.RevokeTokens()
		assert.Equal(t, time.Duration(0), hammer(t, 64, trial.Traces(c)), "a replay does not wait")
		assert.Equal(t, 2, h.TokensIssued(), "64 answers of 401 lead to one fetch")

		// A server that refuses every token is asked twice and no more.
		h.Forget()
		h.Fault(halopsatest.Fault{Status: http.StatusUnauthorized, Times: -1, Resource: "IntegratorTrace"})
		require.ErrorIs(t, trial.Traces(c)(t.Context()), halopsa.ErrUnauthorized)
		assert.Equal(t, 2, h.Count("GET", "IntegratorTrace"))
		assert.Equal(t, 1, h.Count("POST", halopsatest.Token))
	})
}

func TestTokenServerInTrouble(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault   halopsatest.Fault
		fetches int
		status  int // of the *AuthError; 0 for success
	}{
		"500 once":       {halopsatest.Fault{}, 2, 0},
		"502 once":       {halopsatest.Fault{Status: 502, Body: "<html>"}, 2, 0},
		"429 once":       {halopsatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3"}}}, 2, 0},
		"reset once":     {halopsatest.Fault{Kind: halopsatest.Reset}, 2, 0},
		"truncated once": {halopsatest.Fault{Kind: halopsatest.Truncated}, 2, 0},
		"slow":           {halopsatest.Fault{Kind: halopsatest.Slow, Pause: 100 * time.Millisecond}, 1, 0},
		"500 for ever":   {halopsatest.Fault{Times: -1}, 3, 500},
		"401":            {halopsatest.Fault{Status: 401, Body: `{"error":"invalid_client"}`, Times: -1}, 1, 401},
		"400":            {halopsatest.Fault{Status: 400, Body: `{"error":"invalid_scope"}`, Times: -1}, 1, 400},
		"HTML":           {halopsatest.Fault{Status: 200, Body: "<html>Sign in</html>", Times: -1}, 1, 200},
		"HTML 404":       {halopsatest.Fault{Status: 404, Body: "<html>Not here</html>", Times: -1}, 1, 404},
		"a redirect":     {halopsatest.Fault{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example/"}}, Times: -1}, 1, 302},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, h := trial.NewStandin(t, nil)
				test.fault.Resource = halopsatest.Token
				h.Fault(test.fault)
				err := trial.Traces(c)(t.Context())
				assert.Equal(t, test.fetches, h.Count("POST", halopsatest.Token))
				if test.status == 0 {
					require.NoError(t, err)
					return
				}
				var refused *halopsa.AuthError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, test.status, refused.StatusCode)
				assert.Zero(t, h.Count("", ""), "nothing is sent without a token")
				assert.NotContains(t, err.Error(), halopsatest.ClientSecret)
			})
		})
	}
}

// A bad secret locks accounts when it is tried again and again: each call tries it once, calls that wait together try it once for all, and a
// later call tries again, since the secret may have been set right.
func TestTokenOfBadCredentialsIsAskedForOnce(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c, err := halopsa.NewClient(trial.StandinURL, halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}),
		halopsa.WithClientCredentials(halopsatest.ClientID, "canary-wrong"))
	require.NoError(t, err)
	err = trial.Traces(c)(t.Context())
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	assert.ErrorContains(t, err, "invalid_client")
	assert.Equal(t, 1, h.Count("POST", halopsatest.Token))
	for call := 2; call <= 10; call++ {
		require.ErrorIs(t, trial.Traces(c)(t.Context()), halopsa.ErrUnauthorized)
		assert.Equal(t, call, h.Count("POST", halopsatest.Token), "once per call")
	}
	assert.Zero(t, h.Count("", "IntegratorTrace"), "nothing is sent without a token")
}

func TestTokenOfBadCredentialsIsAskedForOnceByAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		slow := trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return h.Transport().RoundTrip(req)
		})
		c, err := halopsa.NewClient(trial.StandinURL, halopsa.WithHTTPClient(&http.Client{Transport: slow}),
			halopsa.WithClientCredentials(halopsatest.ClientID, "canary-wrong"))
		require.NoError(t, err)
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() { assert.ErrorIs(t, trial.Traces(c)(t.Context()), halopsa.ErrUnauthorized) })
		}
		all.Wait()
		assert.Equal(t, 1, h.Count("POST", halopsatest.Token))
	})
}

func TestTokenFetchOutlivesTheCallerThatBeganIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, h := trial.NewStandin(t, nil)
		h.Fault(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Slow, Pause: 100 * time.Millisecond})
		first, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { assert.ErrorIs(t, trial.Traces(c)(first), context.Canceled) })
		synctest.Wait()
		for range 10 {
			all.Go(func() { assert.NoError(t, trial.Traces(c)(t.Context())) })
		}
		synctest.Wait()
		cancel()
		all.Wait()
		assert.Equal(t, 1, h.Count("POST", halopsatest.Token))
	})
}
