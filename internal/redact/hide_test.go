package redact_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/redact"
)

func TestHide(t *testing.T) {
	t.Parallel()
	said := &fs.PathError{Op: "open", Path: "canary", Err: fs.ErrNotExist}
	err := redact.Hide(said, "open [redacted]")
	require.EqualError(t, err, "open [redacted]")
	require.ErrorIs(t, err, fs.ErrNotExist)
	var found *fs.PathError
	require.ErrorAs(t, err, &found)
	assert.Same(t, said, found)
	require.NoError(t, errors.Unwrap(err), "what walks the chain and prints it finds nothing")
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q"} {
		assert.NotContains(t, fmt.Sprintf(verb, err), "canary", verb)
	}
}

// TestErrorOfARedactor is the same error unless its text must not be shown, and then one line that hides it.
func TestErrorOfARedactor(t *testing.T) {
	t.Parallel()
	secrets := redact.New(nil, "canary-of-a-client")
	require.NoError(t, secrets.Error(nil))
	harmless := errors.New("connection reset\nby peer")
	assert.Same(t, harmless, secrets.Error(harmless))
	for text, want := range map[string]string{
		"the secret is\ncanary-of-a-client":                            "the secret is [redacted]",
		"Get \"https://halo.example.com/api/Tickets?search=x\": reset": "Get \"https://halo.example.com/api/Tickets?[redacted]\": reset",
	} {
		said := errors.New(text)
		err := secrets.Error(said)
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, said)
	}
}
