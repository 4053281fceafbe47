package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestTheNewestOfAnyServer: what -n, -since and tail show does not rest on a server that sorts.
func TestTheNewestOfAnyServer(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]halopsatest.Habits{
		"one that sorts": {}, "a capped one": {PageCap: 7}, "one that ignores the order": {IgnoreOrder: true},
		"one without any order": {IgnoreOrder: true, Shuffled: true}, "newest first": {IgnoreOrder: true, NewestFirst: true},
		"one page only": {IgnorePaging: true, IgnoreOrder: true}, "a bare array": {BareArray: true}, "no count": {NoRecordCount: true},
		"ids that are texts": {Rows: halopsatest.RowHabits{IDs: halopsatest.IDsText}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := dated(t, 60)
			server.SetHabits("IntegrationError", habits)
			for args, want := range map[string][]int{
				"list errors -json -n 1":                {60},
				"list errors -json -n 3":                {60, 59, 58},
				"list errors -json -n 2 -since 10h30m":  {60, 59},
				"list errors -json -n 2 -before 10h30m": {50, 49},
				"tail errors -json -n 2 -for 400ms":     {59, 60},
			} {
				r := of(server).halopsa(t, strings.Fields(args)...)
				require.Equal(t, 0, r.code, r.err)
				assert.Equal(t, want, ids(t, r.out), args)
			}
			r := of(server).halopsa(t, "list", "errors", "-json", "-since", "4h30m")
			assert.ElementsMatch(t, []int{60, 59, 58, 57}, ids(t, r.out))
			r = of(server).halopsa(t, "list", "errors", "-json")
			got := ids(t, r.out)
			assert.Len(t, got, 60)
			assert.Equal(t, got[0] != 60 || got[1] != 59, r.err == "Not newest first: IntegrationError is not in the requested order.\n", r.err)
		})
	}
}

// TestASortThatIsIgnoredIsSaid, where numbers and dates show it.
func TestASortThatIsIgnoredIsSaid(t *testing.T) {
	t.Parallel()
	server := dated(t, 9)
	for _, sort := range []string{"id", "id:desc", "date", "date:desc", "module_id,id:desc", "entity_name"} {
		assert.Empty(t, of(server).halopsa(t, "list", "errors", "-sort", sort, "-n", "0").err, sort)
	}
	server.SetHabits("IntegrationError", halopsatest.Habits{IgnoreOrder: true})
	for sort, says := range map[string]string{"id": "", "date": "", "id:desc": "Not sorted by id: IntegrationError", "date:desc": "Not sorted by date: ", "module_id:desc": "Not sorted by module_id: "} {
		r := of(server).halopsa(t, "list", "errors", "-sort", sort, "-n", "0")
		assert.True(t, strings.HasPrefix(r.err, says) && (says != "" || r.err == ""), "%s: %s", sort, r.err)
	}
}

// TestTheNewestAreOneRequest where the server sorts, with the word that there are more.
func TestTheNewestAreOneRequest(t *testing.T) {
	t.Parallel()
	server := dated(t, 60)
	assert.Equal(t, "The first 20; -n 0 shows all.\n", of(server).halopsa(t, "list", "errors", "-n", "20").err)
	assert.Equal(t, 1, server.Count("GET", "IntegrationError"))
}

// TestWhatSinceLeavesOutIsSaid: a record without a date is in no time.
func TestWhatSinceLeavesOutIsSaid(t *testing.T) {
	t.Parallel()
	server := dated(t, 3)
	server.Seed("IntegrationError", map[string]any{"error": "x", "date": nil}, map[string]any{"error": "y", "date": "0001-01-01T00:00:00"})
	r := of(server).halopsa(t, "list", "errors", "-since", "7d", "-json")
	assert.Equal(t, []int{3, 2, 1}, ids(t, r.out))
	assert.Equal(t, "2 without a date in date left out.\n", r.err)
	r = of(server).halopsa(t, "list", "errors", "-columns", "id,modul", "-n", "2")
	assert.Contains(t, r.err, "No record has modul;")
}

// TestDatesAsTablesPrintThem are taken.
func TestDatesAsTablesPrintThem(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	for hour := range 5 {
		server.Seed("IntegrationError", map[string]any{"error": "x", "date": fmt.Sprintf("2026-10-02T1%d:00:00", hour)})
	}
	for since, want := range map[string][]int{
		"2026-10-02 13:00:00": {5, 4}, "2026-10-02T13:00": {5, 4}, "2026-10-02 13:00": {5, 4}, "2026-10-02T13:00:00+02:00": {5, 4, 3, 2},
		"2026-10-02": {5, 4, 3, 2, 1},
	} {
		assert.Equal(t, want, ids(t, of(server).halopsa(t, "list", "errors", "-json", "-since", since).out), since)
	}
}

// TestJSONIsOneFlatObject with HaloPSA's names, that -columns narrows, and that no terminal obeys.
func TestJSONIsOneFlatObject(t *testing.T) {
	t.Parallel()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	server.Seed("IntegratorLog", map[string]any{"message": "a \u009b31m\u202e\x7f 🙂", "module_id": 12})
	r := of(server).halopsa(t, "list", "log", "-json")
	assert.Equal(t, result{out: `{"id":1,"message":"a \u009b31m\u202e\u007f 🙂","module_id":12}` + "\n"}, r)
	assert.Equal(t, "a \u009b31m\u202e\x7f 🙂", lines(t, r.out)[0]["message"])
	assert.Equal(t, `{"module_id":12,"id":1}`+"\n", of(server).halopsa(t, "list", "log", "-json", "-columns", "module_id,id").out)
}

// TestResponsesThatAreNotHaloPSAs end with a line that says whose they are and what to do.
func TestResponsesThatAreNotHaloPSAs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault halopsatest.Fault
		says  string
	}{
		"a firewall":       {halopsatest.Fault{Status: 403, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><title>Blocked</title></html>"}, "Blocked"},
		"no right":         {halopsatest.Fault{Status: 401}, "lacks the right"},
		"no such endpoint": {halopsatest.Fault{Status: 404}, "404"},
		"a login page":     {halopsatest.Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><title>Log in</title></html>"}, "Log in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := tenant(t)
			test.fault.Resource, test.fault.Times = "IntegrationError", -1
			server.Fault(test.fault)
			for _, args := range [][]string{{"list", "errors"}, {"get", "errors", "5"}, {"tail", "errors", "-for", "5s"}, {"doctor"}} {
				r := of(server).halopsa(t, args...)
				assert.Equal(t, 1, r.code, args)
				assert.Contains(t, r.err, test.says, args)
				assert.Equal(t, 1, strings.Count(r.err, "\n"), r.err)
				assert.NotContains(t, r.err, "halopsa: halopsa:")
			}
		})
	}
	r := environment{}.halopsa(t, "list", "eror")
	assert.Contains(t, r.err, "'halopsa help resources' lists short names")
}

// TestWarningsAndWaitsAreSaid: nothing that HaloPSA says beside a record is lost, and nothing waits silently.
func TestWarningsAndWaitsAreSaid(t *testing.T) {
	t.Parallel()
	server := tenant(t)
	server.SetHabits("IntegrationError", halopsatest.Habits{Warning: "the agent is disabled"})
	r := of(server).halopsa(t, "create", "errors", "error=x", "-yes")
	assert.Contains(t, r.err, "the agent is disabled")

	server = tenant(t)
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", Status: 429, Times: 1, Header: http.Header{"Retry-After": {"4"}}})
	r = of(server).halopsa(t, "list", "errors", "-n", "1")
	assert.Equal(t, 0, r.code)
	assert.Contains(t, r.err, "IntegrationError.All: HaloPSA asks to wait for 4s.\n")

	server = tenant(t)
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", Kind: halopsatest.HTML504, After: 1, Times: -1})
	r = of(server).halopsa(t, "tail", "errors", "-n", "2", "-for", "12s")
	assert.Contains(t, r.err, "follow continues after a pause")
}
