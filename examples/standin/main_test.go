package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestStandinServesAClient(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-addr", "127.0.0.1:0", "-records", "120", "-cap", "50"}, writer)
		_ = writer.Close()
		ended <- err
	}()
	greeting := make([]byte, 4096)
	n, err := reader.Read(greeting)
	require.NoError(t, err)
	base := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(string(greeting[:n]))
	require.NotEmpty(t, base)

	client, err := halopsa.NewClient(base, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	all, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil))
	require.NoError(t, err)
	assert.Len(t, all, 120)
	page, err := client.IntegrationError.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, page.Records, 50, "-cap has no effect")

	stop()
	require.NoError(t, <-ended)
}

func TestStandinServesAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "fixtures.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"Tickets":[{"summary":"printer"}]}`), 0o600))
	handler := halopsatest.NewHandler()
	require.NoError(t, fill(handler, file, 400))
	assert.Equal(t, 1, handler.Len("Tickets"))
	assert.Zero(t, handler.Len("IntegrationError"))
}

func TestStandinSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	require.Error(t, run(t.Context(), []string{"-addr", "256.0.0.1:99999"}, io.Discard))
	require.Error(t, run(t.Context(), []string{"-what"}, io.Discard))
	require.ErrorIs(t, run(t.Context(), []string{"-seed", "nothing.json"}, io.Discard), os.ErrNotExist)
}
