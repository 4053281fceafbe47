package halopsatest_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// The same faults over a network and without one.
func TestFaults(t *testing.T) {
	t.Parallel()
	const body = `[{"module_id":12,"value":"a"}]`
	tests := map[string]struct {
		fault  halopsatest.Fault
		status int // 0: no response
		broken bool
		stored int
	}{
		"status":            {halopsatest.Fault{Status: 503, Header: http.Header{"Retry-After": {"9"}}}, 503, false, 0},
		"status by default": {halopsatest.Fault{}, 500, false, 0},
		"status, applied":   {halopsatest.Fault{Status: 502, Body: "<html>", Applied: true}, 502, false, 1},
		"html":              {halopsatest.Fault{Kind: halopsatest.HTML504}, 504, false, 0},
		"html, applied":     {halopsatest.Fault{Kind: halopsatest.HTML504, Applied: true}, 504, false, 1},
		"reset before":      {halopsatest.Fault{Kind: halopsatest.Reset}, 0, true, 0},
		"reset after":       {halopsatest.Fault{Kind: halopsatest.Reset, Applied: true}, 0, true, 1},
		"truncated":         {halopsatest.Fault{Kind: halopsatest.Truncated}, 200, true, 1},
		"not this resource": {halopsatest.Fault{Resource: "IntegrationError"}, 200, false, 1},
		"not this method":   {halopsatest.Fault{Method: "GET"}, 200, false, 1},
		"not this request":  {halopsatest.Fault{Match: func(*http.Request) bool { return false }}, 200, false, 1},
		"not the first":     {halopsatest.Fault{After: 1}, 200, false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := halopsatest.NewServer()
			defer server.Close()
			memory := halopsatest.NewHandler()
			network := &caller{t: t, base: server.URL()}
			network.login()
			for c, h := range map[*caller]*halopsatest.Handler{network: server.Handler, call(t, memory): memory} {
				h.Fault(test.fault)
				resp, err := c.try(http.MethodPost, "/api/IntegrationLookUp", "application/json", body)
				if err == nil {
					assert.Equal(t, test.status, resp.StatusCode)
					_, err = io.ReadAll(resp.Body)
					require.NoError(t, resp.Body.Close())
				} else {
					assert.Zero(t, test.status)
				}
				assert.Equal(t, test.broken, err != nil)
				assert.Equal(t, test.stored, h.Len("IntegrationLookUp"))
				h.ClearFaults()
				status, _ := c.get("/api/IntegrationLookUp")
				assert.Equal(t, http.StatusOK, status, "the next one is served")
			}
		})
	}
}

func TestFaultsStrikeAsOftenAsScripted(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	c := call(t, h)
	h.Fault(halopsatest.Fault{After: 1, Times: 2, Status: 502})
	h.Fault(halopsatest.Fault{Resource: "IntegratorLog", Times: -1, Status: 503})
	var got []int
	for range 5 {
		status, _ := c.get("/api/IntegratorTrace")
		got = append(got, status)
	}
	assert.Equal(t, []int{200, 502, 502, 200, 200}, got)
	for range 3 {
		status, _ := c.get("/api/IntegratorLog")
		assert.Equal(t, 503, status)
	}
	h.ClearFaults()
	h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if r.URL.Path == "/api/IntegratorLog" {
			return &halopsatest.Fault{Status: 429}
		}
		return nil
	})
	status, _ := c.get("/api/IntegratorLog")
	assert.Equal(t, 429, status)
	last := h.Requests()[len(h.Requests())-1]
	assert.Equal(t, 429, last.Status)
	assert.Equal(t, "Status", last.Fault.Kind.String())
	status, _ = c.get("/api/IntegratorTrace")
	assert.Equal(t, 200, status)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler(halopsatest.WithTokenLife(10*time.Minute), halopsatest.WithTenant("acme"))
		c := &caller{t: t, base: "http://standin", http: http.Client{Transport: h.Transport()}}
		const form = "application/x-www-form-urlencoded"
		status, body := c.post("/auth/token?tenant=acme", form, "grant_type=client_credentials&client_id=halopsatest&client_secret=wrong")
		assert.Equal(t, http.StatusUnauthorized, status)
		assert.Contains(t, body, "invalid_client")
		status, _ = c.post("/auth/token", form, "grant_type=client_credentials")
		assert.Equal(t, http.StatusBadRequest, status, "the tenant is missing")
		status, _ = c.post("/auth/token?tenant=acme", form, "grant_type=password")
		assert.Equal(t, http.StatusBadRequest, status)
		status, _ = c.get("/auth/token")
		assert.Equal(t, http.StatusMethodNotAllowed, status)
		assert.Zero(t, h.TokensIssued())

		status, _ = c.get("/api/IntegratorLog")
		assert.Equal(t, http.StatusUnauthorized, status)
		c.login()
		status, _ = c.get("/api/IntegratorLog")
		assert.Equal(t, http.StatusOK, status)
		time.Sleep(10 * time.Minute)
		status, _ = c.get("/api/IntegratorLog")
		assert.Equal(t, http.StatusUnauthorized, status, "it has expired")
		c.login()
		h.RevokeTokens()
		status, _ = c.get("/api/IntegratorLog")
		assert.Equal(t, http.StatusUnauthorized, status, "it was revoked")
		assert.Equal(t, 2, h.TokensIssued())
	})
}

func TestTheRollingLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler(halopsatest.WithRateLimit(3, time.Minute), halopsatest.WithLatency(time.Second))
		c := call(t, h)
		begin := time.Now()
		for range 3 {
			status, _ := c.get("/api/IntegratorLog")
			assert.Equal(t, http.StatusOK, status)
		}
		assert.Equal(t, 3*time.Second, time.Since(begin))
		resp, err := c.try(http.MethodGet, "/api/IntegratorLog", "", "")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
		assert.Equal(t, "57", resp.Header.Get("Retry-After"))
		time.Sleep(57 * time.Second)
		status, _ := c.get("/api/IntegratorLog")
		assert.Equal(t, http.StatusOK, status)

		quiet := halopsatest.NewHandler(halopsatest.WithRateLimit(1, time.Minute), halopsatest.WithoutRetryAfter())
		c = call(t, quiet)
		c.get("/api/IntegratorLog")
		resp, err = c.try(http.MethodGet, "/api/IntegratorLog", "", "")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
		assert.Empty(t, resp.Header.Get("Retry-After"))
	})
}

func TestSlowAnswersAndClientsThatLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		c := call(t, h)
		h.SetHabits("IntegratorTrace", halopsatest.Habits{EmptyList: "[]"})
		h.SetHabits("IntegratorTrace", halopsatest.Habits{EmptyList: "[]"})
		h.Fault(halopsatest.Fault{Kind: halopsatest.Slow})
		begin := time.Now()
		status, body := c.get("/api/IntegratorTrace")
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, "[]", body)
		assert.Equal(t, 2*time.Second, time.Since(begin))

		h.Fault(halopsatest.Fault{Kind: halopsatest.Slow, Pause: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://standin/api/IntegratorTrace", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+c.token)
		resp, err := c.http.Do(req)
		require.NoError(t, err)
		_, err = io.ReadAll(resp.Body)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, resp.Body.Close())
		synctest.Wait()

		slow := halopsatest.NewHandler(halopsatest.WithLatency(time.Hour))
		late, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		req, err = http.NewRequestWithContext(late, http.MethodGet, "http://standin/api/IntegratorTrace", nil)
		require.NoError(t, err)
		resp, err = slow.Transport().RoundTrip(req)
		if err == nil {
			require.NoError(t, resp.Body.Close())
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
