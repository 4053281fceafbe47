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
