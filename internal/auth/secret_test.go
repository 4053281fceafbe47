package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/auth"
)

// secret begins and ends with words by which it is known however the middle is written.
const secret = `canaryhead/+"<é %&=canarytail`

// quoted is a text as JSON has it.
func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data[1 : len(data)-1])
}

// lower writes the escapes of a URL in lower case.
func lower(text string) string {
	return strings.NewReplacer("%2F", "%2f", "%2B", "%2b", "%3C", "%3c", "%C3", "%c3", "%A9", "%a9", "%3D", "%3d").Replace(url.QueryEscape(text))
}

// TestErrorsHideTheSecret lets the server echo it in all the ways that there are, and looks for it in all that can be printed.
func TestErrorsHideTheSecret(t *testing.T) {
	t.Parallel()
	const problem = "application/json"
	oauth := func(text string) string { return `{"error":"invalid_client","error_description":"` + text + `"}` }
	tests := map[string]http.HandlerFunc{
		"description":              answering(400, problem, oauth("no client "+quoted(secret)+" here")),
		"description, URL-encoded": answering(401, problem, oauth("client_secret="+url.QueryEscape(secret))),
		"description, lower case":  answering(401, problem, oauth("client_secret="+lower(secret))),
		"description, path":        answering(401, problem, oauth("/"+url.PathEscape(secret))),
		"description, JSON twice":  answering(401, problem, oauth(quoted(quoted(secret)))),
		"description, HTML":        answering(401, problem, oauth(quoted(html.EscapeString(secret)))),
		"description, all escaped": answering(400, problem, oauth(`canaryhead\u002F\u002B\u0022\u003C\u00E9 \u0025\u0026\u003Dcanarytail`)),
		"description that is cut":  answering(400, problem, oauth(strings.Repeat("x", 480)+" "+quoted(secret))),
		"code":                     answering(400, problem, `{"error":"`+quoted(secret)+`"}`),
		"URI":                      answering(400, problem, `{"error":"x","error_uri":"`+quoted(secret)+`"}`),
		"a form":                   answering(400, "text/plain", "error=x&error_description="+url.QueryEscape(secret)),
		"HTML":                     answering(500, "text/html", "<html>"+secret),
		"text":                     answering(400, "text/plain", secret),
		"nothing but it":           answering(500, problem, `"`+quoted(secret)+`"`),
		"200 with junk":            answering(200, problem, secret),
		"200 with junk in JSON":    answering(200, problem, `{"access_token":`+secret+`}`),
		"200 with an odd member":   answering(200, problem, `{"access_token":"","expires_in":"`+quoted(secret)+`"}`),
		"200 with an error":        answering(200, problem, oauth(quoted(secret))),
		"200 with HTML":            answering(200, "text/html", secret),
		"a header":                 answering(400, `text/plain; x="`+url.QueryEscape(secret)+`"`, "no"),
		"a redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://login.example.com/?s="+url.QueryEscape(secret))
			w.WriteHeader(http.StatusFound)
		},
		"a broken redirect": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://["+secret)
			w.WriteHeader(http.StatusFound)
		},
		"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				fmt.Fprintf(conn, "you sent %s\r\n\r\n", secret)
				_ = conn.Close()
			}
		},
		"a broken header": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", secret)
				_ = conn.Close()
			}
		},
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, credentials := tokenServer(t, handler)
			_, err := auth.Exchange(t.Context(), server.Client(), credentials)
			var refused *auth.Error
			require.ErrorAs(t, err, &refused)
			assertHidden(t, err)
		})
	}
}

// assertHidden looks for the secret in all that err and the errors in it print.
func assertHidden(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			for _, value := range []any{err, []error{err}, struct{ Err error }{err}} {
				assertNoCanary(t, verb, fmt.Sprintf(verb, value))
			}
		}
		data, marshalErr := json.Marshal(err)
		require.NoError(t, marshalErr)
		assertNoCanary(t, "JSON", string(data))
	}
}

func assertNoCanary(t *testing.T, how, text string) {
	t.Helper()
	assert.NotContains(t, text, "canaryhead", how)
	assert.NotContains(t, text, "canarytail", how)
}

// TestHiddenErrorsStayKnown: an error whose text is not shown is found by errors.Is and errors.As all the same.
func TestHiddenErrorsStayKnown(t *testing.T) {
	t.Parallel()
	cause := &net.OpError{Op: "read " + secret, Err: errRefused}
	client := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })}
	_, err := auth.Exchange(t.Context(), client, auth.Credentials{ClientID: "sync", ClientSecret: secret, TokenURL: "https://acme.halopsa.com/auth/token"})
	require.ErrorIs(t, err, errRefused)
	var op *net.OpError
	require.ErrorAs(t, err, &op)
	assert.Same(t, cause, op)
	require.EqualError(t, err, "acme.halopsa.com/auth/token: read [redacted]: refused")
	assert.Equal(t, `&auth.Error{"acme.halopsa.com/auth/token: read [redacted]: refused"}`, fmt.Sprintf("%#v", err))
	assertHidden(t, err)
	_, retryable := auth.Retryable(err)
	assert.True(t, retryable)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
