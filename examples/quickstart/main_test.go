package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

func clearEnvironment(t *testing.T) {
	t.Helper()
	for _, name := range []string{"URL", "TENANT", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUTH_URL"} {
		t.Setenv("HALOPSA_"+name, "")
	}
}

func TestQuickstartOnTheStandIn(t *testing.T) {
	clearEnvironment(t)
	var out, terminal bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &out, &terminal))
	for _, want := range []string{"400 integration errors", "MODULE", "NEWEST ERRORS", "logged error", "queued export", "at 100%", "deleted error", "deleted export", "API requests in all"} {
		assert.Contains(t, out.String(), want)
	}
	assert.Empty(t, terminal.String(), "no progress where there is no terminal")
}

func TestQuickstartOnlyReadsATenant(t *testing.T) {
	clearEnvironment(t)
	server := halopsatest.NewServer()
	defer server.Close()
	halopsatest.SeedDemo(server.Handler, 120)
	t.Setenv("HALOPSA_URL", server.URL())
	t.Setenv("HALOPSA_CLIENT_ID", halopsatest.ClientID)
	t.Setenv("HALOPSA_CLIENT_SECRET", halopsatest.ClientSecret)

	var out bytes.Buffer
	require.NoError(t, run(t.Context(), nil, &out, &out))
	assert.Contains(t, out.String(), "2 API requests in all")
	assert.Equal(t, 2, server.Count("GET", "IntegrationError"))
	assert.Equal(t, 2, server.Count("", ""), "it only reads")

	require.NoError(t, run(t.Context(), []string{"-write"}, &out, &out))
	assert.Contains(t, out.String(), "logged error")
	assert.Equal(t, 120, server.Len("IntegrationError"), "what was made is deleted")
}

func TestQuickstartStops(t *testing.T) {
	clearEnvironment(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	require.ErrorIs(t, run(ctx, nil, &out, &out), context.Canceled)
}
