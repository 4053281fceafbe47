package main

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var environment = []string{
	"HALOPSA_URL", "HALOPSA_TENANT", "HALOPSA_CLIENT_ID", "HALOPSA_CLIENT_SECRET", "HALOPSA_SCOPE", "HALOPSA_AUTH_URL", "HALOPSA_RATE_LIMIT",
	"DATABASE_URL", "DESTINATION_URL", "DESTINATION_TOKEN", "LISTEN_ADDR", "SYNC_INTERVAL", "LOG_LEVEL",
}

// setEnvironment sets just these variables of the service's.
func setEnvironment(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range environment {
		t.Setenv(name, env[name])
	}
}

// running is a service in this process.
type running struct {
	out, log *logBook
	stop     context.CancelFunc
	ended    chan error
}

// start runs the service and returns when it listens.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &running{out: &logBook{}, log: &logBook{}, stop: cancel, ended: make(chan error, 1)}
	go func() { s.ended <- run(ctx, args, s.out, s.log) }()
	t.Cleanup(cancel)
	require.Eventually(t, func() bool { return s.address() != "" }, deadline, time.Millisecond)
	return s
}

func (s *running) address() string {
	found := regexp.MustCompile(`curl (http://\S+)/metrics`).FindStringSubmatch(s.out.String())
	if found == nil {
		return ""
	}
	return found[1]
}

// get returns the status and the body of a page of it.
func (s *running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address()+path, nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

var summary = regexp.MustCompile(`(?m)^mirrored [1-9]\d* errors and [1-9]\d* requests, delivered [1-9]\d* exports$`)

func TestDemonstrationShowsItWorking(t *testing.T) {
	setEnvironment(t, nil)
	s := start(t)
	require.Eventually(t, func() bool { status, _ := s.get(t, "/healthz"); return status == http.StatusOK }, deadline, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		_, metrics := s.get(t, "/metrics")
		mirrored := regexp.MustCompile(`syncservice_mirrored_records_total\{log="errors"\} (\d+)`).FindStringSubmatch(metrics)
		return mirrored != nil && len(mirrored[1]) == 3 && mirrored[1] > "401" &&
			regexp.MustCompile(`syncservice_deliveries_total\{outcome="delivered"\} [1-9]`).MatchString(metrics) &&
			regexp.MustCompile(`syncservice_deliveries_total\{outcome="failed"\} [1-9]`).MatchString(metrics)
	}, deadline, 10*time.Millisecond, "it grows, and a refused delivery is seen too")
	s.stop()
	require.NoError(t, <-s.ended)
	assert.Regexp(t, summary, s.out.String())
	for line := range strings.Lines(s.log.String()) {
		assert.True(t, json.Valid([]byte(line)), line)
	}
	assert.Contains(t, s.log.String(), `"msg":"stopped"`)
}

func TestForEndsIt(t *testing.T) {
	setEnvironment(t, nil)
	var out logBook
	require.NoError(t, run(t.Context(), []string{"-for", "1s"}, &out, io.Discard))
	assert.Regexp(t, summary, out.String())
}

func TestMistakesEndIt(t *testing.T) {
	setEnvironment(t, map[string]string{"HALOPSA_URL": "https://acme.halopsa.com"})
	require.ErrorContains(t, run(t.Context(), nil, io.Discard, io.Discard), "HALOPSA_CLIENT_ID, HALOPSA_CLIENT_SECRET not set")
	require.ErrorIs(t, run(t.Context(), []string{"-help"}, io.Discard, io.Discard), flag.ErrHelp)
	setEnvironment(t, tenantEnvironment("DATABASE_URL", "mysql://db"))
	require.ErrorContains(t, run(t.Context(), nil, io.Discard, io.Discard), "DATABASE_URL")
	setEnvironment(t, tenantEnvironment("DATABASE_URL", freshSQLite(t), "LISTEN_ADDR", "256.0.0.1:1"))
	require.Error(t, run(t.Context(), nil, io.Discard, io.Discard))
}
