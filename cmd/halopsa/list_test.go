package main_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// lines returns the objects of JSON lines.
func lines(t *testing.T, out string) (all []map[string]any) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(out), "\n") {
		if line == "" {
			continue
		}
		var one map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &one), line)
		all = append(all, one)
	}
	return all
}

// ids returns the ids of JSON lines, in their order.
func ids(t *testing.T, out string) (all []int) {
	t.Helper()
	for _, one := range lines(t, out) {
		all = append(all, int(one["id"].(float64)))
	}
	return all
}

// dated is a stand-in with one error an hour, the first n hours ago.
func dated(t *testing.T, n int) *halopsatest.Server {
	t.Helper()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	for i := range n {
		server.Seed("IntegrationError", map[string]any{
			"module_id": 12 + i%2, "module_name": "Datto RMM", "error": fmt.Sprintf("failure %d of the day, with a text that is longer than a terminal is wide, by far", i),
			"date": time.Now().Add(-time.Duration(n-i) * time.Hour).UTC().Format(time.RFC3339), "entity_name": "Asset\x1b[31m\n5",
		})
	}
	return server
}

func TestListShowsTheNewestFirst(t *testing.T) {
	t.Parallel()
	server := dated(t, 130)
	tests := map[string]struct {
		args []string
		want []int // the first ids
		n    int
		says string
	}{
		"a table has 50":       {[]string{"list", "errors", "-columns", "id"}, nil, 50, "The first 50; -n 0 shows all.\n"},
		"JSON has all":         {[]string{"list", "errors", "-json"}, []int{130, 129}, 130, ""},
		"the newest three":     {[]string{"list", "errors", "-json", "-n", "3"}, []int{130, 129, 128}, 3, "The first 3; -n 0 shows all.\n"},
		"as many as there are": {[]string{"list", "errors", "-json", "-n", "130"}, []int{130}, 130, ""},
		"sorted":               {[]string{"list", "errors", "-json", "-sort", "id", "-n", "2"}, []int{1, 2}, 2, "The first 2; -n 0 shows all.\n"},
		"sorted by two":        {[]string{"list", "errors", "-json", "-sort", "module_id:desc,id", "-n", "2"}, []int{2, 4}, 2, "The first 2; -n 0 shows all.\n"},
		"filtered":             {[]string{"list", "errors", "module_id=13", "-json", "-n", "2"}, []int{130, 128}, 2, "The first 2; -n 0 shows all.\n"},
		"by HaloPSA's name":    {[]string{"list", "integrationerror", "-json", "-n", "1"}, []int{130}, 1, "The first 1; -n 0 shows all.\n"},
		"the last two hours":   {[]string{"list", "errors", "-since", "150m", "-json"}, []int{130, 129}, 2, ""},
		"a day back":           {[]string{"list", "errors", "-since", "1d", "-before", "22h30m", "-json"}, []int{108}, 1, ""},
		"nothing":              {[]string{"list", "errors", "-before", "2001-01-01", "-json"}, nil, 0, "No records.\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := of(server).halopsa(t, test.args...)
			require.Equal(t, 0, r.code, r.err)
			assert.Equal(t, test.says, r.err)
			if test.want == nil {
				assert.Equal(t, test.n, max(strings.Count(r.out, "\n")-1, 0))
				return
			}
			got := ids(t, r.out)
			assert.Len(t, got, test.n)
			assert.Equal(t, test.want, got[:len(test.want)])
		})
	}
}

// TestListStopsWhereTheTimeBegins: the last hours of a long list are one request, of a server that sorts.
func TestListStopsWhereTheTimeBegins(t *testing.T) {
	t.Parallel()
	server := dated(t, 500)
	require.Len(t, ids(t, of(server).halopsa(t, "list", "errors", "-since", "5h30m", "-json").out), 5)
	assert.Equal(t, 1, server.Count("GET", "IntegrationError"))

	unsorted := dated(t, 300)
	unsorted.SetHabits("IntegrationError", halopsatest.Habits{IgnoreOrder: true})
	assert.Len(t, ids(t, of(unsorted).halopsa(t, "list", "errors", "-since", "5h30m", "-json").out), 5, "a server that does not sort is read whole")
}

func TestTablesFitTheWidth(t *testing.T) {
	t.Parallel()
	server := dated(t, 12)
	server.Seed("IntegrationError", map[string]any{"module_id": int64(1234567890123), "error": strings.Repeat("x", 300), "module_name": strings.Repeat("M", 90)})
	for _, width := range []int{40, 60, 80, 120, 200} {
		r := append(of(server), fmt.Sprintf("COLUMNS=%d", width)).halopsa(t, "list", "errors")
		require.Equal(t, 0, r.code, r.err)
		for line := range strings.SplitSeq(r.out, "\n") {
			assert.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
		}
		assert.Contains(t, r.out, "1234567890123", "an id is never cut")
		assert.NotContains(t, r.out, "\x1b", "a terminal is not told what to do by a record")
		assert.Contains(t, r.out, "failure 5 of")
	}
	r := of(server).halopsa(t, "list", "errors")
	assert.Contains(t, r.out, strings.Repeat("x", 300), "a pipe has room for everything")
}

func TestListAsCSV(t *testing.T) {
	t.Parallel()
	server := dated(t, 2)
	server.Seed("IntegrationError", map[string]any{"error": `a "quoted", thing`, "brand_new": true})
	server.Seed("IntegrationError", map[string]any{"error": "x", "another": "y"})
	r := of(server).halopsa(t, "list", "errors", "-csv", "-sort", "id")
	require.Equal(t, 0, r.code, r.err)
	rows, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 5)
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	assert.Equal(t, "Asset\x1b[31m\n5", rows[1][at["entity_name"]], "as it is")
	assert.Equal(t, `a "quoted", thing`, rows[3][at["error"]])
	assert.Contains(t, rows[3][at["(others)"]], `"brand_new":true`, "what the first record does not have")

	r = of(server).halopsa(t, "list", "errors", "-csv", "-columns", "id,error", "-n", "1")
	assert.Equal(t, "id,error\n4,x\n", r.out)
}

// TestOtherResources: any resource of the API by its name.
func TestOtherResources(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	server.Seed("Tickets", map[string]any{"summary": "printer", "user": map[string]any{"name": "Jo"}, "dateoccurred": time.Now().UTC().Format(time.RFC3339)}, map[string]any{"summary": "mouse", "dateoccurred": "2020-01-01T00:00:00"})
	server.SetFilter("Tickets", "summary")
	env := of(server)
	assert.Equal(t, []int{2, 1}, ids(t, env.halopsa(t, "list", "Tickets", "-json").out))
	assert.Equal(t, []int{1}, ids(t, env.halopsa(t, "list", "Tickets", "summary=printer", "-json").out))
	assert.Equal(t, []int{1}, ids(t, env.halopsa(t, "list", "Tickets", "-since", "7d", "-date", "dateoccurred", "-json").out))
	assert.Regexp(t, `(?s)^ID  DATEOCCURRED  +SUMMARY\n2   .*  mouse\n1   .*  printer`, env.halopsa(t, "list", "Tickets").out)
	r := env.halopsa(t, "get", "Tickets", "1")
	assert.Contains(t, r.out, `user          {"name":"Jo"}`)
	r = env.halopsa(t, "list", "Nonsense")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "no such endpoint")
}

func TestGet(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	r := of(server).halopsa(t, "get", "errors", "5")
	require.Equal(t, 0, r.code, r.err)
	assert.Regexp(t, `^MEMBER +VALUE\nid +5\nmodule_id +\d+\n`, r.out)
	assert.Equal(t, []int{5}, ids(t, of(server).halopsa(t, "get", "errors", "5", "-json").out))
	assert.True(t, strings.HasPrefix(of(server).halopsa(t, "get", "errors", "5", "-csv").out, "id,module_id,"))
	r = of(server).halopsa(t, "get", "errors", "99999")
	assert.Equal(t, 1, r.code)
	assert.Contains(t, r.err, "404")
}

// TestWhatCameBeforeAnErrorIsShown: and the command fails.
func TestWhatCameBeforeAnErrorIsShown(t *testing.T) {
	t.Parallel()
	server := dated(t, 150)
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", After: 1, Times: -1, Status: 403, Body: `{"Message":"no role"}`})
	r := of(server).halopsa(t, "list", "errors", "-json")
	assert.Equal(t, 1, r.code)
	assert.Len(t, lines(t, r.out), 100)
	assert.Contains(t, r.err, "no role")
	assert.Equal(t, 1, strings.Count(r.err, "\n"))
}
