package guarantees_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
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

// TestCaseA12PagesAreNotHaloPSAsWord: a page says that it is one and its title; it is no missing scope and no missing record.
func TestCaseA12PagesAreNotHaloPSAsWord(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html><html><head><title>Access  blocked</title></head><body>Reference 18.2</body></html>"
	for _, status := range []int{400, 403, 404, 409, 410, 451} {
		for _, label := range []string{"text/html", "application/json", ""} {
			err := trial.GetOne(t.Context(), trial.Tenant(t, trial.Answers(status, label, page)))
			var refused *halopsa.APIError
			require.ErrorAs(t, err, &refused)
			assert.True(t, refused.Edge)
			require.ErrorContains(t, err, "Access blocked")
			require.ErrorContains(t, err, "HTML")
			for _, wrong := range []error{halopsa.ErrForbidden, halopsa.ErrNotFound, halopsa.ErrInvalid, halopsa.ErrConflict} {
				require.NotErrorIs(t, err, wrong, status)
			}
			assert.NotContains(t, err.Error(), "scope")
			assert.NotContains(t, err.Error(), "no such record")
		}
	}
	for name, call := range trial.Calls {
		err := call(t.Context(), trial.Tenant(t, trial.Answers(http.StatusOK, "text/html", page)))
		var unread *halopsa.DecodeError
		require.ErrorAs(t, err, &unread)
		require.ErrorContains(t, err, "HTML page")
		require.ErrorContains(t, err, "Access blocked")
		assert.Equal(t, name != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown))
	}
	_, err := trial.Tenant(t, trial.Answers(http.StatusOK, "text/html", page)).IntegrationError.List(t.Context(), nil)
	require.ErrorContains(t, err, "Access blocked")
	for body, is := range map[string]error{`{"message":"no"}`: halopsa.ErrNotFound, "": halopsa.ErrNotFound} {
		require.ErrorIs(t, trial.GetOne(t.Context(), trial.Tenant(t, trial.Answers(404, "", body))), is, "HaloPSA's own")
	}
}

// TestCaseA12PageDoesNotEndAFollow: what stands in front of a tenant can be repaired.
func TestCaseA12PageDoesNotEndAFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := trial.NewStandin(t, nil)
		server.Seed("IntegrationError", map[string]any{"id": 1})
		for _, status := range []int{404, 403} {
			server.Fault(halopsatest.Fault{Resource: "IntegrationError", Status: status, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><title>Maintenance</title>"})
		}
		for e, err := range client.IntegrationError.Follow(t.Context(), 0, time.Minute, nil) {
			require.NoError(t, err)
			assert.Equal(t, int64(1), e.Cursor)
			break
		}
	})
}

// TestCaseA15Warnings are surfaced in one place: of a record, of an envelope, and of the response to a delete.
func TestCaseA15Warnings(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		body string
		call func(context.Context, *halopsa.Client, ...halopsa.RequestOption) error
	}{
		"Get": {`{"id":1,"_warning":"w"}`, func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			_, err := c.IntegrationError.Get(ctx, 1, nil, ro...)
			return err
		}},
		"Create": {`[{"id":1,"_warning":"w"}]`, func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			_, err := createLookUps(ctx, c, 1, ro...)
			return err
		}},
		"Delete": {`{"_warning":"w"}`, func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationError.Delete(ctx, 1, ro...)
		}},
		"List": {`{"_warning":"w","errors":[{"id":1}]}`, func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			_, err := c.IntegrationError.List(ctx, nil, ro...)
			return err
		}},
		"All": {`{"_warning":"w","record_count":1,"errors":[{"id":1}]}`, func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			_, err := halopsa.Collect(c.IntegrationError.All(ctx, nil, ro...))
			return err
		}},
		"IntegrationData": {`{"data":[1],"_warning":"w"}`, func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationData.Get(ctx, "Xero", nil, nil, ro...)
		}},
	}
	for name, test := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string
			note := func(from string) func(context.Context, halopsa.Warning) {
				return func(_ context.Context, w halopsa.Warning) {
					told = append(told, from+" "+w.Text)
					assert.NotEmpty(t, w.Op)
				}
			}
			client := trial.Tenant(t, trial.AnswersJSON(test.body), halopsa.WithWarnings(note("client")))
			require.NoError(t, test.call(t.Context(), client, halopsa.WithWarnings(note("call"))))
			assert.Equal(t, []string{"client w", "call w"}, told)
		})
	}
}

// TestCaseB1WaitsAreNoShorterThanTheBackoff, whatever a server that is down asks for.
func TestCaseB1WaitsAreNoShorterThanTheBackoff(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"0", "0.001", "-1", time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC).Format(http.TimeFormat)} {
		synctest.Test(t, func(t *testing.T) {
			client, server := trial.NewStandin(t, nil, halopsa.WithBackoff(time.Second, time.Minute), halopsa.WithMaxRetries(20))
			server.Seed("IntegrationError", map[string]any{"id": 1})
			begin := time.Now()
			server.FaultFunc(func(r *http.Request) *halopsatest.Fault {
				if r.URL.Path == "/auth/token" || time.Since(begin) >= 250*time.Millisecond {
					return nil
				}
				return &halopsatest.Fault{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {after}}}
			})
			require.NoError(t, trial.GetOne(t.Context(), client), after)
			assert.Less(t, server.Count("GET", ""), 8, "it is not hammered")
		})
	}
}

// TestCaseB2GatewaysAndContentNetworks are retried like a 502, and named.
func TestCaseB2GatewaysAndContentNetworks(t *testing.T) {
	t.Parallel()
	for status, named := range map[int]string{
		408: "Request Timeout", 425: "Too Early", 520: "Cloudflare", 521: "Cloudflare", 522: "Cloudflare", 523: "Cloudflare", 524: "Cloudflare", 530: "Cloudflare",
	} {
		for kind, call := range trial.Calls {
			var requests atomic.Int64
			client := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				trial.Answers(status, "text/plain", "error code: "+fmt.Sprint(status))(w, r)
			})
			err := call(t.Context(), client)
			require.ErrorContains(t, err, named)
			require.ErrorContains(t, err, "in front of HaloPSA")
			assert.Equal(t, kind != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown))
			want := int64(5)
			if kind == "Create" {
				want = 1
			}
			assert.Equal(t, want, requests.Load(), "%s %d", kind, status)
		}
	}
}

// TestCaseB3RetryAfterOfAYear fails the call that got it; the client finds out after a window at most.
func TestCaseB3RetryAfterOfAYear(t *testing.T) {
	t.Parallel()
	for _, after := range []string{"31536000", "300000", "99999999999999999999", time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC).Format(http.TimeFormat)} {
		synctest.Test(t, func(t *testing.T) {
			client, server := trial.NewStandin(t, nil)
			server.Seed("IntegrationError", map[string]any{"id": 1})
			server.Fault(halopsatest.Fault{Method: "GET", Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {after}}})
			begin := time.Now()
			require.ErrorIs(t, trial.GetOne(t.Context(), client), halopsa.ErrRateLimited)
			assert.Zero(t, time.Since(begin), "the call fails at once")
			require.NoError(t, trial.GetOne(t.Context(), client))
			assert.LessOrEqual(t, time.Since(begin), 5*time.Minute+time.Second)
		})
	}
}

// TestCaseB4RefusalsWithoutPatience: the waits grow, and the budget of an hour adds up.
func TestCaseB4RefusalsWithoutPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := trial.NewStandin(t, nil)
		var times []time.Time
		server.FaultFunc(func(r *http.Request) *halopsatest.Fault {
			if r.URL.Path == "/auth/token" {
				return nil
			}
			times = append(times, time.Now())
			return &halopsatest.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}}
		})
		begin := time.Now()
		require.ErrorIs(t, trial.GetOne(t.Context(), client), halopsa.ErrRateLimited)
		assert.InDelta(t, time.Hour, time.Since(begin), float64(10*time.Minute))
		require.Greater(t, len(times), 5)
		assert.Less(t, len(times), 1000)
		assert.Greater(t, times[4].Sub(times[3]), times[1].Sub(times[0]))
	})
}

// TestCaseB5DeleteThatIsNotFoundAfterwards: only HaloPSA's own word on the record is a success.
func TestCaseB5DeleteThatIsNotFoundAfterwards(t *testing.T) {
	t.Parallel()
	for body, gone := range map[string]bool{
		`{"ClassName":"System.Exception","Message":"The record was not found."}`:                                                 true,
		`"The integration error does not exist"`:                                                                                 true,
		`<html><title>404 - File or directory not found.</title></html>`:                                                         false,
		`{"Message":"No HTTP resource was found that matches the request URI 'https://h/api/IntegrationError/1'."}`:              false,
		`{"Message":"No type was found that matches the controller named 'IntegrationError'."}`:                                  false,
		`{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404,"traceId":"00-1a-2b-00"}`: false,
		`"Invalid Resource"`: false,
		`404 page not found`: false,
		``:                   false,
		`{"Mess`:             false,
	} {
		requests := 0
		client := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests == 1 {
				trial.Answers(http.StatusBadGateway, "", "")(w, r)
				return
			}
			trial.Answers(http.StatusNotFound, "", body)(w, r)
		})
		err := client.IntegrationError.Delete(t.Context(), 1)
		if gone {
			require.NoError(t, err, body)
		} else {
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, body)
		}
		assert.Equal(t, 2, requests)
	}
}

// TestCaseB6WhatIsNotHaloPSAsRefusalIsUnknown: the write may have been stored before a proxy said something else.
func TestCaseB6WhatIsNotHaloPSAsRefusalIsUnknown(t *testing.T) {
	t.Parallel()
	for _, status := range []int{202, 205, 206, 207, 226, 300, 301, 302, 303, 304, 307, 308, 407, 408, 421, 425, 444, 451, 460, 463, 494, 499, 500, 501, 502, 503, 504, 505, 507, 508, 510, 511, 520, 529, 530, 561, 599} {
		for kind, call := range trial.Calls {
			if kind == "GET" {
				continue
			}
			err := call(t.Context(), trial.Tenant(t, trial.Answers(status, "application/json", `{"message":"so"}`)))
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, "%s %d", kind, status)
		}
	}
	for kind, call := range trial.Calls { // a status that switches protocols leaves the connection to the client
		client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithTokenSource(trial.StaticToken),
			halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(*http.Request) (*http.Response, error) {
				return trial.Respond(http.StatusSwitchingProtocols, "", ""), nil
			})}))
		require.NoError(t, err)
		err = call(t.Context(), client)
		require.Error(t, err)
		assert.Equal(t, kind != "GET", errors.Is(err, halopsa.ErrOutcomeUnknown))
	}
}

// TestCaseB9RightThatIsMissing: no token is fetched in the place of a fresh one that is refused.
func TestCaseB9RightThatIsMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		challenge string
		tokens    int
	}{
		"empty":        {"", 1},
		"says a token": {`Bearer error="invalid_token"`, 2}, // it may be: once
	} {
		synctest.Test(t, func(t *testing.T) {
			client, server := trial.NewStandin(t, nil, halopsa.WithoutRateLimit())
			server.Seed("IntegrationError", map[string]any{"id": 1})
			denied := halopsatest.Fault{Resource: "IntegrationExport", Status: http.StatusUnauthorized, Times: -1}
			if test.challenge != "" {
				denied.Header = http.Header{"Www-Authenticate": {test.challenge}}
			}
			server.Fault(denied)
			for range 10 {
				require.NoError(t, trial.GetOne(t.Context(), client))
				_, err := client.IntegrationExport.List(t.Context(), nil)
				require.ErrorIs(t, err, halopsa.ErrUnauthorized)
				require.ErrorContains(t, err, "lacks the right")
			}
			assert.Equal(t, test.tokens, server.TokensIssued(), name)
			time.Sleep(20 * time.Minute) // longer than a token is fresh: the right is still known to be missing
			for range 10 {
				require.NoError(t, trial.GetOne(t.Context(), client))
				_, err := client.IntegrationExport.List(t.Context(), nil)
				require.ErrorIs(t, err, halopsa.ErrUnauthorized)
			}
			assert.Equal(t, test.tokens, server.TokensIssued(), name)

			server.RevokeTokens()
			require.NoError(t, trial.GetOne(t.Context(), client), "a token that was good before is replaced")
			assert.Equal(t, test.tokens+1, server.TokensIssued())
		})
	}
}

// TestCaseA11CharsetsAndEncodings that net/http leaves alone are decoded, or named.
func TestCaseA11CharsetsAndEncodings(t *testing.T) {
	t.Parallel()
	const record = "{\"id\":1,\"error\":\"Z\xfcrich \x80\"}"
	compress := func(t *testing.T, encoding, text string) string {
		t.Helper()
		var b bytes.Buffer
		var w io.WriteCloser = zlib.NewWriter(&b)
		if encoding == "gzip" {
			w = gzip.NewWriter(&b)
		}
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return b.String()
	}
	latin := "application/json; charset=iso-8859-1"
	for name, test := range map[string]struct {
		label, encoding, body string
		status                int
		says                  string
	}{
		"latin":          {latin, "", record, 200, ""},
		"in quotes":      {`application/json;charset="ISO-8859-1"`, "", record, 200, ""},
		"gzip":           {latin, "gzip", compress(t, "gzip", record), 200, ""},
		"deflate":        {latin, "deflate", compress(t, "deflate", record), 200, ""},
		"brotli":         {"application/json", "br", "\x0b\x02\x80\x03", 200, `"br"`},
		"another":        {"application/json; charset=shift_jis", "", `{"id":1}`, 200, "shift_jis"},
		"not compressed": {"application/json", "deflate", `{"id":1}`, 200, "deflate"},
		"a bomb":         {"application/json", "gzip", compress(t, "gzip", strings.Repeat(" ", 2<<20)+`{"id":1}`), 200, "larger than the limit"},
		"a refusal":      {"text/plain; charset=iso-8859-1", "deflate", compress(t, "deflate", "gesperrt f\xfcr Z\xfcrich"), 400, "gesperrt für Zürich"},
		"brotli refusal": {"application/json", "br", "\x0b\x02\x80\x03", 400, `"br"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handle := func(w http.ResponseWriter, r *http.Request) {
				if test.encoding != "" {
					w.Header().Set("Content-Encoding", test.encoding)
				}
				trial.Answers(test.status, test.label, test.body)(w, r)
			}
			client := trial.Tenant(t, handle, halopsa.WithMaxResponseSize(1<<20),
				halopsa.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableCompression: true}}))
			record, err := client.IntegrationError.Get(t.Context(), 1, nil)
			if test.says != "" {
				require.ErrorContains(t, err, strings.Trim(test.says, `"`))
				assert.NotContains(t, err.Error(), "\x0b")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "Zürich €", record.Error)
		})
	}
}
