package main_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// binary is the command, built once for all tests, which drive it as a person would.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "halopsa-command")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "halopsa")
	if out, err := buildCommand().CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// buildCommand builds the binary as its users have it, without the flags of the tests: a program that measures its coverage says so.
func buildCommand() *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), "go", "build", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	return cmd
}

// result is what a run of the command printed and how it ended.
type result struct {
	out, err string
	code     int
}

// environment is what a run sees besides the PATH.
type environment []string

// of names a stand-in as the tenant.
func of(server *halopsatest.Server) environment {
	return environment{"HALOPSA_URL=" + server.URL(), "HALOPSA_CLIENT_ID=" + halopsatest.ClientID, "HALOPSA_CLIENT_SECRET=" + halopsatest.ClientSecret}
}

// halopsa runs the command.
func (e environment) halopsa(t *testing.T, args ...string) result { return e.with(t, "", args...) }

// with runs the command with something on its standard input.
func (e environment) with(t *testing.T, in string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, e...)
	cmd.Stdin = strings.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return result{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// tenant starts a stand-in with the records of the demonstration.
func tenant(t *testing.T, opts ...halopsatest.Option) *halopsatest.Server {
	t.Helper()
	server := halopsatest.NewServer(opts...)
	t.Cleanup(server.Close)
	halopsatest.SeedDemo(server.Handler, 120)
	return server
}

const standin = "No HALOPSA_URL is set: reading from a stand-in server in this process.\n"

// TestReadingNeedsNoConfiguration: each reading subcommand runs against a stand-in, and says so.
func TestReadingNeedsNoConfiguration(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check"}, {"check", "-json"}, {"probe", "errors"}, {"probe", "lookups", "-json"}, {"doctor"}, {"list", "errors"}, {"list", "requests", "-json"}, {"list", "exports", "-csv"}, {"list", "log"}, {"get", "errors", "5"},
		{"tail", "errors", "-for", "500ms"}, {"list", "deltas"}, {"list", "traces"}, {"list", "schedules"}, {"list", "fieldmappings"},
		{"list", "fields"}, {"list", "sitemappings"}, {"list", "lookups"}, {"list", "variables"}, {"list", "instances"}, {"list", "configurations"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			r := environment{}.halopsa(t, args...)
			assert.Equal(t, 0, r.code, r.err)
			assert.True(t, strings.HasPrefix(r.err, standin), r.err)
			if !strings.Contains(r.err, "No records.") {
				assert.NotEmpty(t, r.out)
			}
		})
	}
}

// TestMistakes: one line that says what is allowed, and code 1.
func TestMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		says string
	}{
		"no such subcommand":              {[]string{"lst"}, `unexpected argument lst`},
		"no such flag":                    {[]string{"list", "errors", "-foo"}, "unknown flag -foo; the flags are -help, -n, "},
		"no such filter":                  {[]string{"list", "errors", "modul_id=12"}, `IntegrationError has no filter "modul_id"; it has detail_id, module_id`},
		"no filters at all":               {[]string{"list", "lookups", "x=1"}, "IntegrationLookUp has no filters"},
		"a filter of another kind":        {[]string{"list", "errors", "module_id=many"}, `filter module_id: "many" is not a number`},
		"a filter that is none":           {[]string{"list", "errors", "12"}, `"12" is not a filter: write NAME=VALUE`},
		"a list that cannot be sorted":    {[]string{"list", "log", "-sort", "id"}, "IntegratorLog cannot be sorted"},
		"a sort member that is not there": {[]string{"list", "errors", "-sort", "when"}, `"when"`},
		"a way that is none":              {[]string{"list", "errors", "-sort", "id:down"}, "-sort id:down: write NAME, NAME:asc or NAME:desc"},
		"a negative number":               {[]string{"list", "errors", "-n", "-1"}, `-n: "-1" is not a number of 0 or above`},
		"a number too large":              {[]string{"list", "errors", "-n=99999999999999999999"}, `-n: "99999999999999999999" is not a number of 0 or above`},
		"no value":                        {[]string{"list", "errors", "-n"}, "-n: a value is missing"},
		"a flag for a number":             {[]string{"tail", "errors", "-after", "-json"}, `-after: "-json" is not a number of 0 or above`},
		"a negative limit":                {[]string{"standin", "-limit", "-1"}, `-limit: "-1" is not a number of 0 or above`},
		"a negative duration":             {[]string{"list", "errors", "-since", "-1h"}, `"-1h" is neither a duration such as 90m`},
		"no time at all":                  {[]string{"tail", "errors", "-every", "1ms"}, "-every must be a second or longer"},
		"a way that is missing":           {[]string{"list", "errors", "-sort", "id:"}, "-sort id:: write NAME"},
		"a variable that is not set":      {[]string{"tail", "errors", "-cursor", ""}, "-cursor: the name of a file is missing"},
		"a flag of another subcommand":    {[]string{"get", "errors", "-since", "7d"}, "unknown flag -since; the flags are -help, -json, -csv, -columns (see"},
		"a member twice":                  {[]string{"create", "errors", "error=x", "error=y"}, "error is given twice"},
		"a member of another kind":        {[]string{"create", "errors", "module_id=many"}, "module_id cannot be a string; the members are"},
		"a value of another kind":         {[]string{"create", "errors", "error=x", "date=soon"}, "date: not a date that HaloPSA writes; the members are"},
		"a filter twice":                  {[]string{"list", "errors", "module_id=12", "Module_ID=13"}, "the filter Module_ID is given twice"},
		"a text that is too long":         {[]string{"create", "errors", "error=" + strings.Repeat("x", 2500)}, "HaloPSA's column holds 2000"},
		"an update without an id":         {[]string{"update", "Tickets", "summary=x"}, "input 0 has no id: without one HaloPSA would create a record"},
		"a create with an id":             {[]string{"create", "Tickets", "id=5", "summary=x"}, "input 0 has an id: HaloPSA would change that record"},
		"an id that is none":              {[]string{"delete", "errors", "5", "x"}, `"x" is not an id`},
		"a key that is not there":         {[]string{"create", "errors", "error=x", "-key", "erorr"}, `-key: input 0 has no "erorr" to be recognized by`},
		"no key for it":                   {[]string{"create", "instances", "name=x", "-key", "name"}, "cannot be looked for by a key"},
		"a member to show that is not":    {[]string{"get", "errors", "5", "-columns", "id,nosuch"}, "the record has no nosuch; its members are id, module_id"},
		"no folder for a probe":           {[]string{"probe", "errors", "-o", "/none/x.json"}, "there is no folder /none"},
		"no duration":                     {[]string{"list", "errors", "-since", "soon"}, `"soon" is neither a duration such as 90m, 24h, 7d or 2w nor a date`},
		"no date known":                   {[]string{"list", "lookups", "-since", "7d"}, "no member of IntegrationLookUp is known to say when; name one with -date"},
		"two forms":                       {[]string{"list", "errors", "-json", "-csv"}, "-json and -csv can't be used together"},
		"no id":                           {[]string{"get", "errors", "x"}, `"x" is not an id: it is a number above 0`},
		"no get":                          {[]string{"get", "log", "5"}, "IntegratorLog has no get; those that have: errors, "},
		"not a log":                       {[]string{"tail", "exports"}, "IntegrationExport has no log to follow; those that have: errors, requests, deltas, log, traces"},
		"a member that is not there":      {[]string{"create", "errors", "modul=12"}, `there is no member "modul"; the members are module_id, module_name, `},
		"nothing to write":                {[]string{"create", "errors"}, "nothing to write: give members such as error=Failed, or -file"},
		"no update":                       {[]string{"update", "errors", "id=1"}, "IntegrationError has no update; those that have: exports, "},
		"writing to nobody":               {[]string{"create", "errors", "error=x", "-yes"}, "must name the tenant to write to"},
		"deleting from nobody":            {[]string{"delete", "errors", "5", "-yes"}, "must name the tenant to write to"},
		"no such file":                    {[]string{"create", "errors", "-file", "/none.json"}, "no such file"},
		"no such topic":                   {[]string{"help", "foo"}, `there is no help on "foo"`},
		"no such shell":                   {[]string{"completion", "csh"}, "bash"},
		"a time too short":                {[]string{"doctor", "-since", "1s"}, "-since and -quiet must be a minute or longer"},
		"no folder":                       {[]string{"doctor", "-html", "/none/x.html"}, "there is no folder /none"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := environment{}.halopsa(t, test.args...)
			assert.Equal(t, 1, r.code)
			assert.Empty(t, r.out)
			said := strings.TrimPrefix(r.err, standin)
			assert.Contains(t, said, test.says)
			assert.Equal(t, 1, strings.Count(said, "\n"), said)
			assert.True(t, strings.HasPrefix(said, "halopsa: "), said)
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"nothing": nil, "the flag": {"-help"}, "a subcommand": {"help", "list"}, "its flag": {"list", "-h"}, "a topic": {"help", "codes"}, "resources": {"help", "resources"}} {
		r := environment{}.halopsa(t, args...)
		assert.Equal(t, 0, r.code, name)
		assert.Empty(t, r.err, name)
		assert.NotEmpty(t, r.out, name)
	}
	assert.Contains(t, environment{}.halopsa(t, "help", "resources").out, "IntegrationError")
	assert.Regexp(t, `^halopsa \d+\.\d+\.\d+\n$`, environment{}.halopsa(t, "-version").out)
	assert.Regexp(t, `^halopsa \d+\.\d+\.\d+\n$`, environment{}.halopsa(t, "version").out)
}
