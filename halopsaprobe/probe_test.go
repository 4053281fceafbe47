package halopsaprobe_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaprobe"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// resources are the lists that a probe asks.
var resources = []string{
	"IntegrationError", "IntegrationRequest", "IntegrationDelta", "IntegratorLog", "IntegratorSchedule", "IntegratorTrace", "IntegrationLookUp",
	"IntegrationExport", "IntegrationFieldData", "IntegrationFieldMapping", "IntegrationRunbookVariableGroup", "IntegrationSiteMapping",
	"ConnectedInstance", "IntegrationConfiguration",
}

// canaryNumber is a value that is no text.
const canaryNumber = 987654321

// TestFileHoldsNoValue fills every list with canaries, wherever a value can be, and looks for them in all that comes out.
func TestFileHoldsNoValue(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]halopsatest.Habits{
		"honest": {}, "warning": {Warning: "canary warning"}, "error": {ErrorMember: "error"}, "array": {Array: "Canary Ltd"}, "nested": {Nested: "canary ltd"},
		"beside": {EmptyArray: "Canary & Sons"}, "charset": {Charset: "canary-8859-1"}, "by": {OrderBy: "canaryname"}, "twins": {Rows: halopsatest.RowHabits{CaseTwins: true}},
		"refused": {Respond: func(_ halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			return halopsatest.Response{Status: 500, Header: http.Header{"X-Request-Id": {"canary"}}, Body: []byte(`{"Message":"canary is locked"}`)}
		}},
		"page": {Respond: func(_ halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			return halopsatest.Response{Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(`<title>canary</title>`)}
		}},
		"single": {Respond: func(_ halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			return halopsatest.Response{Body: []byte(`{"canary ltd":{"id":1,"canary":"x"},"canary":"canary","name":"canary"}`)}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(halopsatest.WithTenant("canary"))
			for _, resource := range resources {
				for i := range 30 {
					text := fmt.Sprint("canary ", i)
					h.Seed(resource, map[string]any{
						"error": text, "entity_name": text, "value": "canary-" + fmt.Sprint(i), "label": text, "canaryname": fmt.Sprint("a", i), "name": "canaryname",
						"detail_id": canaryNumber, "date": "2019-08-07T06:05:04.321", "Canary Ltd": 1, text: "x", "clients": map[string]any{text: 1, "canary_ltd": 2},
						"trace": []any{map[string]any{"log": text, fmt.Sprint("canary", i): 1}}, "list": []string{text}, "json": `{"a":"canary"}`,
						"other": canaryNumber + 0.5, "flag": true,
					})
				}
				h.Seed(resource, map[string]any{ // a name that only one record has
					"error": "canary", "by": []any{map[string]any{"CanaryCorp": 1}, map[string]any{"CanaryCorp": 2}}, "clients": map[string]any{"canary_corp": 1},
				})
				h.SetHabits(resource, habits)
			}
			var out bytes.Buffer
			client := h.Client(t, halopsa.WithHeader("X-Own", "canary"))
			report, err := halopsaprobe.Run(t.Context(), client, halopsaprobe.WithProgress(func(p halopsaprobe.Progress) { fmt.Fprintf(&out, "%+v\n", p) }))
			require.NoError(t, err)
			require.NoError(t, report.WriteJSON(&out))
			require.NoError(t, report.WriteTable(&out))
			for _, value := range []string{"canary", fmt.Sprint(canaryNumber), "06:05:04", halopsatest.ClientID, halopsatest.ClientSecret, "standin.localhost"} {
				at := strings.Index(strings.ToLower(out.String()), value)
				assert.Negative(t, at, "%s is shown: %s", value, strings.Join(strings.Fields(out.String()[max(0, at-60):min(out.Len(), max(0, at)+40)]), " "))
			}
			if name == "honest" {
				assert.Contains(t, out.String(), `"trace[].log"`)
				assert.NotZero(t, report.List("IntegrationError").OtherNames)
			}
		})
	}
}

// TestProbeSendsAtMost120 lets every list need as many requests as a list can.
func TestProbeSendsAtMost120(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]halopsatest.Habits{
		"too large": {TooLarge: 1}, "capped": {PageCap: 20, NewestFirst: true}, "shuffled": {Shuffled: true, PageCap: 20},
		"counted wrongly": {RecordCount: halopsatest.CountPlus(5)}, "every second fails": {},
		"redirects": {Respond: func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			return halopsatest.Response{Status: http.StatusFound, Header: http.Header{"Location": {r.Path}}}
		}},
		"the token is blamed": {Respond: func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			if r.Query.Has("count") || r.Resource > "IntegrationL" {
				return halopsatest.Response{Status: http.StatusUnauthorized, Body: []byte(`{"error":"invalid_token"}`)}
			}
			return a
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(halopsatest.WithHabits(habits))
			for _, resource := range resources {
				for range 60 {
					h.Seed(resource, map[string]any{"module_id": 1})
				}
			}
			if name == "every second fails" {
				n := 0
				h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
					if n++; n%2 == 0 || r.URL.Path == "/auth/token" {
						return nil
					}
					return &halopsatest.Fault{Status: http.StatusServiceUnavailable}
				})
			}
			var last halopsaprobe.Progress
			report, err := halopsaprobe.Run(t.Context(), h.Client(t), halopsaprobe.WithProgress(func(p halopsaprobe.Progress) {
				assert.NotEmpty(t, p.Question)
				assert.Equal(t, halopsaprobe.Most, p.Most)
				assert.True(t, p.Sent == 0 || p.Sent == last.Sent+1)
				last = p
			}))
			require.NoError(t, err)
			assert.LessOrEqual(t, len(h.Requests()), 120)
			assert.Equal(t, report.Requests, len(h.Requests())-h.TokensIssued())
			for _, request := range h.Requests() {
				assert.True(t, request.Method == http.MethodGet || request.Resource == halopsatest.Token, "%s %s", request.Method, request.Path)
			}
			assert.Len(t, report.Lists, len(resources))
			for i := range report.Lists {
				assert.NotZero(t, report.Lists[i].Requests, "%s was not asked", report.Lists[i].Resource)
			}
			t.Log(report.Requests, h.TokensIssued(), report.Complete)
		})
	}
}

// TestProbeOfAnotherVersion: what the tenant lacks the stand-in lacks too, and what it has otherwise is imitated.
func TestProbeOfAnotherVersion(t *testing.T) {
	t.Parallel()
	h := tenant()
	h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if strings.HasSuffix(r.URL.Path, "/IntegrationDelta") {
			return &halopsatest.Fault{Status: http.StatusNotFound, Body: `{"Message":"No HTTP resource was found"}`}
		}
		return nil
	})
	lookUps := halopsatest.NewHandler()
	for range 60 {
		lookUps.Seed("LookUps", map[string]any{"value": "x"}) // a resource of the stand-in that is paged and sorted
		lookUps.Seed("Tickets", map[string]any{"summary": "x"})
	}
	report, err := halopsaprobe.Run(t.Context(), h.Client(t))
	require.NoError(t, err)
	assert.Equal(t, 404, report.List("IntegrationDelta").Status)
	others, err := halopsaprobe.Run(t.Context(), lookUps.Client(t), halopsaprobe.WithResources("LookUps", "Tickets"))
	require.NoError(t, err)
	assert.Equal(t, "tickets", others.List("Tickets").Array)
	others.Lists[0].Resource = "IntegrationLookUp"
	report.Lists = append(report.Lists, others.Lists...)
	at := 0
	for i := range report.Lists { // the one of the report, an unpaged list, gives way
		if report.Lists[i].Resource == "IntegrationLookUp" {
			at = i
			break
		}
	}
	report.Lists = append(report.Lists[:at], report.Lists[at+1:]...)

	like := halopsatest.NewHandler(halopsatest.WithHabitsFrom(written(t, report)))
	client := like.Client(t)
	_, err = client.IntegrationDelta.List(t.Context(), nil)
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	for range 120 {
		like.Seed("IntegrationLookUp", map[string]any{"value": "x", "module_id": 1})
	}
	page, err := client.IntegrationLookUp.List(t.Context())
	require.NoError(t, err)
	assert.Len(t, page.Records, 50, "a paged list sends its default page")
	assert.Equal(t, 120, page.RecordCount)
}

func TestTypesOfMembers(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	h.SetHabits("IntegratorLog", halopsatest.Habits{Rows: halopsatest.RowHabits{Nulls: true}})
	h.Seed("IntegratorLog", map[string]any{
		"nothing": nil, "flag": false, "whole": 7, "part": 7.5, "words": "a word", "blank": "", "digits": "12", "truth": "True", "day": "2026-10-02T11:22:33",
		"zoned": "2026-10-02T11:22:33+02:00", "never": "0001-01-01T00:00:00", "key": "6f9619ff-8b86-d011-b42d-00c04fc964ff", "rows": []any{map[string]any{"log": "x"}, map[string]any{"log": nil}},
		"one": map[string]any{"log": 1},
	}, map[string]any{"whole": "7"})
	report, err := halopsaprobe.Run(t.Context(), h.Client(t), halopsaprobe.WithResources("IntegratorLog"))
	require.NoError(t, err)
	got := make(map[string]string)
	for _, m := range report.List("IntegratorLog").Members {
		got[m.Name] = strings.Join(m.Types, ", ")
	}
	assert.Equal(t, map[string]string{
		"id": "integer", "nothing": "null", "flag": "boolean", "whole": "integer, text of a number", "part": "decimal", "words": "text", "blank": "empty text",
		"digits": "text of a number", "truth": "text of a boolean", "day": "date", "zoned": "date with zone", "never": "no date", "key": "guid",
		"rows": "array", "rows[].log": "null, text", "one": "object", "one.log": "integer",
	}, got)
}

func TestProbeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	stop := errors.New("the program stops")
	ctx, cancel := context.WithCancelCause(t.Context())
	report, err := halopsaprobe.Run(ctx, tenant().Client(t), nil, halopsaprobe.WithProgress(func(p halopsaprobe.Progress) {
		if p.Resource == "IntegrationDelta" {
			cancel(stop)
		}
	}))
	require.ErrorIs(t, err, stop)
	assert.False(t, report.Complete)
	assert.Equal(t, "errors", report.List("IntegrationError").Array)
}

// TestProbeWithoutAToken ends at once: no list could be read.
func TestProbeWithoutAToken(t *testing.T) {
	t.Parallel()
	h := halopsatest.NewHandler()
	report, err := halopsaprobe.Run(t.Context(), h.Client(t, halopsa.WithClientCredentials("x", "y")))
	var refused *halopsa.AuthError
	require.ErrorAs(t, err, &refused)
	assert.False(t, report.Complete)
	assert.Len(t, h.Requests(), 1)
	_, err = halopsaprobe.Run(t.Context(), nil)
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}

func TestReadRefusesWhatIsNoReport(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"": "no report of a probe", "[]": "no report of a probe", `{"lists":[]}`: "it names no format", `{"format":2}`: "of format 2, and this version reads up to 1",
	} {
		_, err := halopsaprobe.Read(strings.NewReader(text))
		assert.ErrorContains(t, err, says)
	}
	assert.PanicsWithValue(t, "halopsatest: open no such file: no such file or directory", func() {
		halopsatest.NewHandler(halopsatest.WithHabitsFrom("no such file"))
	})
}
