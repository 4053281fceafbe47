package guarantees_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// mark begins every secret of these tests, so that even a part of one is found.
const mark = "canary"

const (
	markedSecret = mark + "-client/secret+1"
	markedHeader = mark + "-of-a-header"
	markedQuery  = mark + "-of-a query&1"
	markedInput  = mark + `-of-an "input"`
)

var markedToken = mark + strings.Repeat("-access-token", 60)

// dump is all that a request says.
func dump(req *http.Request) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s\n", req.Method, req.URL)
	for name, values := range req.Header {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(values, ","))
	}
	if req.Body != nil {
		body, _ := io.ReadAll(req.Body)
		out.Write(body)
		if form := strings.ReplaceAll(string(body), "%2F", "/"); form != string(body) {
			out.WriteString("\n" + strings.ReplaceAll(form, "%2B", "+")) // as a server decodes it
		}
	}
	return out.String()
}

func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// leak is a way to fail that could show what was sent.
type leak struct {
	token func(*http.Request) (*http.Response, error) // of the token endpoint; nil is a good one
	api   func(*http.Request) (*http.Response, error)
	fault *halopsatest.Fault // in place of both
	ctx   func(context.Context) (context.Context, context.CancelFunc)
	large bool // its text takes so long to look through that two services must do
	fine  int  // how many calls it is no failure of: those that take any JSON, or an id of text
}

func echoing(status int, contentType string, body func(dump string) string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		return trial.Respond(status, contentType, body(dump(req))), nil
	}
}

// breaking answers with an echo that ends in the middle of a secret.
func breaking(status int) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		half := []byte(`{"message":"` + req.Header.Get("Authorization")[:len("Bearer ")+len(mark)+3])
		resp := trial.Respond(status, "application/json", "")
		resp.ContentLength = 1000
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(half), iotest.ErrReader(io.ErrUnexpectedEOF)))
		return resp, nil
	}
}

func leaks() map[string]leak {
	message := func(dump string) string { return `{"Message":` + quoted(dump) + `}` }
	oauth := func(dump string) string { return `{"error":"invalid_client","error_description":` + quoted(dump) + `}` }
	broken := func(req *http.Request) (*http.Response, error) {
		return nil, errors.New("the proxy refused to forward: " + dump(req))
	}
	all := map[string]leak{
		"echo in a message":       {api: echoing(400, "application/json", message)},
		"echo in an OAuth error":  {api: echoing(403, "application/json", oauth)},
		"echo in an exception":    {api: echoing(500, "application/json", func(d string) string { return `{"ClassName":"X","ExceptionMessage":` + quoted(d) + `}` })},
		"echo as a JSON string":   {api: echoing(409, "application/json", quoted)},
		"echo as text":            {api: echoing(422, "text/plain", func(d string) string { return d })},
		"echo in a title":         {api: echoing(502, "text/html", func(d string) string { return "<html><title>" + d + "</title></html>" })},
		"echo in a page":          {api: echoing(404, "text/html", func(d string) string { return "<html><body><pre>" + d + "</pre></body></html>" })},
		"echo with escapes":       {api: echoing(400, "application/json", func(d string) string { return `{"message":` + strings.ReplaceAll(quoted(d), "c", `\u0063`) + `}` })},
		"echo that is cut":        {large: true, api: echoing(400, "text/plain", func(d string) string { return strings.Repeat("x", 64<<10-200) + d })},
		"echo that breaks off":    {api: breaking(403)},
		"success that breaks off": {api: breaking(200)},
		"no route": {api: func(req *http.Request) (*http.Response, error) {
			return trial.Respond(404, "application/json", `{"Message":"No HTTP resource was found that matches the request URI '`+req.URL.String()+`'."}`), nil
		}},
		"refusal of the limit": {api: echoing(429, "text/plain", func(d string) string { return d })},
		"token refused":        {api: echoing(401, "application/json", oauth)},
		"redirect": {api: func(req *http.Request) (*http.Response, error) {
			resp := trial.Respond(302, "text/html", dump(req))
			resp.Header.Set("Location", "https://other.example.com/?key="+markedSecret)
			return resp, nil
		}},
		"failure inside a 200": {fine: 1, api: echoing(200, "application/json", oauth)},
		"text instead of JSON": {api: echoing(200, "text/plain", func(d string) string { return d })},
		"HTML instead of JSON": {api: echoing(200, "text/html", func(d string) string { return "<html>" + d })},
		"broken JSON":          {api: echoing(200, "application/json", func(d string) string { return `[{"id":7,"name":` + quoted(d) + `,` })},
		"broken text in JSON":  {api: echoing(200, "application/json", func(d string) string { return `[{"id":7,"name":"` + d })},
		"wrong type":           {fine: 17, api: echoing(200, "application/json", func(d string) string { return `[{"id":{"x":` + quoted(d) + `}}]` })},
		"wrong id":             {fine: 17, api: echoing(200, "application/json", func(d string) string { return `[{"id":` + quoted(d) + `,"date":` + quoted(d) + `}]` })},
		"error of the network": {api: broken},
		"token, OAuth":         {token: echoing(401, "application/json", oauth)},
		"token, text":          {token: echoing(400, "text/plain", func(d string) string { return d })},
		"token, form":          {token: echoing(400, "application/x-www-form-urlencoded", func(d string) string { return "error=" + d + "&error_description=" + d })},
		"token, HTML":          {token: echoing(503, "text/html", func(d string) string { return "<html><title>" + d })},
		"token, code":          {token: echoing(400, "application/json", func(d string) string { return `{"error":` + quoted(d) + `}` })},
		"token, no token":      {token: echoing(200, "application/json", func(d string) string { return `{"refresh_token":` + quoted(d) + `}` })},
		"token, not JSON":      {token: echoing(200, "application/json", func(d string) string { return d })},
		"token, redirect": {token: func(req *http.Request) (*http.Response, error) {
			resp := trial.Respond(307, "", dump(req))
			resp.Header.Set("Location", "https://other.example.com/?"+dump(req))
			return resp, nil
		}},
		"token, network": {token: broken},
		"cancelled before": {ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			return ctx, cancel
		}},
		"cancelled in the answer": {fault: &halopsatest.Fault{Kind: halopsatest.Slow}, ctx: func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 2*time.Second)
		}},
	}
	for name, fault := range map[string]halopsatest.Fault{
		"status": {Status: 418, Body: "teapot"}, "504": {Kind: halopsatest.HTML504}, "reset": {Kind: halopsatest.Reset},
		"reset, applied": {Kind: halopsatest.Reset, Applied: true}, "truncated": {Kind: halopsatest.Truncated}, "slow": {Kind: halopsatest.Slow},
	} {
		all["fault "+name] = leak{fault: &fault}
		token := fault
		token.Resource = halopsatest.Token
		all["fault of the token, "+name] = leak{fault: &token}
	}
	return all
}

// transport makes the way to fail.
func (l leak) transport() http.RoundTripper {
	if l.fault != nil || l.ctx != nil {
		server := halopsatest.NewHandler()
		if l.fault != nil {
			fault := *l.fault
			fault.Times = -1
			server.Fault(fault)
		}
		return trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/auth/token" && (l.fault == nil || l.fault.Resource == "") {
				return goodToken(), nil
			}
			return server.Transport().RoundTrip(req)
		})
	}
	return trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
		switch {
		case req.URL.Path != "/auth/token":
			return l.api(req)
		case l.token != nil:
			return l.token(req)
		}
		return goodToken(), nil
	})
}

func goodToken() *http.Response {
	return trial.Respond(http.StatusOK, "application/json", `{"access_token":"`+markedToken+`","token_type":"Bearer","expires_in":3600}`)
}

// markedBody is an object with a secret in every member that is for one.
func markedBody() string {
	body := `{"request_headers":` + quoted("Accept: */*\r\nX-Key: "+markedInput)
	for _, name := range []string{
		"new_clientsecret", "_retry_webhook_token", "request_body", "response_body",
		"new_client_secret", "new_access_token", "new_refresh_token", "new_alternate_client_secret", "new_webhook_password",
	} {
		body += `,"` + name + `":` + quoted(markedInput)
	}
	return body + "}"
}

// markedArguments are those of a method, with a secret wherever one can be.
func markedArguments(t *testing.T, ctx context.Context, name string, method reflect.Type) []reflect.Value { //nolint:revive // t comes first
	t.Helper()
	args := trial.Arguments(ctx, t, method, trial.Values{
		Options: func(options reflect.Value) {
			for at := range options.NumField() {
				if field := options.Field(at); field.Kind() == reflect.String && options.Type().Field(at).Tag.Get("url") != "-" {
					field.SetString(markedQuery)
				}
			}
		},
		Inputs: func(string) string {
			if name == "Update" {
				return `[{"id":7,` + markedBody()[1:] + `]`
			}
			return "[" + markedBody() + "]"
		},
		Body: json.RawMessage(markedBody()),
	})
	query, header := halopsa.RequestOption(halopsa.WithQuery("search", markedQuery)), halopsa.RequestOption(halopsa.WithHeader("X-Key", markedHeader))
	return append(args, reflect.ValueOf(query), reflect.ValueOf(header))
}

// everyError calls visit with err and all that it wraps.
func everyError(err error, visit func(error)) {
	if err == nil {
		return
	}
	visit(err)
	switch wrapping := err.(type) { //nolint:errorlint // it is the tree itself that is walked
	case interface{ Unwrap() error }:
		everyError(wrapping.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, inner := range wrapping.Unwrap() {
			everyError(inner, visit)
		}
	}
}

// TestNoMethodLeaks plays every way to fail to every method of every service, requires that the calls fail, and looks for secrets in all that
// comes of it.
func TestNoMethodLeaks(t *testing.T) {
	t.Parallel()
	for name, way := range leaks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls, failures := 0, 0
				var log bytes.Buffer
				handlers := []slog.Handler{
					slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}),
					slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}),
				}
				for i, handler := range handlers {
					logger := slog.New(handler)
					client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithTenant(mark+"-tenant"), halopsa.WithLogger(logger),
						halopsa.WithClientCredentials("sync", markedSecret), halopsa.WithHTTPClient(&http.Client{Transport: way.transport()}),
						halopsa.WithMaxRetries(1), halopsa.WithMaxWait(time.Second), halopsa.WithTimeout(5*time.Second))
					require.NoError(t, err)
					for resource, service := range trial.Services(client) {
						if (i > 0 || way.large) && !strings.HasPrefix(resource, "Connected") && resource != "IntegrationRequest" {
							continue // the other format, or a cut, says nothing new of the others
						}
						for at := range service.NumMethod() {
							method, op := service.Method(at), service.Type().Method(at).Name
							ctx, cancel := t.Context(), context.CancelFunc(func() {})
							switch {
							case way.ctx != nil:
								ctx, cancel = way.ctx(ctx)
							case op == "Follow": // tries again forever
								ctx, cancel = context.WithTimeout(ctx, time.Minute)
							}
							err := trial.Finish(method.Call(markedArguments(t, ctx, op, method.Type())))
							cancel()
							calls++
							if err == nil {
								continue
							}
							failures++
							logger.Error("failed", slog.Any("error", err), slog.String("text", err.Error()))
							require.NotRegexp(t, `[\r\n]`, err.Error())
							everyError(err, func(err error) { requireUnmarked(t, resource+"."+op, err) })
						}
					}
				}
				assert.Equal(t, calls-way.fine, failures, "calls that failed")
				if !way.large {
					assert.Greater(t, calls, 60)
				}
				require.NotEmpty(t, log.String())
				assert.NotContains(t, log.String(), mark)
			})
		})
	}
}

// TestErrorsShowNoQuery: not even one of the SDK's own, which an error of the server may repeat with its URL.
func TestErrorsShowNoQuery(t *testing.T) {
	t.Parallel()
	client, mock := trial.Mocked(t)
	for name, body := range map[string]string{
		"text":    "no route for %s, sorry",
		"JSON":    `{"Message":"No HTTP resource was found that matches the request URI '%s'."}`,
		"escaped": `{"Message":"no route for '%s'"}`,
		"HTML":    `<html><body>no route for <a href="%s">this</a></body></html>`,
	} {
		mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
			assert.Contains(t, req.URL.RawQuery, "module_id=4711")
			url := req.URL.String()
			if name == "escaped" {
				url = strings.ReplaceAll(url, "&", `\u0026`[1:])
			}
			return trial.Respond(http.StatusNotFound, "", strings.ReplaceAll(body, "%s", url)), nil
		})
		_, err := client.IntegrationError.List(t.Context(), &halopsa.IntegrationErrorListOptions{ModuleID: 4711})
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused)
		assert.Contains(t, string(refused.Body), "https://acme.halopsa.com/api/IntegrationError?[redacted]", name)
		for _, text := range []string{err.Error(), refused.Message, string(refused.Body)} {
			assert.NotContains(t, text, "4711", name)
			assert.NotContains(t, text, "module_id", name)
			assert.NotContains(t, text, "pageinate", name)
		}
	}
}

// requireUnmarked looks at all that can be printed of an error.
func requireUnmarked(t *testing.T, op string, err error) {
	t.Helper()
	shown := []string{err.Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		shown = append(shown, fmt.Sprintf(verb, err))
	}
	data, failure := json.Marshal(err)
	require.NoError(t, failure)
	shown = append(shown, string(data))
	if refused, ok := err.(*halopsa.APIError); ok { //nolint:errorlint // the tree is walked
		shown = append(shown, string(refused.Body))
	}
	for _, text := range shown {
		require.NotContains(t, text, mark, op)
		require.NotContains(t, text, fmt.Sprintf("%x", mark), op)
	}
}
