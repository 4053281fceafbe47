package follow_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// A caller who has taken some of the records that were given out gets the others again, with as few requests as if they had not been.
func TestRewind(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]pagetest.Order{"oldest first": pagetest.OldestFirst, "newest first": pagetest.NewestFirst} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := pagetest.Of(400)
			s.Order = order
			f := follow.New(0, 20, false)
			_, err := pass(t, s, f, func() {})
			require.NoError(t, err)
			s.Add(90)
			f.Begin()
			got, err := pass(t, s, f, func() {})
			require.NoError(t, err)
			require.Equal(t, upTo(401, 490), got)
			before := len(s.Requests)
			f.Rewind(403)
			assert.Equal(t, int64(403), f.Cursor())
			got, err = pass(t, s, f, func() {})
			require.NoError(t, err)
			assert.Equal(t, upTo(404, 490), got)
			requests := len(s.Requests) - before
			f.Rewind(490)
			_, err = pass(t, s, f, func() {})
			require.NoError(t, err)
			assert.Equal(t, map[string]int{"oldest first": 6, "newest first": 8}[name], requests, "%v", s.Requests[before:])
		})
	}
}
