package doctor

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WriteHTML(&b))
	return b.String()
}

// crowdedTenant is one with more of everything than a report has room for, and with names that a page could stumble over.
func crowdedTenant() *tally {
	counts := newTally(Question{Now: noon, Since: 30 * 24 * time.Hour, Quiet: 6 * time.Hour})
	for i := range 450 {
		module := int64(i%14 + 1)
		name := fmt.Sprintf(`Module <b>%d</b> & "sons" of a rather long name`, module)
		counts.addError(&halopsa.IntegrationError{
			ModuleID: module, ModuleName: name, EntityName: "<script>alert(1)</script>", Endpoint: "/v2/<x>/" + fmt.Sprint(i),
			Error: fmt.Sprintf(`%d </title></style><script>alert("x")</script> ]]> <!-- -- %s`, i%150, strings.Repeat("long ", i%50)),
			Date:  before(time.Duration(i) * 80 * time.Minute),
		})
		counts.addRequest(&halopsa.IntegrationRequest{
			MSID: module, ModuleName: name, ResultCode: []int{0, 200, 204, 302, 400, 404, 418, 503, 599, 777}[i%10], Operation: "<GET>",
			Duration: float64(i) * 17, URL: fmt.Sprintf("https://api%d.example.com/%s/</svg>", i%30, strings.Repeat("segment/", 12)),
			IsOutgoing: i%3 > 0, DateLogged: before(time.Duration(i) * 80 * time.Minute),
		})
	}
	for i := range 60 {
		next := noon.Add(time.Duration(i-20) * 7 * time.Hour)
		counts.addSchedule(&halopsa.IntegratorSchedule{
			ID: int64(i), ImportNames: fmt.Sprintf("<i>Schedule</i> %d with a name that is longer than its place", i),
			NextRun: halopsa.NewTime(next), LastRun: halopsa.NewTime(next.Add(-90 * time.Hour)),
		})
	}
	counts.note("a <note> & more")
	return counts
}

func TestReportIsWellFormed(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string]*tally{"small": smallTenant(), "crowded": crowdedTenant(), "empty": newTally(week)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := counts.report()
			r.Tenant = "acme.example.com"
			d := xml.NewDecoder(strings.NewReader(pageOf(t, r)))
			d.Strict = true
			elements := map[string]int{}
			ids := map[string]bool{}
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				start, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				elements[start.Name.Local]++
				assert.NotContains(t, []string{"script", "link", "img", "image", "iframe", "object", "embed", "use", "base", "form", "b", "i"}, start.Name.Local)
				for _, a := range start.Attr {
					assert.NotContains(t, []string{"src", "href", "srcset", "action", "style", "data", "poster", "background"}, a.Name.Local)
					assert.False(t, strings.HasPrefix(a.Name.Local, "on"), a.Name.Local)
					if a.Name.Local == "id" {
						assert.False(t, ids[a.Value], "id %q twice", a.Value)
						ids[a.Value] = true
					}
				}
			}
			assert.Equal(t, 1, elements["main"])
			if name != "empty" {
				for _, id := range []string{"errors", "codes", "endpoints", "schedules"} {
					assert.True(t, ids[id], id)
				}
				assert.Greater(t, elements["title"], 10, "tips")
			}
		})
	}
}

func TestReportNeedsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	page := pageOf(t, smallTenant().report())
	style, _, _ := strings.Cut(page, "</style>")
	for _, word := range []string{"@import", "url(", "src:"} {
		assert.NotContains(t, style, word)
	}
	assert.Equal(t, 1, strings.Count(page, "http"), "in http-equiv alone: %v", regexp.MustCompile(`.{20}http.{20}`).FindAllString(page, -1))
	assert.Contains(t, page, `content="default-src 'none'; style-src 'unsafe-inline'"`)
	assert.Contains(t, page, "prefers-color-scheme: dark")
	assert.NotContains(t, page, "ZgotmplZ", "which html/template writes where it refuses a value")
	assert.NotContains(t, page, "NaN")
	assert.NotContains(t, page, "Inf")
}

func TestEveryColourIsDefinedForBothThemes(t *testing.T) {
	t.Parallel()
	light, dark, found := strings.Cut(reportText, "@media (prefers-color-scheme: dark)")
	require.True(t, found)
	dark, rest, _ := strings.Cut(dark, "}\n}")
	defined := func(text string) (names []string) {
		for _, m := range regexp.MustCompile(`(--[\w-]+):`).FindAllStringSubmatch(text, -1) {
			names = append(names, m[1])
		}
		return names
	}
	sameInBoth := []string{"--good", "--bad"}
	for _, m := range regexp.MustCompile(`var\((--[\w-]+)\)`).FindAllStringSubmatch(rest, -1) {
		assert.Contains(t, defined(light), m[1])
		if !slices.Contains(sameInBoth, m[1]) {
			assert.Contains(t, defined(dark), m[1])
		}
	}
}

func TestReportSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	r := crowdedTenant().report()
	require.Greater(t, len(r.Problems), rowsInReport+rowsFolded)
	page := pageOf(t, r)
	assert.Contains(t, page, fmt.Sprintf("%d more are in the -json", len(r.Problems)-rowsInReport-rowsFolded))
	assert.Contains(t, page, "a &lt;note&gt; &amp; more")
	assert.Contains(t, page, "The first 30 of 60.")
}

func TestNoWayOutShowsACredential(t *testing.T) {
	t.Parallel()
	counts := newTally(week)
	counts.addError(&halopsa.IntegrationError{
		ModuleID: 12, ModuleName: "Datto password=kanarienvogel", Error: "refused: Authorization: Bearer kanarienvogel", EntityName: "token=kanarienvogel",
		Endpoint: "https://joe:kanarienvogel@x.example.com/a?key=kanarienvogel", Date: before(time.Hour), Warning: canary,
	})
	counts.addRequest(&halopsa.IntegrationRequest{
		MSID: 24, ModuleName: "secret=kanarienvogel", Operation: "GET ?a=kanarienvogel",
		URL:        "https://kanarienvogel@x.example.com/token/kanarienvogel?a=kanarienvogel#kanarienvogel",
		ResultCode: 500, Duration: 1, DateLogged: before(time.Hour), Type: canary, DetailsIDString: canary, ApplicationID: canary,
		RequestBody: canary, ResponseBody: canary, RequestHeaders: "Authorization: kanarienvogel", ResponseHeaders: "Set-Cookie: kanarienvogel",
		Trace: []halopsa.Trace{{Log: canary}}, RetryWebhookToken: canary, Warning: canary,
	})
	counts.addLog(line(12, time.Hour, `{"client_secret":"kanarienvogel"}`))
	counts.addSchedule(&halopsa.IntegratorSchedule{ID: 1, ImportNames: "daily pwd=kanarienvogel", ModulesJSON: canary,
		Modules: json.RawMessage(`"kanarienvogel"`), Extra: extra(`"connection":"kanarienvogel"`)})
	r := counts.report()
	require.Len(t, r.Integrations, 2)
	require.Len(t, r.Problems, 2)
	require.Len(t, r.Endpoints, 1)

	var table, data bytes.Buffer
	require.NoError(t, r.WriteTable(&table, 0))
	require.NoError(t, json.NewEncoder(&data).Encode(r))
	for name, shown := range map[string]string{"table": table.String(), "JSON": data.String(), "HTML": pageOf(t, r)} {
		assert.NotContains(t, strings.ToLower(shown), canary, name)
		assert.Contains(t, shown, "redacted", name)
	}
}

// TestAPhoneShowsNoEmptyLines: where each row is a block, what is not there takes no line, and there is one sign for nothing.
func TestAPhoneShowsNoEmptyLines(t *testing.T) {
	t.Parallel()
	counts := newTally(week)
	counts.addRequest(&halopsa.IntegrationRequest{MSID: 5, ModuleName: "Xero", ResultCode: 200, DateLogged: before(time.Hour)})
	page := pageOf(t, counts.report())
	for _, name := range []string{"Failing since", "Last error", "Last log line"} {
		assert.Contains(t, page, `<td class="t void" data-name="`+name+`"`)
	}
	assert.Contains(t, page, `<td class="t" data-name="Last success"`)
	assert.Contains(t, page, "td.void { display: none !important; }")
	assert.NotContains(t, page, ">-<")
}

// TestWideNamesHaveTheirPlace: letters of two columns do not run into the drawing.
func TestWideNamesHaveTheirPlace(t *testing.T) {
	t.Parallel()
	c := plotSchedules(&Report{To: noon, Schedules: []schedule{{Name: strings.Repeat("統合", 30), NextRun: noon}}})
	for _, drawn := range []*chart{c, c.Slim} {
		for _, label := range drawn.Labels {
			if label.Class == "name" {
				assert.LessOrEqual(t, table.Width(label.Text), 40)
			}
		}
	}
}
