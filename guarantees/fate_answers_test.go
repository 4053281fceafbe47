package guarantees_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// applied502 is the gateway's answer to a write that the server has carried out.
var applied502 = halopsatest.Fault{Resource: "IntegrationExport", Status: http.StatusBadGateway, Applied: true}

// TestUpdateThenRefused: a refusal of the second attempt says nothing about the first, and both are of interest.
func TestUpdateThenRefused(t *testing.T) {
	t.Parallel()
	for status, sentinel := range map[int]error{
		400: halopsa.ErrInvalid, 401: halopsa.ErrUnauthorized, 403: halopsa.ErrForbidden, 404: halopsa.ErrNotFound,
		409: halopsa.ErrConflict, 422: halopsa.ErrInvalid,
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			for _, ambiguous := range []bool{false, true} {
				client, h := trial.NewStandin(t, nil, halopsa.WithBackoff(0, 0))
				seedExports(h)
				if ambiguous {
					h.Fault(applied502)
				}
				h.Fault(halopsatest.Fault{Resource: "IntegrationExport", Status: status, Times: -1})
				w := writes["Update"]
				err := w.call(t.Context(), client)
				require.ErrorIs(t, err, sentinel)
				assert.Equal(t, ambiguous, errors.Is(err, halopsa.ErrOutcomeUnknown))
				assert.Equal(t, count(ambiguous), effects(t, h, w))
				assert.Equal(t, ambiguous, strings.Contains(err.Error(), "outcome unknown, the write may have happened"), err.Error())
			}
		})
	}
}

func TestDeleteThenNotFound(t *testing.T) {
	t.Parallel()
	before := func(f halopsatest.Fault) halopsatest.Fault {
		f.Resource = "IntegrationExport"
		return f
	}
	tests := map[string]struct {
		faults  []halopsatest.Fault
		removed bool // by somebody else, when the first attempt arrives
		ro      []halopsa.RequestOption
		want    verdict
	}{
		"not there":                     {removed: true, want: notHappened},
		"not there after a 429":         {faults: []halopsatest.Fault{before(halopsatest.Fault{Status: 429})}, removed: true, want: notHappened},
		"not there after a 401":         {faults: []halopsatest.Fault{before(halopsatest.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}})}, removed: true, want: notHappened},
		"deleted, 502":                  {faults: []halopsatest.Fault{applied502}, want: happened},
		"deleted, connection broken":    {faults: []halopsatest.Fault{before(halopsatest.Fault{Kind: halopsatest.Reset, Applied: true})}, want: happened},
		"deleted, answer broken":        {faults: []halopsatest.Fault{before(halopsatest.Fault{Kind: halopsatest.Truncated})}, want: happened},
		"deleted, 504, and 429":         {faults: []halopsatest.Fault{applied502, before(halopsatest.Fault{Status: 429})}, want: happened},
		"deleted, 504, and 401":         {faults: []halopsatest.Fault{applied502, before(halopsatest.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}})}, want: happened},
		"502, and somebody else did it": {faults: []halopsatest.Fault{before(halopsatest.Fault{Status: 502})}, removed: true, want: happened},
		"deleted, and no second look": {
			faults: []halopsatest.Fault{applied502}, ro: []halopsa.RequestOption{halopsa.WithoutRetry()}, want: unknown,
		},
		"deleted, and then forbidden": {
			faults: []halopsatest.Fault{applied502, before(halopsatest.Fault{Status: 403})}, want: unknown,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, h := trial.NewStandin(t, nil, halopsa.WithBackoff(0, 0), halopsa.WithoutRateLimit())
			seedExports(h)
			for _, fault := range test.faults {
				fault.Header = fault.Header.Clone()
				if fault.Header == nil {
					fault.Header = make(http.Header)
				}
				fault.Header.Set("Retry-After", "0")
				h.Fault(fault)
			}
			if test.removed {
				h.Remove("IntegrationExport", 1)
			}
			err := client.IntegrationExport.Delete(t.Context(), 1, test.ro...)
			assert.Equal(t, test.want, verdictOf(err), "%v", err)
			assert.Equal(t, test.want == notHappened, errors.Is(err, halopsa.ErrNotFound))
			assert.Equal(t, 1, h.Len("IntegrationExport"), "it is gone, and nothing else is")
		})
	}
}

// TestWriteAnswers: what a success says of a write whose text is none, or is not what it should be.
func TestWriteAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body         string
		post, delete verdict
	}{
		"nothing":                 {"", happened, happened},
		"white space":             {"\r\n ", happened, happened},
		"null":                    {"null", happened, happened},
		"an empty text":           {`""`, happened, happened},
		"an empty array":          {"[]", unknown, happened},
		"an object":               {`{"id":N,"halo_name":"new"}`, happened, happened},
		"an array":                {`[{"id":N,"halo_name":"new"}]`, happened, happened},
		"a record with a warning": {`[{"id":N,"_warning":"the name was cut"}]`, happened, happened},
		"HTML":                    {"<html><title>Sign in</title></html>", unknown, unknown},
		"text":                    {"OK", unknown, unknown},
		"JSON that ends early":    {`[{"id":3,"halo_na`, unknown, unknown},
		"JSON with something on":  {`[{"id":3}] [`, unknown, unknown},
		"numbers":                 {"[3]", unknown, unknown},
		"a text for a number":     {`[{"id":N,"module_id":"twelve"}]`, unknown, happened},
		"another record":          {`[{"id":99}]`, unknown, unknown},
		"an OAuth2 error":         {`{"error":"invalid_token","error_description":"expired"}`, unknown, unknown},
		"an exception":            {`{"ClassName":"System.Exception","Message":"A deadlock."}`, unknown, unknown},
	}
	for name, test := range tests {
		for op, w := range writes {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				client, h := trial.NewStandin(t, nil)
				seedExports(h)
				id := "1"
				if op == "Create" {
					id = "3"
				}
				body := strings.ReplaceAll(test.body, "N", id)
				h.Fault(halopsatest.Fault{Resource: "IntegrationExport", Status: http.StatusOK, Body: body, Applied: true, Times: -1})
				want := test.post
				if op == "Delete" {
					want = test.delete
				}
				if test.body == `[{"id":99}]` && op == "Create" {
					want = happened // any id is new
				}
				err := w.call(t.Context(), client)
				assert.Equal(t, want, verdictOf(err), "%v", err)
				assert.Equal(t, 1, effects(t, h, w))
				assert.Equal(t, 1, h.Count("", "IntegrationExport"), "an answer that came is not asked for again")
			})
		}
	}
}

func TestWriteAnswerLargerThanTheLimit(t *testing.T) {
	t.Parallel()
	for op, w := range writes {
		t.Run(op, func(t *testing.T) {
			t.Parallel()
			client, h := trial.NewStandin(t, nil)
			client2, err := halopsa.NewClient(trial.StandinURL, halopsa.WithMaxResponseSize(10), halopsa.WithTokenSource(sameToken(t, client, h)),
				halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}))
			require.NoError(t, err)
			seedExports(h)
			h.Forget()
			err = w.call(t.Context(), client2)
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			require.ErrorContains(t, err, "larger than the limit of 10 bytes")
			assert.Equal(t, 1, effects(t, h, w))
			assert.Equal(t, 1, h.Count("", "IntegrationExport"), "it would be as large the next time")
		})
	}
}

// TestRefusalWithoutItsText: the status of a refusal stands, even if its text breaks off, is larger than the limit or names no place to go.
func TestRefusalWithoutItsText(t *testing.T) {
	t.Parallel()
	broken := func() io.ReadCloser {
		return io.NopCloser(io.MultiReader(strings.NewReader(`{"message":"the export is lo`), failingReader{}))
	}
	endless := func() io.ReadCloser { return io.NopCloser(endlessReader{}) }
	tests := map[string]struct {
		status int
		body   func() io.ReadCloser
		header http.Header
		create verdict
	}{
		"400, broken":          {400, broken, nil, notHappened},
		"404, broken":          {404, broken, nil, notHappened},
		"409, endless":         {409, endless, nil, notHappened},
		"429, broken":          {429, broken, http.Header{"Retry-After": {"0"}}, happened},
		"401, broken":          {401, broken, nil, happened},
		"502, broken":          {502, broken, nil, unknown},
		"201, broken":          {201, broken, nil, unknown},
		"201, endless":         {201, endless, nil, unknown},
		"303, done":            {303, broken, http.Header{"Location": {"/api/IntegrationExport"}}, unknown},
		"302 to nowhere":       {302, broken, http.Header{"Location": {"http://[::1"}}, unknown},
		"307 to nowhere":       {307, broken, http.Header{"Location": {"http://[::1"}}, unknown},
		"307 without location": {307, broken, nil, unknown},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := trial.Mocked(t, halopsa.WithMaxResponseSize(1<<20))
			attempts := 0
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				if attempts++; attempts > 1 {
					return trial.Respond(http.StatusCreated, "application/json", `[{"id":1}]`), nil
				}
				resp := trial.Respond(test.status, "application/json", "")
				resp.Body = test.body()
				for name, values := range test.header {
					resp.Header[name] = values
				}
				return resp, nil
			})
			err := trial.CreateOne(t.Context(), client)
			assert.Equal(t, test.create, verdictOf(err), "%v", err)
			assert.Equal(t, 1+count(test.create == happened), attempts)
			var answered *halopsa.APIError
			if test.status >= 300 && err != nil {
				require.ErrorAs(t, err, &answered)
				assert.Equal(t, test.status, answered.StatusCode)
			}
		})
	}
}

// failingReader is a response's connection that breaks.
type failingReader struct{}

func (failingReader) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// endlessReader is a response that never ends.
type endlessReader struct{}

func (endlessReader) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = 'x'
	}
	return len(into), nil
}
