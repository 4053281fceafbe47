package guarantees_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// sourceFunc is a TokenSource.
type sourceFunc func() (*oauth2.Token, error)

func (f sourceFunc) Token(context.Context) (*oauth2.Token, error) { return f() }

// oauth2Func is an oauth2.TokenSource.
type oauth2Func func() (*oauth2.Token, error)

func (f oauth2Func) Token() (*oauth2.Token, error) { return f() }

// TestCaseB12Tokens: a token that no header can carry is an *AuthError after one attempt, is never sent and is never kept.
func TestCaseB12Tokens(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ token, says string }{
		"a line break at the end":   {"canary\n", "a line break at position 7 of 7"},
		"a line break inside":       {"can\nary", "a line break at position 4 of 7"},
		"a carriage return":         {"canary\r", "a line break"},
		"a header of its own":       {"canary\r\nX-Admin: true", "a line break"},
		"a blank at the beginning":  {" canary", "a blank at position 1"},
		"a blank inside":            {"Bearer canary", "a blank"},
		"a blank at the end":        {"canary ", "a blank"},
		"a tab":                     {"canary\t", "a blank"},
		"NUL":                       {"canary\x00", "a control character"},
		"escape":                    {"\x1b[31mcanary", "a control character"},
		"delete":                    {"canary\x7f", "a control character"},
		"a letter outside ASCII":    {"canaryé", "a character outside ASCII"},
		"a no-break space":          {"canary\u00a0", "a character outside ASCII"},
		"a byte order mark":         {"\ufeffcanary", "a character outside ASCII"},
		"a line separator":          {"canary\u2028", "a character outside ASCII"},
		"nothing but blanks":        {"  ", "a blank"},
		"nothing but a line break":  {"\n", "a line break"},
		"an emoji, as JSON escaped": {"canary😀", "a character outside ASCII"},
	}
	sources := map[string]func(t *testing.T, token string) (client *halopsa.Client, asked, called *atomic.Int64){
		"credentials": func(t *testing.T, token string) (*halopsa.Client, *atomic.Int64, *atomic.Int64) {
			body, err := json.Marshal(map[string]any{"access_token": token, "expires_in": 3600})
			require.NoError(t, err)
			tenant := newTokenTenant(t, trial.AnswersJSON(string(body)))
			return tenant.client, &tenant.fetches, &tenant.called
		},
		"a TokenSource": func(t *testing.T, token string) (*halopsa.Client, *atomic.Int64, *atomic.Int64) {
			var asked atomic.Int64
			tenant := newTokenTenant(t, trial.AnswersJSON(""), halopsa.WithTokenSource(sourceFunc(func() (*oauth2.Token, error) {
				asked.Add(1)
				return &oauth2.Token{AccessToken: token}, nil
			})))
			return tenant.client, &asked, &tenant.called
		},
		"an oauth2.TokenSource": func(t *testing.T, token string) (*halopsa.Client, *atomic.Int64, *atomic.Int64) {
			var asked atomic.Int64
			tenant := newTokenTenant(t, trial.AnswersJSON(""), halopsa.WithTokenSource(halopsa.FromOAuth2(oauth2Func(func() (*oauth2.Token, error) {
				asked.Add(1)
				return &oauth2.Token{AccessToken: token}, nil
			}))))
			return tenant.client, &asked, &tenant.called
		},
	}
	for name, test := range tests {
		for source, start := range sources {
			t.Run(name+", "+source, func(t *testing.T) {
				t.Parallel()
				client, asked, called := start(t, test.token)
				for i := range int64(2) {
					err := trial.CreateOne(t.Context(), client)
					var refused *halopsa.AuthError
					require.ErrorAs(t, err, &refused)
					require.ErrorContains(t, err, test.says)
					require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
					assert.NotContains(t, err.Error(), "canary")
					assert.NotContains(t, err.Error(), "attempts", "one is enough")
					assert.Equal(t, i+1, asked.Load(), "one attempt a call, and the token is not kept")
				}
				assert.Zero(t, called.Load())
			})
		}
	}
}

// TestCaseB12TokenThatIsGoodLater: the next call has a good token.
func TestCaseB12TokenThatIsGoodLater(t *testing.T) {
	t.Parallel()
	var first atomic.Bool
	tenant := newTokenTenant(t, func(w http.ResponseWriter, r *http.Request) {
		if first.CompareAndSwap(false, true) {
			trial.AnswersJSON(`{"access_token":"canary\n"}`)(w, r)
			return
		}
		trial.AnswersJSON(`{"access_token":"good"}`)(w, r)
	})
	require.Error(t, trial.GetOne(t.Context(), tenant.client))
	require.NoError(t, trial.GetOne(t.Context(), tenant.client))
	assert.Equal(t, "Bearer good", tenant.authorization.Load())
}

// TestCaseB15TokenTransport: a transport that breaks its promises while a token is fetched, which is in a goroutine of the client.
func TestCaseB15TokenTransport(t *testing.T) {
	t.Parallel()
	const token = `{"access_token":"abc"}`
	response := func(status int, body io.ReadCloser) *http.Response {
		return &http.Response{StatusCode: status, Body: body}
	}
	tests := map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		says   string // empty for a token
		status int
	}{
		"nil and nil": {func(*http.Request) (*http.Response, error) { return nil, nil }, "nil", 0}, //nolint:nilnil // that is it
		"no body":     {func(*http.Request) (*http.Response, error) { return response(200, nil), nil }, "an empty response", 200},
		"no body of a length": {func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, ContentLength: 22}, nil
		}, "nil Body", 0},
		"no body, 401": {func(*http.Request) (*http.Response, error) { return response(401, nil), nil }, "an empty response", 401},
		"no body, 302": {func(*http.Request) (*http.Response, error) { return response(302, nil), nil }, "a redirect, which is not followed", 302},
		"no header": {func(*http.Request) (*http.Response, error) {
			return response(200, io.NopCloser(strings.NewReader(token))), nil
		}, "", 200},
		"no status":               {func(*http.Request) (*http.Response, error) { return &http.Response{}, nil }, "an empty response", 0},
		"a response and an error": {func(*http.Request) (*http.Response, error) { return response(200, nil), errors.New("broken") }, "broken", 0},
		"a panic":                 {func(*http.Request) (*http.Response, error) { panic("no such " + clientSecret) }, "panicked: no such [redacted]", 0},
		"a panic of an error":     {func(*http.Request) (*http.Response, error) { panic(io.ErrShortWrite) }, "panicked: short write", 0},
		"a nil pointer":           {func(*http.Request) (*http.Response, error) { var u *http.Response; return nil, errors.New(u.Status) }, "panicked: runtime error", 0},
		"http.ErrAbortHandler":    {func(*http.Request) (*http.Response, error) { panic(http.ErrAbortHandler) }, "panicked: net/http: abort", 0},
		"an end of its goroutine": {func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, io.EOF }, "ended its goroutine", 0},
		"a body that panics":      {func(*http.Request) (*http.Response, error) { return response(200, panickingBody{}), nil }, "panicked: body", 0},
		"a body that ends it all": {func(*http.Request) (*http.Response, error) { return response(200, exitingBody{}), nil }, "ended its goroutine", 0},
		"a body that breaks off":  {func(*http.Request) (*http.Response, error) { return response(200, brokenBody{}), nil }, "broke off after 0 bytes", 0},
		"a body that breaks, 401": {func(*http.Request) (*http.Response, error) { return response(401, brokenBody{}), nil }, "an empty response", 401},
		"a location of its secret": {func(*http.Request) (*http.Response, error) {
			r := response(302, nil)
			r.Header = http.Header{"Location": {"http://[" + clientSecret}}
			return r, nil
		}, "a redirect, which is not followed", 302},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithClientCredentials("sync", clientSecret), halopsa.WithBackoff(0, 0),
				halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
					if req.URL.Path == "/auth/token" {
						return test.answer(req)
					}
					return trial.Respond(http.StatusOK, "application/json", `{"id":1}`), nil
				})}))
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var callers sync.WaitGroup
			for range 8 { // who waits for the same fetch gets the same error
				callers.Go(func() {
					err := trial.CreateOne(ctx, client)
					if test.says == "" {
						assert.NoError(t, err)
						return
					}
					var refused *halopsa.AuthError
					if assert.ErrorAs(t, err, &refused) {
						assert.Equal(t, test.status, refused.StatusCode)
					}
					assert.ErrorContains(t, err, test.says)
					assert.NotContains(t, err.Error(), "canary")
					assert.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				})
			}
			callers.Wait()
			require.NoError(t, ctx.Err(), "nobody hangs")
		})
	}
}

type (
	panickingBody struct{}
	exitingBody   struct{}
	brokenBody    struct{}
)

func (panickingBody) Read([]byte) (int, error) { panic("body") }
func (panickingBody) Close() error             { return nil }
func (exitingBody) Read([]byte) (int, error)   { runtime.Goexit(); return 0, io.EOF }
func (exitingBody) Close() error               { return nil }
func (brokenBody) Read([]byte) (int, error)    { return 0, io.ErrUnexpectedEOF }
func (brokenBody) Close() error                { return nil }

// TestCaseB16SourceThatPanics: the caller gets an error that says so, and the next call asks again.
func TestCaseB16SourceThatPanics(t *testing.T) {
	t.Parallel()
	panics := func(times int64) (func() (*oauth2.Token, error), *atomic.Int64) {
		var asked atomic.Int64
		return func() (*oauth2.Token, error) {
			if asked.Add(1) <= times {
				panic(io.ErrClosedPipe)
			}
			return &oauth2.Token{AccessToken: "abc"}, nil
		}, &asked
	}
	for name, wrap := range map[string]func(func() (*oauth2.Token, error)) halopsa.TokenSource{
		"a TokenSource":         func(f func() (*oauth2.Token, error)) halopsa.TokenSource { return sourceFunc(f) },
		"an oauth2.TokenSource": func(f func() (*oauth2.Token, error)) halopsa.TokenSource { return halopsa.FromOAuth2(oauth2Func(f)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, asked := panics(1)
			tenant := newTokenTenant(t, trial.AnswersJSON(""), halopsa.WithTokenSource(wrap(source)), halopsa.WithRateLimit(1, time.Hour))
			err := trial.CreateOne(t.Context(), tenant.client)
			var refused *halopsa.AuthError
			require.ErrorAs(t, err, &refused)
			require.ErrorContains(t, err, "the token source panicked: io: read/write on closed pipe")
			require.ErrorIs(t, err, io.ErrClosedPipe)
			require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			assert.EqualValues(t, 1, asked.Load())
			require.NoError(t, trial.CreateOne(t.Context(), tenant.client), "the only slot of the limit was given back")
			assert.EqualValues(t, 1, tenant.called.Load())
		})
	}
}

// TestCaseB16SourceThatPanicsWhileReadingAhead: there the source runs in a goroutine of the client.
func TestCaseB16SourceThatPanicsWhileReadingAhead(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	client := trial.Tenant(t, trial.ServePages("errors", `{"record_count":3,"errors":[{"id":1}]}`, `{"record_count":3,"errors":[{"id":2}]}`),
		halopsa.WithTokenSource(sourceFunc(func() (*oauth2.Token, error) {
			if asked.Add(1) > 1 {
				panic("vault")
			}
			return &oauth2.Token{AccessToken: "abc"}, nil
		})))
	var last error
	for _, err := range client.IntegrationError.All(t.Context(), nil, halopsa.WithPrefetch(2)) {
		last = err
	}
	require.ErrorContains(t, last, "the token source panicked: vault")
}
